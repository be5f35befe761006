import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, basePower, IDENTITY, Q } from "@front/crypto/group.ts";
import { Powers } from "@front/crypto/powers.ts";
import { freshScalar } from "@front/crypto/randomness.ts";

const key = BASE.multiply(freshScalar());
const powers = new Powers(key);

test("zero, one, and the ends of every window", () => {
  assert.ok(powers.of(0n).equals(IDENTITY));
  assert.ok(powers.of(1n).equals(key));
  for (let bit = 0n; bit < 252n; bit++) {
    for (const n of [1n << bit, (1n << bit) - 1n, (1n << bit) + 1n, Q - (1n << bit)]) {
      assert.ok(powers.of(n).equals(key.multiplyUnsafe(n)), String(n));
    }
  }
});

test("every digit of a low and a high window, for even numbers and for odd ones", () => {
  for (let digit = 0n; digit < 256n; digit++) {
    for (const n of [digit << 9n, (digit << 9n) + 511n, (digit << 241n) + 256n, (digit << 241n) + (257n << 232n) + 1n]) {
      assert.ok(powers.of(n % Q).equals(key.multiplyUnsafe(n % Q)), String(n));
    }
  }
});

test("what @noble/curves says of random numbers", () => {
  for (let round = 0; round < 50; round++) {
    const n = freshScalar();
    assert.ok(powers.of(n).equals(key.multiply(n)));
    assert.ok(basePower(n).equals(BASE.multiply(n)));
  }
});

test("a sum of powers is the power of the sum, as the proofs count on", () => {
  const [a, b] = [freshScalar(), freshScalar()];
  assert.ok(powers.of(a).add(powers.of(b)).equals(powers.of((a + b) % Q)));
  assert.ok(powers.of(a).add(powers.of(Q - a)).equals(IDENTITY));
});

for (const wrong of [-1n, Q, Q + 1n, 1n << 253n, 1n << 256n, (1n << 256n) + 1n]) {
  test(`never a wrong power of what is no number below q: ${wrong}`, () => {
    assert.throws(() => powers.of(wrong), RangeError);
    assert.throws(() => basePower(wrong), RangeError);
  });
}
