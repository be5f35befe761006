/**
 * Secret numbers for one answer. Every answer has a fresh seed of 32 bytes from the operating system, stretched by
 * SHA-512: a voter who tests the tablet instead of casting is shown the seeds, which fit a QR code, and a second
 * device repeats the whole encryption from them. The seeds of a cast ballot are forgotten with it.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { bigEndian, taggedMessage, type Bytes } from "./bytes.ts";
import { Q } from "./group.ts";

const TAG = "phieukin/tablet/randomness/v1";
export const SEED_BYTES = 32;

export function freshSeed(): Bytes {
  return crypto.getRandomValues(new Uint8Array(SEED_BYTES));
}

/** The numbers 1 to q-1 that follow from a seed, in order, each from 512 bits. */
export class Randomness {
  #counter = 0;

  constructor(readonly seed: Bytes) {}

  next(): bigint {
    const counter = new Uint8Array(4);
    new DataView(counter.buffer).setUint32(0, this.#counter++);
    return (bigEndian(sha512(taggedMessage(TAG, this.seed, counter))) % (Q - 1n)) + 1n;
  }
}

/** A number that no seed repeats, for the signature of the card. */
export function freshScalar(): bigint {
  return new Randomness(freshSeed()).next();
}
