import assert from "node:assert/strict";
import { test } from "node:test";
import { isTestCard } from "@front/crypto/codes.ts";

test("a test card is known by how it begins, with dashes or without", () => {
  for (const code of ["THETHU2222222222222222", "THETH-U22222-22222-222222", " THETHU22 "]) assert.ok(isTestCard(code), code);
  for (const code of ["sCCfKiZSbctUumUuCqMhYa", "thethu2222222222222222", "2THETHU222222222222222", ""]) assert.ok(!isTestCard(code), code);
});
