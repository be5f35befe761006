import { asks, type Paper } from "../papers.ts";

/** One screen: its heading, what stands below, the buttons at the foot. */
export interface View {
  title: string;
  small?: boolean;
  body: (Node | string)[];
  foot?: Node[];
  /** Where the focus goes, if not to the heading. */
  focus?: HTMLElement;
  /** Called when the screen is laid out, and when it is left. */
  shown?: (main: HTMLElement) => void;
  left?: () => void;
}

/** The sign of an answer: for and against differ in more than their words; levels do not differ. */
export function signOf(paper: Paper, answer: number): string {
  return asks(paper.kind) === "agree" && answer > 0 ? "✕" : "✓";
}
