/**
 * ElGamal encryption of a mark, and the proof that a sum of marks lies in an interval (Belenios specification 3.0,
 * sections 4.11.1 and 4.12).
 *
 * The prover knows r, so a simulated branch needs products of the two fixed bases alone: with a = t + r c,
 * A = g^t alpha^c = g^a and B = y^t (beta / g^M)^c = y^a g^((m - M) c). Every branch takes the same steps whether it is
 * the true one or not; which it is shows in no count of operations.
 */
import { BASE, basePower, IDENTITY, modQ, type Point } from "./group.ts";
import type { Powers } from "./powers.ts";
import { challenge } from "./transcript.ts";
import type { Randomness } from "./randomness.ts";

export interface Ciphertext {
  alpha: Point;
  beta: Point;
}

export interface Proof {
  challenge: bigint;
  response: bigint;
}

/** A branch before the challenge is known: its commitments, and what the response will be made of. */
export interface Branch {
  first: Point;
  second: Point;
  exponent: bigint;
  simulated: bigint; // its challenge; unused in the true branch
}

/** Encrypt a mark, 0 or 1. */
export function encrypt(key: Powers, mark: number, r: bigint): Ciphertext {
  const masked = key.of(r);
  const marked = masked.add(BASE);
  return { alpha: basePower(r), beta: mark === 1 ? marked : masked };
}

/** Commit to one branch for each value from low to high; `plaintext` is the true one. */
export function commit(key: Powers, plaintext: number, low: number, high: number, random: Randomness): Branch[] {
  const branches: Branch[] = [];
  for (let value = low; value <= high; value++) {
    const exponent = random.next();
    const simulated = random.next();
    const away = basePower(modQ(BigInt(value === plaintext ? 1 : plaintext - value) * simulated));
    const shift = value === plaintext ? IDENTITY : away;
    branches.push({ first: basePower(exponent), second: key.of(exponent).add(shift), exponent, simulated });
  }
  return branches;
}

/**
 * Answer the challenge of `prefix` and the commitments' texts (A0, B0, A1, B1, ...).
 * `r` is the randomness of the ciphertext, `index` the true branch.
 */
export function respond(
  prefix: string, commitments: readonly string[], branches: readonly Branch[], r: bigint, index: number,
): Proof[] {
  const others = branches.reduce((sum, branch, at) => (at === index ? sum : sum + branch.simulated), 0n);
  const own = modQ(challenge(prefix, commitments) - others);
  return branches.map((branch, at) => {
    const c = at === index ? own : branch.simulated;
    return { challenge: c, response: modQ(branch.exponent - r * c) };
  });
}
