/** What the dry run's answer says, for people: the sentence, the fields before and after, the timeline now and then. */

import { made, put, wordsIn } from "./words.js";

const { say, months, members, codes, coded, statuses } = wordsIn("editor-words");

/** A day in words; other forms of EDTF as they are. */
export function dayInWords(text) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return day ? `${Number(day)} ${months[month - 1]} ${Number(year)}` : text;
}

/** The nodes of the preview of `event`, as the dry run answered it; `now` is its subject's timeline as it is. */
export function previewOf(event, now) {
  return [
    made("h2", {}, say.preview),
    made("p", { class: "lead" }, sentence(event)),
    made("h3", {}, say.fields),
    event.changes.length ? changesTable(event.changes) : made("p", {}, say.nothing),
    made("h3", {}, say.timeline),
    made("div", { class: "sides" }, spans(say.now, now, event.timeline), spans(say.then, event.timeline, now)),
    made("p", { class: "muted" }, put(say.recorded, { version: event.version, subject: event.subject, by: event.recorded_by })),
  ];
}

function sentence(event) {
  if (event.data?.of) return put(say[event.type], { of: event.data.of });
  const day = event.effective_on ? dayInWords(event.effective_on) : say.ever;
  const status = event.changes.find((change) => change.field === "status");
  if (status) return put(say.from_to, { day, before: statuses[status.before], after: statuses[status.after] });
  const first = /\d{4}-\d\d-\d\d/.exec(event.effective_on)?.[0] ?? `${event.effective_on}-01-01`.slice(0, 10);
  const there = event.timeline.find((each) => (each.valid_from ?? "") <= first && first < (each.valid_to ?? "~"));
  return put(say.no_status, { day, status: statuses[there?.status ?? "none"] });
}

function changesTable(changes) {
  const row = ({ field, before, after }) => {
    const name = field.replace(/^data\./, "");
    return made(
      "tr",
      {},
      made("th", { scope: "row" }, members[name] ?? name),
      made("td", { "data-label": say.before }, side(before, after, name)),
      made("td", { "data-label": say.after }, side(after, before, name)),
    );
  };
  const heads = [say.field, say.before, say.after].map((text) => made("th", { scope: "col" }, text));
  return made(
    "table",
    { class: "stacked told" },
    made("thead", {}, made("tr", {}, heads)),
    made("tbody", {}, changes.map(row)),
  );
}

/** What the other side has not; of lists, how many of them both have. */
function side(value, other, name) {
  if (!Array.isArray(value) || !Array.isArray(other)) return shown(value, name);
  const theirs = new Set(other.map((each) => JSON.stringify(each)));
  const own = value.filter((each) => !theirs.has(JSON.stringify(each)));
  const count = value.length - own.length;
  if (count === 0) return shown(value, name);
  return [...own.map((each) => shown(each, name)), put(count === 1 ? say.one_same : say.same, { count })].join("\n");
}

/** A value as text: codes in words, lists one element a line. */
function shown(value, name) {
  if (value === null || value === undefined || value.length === 0) return "–";
  if (value === true) return "✓";
  if (value === false) return "–";
  if (Array.isArray(value)) return value.map((each) => shown(each, name)).join("\n");
  if (typeof value !== "object") {
    if (coded.includes(name)) return codes[value] ?? String(value);
    return /_on$|^until$|^since$/.test(name) ? dayInWords(String(value)) : String(value);
  }
  const main = ["actor", "description", "title", "value"].find((key) => typeof value[key] === "string");
  const parts = Object.entries(value).filter(([key, each]) => key !== main && each !== null && each.length !== 0);
  const more = parts.map(([key, each]) => `${members[key] ?? key}: ${shown(each, key).replaceAll("\n", ", ")}`).join("; ");
  return main && more ? `${value[main]} (${more})` : main ? value[main] : more;
}

function spans(title, items, others) {
  const there = new Set(others.map((each) => JSON.stringify(each)));
  const lines = items.map((each, at) => {
    const other = at > 0 && items[at - 1].status === each.status && items[at - 1].valid_to === each.valid_from;
    const status = statuses[each.status];
    const text = ` ${span(each)}: ${other ? put(say.with_other_terms, { status }) : status}`;
    return made("li", {}, shape(each.status), there.has(JSON.stringify(each)) ? text : made("mark", {}, text));
  });
  return made("div", {}, made("h4", {}, title), lines.length ? made("ol", {}, lines) : made("p", {}, say.nothing_yet));
}

const SVG = document.querySelector("svg").namespaceURI;

/** The drawn shape of a status, which is on the page. */
function shape(status) {
  const drawn = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  for (const [name, value] of Object.entries({ class: `shape ${status}`, width: 14, height: 14, "aria-hidden": true })) {
    drawn.setAttribute(name, value);
  }
  use.setAttribute("href", `#shape-${status}`);
  drawn.append(use);
  return drawn;
}

function span({ valid_from: from, valid_to: to }) {
  const days = { from: from && dayInWords(from), to: to && dayInWords(to) };
  return put(from ? (to ? say.between : say.from_day) : to ? say.before_day : say.always, days);
}
