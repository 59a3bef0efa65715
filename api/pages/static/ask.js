/** What the ledger gives, as bytes or JSON, straight from its API and from no cache on the way. */

import { CheckFailed } from "./checks.js";

/** An answer that is none: the ledger cannot be reached, or refuses. */
export class NoAnswer extends CheckFailed {
  constructor(path, status, detail) {
    super("answer", status ? "refused" : "silent", { path, status: String(status), detail });
    this.status = status;
  }
}

async function got(path) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error" });
  } catch {
    throw new NoAnswer(path, 0, "");
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new NoAnswer(path, answer.status, problem.detail ?? answer.statusText);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

async function jsonAt(path) {
  try {
    return JSON.parse(new TextDecoder().decode(await got(path)));
  } catch (error) {
    throw error instanceof CheckFailed ? error : new CheckFailed("answer", "no_json", { path });
  }
}

/** `/v1/audit`, as the modules of the proofs ask it. */
export const ledger = {
  keyText: async () => new TextDecoder().decode(await got("/v1/audit/key")),
  checkpoint: () => got("/v1/audit/checkpoint"),
  leaf: (sequence) => got(`/v1/audit/leaves/${sequence}`),
  inclusion: (sequence, treeSize) => jsonAt(`/v1/audit/inclusion?sequence=${sequence}&tree_size=${treeSize}`),
  consistency: (first, second) => jsonAt(`/v1/audit/consistency?first=${first}&second=${second}`),
};
