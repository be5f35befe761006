/**
 * The sealed ballot (Belenios specification 3.0, sections 4.11 to 4.17), byte for byte as Belenios writes it.
 *
 * An answer is encrypted as soon as it is chosen (`sealAnswer`), since each question's proofs need nothing of the
 * others; when the voter touches "Bỏ phiếu" only the signature is left (`signBallot`).
 */
import { POINT_BYTES, SCALAR_DIGITS } from "../shared.ts";
import { base64, concat, utf8, type Bytes } from "./bytes.ts";
import type { Card } from "./cards.ts";
import type { Election, Question } from "./election.ts";
import { Refused } from "./errors.ts";
import { basePower, IDENTITY, modQ, pointBytes, textOfBytes, type Point } from "./group.ts";
import { commit, encrypt, respond, type Branch, type Ciphertext, type Proof } from "./interval.ts";
import { freshScalar, freshSeed, Randomness } from "./randomness.ts";
import { challenge, fingerprint } from "./transcript.ts";

/** One question's answer: its JSON, the commitments of its proofs (32 bytes each), and the seed of its randomness. */
export interface SealedAnswer {
  json: string;
  commitments: Bytes;
  seed: Bytes;
}

/** A ballot before its signature. `hash` is what the card will sign, and what a test of the tablet is held to. */
export interface UnsignedBallot {
  json: string;
  hash: string;
  commitments: Bytes;
}

export interface SignedBallot {
  json: string;
  tracker: string;
  commitments: Bytes;
}

/** Encrypt and prove one question's marks, a 0 or 1 for each answer. Fresh randomness unless a seed is repeated. */
export function sealAnswer(
  election: Election, number: number, credential: string, marks: readonly number[], seed: Bytes = freshSeed(),
): SealedAnswer {
  const question = election.questions[number];
  if (question === undefined) throw new Refused("marks", "no such question");
  const sum = checkMarks(question, marks);
  const random = new Randomness(seed);
  const secrets = marks.map(() => random.next());
  const choices = marks.map((mark, at) => encrypt(election.keyPowers, mark, secrets[at] as bigint));
  const single = marks.map((mark) => commit(election.keyPowers, mark, 0, 1, random));
  const overall = commit(election.keyPowers, sum, question.min, question.max, random);
  const statement = `${election.fingerprint}|${credential}`;
  return write(statement, { question, marks, sum, secrets, choices, single, overall, seed });
}

interface Working {
  question: Question;
  marks: readonly number[];
  sum: number;
  secrets: bigint[];
  choices: Ciphertext[];
  single: Branch[][];
  overall: Branch[];
  seed: Bytes;
}

/** Normalise all points at once, then answer the challenges and write the JSON. */
function write(statement: string, w: Working): SealedAnswer {
  const whole = { alpha: total(w.choices.map((one) => one.alpha)), beta: total(w.choices.map((one) => one.beta)) };
  const raw = pointBytes([
    ...[...w.choices, whole].flatMap((one) => [one.alpha, one.beta]),
    ...[...w.single, w.overall].flat().flatMap((branch) => [branch.first, branch.second]),
  ]);
  const text = raw.map(textOfBytes);
  const pairs = [...w.choices, whole].map((_, at) => text.slice(2 * at, 2 * at + 2) as [string, string]);
  const statementAll = `${statement}|${pairs.slice(0, -1).map((pair) => pair.join(",")).join(",")}`;
  let at = 2 * pairs.length;
  const prove = (start: string, index: number, branches: Branch[], r: bigint, truth: number): string => {
    const commitments = text.slice(at, (at += 2 * branches.length));
    const prefix = `prove|${start}|${(pairs[index] as [string, string]).join(",")}|`;
    return proofsJson(respond(prefix, commitments, branches, r, truth));
  };
  const single = w.marks.map((mark, i) => prove(statement, i, w.single[i] as Branch[], w.secrets[i] as bigint, mark));
  const r = modQ(w.secrets.reduce((sum, one) => sum + one, 0n));
  const overall = prove(statementAll, pairs.length - 1, w.overall, r, w.sum - w.question.min);
  const choices = pairs.slice(0, -1).map(([alpha, beta]) => `{"alpha":"${alpha}","beta":"${beta}"}`);
  return {
    json: `{"choices":[${choices}],"individual_proofs":[${single}],"overall_proof":${overall}}`,
    commitments: concat(raw.slice(2 * pairs.length)),
    seed: w.seed,
  };
}

