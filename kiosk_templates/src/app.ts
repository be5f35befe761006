/**
 * The tablet: which screen is shown, for whom, and what happens next. One object, in memory; when a voter ends, the
 * booth's worker is ended, the marks are dropped and the settings go back to their defaults.
 */
import { Booth } from "./booth.ts";
import { cast, type Sealed } from "./casting.ts";
import { isTestCard } from "./crypto/codes.ts";
import type { Device } from "./device.ts";
import { Idle } from "./idle.ts";
import type { Opened, TestBallot } from "./orders.ts";
import { firstName, Marks, parseMeeting, type Meeting, type Name } from "./papers.ts";
import { Receipts } from "./receipts.ts";
import { countTest, handOver, post, readDocuments, readRoom, type Room } from "./room.ts";
import { apply, DEFAULTS, type Settings } from "./settings.ts";
import type { RefusalCode } from "./shared.ts";
import { phaseOf, PROPERTIES, secondsOf, type Note, type Phase, type Properties, type State } from "./states.ts";
import { speak, type Say } from "./words.ts";

const POLL = 4; // seconds between two looks at the room
const NOTE = 60; // seconds that a remark stays
const OPENING = 10_000; // ms in which a booth must have opened: its script may come over a network that is gone
const REFUSALS: Partial<Record<Phase, RefusalCode>> = {
  after: "closed", paper: "closed", annulled: "closed", before: "not_open", fault: "fault",
};

const FORGOTTEN: RefusalCode = "device_unknown"; // the room has revoked this tablet, or does not know it

/** What the app tells the frame to do. */
export interface Presenter {
  /** Whether the last thing that somebody did here was a touch, not a key. */
  readonly byTouch: boolean;
  show(app: App, fresh: boolean): void;
  remark(app: App): void;
  warn(app: App, seconds: number | null): void;
  count(app: App, seconds: number): void;
  display(app: App): void;
  /** Ask whether the sealed ballot shall really be thrown away and shown. */
  confirmTest(app: App): void;
}

export class App {
  state: State = { at: "starting" };
  settings: Settings = { ...DEFAULTS };
  room: Room | null = null;
  online = true;
  note: Note | null = null;
  typed = "";
  meeting: Meeting | null = null;
  marks: Marks | null = null;
  device: Device | null = null;
  readonly receipts = new Receipts();
  readonly idle: Idle;
  #booth: Booth | null = null;
  #opened: Opened | null = null;
  #documents: Awaited<ReturnType<typeof readDocuments>> | null = null;
  #seconds = 0;
  #noted = 0;
  #shownSince = 0;
  #polling = false;
  #reading = false;

  constructor(readonly worker: string, readonly page: string, readonly presenter: Presenter) {
    this.idle = new Idle((left) => presenter.warn(this, left), () => this.#nobody());
  }

  get say(): Say {
    return speak(this.settings.language, this.room?.address || "đồng chí");
  }

  get phase(): Phase {
    return phaseOf(this.room);
  }

  /** What holds of the state that is shown. */
  get is(): Properties {
    return PROPERTIES[this.state.at];
  }

  get fingerprint(): string {
    return this.#opened?.fingerprint ?? "";
  }

  /** Change the screen; from here on touches are dead for a moment. */
  go(state: State): void {
    this.state = state;
    this.#shownSince = this.#seconds;
    this.#watch();
    this.presenter.show(this, true);
  }

  /** What ends by itself when nobody is there: a voter, and what somebody set on the welcome screen and left. */
  #watch(): void {
    const set = JSON.stringify(this.settings) !== JSON.stringify(DEFAULTS);
    this.idle.watch(this.is.watched === "when set" ? set : this.is.watched);
  }

  /** Draw the same screen again: other words, size, colour, or a remark. */
  refresh(): void {
    this.presenter.show(this, false);
  }

  set(settings: Partial<Settings>): void {
    Object.assign(this.settings, settings);
    apply(this.settings);
    this.#watch();
    this.refresh();
  }

  remark(note: Note | null): void {
    this.note = note;
    this.#noted = this.#seconds;
    this.presenter.remark(this);
  }

  // --- the room -----------------------------------------------------------------------------------------------------

