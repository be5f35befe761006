/** After the touch on "Bỏ phiếu": sending, the receipt, or the truth about what became of the ballot. */
import { encodeQR } from "qr";
import type { App } from "../app.ts";
import { counts } from "../casting.ts";
import { button, h, p, squares } from "../dom.ts";
import { sealWords, testParts } from "../disclosure.ts";
import type { State } from "../states.ts";
import { isWord } from "../words.ts";
import { short } from "./review.ts";
import type { View } from "./view.ts";

type At<K extends State["at"]> = Extract<State, { at: K }>;

export function casting(app: App, { attempt }: At<"casting">): View {
  const again = attempt > 1 ? [p(app.say("casting.again", { n: attempt }), "again"), p(app.say("casting.once"))] : [];
  const bar = h("div.waiting-bar", { role: "progressbar", "aria-label": app.say("casting.title") }, h("i"));
  return { title: app.say("casting.title"), body: [p(app.say("casting.wait")), bar, ...again] };
}

export function done(app: App, { tracker }: At<"done">): View {
  const practice = app.room?.practice === true;
  const code = squares(encodeQR(tracker, "raw", { border: 2, ecc: "medium" }), tracker);
  return {
    title: app.say(practice ? "done.practice" : "done.title"),
    body: [
      practice ? h("div.trial", {}, app.say("done.trial")) : h("div.tick", { "aria-hidden": "true" }, "✓"),
      h("div.tracker", {}, code, h("div", {}, p(app.say("done.tracker")), h("b.mono", {}, short(tracker)))),
      p(app.say("done.kept")),
      p(app.say("done.clear", { seconds: app.is.seconds ?? 0 }), "countdown"),
    ],
    foot: [button(app.say("done.button"), () => app.leave(), "primary")],
  };
}

/** No receipt: what happened, and above all whether the ballot counts. */
export function stopped(app: App, { code, recorded, sealed }: At<"stopped">): View {
  const { say } = app;
  const word = `stopped.${code}`;
  const verdict = counts(code, recorded);
  const unknown = recorded === null && sealed !== null;
  return {
    title: say(isWord(word) ? word : "stopped.fault"),
    body: [
      h("div.verdict", { className: `verdict ${verdict.replace(".", "-")}`, role: "alert" }, say(verdict)),
      ...(verdict === "counts.unknown" ? [] : [p(say("stopped.ask"))]),
      ...(unknown ? [h("div.tracker", {}, h("div", {}, p(say("stopped.tracker")), h("b.mono", {}, short(sealed.tracker))))] : []),
      p(say("stopped.code", { code }), "codes"),
    ],
    foot: [
      button(say("stopped.done"), () => app.leave(), unknown ? "" : "primary"),
      ...(unknown ? [button(say("stopped.again"), () => void app.send(sealed), "primary")] : []),
    ],
  };
}

/** The ballot opened instead of cast, as codes for the test page on a second device. */
export function test(app: App, { ballot, counted }: At<"test">): View {
  const report = counted === null ? "test.counting" : counted ? "test.counted" : "test.uncounted";
  const parts = testParts(ballot);
  const codes = parts.map((part, at) => {
    const label = app.say("test.part", { n: at + 1, count: parts.length });
    return h("figure.part", {}, squares(encodeQR(part, "raw", { border: 2, ecc: "low" }), label), h("figcaption", {}, label));
  });
  return {
    title: app.say("test.title"), small: true,
    body: [
      p(app.say("test.text")), h("b.mono", {}, `${app.say("review.hash")}: ${sealWords(ballot.hash)}`),
      h("div.parts", {}, ...codes), p(app.say("test.card")), p(app.say(report), counted === null ? "report waiting" : "report"),
    ],
    foot: [button(app.say("test.done"), () => app.leave(), "primary")],
  };
}
