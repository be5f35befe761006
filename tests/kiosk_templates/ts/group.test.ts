import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, decodePoint, decodeScalar, encodePoint, Point, Q } from "@front/crypto/group.ts";

const text = encodePoint(BASE.multiply(7n));
const torsion = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"); // order 8

test("the base point is spelled as RFC 8032's bytes reversed", () => {
  assert.equal(encodePoint(BASE), "66".repeat(31) + "58");
});

test("a point survives being written and read", () => {
  assert.ok(decodePoint(text).equals(BASE.multiply(7n)));
});

const bad: Record<string, string> = {
  "capital letters": text.toUpperCase(),
  "a digit too few": text.slice(1),
  "a digit too many": "0" + text,
  "a space": " " + text,
  "the prefix 0x": "0x" + text.slice(2),
  "the identity": "0".repeat(63) + "1",
  "the identity with a sign": "8" + "0".repeat(62) + "1",
  "y not reduced": "7" + "f".repeat(61) + "ee",
  "not on the curve": "0".repeat(63) + "2",
  "empty": "",
};
for (const [why, wrong] of Object.entries(bad)) {
  test(`a point is refused: ${why}`, () => assert.throws(() => decodePoint(wrong), { name: "Refused" }));
}

test("all seven torsion translates of a point are refused", () => {
  let small = torsion;
  for (let n = 1; n < 8; n++, small = small.add(torsion)) {
    assert.ok(!small.is0());
    assert.throws(() => decodePoint(encodePoint(BASE.multiply(7n).add(small))), { name: "Refused" });
  }
});

for (const wrong of ["", "00", "01", "-1", "+1", "0x1", " 1", "1 ", "1e3", String(Q), "9".repeat(77)]) {
  test(`a number is refused: ${JSON.stringify(wrong).slice(0, 20)}`, () => {
    assert.throws(() => decodeScalar(wrong), { name: "Refused" });
  });
}

test("the largest number below q is read", () => assert.equal(decodeScalar(String(Q - 1n)), Q - 1n));
