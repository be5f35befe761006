/** Before a ballot: the device starts, waits for the room, greets and reads a card. */
import type { App } from "../app.ts";
import { Camera } from "../camera.ts";
import { CARD_LENGTH } from "../crypto/codes.ts";
import { button, h, p } from "../dom.ts";
import type { State } from "../states.ts";
import { NAMES, voiceFor } from "../voice.ts";
import { layOutAhead } from "./ballot.ts";
import type { View } from "./view.ts";

type At<K extends State["at"]> = Extract<State, { at: K }>;

export function starting(app: App): View {
  return { title: app.say("starting"), body: [] };
}

export function waiting(app: App, state: At<"waiting">): View {
  return { title: app.say(`waiting.${state.why === "open" ? "fault" : state.why}`), body: [codes(app)] };
}

export function welcome(app: App): View {
  const field = h("input.scanner", {
    type: "text", "data-key": "scanner", "aria-label": app.say("welcome.scanner"),
    autocomplete: "off", autocapitalize: "off", spellcheck: false, inputMode: "none",
  });
  field.addEventListener("input", () => {
    // Text without keys: some scanners put it into the field at once.
    const text = field.value.replace(/[\s-]/g, "");
    if (text.length < CARD_LENGTH) return;
    field.value = "";
    void app.card([text]);
  });
  const picture = h("div.card-picture", { "aria-hidden": "true" }, h("i.code"), h("i.line"), h("i.line"));
  return {
    title: app.say(app.room?.practice ? "welcome.title.practice" : "welcome.title"),
    focus: field,
    body: [
      field,
      picture,
      p(app.say("welcome.secret"), "calm"),
      p(app.say("welcome.how")),
      ...offer(app),
      codes(app),
    ],
    foot: [
      button(app.say("welcome.keypad"), () => app.go({ at: "keypad" })),
      button(app.say("welcome.camera"), () => app.go({ at: "camera" })),
    ],
    shown: (main) => {
      if (main.scrollHeight > main.clientHeight) picture.remove(); // words first
      layOutAhead(app, main);
    },
  };
}

/** Names can be read aloud: offered here, and in the dialog on every screen. */
function offer(app: App): HTMLElement[] {
  if (voiceFor(NAMES) === null) return [];
  return [button(app.say("voice.offer"), () => app.presenter.display(app), "quiet offer", { "data-key": "voice" })];
}

/** Small print for staff: which page and which election this is, to compare with the hall screen. */
function codes(app: App): HTMLElement {
  const lines = [`${app.say("page")}: ${app.page}`];
  if (app.fingerprint) lines.push(`${app.say("fingerprint")}: ${app.fingerprint.match(/.{1,4}/g)?.join(" ")}`);
  return h("div.codes", {}, ...lines.map((line) => h("div", {}, line)));
}

let facing: "user" | "environment" = "user";

export function camera(app: App): View {
  const video = h("video.viewfinder", { muted: true, playsInline: true, "aria-hidden": "true" });
  const lens = new Camera();
  const turn = (): void => {
    facing = facing === "user" ? "environment" : "user";
    app.refresh();
  };
  return {
    title: app.say("camera.title"),
    body: [h("div.finder", {}, video)],
    foot: [button(app.say("cancel"), () => app.leave()), button(app.say("camera.turn"), turn)],
    shown: () => {
      video.classList.toggle("mirror", facing === "user");
      lens.start(video, facing, (text) => void app.card([text])).catch(() => {
        if (app.state.at !== "camera") return;
        app.note = { word: "camera.none" };
        app.go({ at: "keypad" });
      });
    },
    left: () => lens.stop(),
  };
}
