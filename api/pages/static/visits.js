/** What this browser keeps from visit to visit, for it alone: the key and the newest checkpoint that was checked. */

const PLACE = "retorsion-audit";

/** `{vkey, note, size, seen}`, or null where nothing is kept, or nothing can be. */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE));
    return typeof found?.vkey === "string" && typeof found.note === "string" ? found : null;
  } catch {
    return null;
  }
}

/** Keep what was checked; whether it could be kept. */
export function keep({ key, checkpoint, bytes }) {
  const note = new TextDecoder().decode(bytes);
  const seen = new Date().toISOString().slice(0, 16).replace("T", " ");
  try {
    localStorage.setItem(PLACE, JSON.stringify({ vkey: key.vkey, note, size: checkpoint.size, seen: `${seen} UTC` }));
    return true;
  } catch {
    return false;
  }
}

export function forget() {
  try {
    localStorage.removeItem(PLACE);
  } catch {
    // then nothing was kept
  }
}
