/** The task in Planfix: what it shows, and what the employee writes. */
import { $, act, clock, currentChannel, currentChat, currentTasks, draw, drawList, h, moment, options, stayAtEnd, store, tell, text, upload, view } from "./base.js";
import { chip, filesView, safeHtml } from "./show.js";

const SAMPLES = { text: "¶", photo: "🖼️", album: "🗂️", document: "📄", voice: "🎤", audio: "🎵", video: "🎬" };
/** What the employee attached to the comment that is being written. */
let attached = [];

const currentTask = () => {
  const tasks = currentTasks();
  return tasks.find((one) => one.id === view.task) ?? tasks.at(-1);
};

export function renderTask() {
  const { state } = store;
  const tasks = currentTasks();
  const task = currentTask();
  draw("task-tabs", [tasks.map((one) => [one.id, one.active]), task?.id], () => tasks.length < 2 ? [] : tasks.map((one) => h(
    "button", { type: "button", "aria-pressed": String(one === task), click: () => { view.task = one.id; store.render(); } },
    `${text("task")} ${one.id}${one.active ? "" : " ✓"}`)));
  $("answer").hidden = !task;
  $("editor").dataset.placeholder = text("answerHint");
  draw("task-head", task ? { ...task, comments: null } : null, () => (task ? head(task) : []));
  $("task-head").hidden = !task;
  drawList("comments", String(task?.id), task?.comments ?? [], (one) => one.id, comment, text("noTask"));
  options("employee", state.employees.map((one) => [one.id, one.name]), $("employee").value || state.employees[0].id);
  draw("samples", [], () => Object.entries(SAMPLES).map(([what, sign]) => h("button", { type: "button", "data-sample": what, title: text("attachTitle")[what], "aria-label": text("attachTitle")[what] },
    h("span", { "aria-hidden": "true" }, sign))));
  renderAttached();
  renderNotify(task);
  renderSwitches();
}

function comment(one) {
  return h("article", { class: `comment ${one.kind}` },
    h("header", {}, h("b", {}, one.author), h("span", { class: "code" }, `#${one.id}`), 
      one.kind !== "bridge" && h("button", { type: "button", class: "quote-it", title: text("quote"), "aria-label": text("quote"), click: () => quote(one) }, "❝"),
      h("time", {}, clock(one.at))),
    h("div", { class: "words" }, ...safeHtml(one.html)),
    ...filesView(one.files),
    one.state?.said && h("p", { class: "why" }, one.state.said),
    h("footer", {}, stateView(one.state), one.notified.length ? `${text("notified")}: ${one.notified.join(", ")}` : text("nobody")));
}

/** What Planfix shows beside an answer in a chat: a tick, two ticks, a mark of error. */
function stateView(state) {
  if (!state) return null;
  const { sign, name } = text("states")[state.state];
  return h("span", { class: `state ${state.state}`, role: "img", title: name, "aria-label": name }, sign);
}

/** An answer that quotes a message becomes Telegram's answer to that message. */
function quote(one) {
  const editor = $("editor");
  editor.replaceChildren(h("blockquote", {}, ...safeHtml(one.html)), h("p", {}, h("br")));
  editor.focus();
  getSelection().setPosition(editor.lastChild, 0);
}

function head(task) {
  const fact = (name, ...value) => [h("dt", {}, text(name)), h("dd", {}, ...value)];
  const contact = [task.contact.name, task.contact.username && `@${task.contact.username}`, task.contact.telegramId && `Telegram ${task.contact.telegramId}`];
  return [
    h("h3", {}, task.name, h("span", { class: `pill ${task.active ? "" : "closed"}` }, task.status),
      h("button", { type: "button", click: () => act("task/status", { task: task.id, active: !task.active }) }, text(task.active ? "close" : "reopen"))),
    h("dl", { class: "facts" },
      ...fact("contact", contact.filter(Boolean).join(" · ")),
      ...fact("template", task.template),
      ...fact("assignees", task.assignees.join(", ")),
      ...(task.description ? fact("description", ...safeHtml(task.description)) : [])),
  ];
}

