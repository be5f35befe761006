/** Hashes of the protocol (Belenios specification 3.0, sections 4.10 to 4.12): text in, number or base64 out. */
import { sha256 } from "@noble/hashes/sha2.js";
import { base64Unpadded, bigEndian, utf8 } from "./bytes.ts";
import { modQ } from "./group.ts";

/** Challenge over a prefix and the text of points, joined by commas. */
export function challenge(prefix: string, points: readonly string[]): bigint {
  return modQ(bigEndian(sha256(utf8(prefix + points.join(",")))));
}

/** Hash as Belenios spells fingerprints and trackers: 43 characters of base64, unpadded. */
export function fingerprint(raw: Uint8Array): string {
  return base64Unpadded(sha256(raw));
}
