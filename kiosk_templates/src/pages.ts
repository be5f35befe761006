/** Cut the papers into pages: as many names a page as the screen and the chosen letters allow, at least one. */
import { h } from "./dom.ts";
import type { Name, Paper, Part as PaperPart } from "./papers.ts";

export interface Page {
  paper: number;
  part: PaperPart;
  names: Name[];
}

type Box = Pick<DOMRect, "top" | "bottom">;
type Part = [paper: number, part: Page["part"], boxes: Box[], head: number];
type Draw = (page: Page) => HTMLElement[];

const SLICE = 2; // names that are drawn and laid out in one task, well within a frame

/** Of the latest papers: how tall names and heads are, and what that was measured for. */
let measured: { key: string; parts: Part[] } | null = null;

/**
 * Measure every name once and fill pages from the top. `draw` gives a page's elements, the names as `.person`; they
 * are laid out in `main`, whose height is what there is. Laying all names out takes longer than a frame, so it is done
 * again only where the screen or the `look`, on which the size of a name depends, has changed.
 */
export function paginate(papers: readonly Paper[], main: HTMLElement, look: string, draw: Draw): Page[] {
  const key = keyOf(papers, main, look);
  if (measured?.key !== key) {
    const steps = measure(papers, main, draw);
    let step = steps.next();
    while (!step.done) step = steps.next();
    measured = { key, parts: step.value };
  }
  const below = parseFloat(getComputedStyle(main).paddingBottom);
  return measured.parts.flatMap(([paper, part, boxes, head]) => fill(boxes, main.clientHeight - head - below)
    .map(([from, to]) => ({ paper, part, names: namesOf(papers[paper], part).slice(from, to) })));
}

/** Measure ahead, a few names at a time, on a stage as wide as `main` that nobody sees or hears. */
export function measureAhead(papers: readonly Paper[], main: HTMLElement, look: string, draw: Draw): void {
  const key = keyOf(papers, main, look);
  if (measured?.key === key) return;
  const stage = h("div", { className: "main stage", inert: true, "aria-hidden": "true" });
  main.parentElement?.append(stage);
  const steps = measure(papers, stage, draw);
  const go = (): void => {
    if (!stage.isConnected) return;
    const step = steps.next();
    if (!step.done) return void window.setTimeout(go);
    measured = { key, parts: step.value };
    stage.remove();
  };
  window.setTimeout(go);
}

function keyOf(papers: readonly Paper[], main: HTMLElement, look: string): string {
  return JSON.stringify([main.clientWidth, window.innerHeight, look, papers]);
}

function namesOf(paper: Paper | undefined, part: Page["part"]): Name[] {
  return [...(paper?.[part] ?? [])];
}

/** Lay out one part after the other, some names at each step. */
function* measure(papers: readonly Paper[], main: HTMLElement, draw: Draw): Generator<void, Part[]> {
  const parts: Part[] = [];
  for (const [paper, of] of papers.entries()) {
    for (const part of ["listed", "choices", "putForward"] as const) {
      const names = of[part];
      if (names.length === 0) continue;
      main.replaceChildren();
      for (let from = 0; from < names.length; from += SLICE) {
        const drawn = draw({ paper, part, names: names.slice(from, from + SLICE) });
        main.append(...(from === 0 ? drawn : drawn.slice(-Math.min(SLICE, names.length - from))));
        main.getBoundingClientRect(); // lays out what is new
        yield;
      }
      const boxes = [...main.querySelectorAll<HTMLElement>(".person")].map((box) => box.getBoundingClientRect());
      parts.push([paper, part, boxes, (boxes[0]?.top ?? 0) - main.getBoundingClientRect().top]);
    }
  }
  return parts;
}

/** Ranges [from, to) of boxes, each of which spans at most `height`, or is a single box. */
export function fill(boxes: readonly Box[], height: number): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  for (let at = 1; at <= boxes.length; at++) {
    const [first, box] = [boxes[from], boxes[at]];
    if (box === undefined || first === undefined || box.bottom - first.top > height) {
      ranges.push([from, at]);
      from = at;
    }
  }
  return ranges;
}

/** Number of the page that holds a name. */
export function pageOf(pages: readonly Page[], name: Name): number {
  return Math.max(0, pages.findIndex((page) => page.names.includes(name)));
}
