import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble, ballotSize, packRequest, sealAnswer, signBallot } from "@front/crypto/ballot.ts";
import { derive } from "@front/crypto/cards.ts";
import type { Election } from "@front/crypto/election.ts";
import { encodePoint } from "@front/crypto/group.ts";
import { freshSeed } from "@front/crypto/randomness.ts";
import { electionWith, read, vectorElection, verifyBallot, type Ballot } from "./vectors.ts";

const reference = vectorElection("3x2");
const card = derive("sCCfK-iZSbct-UumUu-CqMhYa", "KXUBtmaKRXnkFv");

function vote(election: Election, marks: number[][]): string {
  const answers = marks.map((one, at) => sealAnswer(election, at, card.credential, one));
  return signBallot(assemble(election, card.credential, answers), card).json;
}

test("the test's own verifier accepts the ballots of belenios-tool", () => {
  for (const n of [1, 2, 3]) verifyBallot(reference, read("3x2", "ballots", `00${n}.json`).toString().trimEnd());
});

const shapes = [[2, 0, 1], [2, 1, 1], [1, 0, 1], [5, 0, 3], [4, 2, 4], [3, 0, 0], [3, 3, 3]] as const;
for (const [width, min, max] of shapes) {
  test(`a ballot of ${width} answers, ${min} to ${max}, verifies for every allowed sum`, () => {
    const key = encodePoint(reference.key);
    const question = { answers: Array.from({ length: width }, (_, n) => `${n}`), min, max, question: "?" };
    const election = electionWith(key, [question]);
    for (let sum = min; sum <= max; sum++) {
      const marks = question.answers.map((_, n) => (n >= width - sum ? 1 : 0));
      verifyBallot(election, vote(election, [marks]));
    }
    const toomany = question.answers.map((_, n) => (n <= max ? 1 : 0));
    if (max < width) assert.throws(() => vote(election, [toomany]), { name: "Refused" });
    if (min > 0) assert.throws(() => vote(election, [question.answers.map(() => 0)]), { name: "Refused" });
  });
}

test("a mark other than 0 or 1 is refused", () => {
  for (const marks of [[2, 0], [-1, 1], [0.5, 0], [1], [1, 0, 0]]) {
    assert.throws(() => sealAnswer(reference, 0, card.credential, marks), { name: "Refused" });
  }
});

test("every field of a ballot is bound: any change of it is found", () => {
  const json = vote(reference, [[1, 0]]);
  const other = JSON.parse(vote(reference, [[0, 1]])) as Ballot;
  const changes: ((ballot: Ballot) => void)[] = [
    (b) => (b.credential = derive("v1h3uDc91HrPopBd3XyZJx", "KXUBtmaKRXnkFv").credential),
    (b) => (b.election_hash = b.signature.hash),
    (b) => (b.answers[0]!.choices[0] = other.answers[0]!.choices[0]!),
    (b) => b.answers[0]!.choices.reverse(),
    (b) => (b.answers[0]!.overall_proof = other.answers[0]!.overall_proof),
    (b) => (b.answers[0]!.individual_proofs[1] = other.answers[0]!.individual_proofs[1]!),
    (b) => (b.signature.proof = other.signature.proof),
    (b) => (b.signature.hash = other.signature.hash),
  ];
  for (const change of changes) {
    const ballot = JSON.parse(json) as Ballot;
    change(ballot);
    assert.throws(() => verifyBallot(reference, JSON.stringify(ballot)));
  }
});

test("an answer repeated from its seed is the same, and without a seed never", () => {
  const seed = freshSeed();
  const seal = (own?: typeof seed): string => sealAnswer(reference, 0, card.credential, [1, 0], own).json;
  assert.equal(seal(seed), seal(seed));
  assert.notEqual(seal(), seal());
  assert.notEqual(seal(seed), sealAnswer(reference, 0, card.credential, [0, 1], seed).json);
});

test("all casting requests of an election have one length", () => {
  const election = vectorElection("per-candidate-10x10");
  for (const one of [[0, 0], [1, 0], [0, 1]]) {
    const answers = election.questions.map((_, at) => sealAnswer(election, at, card.credential, one));
    const body = packRequest(election, signBallot(assemble(election, card.credential, answers), card));
    assert.equal(body.length, ballotSize(election));
  }
});
