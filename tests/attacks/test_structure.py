"""The file itself, changed: order, chain, records, bytes. Forgeries answer 1; damage answers 1 or 2, never a pass."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.audit import Verdict
from tally.cli.verify import check_file
from tally.result.sum import nothing
from tests.attacks.lab import TIME, Events, Lab, announce, build_lab, chain, closed, counted, failed, verify
from tests.attacks.lab import lab as the_lab
from tests.voting.documents.elections import raw_election
from voting.documents.archives.members import BLOCK, encode_member, header
from voting.documents.canonical import compact

Change = Callable[[Events], None]


def moved(source: int, target: int) -> Change:
    """Move an event."""
    return lambda events: events.insert(target, events.pop(source))


def without(number: int) -> Change:
    return lambda events: events.__delitem__(number)


def repeated(number: int) -> Change:
    return lambda events: events.insert(number, events[number])


def inserted(number: int, kind: str, *records: bytes) -> Change:
    return lambda events: events.insert(number, (kind, list(records)))


def records(number: int, change: Callable[[list[bytes]], object]) -> Change:
    def edit(events: Events) -> None:
        change(events[number][1])

    return edit


# Setup 0, Ballot 1-3, EndBallots 4, EncryptedTally 5, PartialDecryption 6-7, Result 8
FORGERIES: dict[str, tuple[Change, str]] = {
    "no Setup": (without(0), "order"),
    "a second Setup": (repeated(0), "order"),
    "Setup after a ballot": (moved(0, 1), "order"),
    "a ballot after the box was closed": (moved(1, 4), "order"),
    "a result though the box was never closed": (without(4), "order"),
    "the box closed twice": (repeated(4), "order"),
    "two tallies": (repeated(5), "order"),
    "no tally": (without(5), "order"),
    "the tally after the shares": (moved(5, 7), "order"),
    "a result without a tally": (lambda events: events.__delitem__(slice(5, 8)), "order"),
    "the result before a share": (moved(8, 7), "order"),
    "two results": (repeated(8), "order"),
    "a ballot after the result": (moved(1, 8), "order"),
    "an unknown event": (inserted(5, "Closing"), "events"),
    "a record too many": (records(2, lambda found: found.insert(0, b"{}")), "records"),
    "five records": (records(0, lambda found: found.insert(0, b"{}")), "records"),
    "a record missing": (records(5, lambda found: found.pop(0)), "records"),
    "a ballot without a record": (records(2, lambda found: found.clear()), "records"),
    "Setup's records in another order": (records(0, lambda found: found.insert(0, found.pop(1))), "records"),
    "a record at the closing": (records(4, lambda found: found.append(b"{}")), "records"),
    "a share that names another payload": (
        records(6, lambda found: found.__setitem__(0, found[0] + b" ")),
        "records",
    ),
}


@pytest.mark.parametrize(("change", "check"), FORGERIES.values(), ids=FORGERIES)
def test_another_order_of_events_or_records_is_named(lab: Lab, tmp_path: Path, change: Change, check: str) -> None:
    events = counted(lab).events()
    change(events)
    report = verify(chain(events), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert check in failed(report)


def event(number: int, **changes: Any) -> Callable[[int, dict[str, Any]], None]:
    """Edit one event before it is hashed; None takes a field out."""

    def change(height: int, fields: dict[str, Any]) -> None:
        if height == number:
            fields.update(changes)
            for name in [name for name, value in fields.items() if value is None]:
                del fields[name]

    return change


EVENTS = {
    "another height": event(3, height=4),
    "height as a text": event(3, height="3"),
    "a negative height": event(3, height=-1),
    "another parent": event(3, parent="0" * 64),
    "no parent": event(3, parent=None),
    "a parent of the first event": event(0, parent="0" * 64),
    "an unknown field": event(3, more=1),
    "no type": event(3, type=None),
}


@pytest.mark.parametrize("change", EVENTS.values(), ids=EVENTS)
def test_an_event_that_does_not_link_is_named(
    lab: Lab, tmp_path: Path, change: Callable[[int, dict[str, Any]], None]
) -> None:
    report = verify(chain(counted(lab).events(), change), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert "events" in failed(report)


@pytest.mark.parametrize("change", [event(2, payload="0" * 64), event(2, payload=None), event(4, payload="0" * 64)])
def test_an_event_with_another_payload_is_named(
    lab: Lab, tmp_path: Path, change: Callable[[int, dict[str, Any]], None]
) -> None:
    assert "records" in failed(verify(chain(counted(lab).events(), change), tmp_path))


def test_one_broken_link_does_not_hide_what_comes_after_it(lab: Lab, tmp_path: Path) -> None:
    report = verify(chain(counted(lab).events(), event(3, height=9)), tmp_path)
    assert report.reached == "result"
    assert [one.check for one in report.checks if one.failed] == ["events"]


def test_an_event_in_another_spelling_is_named(lab: Lab, tmp_path: Path) -> None:
    raw = chain(counted(lab).events())
    spaced = raw.replace(b'"type":"EndBallots"}\0', b'"type":"EndBallots" }', 1)
    assert "events" not in failed(verify(raw, tmp_path))
    assert verify(spaced, tmp_path).verdict is not Verdict.SOUND


def test_a_flood_of_shares_is_not_kept(lab: Lab, tmp_path: Path) -> None:
    events = counted(lab).events()
    events[6:8] = [events[6]] * 1100
    found = failed(verify(chain(events), tmp_path))
    assert "more events than tellers" in found["order"]
    assert "a second partial decryption of teller 1" in found["partial_decryptions"]


def test_shuffles_are_not_supported(lab: Lab, tmp_path: Path) -> None:
    events = counted(lab).events()
    events[6:6] = [("Shuffle", [b"{}", b"{}"]), ("EndShuffles", [])]
    report = verify(chain(events), tmp_path)
    assert report.verdict is Verdict.UNSUPPORTED
    assert "shuffles are not supported" in report.why


def test_an_archive_that_ends_after_any_event_is_sound_as_far_as_it_goes(lab: Lab, tmp_path: Path) -> None:
    events = counted(lab).events()
    stages = [verify(chain(events[:length]), tmp_path) for length in range(1, len(events) + 1)]
    assert {report.verdict for report in stages} == {Verdict.SOUND}
    assert [report.reached for report in stages] == [
        "setup", "ballots", "ballots", "ballots", "end_ballots",
        "encrypted_tally", "partial_decryptions", "partial_decryptions", "result",
    ]  # fmt: skip


def test_an_archive_without_the_closing_is_sound_as_belenios_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def foreign(*parts: Any) -> bytes:
        found = json.loads(raw_election(*parts))
        del found["conference"]
        return compact(found)

    monkeypatch.setattr("tests.attacks.lab.raw_election", foreign)
    events = counted(build_lab()).events()
    del events[4]
    assert verify(chain(events), tmp_path).verdict is Verdict.SOUND


def test_an_empty_box_is_counted(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    draft.ballots = []
    announce(lab, draft, nothing(lab.election))
    report = verify(draft.raw(), tmp_path)
    assert (report.verdict, report.result) == (Verdict.SOUND, ((0, 0), (0, 0)))


# --- bytes ---------------------------------------------------------------------------------------------------------


@cache
def whole() -> bytes:
    return counted(the_lab()).raw()


def replaced(at: int, new: bytes) -> bytes:
    raw = whole()
    return raw[:at] + new + raw[at + len(new) :]


def orphan(*, at_end: bool) -> bytes:
    body = b"[]"
    member = encode_member(f"{hashlib.sha256(body).hexdigest()}.data.json", body, TIME)
    raw = whole()
    return raw + member if at_end else raw[: 2 * BLOCK] + member + raw[2 * BLOCK :]


DAMAGE = {
    "an empty file": b"",
    "a text": b"nothing of the sort\n" * 100,
    "zeros": bytes(4 * BLOCK),
    "the first member alone": whole()[: 2 * BLOCK],
    "half a header": whole()[:-700],
    "half a member": whole()[:-BLOCK],
    "one byte less": whole()[:-1],
    "one byte more": whole() + b"\0",
    "zero blocks at the end, as tar has them": whole() + bytes(2 * BLOCK),
    "junk at the end": whole() + b"junk",
    "padding that is not zero": replaced(2 * BLOCK - 1, b"x"),
    "padding that is not zero at the end": replaced(len(whole()) - 1, b"x"),
    "another mode": replaced(100, b"0000600"),
    "an owner's name": replaced(265, b"root"),
    "a magic": replaced(257, b"ustar\0"),
    "another time of one member": replaced(2 * BLOCK, header("0" * 64 + ".data.json", 5, TIME + 1)),
    "a size over the limit": replaced(2 * BLOCK, header("0" * 64 + ".data.json", 8**11 - 1, TIME)),
    "a name that is none": replaced(2 * BLOCK, header("../../etc/passwd", 5, TIME)),
    "BELENIOS twice": whole()[: 2 * BLOCK] + whole(),
    "an orphan record at the beginning": orphan(at_end=False),
    "an orphan record at the end": orphan(at_end=True),
    "a ZIP": b"PK\x03\x04" + bytes(100),
    "another version": whole().replace(b'{"version":1,"timestamp"', b'{"version":2,"timestamp"', 1),
    "another timestamp in the first member": whole().replace(str(TIME).encode(), str(TIME + 1).encode(), 1),
}


@pytest.mark.parametrize("raw", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_never_passes(tmp_path: Path, raw: bytes) -> None:
    report = verify(raw, tmp_path)
    assert report.verdict is not Verdict.SOUND
    assert report.why or failed(report)


@given(st.data())
def test_a_flipped_bit_anywhere_never_passes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    raw = bytearray(whole())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert verify(bytes(raw), tmp_path_factory.getbasetemp()).verdict is not Verdict.SOUND


@given(st.data())
def test_a_cut_anywhere_is_an_earlier_stage_or_no_pass(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    raw = whole()
    report = verify(raw[: data.draw(st.integers(0, len(raw) - 1))], tmp_path_factory.getbasetemp())
    assert report.verdict is not Verdict.SOUND or report.reached != "result"


@pytest.mark.parametrize("what", ["folder", "nothing"])
def test_what_is_no_file_is_not_readable(tmp_path: Path, what: str) -> None:
    path = tmp_path if what == "folder" else tmp_path / "absent.bel"
    assert check_file(path, ()).verdict is Verdict.UNREADABLE