function checkMarks(question: Question, marks: readonly number[]): number {
  if (marks.length !== question.answers.length || !marks.every((mark) => mark === 0 || mark === 1)) {
    throw new Refused("marks", "a 0 or 1 for each answer expected");
  }
  const sum = marks.reduce<number>((count, mark) => count + mark, 0);
  if (sum < question.min || sum > question.max) throw new Refused("marks", "more or fewer marks than allowed");
  return sum;
}

function total(points: Point[]): Point {
  return points.reduce((sum, point) => sum.add(point), IDENTITY);
}

function proofJson(proof: Proof): string {
  return `{"challenge":"${proof.challenge}","response":"${proof.response}"}`;
}

function proofsJson(proofs: Proof[]): string {
  return `[${proofs.map(proofJson)}]`;
}

/** Put the answers together, in the order of the questions. */
export function assemble(election: Election, credential: string, answers: readonly SealedAnswer[]): UnsignedBallot {
  const head = `{"election_uuid":"${election.uuid}","election_hash":"${election.fingerprint}"`;
  const json = `${head},"credential":"${credential}","answers":[${answers.map((answer) => answer.json)}]}`;
  return { json, hash: fingerprint(utf8(json)), commitments: concat(answers.map((answer) => answer.commitments)) };
}

/** Sign with the card's secret (section 4.16): all that is left to do when the voter casts. */
export function signBallot(unsigned: UnsignedBallot, card: Card): SignedBallot {
  const w = freshScalar();
  const commitment = basePower(w).toBytes();
  const c = challenge(`sig|${unsigned.hash}|`, [textOfBytes(commitment)]);
  const proof = proofJson({ challenge: c, response: modQ(w - card.secret * c) });
  const json = `${unsigned.json.slice(0, -1)},"signature":{"hash":"${unsigned.hash}","proof":${proof}}}`;
  return { json, tracker: fingerprint(utf8(json)), commitments: concat([unsigned.commitments, commitment]) };
}

/** Sign a message with the card's secret, as `sigmsg|` (keys/schnorr): never to be taken for a ballot's signature. */
export function signMessage(message: string, card: Card): { challenge: string; response: string } {
  const w = freshScalar();
  const c = challenge(`sigmsg|${message}|`, [textOfBytes(basePower(w).toBytes())]);
  return { challenge: String(c), response: String(modQ(w - card.secret * c)) };
}

/** Length in bytes of every casting request of this election, whatever was chosen. */
export function ballotSize(election: Election): number {
  const nine = "9".repeat(SCALAR_DIGITS);
  const proof = `{"challenge":"${nine}","response":"${nine}"}`.length;
  const hash = election.fingerprint.length;
  let size = `{"election_uuid":"","election_hash":"","credential":""}`.length;
  size += election.uuid.length + hash + 2 * POINT_BYTES;
  size += `{"answers":[],"signature":{"hash":"","proof":}}`.length - 1 + hash + proof;
  let branches = 0;
  for (const { answers, min, max } of election.questions) {
    const overall = max - min + 1;
    size += `{"choices":[],"individual_proofs":[],"overall_proof":[]},`.length + overall * (proof + 1);
    size += answers.length * (`{"alpha":"","beta":""},`.length + 4 * POINT_BYTES + 2 * (proof + 1) + 2);
    branches += 2 * answers.length + overall;
  }
  return size + 1 + 4 * Math.ceil((POINT_BYTES * (2 * branches + 1)) / 3);
}

/** The casting request: ballot, line end, commitments in base64, spaces up to the one length. */
export function packRequest(election: Election, ballot: SignedBallot): Bytes {
  const body = utf8(`${ballot.json}\n${base64(ballot.commitments)}`);
  const size = ballotSize(election);
  if (body.length > size) throw new Refused("election", "the ballot is longer than its request");
  return concat([body, new Uint8Array(size - body.length).fill(0x20)]);
}
