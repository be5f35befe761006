"""The guided count (`phieukin tally count STICK`): audit, compare, open share by share, result, record.

    STICK/UUID.bel, UUID.facts.json     from the room; never changed
    STICK/count/                        the archive with its sum, each teller's opening, the words of people
    STICK/result/                       finished archive, both facts files, records and minutes

Each step leaves its file, whole or not at all, so a fresh process on this machine or another goes on where the last one
stopped. Nothing is taken on trust from a file: archives are audited and openings verified in every run.
"""

import datetime
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from tqdm import tqdm

from keys.durable import write_whole
from keys.trustees import Trustees
from tally.audit import Report
from tally.ceremony_own import own_path
from tally.count import Opening, Words, audited, check_opening, finish, open_one, setup_of, with_sum
from tally.errors import NotReady, Stopped
from tally.guide import Guide, groups
from tally.guide_faults import FAULTS, explain
from tally.teller_file import bind_to_box, read_teller_file
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.conference import Conference
from voting.documents.election import Election
from voting.documents.envelope import parse_envelope, read_payload
from voting.documents.facts import FACTS_TYPE, ChairWord, RoomFacts

SMALL_ROOM = 10  # present; design §1


@dataclass(frozen=True, slots=True)
class Desk:
    """The stick's folders and the one archive on it."""

    stick: Path
    archive: Path

    @property
    def uuid(self) -> str:
        """The archive's name, which the other files share."""
        return self.archive.stem

    @property
    def facts(self) -> Path:
        """What the room knows."""
        return self.stick / f"{self.uuid}.facts.json"

    @property
    def work(self) -> Path:
        """The folder of the count under way."""
        return self.stick / "count"

    @property
    def summed(self) -> Path:
        """The archive with its encrypted tally."""
        return self.work / f"{self.uuid}.bel"

    @property
    def words(self) -> Path:
        """The words of people."""
        return self.work / f"{self.uuid}.words.json"

    @property
    def begun(self) -> Path:
        """When the count began."""
        return self.work / f"{self.uuid}.begun.txt"

    @property
    def result(self) -> Path:
        """The folder of what comes out."""
        return self.stick / "result"

    @property
    def finished(self) -> Path:
        """The finished archive."""
        return self.result / f"{self.uuid}.bel"

    @property
    def count(self) -> Path:
        """The count's facts."""
        return self.result / f"{self.uuid}.count.json"

    def opening(self, owner: int) -> Path:
        """What a teller handed over."""
        return self.work / f"{self.uuid}.opening-{owner}.json"


