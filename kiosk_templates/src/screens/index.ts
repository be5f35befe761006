/** From the state to its screen. */
import type { App } from "../app.ts";
import { ballot } from "./ballot.ts";
import { casting, done, stopped, test } from "./ending.ts";
import { enrol } from "./enrol.ts";
import { keypad } from "./keypad.ts";
import { review } from "./review.ts";
import type { View } from "./view.ts";
import { camera, starting, waiting, welcome } from "./welcome.ts";

export type { View } from "./view.ts";

export function viewOf(app: App): View {
  const { state } = app;
  switch (state.at) {
    case "starting": return starting(app);
    case "enrol": return enrol(app);
    case "waiting": return waiting(app, state);
    case "welcome": return welcome(app);
    case "camera": return camera(app);
    case "keypad": return keypad(app);
    case "ballot": return ballot(app, state);
    case "review": return review(app, state);
    case "test": return test(app, state);
    case "casting": return casting(app, state);
    case "done": return done(app, state);
    case "stopped": return stopped(app, state);
  }
}
