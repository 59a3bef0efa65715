/** Text signed by keys: C2SP signed-note (https://c2sp.org/signed-note), Ed25519 signatures of type 0x01. */

import { CheckFailed, base64Bytes, ed25519Verifies, hex, sha256, utf8 } from "./checks.js";

const SIGNATURE_LIMIT = 100;
const NOTE_LIMIT_BYTES = 1_000_000;
const ED25519 = 0x01;
const SIGNATURE_LINE = "\u2014 ";

/** The key in a vkey, `<key name>+hex(key ID)+base64(type || public key)`. Its stated ID has to be the one it has. */
export async function parseKey(vkey) {
  const [, name, keyId, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(vkey) ?? [];
  if (name === undefined) throw new CheckFailed("key", "not_three_parts");
  if (!isKeyName(name)) throw new CheckFailed("key_name", "no_key_name");
  const material = base64Bytes(encoded);
  if (!material) throw new CheckFailed("key", "key_not_base64");
  if (material[0] !== ED25519 || material.length !== 33) {
    throw new CheckFailed("signature_type", "no_log_key");
  }
  const found = hex((await sha256(utf8(`${name}\n`), material)).slice(0, 4));
  if (found !== keyId) throw new CheckFailed("key_id", "other_key_id", { given: keyId, found });
  return { name, keyId, publicKey: material.slice(1), vkey };
}

/** The note in `bytes`: its text, and the signatures under it. Neither may be believed before `openNote`. */
export function parseNote(bytes) {
  if (bytes.length > NOTE_LIMIT_BYTES) throw new CheckFailed("note_length", "too_long");
  let whole;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CheckFailed("encoding", "not_utf8");
  }
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) throw new CheckFailed("control_character", "not_newline");
  const blankLine = whole.lastIndexOf("\n\n");
  if (blankLine < 0) throw new CheckFailed("blank_line", "no_blank_line");
  const lines = whole.slice(blankLine + 2);
  if (!lines) throw new CheckFailed("signatures", "no_signatures");
  if (!lines.endsWith("\n")) throw new CheckFailed("signature_line", "no_newline");
  const signatures = lines.slice(0, -1).split("\n");
  if (signatures.length > SIGNATURE_LIMIT) throw new CheckFailed("signatures", "too_many_signatures");
  return { text: whole.slice(0, blankLine + 1), signatures: signatures.map(signatureIn) };
}

/** The text of the note, signed by one or more of `keys` and by none of them wrongly; others are passed over. */
export async function openNote(bytes, keys) {
  const { text, signatures } = parseNote(bytes);
  const verified = new Set();
  for (const { name, keyId, signature, line } of signatures) {
    const known = keys.filter((key) => key.name === name && key.keyId === keyId);
    if (known.length > 1) throw new CheckFailed("known_key", "given_twice", { key: `${name}+${keyId}` });
    if (!known.length || verified.has(line)) continue;
    if (signature.length !== 64 || !(await ed25519Verifies(known[0].publicKey, signature, utf8(text)))) {
      throw new CheckFailed("signature", "not_signed_by", { key: `${name}+${keyId}` });
    }
    verified.add(line);
  }
  if (!verified.size) throw new CheckFailed("known_key", "not_signed");
  return { text, verified: verified.size };
}

function signatureIn(line) {
  const [, name, encoded] = /^\u2014 ([^ ]*) (.*)$/.exec(line) ?? [];
  if (name === undefined) {
    throw new CheckFailed("signature_line", line.startsWith(SIGNATURE_LINE) ? "nothing_after_name" : "no_em_dash");
  }
  if (!isKeyName(name)) throw new CheckFailed("key_name", "no_name_in_line");
  const given = base64Bytes(encoded);
  if (!given || given.length <= 4) throw new CheckFailed("signature", "no_signature", { name });
  return { name, keyId: hex(given.slice(0, 4)), signature: given.slice(4), line };
}

/** Not empty, no Unicode space, no plus, no control character. */
const isKeyName = (name) => /^[^\s\u0085+\0-\x1f]+$/u.test(name);
