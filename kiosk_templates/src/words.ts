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
  return (word, values = {}) => {
    const known: Record<string, string | number> = { ...always, ...values };
    return (TEXTS[language][word] ?? word).replace(/\{(\w+)\}/g, (whole, name: string) => String(known[name] ?? whole));
  };
}

/** Counts in prose have two digits: 02 phiếu. */
export function two(n: number): string {
  return String(n).padStart(2, "0");
}
