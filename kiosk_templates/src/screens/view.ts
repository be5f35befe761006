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
