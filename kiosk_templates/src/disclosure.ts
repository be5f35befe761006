/**
 * A test ballot on its way to the second device: JSON cut into QR codes of a size that a phone reads from a screen.
 * Each part begins with "phieukin-test/1 N/COUNT HASH8 " so that parts of two tests never mix.
 */
import type { TestBallot } from "./orders.ts";

export const TEST_TAG = "phieukin-test/1";
const PART = 700; // characters a code
const MOST = 200; // codes of a test: a code that names more of them was not made by a tablet
const SEAL = 22; // characters of a ballot's hash that people compare: 132 bits, so that no tablet finds two of one seal

/** The ballot seal as the tablet shows it before a test and the tester's page after it: groups of four. */
export function sealWords(hash: string): string {
  return (hash.slice(0, SEAL).match(/.{1,4}/g) ?? []).join(" ");
}

export function testParts(ballot: TestBallot): string[] {
  const answers = ballot.answers.map(({ marks, seed }) => [marks.join(""), seed]);
  const { uuid, fingerprint, credential, hash } = ballot;
  const text = JSON.stringify({ uuid, fingerprint, credential, hash, answers });
  const count = Math.ceil(text.length / PART);
  return Array.from({ length: count }, (_, at) =>
    `${TEST_TAG} ${at + 1}/${count} ${hash.slice(0, 8)} ${text.slice(at * PART, (at + 1) * PART)}`);
}

/** Put scanned parts together again; null while some are missing. Parts may come in any order and more than once. */
export function joinParts(parts: readonly string[]): TestBallot | null {
  const read = parts.map((part) => /^phieukin-test\/1 ([0-9]+)\/([0-9]+) (\S{8}) (.*)$/s.exec(part))
    .filter((part) => part !== null);
  const last = read.at(-1);
  if (last === undefined || Number(last[2]) > MOST) return null;
  const same = new Map(read.filter((part) => part[3] === last[3]).map((part) => [Number(part[1]), part[4] as string]));
  const pieces = Array.from({ length: Number(last[2]) }, (_, at) => same.get(at + 1));
  if (pieces.some((piece) => piece === undefined)) return null;
  const text = JSON.parse(pieces.join("")) as Omit<TestBallot, "answers"> & { answers: [string, string][] };
  return { ...text, answers: text.answers.map(([marks, seed]) => ({ marks: [...marks].map(Number), seed })) };
}
