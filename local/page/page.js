"use strict";

const TEXTS = {
  ru: {
    lead: "Пишите слева за клиента, отвечайте справа за сотрудника.",
    tabPhone: "Телефон", tabJourney: "Путь", tabPlanfix: "Планфикс",
    phoneTitle: "Telegram клиента", journeyTitle: "Путь сообщения", planfixTitle: "Задача в Планфиксе",
    client: "Клиент", channel: "Канал", asClient: "Пишет клиент", asOwner: "Владелец с телефона", send: "Отправить",
    employee: "Сотрудник", notify: "Уведомить:", comment: "Добавить комментарий", refusals: "Как Telegram отказывает",
    writeAs: { client: "Сообщение клиента…", owner: "Что пишет владелец с телефона…" },
    answerHint: "Ответ клиенту или внутренний комментарий…",
    noLetters: "Пока пусто. Напишите от имени клиента: справа появятся контакт, задача и комментарий.",
    noJourneys: "Здесь по шагам видно, как сообщение идёт через мост.",
    noTask: "Задачи ещё нет: она появится с первым сообщением клиента.",
    ownBot: "бот компании", business: "личный аккаунт с ботом", disconnected: "бот отключён от аккаунта",
    viaBot: "ответ через мост", fromPhone: "с телефона",
    contact: "Контакт", assignees: "Исполнители", template: "Шаблон", description: "Описание", task: "Задача",
    close: "Завершить задачу", reopen: "Вернуть в работу", notified: "Уведомлены", nobody: "никто не уведомлён",
    window: "Прошло 25 часов", paused: "Бот остановлен в чате", blocked: "Клиент заблокировал бота",
    reply: "Снять право «Ответ на сообщения»", change: "Владелец поменял настройки (новое подключение)",
    connected: "Отключить бота от аккаунта", link: "Адрес ссылки", needStart: "Клиент ещё не открыл бота: нажмите /start.",
    waiting: "ждут", inWork: "в работе", dead: "в DLQ", empty: "пусто", toPlanfix: "в Планфикс", toTelegram: "в Telegram",
    tripIn: "Telegram → Планфикс", tripOut: "Планфикс → Telegram", lost: "Связь с программой потеряна: она ещё запущена?",
    steps: {
      update: (s) => `Telegram доставил обновление ${s.update}`,
      scenario: (s) => `Сценарий Планфикса сообщил о задаче ${s.task}`,
      queued: (s) => `поставлено в очередь ${s.queue}`,
      answered: (s) => `ответ ${s.status}`,
      took: (s) => (s.attempt > 1 ? `отправитель взял снова, попытка ${s.attempt}` : "отправитель взял сообщение"),
      finished: () => "готово", deferred: () => "отложено: вернётся в очередь",
      "contact/list": () => "ищет контакт", "contact/": () => "контакт создан", "contact/N": () => "контакт обновлён",
      "GET contact/N": () => "читает контакт", "task/list": () => "ищет активную задачу", "task/": () => "задача создана",
      "GET task/N": () => "читает задачу", "task/N": () => "исполнители добавлены", "GET user/N": () => "узнаёт имя сотрудника",
      "task/N/comments/": () => "комментарий добавлен", "task/N/comments/list": () => "читает комментарии",
      sendMessage: () => "сообщение отправлено клиенту", getBusinessConnection: () => "проверяет подключение",
      failed: (s) => `отказ: ${s.error}`,
    },
  },
  en: {
    lead: "Write as the client on the left, answer as the employee on the right.",
    tabPhone: "Phone", tabJourney: "Journey", tabPlanfix: "Planfix",
    phoneTitle: "The client's Telegram", journeyTitle: "The message's journey", planfixTitle: "The task in Planfix",
    client: "Client", channel: "Channel", asClient: "Client writes", asOwner: "Owner, from the phone", send: "Send",
    employee: "Employee", notify: "Notify:", comment: "Add comment", refusals: "How Telegram refuses",
    writeAs: { client: "The client's message…", owner: "What the owner types on the phone…" },
    answerHint: "An answer to the client, or an internal comment…",
    noLetters: "Nothing yet. Write as the client: a contact, a task and a comment appear on the right.",
    noJourneys: "Here you see, step by step, how a message goes through the bridge.",
    noTask: "No task yet: it appears with the client's first message.",
    ownBot: "the company's bot", business: "personal account with the bot", disconnected: "the bot is not connected",
    viaBot: "answer through the bridge", fromPhone: "from the phone",
    contact: "Contact", assignees: "Assignees", template: "Template", description: "Description", task: "Task",
    close: "Close the task", reopen: "Open it again", notified: "Notified", nobody: "nobody is notified",
    window: "25 hours pass", paused: "Bot stopped in this chat", blocked: "Client blocked the bot",
    reply: "Take away “Reply to messages”", change: "Owner changed settings (new connection)",
    connected: "Remove the bot from the account", link: "Link address", needStart: "The client has not opened the bot: press /start.",
    waiting: "waiting", inWork: "in work", dead: "in DLQ", empty: "empty", toPlanfix: "to Planfix", toTelegram: "to Telegram",
    tripIn: "Telegram → Planfix", tripOut: "Planfix → Telegram", lost: "The program does not answer: is it still running?",
    steps: {
      update: (s) => `Telegram delivered update ${s.update}`,
      scenario: (s) => `Planfix's scenario told of task ${s.task}`,
      queued: (s) => `queued on ${s.queue}`,
      answered: (s) => `answered ${s.status}`,
      took: (s) => (s.attempt > 1 ? `the sender took it again, attempt ${s.attempt}` : "the sender took it"),
      finished: () => "done", deferred: () => "deferred: back to the queue",
      "contact/list": () => "looks for the contact", "contact/": () => "contact created", "contact/N": () => "contact updated",
      "GET contact/N": () => "reads the contact", "task/list": () => "looks for an active task", "task/": () => "task created",
      "GET task/N": () => "reads the task", "task/N": () => "assignees added", "GET user/N": () => "asks the employee's name",
      "task/N/comments/": () => "comment added", "task/N/comments/list": () => "reads the comments",
      sendMessage: () => "sent to the client", getBusinessConnection: () => "checks the connection",
      failed: (s) => `refused: ${s.error}`,
    },
  },
};
const EFFECTS = new Set(["contact/", "task/", "task/N", "task/N/comments/", "sendMessage"]);

