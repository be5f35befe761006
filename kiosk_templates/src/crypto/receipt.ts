/** The room's signed answer (giấy báo nhận): P-256, raw 64 bytes, by the receipt key that Setup names. */
import { RECEIPT_TAG } from "../shared.ts";
import { fromBase64, taggedMessage, utf8 } from "./bytes.ts";
import { Refused } from "./errors.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
const SIGNATURE_BYTES = 64;

/** Raise unless `receipt` is the room's signature on this tracker of this election. */
export async function verifyReceipt(spki: string, uuid: string, tracker: string, receipt: string): Promise<void> {
  const raw = fromBase64(receipt);
  if (raw.length !== SIGNATURE_BYTES) throw new Refused("receipt", "64 bytes expected");
  const key = await crypto.subtle.importKey("spki", fromBase64(spki), ALGORITHM, false, ["verify"]);
  const message = taggedMessage(RECEIPT_TAG, utf8(uuid), utf8(tracker));
  if (!(await crypto.subtle.verify(SIGNATURE, key, raw, message))) {
    throw new Refused("receipt", "not the room's signature on this tracker");
  }
}
