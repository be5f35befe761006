/** The papers: one person or a short list a screen, as many as fit, with answers of equal weight and no default. */
import type { App } from "../app.ts";
import { button, h, p } from "../dom.ts";
import { asks, kindWords, openNames, type Marks, type Meeting, type Name, type Paper } from "../papers.ts";
import { measureAhead, pageOf, paginate, type Page } from "../pages.ts";
import { KINDS } from "../shared.ts";
import { fill, two, type Language, type Say } from "../words.ts";
import { listen, speakChoice, spoken } from "./listen.ts";
import { CAUGHT, Turning, type AtBallot } from "./turning.ts";
import { signOf, type View } from "./view.ts";

/** Lay the names out before anybody needs them: while a card is being looked for. */
export function layOutAhead(app: App, main: HTMLElement): void {
  const { meeting } = app;
  if (meeting === null) return;
  const draw = (page: Page): HTMLElement[] => drawPage(app, meeting, app.blank(), page, () => undefined);
  measureAhead(meeting.papers, main, JSON.stringify(app.settings), draw);
}

/** The page that holds `state.name`. Pages follow from the size of the screen and of the letters. */
export function ballot(app: App, state: AtBallot): View {
  const [meeting, marks] = [app.meeting as Meeting, app.marks as Marks];
  const progress = h("div.progress", { role: "status", id: "progress" });
  const foot = h("div.steps");
  const draw = (page: Page, act = (): void => undefined): HTMLElement[] => drawPage(app, meeting, marks, page, act);
  let turning: Turning | null = null;
  return {
    title: "", small: true, body: [], foot: [progress, foot],
    left: () => turning?.stop(),
    shown: (main) => {
      foot.append(...steps(app, state, [], 1)); // as tall as it will be, before measuring
      progress.append(h("b", {}, "1"), h("span", {}, app.say("ballot.open", { n: "00" })));
      const pages = paginate(meeting.papers, main, JSON.stringify(app.settings), draw);
      const at = pageOf(pages, state.name);
      const [page, next] = [pages[at] as Page, pages[at + 1]];
      const turns = page.part === "listed" && next !== undefined;
      turning = new Turning(app, state, () => !page.names.some((name) => marks.isOpen(name)),
        turns ? () => toPage(app, next, true) : null);
      const tell = (): void => {
        const first = at === 0 && marks.isBlank();
        progress.lastChild!.textContent = first ? accepted(app, meeting) : openWords(app.say, meeting, marks);
        foot.querySelector("[data-key=cancel]")?.classList.toggle("absent", !first);
      };
      main.replaceChildren(...draw(page, () => {
        tell();
        turning?.arm();
      }));
      foot.replaceChildren(...steps(app, state, pages, at));
      progress.firstChild!.textContent = app.say("ballot.page", { n: at + 1, count: pages.length });
      tell();
      turning.watch(main);
      const heading = main.querySelector<HTMLElement>("h1");
      heading?.setAttribute("aria-describedby", progress.id);
      heading?.focus({ preventScroll: true });
    },
  };
}

/** Phrase 3, until something is chosen. */
function accepted(app: App, meeting: Meeting): string {
  return app.say("ballot.accepted", { count: two(meeting.papers.length) });
}

function openWords(say: Say, meeting: Meeting, marks: Marks): string {
  const n = openNames(meeting.papers, marks);
  return n > 0 ? say("ballot.open", { n: two(n) }) : say("ballot.complete");
}

function toPage(app: App, page: Page | undefined, turned = false): void {
  if (page !== undefined) app.go({ at: "ballot", name: page.names[0] as Name, fromReview: false, turned });
}

function steps(app: App, state: AtBallot, pages: Page[], at: number): HTMLElement[] {
  const review = (word: "ballot.review" | "ballot.to_review"): HTMLButtonElement =>
    button(app.say(word), () => void app.review(), "primary", { "data-key": "next" });
  if (state.fromReview) return [review("ballot.to_review")];
  const back = at === 0 ? button(app.say("cancel"), () => app.leave(), "", { "data-key": "cancel" })
    : button(app.say("ballot.previous"), () => toPage(app, pages[at - 1]), "", { "data-key": "previous" });
  const next = at >= pages.length - 1 ? review("ballot.review")
    : button(app.say("ballot.next"), () => toPage(app, pages[at + 1]), "primary", { "data-key": "next" });
  next.disabled = state.turned === true;
  if (next.disabled && pages.length > 0) window.setTimeout(() => (next.disabled = state.turned = false), CAUGHT);
  return [back, next];
}

