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

test("every digit of a window, with and without a carry", () => {
  for (let digit = 0n; digit < 256n; digit++) {
    for (const n of [digit << 8n, (digit << 8n) + 255n, (digit << 240n) + 128n, (digit << 240n) + (129n << 232n)]) {
      assert.ok(powers.of(n).equals(key.multiplyUnsafe(n % Q)), String(n));
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
