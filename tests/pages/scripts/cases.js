/**
 * What the modules in `api/pages/static` promise, as a list of cases: `proofs.test.js` runs them in Node, and
 * `test_proofs_in_js.py` in a real browser. `vectors` are the published ones, by path; `words` are those that the page
 * has for what a check says: every refusal has to find its own there.
 */

import { CheckFailed, base64Bytes, base64Text, hashIn, hex, utf8 } from "../../../api/pages/static/checks.js";
import { openCheckpoint, parseCheckpoint, verifyExtends } from "../../../api/pages/static/checkpoint.js";
import { provenEvent } from "../../../api/pages/static/proven.js";
import { openNote, parseKey } from "../../../api/pages/static/note.js";
import { leafHash, nodeHash, verifyConsistency, verifyInclusion } from "../../../api/pages/static/proofs.js";
import { consistency, mth, path } from "./naive.js";

let words = null;

export function cases(vectors, given) {
  words = given;
  const note = vectors["note/signed_note_vectors.json"];
  const under = (folder) => Object.entries(vectors).filter(([name]) => name.startsWith(`rfc6962/testdata/${folder}/`));
  return [
    ...under("inclusion").map(([name, vector]) => [name, () => asWanted(vector.wantErr, () => inclusion(vector))]),
    ...under("consistency").map(([name, vector]) => [name, () => asWanted(vector.wantErr, () => consistent(vector))]),
    ...note.valid.map((vector) => [`note: ${vector.name}`, () => opens(vector)]),
    ...note.invalid.map((vector) => [`wrong note: ${vector.name}`, () => refused(() => opened(vector))]),
    ...note.bad_vkeys.map((vkey) => [`wrong vkey: ${vkey}`, () => refused(() => parseKey(vkey))]),
    ...OURS,
  ];
}

