/**
 * A USB scanner that types the card's 22 characters like a keyboard, and a Vietnamese keyboard (Telex or VNI) that
 * changes what it types. Two things help: the physical key (`code`) tells the letter where the browser's own input
 * method took it, and where a program like Unikey replaced letters (Backspace, then â for "aa" or "a6"), the eaten key
 * follows from what became of the text. Capital or small is lost in an eaten key of Telex, and Caps Lock turns every
 * letter round unless the scanner knows of it, so there may be several readings; the list of public credentials tells
 * the right one.
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
const VNI: Record<string, string> = {
  "\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5", "\u0302": "6", "\u031b": "7", "\u0306": "8",
};

/** The keys that Telex or VNI may have eaten, from a letter with marks and the letter it stood for before. */
export interface Eaten {
  telex: string;
  vni: string;
}

/** The eaten key of each keyboard; null where none is seen. */
export function eatenKey(after: string, before: string): Eaten | null {
  const [base = "", ...marks] = after.normalize("NFD");
  const old = new Set(before.normalize("NFD"));
  if (after.toLowerCase() === "đ") return before.toLowerCase() === "đ" ? null : { telex: "d", vni: "9" };
  const fresh = marks.find((mark) => !old.has(mark));
  if (fresh === undefined) return null;
  const telex = TONES[fresh] ?? (SHAPES[fresh] === "same" ? base.toLowerCase() : (SHAPES[fresh] ?? ""));
  return { telex, vni: VNI[fresh] ?? "" };
}

/** A card as Caps Lock turns it: capitals for small letters, small ones for capitals. */
export function turned(card: string): string {
  return [...card].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join("");
}

/** The possible letters at one place, as each keyboard has them. */
interface Place {
  telex: string[];
  vni: string[];
}

export class Scanner {
  #typed: Place[] = []; // the possible letters at each place, in the order of the keys
  #shown: string[] = []; // the text as the keyboard program believes it to be
  #taken: string[] = []; // letters just removed by a Backspace that no scanner types
  #caps = false; // whether Caps Lock was on at any key
  #last = 0;

  /** Take one key; true when it was part of a card. `now` in ms. */
  stroke({ key, code, shift, caps }: Stroke, now: number): boolean {
    if (now - this.#last > GAP) this.clear();
    this.#last = now;
    this.#caps ||= caps;
    if (key === "Backspace") {
      this.#taken.unshift(this.#shown.pop() ?? "");
      return this.#typed.length > 0;
    }
    const plain = PLAIN.test(key) ? key : physical(code, shift, caps);
    if (plain === null && key.length !== 1) return false;
    if (plain !== null && this.#taken.length === 0) {
      this.#typed.push({ telex: [plain], vni: [plain] });
      this.#shown.push(plain);
    } else {
      this.#replace(plain ?? key);
    }
    return true;
  }

  /** A letter that replaces the ones just taken back: the first that differs shows the eaten key. */
  #replace(letter: string): void {
    const before = this.#taken.shift() ?? "";
    const eaten = before === "" && /^ư$/i.test(letter) ? { telex: "w", vni: "" } : eatenKey(letter, before);
    if (eaten !== null) this.#typed.push({ telex: [eaten.telex, eaten.telex.toUpperCase()], vni: [eaten.vni] });
    else if (before === "") this.#typed.push({ telex: [letter], vni: [letter] });
    this.#shown.push(letter);
  }

  /** Every reading of 22 characters that the keys allow, or none when the number of keys is another. */
  readings(): string[] {
    if (this.#typed.length !== CARD_LENGTH) return [];
    const typed = [...this.#read("vni"), ...this.#read("telex")];
    return [...new Set(this.#caps ? typed.flatMap((card) => [card, turned(card)]) : typed)].filter(isCard);
  }

  /** Whether Caps Lock was on while the card was typed. */
  get caps(): boolean {
    return this.#caps;
  }

  #read(keyboard: keyof Place): string[] {
    let readings = [""];
    for (const letters of this.#typed) {
      const possible = letters[keyboard].filter((letter) => this.#caps ? /^[0-9A-Za-z]$/.test(letter) : isLetter(letter));
      readings = readings.flatMap((reading) => possible.map((letter) => reading + letter)).slice(0, MOST_READINGS);
    }
    return readings;
  }

  get length(): number {
    return this.#typed.length;
  }

  clear(): void {
    [this.#typed, this.#shown, this.#taken, this.#caps] = [[], [], [], false];
  }
}

const isLetter = (letter: string): boolean => letter.length === 1 && ALPHABET.includes(letter);
const isCard = (card: string): boolean => [...card].every(isLetter);

/** The character of a physical key on the layout that scanners assume (US). */
function physical(code: string, shift: boolean, caps: boolean): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shift !== caps ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  return digit !== undefined && !shift ? digit : null;
}