function drawPage(app: App, meeting: Meeting, marks: Marks, page: Page, update: () => void): HTMLElement[] {
  const paper = meeting.papers[page.paper] as Paper;
  const head = h("div.paper-head", {}, ...heading(app.say, app.settings.language, meeting, page, paper, marks.most(page.names[0] as Name)));
  const changed = (name: Name): void => {
    app.changed(name);
    update();
  };
  if (page.part !== "listed") return [head, ...list(app, paper, page, marks, changed)];
  const first = paper.listed.indexOf(page.names[0] as Name);
  return [head, ...page.names.map((name, at) => person(app, paper, name, first + at + 1, marks, changed))];
}

function heading(
  say: Say, language: Language, meeting: Meeting, page: Page, paper: Paper, most: number,
): HTMLElement[] {
  const count = meeting.papers.length;
  const number = count > 1 ? `${say("paper.number", { n: page.paper + 1, count })} · ` : "";
  const title = say("paper.title", { title: paper.title }) + (paper.unit ? ` – ${paper.unit}` : "");
  const term = paper.term ? [", ", h("span.whole", {}, say("paper.term", { term: paper.term }))] : [];
  const words = kindWords(paper, language);
  const forward = page.part === "putForward";
  const what = forward ? say("ballot.put_forward") : fill(words.instruction, { most: two(most) });
  return [
    h("h1", { tabIndex: -1, className: `small hands-on-${KINDS[paper.kind].handsOn}` }, number + words.heading),
    h("p.paper-title", {}, title, ...term), p(what, forward ? "part-title" : "hint"),
  ];
}

/** One listed name with its answers, as a group of radio buttons: all of one size, whatever they say. */
function person(
  app: App, paper: Paper, name: Name, number: number, marks: Marks, changed: (name: Name) => void,
): HTMLElement {
  const { say } = app;
  const label = `name-${name.question}-${name.answer}`;
  const clear = button(say("ballot.clear"), () => {
    marks.clear(name);
    for (const input of choices.querySelectorAll("input")) input.checked = false;
    clear.classList.add("absent");
    choices.querySelector("input")?.focus();
    changed(name);
  }, "quiet clear", { "aria-label": say("ballot.clear.of", { name: name.name }) });
  if (marks.isOpen(name)) clear.classList.add("absent");
  const option = (words: string, answer: number): HTMLElement => {
    const input = h("input", {
      type: "radio", name: label, checked: marks.has(name, answer), "data-key": `${label}-${answer}`,
      onchange: () => {
        marks.choose(name, answer);
        clear.classList.remove("absent");
        speakChoice(app, words);
        changed(name);
      },
    });
    const sign = h("span.sign", { "aria-hidden": "true" }, signOf(paper, answer));
    return h("label.choice", {}, input, sign, h("span", {}, words));
  };
  const choices = h("div", { className: `choices ${asks(paper.kind)}`, role: "radiogroup", "aria-labelledby": label },
    ...kindWords(paper, app.settings.language).answers.map(option));
  const who = h("div.who", { id: label }, h("strong", {}, `${number}. ${name.name}`), details(say, name));
  const side = h("div.side", {}, listen(app, name.name, spoken(name)), clear);
  return h("section.person", {}, who, side, choices);
}

export function details(say: Say, name: Name): HTMLElement {
  const born = name.born ? say("ballot.born", { born: name.born }) : "";
  return h("span.details", {}, [born, name.position, name.note].filter(Boolean).join(" · "));
}

/** Names of a list to choose from: check boxes, up to the question's most, and how many are left to choose. */
function list(
  app: App, paper: Paper, { part, names }: Page, marks: Marks, changed: (name: Name) => void,
): HTMLElement[] {
  const { say } = app;
  const [all, first] = [paper[part], names[0] as Name];
  const max = marks.most(first);
  const count = h("p.hint", { role: "status" });
  const tell = (refused: boolean): void => {
    const n = marks.count(first.question);
    const left = part === "choices" && (n < max ? say("ballot.choices.left", { n: two(max - n) }) : say("ballot.choices.all"));
    count.textContent = refused ? say("ballot.put_forward.full", { max: two(max) })
      : `${left || say("ballot.put_forward.max", { max: two(max) })} ${say("ballot.put_forward.count", { n, max })}`;
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
    const number = part === "choices" ? `${all.indexOf(name) + 1}. ` : "";
    const who = h("span.who", {}, h("strong", {}, number + name.name), details(say, name));
    const label = h("label.choice.person", {}, input, h("span.sign", { "aria-hidden": "true" }, "✓"), who);
    const aloud = listen(app, name.name, spoken(name));
    return aloud === null ? label : h("div.aloud", {}, label, aloud);
  };
  tell(false);
  return [count, ...names.map(row)];
}
