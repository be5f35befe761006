"""What the FILE of `phieukin verify` stands for: the one box of it, found among the files beside it.

    UUID.bel                         the archive alone; records of it come with --record
    dossier.zip                      a bundle, all of it
    record.json, minutes.pdf         with UUID.bel beside it, which the record names; a count by hand has none; minutes
                                     with the signed record.json of the same payload, where it is beside them, and the
                                     head's decision on a tie
    a folder                         one box as counts and rehearsals write it, or one bundle

Folders below are not looked into, and nothing is guessed: where two could be meant, NotGathered says what to do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from keys.cards import UUID_PATTERN
from kiosk_templates.words import LANGUAGES
from tally.audit.bundles.loose import Loose, carried_record
from tally.audit.minutes import MINUTES_LIMIT
from tally.audit.record import ReadRecord, read_named
from tally.audit.report import Errors
from tally.dialogue import Guide, in_both
from tally.pdf.attached import PDF
from voting.documents.bundles.head_decision import (
    HEAD_DECISIONS,
    decision_name,
    page_name,
    ties_for_the_head,
)
from voting.documents.canonical import read_limited

ZIP_MAGIC, JSON = b"PK\x03\x04", b"{"
NAMED = 20  # files that were not looked at, by name


class NotGathered(Exception):
    """There is no box to check, or more than one that could be meant."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A bundle, or the files of one box; `notes` say what lies there and was not looked at."""

    bundle: Path | None
    files: Loose
    notes: tuple[str, ...] = ()


def is_bundle(file: Path) -> bool:
    """Tell whether a file is a ZIP, or a folder whose one box is in a ZIP."""
    if file.is_dir():
        return not _visible(file, "*.bel") and len(_visible(file, "*.zip")) == 1
    return _begins(file, ZIP_MAGIC)


def gather(file: Path) -> Gathered | None:
    """Find what is to be checked; None for an archive that stands for itself. Raises OSError or NotGathered."""
    if file.is_dir():
        return _in_folder(file)
    if not file.is_file():  # a pipe would keep us waiting
        raise NotGathered(in_both("verify.not_there", file=file))
    if _begins(file, ZIP_MAGIC):
        return Gathered(file, Loose(None, {}, {}))
    if _begins(file, PDF):
        pdf = read_limited(file, MINUTES_LIMIT)
        carried = _read("verify.no_minutes", file, lambda: carried_record(file.name, pdf))
        archive = _archive_of(file, carried, "verify.archive_missing_of")
        return Gathered(None, Loose(archive, _signed_beside(file, carried), {file.name: pdf}, *_decided(file, carried)))
    if _begins(file, JSON):
        raw = read_limited(file)
        read = _read("verify.no_record", file, lambda: read_named(file.name, raw))
        return Gathered(None, Loose(_archive_of(file, read), {file.name: raw}, {}, *_decided(file, read)))
    return None


def _in_folder(folder: Path) -> Gathered:
    archives, bundles = _visible(folder, "*.bel"), _visible(folder, "*.zip")
    if len(archives) + len(bundles) > 1:
        names = _names([*archives, *bundles])
        raise NotGathered(in_both("verify.several_archives", folder=folder, names=names))
    deeper = sorted({path.parent.name for ending in ("bel", "zip") for path in folder.glob(f"*/*.{ending}")})
    notes = (in_both("verify.beside", names="; ".join(deeper)),) if deeper else ()
    if bundles:
        return Gathered(bundles[0], Loose(None, {}, {}), (*notes, *_unread(folder, {bundles[0]})))
    records = {path: read_limited(path) for path in _visible(folder, "record*.json")}
    minutes = {path: read_limited(path, MINUTES_LIMIT) for path in _visible(folder, "minutes*.pdf")}
    archive = archives[0] if archives else None
    kept = _told_apart(folder, records)
    if archive is None:
        _check_by_hand(folder, records, minutes, deeper)
    by_name = {path.name: pdf for path, pdf in minutes.items()}
    heads = {path.name: read_limited(path) for path in _visible(folder, HEAD_DECISIONS)}
    pages = {path.name: read_limited(path, MINUTES_LIMIT) for path in _visible(folder, page_name(HEAD_DECISIONS))
             if f"{path.stem}.json" in heads}  # fmt: skip
    decided = {folder / name for name in (*heads, *pages)}
    read = {*records, *minutes, *decided, *(_of_box(archive, bool(records)) if archive else ())}
    found = Loose(archive, {path.name: records[path] for path in kept}, by_name, heads, pages)
    return Gathered(None, found, (*notes, *_unread(folder, read)))


