/** How a check says no, and what the checks stand on: bytes, their Base 64, SHA-256 and Ed25519 of the browser itself. */

export const HASH_BYTES = 32;

/**
 * Something that was to be trusted does not pass a check. `check` names it, `reason` what is wrong, with `values`: names
 * for which the page has the words (`audit.checks`, `audit.reasons` in english.toml).
 */
export class CheckFailed extends Error {
  constructor(check, reason, values = {}) {
    super(`${check}: ${reason}`);
    this.check = check;
    this.reason = reason;
    this.values = values;
  }
}

/** This browser cannot check anything here, so that nothing may be believed; `reason` says why, as above. */
export class CannotCheck extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** The browser's cryptography. Raises CannotCheck where there is none: it exists in secure contexts only. */
function subtle() {
  const found = globalThis.crypto?.subtle;
  if (!found) throw new CannotCheck("no_cryptography");
  return found;
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function sha256(...parts) {
  return new Uint8Array(await subtle().digest("SHA-256", joined(...parts)));
}

/** RFC 8032: whether the key made `signature` for `message`. Raises CannotCheck where the browser knows no Ed25519. */
export async function ed25519Verifies(publicKey, signature, message) {
  const checks = subtle();
  let key;
  try {
    key = await checks.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") throw new CannotCheck("no_ed25519");
    throw new CheckFailed("public_key", "no_public_key");
  }
  return checks.verify({ name: "Ed25519" }, key, signature, message);
}

export const sameBytes = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export const utf8 = (text) => new TextEncoder().encode(text);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Standard Base 64 (RFC 4648, section 4). */
export const base64Text = (bytes) => btoa(String.fromCharCode(...bytes));

/** The bytes that `text` is the one Base 64 of; null for any other text, so that there is one text for the same bytes. */
export function base64Bytes(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    const found = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return base64Text(found) === text ? found : null;
  } catch {
    return null;
  }
}

/** A hash in Base 64, as answers and checkpoints have it. */
export function hashIn(text, check) {
  const found = base64Bytes(text);
  if (found?.length !== HASH_BYTES) throw new CheckFailed(check, "no_hash");
  return found;
}
