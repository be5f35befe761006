/**
 * Pages of staff that scan a card: leftovers and spares. The card's code stays in this page; what is sent is its
 * public credential, derived here, or several where a Vietnamese keyboard left more than one reading of the code.
 */
import { CARD_LENGTH } from "../crypto/codes.ts";
import { derive, normalise } from "../crypto/cards.ts";
import { Scanner } from "../scanner.ts";
import { scanWith } from "./lens.ts";

const TIMEOUT = 8_000; // ms
const SETTLE = 80; // ms after the last letter in which a scanner's Enter arrives

const form = document.getElementById("scan") as HTMLFormElement;
const field = document.getElementById("scan-field") as HTMLInputElement;
const note = document.getElementById("scan-note") as HTMLElement;
const { uuid = "", to = "", token = "", sending = "", unreadable = "", offline = "", done = "" } = form.dataset;
const scanner = new Scanner();
let timer = 0;

function say(text: string, kind: "good" | "bad" | "busy"): void {
  note.textContent = text;
  note.dataset["kind"] = kind;
}

/** The codes that may have been meant: the field's text if it is a card, else what the keys say. */
function readings(): string[] {
  try {
    return [normalise(field.value)];
  } catch {
    return scanner.readings();
  }
}

async function send(): Promise<void> {
  window.clearTimeout(timer);
  // A slow scanner's Enter comes after its card was sent already: an empty field says nothing, and must not hide the answer.
  if (field.value.trim() === "" && scanner.length === 0) return;
  const cards = readings();
  field.value = "";
  scanner.clear();
  field.focus();
  if (cards.length === 0) return say(unreadable, "bad");
  say(sending, "busy");
  const credentials = cards.map((card) => derive(card, uuid).credential);
  const chosen = form.querySelector<HTMLInputElement>("input[name=reason]:checked");
  const body = JSON.stringify({ credentials, ...(chosen ? { reason: chosen.value } : {}) });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  try {
    const response = await fetch(to, {
      method: "POST", headers, body, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT), redirect: "error",
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) return say(String(answer["error"] ?? offline), "bad");
    for (const [name, value] of Object.entries(answer)) show(name, String(value));
    say(done, "good");
  } catch {
    say(offline, "bad");
  }
}

function show(name: string, value: string): void {
  const place = document.querySelector(`[data-number="${CSS.escape(name)}"]`);
  if (place) place.textContent = value;
}

field.addEventListener("keydown", (event) => {
  const { key, code, shiftKey: shift } = event;
  if (key === "Enter" || event.ctrlKey || event.altKey || event.metaKey) return;
  scanner.stroke({ key, code, shift, caps: event.getModifierState("CapsLock") }, performance.now());
  window.clearTimeout(timer);
  if (scanner.length === CARD_LENGTH) timer = window.setTimeout(() => void send(), SETTLE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});

const camera = document.getElementById("scan-camera");
const video = document.getElementById("scan-video") as HTMLVideoElement | null;
if (camera && video) {
  // The camera stays on for the next card: forty leftovers are shown to it one after the other.
  scanWith(camera, video, (text) => {
    field.value = text;
    void send();
    return false;
  });
}
