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
    throw new CheckFailed("sequence", "an event's number is a whole number from 1 on");
  }
  if (sequence > checkpoint.size) {
    throw new CheckFailed("sequence", `the signed history has ${checkpoint.size} events, and none with that number`);
  }
  const leaf = await ask.leaf(sequence);
  const event = eventIn(leaf);
  if (event.sequence !== sequence) {
    throw new CheckFailed("event", `number ${sequence} was asked for, and number ${event.sequence} was given`);
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
  if (event === null || typeof event !== "object") throw new CheckFailed("event", "what was given is no event");
  return event;
}

function pathOf(proof) {
  if (!Array.isArray(proof?.hashes)) throw new CheckFailed("proof", "it has no hashes");
  return proof.hashes.map((given) => hashIn(given, "proof hash"));
}

function requireAgrees(proof, sequence, checkpoint, hash) {
  const wrong = (check, detail) => {
    throw new CheckFailed(check, detail);
  };
  if (proof.leaf_index !== sequence - 1) wrong("leaf index", `the proof is about index ${proof.leaf_index}`);
  if (proof.tree_size !== checkpoint.size) wrong("tree size", `the proof is about ${proof.tree_size} events`);
  if (!sameBytes(hashIn(proof.leaf_hash, "leaf hash"), hash)) wrong("leaf hash", "the proof is about another event");
  if (!sameBytes(hashIn(proof.root_hash, "root hash"), checkpoint.rootHash)) {
    wrong("root hash", "the proof names another root than the one that was signed");
  }
}
