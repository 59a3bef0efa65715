/**
 * The editor: previews and records the event that the server makes of the form.
 *
 * Nothing is made of the fields here. The form is sent to its own address, as it would be without scripts, and the
 * event is taken from the answer; what is recorded is, to the letter, what was previewed.
 */

import { previewOf } from "./preview.js";
import { clearProblems, explain, pathOf, tell } from "./problems.js";
import { made, wordsIn } from "./words.js";

const byId = (id) => document.getElementById(id);
const { say } = wordsIn("editor-words");
const form = byId("editor");
const token = byId("field-token");
const recordButton = byId("record-button");
/** What the form is filled by. */
const DECIDES = new Set(["type", "subject", "of", "effective_on"]);
/**
 * So long a changed field waits before the form is filled anew. Who leaves it by pressing a button would otherwise have
 * the button move away under the press.
 */
const PRESS_MILLISECONDS = 300;

/** What was previewed: the body, and the key under which it is recorded once. */
let previewed = null;
/** The form that is being fetched; nothing is previewed before it is there. */
let refreshing = Promise.resolve();
let waiting = 0;

// ---- The form, from the server --------------------------------------------------------------------------------------

async function formFor(typed, more = {}) {
  const query = new URLSearchParams(typed);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const answer = await fetch(`${form.getAttribute("action")}?${query}`, { credentials: "omit" });
  if (!answer.ok) throw new Error(answer.status === 414 ? say.too_long : say.no_form);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Take the fields from `page`, and keep what was typed into them since `typed` was sent. */
function replaceFields(page, typed) {
  const now = new FormData(form);
  const focused = document.activeElement?.id;
  const open = [...form.querySelectorAll("details[open]")].map((each) => each.dataset.pointer);
  byId("fields").replaceWith(document.adoptNode(page.getElementById("fields")));
  for (const name of new Set(now.keys())) {
    if (String(now.getAll(name)) === String(typed.getAll(name))) continue;
    for (const control of byId("fields").querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "checkbox") control.checked = now.getAll(name).includes(control.value);
      else if (control.type !== "hidden") control.value = now.get(name);
    }
  }
  for (const each of form.querySelectorAll("details")) each.open ||= open.includes(each.dataset.pointer);
  if (focused && document.activeElement === document.body) byId(focused)?.focus();
}

/** Where in the event each field now stands: what is empty has no place in a list. */
function takePointers(page) {
  const theirs = page.querySelectorAll("#fields [data-pointer]");
  const ours = document.querySelectorAll("#fields [data-pointer]");
  if (theirs.length === ours.length) ours.forEach((each, at) => (each.dataset.pointer = theirs[at].dataset.pointer));
}

function refresh(more = {}) {
  refreshing = refreshing.then(async () => {
    const typed = new FormData(form);
    try {
      replaceFields(await formFor(typed, more), typed);
    } catch (error) {
      tell(made("p", {}, error instanceof TypeError ? say.no_form : error.message));
    }
  });
  return refreshing;
}

/** The event that the server makes of the form; null where it does not know yet of what. */
async function written() {
  await refreshing;
  let page;
  for (let turn = 0; turn < 2; turn += 1) {
    const typed = new FormData(form);
    page = await formFor(typed);
    if (page.getElementById("fields").dataset.for === byId("fields").dataset.for) break;
    replaceFields(page, typed);
  }
  takePointers(page);
  byId("line").replaceWith(document.adoptNode(page.getElementById("line")));
  return byId("event")?.textContent ?? null;
}

// ---- The ledger -----------------------------------------------------------------------------------------------------

async function post(query, body, headers = {}) {
  const answer = await fetch(`/v1/events${query}`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token.value.trim()}`, ...headers },
    credentials: "omit",
    cache: "no-store",
  });
  return [answer.status, await answer.json()];
}

async function ask(path) {
  const answer = await fetch(path, { credentials: "omit", cache: "no-store" });
  return answer.ok ? answer.json() : { items: [] };
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("-");

function forgetPreview(why = "") {
  previewed = null;
  recordButton.disabled = true;
  byId("record-hint").textContent = why;
  byId("preview").classList.add("dimmed");
}

async function preview() {
  forgetPreview();
  clearProblems();
  if (!/^[!-~]+$/.test(token.value.trim())) {
    tell(made("p", {}, say.no_token));
    token.focus();
    return;
  }
  try {
    const body = await written();
    if (body === null) return tell(made("p", {}, form.querySelector("#fields .notice")?.textContent ?? say.no_form));
    const [status, answer] = await post("?dry_run=true", body);
    if (status !== 200) return await explain(answer, JSON.parse(body), ask, takeIn);
    show(answer, (await ask(`${pathOf(answer.subject)}/timeline`)).items);
    previewed = { body, key: newKey() };
    recordButton.hidden = recordButton.disabled = false;
  } catch (error) {
    tell(made("p", {}, error instanceof TypeError ? say.no_answer : error.message));
  }
}

function show(answer, now) {
  byId("preview").classList.remove("dimmed");
  byId("preview").replaceChildren(...previewOf(answer, now));
  byId("preview").focus();
}

/** Go on from the version that was recorded meanwhile. */
function takeIn(version) {
  form.elements.expected_version.value = version;
  return preview();
}

async function record() {
  if (previewed === null || recordButton.disabled) return;
  const { body, key } = previewed;
  recordButton.disabled = true;
  clearProblems();
  try {
    const [status, answer] = await post("", body, { "Idempotency-Key": key });
    if (status === 201) return location.assign(`/events/${answer.sequence}`);
    await explain(answer, JSON.parse(body), ask, takeIn);
    if (status === 409 || status === 412 || status === 422) return forgetPreview();
  } catch {
    tell(made("p", {}, say.no_answer));
  }
  recordButton.disabled = previewed === null; // the same may be sent again, under the same key
}

// ---- The token, in this tab alone -----------------------------------------------------------------------------------

const PLACE = "retorsion-token";

function keepToken() {
  try {
    sessionStorage.setItem(PLACE, token.value.trim());
  } catch {
    // then it lasts as long as the page
  }
}

function forgetToken() {
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // then it was not kept
  }
}

function keptToken() {
  try {
    return sessionStorage.getItem(PLACE) ?? "";
  } catch {
    return "";
  }
}

// ---- What is done ---------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  if (event.submitter?.name === "more") refresh({ more: event.submitter.value });
  else preview();
});
form.addEventListener("input", () => {
  if (previewed !== null) forgetPreview(say.stale);
});
form.addEventListener("change", (event) => {
  if (!DECIDES.has(event.target.name)) return;
  clearTimeout(waiting);
  waiting = setTimeout(refresh, PRESS_MILLISECONDS);
});
recordButton.addEventListener("click", record);
token.addEventListener("input", keepToken);
byId("forget-token").addEventListener("click", () => {
  token.value = "";
  forgetToken();
  token.focus();
});
token.value ||= keptToken();
byId("recording").hidden = false;
