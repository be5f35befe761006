/**
 * How a card's code is written (mã trên thẻ): 22 base58 characters, in the QR code without dashes, in print and in the
 * derivation with dashes 5-6-5-6. No mathematics here, so that the page can show a code without the curve.
 */
import { CARD_ALPHABET, CARD_GROUPS, CARD_LENGTH, TEST_MARK } from "../shared.ts";

export { CARD_ALPHABET as ALPHABET, CARD_GROUPS as GROUPS, CARD_LENGTH };

const CHARACTER = new RegExp(`^[${CARD_ALPHABET}]$`);

/** Whether a key types a character of a card. */
export function isCharacter(key: string): boolean {
  return CHARACTER.test(key);
}

/** Whether a reading is that of a test card, which is in no deck and can never be counted. */
export function isTestCard(reading: string): boolean {
  return reading.replace(/[\s-]/g, "").startsWith(TEST_MARK);
}

/** The four groups of a card, the last ones short or empty while it is being typed. */
export function groups(card: string): string[] {
  let at = 0;
  return CARD_GROUPS.map((length) => card.slice(at, (at += length)));
}

/** Which group (0 to 3) the character at a position belongs to. */
export function groupAt(position: number): number {
  let end = 0;
  return CARD_GROUPS.findIndex((length) => position < (end += length));
}