const OURS = Object.entries({
  "the hashes of RFC 6962 are those that others publish": async () => {
    same(hex(await leafHash(utf8(""))), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    same(hex(await leafHash(utf8("L123456"))).slice(0, 8), "395aa064");
    same(hex(await nodeHash(utf8("N123"), utf8("N456"))).slice(0, 8), "aa217fe8");
  },

  "every proof in every tree of up to 20 leaves holds, and no other index, size or root": async () => {
    const leaves = await leafHashes(20);
    for (let size = 1; size <= 20; size += 1) {
      const tree = leaves.slice(0, size);
      const rootHash = await mth(tree);
      for (let index = 0; index < size; index += 1) {
        const claim = { leafHash: leaves[index], leafIndex: index, treeSize: size, rootHash };
        const proof = await path(index, tree);
        await verifyInclusion(proof, claim);
        if (size > 1) {
          await refused(() => verifyInclusion(proof, { ...claim, leafIndex: (index + 1) % size }));
          await refused(() => verifyInclusion(flipped(proof), claim));
        }
        await refused(() => verifyInclusion(proof, { ...claim, leafHash: flip(leaves[index]) }));
        await refused(() => verifyInclusion(proof, { ...claim, rootHash: flip(rootHash) }));
        await refused(() => verifyInclusion([...proof, rootHash], claim));
      }
    }
  },

  "every tree of up to 20 leaves is shown to go on from each before it, and from no other": async () => {
    const leaves = await leafHashes(20);
    for (let second = 1; second <= 20; second += 1) {
      for (let first = 1; first <= second; first += 1) {
        const claim = {
          firstSize: first,
          firstRoot: await mth(leaves.slice(0, first)),
          secondSize: second,
          secondRoot: await mth(leaves.slice(0, second)),
        };
        const proof = await consistency(first, leaves.slice(0, second));
        await verifyConsistency(proof, claim);
        await refused(() => verifyConsistency(proof, { ...claim, firstRoot: flip(claim.firstRoot) }));
        await refused(() => verifyConsistency(proof, { ...claim, secondRoot: flip(claim.secondRoot) }));
        if (proof.length) await refused(() => verifyConsistency(flipped(proof), claim));
      }
    }
  },

  "numbers above 32 bits are halved, not cut off": async () => {
    const [leaf] = await leafHashes(1);
    const claim = { leafHash: leaf, leafIndex: 0, treeSize: 2 ** 32 + 1, rootHash: leaf };
    await refused(() => verifyInclusion([], claim), "proof_length");
  },

  "Base 64 is taken in one form only": () => {
    same(base64Text(base64Bytes("AQI=")), "AQI=");
    for (const wrong of ["AQI", "AQJ=", "A QI=", "AQI=\n", "AQI-", "é", null, 7]) same(base64Bytes(wrong), null);
  },

  "a checkpoint is origin, size and root, and nothing that looks like one": () => {
    const root = base64Text(new Uint8Array(32));
    same(parseCheckpoint(`log\n12\n${root}\nan extension\n`).size, 12);
    for (const size of ["012", "-1", "1.0", "1e3", "", " 1", "9007199254740993", "99999999999999999999"]) {
      refusedNow(() => parseCheckpoint(`log\n${size}\n${root}\n`));
    }
    for (const text of [`log\n12\n${root}`, `log\n12\n`, `\n12\n${root}\n`, `log\n12\n${root}\n\n`, "log\n12\nAAAA\n"]) {
      refusedNow(() => parseCheckpoint(text));
    }
  },

  "a checkpoint is the log's that has the name of the key": async () => {
    const { note, vkeys } = TESSERA;
    const key = await parseKey(vkeys[0]);
    same((await openCheckpoint(utf8(note), key)).size, 15);
    await refused(async () => openCheckpoint(utf8(note), { ...key, name: "example.com/other" }), "known_key");
    await refused(() => openCheckpoint(utf8(note.replace("\n15\n", "\n16\n")), key), "signature");
  },

  "history goes on from what was kept": async () => {
    const leaves = await leafHashes(9);
    const head = async (size, more = leaves) => ({ origin: "log", size, rootHash: await mth(more.slice(0, size)) });
    const proofOf = async (first, second) => ({ hashes: (await consistency(first, leaves.slice(0, second))).map(base64Text) });
    await verifyExtends(await head(4), await head(9), proofOf);
    await verifyExtends(await head(0), await head(9), proofOf);
    await verifyExtends(await head(9), await head(9), () => Promise.reject(new Error("nothing is to be asked")));
    await refused(async () => verifyExtends(await head(9), await head(4), proofOf), "tree_size");
    const forked = [flip(leaves[0]), ...leaves.slice(1)];
    await refused(async () => verifyExtends(await head(4), await head(9, forked), proofOf));
    await refused(async () => verifyExtends(await head(9), await head(9, forked), proofOf), "second_root");
    for (const hashes of [[], null, ["AAAA"], [7], Array(64).fill(base64Text(leaves[0]))]) {
      await refused(async () => verifyExtends(await head(4), await head(9), () => ({ hashes })));
    }
  },

  "an event is the one that was asked for, at its place under the signed root": async () => {
    const { checkpoint, ask } = await ledgerOf(7);
    for (let sequence = 1; sequence <= 7; sequence += 1) {
      same((await provenEvent(sequence, checkpoint, ask)).sequence, sequence);
    }
    for (const sequence of [0, -1, 1.5, NaN, 8, 2 ** 60, "1"]) {
      await refused(() => provenEvent(sequence, checkpoint, ask), "sequence");
    }
  },

  "whatever else the ledger says instead is refused": async () => {
    const { checkpoint, ask } = await ledgerOf(7);
    const other = await ask.inclusion(4, 7);
    const forged = {
      "another event": { leaf: () => ask.leaf(4) },
      "another event with its own proof": { leaf: () => ask.leaf(4), inclusion: () => other },
      "an event that says it is this one": { leaf: () => utf8('{"sequence":3,"title":"forged"}') },
      "what is no event": { leaf: () => utf8("null") },
      "what is no JSON": { leaf: () => utf8("{") },
      "the proof of another": { inclusion: () => other },
      "another index": { inclusion: async () => ({ ...(await ask.inclusion(3, 7)), leaf_index: 3 }) },
      "another size": { inclusion: async () => ({ ...(await ask.inclusion(3, 7)), tree_size: 8 }) },
      "another leaf hash": { inclusion: async () => ({ ...(await ask.inclusion(3, 7)), leaf_hash: other.leaf_hash }) },
      "another root": { inclusion: async () => ({ ...(await ask.inclusion(3, 7)), root_hash: other.leaf_hash }) },
      "fewer hashes": { inclusion: async () => ({ ...(await ask.inclusion(3, 7)), hashes: other.hashes.slice(1) }) },
      "no hashes": { inclusion: () => ({}) },
      nothing: { inclusion: () => null },
    };
    for (const wrong of Object.values(forged)) {
      await refused(() => provenEvent(3, checkpoint, { ...ask, ...wrong }));
    }
  },
});

/** A ledger of so many events, and what it gives of them. */
async function ledgerOf(size) {
  const leaf = (sequence) => utf8(JSON.stringify({ sequence, type: "reported" }));
  const leaves = await Promise.all(Array.from({ length: size }, (_, index) => leafHash(leaf(index + 1))));
  const rootHash = await mth(leaves);
  const inclusion = async (sequence, treeSize) => ({
    leaf_index: sequence - 1,
    tree_size: treeSize,
    leaf_hash: base64Text(leaves[sequence - 1]),
    hashes: (await path(sequence - 1, leaves.slice(0, treeSize))).map(base64Text),
    root_hash: base64Text(rootHash),
  });
  return { checkpoint: { origin: "log", size, rootHash }, ask: { leaf, inclusion } };
}

const TESSERA = {
  note:
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n" +
    "\u2014 example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/" +
    "fmwlM/dlPWF74ewI=\n",
  vkeys: ["example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"],
};

const inclusion = (vector) =>
  verifyInclusion((vector.proof ?? []).map((hash) => hashIn(hash, "proof_hash")), {
    leafHash: hashIn(vector.leafHash, "leaf_hash"),
    leafIndex: vector.leafIdx,
    treeSize: vector.treeSize,
    rootHash: hashIn(vector.root, "root_hash"),
  });

const consistent = (vector) =>
  verifyConsistency((vector.proof ?? []).map((hash) => hashIn(hash, "proof_hash")), {
    firstSize: vector.size1,
    firstRoot: base64Bytes(vector.root1), // of any length: where both sizes are equal nothing is hashed
    secondSize: vector.size2,
    secondRoot: base64Bytes(vector.root2),
  });

const opened = async (vector) => openNote(utf8(vector.note), await Promise.all(vector.vkeys.map(parseKey)));

async function opens(vector) {
  const found = await opened(vector);
  same(found.verified, vector.verified);
  same(vector.note.startsWith(`${found.text}\n\u2014 `), true);
}

const leafHashes = (count) => Promise.all(Array.from({ length: count }, (_, number) => leafHash(utf8(`${number}`))));

const flip = (bytes) => Uint8Array.from(bytes, (byte, at) => (at === 7 ? byte ^ 4 : byte));

const flipped = (proof) => [...proof.slice(0, -1), flip(proof.at(-1))];

function same(found, wanted) {
  if (found !== wanted) throw new Error(`found ${found}, not ${wanted}`);
}

const asWanted = (wrong, check) => (wrong ? refused(check) : check());

async function refused(check, named) {
  let error = null;
  try {
    await check();
  } catch (thrown) {
    error = thrown;
  }
  refusal(error, named);
}

function refusedNow(check) {
  let error = null;
  try {
    check();
  } catch (thrown) {
    error = thrown;
  }
  refusal(error);
}

function refusal(error, named) {
  if (error === null) throw new Error("what is wrong was taken");
  if (!(error instanceof CheckFailed)) throw error;
  if (named !== undefined) same(error.check, named);
  if (!(error.check in words.checks)) throw new Error(`no word for the check ${error.check}`);
  if (!(error.reason in words.reasons)) throw new Error(`no text for the reason ${error.reason}`);
  const wanted = [...words.reasons[error.reason].matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  same(wanted.filter((name) => error.values[name] === undefined).join(), "");
}