  /** Called once a second. */
  tick(): void {
    this.#seconds += 1;
    this.idle.tick();
    if (this.#seconds % POLL === 1) void this.poll();
    if (this.note !== null && this.#seconds - this.#noted > NOTE) this.remark(null);
    const seconds = secondsOf(this.state);
    if (seconds === null) return;
    const left = seconds - (this.#seconds - this.#shownSince);
    if (left <= 0) this.leave();
    else this.presenter.count(this, left);
  }

  /** Look at the room, the same for all tablets whether somebody votes or not. */
  async poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      const [before, was] = [JSON.stringify(this.room), this.online];
      this.room = await readRoom(this.device, this.page, this.room);
      this.online = true;
      await this.#follow();
      this.#settle(before !== JSON.stringify(this.room) || !was);
    } catch {
      const was = this.online;
      this.online = false;
      this.#settle(was);
    } finally {
      this.#polling = false;
    }
  }

  /** Fetch the documents of the room's election when it is another than before; hand over receipts after closing. */
  async #follow(): Promise<void> {
    const uuid = this.room?.uuid ?? null;
    if (uuid !== null && (this.#opened?.uuid !== uuid || this.#opened.fingerprint !== this.room?.fingerprint)) {
      if (this.is.holdsVoter) return;
      this.#documents = await readDocuments(uuid);
      this.receipts.clear();
      await this.#openBooth();
    } else if (this.#booth === null && !this.is.holdsVoter) await this.#openBooth();
    if (this.phase === "after" && this.receipts.size > 0 && uuid !== null && this.device !== null) {
      if (await handOver(uuid, this.receipts.encode(), this.device)) this.receipts.clear();
    }
  }

  /** A new booth for the next voter; null marks that the documents cannot be used. */
  async #openBooth(): Promise<void> {
    this.#booth?.close();
    this.#booth = null;
    if (this.#documents === null) return;
    const booth = new Booth(this.worker);
    this.#booth = booth;
    const late = window.setTimeout(() => booth.close(), OPENING);
    try {
      this.#opened = await booth.ask("open", this.#documents);
      this.meeting = parseMeeting(this.#opened.conference, this.#opened.questions);
    } catch {
      booth.close(); // its worker too: the next look at the room opens another one
      if (this.#booth === booth) [this.meeting, this.#booth] = [null, null];
    } finally {
      window.clearTimeout(late);
    }
  }

  /** After a look at the room: which screen belongs to its state. */
  #settle(changed: boolean): void {
    const { state } = this;
    if (this.is.followsRoom) {
      const next = this.#home();
      const same = next.at === state.at && (next.at !== "waiting" || state.at !== "waiting" || state.why === next.why);
      if (!same) return this.go(next);
    } else if (this.is.endsWithBox && REFUSALS[this.phase] !== undefined) {
      this.#drop();
      return this.go({ at: "stopped", code: REFUSALS[this.phase] as RefusalCode, recorded: false, sealed: null });
    }
    if (changed && this.is.redrawn) this.refresh();
  }

  #home(): State {
    if (this.device === null) return { at: "enrol" };
    if (this.room === null) return { at: "waiting", why: "offline" };
    if (this.phase !== "open") return { at: "waiting", why: this.phase };
    const fits = this.meeting !== null && this.fingerprint === this.room.fingerprint;
    return fits ? { at: "welcome" } : { at: "waiting", why: "fault" };
  }

  // --- one voter ----------------------------------------------------------------------------------------------------

  /** A card was read or typed; nothing is asked of the room. */
  async card(readings: string[], typed = false): Promise<void> {
    const booth = this.#booth;
    if (this.#reading || !this.is.takesCard) return;
    if (booth === null) return this.remark({ word: "starting" });
    this.#reading = true;
    this.remark({ word: "welcome.reading" });
    try {
      const answer = await booth.ask("card", { readings, typed });
      this.note = null;
      if (answer.found) this.#begin();
      else if (answer.why === "unreadable") this.remark({ word: "card.unreadable" });
      else if (readings.some(isTestCard)) this.remark({ word: "card.test" });
      else if (!typed) this.remark({ word: "card.unknown" });
      else if (answer.group === null) this.remark({ word: "card.retype" });
      else this.remark({ word: "keypad.wrong_group", values: { n: answer.group + 1 } });
    } catch {
      this.leave({ word: "card.unreadable" });
    } finally {
      this.#reading = false;
    }
  }

  #begin(): void {
    this.typed = "";
    this.marks = this.blank();
    this.go({ at: "ballot", name: firstName(this.meeting as Meeting), fromReview: false });
  }

  /** Marks of a ballot on which nothing is chosen. */
  blank(): Marks {
    return new Marks(this.#opened?.questions ?? []);
  }

  /** Encrypt a question again, with fresh randomness, as soon as its marks have changed. */
  changed(name: Name): void {
    const marks = this.marks?.of(name.question);
    if (marks === undefined || this.#booth === null) return;
    this.#booth.ask("choose", { question: name.question, marks }).catch(() => this.#fault());
  }

  /** Show the review; the ballot is sealed, all but the signature, while it is being read. */
  async review(): Promise<void> {
    const booth = this.#booth;
    if (booth === null) return this.#fault();
    this.go({ at: "review", hash: null });
    try {
      const { hash } = await booth.ask("seal", null);
      if (this.state.at !== "review" || this.#booth !== booth) return;
      this.state = { at: "review", hash };
      this.refresh();
    } catch {
      if (this.state.at === "review") this.#fault();
    }
  }

  /** The one confirmation: sign, forget the choices, send. */
  async cast(): Promise<void> {
    const [booth, device, meeting, opened] = [this.#booth, this.device, this.meeting, this.#opened];
    if (this.state.at !== "review" || this.state.hash === null || this.phase !== "open") return;
    if (booth === null || device === null || meeting === null || opened === null) return this.#fault();
    this.go({ at: "casting", attempt: 1 });
    let sealed: Sealed;
    try {
      const { body, tracker } = await booth.ask("cast", null);
      const headers = await device.headers(opened.uuid, body);
      sealed = { uuid: opened.uuid, body, tracker, headers, receiptKey: meeting.receiptKey };
    } catch {
      return this.#fault();
    }
    this.#drop();
    await this.send(sealed);
  }

  /** Send a sealed ballot, also once more after its outcome stayed unknown. */
  async send(sealed: Sealed): Promise<void> {
    const wait = (ms: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, ms));
    const outcome = await cast(sealed, { post, wait }, (n) => {
      if (n === 1) this.go({ at: "casting", attempt: 1 });
      else [this.state, this.note] = [{ at: "casting", attempt: n }, null];
      if (n > 1) this.refresh();
    });
    if (outcome.kind === "refused") {
      return this.go({ at: "stopped", code: outcome.code, recorded: outcome.recorded, sealed });
    }
    this.receipts.add(outcome);
    this.go({ at: "done", tracker: outcome.tracker });
  }

  /** Open the sealed ballot for a second device instead of casting it. */
  async test(): Promise<void> {
    if (this.state.at !== "review" || this.state.hash === null || this.phase !== "open" || this.#booth === null) return;
    try {
      const ballot = await this.#booth.ask("test", null);
      this.#drop();
      this.go({ at: "test", ballot, counted: null });
      void this.#report(ballot);
    } catch {
      this.#fault();
    }
  }

  /** Tell the room that this tablet was tested; the screen says whether it was counted. */
  async #report(ballot: TestBallot): Promise<void> {
    const { uuid, credential, hash } = ballot;
    const counted = this.device !== null && (await countTest(uuid, credential, hash, this.device).catch(() => false));
    if (this.state.at !== "test" || this.state.ballot !== ballot) return;
    this.state = { at: "test", ballot, counted };
    this.refresh();
  }

  /** The voter ends, for whatever reason: clear everything, make ready for the next. */
  leave(note: Note | null = null): void {
    if (this.state.at === "stopped" && this.state.code === FORGOTTEN) this.device = null;
    this.#drop();
    this.settings = { ...DEFAULTS };
    apply(this.settings);
    this.note = note;
    this.#noted = this.#seconds;
    this.go(this.#home());
  }

  /** Nobody touched the tablet: whoever comes back must learn what became of the ballot. */
  #nobody(): void {
    this.leave(this.is.holdsVoter ? { word: "welcome.cleared" } : null);
  }

  /** Forget the voter: marks, card, randomness. A fresh booth is opened behind the screen. */
  #drop(): void {
    this.marks = null;
    this.typed = "";
    this.note = null;
    void this.#openBooth();
  }

  #fault(): void {
    this.#drop();
    this.go({ at: "stopped", code: "fault", recorded: false, sealed: null });
  }
}
