"""What a tablet needs to seal a ballot: the worker as it is shipped, in Chromium, asked as the page asks it."""

import json
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from keys.cards import credential, new_card
from keys.group import base_power, encode_point, random_secret
from tests.bench.boxes import UUID, make_election
from tests.bench.clock import ROOT
from tests.conftest import launched

FRONT = ROOT / "kiosk_templates"
ESBUILD = FRONT / "node_modules" / ".bin" / "esbuild"
PLACE = "https://tablet.invalid/"
_ASK = """
async ([raw, credentials, card, names, rounds]) => {
  const worker = new Worker("worker.js", { type: "module" });
  let id = 0, longest = 0, last = performance.now(), beating = true;
  const ask = (what, order = null) => new Promise((resolve, reject) => {
    const own = ++id;
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.answer));
    worker.postMessage({ id: own, what, order });
  });
  const timed = async (...order) => {
    const started = performance.now();
    await ask(...order);
    return performance.now() - started;
  };
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (beating) channel.port2.postMessage(0);
  };
  const bytes = (text) => new TextEncoder().encode(text);
  const open = await timed("open", { raw: bytes(raw), credentials: bytes(credentials) });
  const found = [];
  last = performance.now();
  for (let round = 0; round < rounds; round++) {
    const measured = { card: await timed("card", { readings: [card], typed: false }), choose: [] };
    for (let question = 0; question < names; question++) {
      measured.choose.push(await timed("choose", { question, marks: [[1, 0], [0, 1], [0, 0]][question % 3] }));
    }
    measured.seal = await timed("seal");
    measured.cast = await timed("cast");
    found.push(measured);
  }
  await ask("card", { readings: [card], typed: false });
  channel.port2.postMessage(0);
  last = performance.now();
  for (let question = 0; question < names; question++) await ask("choose", { question, marks: [1, 0] });
  beating = false;
  worker.terminate();
  return { open, found, longest };
}
"""


@dataclass(frozen=True)
class Sealing:
    """Milliseconds of the worker, medians of several ballots; `main` is the main thread's longest wait meanwhile."""

    names: int
    browser: str
    open: float
    card: float
    answer: float
    answers: float
    seal: float
    cast: float
    main: float


def available() -> bool:
    """Tell whether Chromium, Playwright and the front end's tools are here."""
    try:
        import playwright.sync_api
    except ImportError:
        return False
    return bool(playwright.sync_api) and _chromium() is not None and ESBUILD.exists()


def measure(names: int, *, rounds: int = 7) -> Sealing:
    """Seal so many ballots, one after the other, in a worker that has its tables."""
    from playwright.sync_api import sync_playwright

    key, card = encode_point(base_power(random_secret())), new_card()
    known = json.dumps([encode_point(credential(card, UUID))])
    with sync_playwright() as playwright:
        browser = launched(playwright, _chromium())
        page = browser.new_page()
        script = _bundle()
        page.route(f"{PLACE}**", lambda route: route.fulfill(
            body=script if route.request.url.endswith(".js") else "<!doctype html>",
            content_type="text/javascript" if route.request.url.endswith(".js") else "text/html"))  # fmt: skip
        page.goto(PLACE)
        said = page.evaluate(_ASK, [make_election(names, key).decode(), known, card, names, rounds])
        version = browser.version
        browser.close()
    found = said["found"][1:]  # the first one is compiled meanwhile
    median = {what: statistics.median(one[what] for one in found) for what in ("card", "seal", "cast")}
    return Sealing(
        names,
        f"Chromium {version}",
        said["open"],
        median["card"],
        statistics.median(time for one in found for time in one["choose"]),
        statistics.median(sum(one["choose"]) for one in found),
        median["seal"],
        median["cast"],
        said["longest"],
    )


def _bundle() -> str:
    """The worker as the build makes it."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "worker.js"
        call = [
            ESBUILD,
            "src/worker.ts",
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=chrome100",
            f"--outfile={out}",
        ]
        subprocess.run(call, cwd=FRONT, check=True, capture_output=True)
        return out.read_text()


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")
