/**
 * The history that the ledger signs now, held against all that this reader has seen of it.
 *
 * Whoever answers `/v1/audit` could answer with a history of their own, signed with a key of their own. So key and
 * checkpoint have to go on from what the page was rendered with, and from what was kept at the visit before.
 */

import { openCheckpoint, parseCheckpoint, verifyExtends } from "./checkpoint.js";
import { CheckFailed, hashIn, utf8 } from "./checks.js";
import { openNote, parseKey } from "./note.js";

/** The key is not the one that was seen before. `isDeclared`: the ledger says itself that a log of that key was ended. */
export class OtherKey extends CheckFailed {
  constructor(reason, isDeclared = false) {
    super("key", reason);
    this.isDeclared = isDeclared;
  }
}

/** The history does not go on from the one that was kept. */
export class NotKept extends CheckFailed {}

/**
 * The newest signed checkpoint, and its note in `bytes`.
 *
 * `shown`, `{vkey, origin, size, root}`, is what the page shows; `kept`, `{vkey, note}`, what was kept, or null.
 */
export async function signedNow(ask, shown, kept) {
  const keyText = await ask.keyText();
  const key = await parseKey(keyText.split("\n", 1)[0]);
  if (key.vkey !== shown.vkey) throw new OtherKey("page_key");
  if (kept && kept.vkey !== key.vkey) {
    throw new OtherKey("kept_key", keyText.split("\n").slice(1).includes(kept.vkey));
  }
  const bytes = await ask.checkpoint();
  const checkpoint = await openCheckpoint(bytes, key);
  const rendered = { origin: key.name, size: shown.size, rootHash: hashIn(shown.root, "root_hash") };
  await verifyExtends(rendered, checkpoint, ask.consistency);
  if (kept) await requireKept(kept, key, checkpoint, ask);
  return { key, checkpoint, bytes };
}

async function requireKept(kept, key, checkpoint, ask) {
  try {
    await verifyExtends(await openCheckpoint(utf8(kept.note), key), checkpoint, ask.consistency);
  } catch (error) {
    throw error.constructor === CheckFailed ? new NotKept(error.check, error.reason, error.values) : error;
  }
}

/**
 * What somebody was given: a whole checkpoint, which the key has to have signed, or only its size and root: the last
 * number before the root, as at the foot of a printed page, else the first one after it. Null where there is neither.
 */
export async function givenCheckpoint(text, key) {
  if (text.includes("\u2014 ")) {
    const whole = text.replace(/\r\n/g, "\n").trim();
    return { ...parseCheckpoint((await openNote(utf8(`${whole}\n`), [key])).text), isSigned: true };
  }
  const found = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=/.exec(text);
  if (found === null) return null;
  const numbers = (part) => part.match(/(?<![\w.,-])\d[\d,]*(?![\w+/])/g) ?? [];
  const size = numbers(text.slice(0, found.index)).at(-1) ?? numbers(text.slice(found.index + 44))[0];
  if (size === undefined) return null;
  const rootHash = hashIn(found[0], "root_hash");
  return { origin: key.name, size: Number(size.replaceAll(",", "")), rootHash, isSigned: false };
}
