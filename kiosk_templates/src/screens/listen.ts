/** The button that reads a name aloud; there is none until the person has asked for it and the device has a voice. */
import type { App } from "../app.ts";
import { button } from "../dom.ts";
import type { Name } from "../papers.ts";
import { NAMES, read, voiceFor } from "../voice.ts";
import type { Language } from "../words.ts";

type Text = readonly [string, Language];

export function listen(app: App, of: string, texts: readonly Text[]): HTMLElement | null {
  if (app.settings.voice === "off" || voiceFor(NAMES) === null) return null;
  return button(app.say("voice.listen"), () => read(texts), "quiet listen", { "aria-label": app.say("voice.listen.of", { name: of }) });
}

/** What is read of a name: who it is, and never what was chosen. */
export function spoken(name: Name): Text[] {
  return [[name.name, NAMES], [[name.position, name.note].filter(Boolean).join(". "), NAMES]];
}

/** Speak what was just chosen, for a person who asked for that. */
export function speakChoice(app: App, words: string): void {
  if (app.settings.voice === "choices") read([[words, app.settings.language]]);
}
