"""`phieukin verify`: check an archive and records made from it, or a bundle (design §5).

Exit 0: sound. Exit 1: not sound, each failed check named with its place. Exit 2: not readable, or not supported.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
from tqdm import tqdm

from tally.audit import Finding, Report, Verdict, audit
from tally.audit.bundle import check_bundle
from tally.audit.opening_proofs import OPENINGS
from tally.audit.record import check_records
from tally.audit.run import STAGES
from tally.errors import TallyError
from tally.fast.checking import Runner, checker, cores, on_all_cores
from tally.fast.resume import check_own, resuming
from voting.documents.canonical import DOCUMENT_LIMIT

EXIT = {Verdict.SOUND: 0, Verdict.NOT_SOUND: 1, Verdict.UNREADABLE: 2, Verdict.UNSUPPORTED: 2}
PROGRESS_BYTES = 4 * 1024 * 1024  # smaller archives are checked before a bar would be read
ZIP_MAGIC = b"PK\x03\x04"
_WORDS = {
    Verdict.SOUND: "ĐÚNG / sound",
    Verdict.NOT_SOUND: "KHÔNG ĐÚNG / NOT SOUND",
    Verdict.UNREADABLE: "KHÔNG ĐỌC ĐƯỢC / not readable",
    Verdict.UNSUPPORTED: "KHÔNG HỖ TRỢ / not supported",
}


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--record", "records", multiple=True, type=click.Path(path_type=Path), help="A record of this archive.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as one JSON object.")
@click.option("--cluster", metavar="ADDRESS", help="Check the ballots on the machines of this dask scheduler.")
@click.option("--resume", "journal", metavar="JOURNAL", type=click.Path(dir_okay=False, path_type=Path),
              help="Note in this file what is found sound; given again after a break, go on from there.")  # fmt: skip
def verify_command(
    file: Path, records: tuple[Path, ...], as_json: bool, cluster: str | None, journal: Path | None
) -> None:
    """Check an archive FILE from its first byte to its result, and records made from it; or a bundle, all of it.

    Exit 0: sound. Exit 1: not sound. Exit 2: not readable, or something that is not supported.
    """
    with _runner(cluster) as runner:
        report = check_file(file, records, runner if journal is None else _resuming(file, journal, runner))
    if as_json:
        click.echo(json.dumps(as_plain(report)))
    else:
        for line in as_text(report, file.name, with_record=bool(records) or _is_bundle(file)):
            click.echo(printable(line, sys.stdout.encoding))
    sys.exit(EXIT[report.verdict])


@contextmanager
def _runner(cluster: str | None) -> Iterator[Runner | None]:
    """Connect to a cluster where one is named; None leaves the work to this machine."""
    with ExitStack() as stack:
        yield None if cluster is None else stack.enter_context(_connected(cluster))


def _connected(cluster: str) -> AbstractContextManager[Runner]:
    try:
        from tally.fast.cluster import connect

        return connect(cluster)
    except (ImportError, OSError, ValueError) as error:
        raise click.BadParameter(f"{cluster}: {error}", param_hint="--cluster") from None


def _resuming(file: Path, journal: Path, runner: Runner | None) -> Runner:
    """Keep a journal of what the runner, or this machine, finds sound."""
    if _is_bundle(file):
        raise click.BadParameter("an archive expected: a bundle is checked as a whole", param_hint="--resume")
    try:
        check_own(journal)
    except (OSError, TallyError) as error:
        raise click.BadParameter(str(error), param_hint="--resume") from None
    return resuming(journal, runner or (lambda works: on_all_cores(works, cores())))


def check_file(file: Path, records: tuple[Path, ...], runner: Runner | None = None) -> Report:
    """Audit a file with its records, ballots by `runner` if given; whatever the files hold, a report comes back."""
    if not file.is_file():
        return _unreadable(f"{file}: not a file")
    if _is_bundle(file):
        return _unreadable("a bundle holds its own records") if records else _bundle(file, runner)
    distinct = len({path.name for path in records}) == len(records)
    try:
        texts = {path.name if distinct else str(path): read_limited(path) for path in records}
    except OSError as error:
        return _unreadable(str(error))
    if len(texts) < len(records):
        return _unreadable("one record is given twice")
    try:
        report = _audit(file, runner)
        return check_records(report, texts) if records else _without_record(report)
    except (MemoryError, RecursionError) as error:
        return _unreadable(f"{file.name}: {type(error).__name__}: made to exhaust this machine")


def _bundle(file: Path, runner: Runner | None) -> Report:
    try:
        return check_bundle(file, runner)
    except (MemoryError, RecursionError) as error:
        return _unreadable(f"{file.name}: {type(error).__name__}: made to exhaust this machine")


def read_limited(path: Path) -> bytes:
    """Read a file up to one byte over the limit of documents, where its parser refuses it; raise OSError."""
    if not path.is_file():  # a pipe would keep us waiting
        raise FileNotFoundError(f"{path}: not a file")
    with path.open("rb") as opened:
        return opened.read(DOCUMENT_LIMIT + 1)


def as_plain(report: Report) -> dict[str, object]:
    """The report as JSON (design §5)."""
    checks = [
        {"check": one.check, "examined": one.examined, "failed": one.failed, "first": list(one.first)}
        for one in report.checks
    ]
    plain: dict[str, object] = {"verdict": str(report.verdict), "reached": report.reached, "checks": checks}
    more = {"why": report.why, "signed_by": report.signed_by, "notes": list(report.notes)}
    return plain | {name: said for name, said in more.items() if said}


def as_text(report: Report, name: str, *, with_record: bool) -> list[str]:
    """The report in lines for people: the verdict (Vietnamese, English), what failed and where, what was examined."""
    lines = [f"{name}: {_WORDS[report.verdict]}" + (f": {report.why}" if report.why else "")]
    for one in report.checks:
        if one.failed:
            lines.append(f"FAILED  {one.check}: {one.failed} of {one.examined}")
            lines += [f"        {place}" for place in one.first]
    passed = [f"{one.check} {one.examined}" for one in report.checks if one.examined and not one.failed]
    if passed:
        lines.append("passed  " + ", ".join(passed))
    if report.verdict in (Verdict.SOUND, Verdict.NOT_SOUND):
        lines.append(_how_far(report))
        if report.signed_by:
            lines.append(f"signed  by the key {report.signed_by}")
        lines += [f"note    {note}" for note in report.notes]
        if not with_record:
            lines.append("note    no record given: the opening proofs of the tellers were not checked")
    return lines


def printable(line: str, encoding: str | None) -> str:
    """Spell out what could steer a terminal, since names come from the file, and what the terminal cannot show."""
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
    return shown.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")


def _how_far(report: Report) -> str:
    ending = "; no result yet" if report.reached in STAGES.values() and report.reached != "result" else ""
    return f"reached {report.reached}: {report.ballots} ballots{ending}"


def _audit(file: Path, runner: Runner | None) -> Report:
    size = file.stat().st_size
    with tqdm(total=size, unit="B", unit_scale=True, file=sys.stderr, leave=False,
              disable=size < PROGRESS_BYTES or not sys.stderr.isatty()) as bar:  # fmt: skip

        def show(offset: int) -> None:
            bar.update(offset - bar.n)

        return audit(file, progress=show, checker=checker(file, runner=runner))


def _is_bundle(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    except OSError:
        return False  # the audit says why it cannot be read


def _without_record(report: Report) -> Report:
    """Show the opening proofs as a check of which nothing was examined."""
    return replace(report, checks=(*report.checks, Finding(OPENINGS))) if report.decryptions else report


def _unreadable(why: str) -> Report:
    return Report(Verdict.UNREADABLE, "nothing", (), why=why)
