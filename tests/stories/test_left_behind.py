"""What a voter leaves at the tablet: nothing. Marked values are looked for wherever a browser keeps things.

DOM, history, storage, caches, IndexedDB, fields of forms, and the heap of the page itself, read through the debugger.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.conftest import OpenRoom
from tests.stories.test_from_card_to_record import Attendee
from tests.stories.test_troubles import cast, enrolled, review

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
EVERYWHERE = """async () => {
    const databases = await Promise.all((await indexedDB.databases()).map(({ name }) => new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => {
            const all = [...opening.result.objectStoreNames].map((store) => new Promise((done) => {
                const asked = opening.result.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done([store, asked.result.map((one) => [one.id, Object.keys(one)])]);
            }));
            Promise.all(all).then((found) => { opening.result.close(); resolve([name, found]); });
        };
    })));
    const fields = [...document.querySelectorAll("input, textarea, select")].map((one) => [one.value, one.checked]);
    return JSON.stringify([document.documentElement.outerHTML, document.title, location.href, history.state,
        document.cookie, {...localStorage}, {...sessionStorage}, await caches.keys(), databases, fields, name]);
}"""
DETACHED = ("Detached HTMLInputElement", "Detached <input", 'Detached <label class="choice"')


@pytest.fixture
def tablet(open_room: OpenRoom, chromium: "Browser", front: Path) -> Iterator[Attendee]:
    """A tablet that is enrolled at the room."""
    yield from enrolled(open_room, chromium)


def heap(attendee: Attendee) -> list[str]:
    """Every string in the heap of the page after its rubbish was collected: values, and names of nodes."""
    wire = attendee.page.context.new_cdp_session(attendee.page)
    parts: list[str] = []
    wire.on("HeapProfiler.addHeapSnapshotChunk", lambda event: parts.append(event["chunk"]))
    wire.send("HeapProfiler.enable")
    for _ in range(3):
        wire.send("HeapProfiler.collectGarbage")
    wire.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    wire.detach()
    strings: list[str] = json.loads("".join(parts))["strings"]
    return strings


def test_marked_values_are_in_the_heap_while_somebody_votes_and_gone_after(
    open_room: OpenRoom, tablet: Attendee
) -> None:
    card = open_room.cards[0]
    review(tablet, card)
    seal = tablet.seal().replace(" ", "")
    assert any(seal in one for one in heap(tablet)), "the snapshot sees what is there"
    history = tablet.page.evaluate("history.length")
    cast(tablet)
    tracker = tablet.page.inner_text(".tracker b").replace(" ", "")
    tablet.touch(".foot .primary")
    tablet.at("welcome")
    everywhere = tablet.page.evaluate(EVERYWHERE)
    assert [one for one in (card, card[:5], seal, tracker) if one in everywhere] == []
    assert tablet.page.evaluate("history.length") == history
    left = heap(tablet)
    assert [one[:60] for one in left if card in one or seal in one] == []
    assert [one for one in left if one.startswith(DETACHED)] == []


@pytest.mark.parametrize("end", ["cancelled", "idle", "tested"])
def test_a_voter_who_does_not_cast_leaves_nothing_either(open_room: OpenRoom, tablet: Attendee, end: str) -> None:
    card = open_room.cards[0]
    if end == "cancelled":
        tablet.page.keyboard.type(card)
        tablet.page.keyboard.press("Enter")
        tablet.at("ballot")
        tablet.touch("[data-key=cancel]")
    elif end == "idle":
        tablet.page.clock.install()
        tablet.page.reload()  # the page's own clock is now the test's
        review(tablet, card)
        tablet.page.clock.run_for(95_000)
    else:
        review(tablet, card)
        tablet.touch("[data-key=test]")
        tablet.touch("dialog [data-key=test-go]")
        tablet.at("test")
        tablet.touch(".foot .primary")
    tablet.page.wait_for_selector(".at-welcome", state="attached")
    assert card not in tablet.page.evaluate(EVERYWHERE)
    assert [one[:60] for one in heap(tablet) if card in one] == []
