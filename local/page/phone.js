/** The client's Telegram: what it shows, and what the client and the owner do on their phones. */
import { $, act, clock, currentChannel, currentChat, draw, drawList, h, options, press, stayAtEnd, store, text, toEnd, upload, view } from "./base.js";
import { fileView, formatted } from "./show.js";

const KINDS = {
  photo: "🖼️", album: "🗂️", video: "🎬", video_note: "⭕", animation: "🎞️", voice: "🎤", audio: "🎵", document: "📄",
  sticker: "😺", location: "📍", venue: "🏠", contact: "👤", poll: "📊", dice: "🎲", unknown: "✨",
};
/** What the text being written is for: a new message, or `{ what: "edit" | "reply", letter }`. */
let about = null;

export function renderPhone() {
  const { state } = store;
  const channel = currentChannel();
  options("client", state.clients.map((one) => [one.id, one.name]), view.client);
  options("channel", state.channels.map((one) => [one.key, one.name]), view.channel);
  $("avatar").textContent = (channel.own_bot ? channel.name : channel.owner)[0];
  $("chat-name").textContent = channel.own_bot ? channel.name : channel.owner;
  $("chat-sub").textContent = channel.own_bot ? text("ownBot") : text(channel.connected ? "business" : "disconnected");
  $("start").hidden = !channel.own_bot;
  document.querySelector('[data-as="owner"]').hidden = channel.own_bot;
  if (channel.own_bot) view.as = "client";
  press("[data-as]", "as", view.as);
  $("text").placeholder = $("attach").hidden ? text("writeAs")[view.as] : text("captionHint");
  draw("attach", [], () => [
    ...Object.entries(KINDS).map(([what, sign]) => h("button", { type: "button", "data-send": what },
      h("span", { "aria-hidden": "true" }, sign), text("attachTitle")[what])),
    h("button", { type: "button", class: "own", click: () => $("phone-file").click() }, h("span", { "aria-hidden": "true" }, "💻"), text("ownFile")),
  ]);
  renderAbout();
  const { letters } = currentChat();
  drawList("letters", `${view.client} ${view.channel}`, grouped(letters, channel.own_bot), (one) => one.letters[0].id, bubble, text("noLetters"));
  // Not a part of the bubbles: reading one would draw all of them anew.
  for (const letter of letters) document.querySelector(`.letter.client[data-name="${letter.id}"]`)?.classList.toggle("read", letter.read && !channel.own_bot);
}

function renderAbout() {
  $("about").hidden = !about;
  $("about-what").textContent = about ? text(about.what === "edit" ? "editing" : "replying") : "";
  $("about-words").textContent = about ? beginning(about.letter) : "";
}

/** The members of an album are one bubble; each bubble knows what it needs to be drawn. */
function grouped(letters, ownBot) {
  const bubbles = [];
  for (const { read, ...letter } of letters) {
    const last = bubbles.at(-1);
    if (letter.album && last?.letters[0].album === letter.album) last.letters.push(letter);
    else bubbles.push({ letters: [letter], answered: beginning(letters.find((one) => one.id === letter.reply_to)), ownBot });
  }
  return bubbles;
}

function bubble({ letters, answered, ownBot }) {
  const [letter] = letters;
  const { who, kind } = letter;
  const deleted = letters.every((one) => one.deleted);
  const words = letters.find((one) => one.text) ?? letter;
  const files = letters.filter((one) => one.file);
  const bare = kind === "sticker" || kind === "video_note";
  return h("div", { class: `letter ${who} ${deleted ? "deleted" : ""} ${bare ? "bare" : ""}`, tabindex: "0" },
    who !== "client" && !ownBot && h("span", { class: "via" }, text(who === "bot" ? "viaBot" : "fromPhone")),
    answered && h("span", { class: "answered" }, answered),
    files.length > 1 && h("div", { class: `album of-${Math.min(files.length, 4)}` }, ...files.map((one) => fileView(one.file, one.kind))),
    files.length === 1 && fileView(files[0].file, kind),
    !letter.file && what(letter),
    ...formatted(words.text, words.entities),
    h("time", {}, [deleted && text("deleted"), words.edited && text("edited"), clock(letter.date)].filter(Boolean).join(" · ")),
    !deleted && actions(letters, words));
}

