/**
 * The second device's side of a test (kiểm tra máy): repeat the tablet's encryption from the seeds that it showed, and hold
 * it to the seal that stood on its screen before anybody knew whether the ballot would be cast or tested.
 */
import { assemble, sealAnswer } from "./crypto/ballot.ts";
import { fromBase64 } from "./crypto/bytes.ts";
import { parseElection, type Election } from "./crypto/election.ts";
import { SEED_BYTES } from "./crypto/randomness.ts";
import type { TestBallot } from "./orders.ts";
import { answerOf, parseMeeting, type Name } from "./papers.ts";
import type { Language } from "./words.ts";

export interface Setup {
  election: Election;
  /** Public credentials, where the file held them: a card of no Setup is no test. */
  credentials: Set<string> | null;
}

export type Finding = "right" | "other_election" | "unknown_card" | "wrong";

/** Read election.json, or the records of Setup at the start of an archive UUID.bel. */
export function readSetup(raw: Uint8Array): Setup {
  if (raw[0] === 0x7b) return { election: parseElection(trimmed(raw)), credentials: null };
  const [election, , credentials] = records(raw);
  if (election === undefined || credentials === undefined) throw new Error("no Setup in this file");
  const list = JSON.parse(new TextDecoder().decode(credentials)) as string[];
  return { election: parseElection(election), credentials: new Set(list.map((one) => one.split(",")[0] as string)) };
}

/** The final line end of election.json as a file is not part of it. */
function trimmed(raw: Uint8Array): Uint8Array {
  return raw.at(-1) === 0x0a ? raw.slice(0, -1) : raw;
}

const BLOCK = 512; // bytes of a tar block

/** Data records of an archive up to its first event: election, trustees, credentials, setup data. */
function records(raw: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at + BLOCK <= raw.length; ) {
    const header = new TextDecoder().decode(raw.slice(at, at + 136));
    const [name, size] = [header.slice(0, header.indexOf("\0")), parseInt(header.slice(124, 135), 8)];
    if (name.endsWith(".event.json") || !Number.isInteger(size)) return found;
    at += BLOCK;
    if (name.endsWith(".data.json")) found.push(raw.slice(at, at + size));
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return found;
}

/** Encrypt again and compare the seal. */
export function auditTest({ election, credentials }: Setup, ballot: TestBallot): Finding {
  if (ballot.uuid !== election.uuid || ballot.fingerprint !== election.fingerprint) return "other_election";
  if (credentials !== null && !credentials.has(ballot.credential)) return "unknown_card";
  try {
    if (ballot.answers.length !== election.questions.length) return "wrong";
    const answers = ballot.answers.map(({ marks, seed }, at) => {
      const raw = fromBase64(seed);
      if (raw.length !== SEED_BYTES) throw new Error("seed");
      return sealAnswer(election, at, ballot.credential, marks, raw);
    });
    return assemble(election, ballot.credential, answers).hash === ballot.hash ? "right" : "wrong";
  } catch {
    return "wrong";
  }
}

/** A word of the second device's own, or what an answer says in the words of its kind. */
export type Choice = "none" | "put_forward" | "chosen" | { words: string };

/** What the tablet encrypted, name by name; of names to choose from, those that were chosen. */
export function choicesOf(
  election: Election, ballot: TestBallot, language: Language,
): { title: string; name: string; choice: Choice }[] {
  const meeting = parseMeeting(election.conference, election.questions);
  return (meeting?.papers ?? []).flatMap((paper) => {
    const marks = (name: Name): readonly number[] => ballot.answers[name.question]?.marks ?? [];
    const listed = paper.listed.map((one) => {
      const words = answerOf(paper, marks(one), language);
      return { title: paper.title, name: one.name, choice: words === null ? "none" as const : { words } };
    });
    const chosen = (names: Name[], choice: Choice): { title: string; name: string; choice: Choice }[] =>
      names.filter((one) => marks(one)[one.answer] === 1).map(({ name }) => ({ title: paper.title, name, choice }));
    return [...listed, ...chosen(paper.choices, "chosen"), ...chosen(paper.putForward, "put_forward")];
  });
}
