/**
 * A card's own tracker, on a phone that is no voting tablet: whoever was shown another's tracker finds out here. The
 * card's secret stays in this page; it signs the election's uuid, and the room answers with the tracker of its ballot.
 */
import { signMessage } from "../crypto/ballot.ts";
import { derive, type Card } from "../crypto/cards.ts";
import { API, TRACKER_TAG } from "../shared.ts";
import { scanWith } from "./lens.ts";

const TIMEOUT = 8_000; // ms

const form = document.getElementById("mine") as HTMLFormElement | null;
if (form !== null) start(form);

function start(form: HTMLFormElement): void {
  const part = <T extends HTMLElement>(name: string): T => document.getElementById(`mine-${name}`) as T;
  const [field, note, shown] = [part<HTMLInputElement>("field"), part("note"), part("tracker")];
  const { uuid = "", unreadable = "", offline = "", none = "", unknown = "", found = "", sending = "" } = form.dataset;

  const look = async (text: string): Promise<void> => {
    shown.textContent = field.value = "";
    let card: Card;
    try {
      card = derive(text, uuid);
    } catch {
      note.textContent = unreadable;
      return;
    }
    note.textContent = sending;
    const body = JSON.stringify({ credential: card.credential, signature: signMessage(`${TRACKER_TAG}|${uuid}`, card) });
    try {
      const headers = { "Content-Type": "application/json" };
      const init = { method: "POST", headers, body, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) } as const;
      const answer = await fetch(`${API}/elections/${uuid}/cards`, init);
      if (answer.status === 403) return void (note.textContent = unknown);
      if (!answer.ok) throw new Error(`cards: ${answer.status}`);
      const { tracker } = (await answer.json()) as { tracker: string | null };
      note.textContent = tracker === null ? none : found;
      shown.textContent = (tracker?.slice(0, 12).match(/.{1,4}/g) ?? []).join(" ");
    } catch {
      note.textContent = offline;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look(field.value);
  });
  scanWith(part("camera"), part<HTMLVideoElement>("video"), (text) => {
    void look(text);
    return true;
  });
}
