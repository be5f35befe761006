import assert from "node:assert/strict";
import { test } from "node:test";
import { derive, mistypedGroup, normalise } from "@front/crypto/cards.ts";
import { groupAt, groups } from "@front/crypto/codes.ts";
import { withoutLastGroup } from "@front/screens/keypad.ts";
import { read } from "./vectors.ts";

for (const [folder, uuid, list] of [
  ["3x2", "3NGX6NdhdXaBGB", "public_creds.with_ids.json"], ["per-candidate-10x10", "KXUBtmaKRXnkFv", "public_creds.json"],
] as const) {
  test(`the cards of ${folder} give the public credentials that belenios-tool derived`, () => {
    const cards = JSON.parse(read(folder, "private_creds.json").toString()) as Record<string, string>;
    const list_ = (JSON.parse(read(folder, list).toString()) as string[]).map((one) => one.split(",,"));
    const known = Object.fromEntries(list_.map(([credential, rest]) => [rest!.replace(/^1,/, "").split(",").at(-1), credential]));
    for (const [id, card] of Object.entries(cards)) assert.equal(derive(card, uuid).credential, known[id]);
  });
}

test("a card is read with and without dashes and spaces", () => {
  for (const text of ["sCCfK-iZSbct-UumUu-CqMhYa", "sCCfKiZSbctUumUuCqMhYa", " sCCfK iZSbct UumUu CqMhYa\n"]) {
    assert.equal(normalise(text), "sCCfKiZSbctUumUuCqMhYa");
  }
});

for (const wrong of ["", "sCCfKiZSbctUumUuCqMhY", "sCCfKiZSbctUumUuCqMhYaa", "0CCfKiZSbctUumUuCqMhYa", "sCCfKiZSbctUumUuCqMhYl", "ưCCfKiZSbctUumUuCqMhYa"]) {
  test(`a card is refused: ${wrong || "nothing"}`, () => assert.throws(() => normalise(wrong), { name: "Refused" }));
}

test("the four groups are 5-6-5-6", () => {
  assert.deepEqual(groups("sCCfKiZSbctUumUuCqMhYa"), ["sCCfK", "iZSbct", "UumUu", "CqMhYa"]);
  assert.deepEqual([0, 4, 5, 10, 11, 15, 16, 21].map(groupAt), [0, 0, 1, 1, 2, 2, 3, 3]);
  assert.deepEqual(["sCCfKiZ", "sCCfK", "s", ""].map(withoutLastGroup), ["sCCfK", "", "", ""]);
});

test("a mistyped character or a swap is traced to its group, two are not", () => {
  const uuid = "KXUBtmaKRXnkFv";
  const own = derive("sCCfKiZSbctUumUuCqMhYa", uuid).credential;
  const find = (text: string): number | null => mistypedGroup(text, uuid, (one) => one === own);
  assert.equal(find("tCCfKiZSbctUumUuCqMhYa"), 0);
  assert.equal(find("sCCfKiZSbctUumUuCqMhYb"), 3);
  assert.equal(find("sCCfKiZbSctUumUuCqMhYa"), 1);
  assert.equal(find("tCCfKiZSbctUumUuCqMhYb"), null);
});
