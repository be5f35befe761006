/** Start of the tablet's page: wires the frame, the scanner, the clock and the stored device together. */
import { App } from "./app.ts";
import { CARD_LENGTH, isCharacter } from "./crypto/codes.ts";
import { storedDevice } from "./device.ts";
import { Frame } from "./frame.ts";
import { Scanner } from "./scanner.ts";
import { apply } from "./settings.ts";

const SETTLE = 80; // ms after the last letter in which a scanner's Enter arrives

const root = document.getElementById("tablet") as HTMLElement;
const { worker = "", page = "" } = root.dataset;
const app = new App(worker, page, new Frame(root));

function listenForCards(): void {
  const scanner = new Scanner();
  let timer = 0;
  const finish = (): void => {
    window.clearTimeout(timer);
    const [length, readings] = [scanner.length, scanner.readings()];
    scanner.clear();
    if (readings.length > 0) void app.card(readings);
    else if (length > 0 && !app.is.typesCard) app.remark({ word: "card.unreadable" });
  };
  document.addEventListener("keydown", (event) => {
    app.idle.touch();
    if (!app.is.takesCard || event.ctrlKey || event.altKey || event.metaKey) return;
    const { key, code, shiftKey: shift } = event;
    if (key === "Enter" || (key === "Tab" && scanner.length > 0)) {
      if (scanner.length === 0) return;
      event.preventDefault();
      return finish();
    }
    if (!scanner.stroke({ key, code, shift, caps: event.getModifierState("CapsLock") }, performance.now())) return;
    event.preventDefault();
    typeByHand(key);
    window.clearTimeout(timer);
    if (scanner.length === CARD_LENGTH) timer = window.setTimeout(finish, SETTLE);
  });
}

/** A keyboard at the tablet types into the groups of the keypad, too. */
function typeByHand(key: string): void {
  if (!app.is.typesCard) return;
  if (key === "Backspace") app.typed = app.typed.slice(0, -1);
  else if (isCharacter(key)) app.typed = (app.typed + key).slice(0, CARD_LENGTH);
  app.note = null;
  app.refresh();
}

/** No zoom by two taps, no menus, no page kept by the browser for a way back. */
function closeWaysOut(): void {
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("pointerdown", () => app.idle.touch(), { capture: true });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("pagehide", () => app.leave());
  window.addEventListener("resize", () => app.is.redrawn && app.refresh());
  document.addEventListener("visibilitychange", () => void stayAwake());
  globalThis.speechSynthesis?.addEventListener("voiceschanged", () => app.is.redrawn && app.refresh());
}

async function stayAwake(): Promise<void> {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => undefined);
}

async function start(): Promise<void> {
  apply(app.settings);
  app.refresh();
  listenForCards();
  closeWaysOut();
  void stayAwake();
  app.device = await storedDevice().catch(() => null);
  window.setInterval(() => app.tick(), 1000);
  if (app.device === null) app.go({ at: "enrol" });
  await app.poll();
}

void start();
