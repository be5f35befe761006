/** The tester's page: one HTML file that is opened from a disk, with no network, beside the tablet. */
import { decodeQR } from "qr/decode.js";
import en from "../translations/auditor.en.json";
import vi from "../translations/auditor.vi.json";
import { auditTest, choicesOf, readSetup, type Setup } from "./audit.ts";
import { Camera } from "./camera.ts";
import { button, h, p } from "./dom.ts";
import { joinParts, sealWords, TEST_TAG } from "./disclosure.ts";
import type { TestBallot } from "./orders.ts";

let texts: Record<string, string> = vi;
let setup: Setup | null = null;
let problem = "";
let parts = new Set<string>();
let camera: Camera | null = null;

const root = document.getElementById("auditor") as HTMLElement;
const say = (word: string, n = 0): string => (texts[word] ?? word).replace("{n}", String(n));
const fours = (text: string): string => (text.match(/.{1,4}/g) ?? []).join(" ");

function draw(): void {
  const language = button(texts === vi ? "English" : "Tiếng Việt", () => {
    texts = texts === vi ? en : vi;
    draw();
  });
  document.documentElement.lang = texts === vi ? "vi" : "en";
  document.title = say("title");
  root.replaceChildren(h("header", {}, h("h1", {}, say("title")), language), p(say("intro")), ...setupStep(), ...scanStep());
}

function setupStep(): HTMLElement[] {
  const file = h("input", { type: "file", accept: ".json,.bel", "aria-label": say("setup"), onchange: () => void openSetup(file.files?.[0]) });
  const shown = setup === null ? [p(say(problem), "bad")] : [p(say("setup.good")), h("code", {}, fours(setup.election.fingerprint))];
  return [h("h2", {}, say("setup")), file, ...(setup !== null || problem ? shown : [])];
}

async function openSetup(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    [setup, problem] = [readSetup(new Uint8Array(await file.arrayBuffer())), ""];
  } catch {
    [setup, problem] = [null, "setup.bad"];
  }
  draw();
}

function scanStep(): HTMLElement[] {
  if (setup === null) return [];
  const ballot = read();
  if (ballot !== null) return result(setup, ballot);
  const video = h("video", { muted: true, playsInline: true });
  const photo = h("input", { type: "file", accept: "image/*", multiple: true, "aria-label": say("scan.photo"),
    onchange: () => void readPhotos([...(photo.files ?? [])]) });
  const text = h("textarea", { rows: 3, "aria-label": say("scan.text"), placeholder: say("scan.text"),
    oninput: () => text.value.split(/\r?\n/).forEach(take) });
  const look = button(say("scan.camera"), () => {
    camera?.stop();
    camera = new Camera();
    camera.start(video, "environment", take).catch(() => look.remove());
  });
  return [h("h2", {}, say("scan")), look, video, h("label", {}, `${say("scan.photo")}: `, photo), text,
    h("p", { role: "status" }, problem ? say(problem) : say("scan.count", parts.size))];
}

function read(): TestBallot | null {
  try {
    return joinParts([...parts]);
  } catch {
    return null;
  }
}

/** One code's text; anything else that the camera sees is passed over. */
function take(text: string): void {
  if (!text.startsWith(`${TEST_TAG} `) || parts.has(text)) return;
  problem = "";
  parts.add(text);
  if (read() !== null) camera?.stop();
  const status = root.querySelector("[role=status]");
  if (read() !== null || status === null) draw();
  else status.textContent = say("scan.count", parts.size);
}

async function readPhotos(files: File[]): Promise<void> {
  for (const file of files) {
    const picture = await createImageBitmap(file);
    const canvas = h("canvas", { width: picture.width, height: picture.height });
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.drawImage(picture, 0, 0);
    try {
      take(decodeQR(context.getImageData(0, 0, picture.width, picture.height)));
    } catch {
      problem = "scan.none";
      draw();
    }
  }
}

function result(own: Setup, ballot: TestBallot): HTMLElement[] {
  const finding = auditTest(own, ballot);
  const rows = finding === "right" ? choicesOf(own.election, ballot, texts === vi ? "vi" : "en") : [];
  const again = button(say("again"), () => {
    parts = new Set();
    draw();
  });
  return [
    h("p", { className: finding === "right" ? "verdict good" : "verdict bad", role: "alert" }, say(finding)),
    h("h2", {}, say("seal")), h("code", {}, sealWords(ballot.hash)),
    h("table", {}, ...rows.map(({ title, name, choice }) =>
      h("tr", {}, h("td", {}, title), h("td", {}, name), h("td", {}, h("b", {}, typeof choice === "string" ? say(choice) : choice.words))))),
    again,
  ];
}

draw();
