/** Why something was refused: said in `#problems`, with links, and beside the fields that it is about. */

import { dayInWords } from "./preview.js";
import { link, made, put, putNodes, wordsIn } from "./words.js";

const { say, types } = wordsIn("editor-words");
const PLURALS = { measure: "measures", agreement: "agreements", act: "acts", actor: "actors" };

/** `/v1/measures/x` of `measure:x`. */
export function pathOf(subject) {
  const [kind, slug] = subject.split(":");
  return `/v1/${PLURALS[kind]}/${slug}`;
}

export function clearProblems() {
  document.getElementById("problems").replaceChildren();
  for (const beside of document.querySelectorAll(".problem[data-beside]")) beside.remove();
  for (const field of document.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.startsWith("problem-"));
    field.setAttribute("aria-describedby", described.join(" "));
  }
}

/** Say what is wrong: `nodes`, in place of what was said before. */
export function tell(...nodes) {
  const place = document.getElementById("problems");
  place.replaceChildren(made("div", { class: "notice fails" }, ...nodes));
  place.focus();
}

/**
 * Explain a problem document that was the answer to posting `event`. `ask` gets JSON from the API; `takeIn(version)` is
 * for who wants to go on from a version that was recorded meanwhile.
 */
export async function explain(problem, event, ask, takeIn) {
  if (problem.status === 412) return tell(...(await moved(problem, ask, takeIn)));
  const nodes = [made("p", {}, made("strong", {}, problem.title), " ", ...(problem.errors?.length ? [] : linked(problem.detail)))];
  if (problem.errors?.length) nodes.push(made("ul", {}, problem.errors.map(beside)));
  if (problem.conflicts?.length) {
    const events = await Promise.all(problem.conflicts.map((sequence) => ask(`/v1/events/${sequence}`)));
    nodes.push(made("ul", {}, events.map((each) => made("li", {}, conflict(each, event)))));
  }
  return tell(...nodes);
}

/** The text, in which each event that is named is a link. */
function linked(text) {
  return text
    .split(/\b(event \d+)\b/)
    .map((part, at) => (at % 2 ? link(`/events/${part.slice(6)}`, part) : part));
}

function conflict(event, mine) {
  const { sequence, subject } = event;
  const text = (event.effective_on ?? "") > (mine.effective_on ?? "~") ? say.conflict_later : say.conflict;
  const query = new URLSearchParams({ type: "corrected", subject, of: sequence });
  return putNodes(put(text, { ...inWords(event), event: "{event}", correct: "{correct}" }), {
    event: link(`/events/${sequence}`, put(say.event, { sequence })),
    correct: link(`/events/new?${query}`, put(say.correct, { sequence })),
  });
}

const inWords = ({ type, effective_on: on }) => ({
  type: types[type],
  day: on ? put(say.day_of, { day: dayInWords(on) }) : "",
});

async function moved({ subject, expected, version }, ask, takeIn) {
  const { items } = await ask(`${pathOf(subject)}/history`);
  const since = items.filter((event) => event.version > expected);
  const lines = since.map((event) => {
    const event_ = link(`/events/${event.sequence}`, put(say.event, { sequence: event.sequence }));
    return made("li", {}, putNodes(put(say.meanwhile, { ...inWords(event), event: "{event}" }), { event: event_ }));
  });
  const button = made("button", { type: "button", class: "plain" }, say.take_in);
  button.addEventListener("click", () => takeIn(version));
  return [made("p", {}, put(say.moved_on, { subject, expected, version })), made("ul", {}, lines), button];
}

/** The error as a line with a link to its field, beside which it is said too. */
function beside({ pointer, detail: said }, at) {
  const place = fieldOf(pointer);
  if (!place) return made("li", {}, linked(`${pointer} ${said}`.trim()));
  for (let around = place; around; around = around.parentElement) if (around.tagName === "DETAILS") around.open = true;
  const field = place.matches("input, select, textarea") ? place : (place.querySelector("input, select, textarea") ?? place);
  const id = `problem-${at}`;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  const note = made("p", { class: "problem", id, "data-beside": pointer }, said);
  if (field.type === "checkbox") place.append(note);
  else field.after(note);
  const label = (field.labels?.[0] ?? place.querySelector("legend, summary"))?.textContent.trim() ?? pointer;
  const line = link(`#${field.id}`, label);
  line.addEventListener("click", (click) => {
    click.preventDefault();
    field.focus();
  });
  return made("li", {}, line, ": ", linked(said));
}

/** The field at that pointer, or at what is around it. */
function fieldOf(pointer) {
  for (let at = pointer; at; at = at.slice(0, at.lastIndexOf("/"))) {
    const found = document.querySelector(`#editor [data-pointer="${CSS.escape(at)}"]`);
    if (found) return found;
  }
  return null;
}
