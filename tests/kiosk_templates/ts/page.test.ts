import assert from "node:assert/strict";
import { test } from "node:test";
import { CASTING_CODES } from "./codes.ts";
import { Idle, IDLE, WARNING } from "@front/idle.ts";
import { joinParts, sealWords, testParts } from "@front/disclosure.ts";
import { fill } from "@front/pages.ts";
import { Marks, openNames, parseMeeting, type Name } from "@front/papers.ts";
import { Receipts } from "@front/receipts.ts";
import { phaseOf } from "@front/states.ts";
import { isWord, speak, two } from "@front/words.ts";
import en from "../../../kiosk_templates/translations/tablet.en.json";
import vi from "../../../kiosk_templates/translations/tablet.vi.json";

const tokens = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).filter((one) => !/xungho/i.test(one)).sort();

test("every word exists in both languages, with the same numbers in it", () => {
  assert.deepEqual(Object.keys(vi), Object.keys(en));
  for (const word of Object.keys(vi) as (keyof typeof vi)[]) assert.deepEqual(tokens(vi[word]), tokens(en[word]), word);
});

test("every refusal of the room has its words", () => {
  for (const code of CASTING_CODES) assert.ok(isWord(`stopped.${code}`), code);
});

test("people are addressed as the meeting addresses them", () => {
  assert.equal(speak("vi", "ông/bà")("ballot.accepted", { count: two(2) }), "Thẻ hợp lệ. Ông/bà có 02 phiếu cần bỏ.");
  assert.match(speak("vi", "đồng chí")("welcome.title"), /^Kính chào đồng chí\. Mời đồng chí quét mã QR/);
});

const questions = [{ answers: ["+", "-"], min: 0, max: 1, question: "" }, { answers: ["a", "b", "c"], min: 0, max: 2, question: "" }];
const name = (question: number, answer: number): Name =>
  ({ id: "", name: "", position: "", born: "", note: "", question, answer });

test("nothing is chosen for anybody, and every choice can be changed and taken back", () => {
  const [marks, one] = [new Marks(questions), name(0, 0)];
  assert.deepEqual([marks.of(0), marks.of(1)], [[0, 0], [0, 0, 0]]);
  marks.choose(one, one.answer);
  assert.deepEqual(marks.of(0), [1, 0]);
  marks.choose(one, 1);
  assert.deepEqual(marks.of(0), [0, 1]);
  marks.clear(one);
  assert.ok(marks.isOpen(one));
});

test("names are put forward up to the most that is allowed", () => {
  const marks = new Marks(questions);
  assert.deepEqual([0, 1, 2].map((answer) => marks.toggle(name(1, answer))), [true, true, false]);
  assert.deepEqual(marks.of(1), [1, 1, 0]);
  assert.ok(marks.toggle(name(1, 0)) && marks.toggle(name(1, 2)));
});

test("a conference that names a question that does not exist is not shown", () => {
  const candidate = { id: "c", name: "n", position: "", born: "", note: "", put_forward: false, at: [5, 0] };
  const paper = { kind: "final", term: "", unit: "", title: "", candidates: [candidate] };
  const conference = { name: "", receipt_key: "", papers: [paper] };
  assert.equal(parseMeeting(conference, questions), null);
  assert.equal(parseMeeting(null, questions), null);
  const good = { ...conference, papers: [{ ...paper, candidates: [{ ...candidate, at: [0, 0] }] }] };
  assert.equal(openNames(parseMeeting(good, questions)!.papers, new Marks(questions)), 1);
});

test("pages hold as many names as fit, and at least one", () => {
  const boxes = [[0, 100], [110, 210], [220, 320], [330, 830], [840, 900]].map(([top, bottom]) => ({ top: top!, bottom: bottom! }));
  assert.deepEqual(fill(boxes, 320), [[0, 3], [3, 4], [4, 5]]);
  assert.deepEqual(fill(boxes, 10), [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]);
  assert.deepEqual(fill(boxes, 900), [[0, 5]]);
});

test("idling warns after a minute, clears after half a minute more, and a touch begins anew", () => {
  const seen: (number | null | "clear")[] = [];
  const idle = new Idle((left) => seen.push(left), () => seen.push("clear"));
  for (let n = 0; n < 200; n++) idle.tick();
  assert.deepEqual(seen, []);
  idle.watch(true);
  for (let n = 0; n < IDLE; n++) idle.tick();
  assert.deepEqual(seen, [WARNING]);
  idle.touch();
  for (let n = 0; n < IDLE + WARNING; n++) idle.tick();
  assert.deepEqual(seen.slice(1, 3), [null, WARNING]);
  assert.deepEqual(seen.slice(-3), [1, null, "clear"]);
});

test("receipts are kept by tracker, so that their order says nothing", () => {
  const receipts = new Receipts();
  for (const tracker of ["c", "a", "b", "a"]) receipts.add({ tracker, receipt: tracker + "!" });
  const text = new TextDecoder().decode(receipts.encode());
  assert.equal(text, '{"receipts":[{"tracker":"a","receipt":"a!"},{"tracker":"b","receipt":"b!"},{"tracker":"c","receipt":"c!"}]}');
});

test("a test ballot goes through its codes and comes out the same", () => {
  const answers = Array.from({ length: 40 }, (_, n) => ({ marks: [n % 2, 0], seed: "s".repeat(43) + "=" }));
  const ballot = { uuid: "u", fingerprint: "f", credential: "c", hash: "h".repeat(43), answers };
  const parts = testParts(ballot);
  assert.ok(parts.length > 1);
  assert.deepEqual(joinParts([...parts].reverse().concat(parts)), ballot);
  assert.equal(joinParts(parts.slice(1)), null);
  assert.equal(joinParts(["something else"]), null);
});

test("a code that names more parts than any test has is passed over at once", () => {
  for (const count of ["201", "999999999", "9".repeat(30)]) {
    assert.equal(joinParts([`phieukin-test/1 1/${count} hhhhhhhh {}`]), null);
  }
});

test("a ballot seal shows 132 bits of the hash, in groups of four", () => {
  assert.equal(sealWords("abcdefghijklmnopqrstuvwxyz"), "abcd efgh ijkl mnop qrst uv");
});

test("states of the room that the tablet does not know do not open it", () => {
  const room = { uuid: "u", fingerprint: "f", practice: false, name: "", address: "" };
  assert.equal(phaseOf({ ...room, state: "open" }), "open");
  assert.equal(phaseOf({ ...room, state: "open", uuid: null }), "before");
  for (const state of ["something", "", "toString", "__proto__"]) assert.equal(phaseOf({ ...room, state }), "fault");
  assert.equal(phaseOf(null), "none");
});
