import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { hush, read, voiceFor } from "@front/voice.ts";

const local = (lang: string): object => ({ lang, localService: true });
const remote = (lang: string): object => ({ lang, localService: false });

/** A device with these voices; returns what it was told to do. */
function device(voices: object[]): string[] {
  const told: string[] = [];
  Object.assign(globalThis, {
    SpeechSynthesisUtterance: class { voice = null; lang = ""; constructor(readonly text: string) {} },
    speechSynthesis: {
      getVoices: () => voices, cancel: () => told.push("silence"),
      speak: ({ text, lang }: { text: string; lang: string }) => told.push(`${lang}: ${text}`),
    },
  });
  return told;
}

afterEach(() => Object.assign(globalThis, { speechSynthesis: undefined }));

test("a device without a voice reads nothing", () => {
  assert.equal(voiceFor("vi"), null);
  read([["Lò Thị Hương", "vi"]]);
  hush();
});

test("a voice that lives on a server elsewhere is never used", () => {
  const told = device([remote("vi-VN"), local("en-US")]);
  assert.equal(voiceFor("vi"), null);
  read([["Lò Thị Hương", "vi"]]);
  assert.deepEqual(told, ["silence"]);
});

test("names are read by a voice of this device, one after the other, and what was being read stops", () => {
  const told = device([local("en_US"), remote("vi-VN"), local("vi_VN")]);
  read([["Lò Thị Hương", "vi"], ["", "vi"], ["Agree", "en"]]);
  assert.deepEqual(told, ["silence", "vi_VN: Lò Thị Hương", "en_US: Agree"]);
});
