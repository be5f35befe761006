/**
 * Sending one ballot until it is known what became of it. The same bytes go out again and again: the room counts a
 * ballot once and answers every repetition with the same receipt. Without an answer the outcome is "unknown", never
 * "done".
 */
import type { Bytes } from "./crypto/bytes.ts";
import { verifyReceipt } from "./crypto/receipt.ts";
import type { RefusalCode } from "./shared.ts";

export interface Sealed {
  uuid: string;
  body: Bytes;
  tracker: string;
  receiptKey: string;
  headers: Record<string, string>;
}

export type Outcome =
  | { kind: "recorded"; tracker: string; receipt: string }
  | { kind: "refused"; code: string; recorded: boolean | null };

type Post = (path: string, body: Bytes, headers: Record<string, string>) => Promise<{
  status: number;
  json: Record<string, unknown> | null;
}>;

/** What sending needs of the world: the network, and a clock to wait on. */
export interface Means {
  post: Post;
  wait: (ms: number) => Promise<void>;
}

/** Pauses in ms before each repetition; with the time-outs of requests about two minutes in all. */
export const PAUSES = [500, 1000, 2000, 3000, 4000, 5000, 5000, 5000, 5000, 5000, 5000, 5000];
const TRY_AGAIN = codes("busy", "limit");

/** Codes that the room has, and no others: the compiler looks. */
function codes(...some: RefusalCode[]): ReadonlySet<string> {
  return new Set(some);
}

/** Send, and send again. `attempt` is called with 1, 2, ... before each request. */
export async function cast(sealed: Sealed, means: Means, attempt: (n: number) => void): Promise<Outcome> {
  let last = "no_answer";
  for (let n = 1; n <= PAUSES.length + 1; n++) {
    attempt(n);
    const outcome = await once(sealed, means.post);
    if (typeof outcome !== "string") return outcome;
    last = outcome;
    if (n <= PAUSES.length) await means.wait(PAUSES[n - 1] as number);
  }
  return { kind: "refused", code: last, recorded: null };
}

/** One request: its outcome, or a word for why it has to be repeated. */
async function once(sealed: Sealed, send: Post): Promise<Outcome | string> {
  let answer: Awaited<ReturnType<Post>>;
  try {
    answer = await send(`/elections/${sealed.uuid}/ballots`, sealed.body, sealed.headers);
  } catch {
    return "no_answer";
  }
  if (answer.status === 200 && answer.json !== null) return receipt(sealed, answer.json);
  const code = answer.json?.["code"];
  const later = answer.status === 200 || answer.status >= 500 || answer.status === 429; // 200: an answer cut short
  if (typeof code !== "string") return later ? "no_answer" : refusal("fault", null);
  const recorded = answer.json?.["recorded"];
  if (TRY_AGAIN.has(code) && recorded !== true) return "no_answer";
  return refusal(code, typeof recorded === "boolean" ? recorded : null);
}

async function receipt(sealed: Sealed, json: Record<string, unknown>): Promise<Outcome> {
  const { tracker, receipt } = json;
  try {
    if (tracker !== sealed.tracker || typeof receipt !== "string") return refusal("bad_receipt", null);
    await verifyReceipt(sealed.receiptKey, sealed.uuid, sealed.tracker, receipt);
    return { kind: "recorded", tracker: sealed.tracker, receipt };
  } catch {
    return refusal("bad_receipt", null);
  }
}

function refusal(code: string, recorded: boolean | null): Outcome {
  return { kind: "refused", code, recorded };
}

/** Refusals after which the card can still be used as it is. */
const CARD_STAYS_VALID = codes("bad_ballot", "wrong_size", "not_open", "frozen", "device_unknown");
const CARD_USED = codes("card_used");

export type Verdict = "counts.yes" | "counts.no_valid" | "counts.used" | "counts.no" | "counts.unknown";

/** Which of the sentences on "does it count?" is true after a refusal. */
export function counts(code: string, recorded: boolean | null): Verdict {
  if (recorded === true) return "counts.yes";
  if (recorded === null) return "counts.unknown";
  if (CARD_USED.has(code)) return "counts.used"; // another ballot of this card is in the box
  return CARD_STAYS_VALID.has(code) ? "counts.no_valid" : "counts.no";
}
