/**
 * Pages of staff that scan a card: leftovers and spares. A card's code stays in this page; what is sent is its
 * public credential, derived here, or several where a Vietnamese keyboard left more than one reading of the code.
 */
import { CARD_LENGTH } from "../crypto/codes.ts";
import { derive, normalise } from "../crypto/cards.ts";
import { Scanner, turned } from "../scanner.ts";
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

/** The codes that may have been meant: the field's text if it is a card, and what the keys say where they differ. */
function readings(input: HTMLInputElement, keys: Scanner): string[] {
  const meant = keys.readings();
  const written = keys.caps ? [input.value, turned(input.value)] : [input.value];
  const cards = written.flatMap((text) => {
    try {
      return [normalise(text)];
    } catch {
      return [];
    }
  });
  return cards.length > 0 ? cards : meant;
}

/** Let a scanner type into a field; `full` is called once a card's length was typed. */
function listen(input: HTMLInputElement, keys: Scanner, full: () => void): void {
  input.addEventListener("keydown", (event) => {
    const { key, code, shiftKey: shift } = event;
    if (key === "Enter" || event.ctrlKey || event.altKey || event.metaKey) return;
    keys.stroke({ key, code, shift, caps: event.getModifierState("CapsLock") }, performance.now());
    window.clearTimeout(timer);
    if (keys.length === CARD_LENGTH) timer = window.setTimeout(full, SETTLE);
  });
}

/** Further cards of the form (the one that is handed back), by the name under which they are sent. */
const others = [...form.querySelectorAll<HTMLInputElement>("input[data-card]")].map((input) => {
  const keys = new Scanner();
  listen(input, keys, () => undefined);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // a scanner's Enter does not send the form
  });
  return { input, keys, name: input.dataset["card"] ?? "" };
});

const publicOf = (cards: string[]): string[] => cards.map((card) => derive(card, uuid).credential);

/** What is sent: public credentials alone; a form with more fields goes as a form, its cards' secrets stay here. */
function body(cards: string[]): { kind: string; text: string } | null {
  if (form.dataset["form"] === undefined) {
    const understood = form.querySelector<HTMLInputElement>("[name=understood]")?.checked ?? false;
    return { kind: "application/json", text: JSON.stringify({ credentials: publicOf(cards), understood }) };
  }
  const fields = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  fields.set("credentials", publicOf(cards).join(" "));
  for (const { input, keys, name } of others) {
    const found = input.value.trim() === "" && keys.length === 0 ? [] : readings(input, keys);
    if (found.length === 0 && input.value.trim() !== "") return null;
    fields.set(name, publicOf(found).join(" "));
  }
  return { kind: "application/x-www-form-urlencoded", text: fields.toString() };
}

async function send(): Promise<void> {
  window.clearTimeout(timer);
  // A slow scanner's Enter comes after its card was sent already: an empty field says nothing, and must not hide the answer.
  if (field.value.trim() === "" && scanner.length === 0) return;
  if (!form.reportValidity()) return;
  const cards = readings(field, scanner);
  field.value = "";
  scanner.clear();
  field.focus();
  if (cards.length === 0) return say(unreadable, "bad");
  const sent = body(cards);
  if (sent === null) return say(unreadable, "bad");
  say(sending, "busy");
  const headers = { "Content-Type": sent.kind, "X-CSRFToken": token };
  try {
    const response = await fetch(to, {
      method: "POST", headers, body: sent.text, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT), redirect: "error",
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) return say(String(answer["error"] ?? offline), "bad");
    for (const [name, value] of Object.entries(answer)) show(name, String(value));
    for (const { input, keys } of others) {
      input.value = "";
      keys.clear();
    }
    if (form.dataset["form"] !== undefined) form.reset(); // otherwise the one tick stands for all cards of the page
    say(done, "good");
    document.dispatchEvent(new Event("room-changed"));
  } catch {
    say(offline, "bad");
  }
}

function show(name: string, value: string): void {
  const place = document.querySelector(`[data-number="${CSS.escape(name)}"]`);
  if (place) place.textContent = value;
}

listen(field, scanner, () => void send());
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
