/**
 * The sealing of one voter's ballot, in a thread of its own so that the screen never waits. The page ends the whole
 * worker after each voter: with it go the card's secret, the marks and the randomness.
 */
import { assemble, packRequest, sealAnswer, signBallot, type SealedAnswer, type UnsignedBallot } from "./crypto/ballot.ts";
import { base64 } from "./crypto/bytes.ts";
import { derive, mistypedGroup, type Card } from "./crypto/cards.ts";
import { parseElection, type Election } from "./crypto/election.ts";
import { isPointText } from "./crypto/group.ts";
import type { CardAnswer, Order, Orders, TestBallot } from "./orders.ts";

let election: Election | null = null;
let known = new Set<string>();
let card: Card | null = null;
let answers: (SealedAnswer | undefined)[] = [];
let marked: number[][] = [];
let unsigned: UnsignedBallot | null = null;

const handlers: { [K in keyof Orders]: (order: Orders[K]["order"]) => Orders[K]["answer"] } = {
  open({ raw, credentials }) {
    election = parseElection(raw);
    const list = JSON.parse(new TextDecoder().decode(credentials)) as string[];
    if (!list.every(isPointText)) throw new Error("credentials.json: public credentials expected");
    known = new Set(list);
    const { uuid, fingerprint, questions, conference } = election;
    return { uuid, fingerprint, questions, conference };
  },

  card({ readings, typed }): CardAnswer {
    const { uuid } = opened();
    const possible = readings.flatMap((reading) => {
      try {
        return [derive(reading, uuid)];
      } catch {
        return [];
      }
    });
    card = possible.find((one) => known.has(one.credential)) ?? null;
    if (card !== null) return { found: true };
    if (possible.length === 0) return { found: false, why: "unreadable" };
    const group = typed ? mistypedGroup(readings[0] as string, uuid, (one) => known.has(one)) : null;
    return { found: false, why: "unknown", group };
  },

  choose({ question, marks }) {
    answers[question] = sealAnswer(opened(), question, drawn().credential, marks);
    marked[question] = marks;
    unsigned = null;
    return null;
  },

  seal() {
    const { questions } = opened();
    questions.forEach((question, at) => {
      if (answers[at] === undefined) handlers.choose({ question: at, marks: question.answers.map(() => 0) });
    });
    unsigned = assemble(opened(), drawn().credential, answers as SealedAnswer[]);
    return { hash: unsigned.hash };
  },

  cast() {
    if (unsigned === null) throw new Error("nothing is sealed");
    const ballot = signBallot(unsigned, drawn());
    const body = packRequest(opened(), ballot);
    forget();
    return { body, tracker: ballot.tracker };
  },

  test(): TestBallot {
    if (unsigned === null) throw new Error("nothing is sealed");
    const { uuid, fingerprint } = opened();
    const disclosed = answers.map((answer, at) => ({ marks: marked[at] as number[], seed: base64(answer!.seed) }));
    const shown = { uuid, fingerprint, credential: drawn().credential, hash: unsigned.hash, answers: disclosed };
    forget();
    return shown;
  },
};

/** A ballot is cast or tested, never both: after either, nothing is left to sign. */
function forget(): void {
  [card, answers, marked, unsigned] = [null, [], [], null];
}

function opened(): Election {
  if (election === null) throw new Error("no election is open");
  return election;
}

function drawn(): Card {
  if (card === null) throw new Error("no card was scanned");
  return card;
}

onmessage = ({ data }: MessageEvent<Order>) => {
  try {
    const act = handlers[data.what] as (order: unknown) => unknown;
    postMessage({ id: data.id, answer: act(data.order) });
  } catch (error) {
    postMessage({ id: data.id, error: error instanceof Error ? error.message : "fault" });
  }
};
