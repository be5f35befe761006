/**
 * Pages of staff that stay open: numbers marked `data-live` are looked up anew every few seconds, and a search that is
 * marked `data-search` finds while one types. Whatever somebody is about to touch stays where it is.
 */
const PERIOD = 5_000; // ms
const TIMEOUT = 4_000; // ms
const TYPING = 220; // ms after the last letter
// A form that was refused is shown at its own address, which cannot be looked at: its page says where it belongs.
const here = new URL(document.body.dataset["page"] || location.href, location.href).href;

async function look(address: string): Promise<Document | null> {
  try {
    const answer = await fetch(address, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(TIMEOUT) });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null; // the room does not answer: what is shown stays
  }
}

function refresh(fresh: Document, mark: string): void {
  for (const shown of document.querySelectorAll<HTMLElement>(`[data-${mark}]`)) {
    const name = shown.getAttribute(`data-${mark}`) ?? "";
    const next = fresh.querySelector(`[data-${mark}="${CSS.escape(name)}"]`);
    if (!next || shown.contains(document.activeElement) || next.textContent === shown.textContent) continue;
    shown.replaceWith(document.adoptNode(next));
  }
}

function find(field: HTMLInputElement): void {
  let timer = 0;
  let asked = 0;
  const search = async (): Promise<void> => {
    const turn = ++asked;
    const address = new URL(here);
    address.searchParams.set("q", field.value);
    const fresh = await look(address.href);
    if (!fresh || turn !== asked) return;
    history.replaceState(null, "", address.href);
    for (const hidden of document.querySelectorAll<HTMLInputElement>("input[type=hidden][name=q]")) hidden.value = field.value;
    refresh(fresh, "found");
  };
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void search(), TYPING);
  });
}

const field = document.querySelector<HTMLInputElement>("[data-search]");
if (field) find(field);
let looks = 0;

/** Look now; an answer that was overtaken by a later look says nothing any more. */
async function renew(): Promise<void> {
  const mine = ++looks;
  const fresh = await look(here);
  if (fresh && mine === looks) refresh(fresh, "live");
}

if (document.querySelector("[data-live]")) {
  window.setInterval(() => {
    if (!document.hidden) void renew();
  }, PERIOD);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void renew();
  });
  document.addEventListener("room-changed", () => void renew()); // this page has just changed something itself
}

export {};
