/** Cutting the papers into screens: as many names a screen as the glass and the chosen letters allow, at least one. */
import type { Name, Paper } from "./papers.ts";

export interface Page {
  paper: number;
  part: "listed" | "forward";
  names: Name[];
}

/**
 * Measure every name once and fill pages from the top. `draw` gives a page's elements, the names as `.person`; they
 * are laid out in `main`, whose height is what there is.
 */
export function paginate(papers: readonly Paper[], main: HTMLElement, draw: (page: Page) => HTMLElement[]): Page[] {
  const pages: Page[] = [];
  papers.forEach((paper, at) => {
    for (const [part, names] of [["listed", paper.listed], ["forward", paper.putForward]] as const) {
      if (names.length === 0) continue;
      const whole: Page = { paper: at, part, names: [...names] };
      main.replaceChildren(...draw(whole));
      const boxes = [...main.querySelectorAll<HTMLElement>(".person")].map((box) => box.getBoundingClientRect());
      const head = (boxes[0]?.top ?? 0) - main.getBoundingClientRect().top;
      const below = parseFloat(getComputedStyle(main).paddingBottom);
      for (const [from, to] of fill(boxes, main.clientHeight - head - below)) {
        pages.push({ ...whole, names: names.slice(from, to) });
      }
    }
  });
  return pages;
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
