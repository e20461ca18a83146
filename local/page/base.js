/** What every part of the page uses: the state, elements, drawing, and talking to the program. */
import { TEXTS } from "./texts.js";

export const $ = (id) => document.getElementById(id);
export const remembered = (name, fallback) => localStorage.getItem(name) ?? fallback;
export const view = {
  language: remembered("language", navigator.language.startsWith("ru") ? "ru" : "en"),
  client: null, channel: null, task: null, as: "client", shown: "phone", drawn: {},
};
/** `state` is what the program said last; `refresh` asks again, `render` draws. page.js sets them. */
export const store = { state: null, refresh() {}, render() {} };
export const text = (key) => TEXTS[view.language][key];

/** Build an element; a function among the properties is a listener. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

/** What day it is here: time can be skipped, so it is not the browser's. */
const today = () => new Date((store.state?.now ?? Date.now() / 1000) * 1000).toDateString();

/** A time of day; of another day with its date. */
export function clock(seconds) {
  const date = new Date(seconds * 1000);
  const time = date.toLocaleTimeString(view.language, { hour: "2-digit", minute: "2-digit", hour12: false });
  return date.toDateString() === today() ? time : `${date.toLocaleDateString(view.language, { day: "numeric", month: "short" })}, ${time}`;
}

/** The same, always with day and date. */
export const moment = (seconds) => new Date(seconds * 1000).toLocaleString(view.language, { weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hour12: false });

export function size(bytes) {
  let unit = 0;
  while (bytes >= 1024 && unit < 2) { bytes /= 1024; unit += 1; }
  return `${bytes.toLocaleString(view.language, { maximumFractionDigits: unit && bytes < 100 ? 1 : 0 })} ${text("units")[unit]}`;
}

/** Replace an element's children only when what is shown has changed. */
export function draw(id, shown, build) {
  const key = JSON.stringify([view.language, today(), shown]);
  if (view.drawn[id] === key) return;
  view.drawn[id] = key;
  $(id).replaceChildren(...build());
}

/**
 * Draw a list whose items stay the very elements while they do not change, so that what plays goes on playing.
 * `about` is what the list is of: another list is drawn from the beginning. `name` tells which item is which when it changes.
 */
export function drawList(id, about, items, name, build, nothing) {
  const place = $(id);
  if (place.dataset.about !== about) {
    place.dataset.about = about;
    place.dataset.pinned = place.dataset.stays === "end";
    place.replaceChildren();
  }
  const wanted = (items.length ? items : [null]).map((item) => [JSON.stringify([view.language, today(), item]), item]);
  const keys = new Set(wanted.map(([key]) => key));
  const known = new Set();
  for (const child of [...place.children]) {
    known.add(child.dataset.name);
    if (!keys.has(child.dataset.key)) child.remove();
  }
  wanted.forEach(([key, item], index) => {
    const there = place.children[index];
    if (there?.dataset.key === key) return;
    const made = item === null ? h("p", { class: "empty" }, nothing) : build(item);
    made.dataset.key = key;
    made.dataset.name = item === null ? "" : name(item);
    if (known.has(made.dataset.name)) made.classList.add("changed"); // it need not appear once more
    place.insertBefore(made, there ?? null);
  });
  if (place.dataset.pinned === "true") toEnd(place);
}

export const toEnd = (place) => { place.scrollTop = place.scrollHeight; };

/** A list at its end stays there, also when pictures get their height or its own place changes; who scrolls up stays up. */
export function stayAtEnd(id) {
  const place = $(id);
  let last = 0;
  place.dataset.stays = "end";
  const grown = () => { if (place.dataset.pinned === "true") toEnd(place); };
  for (const event of ["load", "loadedmetadata"]) place.addEventListener(event, grown, true);
  new ResizeObserver(grown).observe(place);
  place.addEventListener("scroll", () => {
    if (place.scrollHeight - place.scrollTop - place.clientHeight < 60) place.dataset.pinned = "true";
    else if (place.scrollTop < last) place.dataset.pinned = "false";
    last = place.scrollTop;
  });
}

export function options(id, rows, chosen) {
  draw(id, [rows, chosen], () => rows.map(([value, label]) => h("option", { value, selected: String(value) === String(chosen) }, label)));
}

export function press(selector, name, value) {
  for (const button of document.querySelectorAll(selector)) button.setAttribute("aria-pressed", button.dataset[name] === value);
}

export const currentChannel = () => store.state.channels.find((one) => one.key === view.channel);
export const currentChat = () => store.state.chats[`${view.channel}:${view.client}`];
export const currentTasks = () => store.state.tasks.filter((one) => one.client === view.client && one.channel === view.channel);

// ---------------------------------------------------------------- talking to the program

/** Say something for a while, at the foot of the page. */
export function tell(sentence, mood = "", seconds = 10) {
  $("toast").textContent = sentence;
  $("toast").className = `toast ${mood}`;
  $("toast").hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { $("toast").hidden = true; }, seconds * 1000);
}

export const complain = (sentence) => tell(sentence, "bad", 6);

/** Ask the program to do something; gives its answer, or null when it refused. */
async function ask(address, request) {
  try {
    const answer = await fetch(address, { method: "POST", ...request });
    const body = await answer.json();
    if (answer.ok) return body;
    complain(body.error);
  } catch {
    complain(text("lost"));
  } finally {
    store.refresh();
  }
  return null;
}

export const act = (what, body) => ask(`api/${what}`, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const upload = (to, file, about = {}) =>
  ask(`api/upload/${to}?${new URLSearchParams({ ...about, name: file.name, mime: file.type })}`,
    { headers: { "content-type": "application/octet-stream" }, body: file });
