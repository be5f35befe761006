/**
 * A USB scanner that types the card's 22 characters like a keyboard, and a Vietnamese Telex keyboard that changes
 * what it types. Two things help: the physical key (`code`) tells the letter where the browser's own input method
 * took it, and where a program like Unikey replaced letters (Backspace, then â for "aa"), the eaten key follows from
 * what became of the text. Capital or small is lost in an eaten key, so there may be several readings; the list of
 * public credentials tells the right one.
 */
import { ALPHABET, CARD_LENGTH } from "./crypto/codes.ts";

export interface Stroke {
  key: string;
  code: string;
  shift: boolean;
  caps: boolean;
}

const MOST_READINGS = 256;
const GAP = 3_000; // ms after which what was typed before is forgotten
const PLAIN = /^[0-9A-Za-z]$/;
const TONES: Record<string, string> = { "\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j" };
const SHAPES: Record<string, string> = { "\u0302": "same", "\u0306": "w", "\u031b": "w" };

/** The key that Telex ate, from a letter with marks and the letter it stood for before; "" where none is seen. */
export function eatenKey(after: string, before: string): string {
  const [base = "", ...marks] = after.normalize("NFD");
  const old = new Set(before.normalize("NFD"));
  if (after.toLowerCase() === "đ") return "d";
  const fresh = marks.find((mark) => !old.has(mark));
  if (fresh === undefined) return "";
  return TONES[fresh] ?? (SHAPES[fresh] === "same" ? base.toLowerCase() : (SHAPES[fresh] ?? ""));
}

export class Scanner {
  #typed: string[][] = []; // the possible letters at each place, in the order of the keys
  #shown: string[] = []; // the text as the keyboard program believes it to be
  #taken: string[] = []; // letters just removed by a Backspace that no scanner types
  #last = 0;

  /** Take one key; true when it was part of a card. `now` in ms. */
  stroke({ key, code, shift, caps }: Stroke, now: number): boolean {
    if (now - this.#last > GAP) this.clear();
    this.#last = now;
    if (key === "Backspace") {
      this.#taken.unshift(this.#shown.pop() ?? "");
      return this.#typed.length > 0;
    }
    const plain = PLAIN.test(key) ? key : physical(code, shift, caps);
    if (plain === null && key.length !== 1) return false;
    if (plain !== null && this.#taken.length === 0) {
      this.#typed.push([plain]);
      this.#shown.push(plain);
    } else {
      this.#replace(plain ?? key);
    }
    return true;
  }

  /** A letter that replaces the ones just taken back: the first that differs shows the eaten key. */
  #replace(letter: string): void {
    const before = this.#taken.shift() ?? "";
    const eaten = before === "" && /^ư$/i.test(letter) ? "w" : eatenKey(letter, before);
    if (eaten !== "") this.#typed.push([eaten, eaten.toUpperCase()]);
    else if (before === "") this.#typed.push([letter]);
    this.#shown.push(letter);
  }

  /** Every reading of 22 characters that the keys allow, or none when the number of keys is another. */
  readings(): string[] {
    if (this.#typed.length !== CARD_LENGTH) return [];
    let readings = [""];
    for (const letters of this.#typed) {
      const possible = letters.filter((letter) => ALPHABET.includes(letter));
      readings = readings.flatMap((reading) => possible.map((letter) => reading + letter)).slice(0, MOST_READINGS);
    }
    return readings;
  }

  get length(): number {
    return this.#typed.length;
  }

  clear(): void {
    [this.#typed, this.#shown, this.#taken] = [[], [], []];
  }
}

/** The character of a physical key on the layout that scanners assume (US). */
function physical(code: string, shift: boolean, caps: boolean): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shift !== caps ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  return digit !== undefined && !shift ? digit : null;
}
