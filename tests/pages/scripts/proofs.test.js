/** The cases in Node's own test runner, with VECTORS, a folder, and WORDS, JSON; `test_proofs_in_js.py` gives them. */

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18 does not have it there
const { cases } = await import("./cases.js");

function jsonUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = join(folder, entry.name);
    return entry.isDirectory() ? jsonUnder(place) : place.endsWith(".json") ? [place] : [];
  });
}

const vectors = process.env.VECTORS;
const found = ["rfc6962", "note"].flatMap((under) => jsonUnder(join(vectors, under)));
const read = found.map((place) => [relative(vectors, place), JSON.parse(readFileSync(place, "utf8"))]);
for (const [name, run] of cases(Object.fromEntries(read), JSON.parse(process.env.WORDS))) test(name, run);
