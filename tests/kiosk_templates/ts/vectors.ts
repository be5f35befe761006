// Elections made by belenios-tool, and a verifier of ballots that shares no code with the prover but group and hash.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseElection, type Election } from "@front/crypto/election.ts";
import { BASE, decodePoint, decodeScalar, encodePoint, modQ, type Point } from "@front/crypto/group.ts";
import { challenge, fingerprint } from "@front/crypto/transcript.ts";

const VECTORS = join(process.cwd(), "..", "vectors");

export function read(...path: string[]): Buffer {
  return readFileSync(join(VECTORS, ...path));
}

export function vectorElection(folder: string): Election {
  return parseElection(new Uint8Array(Buffer.from(read(folder, "election.json").toString().trimEnd())));
}

export function electionWith(key: string, questions: object[]): Election {
  const fields = { version: 1, description: "", name: "", group: "Ed25519", public_key: key, questions, uuid: "KXUBtmaKRXnkFv" };
  return parseElection(new TextEncoder().encode(JSON.stringify(fields)));
}

type Proof = { challenge: string; response: string };
type Answer = { choices: { alpha: string; beta: string }[]; individual_proofs: Proof[][]; overall_proof: Proof[] };
export type Ballot = {
  election_uuid: string; election_hash: string; credential: string; answers: Answer[];
  signature: { hash: string; proof: Proof };
};

/** Specification 4.11, 4.12, 4.16, straight down; throws on the first thing that is wrong. */
export function verifyBallot(election: Election, json: string): void {
  const ballot = JSON.parse(json) as Ballot;
  if (JSON.stringify(ballot) !== json) throw new Error("not canonical");
  if (ballot.election_hash !== election.fingerprint || ballot.election_uuid !== election.uuid) throw new Error("election");
  const { signature, ...unsigned } = ballot;
  if (signature.hash !== fingerprint(new TextEncoder().encode(JSON.stringify(unsigned)))) throw new Error("hash");
  const [c, r] = scalars(signature.proof);
  const commitment = times(BASE, r).add(times(decodePoint(ballot.credential), c));
  if (challenge(`sig|${signature.hash}|`, [encodePoint(commitment)]) !== c) throw new Error("signature");
  election.questions.forEach((question, at) => {
    const { choices, individual_proofs, overall_proof } = ballot.answers[at]!;
    const start = `${election.fingerprint}|${ballot.credential}`;
    const all = `${start}|${choices.map((one) => `${one.alpha},${one.beta}`).join(",")}`;
    const points = choices.map((one) => [decodePoint(one.alpha), decodePoint(one.beta)] as const);
    points.forEach(([alpha, beta], i) => interval(election.key, start, alpha, beta, individual_proofs[i]!, 0, 1));
    const sum = points.reduce(([a, b], [alpha, beta]) => [a.add(alpha), b.add(beta)] as const);
    interval(election.key, all, sum[0], sum[1], overall_proof, question.min, question.max);
  });
}

function interval(y: Point, start: string, alpha: Point, beta: Point, proofs: Proof[], low: number, high: number): void {
  if (proofs.length !== high - low + 1) throw new Error("branches");
  const pairs = proofs.map(scalars);
  const commitments = pairs.flatMap(([c, r], at) => [
    times(BASE, r).add(times(alpha, c)),
    times(y, r).add(times(beta.add(times(BASE, modQ(-BigInt(low + at)))), c)),
  ]);
  const prefix = `prove|${start}|${encodePoint(alpha)},${encodePoint(beta)}|`;
  const sum = modQ(pairs.reduce((total, [c]) => total + c, 0n));
  if (challenge(prefix, commitments.map(encodePoint)) !== sum) throw new Error("interval proof");
}

function scalars(proof: Proof): [bigint, bigint] {
  return [decodeScalar(proof.challenge), decodeScalar(proof.response)];
}

function times(point: Point, n: bigint): Point {
  return point.multiplyUnsafe(n);
}
