/** Checking a proof without the tree, step by step as RFC 9162 says it; hashes as in RFC 6962, 2.1. */

import { CheckFailed, base64Text, sameBytes, sha256 } from "./checks.js";

/** In hashes: the height of the largest tree. */
export const LONGEST_PROOF = 63;

export const leafHash = (leaf) => sha256(Uint8Array.of(0), leaf);

export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** RFC 9162, 2.1.3.2: the leaf is the one at `leafIndex`, counted from 0, of the tree with that size and root. */
export async function verifyInclusion(proof, { leafHash, leafIndex, treeSize, rootHash }) {
  requireSize(treeSize, "tree_size");
  requireLength(proof);
  if (!Number.isSafeInteger(leafIndex) || leafIndex < 0 || leafIndex >= treeSize) {
    throw new CheckFailed("leaf_index", "no_such_leaf", { size: treeSize, index: leafIndex }); // step 1
  }
  let [fn, sn] = [leafIndex, treeSize - 1]; // step 2
  let r = leafHash; // step 3
  for (const p of proof) {
    if (sn === 0) throw new CheckFailed("proof_length", "too_many_hashes"); // step 4
    if (fn % 2 === 1 || fn === sn) {
      r = await nodeHash(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      r = await nodeHash(r, p);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) throw new CheckFailed("proof_length", "too_few_hashes"); // step 5
  requireRoot("root_hash", r, rootHash);
}

/** RFC 9162, 2.1.4.2: the first tree is the beginning of the second, nothing of it was changed. */
export async function verifyConsistency(proof, { firstSize, firstRoot, secondSize, secondRoot }) {
  requireSize(firstSize, "first_size");
  requireSize(secondSize, "second_size");
  requireLength(proof);
  if (firstSize > secondSize) {
    throw new CheckFailed("second_size", "lost_leaves", { first: firstSize, second: secondSize });
  }
  if (firstSize === secondSize) {
    if (proof.length) throw new CheckFailed("proof_length", "not_empty");
    if (!sameBytes(firstRoot, secondRoot)) {
      throw new CheckFailed("second_root", "fork", { first: base64Text(firstRoot), second: base64Text(secondRoot) });
    }
    return;
  }
  if (!proof.length) throw new CheckFailed("proof_length", "empty", { first: firstSize, second: secondSize }); // step 1
  const path = isPowerOfTwo(firstSize) ? [firstRoot, ...proof] : proof; // step 2
  let [fn, sn] = [firstSize - 1, secondSize - 1]; // step 3
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)]; // step 4
  let [fr, sr] = [path[0], path[0]]; // step 5
  for (const c of path.slice(1)) {
    if (sn === 0) throw new CheckFailed("proof_length", "too_many_hashes"); // step 6
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [await nodeHash(c, fr), await nodeHash(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = await nodeHash(sr, c);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) throw new CheckFailed("proof_length", "too_few_hashes"); // step 7
  requireRoot("first_root", fr, firstRoot);
  requireRoot("second_root", sr, secondRoot);
}

/** Bits are not shifted: that would cut numbers off at 32 of them. */
const half = (number) => Math.floor(number / 2);

function isPowerOfTwo(number) {
  while (number % 2 === 0) number /= 2;
  return number === 1;
}

function requireSize(size, check) {
  if (!Number.isSafeInteger(size) || size < 1) throw new CheckFailed(check, "no_tree_size", { size });
}

function requireLength(proof) {
  if (proof.length > LONGEST_PROOF) throw new CheckFailed("proof_length", "longer_than_any", { count: proof.length });
}

function requireRoot(check, found, wanted) {
  if (!sameBytes(found, wanted)) {
    throw new CheckFailed(check, "other_root", { found: base64Text(found), wanted: base64Text(wanted) });
  }
}
