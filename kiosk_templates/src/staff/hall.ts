/** The hall screen looks at the room every few seconds, and draws itself anew only when something has changed. */
const PERIOD = 5_000; // ms
const TIMEOUT = 4_000; // ms

async function look(): Promise<void> {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    const shown = document.querySelector("main");
    if (fresh && shown && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // The room does not answer: what is shown stays, and the next look may find it again.
  }
}

window.setInterval(() => void look(), PERIOD);
