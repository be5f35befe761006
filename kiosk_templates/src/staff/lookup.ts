/** Looking a tracker up by typing or scanning it. All of them are in the page: nobody learns which one was looked for. */
import { scanWith } from "./lens.ts";

const LEAST = 4; // characters before anything is said

const form = document.getElementById("lookup") as HTMLFormElement;
const field = document.getElementById("lookup-field") as HTMLInputElement;
const note = document.getElementById("lookup-note") as HTMLElement;
const { none = "", some = "", found = "" } = form.dataset;
const rows = [...document.querySelectorAll<HTMLElement>("[data-tracker]")];

function look(text: string): void {
  const wanted = text.replace(/\s/g, "");
  const fitting = rows.filter((row) => row.dataset["tracker"]!.startsWith(wanted));
  for (const row of rows) row.hidden = wanted !== "" && !fitting.includes(row);
  if (wanted.length < LEAST) note.textContent = "";
  else note.textContent = fitting.length === 0 ? none : fitting.length === 1 ? found : some;
}

field.addEventListener("input", () => look(field.value));
form.addEventListener("submit", (event) => event.preventDefault());
const camera = document.getElementById("lookup-camera") as HTMLElement;
scanWith(camera, document.getElementById("lookup-video") as HTMLVideoElement, (text) => {
  field.value = text;
  look(text);
  return true;
});
