/** Text signed by keys: C2SP signed-note (https://c2sp.org/signed-note), Ed25519 signatures of type 0x01. */

import { CheckFailed, base64Bytes, ed25519Verifies, hex, sha256, utf8 } from "./checks.js";

const SIGNATURE_LIMIT = 100;
const NOTE_LIMIT_BYTES = 1_000_000;
const ED25519 = 0x01;
const SIGNATURE_LINE = "\u2014 ";

/** The key in a vkey, `<key name>+hex(key ID)+base64(type || public key)`. Its stated ID has to be the one it has. */
export async function parseKey(vkey) {
  const [, name, keyId, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(vkey) ?? [];
  if (name === undefined) throw new CheckFailed("key", "it is not of three parts with + between them");
  if (!isKeyName(name)) throw new CheckFailed("key name", "it is empty, or has a space or a control character");
  const material = base64Bytes(encoded);
  if (!material) throw new CheckFailed("key", "what follows the key ID is not Base 64");
  if (material[0] !== ED25519 || material.length !== 33) {
    throw new CheckFailed("signature type", "it is no Ed25519 key of a log, type 0x01 and 32 bytes");
  }
  const found = hex((await sha256(utf8(`${name}\n`), material)).slice(0, 4));
  if (found !== keyId) throw new CheckFailed("key ID", `${keyId} is given, that of the key is ${found}`);
  return { name, keyId, publicKey: material.slice(1), vkey };
}

/** The note in `bytes`: its text, and the signatures under it. Neither may be believed before `openNote`. */
export function parseNote(bytes) {
  if (bytes.length > NOTE_LIMIT_BYTES) throw new CheckFailed("note length", "it is too long");
  let whole;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CheckFailed("UTF-8", "it is not text in UTF-8");
  }
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) throw new CheckFailed("control character", "there is one other than newline");
  const blankLine = whole.lastIndexOf("\n\n");
  if (blankLine < 0) throw new CheckFailed("blank line", "there is none between text and signatures");
  const lines = whole.slice(blankLine + 2);
  if (!lines) throw new CheckFailed("signatures", "there is none");
  if (!lines.endsWith("\n")) throw new CheckFailed("signature line", "the last one does not end in a newline");
  const signatures = lines.slice(0, -1).split("\n");
  if (signatures.length > SIGNATURE_LIMIT) throw new CheckFailed("signatures", "there are more than 100");
  return { text: whole.slice(0, blankLine + 1), signatures: signatures.map(signatureIn) };
}

/** The text of the note, signed by one or more of `keys` and by none of them wrongly; others are passed over. */
export async function openNote(bytes, keys) {
  const { text, signatures } = parseNote(bytes);
  const verified = new Set();
  for (const { name, keyId, signature, line } of signatures) {
    const known = keys.filter((key) => key.name === name && key.keyId === keyId);
    if (known.length > 1) throw new CheckFailed("known key", `${name}+${keyId} is given more than once`);
    if (!known.length || verified.has(line)) continue;
    if (signature.length !== 64 || !(await ed25519Verifies(known[0].publicKey, signature, utf8(text)))) {
      throw new CheckFailed("signature", `${name}+${keyId} has not signed this`);
    }
    verified.add(line);
  }
  if (!verified.size) throw new CheckFailed("known key", "the key has not signed this");
  return { text, verified: verified.size };
}

function signatureIn(line) {
  const [, name, encoded] = /^\u2014 ([^ ]*) (.*)$/.exec(line) ?? [];
  if (name === undefined) {
    const what = line.startsWith(SIGNATURE_LINE) ? "one has no signature after the key name" : "one has no em dash";
    throw new CheckFailed("signature line", what);
  }
  if (!isKeyName(name)) throw new CheckFailed("key name", "one is empty, or has a plus, space or control character");
  const given = base64Bytes(encoded);
  if (!given || given.length <= 4) throw new CheckFailed("signature", `that of ${name} is too short, or not Base 64`);
  return { name, keyId: hex(given.slice(0, 4)), signature: given.slice(4), line };
}

/** Not empty, no Unicode space, no plus, no control character. */
const isKeyName = (name) => /^[^\s\u0085+\0-\x1f]+$/u.test(name);
