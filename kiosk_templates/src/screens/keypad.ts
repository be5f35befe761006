/** The card's code by touch: four groups, 5-6-5-6, and a key for each of the 58 characters. */
import type { App } from "../app.ts";
import { ALPHABET, CARD_LENGTH, groupAt, GROUPS, groups } from "../crypto/codes.ts";
import { button, h, p } from "../dom.ts";
import type { View } from "./view.ts";

const ROWS = [/[1-9]/, /[A-Z]/, /[a-z]/];

export function keypad(app: App): View {
  const { say } = app;
  const type = (text: string): void => {
    app.typed = text.slice(0, CARD_LENGTH);
    app.note = null;
    app.refresh();
  };
  const rows = ROWS.map((row) => h("div.keys", { role: "group" }, ...[...ALPHABET].filter((char) => row.test(char))
    .map((char) => button(char, () => type(app.typed + char), "key", { "data-key": `key-${char}` }))));
  const remove = button(say("keypad.delete"), () => type(app.typed.slice(0, -1)), "", { "data-key": "delete" });
  const clear = button(say("keypad.clear"), () => type(withoutLastGroup(app.typed)), "", { "data-key": "clear" });
  const enter = button(say("keypad.enter"), () => check(app), "primary", { "data-key": "enter" });
  const cancel = button(say("cancel"), () => app.leave(), "", { "data-key": "cancel" });
  return {
    title: say("keypad.title"), small: true,
    body: [p(say("keypad.hint"), "hint"), shown(app), h("div.keyboard", {}, ...rows), h("div.tools", {}, remove, clear)],
    foot: [cancel, enter],
  };
}

function shown(app: App): HTMLElement {
  const active = groupAt(Math.min(app.typed.length, CARD_LENGTH - 1));
  const fields = groups(app.typed).map((group, at) => h(
    "span.group", { className: at === active ? "group active" : "group" },
    h("small", {}, app.say("keypad.group", { n: at + 1 })),
    h("b", {}, group.padEnd(GROUPS[at] as number, "·")),
  ));
  return h("div.groups", { "aria-live": "polite" }, ...fields);
}

export function withoutLastGroup(typed: string): string {
  const group = groupAt(Math.max(typed.length - 1, 0));
  return groups(typed).slice(0, group).join("");
}

/** Say which group is short, or ask whether the card belongs. */
function check(app: App): void {
  const short = groups(app.typed).findIndex((group, at) => group.length < (GROUPS[at] as number));
  if (short < 0) return void app.card([app.typed], true);
  const missing = (GROUPS[short] as number) - (groups(app.typed)[short] as string).length;
  app.remark({ word: "keypad.short", values: { n: short + 1, missing } });
}
