"""The USB stick of a count: the one archive on it, and the folders of what is done and what comes out.

    STICK/UUID.bel, UUID.facts.json     from the room; never changed
    STICK/count/                        the archive with its sum, each teller's opening, the words of people
    STICK/result-UUID/                  finished archive, both facts files, records and minutes of this box alone

A folder for each box: what an earlier box left on the stick stays as it is. Links on the stick are not followed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from keys.files.durable import check_plain, read_plain, real_folder
from keys.transcript import sha256_hex
from tally.dialogue import Guide
from tally.errors import Stopped

OWN = ("count", "result", ".")


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
        return self.stick / f"result-{self.uuid}"

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

    def make_folders(self) -> None:
        """Make the folder of the count; raise UnsafeFile where it, or that of the results, is a link."""
        real_folder(self.work)
        if self.result.is_symlink() or self.result.exists():
            real_folder(self.result)

    def records(self) -> list[Path]:
        """The records that came out, by number of paper."""
        return sorted(self.result.glob("record*.json"))


def find_desk(guide: Guide, stick: Path) -> Desk:
    """Find the one archive on the stick; raise Stopped where there is none, or more than one, and name them."""
    if not stick.is_dir():
        raise Stopped(guide.words("count.no_folder", folder=stick))
    found = _distinct(path for path in stick.glob("*.bel") if not path.name.startswith("."))
    if len(found) == 1:
        return Desk(stick, found[0])
    if found:
        names = "; ".join(path.name for path in found)
        raise Stopped(guide.words("count.several_archives", folder=stick, names=names))
    deeper = sorted({one for path in stick.glob("*/*.bel") if not (one := path.parent.name).startswith(OWN)})
    if deeper:
        raise Stopped(guide.words("count.archive_deeper", folder=stick, names="; ".join(deeper)))
    raise Stopped(guide.words("count.no_archive", folder=stick))


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """One path for each content: of copies the one with the room's facts beside it, else that of the shortest name."""
    by_content: dict[str, list[Path]] = {}
    candidates = sorted(paths)
    if len(candidates) == 1:
        check_plain(candidates[0])
        return candidates
    for path in candidates:
        by_content.setdefault(sha256_hex(read_plain(path)), []).append(path)
    return [min(same, key=lambda one: (not one.with_suffix(".facts.json").exists(), len(one.name), one.name))
            for same in by_content.values()]  # fmt: skip
