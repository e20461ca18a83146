/** Formatted text of both services, and files, as elements. */
import { h, size, store, text, view } from "./base.js";

const ENTITY_TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

/** Telegram text with entities as nodes; offsets count UTF-16 units, as JavaScript's strings do. */
export function formatted(value, entities, from = 0, to = value.length) {
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
    if (tag === "blockquote" && value[at] === "\n") at += 1; // it ends its line by itself
  }
  if (at < to) nodes.push(value.slice(at, to));
  return nodes;
}

const HTML_TAGS = new Set("A B BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 HR I LI OL P PRE S SPAN STRIKE STRONG SUB SUP TABLE TBODY TD TR U UL".split(" "));

/** A link's properties; the fake Planfix has no pages, so a task's link leads to the task on this page. */
function link(address) {
  const task = store.state.tasks.find((one) => address.endsWith(`/task/${one.id}`));
  if (task) return { href: "#", click: (event) => { event.preventDefault(); view.task = task.id; store.render(); } };
  return /^(https?|tg|mailto):/.test(address) ? { href: address, target: "_blank", rel: "noreferrer" } : {};
}

/** Planfix HTML as nodes: known tags, no attributes but a link's address and whether it is a spoiler. */
export function safeHtml(html) {
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const children = [...node.childNodes].map(copy);
    if (!HTML_TAGS.has(node.tagName)) return h("span", {}, ...children);
    if (node.classList.contains("tg-spoiler")) return h("span", { class: "spoiler" }, ...children);
    return h(node.tagName, node.tagName === "A" ? link(node.getAttribute("href") ?? "") : {}, ...children);
  };
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map(copy);
}

/** A file: what a browser can show is shown, anything else is a chip to download. `kind` is Telegram's, where it is known. */
export function fileView(file, kind = "") {
  const [type] = file.mime.split("/");
  if (type === "image" && !file.mime.includes("svg")) {
    return h("a", { href: file.url, target: "_blank", class: `picture ${kind}`, title: `${file.name}, ${size(file.size)}` },
      h("img", { src: file.url, alt: file.name }));
  }
  if (type === "video") {
    const quiet = kind === "animation";
    const film = h("video", { src: file.url, controls: !quiet, autoplay: quiet, loop: quiet, playsinline: true, preload: "metadata", class: kind, "aria-label": file.name });
    film.muted = quiet;
    return film;
  }
  if (type === "audio") {
    return h("div", { class: "sound" }, h("audio", { src: file.url, controls: true, preload: "metadata", "aria-label": file.name }), caption(file));
  }
  return chip(file);
}

const caption = (file) => h("a", { class: "file-name", href: file.url, download: file.name, title: text("download") }, `${file.name} · ${size(file.size)}`);

/** A file's name and size, to download. */
export function chip(file) {
  const ending = file.name.includes(".") ? file.name.split(".").at(-1).slice(0, 4) : "…";
  return h("a", { class: "chip-file", href: file.url, download: file.name, title: text("download") },
    h("span", { class: "ending", "aria-hidden": "true" }, ending), h("span", {}, h("b", {}, file.name), h("small", {}, size(file.size))));
}

/** Several files: pictures and films together as an album, the others below. */
export function filesView(files) {
  const seen = (file) => /^(image|video)\//.test(file.mime) && !file.mime.includes("svg");
  const album = files.filter(seen);
  return [
    album.length > 0 && h("div", { class: `album of-${Math.min(album.length, 4)}` }, ...album.map((file) => fileView(file))),
    ...files.filter((file) => !seen(file)).map((file) => fileView(file)),
  ];
}
