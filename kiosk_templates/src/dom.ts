/** A few lines in place of a framework: elements from a name, properties and children. Text is never parsed as HTML. */

type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

/** `h("button.primary", {onclick}, "Tiếp")`; names with a dash and `role`, `for` become attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K | `${K}.${string}`, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag as K);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, String(value));
    else (element as unknown as Props)[key] = value;
  }
  element.append(...children.filter((child): child is Node | string => child instanceof Node || !!child));
  return element;
}

/** A paragraph. */
export function p(text: string, classes = ""): HTMLParagraphElement {
  return h("p", { className: classes }, text);
}

/** A button of at least 12.7 mm. */
export function button(label: string, act: () => void, classes = "", props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", className: classes, onclick: act, ...props }, label);
}

const SVG = "http://www.w3.org/2000/svg";

/** Dark squares as one SVG path on a white ground, readable in every theme. */
export function squares(rows: readonly (readonly boolean[])[], label: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const margin = 2;
  const size = rows.length + 2 * margin;
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("class", "qr");
  const path = document.createElementNS(SVG, "path");
  const dark = rows.flatMap((row, y) => row.map((on, x) => (on ? `M${x + margin} ${y + margin}h1v1h-1z` : "")));
  path.setAttribute("d", dark.join(""));
  svg.append(path);
  return svg;
}
