/** The papers: one person or a short list a screen, as many as fit, with two answers of equal weight and no default. */
import type { App } from "../app.ts";
import { button, h, p } from "../dom.ts";
import { disagreeOf, openNames, type Marks, type Meeting, type Name, type Paper } from "../papers.ts";
import { measureAhead, pageOf, paginate, type Page } from "../pages.ts";
import type { State } from "../states.ts";
import { two, type Say } from "../words.ts";
import { voiceFor, NAMES } from "../voice.ts";
import { listen, speakChoice, spoken } from "./listen.ts";
import type { View } from "./view.ts";

/** Phrase 3: the card is accepted; how to vote. */
export function accepted(app: App): View {
  const meeting = app.meeting as Meeting;
  const start = (): void => app.go({ at: "ballot", name: firstName(meeting), fromReview: false });
  const words = ["accepted.how", "accepted.change", "welcome.secret"] as const;
  return {
    title: app.say("accepted.title", { count: two(meeting.papers.length) }),
    body: [...words.map((word) => p(app.say(word))), ...offer(app)],
    foot: [button(app.say("cancel"), () => app.leave()), button(app.say("accepted.start"), start, "primary")],
    shown: (main) => {
      const draw = (page: Page): HTMLElement[] => drawPage(app, meeting, app.marks as Marks, page, () => undefined);
      measureAhead(meeting.papers, main, JSON.stringify(app.settings), draw);
    },
  };
}

/** Names can be read aloud: offered here, and in the dialog on every screen. */
function offer(app: App): HTMLElement[] {
  if (voiceFor(NAMES) === null) return [];
  return [button(app.say("voice.offer"), () => app.shower.display(app), "quiet offer", { "data-key": "voice" })];
}

function firstName(meeting: Meeting): Name {
  return meeting.papers.flatMap((paper) => [...paper.listed, ...paper.putForward])[0] as Name;
}

/** The page that holds `state.name`. Pages follow from the size of the glass and of the letters. */
export function ballot(app: App, state: Extract<State, { at: "ballot" }>): View {
  const [meeting, marks] = [app.meeting as Meeting, app.marks as Marks];
  const progress = h("div.progress", { role: "status" });
  const foot = h("div.steps");
  const update = (): void => {
    const n = openNames(meeting.papers, marks);
    progress.lastChild!.textContent = n > 0 ? app.say("ballot.open", { n: two(n) }) : app.say("ballot.complete");
  };
  const draw = (page: Page): HTMLElement[] => drawPage(app, meeting, marks, page, update);
  return {
    title: "", small: true, body: [], foot: [progress, foot],
    shown: (main) => {
      foot.append(...steps(app, state, [], 0)); // as tall as it will be, before measuring
      progress.append(h("b", {}, "1"), h("span", {}, app.say("ballot.open", { n: "00" })));
      const pages = paginate(meeting.papers, main, JSON.stringify(app.settings), draw);
      const at = pageOf(pages, state.name);
      main.replaceChildren(...draw(pages[at] as Page));
      foot.replaceChildren(...steps(app, state, pages, at));
      progress.firstChild!.textContent = app.say("ballot.page", { n: at + 1, count: pages.length });
      update();
      main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    },
  };
}

function steps(app: App, state: Extract<State, { at: "ballot" }>, pages: Page[], at: number): HTMLElement[] {
  const to = (page: Page | undefined): void => {
    if (page !== undefined) app.go({ at: "ballot", name: page.names[0] as Name, fromReview: false });
  };
  const review = (word: "ballot.review" | "ballot.to_review"): HTMLElement =>
    button(app.say(word), () => void app.review(), "primary", { "data-key": "next" });
  if (state.fromReview) return [review("ballot.to_review")];
  const back = button(app.say("ballot.previous"), () => to(pages[at - 1]), "", { "data-key": "previous" });
  if (at === 0) back.classList.add("absent");
  back.disabled = at === 0;
  const next = button(app.say("ballot.next"), () => to(pages[at + 1]), "primary", { "data-key": "next" });
  return [back, at >= pages.length - 1 && pages.length > 0 ? review("ballot.review") : next];
}

function drawPage(app: App, meeting: Meeting, marks: Marks, page: Page, update: () => void): HTMLElement[] {
  const paper = meeting.papers[page.paper] as Paper;
  const head = h("div.paper-head", {}, ...heading(app.say, meeting, page, paper));
  const changed = (name: Name): void => {
    app.changed(name);
    update();
  };
  if (page.part === "forward") return [head, ...forward(app, paper, page.names, marks, changed)];
  const first = paper.listed.indexOf(page.names[0] as Name);
  return [head, ...page.names.map((name, at) => person(app, paper, name, first + at + 1, marks, changed))];
}

