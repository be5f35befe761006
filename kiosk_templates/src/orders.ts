/** What the page asks of the sealing worker, and what it answers. */
import type { Bytes } from "./crypto/bytes.ts";
import type { Election, Question } from "./crypto/election.ts";

export interface TestBallot {
  uuid: string;
  fingerprint: string;
  credential: string;
  hash: string;
  answers: { marks: number[]; seed: string }[];
}

export type CardAnswer =
  | { found: true }
  | { found: false; why: "unreadable" }
  | { found: false; why: "unknown"; group: number | null };

export type Opened = Pick<Election, "uuid" | "fingerprint" | "conference"> & { questions: Question[] };

export interface Orders {
  open: { order: { raw: Bytes; credentials: Bytes }; answer: Opened };
  card: { order: { readings: string[]; typed: boolean }; answer: CardAnswer };
  choose: { order: { question: number; marks: number[] }; answer: null };
  seal: { order: null; answer: { hash: string } };
  cast: { order: null; answer: { body: Bytes; tracker: string } };
  test: { order: null; answer: TestBallot };
}

export interface Order {
  id: number;
  what: keyof Orders;
  order: unknown;
}

export type Answer = { id: number; answer: unknown } | { id: number; error: string };