const $ = (id) => document.getElementById(id);
const remembered = (name, fallback) => localStorage.getItem(name) ?? fallback;
const view = {
  language: remembered("language", navigator.language.startsWith("ru") ? "ru" : "en"),
  client: null, channel: null, task: null, as: "client", shown: "phone", drawn: {},
};
let state = null;
let trips = [];
const text = (key) => TEXTS[view.language][key];

/** Build an element; a function among the properties is a listener. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(view.language, { hour: "2-digit", minute: "2-digit", hour12: false });

// ---------------------------------------------------------------- what Telegram and Planfix show as formatted text

const ENTITY_TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

/** Telegram text with entities as nodes; offsets count UTF-16 units, as JavaScript's strings do. */
function formatted(value, entities, from = 0, to = value.length) {
  const nodes = [];
  let at = from;
  const inside = entities.filter((one) => one.offset >= from && one.offset + one.length <= to);
  inside.sort((a, b) => a.offset - b.offset || b.length - a.length);
  while (inside.length) {
    const outer = inside.shift();
    if (outer.offset < at) continue;
    const end = outer.offset + outer.length;
    const within = inside.filter((one) => one.offset + one.length <= end);
    if (outer.offset > at) nodes.push(value.slice(at, outer.offset));
    const tag = outer.type === "text_link" ? "a" : ENTITY_TAGS[outer.type] ?? "span";
    const properties = tag === "a" ? link(outer.url) : outer.type === "spoiler" ? { class: "spoiler" } : {};
    nodes.push(h(tag, properties, ...formatted(value, within, outer.offset, end)));
    at = end;
  }
  if (at < to) nodes.push(value.slice(at, to));
  return nodes;
}

const HTML_TAGS = new Set("A B BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 HR I LI OL P PRE S SPAN STRIKE STRONG SUB SUP TABLE TBODY TD TR U UL".split(" "));

/** A link's properties; the fake Planfix has no pages, so a task's link leads to the task on this page. */
function link(address) {
  const task = state.tasks.find((one) => address.endsWith(`/task/${one.id}`));
  if (task) return { href: "#", click: (event) => { event.preventDefault(); view.task = task.id; render(); } };
  return /^(https?|tg|mailto):/.test(address) ? { href: address, target: "_blank", rel: "noreferrer" } : {};
}

