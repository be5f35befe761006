/** The review: every name with what was chosen and a Change button, names left open, and the one confirmation. */
import type { App } from "../app.ts";
import { button, h, p } from "../dom.ts";
import { sealWords } from "../disclosure.ts";
import { answerOf, kindWords, openNames, type Marks, type Meeting, type Name, type Paper } from "../papers.ts";
import type { State } from "../states.ts";
import { two } from "../words.ts";
import { NAMES } from "../voice.ts";
import { listen } from "./listen.ts";
import { signOf, type View } from "./view.ts";

const SHOWN = 12; // characters of a tracker, enough to find one among a room's

/** A tracker's first characters in groups of four. */
export function short(hash: string): string {
  return (hash.slice(0, SHOWN).match(/.{1,4}/g) ?? []).join(" ");
}

export function review(app: App, state: Extract<State, { at: "review" }>): View {
  const [meeting, marks, { say }] = [app.meeting as Meeting, app.marks as Marks, app];
  const open = openNames(meeting.papers, marks);
  const note = open > 0 && h("div.open-note", { role: "note" },
    p(say("review.open", { n: two(open) })), p(say("review.open.note")));
  const ready = state.hash !== null && app.phase === "open";
  const cast = button(say(app.room?.practice ? "review.cast.practice" : "review.cast"), () => void app.cast(), "primary cast", { "data-key": "cast" });
  const test = button(say("review.test"), () => app.presenter.confirmTest(app), "quiet", { "data-key": "test" });
  cast.disabled = test.disabled = !ready;
  const seal = state.hash === null ? say("review.sealing") : `${say("review.hash")}: ${sealWords(state.hash)}`;
  return {
    title: say("review.title"), small: true,
    body: [
      ...(note ? [note] : []),
      ...meeting.papers.map((paper, at) => section(app, meeting, marks, paper, at)),
      h("div.seal", {}, h("span", {}, seal), test),
    ],
    foot: [p(say("review.final"), "final"), cast],
  };
}

function section(app: App, meeting: Meeting, marks: Marks, paper: Paper, at: number): HTMLElement {
  const { say } = app;
  const number = meeting.papers.length > 1 ? `${say("paper.number", { n: at + 1, count: meeting.papers.length })} · ` : "";
  const head = h("h2", {}, `${number}${kindWords(paper, app.settings.language).heading}`, h("small", {}, paper.title));
  const rows = paper.listed.map((name) => row(app, name.name, ...chosen(app, marks, paper, name), name));
  for (const part of ["choices", "putForward"] as const) {
    const [names, first] = [paper[part], paper[part][0]];
    if (first === undefined) continue;
    const chosen = names.filter((name) => marks.has(name)).map((name) => name.name);
    const count = { n: chosen.length, max: marks.most(first) };
    const title = part === "choices" ? say("ballot.put_forward.count", count) : say("ballot.put_forward");
    const none = part === "choices" ? "review.choices.none" : "review.put_forward.none";
    rows.push(row(app, title, chosen.length > 0 ? "✓" : part === "choices" ? "" : "–", chosen.join(", ") || say(none), first));
  }
  return h("section.review", {}, head, h("ul", {}, ...rows));
}

function chosen(app: App, marks: Marks, paper: Paper, name: Name): [sign: string, words: string] {
  const words = answerOf(paper, marks.of(name.question), app.settings.language);
  return words === null ? ["", app.say("review.none")] : [signOf(paper, marks.of(name.question).indexOf(1)), words];
}

function row(app: App, title: string, sign: string, words: string, name: Name): HTMLElement {
  const change = button(app.say("review.change"), () => app.go({ at: "ballot", name, fromReview: true }), "", {
    "aria-label": app.say("review.change.of", { name: title }), "data-key": `change-${name.question}-${name.answer}`,
  });
  const choice = h("span.chosen", { className: sign ? "chosen" : "chosen none" },
    h("span.sign", { "aria-hidden": "true" }, sign || "–"), h("span", {}, words));
  const chosen = app.settings.voice === "choices" ? words : "";
  const aloud = listen(app, title, [[title, NAMES], [chosen, app.settings.language]]);
  return h("li", {}, h("strong", {}, title), choice, h("div.side", {}, aloud, change));
}
