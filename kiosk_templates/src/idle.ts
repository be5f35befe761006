/** Nobody at the tablet: after 60 s a warning, 30 s later everything is cleared. Any touch or key starts anew. */

export const IDLE = 60; // seconds until the warning
export const WARNING = 30; // seconds from the warning to clearing

export class Idle {
  #seconds = 0;
  #watching = false;

  constructor(readonly warn: (left: number | null) => void, readonly clear: () => void) {}

  /** Watch from now on, or stop watching. */
  watch(on: boolean): void {
    this.#watching = on;
    this.touch();
  }

  touch(): void {
    if (this.#seconds >= IDLE) this.warn(null);
    this.#seconds = 0;
  }

  /** One second went by. */
  tick(): void {
    if (!this.#watching) return;
    this.#seconds += 1;
    if (this.#seconds >= IDLE + WARNING) {
      this.#seconds = 0;
      this.warn(null);
      this.clear();
    } else if (this.#seconds >= IDLE) {
      this.warn(IDLE + WARNING - this.#seconds);
    }
  }
}