/** Planfix HTML as nodes: known tags, no attributes but a link's address. */
function safeHtml(html) {
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const children = [...node.childNodes].map(copy);
    if (!HTML_TAGS.has(node.tagName)) return h("span", {}, ...children);
    return h(node.tagName, node.tagName === "A" ? link(node.getAttribute("href") ?? "") : {}, ...children);
  };
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map(copy);
}

// ---------------------------------------------------------------- drawing

/** Replace an element's children only when what is shown has changed; with `follow` stay at the end if it was in view. */
function draw(id, shown, build, follow = false) {
  const key = JSON.stringify([view.language, shown]);
  if (view.drawn[id] === key) return;
  view.drawn[id] = key;
  const place = $(id);
  const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 60;
  place.replaceChildren(...build());
  if (follow && atEnd) place.scrollTop = place.scrollHeight;
}

function options(id, rows, chosen) {
  draw(id, [rows, chosen], () => rows.map(([value, label]) => h("option", { value, selected: String(value) === String(chosen) }, label)));
}

const currentChannel = () => state.channels.find((one) => one.key === view.channel);
const currentChat = () => state.chats[`${view.channel}:${view.client}`];
const currentTasks = () => state.tasks.filter((one) => one.client === view.client && one.channel === view.channel);

function render() {
  document.documentElement.lang = view.language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", text(element.dataset.label));
  press("[data-language]", "language", view.language);
  press("[data-show]", "show", view.shown);
  press("[data-as]", "as", view.as);
  $("stage").dataset.shown = view.shown;
  renderTrips();
  if (!state) return;
  view.client ??= state.clients[0].id;
  view.channel ??= state.channels[0].key;
  renderQueues();
  renderPhone();
  renderTask();
}

function press(selector, name, value) {
  for (const button of document.querySelectorAll(selector)) button.setAttribute("aria-pressed", button.dataset[name] === value);
}

function renderQueues() {
  draw("queues", state.queues, () => Object.entries(state.queues).map(([name, depth]) => {
    const label = text(name === "to-planfix" ? "toPlanfix" : "toTelegram");
    const counts = { waiting: depth.waiting, inWork: depth.in_flight, dead: depth.dead };
    const parts = Object.entries(counts).filter(([, count]) => count).map(([what, count]) => `${text(what)} ${count}`);
    const mood = depth.dead ? "dead" : parts.length ? "busy" : "";
    return h("span", { class: `chip ${mood}`, title: `${name}.fifo` }, `${label}: ${parts.join(" · ") || text("empty")}`);
  }));
}

function renderPhone() {
  const channel = currentChannel();
  const chat = currentChat();
  options("client", state.clients.map((one) => [one.id, one.name]), view.client);
  options("channel", state.channels.map((one) => [one.key, one.name]), view.channel);
  $("avatar").textContent = (channel.own_bot ? channel.name : channel.owner)[0];
  $("chat-name").textContent = channel.own_bot ? channel.name : channel.owner;
  $("chat-sub").textContent = channel.own_bot ? text("ownBot") : text(channel.connected ? "business" : "disconnected");
  $("start").hidden = !channel.own_bot;
  document.querySelector('[data-as="owner"]').hidden = channel.own_bot;
  if (channel.own_bot) view.as = "client";
  press("[data-as]", "as", view.as);
  $("text").placeholder = TEXTS[view.language].writeAs[view.as];
  draw("letters", [view.client, view.channel, chat.letters], () => chat.letters.length
    ? chat.letters.map((letter) => h("div", { class: `letter ${letter.who}` },
      letter.who !== "client" && !channel.own_bot && h("span", { class: "via" }, text(letter.who === "bot" ? "viaBot" : "fromPhone")),
      ...formatted(letter.text, letter.entities), h("time", {}, clock(letter.date))))
    : [h("p", { class: "empty" }, text("noLetters"))], true);
}

