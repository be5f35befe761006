"""Audit an election archive with belenios-tool alone, soundly.

`belenios-tool election verify` of the versions 3.x does not wait for its own checks of the ballots, and lets archives
pass that are not sound. This module asks it for every step that it does well, and adds what it leaves out:

* the file is a sequence of whole records, with nothing after the last one;
* `verify` accepts the chain of events, the trustees, the shares and the result;
* `verify-ballot` accepts each ballot against the Setup alone (with the whole archive it would call it a duplicate);
* no card (public credential) is duplicated, neither in the roll of Setup nor among the ballots;
* ballots have one spelling only: no spaces, no key twice, no leading zero;
* the announced tally is the one that `compute-encrypted-tally` gets from the ballots.

It shares no code with the packages it judges. On the command line: `python tests/tools/belenios_audit.py ARCHIVE…`.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOOL = os.environ.get("BELENIOS_TOOL", str(Path(__file__).with_name("belenios-tool")))
BLOCK = 512
ORDER = ("Setup", "Ballot", "EndBallots", "EncryptedTally", "PartialDecryption", "Result")
ONCE = ("Setup", "EndBallots", "EncryptedTally", "Result")
LEADING_ZERO = re.compile(rb'"0[0-9]+"')


class NotSound(Exception):
    """The archive fails a check; the message says which."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event with the data records written before it, and where it ends in the file."""

    kind: str
    records: tuple[bytes, ...]
    end: int


def audit(archive: Path) -> int:
    """Audit the archive at this path; return the number of ballots in it, or raise NotSound."""
    events = tuple(read_events(archive))
    check_order(events)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / archive.name).write_bytes(archive.read_bytes())
        tool("verify", folder)
        check_tally(events, folder)
        (folder / archive.name).write_bytes(archive.read_bytes()[: events[0].end])
        return check_ballots(events, folder)


def read_events(archive: Path) -> Iterator[Event]:
    """Yield the events of an archive in their order; raise NotSound where the file is damaged."""
    end, pending = 0, []
    try:
        with tarfile.open(archive, "r:") as records:
            for member in records:
                body = records.extractfile(member)
                if body is None:
                    raise NotSound(f"{member.name} is not a file")
                end = member.offset_data + -(-member.size // BLOCK) * BLOCK
                pending.append(body.read())
                if member.name == "BELENIOS":
                    pending.clear()
                elif member.name.endswith(".event.json"):
                    yield Event(json.loads(pending[-1])["type"], tuple(pending[:-1]), end)
                    pending = []
    except (tarfile.TarError, ValueError, KeyError) as error:
        raise NotSound(f"not readable: {error}") from error
    if pending or end != archive.stat().st_size:
        raise NotSound("something stands after the last event")


def check_order(events: tuple[Event, ...]) -> None:
    """Check that the events follow the life of an election, and the roll names every card once."""
    kinds = [event.kind for event in events]
    if kinds[:1] != ["Setup"] or any(kind not in ORDER for kind in kinds):
        raise NotSound("no Setup at the beginning, or an event of an unknown kind")
    if kinds != sorted(kinds, key=ORDER.index) or any(kinds.count(kind) > 1 for kind in ONCE):
        raise NotSound("the order of events")
    if "Result" in kinds and "EncryptedTally" not in kinds:
        raise NotSound("a result without a tally")
    if len(events[0].records) != 4:
        raise NotSound("Setup does not come with an election, its trustees, its cards and their summary")
    cards = [line.split(",")[0] for line in json.loads(events[0].records[2])]
    if len(set(cards)) != len(cards):
        raise NotSound("a card is duplicated in the roll")


def check_tally(events: tuple[Event, ...], folder: Path) -> None:
    """Compare the announced tally with the one that belenios-tool computes from the ballots."""
    announced = [event.records for event in events if event.kind == "EncryptedTally"]
    if announced and tuple(tool("compute-encrypted-tally", folder).stdout.splitlines()) != announced[0]:
        raise NotSound("the announced tally is not the sum of the ballots")


def check_ballots(events: tuple[Event, ...], folder: Path) -> int:
    """Check each ballot against the archive of Setup alone that stands in `folder`; return how many there are."""
    cards: set[str] = set()
    for number, event in enumerate(events):
        if event.kind == "Ballot":
            place, raw = f"event {number}", event.records[-1]
            check_spelling(raw, place)
            card = json.loads(raw)["credential"]
            if card in cards:
                raise NotSound(f"{place}: a second ballot of one card")
            cards.add(card)
            ballot = folder / "ballot.json"
            ballot.write_bytes(raw + b"\n")
            if b"ballot is valid" not in tool("verify-ballot", folder, "--ballot", str(ballot), place=place).stderr:
                raise NotSound(f"{place}: the ballot was not called valid")
    return len(cards)


def check_spelling(raw: bytes, place: str) -> None:
    """Check that a ballot is written in the one way that JSON and numbers allow."""
    written_again = json.dumps(json.loads(raw), separators=(",", ":"), ensure_ascii=False).encode()
    if written_again != raw or LEADING_ZERO.search(raw):
        raise NotSound(f"{place}: the ballot is spelled in another way than it must be")


def tool(command: str, folder: Path, *options: str, place: str = "archive") -> subprocess.CompletedProcess[bytes]:
    """Run a command of `belenios-tool election` on a folder; raise NotSound where it fails."""
    call = [TOOL, "election", command, "--dir", str(folder), *options]
    done = subprocess.run(call, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise NotSound(f"{place}: {command}: {lines[-1]}")
    return done


def main(archives: list[str]) -> int:
    """Audit archives named on the command line; 0 if all of them are sound."""
    failed = 0
    for name in archives:
        try:
            print(f"{name}: sound, {audit(Path(name))} ballots")
        except NotSound as error:
            print(f"{name}: not sound: {error}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
