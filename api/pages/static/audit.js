/** The audit page: shows what the checks say. What they check is in `proven.js` and `signed.js`. */

import { ledger } from "./ask.js";
import { verifyExtends } from "./checkpoint.js";
import { CannotCheck, CheckFailed } from "./checks.js";
import { provenEvent } from "./proven.js";
import { NotKept, OtherKey, givenCheckpoint, signedNow } from "./signed.js";
import { forget, keep, kept } from "./visits.js";
import { put, wordsIn } from "./words.js";

const byId = (id) => document.getElementById(id);
const { say: WORDS, checks: CHECKS, reasons: REASONS } = wordsIn("audit-words");
const { size, root, key } = byId("signed").dataset;
const SHOWN = { vkey: key, size: Number(size), root };

const say = (name, values) => put(WORDS[name], values);

/** Run a check and show in `place` how it ended: what `check` says holds, or why it does not. */
async function shown(place, check, failure) {
  place.removeAttribute("data-result");
  place.className = "";
  place.textContent = say("checking");
  let result = "holds";
  let text;
  try {
    text = await check();
  } catch (error) {
    result = "fails";
    text = error instanceof CannotCheck ? say("cannot", { detail: why(error) }) : failure(error);
  }
  place.textContent = text;
  place.className = `verdict ${result}`;
  place.dataset.result = result;
}

function why(error) {
  if (error instanceof OtherKey) {
    const before = kept();
    if (before === null || before.vkey === SHOWN.vkey) return put(REASONS.page_key);
    return put(REASONS[error.isDeclared ? "retired_key" : "kept_key"], { seen: before.seen, kept: before.vkey });
  }
  return error.reason ? put(REASONS[error.reason], error.values) : String(error);
}

const failed = (error) => say("fails", { check: CHECKS[error.check ?? "answer"], detail: why(error) });

async function checkEvent(sequence) {
  byId("proven").hidden = true;
  await shown(
    byId("proof-result"),
    async () => {
      const { checkpoint } = await signedNow(ledger, SHOWN, kept());
      const event = await provenEvent(sequence, checkpoint, ledger);
      byId("proven-event").textContent = say("event", { ...event, sequence: String(event.sequence) });
      byId("proven-leaf").textContent = JSON.stringify(event, null, 1);
      byId("proven").hidden = false;
      return say("holds", { sequence, size: checkpoint.size });
    },
    failed,
  );
}

async function checkVisit() {
  const before = kept();
  const place = byId("visit-result");
  byId("visit-kept").hidden = before === null;
  await shown(
    place,
    async () => {
      const now = await signedNow(ledger, SHOWN, before);
      const isKept = keep(now);
      byId("visit-kept").hidden = !isKept;
      if (!isKept) return say("not_kept");
      const values = { seen: before?.seen, before: before?.size, size: now.checkpoint.size };
      return say(before === null ? "first_visit" : before.size < values.size ? "grown" : "unchanged", values);
    },
    (error) =>
      error instanceof NotKept
        ? say("changed", { seen: before.seen, before: before.size, detail: why(error) })
        : failed(error),
  );
  if (before === null && place.dataset.result === "holds") {
    place.className = ""; // nothing was held against anything
    place.removeAttribute("data-result");
  }
}

async function checkGiven(text) {
  let now = null;
  await shown(
    byId("given-result"),
    async () => {
      now = await signedNow(ledger, SHOWN, kept());
      const given = await givenCheckpoint(text, now.key);
      if (given === null) throw new CheckFailed("checkpoint", "given_unread");
      if (given.origin !== now.key.name) throw new CheckFailed("origin", "other_log", { origin: given.origin });
      await verifyExtends(given, now.checkpoint, ledger.consistency);
      const signed = say(given.isSigned ? "given_signed" : "given_unsigned");
      return `${say("given_holds", { given: given.size, size: now.checkpoint.size })} ${signed}`;
    },
    (error) => {
      if (error.check === "checkpoint") return why(error);
      return now === null ? failed(error) : say("given_fails", { size: now.checkpoint.size, detail: why(error) });
    },
  );
}

byId("proof").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = event.target.elements.sequence.value.trim();
  checkEvent(/^\d+$/.test(typed) ? Number(typed) : NaN);
});
byId("given").addEventListener("submit", (event) => {
  event.preventDefault();
  checkGiven(byId("given-text").value);
});
byId("forget").addEventListener("click", () => {
  forget();
  byId("visit-kept").hidden = true;
  const place = byId("visit-result");
  place.textContent = say("forgotten");
  place.className = "";
  place.removeAttribute("data-result");
  place.tabIndex = -1;
  place.focus();
});
checkVisit();
