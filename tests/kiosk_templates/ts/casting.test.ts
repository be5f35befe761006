import assert from "node:assert/strict";
import { test } from "node:test";
import { cast, counts, PAUSES, type Means, type Outcome, type Sealed } from "@front/casting.ts";
import { base64, taggedMessage, utf8 } from "@front/crypto/bytes.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
const spki = base64(new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)));
const sealed: Sealed = { uuid: "KXUBtmaKRXnkFv", body: utf8("the ballot"), tracker: "t".repeat(43), receiptKey: spki, headers: {} };

async function receiptOn(tracker: string): Promise<string> {
  const message = taggedMessage("phieukin/receipt/v1", utf8(sealed.uuid), utf8(tracker));
  return base64(new Uint8Array(await crypto.subtle.sign(ALGORITHM, keys.privateKey, message)));
}

type Answer = { status: number; json: Record<string, unknown> | null } | "silence";
const good: Answer = { status: 200, json: { tracker: sealed.tracker, receipt: await receiptOn(sealed.tracker) } };

/** A room that gives these answers in turn, the last one for ever; notes the bodies that it got. */
async function send(...answers: Answer[]): Promise<{ outcome: Outcome; bodies: Uint8Array[]; attempts: number[] }> {
  const [bodies, attempts]: [Uint8Array[], number[]] = [[], []];
  const means: Means = {
    wait: async () => undefined,
    post: async (_path, body) => {
      const answer = answers[Math.min(bodies.push(body), answers.length) - 1] as Answer;
      if (answer === "silence") throw new TypeError("network");
      return answer;
    },
  };
  const outcome = await cast(sealed, means, (n) => attempts.push(n));
  return { outcome, bodies, attempts };
}

test("a signed receipt ends the sending", async () => {
  const { outcome, attempts } = await send(good);
  assert.equal(outcome.kind, "recorded");
  assert.deepEqual(attempts, [1]);
});

test("without an answer the same bytes go out again until one comes", async () => {
  const { outcome, bodies, attempts } = await send("silence", "silence", { status: 502, json: null }, good);
  assert.equal(outcome.kind, "recorded");
  assert.deepEqual(attempts, [1, 2, 3, 4]);
  assert.ok(bodies.every((body) => body === sealed.body));
});

test("a room that is busy is asked again", async () => {
  const busy: Answer = { status: 503, json: { code: "busy", recorded: null } };
  assert.equal((await send(busy, { status: 429, json: { code: "limit", recorded: null } }, good)).outcome.kind, "recorded");
});

test("without any answer the outcome is unknown, after a bounded number of attempts", async () => {
  const { outcome, bodies } = await send("silence");
  assert.deepEqual(outcome, { kind: "refused", code: "no_answer", recorded: null });
  assert.equal(bodies.length, PAUSES.length + 1);
});

for (const [code, recorded] of [["closed", false], ["card_used", false], ["card_void", true], ["frozen", null]] as const) {
  test(`a refusal is passed on as it is: ${code}, ${recorded}`, async () => {
    const { outcome, attempts } = await send({ status: 409, json: { code, recorded } });
    assert.deepEqual(outcome, { kind: "refused", code, recorded });
    assert.deepEqual(attempts, [1]);
  });
}

test("an answer without the room's signature on this very tracker is never taken for recorded", async () => {
  const other = await receiptOn("x".repeat(43));
  const right = (good as { json: Record<string, unknown> }).json["receipt"];
  const wrong: Record<string, unknown>[] = [
    { tracker: sealed.tracker, receipt: other }, { tracker: "x".repeat(43), receipt: other }, { tracker: sealed.tracker },
    { tracker: sealed.tracker, receipt: "" }, { tracker: sealed.tracker, receipt: "%" }, {}, { receipt: right },
  ];
  for (const json of wrong) {
    const { outcome } = await send({ status: 200, json });
    assert.deepEqual(outcome, { kind: "refused", code: "bad_receipt", recorded: null });
  }
});

test("an answer that is no refusal of the room leaves the outcome unknown", async () => {
  const { outcome } = await send({ status: 404, json: null });
  assert.deepEqual(outcome, { kind: "refused", code: "fault", recorded: null });
});

test("what is said on whether the ballot counts follows the room's word", () => {
  assert.equal(counts("card_used", true), "counts.yes");
  assert.equal(counts("frozen", false), "counts.no_valid");
  assert.equal(counts("card_used", false), "counts.used");
  assert.equal(counts("card_void", false), "counts.no");
  assert.equal(counts("closed", false), "counts.no");
  assert.equal(counts("anything", null), "counts.unknown");
});