function renderTask() {
  const tasks = currentTasks();
  const task = tasks.find((one) => one.id === view.task) ?? tasks.at(-1);
  draw("task-tabs", [tasks.map((one) => [one.id, one.active]), task?.id], () => tasks.length < 2 ? [] : tasks.map((one) => h(
    "button", { type: "button", "aria-pressed": String(one === task), click: () => { view.task = one.id; render(); } },
    `${text("task")} ${one.id}${one.active ? "" : " ✓"}`)));
  $("answer").hidden = !task;
  $("editor").dataset.placeholder = text("answerHint");
  draw("task", task ?? null, () => (task ? taskView(task) : [h("p", { class: "empty" }, text("noTask"))]));
  const comments = document.querySelector(".comments");
  if (comments && view.drawn.count !== `${task?.id}:${task?.comments.length}`) comments.scrollTop = comments.scrollHeight;
  view.drawn.count = `${task?.id}:${task?.comments.length}`;
  options("employee", state.employees.map((one) => [one.id, one.name]), $("employee").value || state.employees[0].id);
  renderNotify(task);
  renderSwitches();
}

function taskView(task) {
  const comments = task.comments.map((one) => h("article", { class: `comment ${one.kind}` },
    h("header", {}, h("b", {}, one.author), h("span", { class: "code" }, `#${one.id}`), h("time", {}, clock(one.at))),
    h("div", {}, ...safeHtml(one.html)),
    h("footer", {}, one.notified.length ? `${text("notified")}: ${one.notified.join(", ")}` : text("nobody"))));
  const fact = (name, ...value) => [h("dt", {}, text(name)), h("dd", {}, ...value)];
  const contact = [task.contact.name, task.contact.username && `@${task.contact.username}`, `Telegram ${task.contact.telegramId}`];
  return [
    h("div", { class: "task-head" },
      h("h3", {}, task.name, h("span", { class: `pill ${task.active ? "" : "closed"}` }, task.status),
        h("button", { type: "button", click: () => act("task/status", { task: task.id, active: !task.active }) }, text(task.active ? "close" : "reopen"))),
      h("dl", { class: "facts" },
        ...fact("contact", contact.filter(Boolean).join(" · ")),
        ...fact("template", task.template),
        ...fact("assignees", task.assignees.join(", ")),
        ...(task.description ? fact("description", ...safeHtml(task.description)) : []))),
    h("div", { class: "comments" }, ...comments),
  ];
}

function renderNotify(task) {
  if (!task) return;
  const people = [[`contact:${task.contact.id}`, task.contact.name], ...state.employees.map((one) => [one.id, one.name])];
  draw("notify", [task.id, people], () => people.map(([id, name], index) => h("label", { class: "check" },
    h("input", { type: "checkbox", value: id, checked: index === 0 }), h("span", {}, name))));
}

function renderSwitches() {
  const chat = currentChat();
  const channel = currentChannel();
  const here = { client: view.client, channel: view.channel };
  const check = (name, on) => h("label", { class: "check" },
    h("input", { type: "checkbox", checked: on, change: (event) => act("refuse", { ...here, what: name, on: event.target.checked }) }),
    h("span", {}, text(name)));
  const push = (name) => h("button", { type: "button", click: () => act("refuse", { ...here, what: name, on: true }) }, text(name));
  const shown = [view.client, view.channel, chat.paused, chat.blocked, channel];
  draw("switches", shown, () => [push("window"), check("blocked", chat.blocked),
    ...(channel.own_bot ? [] : [check("paused", chat.paused), check("reply", !channel.can_reply), check("connected", !channel.connected), push("change")])]);
}

// ---------------------------------------------------------------- the journey

/** Put a step into the journey it belongs to: by request, then by queue message, then by client. */
function follow(step) {
  const steps = TEXTS[view.language].steps;
  const add = (trip, kind, mood = "") => {
    trip.steps.push({ ...step, text: kind, mood });
    return trip;
  };
  const by = (name) => step[name] && trips.findLast((trip) => trip[name] === step[name]);
  let trip;
  switch (step.kind) {
    case "gateway.received":
      trip = { request: step.request, incoming: "update" in step, client: step.client, task: step.task, at: step.at, steps: [], mood: "" };
      trips.push(trip);
      trips = trips.slice(-60);
      return add(trip, "update" in step ? "update" : "scenario");
    case "queue.took":
      trip = by("request");
      if (!trip) return null;
      trip.message = step.message;
      trip.client ??= Number(step.group.split(":").at(-1)) || null;
      return add(trip, "queued");
    case "gateway.answered":
      trip = by("request");
      return trip && step.status >= 400 ? add(trip, "answered", "bad") : trip;
    case "sender.took":
      trip = by("message");
      if (trip) trip.mood = "working";
      return trip && add(trip, "took");
    case "sender.finished":
    case "sender.deferred":
      trip = by("message");
      if (!trip) return null;
      trip.mood = step.kind === "sender.deferred" ? "deferred" : "done";
      return add(trip, step.kind.slice(7), step.kind === "sender.deferred" ? "wait" : "");
    case "called":
      trip = trips.findLast((one) => one.mood === "working" && (step.client == null || one.client === step.client));
      if (!trip) return null;
      if (step.error) return add(trip, "failed", "bad");
      return step.what in steps && add(trip, step.what, EFFECTS.has(step.what) ? "effect" : "");
  }
  return null;
}

