/** Language, text size, contrast, voice: for one voter, then reset. Held in memory and in attributes of the page alone. */
import type { Voicing } from "./voice.ts";
import type { Language } from "./words.ts";

export const SIZES = ["s", "m", "l", "x"] as const;
export const THEMES = ["light", "soft", "dark", "high"] as const;
export type Size = (typeof SIZES)[number];
export type Theme = (typeof THEMES)[number];

export interface Settings {
  language: Language;
  size: Size;
  theme: Theme;
  voice: Voicing;
}

export const DEFAULTS: Readonly<Settings> = { language: "vi", size: "m", theme: "light", voice: "off" };

/** Show the settings; the styles read them from the root element. */
export function apply(settings: Settings): void {
  const root = document.documentElement;
  root.lang = settings.language;
  root.dataset["size"] = settings.size;
  root.dataset["theme"] = settings.theme;
}
