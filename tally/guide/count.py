"""The guided count (`phieukin tally count STICK`): audit, compare, open share by share, result, record.

Each step leaves its file, whole or not at all, so a fresh process on this machine or another goes on where the last one
stopped. Nothing is taken on trust from a file: the archive is audited once in every run, and openings are verified.
Where what lies: tally.count.usb_stick.
"""

import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from tqdm import tqdm

from keys.files.durable import read_plain, real_folder, set_aside, unused, write_whole
from keys.trustees import Trustees
from tally.audit import Report
from tally.ceremony.own_file import own_path
from tally.count.steps import (
    Opening,
    audited,
    check_opening,
    finish_audited,
    open_one,
    owner_in,
    setup_in,
    sum_of,
)
from tally.count.usb_stick import Desk
from tally.dialogue import Guide, groups, tell_aside, unquoted
from tally.errors import NotReady, Stopped
from tally.guide.clock import moment_after
from tally.guide.faults import FAULTS, explain
from tally.guide.words import PeoplesWords
from tally.signing.signed_files import put
from tally.signing.teller_file import bind_to_box, box_named, read_teller_file
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.conferences.conference import Conference
from voting.documents.conferences.election import Election
from voting.documents.envelope import parse_envelope, read_payload
from voting.documents.facts import FACTS_TYPE, ChairWord, RoomFacts

SMALL_ROOM = 10  # present; design §1