def find_desk(guide: Guide, stick: Path) -> Desk:
    """Find the one archive on the stick; raise NotReady."""
    found = sorted(stick.glob("*.bel"))
    if len(found) != 1:
        raise Stopped(guide.words("count.no_archive", folder=stick))
    return Desk(stick, found[0])


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

    def run(self) -> bool:
        """Go on from what is there; return whether the finished archive is written."""
        self.desk.work.mkdir(exist_ok=True)
        if not self.desk.begun.exists():
            write_whole(self.desk.begun, moment_now().encode())
        report = self._audit()
        self._check_facts(report)
        if self.desk.finished.exists() and self.desk.count.exists():
            return True
        self._compare(report)
        summed = with_sum(self.desk.archive, self.desk.summed)
        if summed.end_ballots != report.end_ballots:
            raise Stopped(self.guide.words("count.facts_differ", path=self.desk.summed))
        self.guide.good("count.summed")
        self._chairs_word(summed)
        openings = self._openings(summed)
        if len(openings) < self.trustees.threshold():
            self.guide.say("count.stopped", folder=self.desk.work)
            return False
        self._finish(openings)
        return True

    @property
    def conference(self) -> Conference:
        """The meeting; raises NotReady for an archive of another program."""
        if self.election.conference is None:
            raise Stopped(self.guide.words("count.no_conference"))
        return self.election.conference

    def _audit(self) -> Report:
        """Audit the box as it came from the room, with a bar, and say what was found."""
        self.guide.title("count.title")
        self.guide.say("count.audit")
        path = self.desk.archive
        with tqdm(total=path.stat().st_size, unit="B", unit_scale=True, file=sys.stderr) as bar:
            try:
                report = audited(path, progress=lambda offset: _move(bar, offset))
            except NotReady as error:
                raise Stopped(self.guide.words("count.not_sound", why=explain(self.guide, error))) from None
            _move(bar, path.stat().st_size)
        if report.reached != "end_ballots":
            raise Stopped(self.guide.words("count.not_closed", reached=report.reached))
        self.election, self.trustees, _ = setup_of(path)
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

    def _check_facts(self, report: Report) -> None:
        path = self.desk.facts
        if not path.exists():
            raise Stopped(self.guide.words("count.facts_missing", path=path))
        room = read_payload(parse_envelope(path.read_bytes(), FACTS_TYPE, path.name), RoomFacts, path.name)
        if (room.uuid, room.end_ballots) != (self.election.uuid, report.end_ballots):
            raise Stopped(self.guide.words("count.facts_differ", path=path))

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
        words = self._read_words()
        if report.ballots != 1 or self._chair_allowed():
            return
        chair = self.conference.chair.name
        self.guide.warn("count.single", chair=chair)
        if not self.guide.confirm("count.single_ask"):
            raise Stopped(self.guide.words("count.single_no"))
        word = ChairWord("single_ballot", chair, self.guide.ask("count.reason"))
        self._keep(msgspec.structs.replace(words, chair_words=(*words.chair_words, word)))

    def _chair_allowed(self) -> bool:
        return any(word.kind == "single_ballot" for word in self._read_words().chair_words)

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
            except FAULTS as error:
                self.guide.warn("count.share_fault", name=self._name(owner), why=explain(self.guide, error))

    def _opened(self, report: Report) -> dict[int, Opening]:
        """The openings on the stick that verify; one that does not is set aside, by name."""
        found = {}
        for owner in range(1, len(self.trustees.shares()) + 1):
            path = self.desk.opening(owner)
            if not path.exists():
                continue
            try:
                opening = parse_canonical(path.read_bytes(), Opening, what=path.name)
                if opening.owner != owner:
                    raise Stopped(self.guide.words("count.other_owner", name=self._name(opening.owner)))
                check_opening(self.desk.summed, report, opening)
                found[owner] = opening
            except FAULTS as error:
                aside = path.with_suffix(".refused")
                path.replace(aside)
                self.guide.warn("count.set_aside", path=path.name, why=explain(self.guide, error), aside=aside.name)
        return found

    def _next_owner(self, opened: dict[int, Opening]) -> int:
        """Ask who opens next; 0 for nobody."""
        size, threshold = len(self.trustees.shares()), self.trustees.threshold()
        names = ", ".join(self._name(owner) for owner in opened)
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
        bound = bind_to_box(path, teller, words, report.end_ballots)
        opening = open_one(self.desk.summed, bound, report.end_ballots, single_ballot=self._chair_allowed())
        if opening.owner != owner:
            raise Stopped(self.guide.words("count.other_owner", name=self._name(opening.owner)))
        check_opening(self.desk.summed, report, opening)
        write_whole(self.desk.opening(owner), canonical(opening))
        self.guide.good("count.opened", name=name, path=self.desk.opening(owner))

    def _file_of(self, owner: int) -> Path:
        for home in self.homes:
            if own_path(home, owner).exists():
                return own_path(home, owner)
        path = Path(self.guide.ask("count.file", name=self._name(owner)))
        path = own_path(path, owner) if path.is_dir() else path
        if not path.is_file():
            raise Stopped(self.guide.words("count.no_file", path=path))
        return path

    def _name(self, owner: int) -> str:
        tellers = self.conference.tellers
        return tellers[owner - 1].name if owner <= len(tellers) else f"#{owner}"

    # --- the end ---------------------------------------------------------------------------------------------------

    def _finish(self, openings: dict[int, Opening]) -> None:
        self._ask_words(openings)
        self.desk.result.mkdir(exist_ok=True)
        facts = self.desk.result / self.desk.facts.name
        shutil.copyfile(self.desk.facts, facts)
        begun = self.desk.begun.read_text("utf-8")
        listed = [openings[owner] for owner in sorted(openings)]
        count = finish(
            self.desk.summed, self.desk.finished, listed, begun=begun, ended=moment_now(), words=self._read_words()
        )
        write_whole(self.desk.count, count)

    def _ask_words(self, openings: dict[int, Opening]) -> None:
        """Ask for witnesses, complaints, and the chair's word on a teller who did not open; once."""
        words = self._read_words()
        if words.witnesses or words.complaints:
            return
        chairs = words.chair_words
        absent = [self._name(one.owner) for one in self.trustees.shares() if one.owner not in openings]
        if absent:
            self.guide.say("count.absent", names=", ".join(absent))
            reason = self.guide.ask("count.absent_ask", default="")
            chairs += (ChairWord("teller_absent", self.conference.chair.name, reason),) if reason else ()
        witnesses, complaints = self._listed("count.witness"), self._listed("count.complaint")
        self._keep(Words(complaints, witnesses, chairs))

    def _listed(self, key: str) -> tuple[str, ...]:
        found: list[str] = []
        while line := self.guide.ask(key, default=""):
            found.append(line)
        return tuple(found)

    def _read_words(self) -> Words:
        if not self.desk.words.exists():
            return Words()
        return parse_canonical(self.desk.words.read_bytes(), Words, what=self.desk.words.name)

    def _keep(self, words: Words) -> None:
        write_whole(self.desk.words, canonical(words))


def moment_now() -> str:
    """The present moment as facts files write it."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def _move(bar: Any, offset: int) -> None:
    bar.update(offset - bar.n)
