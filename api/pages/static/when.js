// The two dates, with scripts: the same address is fetched, and everything on the page is put in place from that one
// answer, so nothing is rendered here. A slider over the strip of days goes a day by an arrow, a change by a Page key.

const SLOW_MILLISECONDS = 300;
const DAY_MILLISECONDS = 86400000;
const EPOCH_ORDINAL = 719163; // of 1970-01-01, where 0001-01-01 is day 1

let asking = null; // what is on its way, if anything is
let shown = withoutPlace(location.href); // the address of what is on the page

const dateOf = (ordinal) => new Date((ordinal - EPOCH_ORDINAL) * DAY_MILLISECONDS);
const isoDay = (ordinal) => dateOf(ordinal).toISOString().slice(0, 10);
const inWords = (date, more = {}) =>
  date.toLocaleDateString(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, {
    day: "numeric", month: "long", year: "numeric", timeZone: "UTC", ...more,
  });

// ------------------------------------------------------------------------------------------------------- the answer

async function show(address, {push = true} = {}) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const dimming = setTimeout(() => document.querySelector("main").classList.add("dimmed"), SLOW_MILLISECONDS);
  document.querySelector("main").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, {signal: mine.signal, headers: {Accept: "text/html"}});
    if (answer.status >= 500 || !answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(answer.status);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asking) return;
    if (push && answer.url !== location.href) history.pushState(null, "", answer.url);
    shown = withoutPlace(answer.url);
    put(found);
  } catch (error) {
    if (mine === asking && error.name !== "AbortError") failed(address, push);
  } finally {
    clearTimeout(dimming);
    if (mine === asking) {
      asking = null;
      document.querySelector("main").classList.remove("dimmed");
      document.querySelector("main").removeAttribute("aria-busy");
    }
  }
}

function put(found) {
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("details[open][id]")].map((each) => each.id);
  for (const old of [...document.head.children]) if (!stays(old)) old.remove();
  for (const fresh of [...found.head.children]) if (!stays(fresh)) document.head.append(document.adoptNode(fresh));
  document.body.replaceChildren(...[...found.body.childNodes].map((node) => document.adoptNode(node)));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  begin();
  if (focused) (document.getElementById(focused) ?? document.getElementById("at"))?.focus({preventScroll: true});
}

const stays = (element) => element.matches("link[rel=stylesheet], link[rel=icon], script[src], meta[charset]");

function failed(address, push) {
  const days = document.getElementById("days");
  const trouble = document.getElementById("trouble");
  if (!days || !trouble) return location.assign(address);
  const wanted = new URL(address, location.href).searchParams.get("at") || isoDay(Math.floor(Date.now() / DAY_MILLISECONDS) + EPOCH_ORDINAL);
  const text = days.dataset.failed.replace("{wanted}", words(wanted)).replace("{still}", words(isoDay(Number(days.dataset.day))));
  const again = document.createElement("button");
  again.type = "button";
  again.className = "plain";
  again.textContent = days.dataset.again;
  again.addEventListener("click", () => show(address, {push}));
  trouble.replaceChildren(text + " ", again);
  trouble.hidden = false;
  const slider = days.querySelector("input");
  if (slider) slider.value = days.dataset.day;
}

// `2020-07-09` as `9 July 2020`; what was typed in another way as it was typed.
function words(text) {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(text + "T00:00:00Z") : new Date(NaN);
  return Number.isNaN(day.getTime()) ? text : inWords(day);
}

// ------------------------------------------------------------------------------------------------- what leads there

function addressOf(form) {
  const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const address = new URL(form.action);
  address.search = given;
  return address.href;
}

function withDay(ordinal) {
  const address = new URL(location.href);
  address.searchParams.set("at", isoDay(ordinal));
  address.searchParams.delete("cursor");
  address.hash = "";
  return address.href;
}

function slider(days) {
  const input = document.createElement("input");
  input.type = "range";
  input.id = "slider";
  input.min = days.dataset.first;
  input.max = days.dataset.last;
  input.value = days.dataset.day;
  input.setAttribute("aria-label", days.dataset.label);
  input.setAttribute("aria-valuetext", days.dataset.spelled);
  input.addEventListener("input", () => {
    document.getElementById("at").value = isoDay(Number(input.value));
    input.setAttribute("aria-valuetext", inWords(dateOf(Number(input.value)), {weekday: "long"}));
  });
  input.addEventListener("change", () => show(withDay(Number(input.value))));
  input.addEventListener("keydown", (event) => {
    const turn = {PageUp: "next", PageDown: "previous"}[event.key];
    if (!turn) return;
    event.preventDefault();
    const link = document.getElementById(turn);
    if (link) show(link.href);
  });
  return input;
}

function withoutPlace(address) {
  return address.split("#")[0];
}

function reveal() {
  const place = location.hash && document.getElementById(location.hash.slice(1));
  if (place?.tagName === "DETAILS") place.open = true;
}

function begin() {
  const days = document.getElementById("days");
  if (days && !days.querySelector("input")) days.append(slider(days));
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "when") return;
  event.preventDefault();
  show(addressOf(event.target));
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("#previous, #next, #strip a, #rectangles a, .past a, #as-of a");
  if (!link) return;
  const address = new URL(link.href.baseVal ?? link.href, location.href);
  if (address.pathname !== location.pathname || address.hash) return;
  event.preventDefault();
  show(address.href);
});

// A place on this page (#since) is no other address: what is folded there is opened.
window.addEventListener("popstate", () => {
  if (withoutPlace(location.href) === shown) reveal();
  else if (document.getElementById("when")) show(location.href, {push: false});
});

window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) {
    folded.open = true;
    folded.dataset.folded = "";
  }
});
window.addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("details[data-folded]")) {
    folded.open = false;
    delete folded.dataset.folded;
  }
});

begin();
reveal();
