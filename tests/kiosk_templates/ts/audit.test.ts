import assert from "node:assert/strict";
import { test } from "node:test";
import { auditTest, readSetup } from "@front/audit.ts";
import { assemble, sealAnswer } from "@front/crypto/ballot.ts";
import { base64 } from "@front/crypto/bytes.ts";
import { derive } from "@front/crypto/cards.ts";
import type { TestBallot } from "@front/orders.ts";
import { read } from "./vectors.ts";

const setup = readSetup(new Uint8Array(read("per-candidate-10x10", "KXUBtmaKRXnkFv.bel")));
const { election } = setup;
const card = derive("sCCfKiZSbctUumUuCqMhYa", election.uuid);

/** What an honest tablet shows; `lie` marks are encrypted in place of those that were chosen. */
function shown(lie: number[] | null = null): TestBallot {
  const chosen = election.questions.map((_, at) => (at % 2 === 0 ? [1, 0] : [0, 1]));
  const sealed = chosen.map((marks, at) => sealAnswer(election, at, card.credential, (at === 0 && lie) || marks));
  const { hash } = assemble(election, card.credential, sealed);
  const answers = sealed.map((answer, at) => ({ marks: chosen[at]!, seed: base64(answer.seed) }));
  return { uuid: election.uuid, fingerprint: election.fingerprint, credential: card.credential, hash, answers };
}

test("the test of an honest tablet comes out right", () => assert.equal(auditTest(setup, shown()), "right"));

test("a tablet that encrypts another mark than it shows is found", () => {
  assert.equal(auditTest(setup, shown([0, 1])), "wrong");
  assert.equal(auditTest(setup, shown([0, 0])), "wrong");
});

test("a test with anything changed is not right", () => {
  const other = shown();
  const changes: [Partial<TestBallot>, string][] = [
    [{ hash: other.hash }, "wrong"], [{ answers: shown().answers.slice(1) }, "wrong"],
    [{ answers: shown().answers.map((one) => ({ ...one, seed: "AAAA" })) }, "wrong"],
    [{ answers: shown().answers.map((one) => ({ ...one, marks: [1, 1] })) }, "wrong"],
    [{ uuid: "3NGX6NdhdXaBGB" }, "other_election"], [{ fingerprint: other.hash }, "other_election"],
    [{ credential: "ab".repeat(32) }, "unknown_card"],
  ];
  for (const [change, finding] of changes) assert.equal(auditTest(setup, { ...shown(), ...change }), finding);
});

test("election.json alone is enough, and its last line end does not matter", () => {
  const raw = new Uint8Array(read("per-candidate-10x10", "election.json"));
  assert.equal(readSetup(raw).election.fingerprint, election.fingerprint);
  assert.equal(readSetup(raw).credentials, null);
  assert.throws(() => readSetup(new Uint8Array(1024)));
});
