/**
 * A page of names turns by itself a moment after the last of them was answered by touch, as the welcome screen says
 * beforehand: one touch a name is all that a ballot takes. It never turns under a finger or an open dialog, for somebody
 * who uses keys or hears what was chosen, nor where the page was whole when it was first shown.
 */
import type { App } from "../app.ts";
import type { State } from "../states.ts";

export type AtBallot = Extract<State, { at: "ballot" }>;

const TURN = 900; // ms from the last answer to the next page
export const CAUGHT = 1500; // ms in which "next" does not answer a finger that meant the page before

export class Turning {
  #timer = 0;

  constructor(
    readonly app: App, readonly state: AtBallot, readonly whole: () => boolean, readonly next: (() => void) | null,
  ) {
    state.stays ??= state.fromReview || whole();
  }

  /** Follow the fingers on a page that was just drawn, for the first time or again. */
  watch(main: HTMLElement): void {
    main.addEventListener("pointerdown", () => this.stop());
    main.addEventListener("pointerup", () => this.arm());
    main.addEventListener("pointercancel", () => this.arm());
    this.arm();
  }

  /** Begin to wait, or to wait anew, if this page is to turn. */
  arm(): void {
    this.stop();
    const { app, state } = this;
    if (this.next === null || state.stays || !app.presenter.byTouch || app.settings.voice === "choices") return;
    if (this.whole()) this.#timer = window.setTimeout(() => this.#turn(), TURN);
  }

  stop(): void {
    window.clearTimeout(this.#timer);
  }

  #turn(): void {
    if (!document.querySelector("dialog[open]")) this.next?.();
  }
}