function renderAttached() {
  draw("attached", attached, () => attached.map((file) => h("span", { class: "attached" }, chip(file),
    h("button", { type: "button", title: text("remove"), "aria-label": text("remove"), click: () => { attached = attached.filter((one) => one !== file); renderAttached(); } }, "×"))));
}

async function attach(uploading) {
  const file = await uploading;
  if (file) attached = [...attached, file];
  renderAttached();
}

async function takeSample(what) {
  if (what === "text") {
    $("editor").innerHTML = text("sampleHtml");
    return;
  }
  for (const name of what === "album" ? ["photo", "photo_green", "photo_red"] : [what]) await attach(act("employee/sample", { what: name }));
}

function renderNotify(task) {
  if (!task) return;
  const people = [[`contact:${task.contact.id}`, task.contact.name], ...store.state.employees.map((one) => [one.id, one.name])];
  draw("notify", [task.id, people], () => people.map(([id, name], index) => h("label", { class: "check" },
    h("input", { type: "checkbox", value: id, checked: index === 0 }), h("span", {}, name))));
}

function renderSwitches() {
  const chat = currentChat();
  const channel = currentChannel();
  const here = { client: view.client, channel: view.channel };
  const check = (name, on, label = name) => h("label", { class: "check" },
    h("input", { type: "checkbox", checked: on, change: (event) => act("refuse", { ...here, what: name, on: event.target.checked }) }),
    h("span", {}, text(label)));
  const push = (name) => h("button", { type: "button", click: () => act("refuse", { ...here, what: name, on: true }) }, text(name));
  const shown = [view.client, view.channel, chat.paused, chat.blocked, channel];
  const skip = h("button", { type: "button", click: (event) => timePasses(event.target) }, text("skip"));
  draw("switches", shown, () => [skip, check("blocked", chat.blocked),
    ...(channel.own_bot ? [] : [check("paused", chat.paused), check("reply", !channel.can_reply, "noReply"), check("connected", !channel.connected), push("change")])]);
}

/** Time passes for everybody at once, when nothing is on its way. */
async function timePasses(button) {
  button.disabled = true;
  try {
    const skipped = await act("time/skip", {});
    if (skipped) tell(text("skipped")(skipped.hours, moment(skipped.now)));
  } finally {
    button.disabled = false;
  }
}

async function answer() {
  const editor = $("editor");
  const words = editor.textContent.trim();
  if (!words && !attached.length) return;
  const notify = [...$("notify").querySelectorAll("input:checked")].map((one) => one.value);
  const said = { task: currentTask().id, employee: $("employee").value, html: words ? editor.innerHTML : "", notify, files: attached.map((file) => file.id) };
  if (!await act("employee/comment", said)) return;
  editor.replaceChildren();
  attached = [];
  renderAttached();
}

export function begins() {
  stayAtEnd("comments");
  $("tools").addEventListener("mousedown", (event) => {
    const { command, insert } = event.target.closest("button")?.dataset ?? {};
    if (!command && !insert) return;
    event.preventDefault(); // the selection stays in the editor
    $("editor").focus();
    if (insert) document.execCommand("insertText", false, `${insert} `);
    else if (command === "quote") document.execCommand("formatBlock", false, document.queryCommandValue("formatBlock") === "blockquote" ? "p" : "blockquote");
    else if (command === "createLink") {
      const address = prompt(text("link"), "https://");
      if (address) document.execCommand(command, false, address);
    } else document.execCommand(command, false, null);
  });
  $("samples").addEventListener("click", (event) => {
    const what = event.target.closest("button")?.dataset.sample;
    if (what) takeSample(what);
  });
  $("employee-file").addEventListener("change", async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    for (const file of files) await attach(upload("employee", file));
  });
  $("editor").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); answer(); }
  });
  $("answer").addEventListener("submit", (event) => { event.preventDefault(); answer(); });
  document.execCommand("defaultParagraphSeparator", false, "p");
  document.execCommand("styleWithCSS", false, false);
}
