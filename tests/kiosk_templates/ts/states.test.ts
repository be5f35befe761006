import assert from "node:assert/strict";
import test from "node:test";
import { PROPERTIES, secondsOf, type Properties, type State } from "@front/states.ts";

// By hand, as the front end's own table is: which states have a property.
const ALL: State["at"][] = [
  "starting", "enrol", "waiting", "welcome", "camera", "keypad", "ballot", "review", "test", "casting", "done", "stopped",
];
const EXPECTED: Record<keyof Omit<Properties, "seconds" | "watched">, State["at"][]> = {
  followsRoom: ["starting", "waiting", "welcome"],
  takesCard: ["welcome", "camera", "keypad"],
  typesCard: ["keypad"],
  holdsVoter: ["ballot", "review"],
  endsWithBox: ["camera", "keypad", "ballot", "review"],
  redrawn: ALL.filter((at) => at !== "enrol"),
};

test("every state has its properties, and no other has them", () => {
  assert.deepEqual(Object.keys(PROPERTIES).sort(), [...ALL].sort());
  for (const [name, states] of Object.entries(EXPECTED)) {
    assert.deepEqual(ALL.filter((at) => PROPERTIES[at][name as keyof typeof EXPECTED]), states, name);
  }
});

test("whoever left the tablet is cleared away, and so is what somebody set before a card", () => {
  assert.deepEqual(ALL.filter((at) => PROPERTIES[at].watched === true), ["camera", "keypad", "ballot", "review", "test"]);
  assert.deepEqual(ALL.filter((at) => PROPERTIES[at].watched === "when set"), ["welcome"]);
});

test("the receipt and a refusal end by themselves, an unknown outcome stays", () => {
  assert.deepEqual(ALL.filter((at) => PROPERTIES[at].seconds !== null), ["done", "stopped"]);
  const stopped = { at: "stopped", code: "no_answer", sealed: null } as const;
  assert.equal(secondsOf({ at: "done", tracker: "" }), 60);
  assert.equal(secondsOf({ ...stopped, recorded: false }), 121);
  assert.equal(secondsOf({ ...stopped, recorded: null }), null);
});

test("what holds a voter, and what only waits for a card, is watched", () => {
  for (const at of ALL) if (PROPERTIES[at].holdsVoter || PROPERTIES[at].endsWithBox) assert.ok(PROPERTIES[at].watched, at);
});
