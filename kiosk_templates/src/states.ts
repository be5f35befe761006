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
  frozen: "paused", closed: "after", counted: "after", awaiting_head: "after", signed: "after",
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

/** States in which a voter's choices are in memory: idling clears them. */
export function holdsVoter(state: State): boolean {
  return ["ballot", "review"].includes(state.at);
}

/** States that end by themselves when nobody touches the tablet. */
export function isWatched(state: State): boolean {
  return holdsVoter(state) || ["camera", "keypad", "test"].includes(state.at);
}