@dataclass(slots=True)
class Count:
    """One run of the count: who speaks, where the files are, what was given on the command line."""

    guide: Guide
    desk: Desk
    homes: Sequence[Path]
    passphrase_file: Path | None = None
    end_ballots: str | None = None
    me: int | None = None
    election: Election = field(init=False)
    trustees: Trustees = field(init=False)

    def run(self) -> Report | None:
        """Go on from what is there; return the report of the finished archive, or None where it is not written yet."""
        self.desk.make_folders()
        if self.desk.finished.exists() and self.desk.count.exists():
            report = self._audit(self.desk.finished, "result")
            self._check_facts(report)
            return report
        report = self._audit(self.desk.archive, "end_ballots")
        closed = self._check_facts(report)
        if not self.desk.begun.exists():
            write_whole(self.desk.begun, moment_after(self.guide, now(), closed).encode())
        self._compare(report)
        summed = sum_of(report, self.desk.archive, self.desk.summed)
        self.guide.good("count.summed")
        self._chairs_word(summed)
        openings = self._openings(summed)
        if len(openings) < self.trustees.threshold():
            self.guide.say("count.stopped", folder=self.desk.work)
            return None
        return self._finish(summed, openings)

    @property
    def conference(self) -> Conference:
        """The meeting; raises NotReady for an archive of another program."""
        if self.election.conference is None:
            raise Stopped(self.guide.words("count.no_conference"))
        return self.election.conference

    def _audit(self, path: Path, reached: str) -> Report:
        """Audit the box with a bar, as it came from the room or as it was finished, and say what was found."""
        self.guide.title("count.title")
        self.guide.say("count.audit")
        with tqdm(total=path.stat().st_size, unit="B", unit_scale=True, file=sys.stderr) as bar:
            try:
                report = audited(path, progress=lambda offset: _move(bar, offset))
            except NotReady as error:
                raise Stopped(self.guide.words("count.not_sound", why=explain(self.guide, error))) from None
            _move(bar, path.stat().st_size)
        if report.reached != reached:
            raise Stopped(self.guide.words("count.not_closed", reached=report.reached))
        self.election, self.trustees = setup_in(report)
        self._say_found(report)
        return report

    def _say_found(self, report: Report) -> None:
        meeting = self.conference
        self.guide.good("count.sound", ballots=report.ballots)
        for number, paper in enumerate(meeting.papers, 1):
            self.guide.say("count.paper", number=number, title=paper.title, names=len(paper.candidates))
        numbers = {"summoned": meeting.summoned, "present": meeting.present, "drawn": meeting.drawn}
        self.guide.say("count.present", ballots=report.ballots, **numbers)
        if meeting.present < SMALL_ROOM:
            self.guide.warn("count.few")

    def _check_facts(self, report: Report) -> str:
        """Check that the facts are this box's; return when it was closed, by the room's clock."""
        path = self.desk.facts
        if not path.exists():
            raise Stopped(self.guide.words("count.facts_missing", path=path))
        room = read_payload(parse_envelope(read_plain(path), FACTS_TYPE, path.name), RoomFacts, path.name)
        if (room.uuid, room.end_ballots) != (self.election.uuid, report.end_ballots):
            raise Stopped(self.guide.words("count.facts_differ", path=path))
        return room.closed

    def _compare(self, report: Report) -> None:
        self.guide.say("count.compare")
        self.guide.plain(groups(report.end_ballots))
        if self.end_ballots is None:
            same = self.guide.confirm("count.compare_ask")
        else:
            same = self.end_ballots == report.end_ballots
        if not same:
            raise Stopped(self.guide.words("count.compare_differ"))

    def _chairs_word(self, report: Report) -> None:
        """Ask for the chair's word before anybody opens, and keep it."""
        words = self.words.read()
        if report.ballots != 1 or self._chair_allowed():
            return
        chair = self.conference.chair.name
        self.guide.warn("count.single", chair=chair)
        if not self.guide.confirm("count.single_ask"):
            raise Stopped(self.guide.words("count.single_no"))
        word = ChairWord("single_ballot", chair, self.guide.ask("count.reason"))
        self.words.keep(msgspec.structs.replace(words, chair_words=(*words.chair_words, word)))

    def _chair_allowed(self) -> bool:
        return any(word.kind == "single_ballot" for word in self.words.read().chair_words)

    # --- share by share --------------------------------------------------------------------------------------------

    def _openings(self, report: Report) -> dict[int, Opening]:
        """Let tellers open one after the other, as long as somebody wants to."""
        while True:
            opened = self._opened(report)
            owner = self._next_owner(opened)
            if owner == 0:
                return opened
            if owner in opened:
                self.guide.say("count.already", name=self._name(owner))
                continue
            try:
                self._open(owner, report)
            except (*FAULTS, OSError) as error:
                self.guide.warn("count.share_fault", name=self._name(owner), why=explain(self.guide, error))

    def _opened(self, report: Report) -> dict[int, Opening]:
        """The openings on the stick that verify; one that does not is set aside, by name."""
        found = {}
        for owner in range(1, len(self.trustees.shares()) + 1):
            path = self.desk.opening(owner)
            if not path.exists():
                continue
            try:
                opening = parse_canonical(read_plain(path), Opening, what=path.name)
                if opening.owner != owner:
                    raise Stopped(self.guide.words("count.other_owner", name=self._name(opening.owner)))
                check_opening(report, opening)
                found[owner] = opening
            except FAULTS as error:
                aside = unused(path.with_suffix(".refused"))
                set_aside(path, aside)
                self.guide.warn("count.set_aside", path=path.name, why=explain(self.guide, error), aside=aside.name)
        return found

    def _next_owner(self, opened: dict[int, Opening]) -> int:
        """Ask who opens next; 0 for nobody."""
        size, threshold = len(self.trustees.shares()), self.trustees.threshold()
        names = ", ".join(self._name(owner) for owner in opened)
        for owner in range(1, size + 1):
            self.guide.say("count.listed", number=owner, name=self._name(owner))
        self.guide.say("count.opened_by" if opened else "count.opened_nobody", names=names, threshold=threshold)
        if len(opened) == size:
            return 0
        if self.me is not None:
            owner, self.me = self.me, None
            return owner if owner not in opened else 0
        enough = len(opened) >= threshold
        return self.guide.number("count.who_more" if enough else "count.who", 0, size, 0 if enough else None)

    def _open(self, owner: int, report: Report) -> None:
        name = self._name(owner)
        path = self._file_of(owner)
        words = self.guide.passphrase(self.passphrase_file, name=name)
        teller = read_teller_file(path, words)
        owner_in(report, teller)  # before the file is bound to a box that its share is not of
        bound = bind_to_box(path, teller, words, report.end_ballots)
        opening = open_one(
            self.desk.summed, bound, report.end_ballots, single_ballot=self._chair_allowed(), report=report
        )
        if opening.owner != owner:
            raise Stopped(self.guide.words("count.other_owner", name=self._name(opening.owner)))
        check_opening(report, opening)
        write_whole(self.desk.opening(owner), canonical(opening))
        self.guide.good("count.opened", name=name, path=self.desk.opening(owner))

    def _file_of(self, owner: int) -> Path:
        for home in self.homes:
            if (found := self._in_folder(home, owner)).exists():
                return found
        path = unquoted(self.guide.ask("count.file", name=self._name(owner)))
        path = self._in_folder(path, owner) if path.is_dir() else path
        if not path.is_file():
            raise Stopped(self.guide.words("count.no_file", path=path))
        return path

    def _in_folder(self, folder: Path, owner: int) -> Path:
        """The file of the box that Setup names, else the only one."""
        named = box_named(self.election.conference)
        of_several = own_path(folder, owner, named.box) if named else own_path(folder, owner)
        return of_several if of_several.exists() else own_path(folder, owner)

    def _name(self, owner: int) -> str:
        tellers = self.conference.tellers
        return tellers[owner - 1].name if owner <= len(tellers) else f"#{owner}"

    # --- the end ---------------------------------------------------------------------------------------------------

    @property
    def words(self) -> PeoplesWords:
        """What people say while counting."""
        return PeoplesWords(self.guide, self.desk.words, self.conference.chair)

    def _finish(self, summed: Report, openings: dict[int, Opening]) -> Report:
        absent = [one.owner for one in self.trustees.shares() if one.owner not in openings]
        words = self.words.ask([(owner, self._name(owner)) for owner in absent])
        real_folder(self.desk.result)
        put(self.desk.result / self.desk.facts.name, read_plain(self.desk.facts))
        begun = read_plain(self.desk.begun).decode()
        listed = [openings[owner] for owner in sorted(openings)]
        ended = moment_after(self.guide, now(), begun)
        count, finished = finish_audited(
            summed, self.desk.summed, self.desk.finished, listed, begun=begun, ended=ended, words=words
        )
        tell_aside(self.desk.count, put(self.desk.count, count))
        return finished


def now() -> datetime.datetime:
    """The present moment by this machine's clock."""
    return datetime.datetime.now().astimezone()


def moment_now() -> str:
    """The present moment as facts files write it."""
    return now().isoformat(timespec="seconds")


def _move(bar: Any, offset: int) -> None:
    bar.update(offset - bar.n)
