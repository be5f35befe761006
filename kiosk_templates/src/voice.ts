/**
 * Names read aloud (đọc tên thành tiếng), for people who do not read well: off until somebody asks, and off again for
 * the next. Only a voice that lives on this device is used: others would send the names to a company's server. What
 * was chosen is never spoken, unless the person asks for that, too.
 */
import type { Language } from "./words.ts";

export const VOICINGS = ["off", "names", "choices"] as const;
export type Voicing = (typeof VOICINGS)[number];

/** Names are Vietnamese, whatever the language of the screen. */
export const NAMES: Language = "vi";

/** A voice of this device for a language; null where there is none. */
export function voiceFor(language: Language): SpeechSynthesisVoice | null {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find(({ lang, localService }) => localService && lang.slice(0, 2).toLowerCase() === language) ?? null;
}

/** Read texts one after the other, each in its language; what was being read stops. */
export function read(texts: readonly (readonly [string, Language])[]): void {
  hush();
  for (const [text, language] of texts) {
    const voice = voiceFor(language);
    if (voice === null || text === "") continue;
    const spoken = new SpeechSynthesisUtterance(text);
    [spoken.voice, spoken.lang] = [voice, voice.lang];
    globalThis.speechSynthesis.speak(spoken);
  }
}

/** Be silent at once: a screen changed, or somebody left. */
export function hush(): void {
  globalThis.speechSynthesis?.cancel();
}
