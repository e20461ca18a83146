/** The page as a whole: what it knows, when it asks again, its language and its tabs. */
import { $, act, complain, draw, h, press, store, tell, text, view } from "./base.js";
import { follow, forgetTrips, renderTrips } from "./journey.js";
import * as phone from "./phone.js";
import * as task from "./task.js";

store.render = () => {
  document.documentElement.lang = view.language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.dataset.label));
    element.title = text(element.dataset.label);
  }
  for (const element of document.querySelectorAll("[data-insert]")) element.title = text("commandTitles")[element.dataset.insert];
  press("[data-language]", "language", view.language);
  press("[data-show]", "show", view.shown);
  press("[data-as]", "as", view.as);
  $("stage").dataset.shown = view.shown;
  renderTrips();
  const { state } = store;
  if (!state) return;
  press("[data-route]", "route", state.route);
  view.client ??= state.clients[0].id;
  view.channel ??= state.channels[0].key;
  renderQueues(state.queues);
  phone.renderPhone();
  task.renderTask();
};

function renderQueues(queues) {
  draw("queues", queues, () => Object.entries(queues).map(([name, depth]) => {
    const label = text(name === "to-planfix" ? "toPlanfix" : "toTelegram");
    const counts = { waiting: depth.waiting, inWork: depth.in_flight, dead: depth.dead };
    const parts = Object.entries(counts).filter(([, count]) => count).map(([what, count]) => `${text(what)} ${count}`);
    const mood = depth.dead ? "dead" : parts.length ? "busy" : "";
    return h("span", { class: `chip ${mood}`, title: `${name}.fifo` }, `${label}: ${parts.join(" · ") || text("empty")}`);
  }));
}

let reading = false;
let stale = false;
store.refresh = async () => {
  if (reading) { stale = true; return; }
  reading = true;
  try {
    do {
      stale = false;
      const state = await read();
      if (!state) return;
      store.state = state;
      store.render();
    } while (stale);
  } finally {
    reading = false;
  }
};

async function read() {
  try {
    return await (await fetch("api/state")).json();
  } catch {
    complain(text("lost"));
    return null;
  }
}

function listen() {
  const source = new EventSource("api/steps");
  source.onopen = () => { forgetTrips(); store.refresh(); };
  source.onmessage = (event) => {
    follow(JSON.parse(event.data));
    renderTrips();
    store.refresh();
  };
}

/** Another way to Planfix, when nothing is on its way. */
async function takeRoute(route) {
  if (store.state?.route === route) return;
  const buttons = document.querySelectorAll("[data-route]");
  for (const button of buttons) button.disabled = true;
  try {
    if (await act("route", { route })) tell(text("routeTaken")[route]);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const { as, show, language, route } = event.target.closest("button")?.dataset ?? {};
  if (route) takeRoute(route);
  if (as) view.as = as;
  if (show) view.shown = show;
  if (language) { view.language = language; localStorage.setItem("language", language); }
  if (as || show || language) store.render();
});
phone.begins();
task.begins();
store.render();
listen();