function heading(say: Say, meeting: Meeting, page: Page, paper: Paper): HTMLElement[] {
  const count = meeting.papers.length;
  const number = count > 1 ? `${say("paper.number", { n: page.paper + 1, count })} · ` : "";
  const title = say("paper.title", { title: paper.title }) + (paper.unit ? ` – ${paper.unit}` : "");
  const term = meeting.term ? [", ", h("span.whole", {}, say("paper.term", { term: meeting.term }))] : [];
  const first = paper.putForward[0];
  const what = page.part === "forward" && first !== undefined ? say("ballot.put_forward")
    : say(paper.kind === "remove" ? "ballot.instruction.remove" : "ballot.instruction");
  return [
    h("h1", { tabIndex: -1, className: `small kind-${paper.kind}` }, number + say(`paper.${paper.kind}`)),
    h("p.paper-title", {}, title, ...term), p(what, page.part === "forward" ? "part-title" : "hint"),
  ];
}

/** One listed name with its two answers, as a group of radio buttons. */
function person(
  app: App, paper: Paper, name: Name, number: number, marks: Marks, changed: (name: Name) => void,
): HTMLElement {
  const { say } = app;
  const kind = paper.kind === "remove" ? ".remove" : "";
  const label = `name-${name.question}-${name.answer}`;
  const clear = button(say("ballot.clear"), () => {
    marks.clear(name);
    for (const input of choices.querySelectorAll("input")) input.checked = false;
    clear.classList.add("absent");
    choices.querySelector("input")?.focus();
    changed(name);
  }, "quiet clear", { "aria-label": say("ballot.clear.of", { name: name.name }) });
  if (marks.isOpen(name)) clear.classList.add("absent");
  const option = (word: "agree" | "disagree", answer: number): HTMLElement => {
    const words = say(`ballot.${word}${kind}` as never);
    const input = h("input", {
      type: "radio", name: label, checked: marks.has(name, answer), "data-key": `${label}-${word}`,
      onchange: () => {
        marks.choose(name, answer);
        clear.classList.remove("absent");
        speakChoice(app, words);
        changed(name);
      },
    });
    const sign = h("span.sign", { "aria-hidden": "true" }, word === "agree" ? "✓" : "✕");
    return h("label.choice", {}, input, sign, h("span", {}, words));
  };
  const choices = h("div.choices", { role: "radiogroup", "aria-labelledby": label },
    option("agree", name.answer), option("disagree", disagreeOf(name)));
  const who = h("div.who", { id: label }, h("strong", {}, `${number}. ${name.name}`), details(say, name));
  const side = h("div.side", {}, listen(app, name.name, spoken(name)), clear);
  return h("section.person", {}, who, side, choices);
}

export function details(say: Say, name: Name): HTMLElement {
  const born = name.born ? say("ballot.born", { born: name.born }) : "";
  return h("span.details", {}, [born, name.position, name.note].filter(Boolean).join(" · "));
}

/** Names to put forward: check boxes, up to the question's most. */
function forward(
  app: App, paper: Paper, names: Name[], marks: Marks, changed: (name: Name) => void,
): HTMLElement[] {
  const { say } = app;
  const first = paper.putForward[0] as Name;
  const max = marks.most(first);
  const count = h("p.hint", { role: "status" });
  const tell = (refused: boolean): void => {
    const n = marks.count(first.question);
    count.textContent = refused ? say("ballot.put_forward.full", { max: two(max) })
      : `${say("ballot.put_forward.max", { max: two(max) })} ${say("ballot.put_forward.count", { n, max })}`;
    count.classList.toggle("refused", refused);
  };
  const row = (name: Name): HTMLElement => {
    const input = h("input", {
      type: "checkbox", checked: marks.has(name), "data-key": `put-${name.question}-${name.answer}`,
      onchange: () => {
        const taken = marks.toggle(name);
        input.checked = marks.has(name);
        tell(!taken);
        if (taken) changed(name);
      },
    });
    const who = h("span.who", {}, h("strong", {}, name.name), details(say, name));
    const label = h("label.choice.person", {}, input, h("span.sign", { "aria-hidden": "true" }, "✓"), who);
    const aloud = listen(app, name.name, spoken(name));
    return aloud === null ? label : h("div.aloud", {}, label, aloud);
  };
  tell(false);
  return [count, ...names.map(row)];
}
