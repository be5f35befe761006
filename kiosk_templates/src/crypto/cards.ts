/**
 * Cards (thẻ bỏ phiếu) and what is derived from them (Belenios specification 3.0, section 4.8). There is no check
 * digit: whether a card is one of this ballot's is decided by its public credential alone.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bigEndian, concat, utf8 } from "./bytes.ts";
import { ALPHABET, CARD_LENGTH, groupAt, groups } from "./codes.ts";
import { Refused } from "./errors.ts";
import { BASE, encodePoint, modQ } from "./group.ts";

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
