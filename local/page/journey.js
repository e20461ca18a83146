/** The way of each message, step by step. */
import { clock, drawList, h, store, text, view } from "./base.js";
import { TEXTS } from "./texts.js";

const EFFECTS = new Set([
  "contact/", "task/", "task/N", "task/N/comments/", "file/", "sendMessage", "sendPhoto", "sendVideo", "sendAnimation", "sendAudio", "sendVoice",
  "sendDocument", "sendMediaGroup", "editMessageText", "editMessageCaption", "deleteMessage", "deleteBusinessMessages", "newMessage", "messageStatus", "updateContact",
]);
let trips = [];

export function forgetTrips() {
  trips = [];
}

/** Put a step into the journey it belongs to: by request, then by queue message, then by client. */
export function follow(step) {
  const steps = TEXTS[view.language].steps;
  const add = (trip, kind, mood = "") => {
    trip.steps.push({ ...step, text: kind, mood });
    return trip;
  };
  const by = (name) => step[name] && trips.findLast((trip) => trip[name] === step[name]);
  let trip;
  switch (step.kind) {
    case "gateway.received":
      if (step.path.startsWith("/files/")) { // Planfix comes for what a message brought
        trip = trips.findLast((one) => one.incoming);
        return trip && add(trip, "fetched");
      }
      trip = { request: step.request, incoming: "update" in step, client: step.client, task: step.task, at: step.at, steps: [], mood: "" };
      trips.push(trip);
      trips = trips.slice(-60);
      return add(trip, "update" in step ? "update" : "answer" in step ? "pushed" : "scenario");
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

export function renderTrips() {
  const steps = TEXTS[view.language].steps;
  drawList("journeys", "", trips.toReversed(), (trip) => trip.request, (trip) => {
    const client = store.state?.clients.find((one) => one.id === trip.client);
    return h("li", { class: `trip ${trip.incoming ? "" : "to-telegram"} ${trip.mood}` },
      h("header", {}, h("span", {}, text(trip.incoming ? "tripIn" : "tripOut")), client && h("small", {}, client.name), h("time", {}, clock(trip.at))),
      h("ol", {}, ...trip.steps.map((step) => h("li", { class: step.mood },
        h("span", {}, steps[step.text](step), " ", step.code && h("span", { class: "code" }, step.code)),
        h("i", {}, `+${(step.at - trip.at).toFixed(2)}`)))));
  }, text("noJourneys"));
}
