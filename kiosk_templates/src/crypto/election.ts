/** election.json as the tablet reads it (Belenios specification 3.0, section 4.10), from the bytes that were hashed. */
import { ELECTION_LIMIT, ELECTION_VERSION, GROUP, UUID_PATTERN } from "../shared.ts";
import { Refused } from "./errors.ts";
import { basePower, decodePoint, type Point } from "./group.ts";
import { Powers } from "./powers.ts";
import { fingerprint } from "./transcript.ts";

export interface Question {
  answers: string[];
  min: number;
  max: number;
  question: string;
}

export interface Election {
  uuid: string;
  fingerprint: string;
  key: Point;
  keyPowers: Powers;
  questions: Question[];
  /** The field `conference`, unread: screens take from it what they show. */
  conference: unknown;
}

const UUID = new RegExp(`^(?:${UUID_PATTERN})$`);

/** Parse the raw bytes and build the key's table; refuses what the tablet cannot encrypt for. */
export function parseElection(raw: Uint8Array): Election {
  if (raw.length > ELECTION_LIMIT) throw new Refused("election", "election.json is too large");
  const read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw)) as Record<string, unknown>;
  if (read["version"] !== ELECTION_VERSION || read["group"] !== GROUP) {
    throw new Refused("election", `version ${ELECTION_VERSION} on ${GROUP} expected`);
  }
  const uuid = String(read["uuid"]);
  if (!UUID.test(uuid)) throw new Refused("election", "uuid expected");
  if (!Array.isArray(read["questions"]) || read["questions"].length === 0) {
    throw new Refused("election", "questions expected");
  }
  const key = decodePoint(String(read["public_key"]));
  basePower(1n); // both tables are there before the first voter comes
  return {
    uuid,
    fingerprint: fingerprint(raw),
    key,
    keyPowers: new Powers(key),
    questions: read["questions"].map(parseQuestion),
    conference: read["conference"] ?? null,
  };
}

function parseQuestion(read: Record<string, unknown>): Question {
  const { answers, min, max, question } = read;
  if ("type" in read || read["blank"] === true) throw new Refused("election", "a kind of question not supported");
  if (!Array.isArray(answers) || answers.length === 0 || !answers.every((one) => typeof one === "string")) {
    throw new Refused("election", "answers expected");
  }
  if (!Number.isInteger(min) || !Number.isInteger(max)) throw new Refused("election", "min and max expected");
  const [low, high] = [min as number, max as number];
  if (low < 0 || low > high || high > answers.length) throw new Refused("election", "0 <= min <= max expected");
  return { answers: answers as string[], min: low, max: high, question: String(question) };
}
