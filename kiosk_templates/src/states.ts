/** What the tablet can be showing. There is no history: each state knows all that its screen needs. */
import type { Sealed } from "./casting.ts";
import type { TestBallot } from "./orders.ts";
import type { Name } from "./papers.ts";
import type { Room } from "./room.ts";
import { NO_STATE, type RoomState } from "./shared.ts";
import type { Word } from "./words.ts";

export type Phase = "none" | "before" | "open" | "after" | "paused" | "paper" | "annulled" | "fault";

export type State =
  | { at: "starting" }
  | { at: "enrol" }
  | { at: "waiting"; why: Phase | "offline" }
  | { at: "welcome" }
  | { at: "camera" }
  | { at: "keypad" }
  | { at: "ballot"; name: Name; fromReview: boolean; turned?: boolean; stays?: boolean }
  | { at: "review"; hash: string | null }
  | { at: "test"; ballot: TestBallot; counted: boolean | null }
  | { at: "casting"; attempt: number }
  | { at: "done"; tracker: string }
  | { at: "stopped"; code: string; recorded: boolean | null; sealed: Sealed | null };

/** A remark on the screen (aria-live): a problem with a card, or what happened to the voter before. */
export interface Note {
  word: Word;
  values?: Record<string, string | number>;
}

const PHASES: Record<RoomState | typeof NO_STATE, Phase> = {
  [NO_STATE]: "none", draft: "before", list_frozen: "before", roll_taken: "before", sealed: "before", open: "open",
  frozen: "paused", closed: "after", counted: "after", signed: "after",
  annulled: "annulled", on_paper: "paper",
};

function isKnown(state: string): state is keyof typeof PHASES {
  return Object.hasOwn(PHASES, state);
}

/** The part of a conference's life that matters to voters; a state that the tablet does not know is a fault, and said. */
export function phaseOf(room: Room | null): Phase {
  if (room === null) return "none";
  const phase = isKnown(room.state) ? PHASES[room.state] : "fault";
  return phase === "open" && room.uuid === null ? "before" : phase;
}

/** What holds of a state of the tablet, whatever the state knows. */
export interface Properties {
  /** It shows what the room says, and changes with it; nobody has begun to vote. */
  readonly followsRoom: boolean;
  /** A card is read here: by the scanner, whose keys are caught, by the camera, or typed. */
  readonly takesCard: boolean;
  /** What is typed on a keyboard is shown, character by character. */
  readonly typesCard: boolean;
  /** A voter's choices are in memory: idling clears them, and nothing of the tablet is made anew meanwhile. */
  readonly holdsVoter: boolean;
  /** It ends at once, with the reason on the screen, where the room takes no ballots any more. */
  readonly endsWithBox: boolean;
  /** It ends by itself when nobody touches the tablet: always, or where somebody changed the settings. */
  readonly watched: boolean | "when set";
  /** Seconds after which it ends however often it is touched. */
  readonly seconds: number | null;
  /** It may be drawn again at any time; where fields are being filled in it may not. */
  readonly redrawn: boolean;
}

const PLAIN: Properties = {
  followsRoom: false, takesCard: false, typesCard: false, holdsVoter: false, endsWithBox: false, watched: false,
  seconds: null, redrawn: true,
};

/** The one table of the tablet's states; what is not said of a state is as in PLAIN. */
export const PROPERTIES: Readonly<Record<State["at"], Properties>> = {
  starting: { ...PLAIN, followsRoom: true },
  enrol: { ...PLAIN, redrawn: false },
  waiting: { ...PLAIN, followsRoom: true },
  welcome: { ...PLAIN, followsRoom: true, takesCard: true, watched: "when set" },
  camera: { ...PLAIN, takesCard: true, endsWithBox: true, watched: true },
  keypad: { ...PLAIN, takesCard: true, typesCard: true, endsWithBox: true, watched: true },
  ballot: { ...PLAIN, holdsVoter: true, endsWithBox: true, watched: true },
  review: { ...PLAIN, holdsVoter: true, endsWithBox: true, watched: true },
  test: { ...PLAIN, watched: true },
  casting: PLAIN,
  done: { ...PLAIN, seconds: 60 },
  stopped: { ...PLAIN, seconds: 121 },
};

/** Seconds that a state stays, null for ever: an unknown outcome stays until somebody comes. */
export function secondsOf(state: State): number | null {
  return state.at === "stopped" && state.recorded === null ? null : PROPERTIES[state.at].seconds;
}