/** What is neither text nor file. */
function what({ kind, content }) {
  switch (kind) {
    case "venue":
    case "location": {
      const { latitude, longitude } = content.location ?? content;
      return h("a", { class: "map", href: `https://maps.google.com/?q=${latitude},${longitude}`, target: "_blank", rel: "noreferrer" },
        h("span", { class: "pin", "aria-hidden": "true" }, "📍"),
        h("span", {}, content.title && h("b", {}, content.title), content.address ?? `${latitude}, ${longitude}`));
    }
    case "contact":
      return h("span", { class: "card" }, h("span", { class: "avatar" }, content.first_name[0]),
        h("span", {}, h("b", {}, [content.first_name, content.last_name].filter(Boolean).join(" ")), `+${content.phone_number}`));
    case "poll":
      return h("span", { class: "poll" }, h("b", {}, content.question), ...content.options.map((one) => h("span", {}, one.text)));
    case "dice":
      return h("span", { class: "die", title: content.value }, "⚀⚁⚂⚃⚄⚅"[content.value - 1]);
    case "other":
      return h("em", {}, text("newKind"));
  }
  return null;
}

/** The first words of a message, or what it is. */
function beginning(letter) {
  return letter && (letter.text.split("\n")[0].slice(0, 80) || text("attachTitle")[letter.kind] || text("newKind"));
}

/** What can be done with a message. To edit it is to write as its writer. */
function actions(letters, words) {
  const [letter] = letters;
  const button = (title, sign, does) => h("button", { type: "button", title, "aria-label": title, click: does }, sign);
  const editable = letter.who !== "bot" && (letter.text || letter.file) && !["sticker", "video_note"].includes(letter.kind);
  return h("span", { class: "acts" },
    button(text("reply"), "↩", () => begin("reply", letter)),
    editable && button(text("edit"), "✎", () => begin("edit", words)),
    button(text("delete"), "🗑", () => act("phone/delete", { ...here(), messages: letters.map((one) => one.id) })));
}

function begin(what, letter) {
  about = { what, letter };
  if (what === "edit") { view.as = letter.who; $("text").value = letter.text; }
  $("attach").hidden = true;
  store.render();
  $("text").focus();
}

const here = () => ({ client: view.client, channel: view.channel, as: view.as });
const reply = () => (about?.what === "reply" ? { reply_to: about.letter.id } : {});

function done() {
  about = null;
  $("text").value = "";
  $("attach").hidden = true;
  $("clip").setAttribute("aria-expanded", "false");
  store.render();
  toEnd($("letters"));
}

async function send(what) {
  if (await act("phone/send", { ...here(), ...reply(), what, text: $("text").value.trim() })) done();
}

async function write() {
  const value = $("text").value.trim();
  if (!value) return;
  const sent = about?.what === "edit"
    ? act("phone/edit", { ...here(), message: about.letter.id, text: value })
    : act("phone/write", { ...here(), ...reply(), text: value });
  if (await sent) done();
}

export function begins() {
  stayAtEnd("letters");
  $("write").addEventListener("submit", (event) => { event.preventDefault(); write(); });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); write(); }
    if (event.key === "Escape" && about) done();
  });
  $("clip").addEventListener("click", () => { $("attach").hidden = !$("attach").hidden; $("clip").setAttribute("aria-expanded", !$("attach").hidden); store.render(); });
  $("attach").addEventListener("click", (event) => {
    const what = event.target.closest("button")?.dataset.send;
    if (what) send(what);
  });
  $("phone-file").addEventListener("change", async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    for (const [index, file] of files.entries()) {
      if (!await upload("phone", file, { ...here(), ...reply(), text: index ? "" : $("text").value.trim() })) return;
    }
    if (files.length) done();
  });
  $("about-cancel").addEventListener("click", done);
  $("start").addEventListener("click", () => act("client/start", { client: view.client, payload: "site" }));
  for (const id of ["client", "channel"]) {
    $(id).addEventListener("change", (event) => {
      view[id] = id === "client" ? Number(event.target.value) : event.target.value;
      view.task = null;
      about = null;
      store.render();
    });
  }
}
