/**
 * What stands around every screen: practice banner, name of the meeting, language, size and colour, the remark, the
 * dialogs; and the 400 ms after a change of screen in which touches are dead.
 */
import type { App, Presenter } from "./app.ts";
import { button, h, p } from "./dom.ts";
import { SIZES, THEMES } from "./settings.ts";
import { viewOf, type View } from "./screens/index.ts";
import { hush, NAMES, voiceFor, VOICINGS } from "./voice.ts";

const DEAD = 400; // ms
const DEAD_TURNED = 800; // ms, where the screen changed by itself and nobody expected it at that very moment

export class Frame implements Presenter {
  readonly #root: HTMLElement;
  readonly #idle = h("dialog.dialog", { role: "alertdialog", "aria-labelledby": "idle-title" });
  readonly #display = h("dialog.dialog", { "aria-labelledby": "display-title" });
  readonly #confirm = h("dialog.dialog", { role: "alertdialog", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" });
  byTouch = false;
  #view: View | null = null;
  #still = 0;
  #swallowed = false;

  constructor(root: HTMLElement) {
    this.#root = root;
    document.body.append(this.#display, this.#confirm, this.#idle);
    for (const kind of ["pointerdown", "click", "keydown"]) {
      document.addEventListener(kind, (event) => this.#guard(event), { capture: true });
    }
    this.#idle.addEventListener("cancel", (event) => event.preventDefault());
  }

  show(app: App, fresh: boolean): void {
    const scroll = fresh ? 0 : (this.#root.querySelector(".main")?.scrollTop ?? 0);
    const focus = fresh ? null : focusedKey();
    if (fresh) this.#fresh(app.state.at === "ballot" && app.state.turned === true ? DEAD_TURNED : DEAD);
    this.#root.classList.toggle("practising", app.room?.practice === true);
    this.#view?.left?.();
    const view = viewOf(app);
    this.#view = view;
    document.title = `${view.title} – phieukin`;
    const title = h("h1", { tabIndex: -1, className: view.small ? "small" : "" }, view.title);
    const main = h("main.main", { className: `main at-${app.state.at}` }, title, ...view.body);
    const foot = h("footer.foot", {}, ...(view.foot ?? []));
    const more = moreButton(app, main);
    more.hidden = true;
    const header = top(app, () => this.display(app));
    this.#root.replaceChildren(...banner(app), header, remark(app), main, more, foot);
    view.shown?.(main);
    main.scrollTop = scroll;
    more.hidden = main.scrollHeight - main.clientHeight < 8;
    if (this.#display.open) this.#fillDisplay(app);
    else this.#focus(view, title, focus);
  }

  remark(app: App): void {
    this.#root.querySelector(".remark")?.replaceChildren(...remarkLines(app));
  }

  warn(app: App, seconds: number | null): void {
    if (seconds === null) return this.#idle.close();
    const text = p(app.say("idle.text", { seconds }));
    const stay = button(app.say("idle.stay"), () => app.idle.touch(), "primary");
    this.#idle.replaceChildren(h("h2", { id: "idle-title" }, app.say("idle.title")), text, stay);
    if (!this.#idle.open) this.#idle.showModal();
    stay.focus();
  }

  count(app: App, seconds: number): void {
    const line = this.#root.querySelector(".countdown");
    if (line) line.textContent = app.say("done.clear", { seconds });
  }

  /** A new screen: no dialog, no voice, and for a moment no touches. While `data-still` stands, they are dead. */
  #fresh(dead: number): void {
    this.#display.close();
    this.#confirm.close();
    hush();
    this.#hold(dead);
  }

  /** Touches are dead for so many milliseconds. */
  #hold(dead: number): void {
    window.clearTimeout(this.#still);
    this.#root.dataset["still"] = "";
    this.#still = window.setTimeout(() => delete this.#root.dataset["still"], dead);
  }

  /** A test throws the ballot away and shows it: say so first, and offer the way back first. */
  confirmTest(app: App): void {
    const close = (): void => this.#confirm.close();
    const back = button(app.say("test.ask.back"), close, "primary", { "data-key": "test-back" });
    const act = (): void => {
      close();
      void app.test();
    };
    this.#confirm.replaceChildren(
      h("h2", { id: "confirm-title" }, app.say("test.ask.title")), h("p", { id: "confirm-text" }, app.say("test.ask.text")),
      back, button(app.say("test.ask.go"), act, "", { "data-key": "test-go" }));
    this.#hold(DEAD);
    this.#confirm.showModal();
    back.focus();
  }

  /** The focus goes to the heading of a new screen, or stays where it was when the same screen is drawn again. */
  #focus(view: View, title: HTMLElement, key: string | null): void {
    const old = key === null ? null : this.#root.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    (old ?? view.focus ?? title).focus({ preventScroll: true });
  }

  /** Swallow what comes too early, and the click of a finger that came down too early. */
  #guard(event: Event): void {
    const key = event instanceof KeyboardEvent ? event.key : null;
    if (event.type !== "click") this.byTouch = key === null;
    if (key !== null && key !== "Enter" && key !== " ") return;
    const dead = this.#root.dataset["still"] !== undefined || (event.type === "click" && this.#swallowed);
    this.#swallowed = dead && event.type === "pointerdown";
    if (!dead) return;
    event.stopPropagation();
    event.preventDefault();
  }

  /** Open the dialog on size, colour and voice. */
  display(app: App): void {
    this.#fillDisplay(app);
    this.#display.showModal();
  }

  #fillDisplay(app: App): void {
    const voicings = VOICINGS.filter((voicing) => voicing !== "choices" || app.is.holdsVoter); // nobody else's choices
    const choice = <T extends string>(key: "size" | "theme" | "voice", values: readonly T[]): HTMLElement =>
      h("div.options", { role: "group", "aria-label": app.say(`display.${key}`) }, ...values.map((value) =>
        button(app.say(`display.${key}.${value}` as never), () => app.set({ [key]: value }), `option ${key}-${value}`,
          { "aria-pressed": String(app.settings[key] === value), "data-key": value })));
    const focused = focusedKey();
    this.#display.replaceChildren(
      h("h2", { id: "display-title" }, app.say("display.title")),
      h("h3", {}, app.say("display.size")), choice("size", SIZES),
      h("h3", {}, app.say("display.theme")), choice("theme", THEMES),
      ...(voiceFor(NAMES) === null ? [] : [
        h("h3", {}, app.say("display.voice")), p(app.say("voice.heard"), "heard"), choice("voice", voicings)]),
      button(app.say("display.close"), () => this.#display.close(), "primary", { "data-key": "close" }));
    this.#display.querySelector<HTMLElement>(`[data-key="${focused ?? "close"}"]`)?.focus();
  }
}

function focusedKey(): string | null {
  return (document.activeElement as HTMLElement | null)?.dataset["key"] ?? null;
}

function banner(app: App): HTMLElement[] {
  if (!app.room?.practice) return [];
  return [h("div.practice", { role: "note" }, h("strong", {}, app.say("practice")))];
}

function top(app: App, display: () => void): HTMLElement {
  const other = app.settings.language === "vi" ? "en" : "vi";
  const language = button(app.say("other_language"), () => app.set({ language: other }), "quiet",
    { lang: other, "data-key": "language" });
  const look = button(app.say("display"), display, "quiet", { "data-key": "display" });
  return h("header.top", {}, h("span.meeting", {}, app.room?.name ?? ""), look, language);
}

function remark(app: App): HTMLElement {
  return h("div.remark", { role: "alert" }, ...remarkLines(app));
}

function remarkLines(app: App): HTMLElement[] {
  const lines: string[] = [];
  if (app.note !== null) lines.push(app.say(app.note.word, app.note.values));
  const inside = app.is.holdsVoter || app.is.takesCard;
  if (!app.online && inside) lines.push(app.say("welcome.offline"));
  if (app.room?.closing && app.phase === "open" && inside) lines.push(app.say("closing"));
  if (app.phase === "paused" && app.is.holdsVoter) lines.push(app.say("waiting.paused"));
  return lines.map((line) => p(line));
}

/** A large button where the page is longer than the screen; fingers need not know how to scroll. */
function moreButton(app: App, main: HTMLElement): HTMLElement {
  const end = (): boolean => main.scrollTop + main.clientHeight >= main.scrollHeight - 8;
  const act = (): void => {
    if (end()) main.scrollTo({ top: 0 });
    else main.scrollBy({ top: main.clientHeight * 0.8 });
  };
  const more = button(`${app.say("more")} ↓`, act, "more");
  main.addEventListener("scroll", () => {
    more.textContent = end() ? `${app.say("back_up")} ↑` : `${app.say("more")} ↓`;
  });
  return more;
}