def _of_box(archive: Path, recorded: bool) -> set[Path]:
    """The files of a box that are looked at: facts where a record names them."""
    endings = (".bel", ".commitments", *((".facts.json", ".count.json") if recorded else ()))
    return {archive.with_name(archive.stem + ending) for ending in endings}


def _unread(folder: Path, read: set[Path]) -> tuple[str, ...]:
    """Name the files of a folder that nobody looks at, so that they are not believed for the company that they keep."""
    files = (path for path in folder.iterdir() if path not in read and path.is_file())
    names = sorted(path.name for path in files if not path.name.startswith("."))
    more = f"; … ({len(names)})" if len(names) > NAMED else ""
    return (in_both("verify.unread", names="; ".join(names[:NAMED]) + more),) if names else ()


def _told_apart(folder: Path, records: dict[Path, bytes]) -> list[Path]:
    """One record; copies byte for byte are one. Raises NotGathered where two differ."""
    for path, raw in records.items():
        _read("verify.no_record", path, lambda: read_named(path.name, raw))  # noqa: B023 - called at once
    if len({*records.values()}) > 1:
        raise NotGathered(in_both("verify.several_records", folder=folder, names=_names(records)))
    return [*records][:1]


def _check_by_hand(folder: Path, records: dict[Path, bytes], minutes: dict[Path, bytes], deeper: list[str]) -> None:
    """Without an archive everything must be of a count by hand, and something must be there."""
    if not records and not minutes:
        more = {key: Guide(key).words("verify.deeper", names="; ".join(deeper)) if deeper else "" for key in LANGUAGES}
        said = (Guide(key).words("verify.nothing_here", folder=folder, deeper=more[key]) for key in LANGUAGES)
        raise NotGathered(" / ".join(said))
    for path, raw in records.items():
        _archive_of(path, _read("verify.no_record", path, lambda: read_named(path.name, raw)))  # noqa: B023
    for path, pdf in minutes.items():
        carried = _read("verify.no_minutes", path, lambda: carried_record(path.name, pdf))  # noqa: B023
        _archive_of(path, carried, "verify.archive_missing_of")


def _archive_of(file: Path, read: ReadRecord, key: str = "verify.archive_missing") -> Path | None:
    """The archive beside a record, None for a count by hand; raise NotGathered with the name that is expected."""
    if read.record.form == "paper":
        return None
    if not UUID_PATTERN.fullmatch(read.record.uuid):
        raise NotGathered(in_both("verify.no_record", file=file.name, why="uuid: 14 to 64 base58 characters expected"))
    archive = file.with_name(f"{read.record.uuid}.bel")
    if not archive.is_file():
        raise NotGathered(in_both(key, file=file.name, expected=archive.name))
    return archive


def _signed_beside(minutes: Path, carried: ReadRecord) -> dict[str, bytes]:
    """The record of the same payload beside minutes, if somebody signed it: then its signatures count."""
    path = minutes.with_name("record.json")
    if not path.is_file():
        return {}
    raw = read_limited(path)
    try:
        envelope = read_named(path.name, raw).envelope
    except Errors:
        return {}
    return {path.name: raw} if envelope.signatures and envelope.payload == carried.envelope.payload else {}


def _decided(file: Path, read: ReadRecord) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The head's decisions on ties of this record that lie beside it, and their pages."""
    found = [file.with_name(decision_name(paper)) for paper in ties_for_the_head(read.record)]
    decided = [path for path in found if path.is_file()]
    pages = [page for page in (path.with_name(page_name(path.name)) for path in decided) if page.is_file()]
    return (
        {path.name: read_limited(path) for path in decided},
        {page.name: read_limited(page, MINUTES_LIMIT) for page in pages},
    )


def _read(key: str, file: Path, read: Callable[[], ReadRecord]) -> ReadRecord:
    try:
        return read()
    except Errors as error:
        raise NotGathered(in_both(key, file=file.name, why=error)) from None


def _visible(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith(".") and path.is_file())


def _names(paths: Iterable[Path]) -> str:
    return "; ".join(path.name for path in paths)


def _begins(file: Path, magic: bytes) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(magic)) == magic
    except OSError:
        return False  # the audit says why it cannot be read
