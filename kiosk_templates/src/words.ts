/** Words on the screen: Vietnamese first, English second. `{xungho}` is the form of address (đồng chí, ông/bà, ...). */
import en from "../translations/tablet.en.json";
import vi from "../translations/tablet.vi.json";

export type Language = "vi" | "en";
export type Word = keyof typeof vi;
export type Say = (word: Word, values?: Record<string, string | number>) => string;

const TEXTS: Record<Language, Record<string, string>> = { vi, en };

export function isWord(word: string): word is Word {
  return word in vi;
}

/** Speak a language to people addressed as `address`. */
export function speak(language: Language, address: string): Say {
  const always = { xungho: address, Xungho: address.charAt(0).toUpperCase() + address.slice(1) };
  return (word, values = {}) => fill(TEXTS[language][word] ?? word, { ...always, ...values });
}

/** Put values into the fields of a text: `{most}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Counts in prose have two digits: 02 phiếu. */
export function two(n: number): string {
  return String(n).padStart(2, "0");
}
