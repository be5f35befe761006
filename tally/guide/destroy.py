"""The guided destruction (`phieukin tally destroy`): every copy is looked for, file by file, before witnesses."""

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import UNSET

from keys.files.durable import unused, write_whole
from tally.audit.record import read_named
from tally.audit.report import Findings
from tally.audit.signatures import check_signatures
from tally.custody.destroy import FORMAT, Destruction, Gone, Left, Pages, read_share_file, remove
from tally.custody.find import Found, Search, search
from tally.custody.sheet import destruction_sheet
from tally.dialogue import Guide
from tally.errors import Stopped
from tally.folders import existing, typed
from tally.guide.count import moment_now
from tally.guide.faults import FAULTS, explain
from tally.signing.teller_file import box_named
from voting.documents.canonical import canonical, read_limited
from voting.documents.conferences.conference import Conference

ROOM_FACTOR = 4
"""Room that is held for the statement, in sizes of its draft: it is written beside the draft, with more lines."""


@dataclass(frozen=True, slots=True)
class Destroyer:
    """Removes the key files given and every copy that it finds, one question at a time."""

    guide: Guide
    record: Path
    out: Path

    def run(self, files: Sequence[Path]) -> None:
        """Ask, remove, and write `destruction.json` and the statement to sign; raise NotReady."""
        self.guide.title("destroy.title")
        self.guide.say("destroy.intro")
        read = read_named(self.record.name, read_limited(self.record))
        findings = Findings()
        check_signatures(findings, read.record.conference, read.place, read.envelope)
        if not findings.sound or not self.guide.confirm("destroy.signed_ask"):
            why = "; ".join(place for one in findings.findings for place in one.first)
            raise Stopped(f"{self.guide.words('destroy.signed_no')} {why}".strip())
        named, used = read.record.conference.ceremony, box_named(read.record.conference)
        for path in files:
            read_share_file(path, used)
        existing(self.guide, self.out)  # before anything is gone
        witnesses = self._witnesses()
        hand_over = self._folder("destroy.hand_over")
        places = [*([hand_over] if hand_over else []), *self._more()]
        listed = search(files, places)
        self._list(listed)
        mine = tuple(one for one in listed.found if one.box in (None, used))
        later = tuple(self._later(one) for one in listed.found if one not in mine)
        searched = dict.fromkeys(str(place.resolve()) for place in (*(path.parent for path in files), *places))

        def said(removed: tuple[Gone, ...], kept: tuple[Left, ...], pages: tuple[Pages, ...]) -> Destruction:
            return Destruction(
                FORMAT, read.record.uuid, moment_now(), removed, kept, pages, (*searched,),
                tuple(map(str, listed.closed)), hand_over is not None, witnesses,
                *(() if named is UNSET else (named.fingerprint, named.box)),
            )  # fmt: skip

        why = self.guide.words("destroy.why_pending")
        pending = tuple(Left(str(one.path), one.what, one.sha256, why) for one in mine)
        draft = self._draft(said((), (*pending, *later), ()), read.record.conference)
        removed, kept = self._all(mine)
        pages = tuple(self._pages(one.file) for one in removed if one.what == "given")
        self._write(said(removed, (*kept, *later), pages), read.record.conference, draft)

    def _witnesses(self) -> tuple[str, ...]:
        found: list[str] = []
        while line := self.guide.ask("destroy.witness", default=""):
            found.append(line)
        if not found:
            raise Stopped(self.guide.words("destroy.need_witness"))
        return tuple(found)

    def _folder(self, key: str) -> Path | None:
        """Ask for a folder that is there; None for an empty answer."""
        while line := self.guide.ask(key, default=""):
            if (folder := typed(line)).is_dir():
                return folder
            self.guide.warn("destroy.no_folder", folder=folder)
        return None

    def _more(self) -> list[Path]:
        found: list[Path] = []
        while (folder := self._folder("destroy.more")) is not None:
            found.append(folder)
        return found

    def _list(self, listed: Search) -> None:
        self.guide.say("destroy.found", number=len(listed.found))
        for one in listed.found:
            self.guide.say("destroy.file", path=one.path, what=what_text(self.guide, one.what), hash=one.sha256[:16])
        for folder in listed.closed:
            self.guide.warn("destroy.closed", folder=folder)

    def _later(self, one: Found) -> Left:
        """Leave what is of another box of a ceremony alone, and say so."""
        assert one.box is not None, "what says nothing of boxes is asked about"
        why = self.guide.words("destroy.why_other_box", box=one.box.box, code=one.box.code)
        self.guide.say("destroy.kept", path=one.path, why=why)
        return Left(str(one.path), one.what, one.sha256, why)

    def _all(self, found: Sequence[Found]) -> tuple[tuple[Gone, ...], tuple[Left, ...]]:
        """Ask for each file and remove it; what is refused or cannot be removed is kept, and named."""
        removed: list[Gone] = []
        kept: list[Left] = []
        for one in found:
            why = self._one(one)
            name = str(one.path)
            if why is None:
                removed.append(Gone(name, one.what, one.sha256))
                self.guide.good("destroy.done", path=one.path)
            else:
                kept.append(Left(name, one.what, one.sha256, why))
                self.guide.warn("destroy.kept", path=one.path, why=why)
        return tuple(removed), tuple(kept)

    def _one(self, one: Found) -> str | None:
        """Remove one file; say why it is still there, None where it is gone."""
        if one.what in ("link", "unread"):
            return self.guide.words(f"destroy.why_{one.what}")
        if not self.guide.confirm("destroy.ask", path=one.path, what=what_text(self.guide, one.what)):
            return self.guide.words("destroy.why_people")
        try:
            remove(one)
        except (*FAULTS, OSError) as error:
            return explain(self.guide, error)
        return None

    def _pages(self, file: str) -> Pages:
        """Ask for each printed recovery page of a key file that is gone."""
        name = Path(file).name
        printed = self.guide.number("destroy.printed", 0, 99, name=name)
        burnt = [self.guide.confirm("destroy.page", page=page, name=name) for page in range(1, printed + 1)]
        if not all(burnt):
            self.guide.warn("destroy.pages_left", number=burnt.count(False), name=name)
        return Pages(file, printed, sum(burnt))

    def _draft(self, said: Destruction, conference: Conference) -> "_Draft":
        """Write what is about to happen, and hold room for the statement, before anything is gone; raise OSError."""
        made = self._files(said, conference)
        stem = unused(self.out / "destruction-draft.json").stem
        draft = _Draft(tuple(self.out / f"{stem}{ending}" for ending in made), self.out / f"{stem}.room")
        try:
            for path, raw in zip(draft.files, made.values(), strict=True):
                write_whole(path, raw)
            write_whole(draft.room, secrets.token_bytes(ROOM_FACTOR * sum(map(len, made.values()))))
        except BaseException:
            draft.remove()
            raise
        return draft

    def _write(self, said: Destruction, conference: Conference, draft: "_Draft") -> None:
        """Write the statement, elsewhere if its folder takes it no more; until then the draft stays."""
        self.guide.warn("destroy.flash")
        made, folder = self._files(said, conference), self.out
        draft.room.unlink(missing_ok=True)
        while True:
            try:
                written = _put(folder, made)
                break
            except OSError as error:
                self.guide.warn("destroy.not_written", why=explain(self.guide, error), draft=draft.files[-1])
                other = self._folder("destroy.write_where")
                if other is None:
                    raise
                folder = other
        draft.remove()
        self.guide.good("destroy.written", path=written)

    def _files(self, said: Destruction, conference: Conference) -> dict[str, bytes]:
        """The statement by the endings of its names: for programs, and for people to sign."""
        hands = [*(one.name for one in conference.tellers), *said.witnesses]
        sheet = destruction_sheet(self.guide, said, conference, hands)
        return {".json": canonical(said), ".pdf": sheet.pdf(self.guide.language)}


@dataclass(frozen=True, slots=True)
class _Draft:
    """The files of the draft, and the one that only holds room on the disk."""

    files: tuple[Path, ...]
    room: Path

    def remove(self) -> None:
        """Take all of it away, where the disk is still there."""
        for path in (*self.files, self.room):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _put(folder: Path, made: dict[str, bytes]) -> Path:
    """Write the statement beside those of other days; return the paper's path, or raise OSError."""
    stem = unused(folder / "destruction.json").stem
    for ending in reversed(made):  # the paper first: it is what people sign
        write_whole(folder / f"{stem}{ending}", made[ending])
    return folder / f"{stem}.pdf"


def what_text(guide: Guide, what: str) -> str:
    """Say what a file is."""
    return guide.words(f"destroy.what_{what}")
