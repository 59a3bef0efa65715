/** The tree as RFC 6962, 2.1 defines it, by recursion over all leaf hashes: slow, and written from the definition alone. */

import { sha256 } from "../../../api/pages/static/checks.js";
import { nodeHash } from "../../../api/pages/static/proofs.js";

/** The largest power of two smaller than `count`. */
function split(count) {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

export async function mth(d) {
  if (d.length === 0) return sha256();
  if (d.length === 1) return d[0];
  const k = split(d.length);
  return nodeHash(await mth(d.slice(0, k)), await mth(d.slice(k)));
}

/** 2.1.1, PATH(m, D[n]). */
export async function path(m, d) {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k
    ? [...(await path(m, d.slice(0, k))), await mth(d.slice(k))]
    : [...(await path(m - k, d.slice(k))), await mth(d.slice(0, k))];
}

/** 2.1.2, PROOF(m, D[n]) = SUBPROOF(m, D[n], true). */
export async function consistency(m, d, whole = true) {
  if (m === d.length) return whole ? [] : [await mth(d)];
  const k = split(d.length);
  return m <= k
    ? [...(await consistency(m, d.slice(0, k), whole)), await mth(d.slice(k))]
    : [...(await consistency(m - k, d.slice(k), false)), await mth(d.slice(0, k))];
}
