/**
 * The papers of the meeting as one voter sees them, and that voter's marks (lựa chọn). Everything about the choices
 * is in this one object, which is dropped as soon as the ballot is sealed or the voter leaves.
 */
import type { Question } from "./crypto/election.ts";
import { KINDS, type QuestionForm } from "./shared.ts";
import type { Language } from "./words.ts";

export type PaperKind = keyof typeof KINDS;

export interface KindWords {
  readonly heading: string;
  readonly instruction: string;
  readonly answers: readonly string[];
}

export interface Name {
  id: string;
  name: string;
  position: string;
  born: string;
  note: string;
  question: number;
  answer: number;
}

export interface Paper {
  kind: PaperKind;
  term: string;
  unit: string;
  title: string;
  /** Names with a question of their own: agree and disagree, or levels. */
  listed: Name[];
  /** Names that share a question, of which so many may be chosen. */
  choices: Name[];
  putForward: Name[];
}

/** Names of a paper that are shown together. */
export type Part = "listed" | "choices" | "putForward";

export interface Meeting {
  name: string;
  receiptKey: string;
  papers: Paper[];
}

type Read = Record<string, unknown>;

/** Read the field `conference` of election.json as far as the tablet shows it; null where it does not fit. */
export function parseMeeting(read: unknown, questions: readonly Question[]): Meeting | null {
  try {
    const conference = read as Read;
    const papers = (conference["papers"] as Read[]).map((paper) => parsePaper(paper, questions));
    const meeting = { name: text(conference, "name"), papers };
    return { ...meeting, receiptKey: text(conference, "receipt_key") };
  } catch {
    return null;
  }
}

function parsePaper(read: Read, questions: readonly Question[]): Paper {
  const names = (read["candidates"] as Read[]).map((candidate) => parseName(candidate, questions));
  const forward = (read["candidates"] as Read[]).map((candidate) => candidate["put_forward"] === true);
  const kind = kindOf(text(read, "kind"));
  const own = names.filter((_, at) => !forward[at]);
  return {
    kind,
    term: text(read, "term"),
    unit: text(read, "unit"),
    title: text(read, "title"),
    listed: asks(kind) === "choices" ? [] : own,
    choices: asks(kind) === "choices" ? own : [],
    putForward: names.filter((_, at) => forward[at]),
  };
}

function kindOf(kind: string): PaperKind {
  if (!Object.hasOwn(KINDS, kind)) throw new Error("a kind of ballot that this page knows expected");
  return kind as PaperKind;
}

/** How a kind asks: agree or disagree with a name, a level for a name, or a choice among the names. */
export const asks = (kind: PaperKind): QuestionForm => KINDS[kind].question;

/** What a paper of this kind says to the voter. */
export function kindWords(paper: Paper, language: Language): KindWords {
  return KINDS[paper.kind][language];
}

/** The word of the answer of a listed name that these marks hold; null where it is open. */
export function answerOf(paper: Paper, marks: readonly number[], language: Language): string | null {
  return kindWords(paper, language).answers[marks.indexOf(1)] ?? null;
}

function parseName(read: Read, questions: readonly Question[]): Name {
  const [question, answer] = read["at"] as [number, number];
  if (questions[question]?.answers[answer] === undefined) throw new Error("a name without its question");
  const [id, name, position] = [text(read, "id"), text(read, "name"), text(read, "position")];
  return { id, name, position, born: text(read, "born"), note: text(read, "note"), question, answer };
}

function text(read: Read, field: string): string {
  const value = read[field];
  if (typeof value !== "string") throw new Error(`${field} expected`);
  return value;
}

/** One voter's marks: a 0 or 1 for each answer of each question. Starts empty: nothing is chosen for anybody. */
export class Marks {
  #marks: number[][];

  constructor(readonly questions: readonly Question[]) {
    this.#marks = questions.map((question) => question.answers.map(() => 0));
  }

  of(question: number): number[] {
    return [...(this.#marks[question] as number[])];
  }

  has(name: Name, answer = name.answer): boolean {
    return this.#marks[name.question]?.[answer] === 1;
  }

  /** Mark one answer of a listed name and no other. */
  choose(name: Name, answer: number): void {
    this.#marks[name.question] = this.of(name.question).map((_, at) => (at === answer ? 1 : 0));
  }

  /** Leave a listed name open again. */
  clear(name: Name): void {
    this.#marks[name.question] = this.of(name.question).map(() => 0);
  }

  /** Choose a name of a list, or take the choice back; refuses more than the question's most. */
  toggle(name: Name): boolean {
    const marks = this.of(name.question);
    marks[name.answer] = marks[name.answer] === 1 ? 0 : 1;
    if (marks.reduce((sum, mark) => sum + mark, 0) > this.most(name)) return false;
    this.#marks[name.question] = marks;
    return true;
  }

  most(name: Name): number {
    return this.questions[name.question]?.max ?? 0;
  }

  count(question: number): number {
    return this.of(question).reduce((sum, mark) => sum + mark, 0);
  }

  isOpen(name: Name): boolean {
    return this.count(name.question) === 0;
  }

  isBlank(): boolean {
    return this.#marks.flat().every((mark) => mark === 0);
  }
}

/** The name with which a ballot begins. */
export function firstName(meeting: Meeting): Name {
  return meeting.papers.flatMap((paper) => [...paper.listed, ...paper.choices, ...paper.putForward])[0] as Name;
}

/** How many listed names have no opinion yet. */
export function openNames(papers: readonly Paper[], marks: Marks): number {
  return papers.flatMap((paper) => paper.listed).filter((name) => marks.isOpen(name)).length;
}
