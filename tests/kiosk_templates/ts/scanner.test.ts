import assert from "node:assert/strict";
import { test } from "node:test";
import { eatenKey, Scanner, turned, type Stroke } from "@front/scanner.ts";

const CARD = "sCCfKiZSbctUumUuCqMhYa";

function stroke(char: string, key = char): Stroke {
  const code = /[0-9]/.test(char) ? `Digit${char}` : `Key${char.toUpperCase()}`;
  return { key, code, shift: char !== char.toLowerCase(), caps: false };
}

function type(strokes: Stroke[]): string[] {
  const scanner = new Scanner();
  strokes.forEach((one, n) => scanner.stroke(one, 10 * n));
  return scanner.readings();
}

/** What Unikey's Telex does to a letter: the keys that arrive in place of the one that was pressed. */
function unikey(card: string, keyboard = telex): Stroke[] {
  const sent: Stroke[] = [];
  let word = "";
  const packet = (key: string): Stroke => ({ key, code: "", shift: false, caps: false });
  for (const char of card) {
    const last = word.at(-1) ?? "";
    const made = keyboard(last, char);
    if (made === null) sent.push(stroke(char));
    else sent.push({ key: "Backspace", code: "Backspace", shift: false, caps: false }, packet(made));
    word = made === null ? (/[a-z]/i.test(char) ? word + char : "") : word.slice(0, -1) + made;
  }
  return sent;
}

/** What VNI makes of a letter and the digit behind it. */
function vni(last: string, char: string): string | null {
  const marks: Record<string, string> = {
    1: "\u0301", 2: "\u0300", 3: "\u0309", 4: "\u0303", 5: "\u0323", 6: "\u0302", 7: "\u031b", 8: "\u0306",
  };
  const shaped: Record<string, string> = { 6: "aeo", 7: "ou", 8: "a" };
  if (char === "9" && last.toLowerCase() === "d") return last === "d" ? "đ" : "Đ";
  const vowels = shaped[char] ?? "aeiouy";
  return marks[char] !== undefined && last !== "" && vowels.includes(last.toLowerCase()) ? (last + marks[char]).normalize("NFC") : null;
}

function telex(last: string, char: string): string | null {
  const small = char.toLowerCase();
  const shaped: Record<string, string> = { aa: "a\u0302", ee: "e\u0302", oo: "o\u0302", aw: "a\u0306", ow: "o\u031b", uw: "u\u031b" };
  const tones: Record<string, string> = { s: "\u0301", f: "\u0300", r: "\u0309", x: "\u0303", j: "\u0323" };
  if (last.toLowerCase() + small === "dd") return last === "d" ? "đ" : "Đ";
  const shape = shaped[last.toLowerCase() + small];
  if (shape !== undefined) return (last + shape.slice(1)).normalize("NFC");
  return /^[aeiouy]$/i.test(last) && tones[small] !== undefined ? (last + tones[small]).normalize("NFC") : null;
}

test("a scanner's keys are read as they are", () => {
  assert.deepEqual(type([...CARD].map((char) => stroke(char))), [CARD]);
});

test("keys that the browser's input method took are read by their place on the keyboard", () => {
  for (const key of ["Process", "Unidentified", "Dead", "ư"]) {
    assert.deepEqual(type([...CARD].map((char) => stroke(char, key))), [CARD]);
  }
});

test("with caps lock the letters are those that the keyboard would give", () => {
  const keys = [...CARD].map((char) => ({ ...stroke(char, "Process"), caps: true, shift: char === char.toLowerCase() && !/[0-9]/.test(char) }));
  assert.ok(type(keys).includes(CARD));
});

test("a scanner under caps lock is read as it typed and turned round", () => {
  const keys = [...turned(CARD)].map((char) => ({ ...stroke(char), caps: true, shift: char === char.toLowerCase() }));
  assert.deepEqual(new Set(type(keys)), new Set([CARD, turned(CARD)].filter((card) => !/[0OIl]/.test(card))));
  const off = [...CARD].map((char) => stroke(char));
  assert.deepEqual(type(off), [CARD], "without caps lock there is one reading");
});

test("a letter that the alphabet lacks is read where caps lock turned it", () => {
  const card = "oiLoiLoiLoiLoiLoiLoiLo";
  assert.deepEqual(type([...turned(card)].map((char) => ({ ...stroke(char), caps: true }))), [card]);
});

for (const card of ["a1o2e3u4i5a6o6e6o7u7a8", "d9D9b1a2k3A4E5o6U7A8y1", "a6b1a8cd9ho7xu7yA1E2kk"]) {
  test(`letters that VNI replaced are among the readings of ${card}`, () => {
    const readings = type(unikey(card, vni));
    assert.ok(readings.includes(card), `${readings.length} readings`);
  });
}

for (const card of ["dd1aa2ow3uw4ee5oo6af7as", CARD, "aS1eF2oR3uX4iJ5dD6aW7k8", "oWs1uWj2aAf3kkkkkkkkkk", "11aa22ee33oo44dd55as6f"]) {
  test(`letters that Unikey replaced are among the readings of ${card}`, () => {
    const readings = type(unikey(card.slice(0, 22)));
    assert.ok(readings.includes(card.slice(0, 22)), `${readings.length} readings`);
  });
}

test("the key that Telex ate follows from the letter that it made", () => {
  const cases = [["â", "a", "a"], ["ă", "a", "w"], ["ơ", "o", "w"], ["ư", "u", "w"], ["đ", "d", "d"], ["á", "a", "s"],
    ["à", "a", "f"], ["ả", "a", "r"], ["ã", "a", "x"], ["ạ", "a", "j"], ["ấ", "â", "s"], ["Ê", "E", "e"], ["a", "a", ""]];
  for (const [after, before, key] of cases) assert.equal(eatenKey(after!, before!)?.telex ?? "", key, after);
});

test("the digit that VNI ate follows from the letter that it made", () => {
  const cases = [["á", "a", "1"], ["à", "a", "2"], ["ả", "a", "3"], ["ã", "a", "4"], ["ạ", "a", "5"], ["â", "a", "6"],
    ["ơ", "o", "7"], ["ư", "u", "7"], ["ă", "a", "8"], ["đ", "d", "9"], ["ấ", "â", "1"], ["Ê", "E", "6"], ["a", "a", ""]];
  for (const [after, before, key] of cases) assert.equal(eatenKey(after!, before!)?.vni ?? "", key, after);
});

test("too few or too many keys give no reading", () => {
  assert.deepEqual(type([...CARD.slice(1)].map((char) => stroke(char))), []);
  assert.deepEqual(type([...CARD, "a"].map((char) => stroke(char))), []);
});

test("what was typed long before is forgotten", () => {
  const scanner = new Scanner();
  scanner.stroke(stroke("x"), 0);
  [...CARD].forEach((char, n) => scanner.stroke(stroke(char), 10_000 + n));
  assert.deepEqual(scanner.readings(), [CARD]);
});
