/** Cutting the papers into screens: as many names a screen as the glass and the chosen letters allow, at least one. */
import type { Name, Paper } from "./papers.ts";

export interface Page {
  paper: number;
  part: "listed" | "forward";
  names: Name[];
}

type Cut = [paper: number, part: Page["part"], from: number, to: number];

/** Of the latest papers: where they were cut, and what that was measured for. */
let measured: { key: string; cuts: Cut[] } | null = null;

/**
 * Measure every name once and fill pages from the top. `draw` gives a page's elements, the names as `.person`; they
 * are laid out in `main`, whose height is what there is. Laying all names out takes longer than a frame, so it is done
 * again only where the glass or the `look`, on which the size of a name depends, has changed.
 */
export function paginate(
  papers: readonly Paper[], main: HTMLElement, look: string, draw: (page: Page) => HTMLElement[],
): Page[] {
  const key = JSON.stringify([main.clientWidth, main.clientHeight, look, papers]);
  if (measured?.key !== key) measured = { key, cuts: measure(papers, main, draw) };
  return measured.cuts.map(([paper, part, from, to]) =>
    ({ paper, part, names: namesOf(papers[paper], part).slice(from, to) }));
}

function namesOf(paper: Paper | undefined, part: Page["part"]): Name[] {
  return [...((part === "listed" ? paper?.listed : paper?.putForward) ?? [])];
}

function measure(papers: readonly Paper[], main: HTMLElement, draw: (page: Page) => HTMLElement[]): Cut[] {
  const cuts: Cut[] = [];
  papers.forEach((paper, at) => {
    for (const part of ["listed", "forward"] as const) {
      const names = namesOf(paper, part);
      if (names.length === 0) continue;
      main.replaceChildren(...draw({ paper: at, part, names }));
      const boxes = [...main.querySelectorAll<HTMLElement>(".person")].map((box) => box.getBoundingClientRect());
      const head = (boxes[0]?.top ?? 0) - main.getBoundingClientRect().top;
      const below = parseFloat(getComputedStyle(main).paddingBottom);
      for (const [from, to] of fill(boxes, main.clientHeight - head - below)) {
        cuts.push([at, part, from, to]);
      }
    }
  });
  return cuts;
}

/** Ranges [from, to) of boxes, each of which spans at most `height`, or is a single box. */
export function fill(boxes: readonly { top: number; bottom: number }[], height: number): [number, number][] {
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
