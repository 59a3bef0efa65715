/** What a log says of its tree: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint), the text of a signed note. */

import { CheckFailed, base64Text, hashIn } from "./checks.js";
import { openNote } from "./note.js";
import { verifyConsistency } from "./proofs.js";

/** The checkpoint in `text`: origin, tree size, root hash and any extension lines. */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length < 3 || lines.includes("")) {
    throw new CheckFailed("checkpoint", "not_its_lines");
  }
  const [origin, size, root] = lines;
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new CheckFailed("tree_size", "no_number");
  }
  return { origin, size: Number(size), rootHash: hashIn(root, "root_hash") };
}

/** The checkpoint in the note `bytes`, if `key` has signed it and it is the log's that has the name of the key. */
export async function openCheckpoint(bytes, key) {
  const checkpoint = parseCheckpoint((await openNote(bytes, [key])).text);
  if (checkpoint.origin !== key.name) {
    throw new CheckFailed("origin", "other_origin", { found: checkpoint.origin, wanted: key.name });
  }
  return checkpoint;
}

/**
 * That the tree of `newer` begins with that of `older`: nothing rewritten. `proofOf(first, second)` asks for the proof,
 * as `/v1/audit/consistency` answers; whatever else that says is not believed.
 */
export async function verifyExtends(older, newer, proofOf) {
  if (older.size > newer.size) {
    throw new CheckFailed("tree_size", "fewer_events", { before: older.size, now: newer.size });
  }
  if (older.size === 0) return;
  const given = older.size < newer.size ? (await proofOf(older.size, newer.size)).hashes : [];
  if (!Array.isArray(given)) throw new CheckFailed("proof", "no_hashes");
  await verifyConsistency(
    given.map((hash) => hashIn(hash, "proof_hash")),
    { firstSize: older.size, firstRoot: older.rootHash, secondSize: newer.size, secondRoot: newer.rootHash },
  );
}

export const rootText = (checkpoint) => base64Text(checkpoint.rootHash);
