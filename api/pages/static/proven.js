/** That an event is in the history that the ledger's key has signed, at its place. */

import { CheckFailed, hashIn, sameBytes } from "./checks.js";
import { leafHash, verifyInclusion } from "./proofs.js";

/**
 * The event with that `sequence`, as the signed `checkpoint` covers it.
 *
 * `ask` gets what the ledger gives: `leaf(sequence)`, bytes, and `inclusion(sequence, treeSize)`, an object. Only the
 * hashes on the way up are taken from the proof: the leaf is hashed here, index and size follow from what was asked and
 * what was signed, and the way has to end at the root that was signed. What else the proof says has to agree.
 */
export async function provenEvent(sequence, checkpoint, ask) {
  if (!Number.isSafeInteger(sequence) || sequence < 1) {
    throw new CheckFailed("sequence", "no_sequence");
  }
  if (sequence > checkpoint.size) {
    throw new CheckFailed("sequence", "beyond_history", { size: checkpoint.size });
  }
  const leaf = await ask.leaf(sequence);
  const event = eventIn(leaf);
  if (event.sequence !== sequence) {
    throw new CheckFailed("event", "other_event", { asked: String(sequence), given: String(event.sequence) });
  }
  const [hash, proof] = [await leafHash(leaf), await ask.inclusion(sequence, checkpoint.size)];
  await verifyInclusion(pathOf(proof), {
    leafHash: hash,
    leafIndex: sequence - 1,
    treeSize: checkpoint.size,
    rootHash: checkpoint.rootHash,
  });
  requireAgrees(proof, sequence, checkpoint, hash);
  return event;
}

function eventIn(leaf) {
  let event = null;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(leaf));
  } catch {
    // said below
  }
  if (event === null || typeof event !== "object") throw new CheckFailed("event", "no_event");
  return event;
}

function pathOf(proof) {
  if (!Array.isArray(proof?.hashes)) throw new CheckFailed("proof", "no_hashes");
  return proof.hashes.map((given) => hashIn(given, "proof_hash"));
}

function requireAgrees(proof, sequence, checkpoint, hash) {
  const wrong = (check, reason, values) => {
    throw new CheckFailed(check, reason, values);
  };
  if (proof.leaf_index !== sequence - 1) wrong("leaf_index", "about_index", { index: String(proof.leaf_index) });
  if (proof.tree_size !== checkpoint.size) wrong("tree_size", "about_size", { size: String(proof.tree_size) });
  if (!sameBytes(hashIn(proof.leaf_hash, "leaf_hash"), hash)) wrong("leaf_hash", "about_another");
  if (!sameBytes(hashIn(proof.root_hash, "root_hash"), checkpoint.rootHash)) wrong("root_hash", "names_another_root");
}
