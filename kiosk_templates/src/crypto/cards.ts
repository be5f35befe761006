/**
 * Cards (thẻ biểu quyết): 22 base58 characters, in the QR code without dashes, in print and in the derivation with
 * dashes 5-6-5-6 (Belenios specification 3.0, section 4.7). There is no check digit; whether a card is one of this
 * ballot's is decided by its public credential alone.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bigEndian, concat, utf8 } from "./bytes.ts";
import { Refused } from "./errors.ts";
import { BASE, encodePoint, modQ } from "./group.ts";

export const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
export const GROUPS = [5, 6, 5, 6] as const;
export const CARD_LENGTH = 22;

const CARD = new RegExp(`^[${ALPHABET}]{${CARD_LENGTH}}$`);

export interface Card {
  secret: bigint;
  credential: string;
}

/** The 22 characters, whatever dashes and spaces stand between them; refuses everything else. */
export function normalise(text: string): string {
  const card = text.replace(/[\s-]/g, "");
  if (!CARD.test(card)) throw new Refused("card", "22 characters of the card's alphabet expected");
  return card;
}

/** The four groups of a card, the last ones short or empty while it is being typed. */
export function groups(card: string): string[] {
  let at = 0;
  return GROUPS.map((length) => card.slice(at, (at += length)));
}

/** Which group (0 to 3) the character at a position belongs to. */
export function groupAt(position: number): number {
  let end = 0;
  return GROUPS.findIndex((length) => position < (end += length));
}

/** Derive a card's secret and its public credential for the election `uuid`. */
export function derive(text: string, uuid: string): Card {
  const dashed = groups(normalise(text)).join("-");
  const halves = [0, 1].map((half) => sha256(utf8(`derive_credential|${uuid}|${half}|${dashed}`)));
  const secret = modQ(bigEndian(concat(halves)));
  if (secret === 0n) throw new Refused("card", "no secret can be derived");
  return { secret, credential: encodePoint(BASE.multiply(secret)) };
}

/**
 * The group (0 to 3) in which one character was mistyped, or two neighbours swapped: the only one whose correction
 * gives a credential that `known` holds. Null where no single correction does. Says where, never what.
 */
export function mistypedGroup(text: string, uuid: string, known: (credential: string) => boolean): number | null {
  const card = normalise(text);
  for (const [position, corrected] of corrections(card)) {
    if (known(derive(corrected, uuid).credential)) return groupAt(position);
  }
  return null;
}

function* corrections(card: string): Generator<[number, string]> {
  for (let at = 0; at < card.length; at++) {
    const [before, after] = [card.slice(0, at), card.slice(at + 1)];
    for (const char of ALPHABET) if (char !== card[at]) yield [at, before + char + after];
    if (after) yield [at, before + after[0] + card[at] + after.slice(1)];
  }
}