function renderTrips() {
  const steps = TEXTS[view.language].steps;
  draw("journeys", trips, () => trips.length ? trips.toReversed().map((trip) => {
    const client = state?.clients.find((one) => one.id === trip.client);
    return h("li", { class: `trip ${trip.incoming ? "" : "to-telegram"} ${trip.mood}` },
      h("header", {}, h("span", {}, text(trip.incoming ? "tripIn" : "tripOut")), client && h("small", {}, client.name), h("time", {}, clock(trip.at))),
      h("ol", {}, ...trip.steps.map((step) => h("li", { class: step.mood },
        h("span", {}, steps[step.text](step), " ", step.code && h("span", { class: "code" }, step.code)),
        h("i", {}, `+${(step.at - trip.at).toFixed(2)}`)))));
  }) : [h("li", { class: "empty" }, text("noJourneys"))]);
}

// ---------------------------------------------------------------- talking to the program

function complain(sentence) {
  $("toast").textContent = sentence;
  $("toast").hidden = false;
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => { $("toast").hidden = true; }, 6000);
}

async function act(what, body) {
  try {
    const answer = await fetch(`api/${what}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) complain((await answer.json()).error);
    return answer.ok;
  } catch {
    complain(text("lost"));
    return false;
  } finally {
    refresh();
  }
}

let reading = false;
let stale = false;
async function refresh() {
  if (reading) { stale = true; return; }
  reading = true;
  try {
    do {
      stale = false;
      state = await (await fetch("api/state")).json();
      render();
    } while (stale);
  } catch {
    complain(text("lost"));
  } finally {
    reading = false;
  }
}

function listen() {
  const source = new EventSource("api/steps");
  source.onopen = () => { trips = []; refresh(); };
  source.onmessage = (event) => {
    follow(JSON.parse(event.data));
    renderTrips();
    refresh();
  };
}

$("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = $("text").value.trim();
  if (!value) return;
  if (await act(`${view.as}/write`, { client: view.client, channel: view.channel, text: value })) $("text").value = "";
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("write").requestSubmit(); }
});
$("start").addEventListener("click", () => act("client/start", { client: view.client, payload: "site" }));
$("client").addEventListener("change", (event) => { view.client = Number(event.target.value); view.task = null; render(); });
$("channel").addEventListener("change", (event) => { view.channel = event.target.value; view.task = null; render(); });
document.addEventListener("click", (event) => {
  const { as, show, language } = event.target.closest("button")?.dataset ?? {};
  if (as) view.as = as;
  if (show) view.shown = show;
  if (language) { view.language = language; localStorage.setItem("language", language); }
  if (as || show || language) render();
});
$("tools").addEventListener("mousedown", (event) => {
  const command = event.target.closest("button")?.dataset.command;
  if (!command) return;
  event.preventDefault(); // the selection stays in the editor
  document.execCommand(command, false, command === "createLink" ? prompt(text("link"), "https://") : null);
});
$("editor").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); $("answer").requestSubmit(); }
});
$("answer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const editor = $("editor");
  if (!editor.textContent.trim()) return;
  const tasks = currentTasks();
  const task = tasks.find((one) => one.id === view.task) ?? tasks.at(-1);
  const notify = [...$("notify").querySelectorAll("input:checked")].map((one) => one.value);
  if (await act("employee/comment", { task: task.id, employee: $("employee").value, html: editor.innerHTML, notify })) editor.replaceChildren();
});

document.execCommand("defaultParagraphSeparator", false, "p");
document.execCommand("styleWithCSS", false, false);
render();
listen();
