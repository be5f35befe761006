/**
 * Receipts kept until closing, to be compared with the archive: in memory alone and ordered by tracker, so that no
 * disk of the tablet and no list shows in which order ballots were cast.
 */
import { utf8, type Bytes } from "./crypto/bytes.ts";

export interface Receipt {
  tracker: string;
  receipt: string;
}

export class Receipts {
  #kept: Receipt[] = [];

  get size(): number {
    return this.#kept.length;
  }

  add({ tracker, receipt }: Receipt): void {
    const others = this.#kept.filter((kept) => kept.tracker !== tracker);
    this.#kept = [...others, { tracker, receipt }].sort((a, b) => (a.tracker < b.tracker ? -1 : 1));
  }

  /** The body that is handed to the room after closing. */
  encode(): Bytes {
    return utf8(JSON.stringify({ receipts: this.#kept }));
  }

  clear(): void {
    this.#kept = [];
  }
}
