import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "@front/orders.ts";
import { read } from "./vectors.ts";

type Said = { answer?: unknown; error?: string };

const told: Said[] = [];
Object.assign(globalThis, { onmessage: null, postMessage: (message: Said) => told.push(message) });
await import("@front/worker.ts");

function order(what: Order["what"], order: unknown = null): Said {
  (globalThis as unknown as { onmessage: (event: { data: Order }) => void }).onmessage({ data: { id: 1, what, order } });
  return told.at(-1) as Said;
}

const trimmed = (raw: Uint8Array): Uint8Array => (raw.at(-1) === 0x0a ? raw.slice(0, -1) : raw);
const raw = trimmed(new Uint8Array(read("per-candidate-10x10", "election.json")));
const listed = JSON.parse(read("per-candidate-10x10", "public_creds.json").toString()) as string[];
const credentials = new TextEncoder().encode(JSON.stringify(listed.map((one) => one.split(",")[0])));
const CARD = "sCCfKiZSbctUumUuCqMhYa";

function scan(): void {
  assert.equal(order("open", { raw, credentials }).error, undefined);
  assert.deepEqual(order("card", { readings: [CARD], typed: false }).answer, { found: true });
}

test("a tested ballot is forgotten: it can be neither cast nor tested again, and the card is gone, too", () => {
  scan();
  order("choose", { question: 0, marks: [1, 0] });
  const { hash } = order("seal").answer as { hash: string };
  const shown = order("test").answer as { hash: string; answers: { marks: number[] }[] };
  assert.deepEqual([shown.hash, shown.answers[0]!.marks], [hash, [1, 0]]);
  assert.ok(!JSON.stringify(shown).includes("signature") && !JSON.stringify(shown).includes(CARD));
  for (const what of ["cast", "test", "seal"] as const) assert.notEqual(order(what).error, undefined, what);
});

test("a cast ballot is forgotten: it can be neither opened nor cast again", () => {
  scan();
  order("seal");
  assert.equal(typeof (order("cast").answer as { tracker: string }).tracker, "string");
  for (const what of ["cast", "test", "seal"] as const) assert.notEqual(order(what).error, undefined, what);
});

test("after a test the same card gets fresh randomness: no ciphertext of the tested ballot comes back", () => {
  const seals = [0, 1].map(() => {
    scan();
    order("choose", { question: 0, marks: [1, 0] });
    return (order("seal").answer as { hash: string }).hash;
  });
  assert.notEqual(seals[0], seals[1]);
});

test("a card that is not of this election is not taken, and a test card is none", () => {
  order("open", { raw, credentials });
  for (const reading of ["THETHU2222222222222222", "1111111111111111111111"]) {
    assert.deepEqual(order("card", { readings: [reading], typed: false }).answer, { found: false, why: "unknown", group: null });
    assert.notEqual(order("seal").error, undefined);
  }
});
