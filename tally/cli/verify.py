"""`phieukin verify`: check an archive and records made from it, the files of a box, or a bundle (design §5).

Exit 0: sound. Exit 1: not sound, each failed check named with its place; or sound but for required signatures that are
still to come. Exit 2: not readable, or not supported. Whatever the file is, what was not checked is said.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
from tqdm import tqdm

from tally.audit import Finding, Report, Verdict, audit
from tally.audit.bundles.bundle import check_bundle
from tally.audit.bundles.loose import HAND, Loose, check_loose
from tally.audit.engines.checking import Runner, checker, cores, on_all_cores
from tally.audit.engines.resume import check_own, resuming
from tally.audit.head import check_decisions
from tally.audit.opening_proofs import OPENINGS
from tally.audit.record import check_records
from tally.audit.report_text import as_plain, as_text
from tally.audit.unchecked import ORDER, unchecked_in
from tally.cli.gathered import NotGathered, gather, is_bundle
from tally.dialogue import in_both
from tally.errors import TallyError
from tally.terminal import printable
from voting.documents.canonical import read_limited
from voting.procedures import load_ruleset
from voting.procedures.errors import InvalidRuleset
from voting.procedures.schema import Ruleset

EXIT = {
    Verdict.SOUND: 0,
    Verdict.NOT_SOUND: 1,
    Verdict.INCOMPLETE: 1,
    Verdict.UNREADABLE: 2,
    Verdict.UNSUPPORTED: 2,
}
PROGRESS_BYTES = 4 * 1024 * 1024  # smaller archives are checked before a bar would be read


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--record", "records", multiple=True, type=click.Path(path_type=Path), help="A record of this archive.")
@click.option("--head", "heads", multiple=True, type=click.Path(path_type=Path),
              help="The head's decision on a tie of these records; may be repeated.")  # fmt: skip
@click.option(
    "--ruleset",
    "rulesets",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A catalogue of procedures (TOML) that is not shipped with this program; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the report as one JSON object.")
@click.option("--cluster", metavar="ADDRESS", help="Check the ballots on the machines of this dask scheduler.")
@click.option("--resume", "journal", metavar="JOURNAL", type=click.Path(dir_okay=False, path_type=Path),
              help="Note in this file what is found sound; given again after a break, go on from there.")  # fmt: skip
def verify_command(
    file: Path,
    records: tuple[Path, ...],
    heads: tuple[Path, ...],
    rulesets: tuple[Path, ...],
    as_json: bool,
    cluster: str | None,
    journal: Path | None,
) -> None:
    """Check an archive FILE from its first byte to its result, and records made from it; or a bundle, all of it.

    Record and head's decision (--head) together give the selected names where a tie was left to the head.

    FILE may also be a record (record.json) or signed minutes (PDF), whose archive UUID.bel lies beside it, or a folder
    that holds one box or bundle. Facts beside the archive are compared as well.

    Exit 0: sound. Exit 1: not sound, or signatures are awaited. Exit 2: not readable, or not supported.
    """
    with _runner(cluster) as runner:
        catalogues = _catalogues(rulesets)
        own = runner if journal is None else _resuming(file, journal, runner)
        report = check_file(file, records, own, catalogues, heads)
    if as_json:
        click.echo(json.dumps(as_plain(report)))
    else:
        for line in as_text(report, file.name or str(file)):
            click.echo(printable(line, sys.stdout.encoding))
    sys.exit(EXIT[report.verdict])


@contextmanager
def _runner(cluster: str | None) -> Iterator[Runner | None]:
    """Connect to a cluster where one is named; None leaves the work to this machine."""
    with ExitStack() as stack:
        yield None if cluster is None else stack.enter_context(_connected(cluster))


def _connected(cluster: str) -> AbstractContextManager[Runner]:
    try:
        from tally.audit.engines.cluster import connect

        return connect(cluster)
    except (ImportError, OSError, ValueError) as error:
        raise click.BadParameter(f"{cluster}: {error}", param_hint="--cluster") from None


def _resuming(file: Path, journal: Path, runner: Runner | None) -> Runner:
    """Keep a journal of what the runner, or this machine, finds sound."""
    if is_bundle(file):
        raise click.BadParameter("an archive expected: a bundle is checked as a whole", param_hint="--resume")
    try:
        check_own(journal)
    except (OSError, TallyError) as error:
        raise click.BadParameter(str(error), param_hint="--resume") from None
    return resuming(journal, runner or (lambda works: on_all_cores(works, cores())))


def _catalogues(paths: tuple[Path, ...]) -> tuple[Ruleset, ...]:
    try:
        return tuple(map(load_ruleset, paths))
    except (OSError, InvalidRuleset) as error:
        raise click.BadParameter(str(error), param_hint="--ruleset") from None


def check_file(
    file: Path,
    records: tuple[Path, ...],
    runner: Runner | None = None,
    rulesets: Sequence[Ruleset] = (),
    heads: tuple[Path, ...] = (),
) -> Report:
    """Audit a file with its records, ballots by `runner` if given; whatever the files hold, a report comes back.

    `rulesets` are catalogues to compare conferences with, besides those that are shipped; `heads` decisions on ties.
    """
    try:
        found = gather(file)
        if found is None:
            return _with_records(file, records, heads, runner, rulesets)
        if records or (heads and found.bundle is not None):
            return _unreadable(in_both("verify.own_records", file=file.name or file))
        if found.bundle is not None:
            report = _bundle(found.bundle, runner, rulesets)
        else:
            files = replace(found.files, heads=_with_others(found.files.heads, _named(heads)))
            report = _with_unchecked(_loose(files, runner, rulesets))
        return replace(report, notes=(*report.notes, *found.notes))
    except (OSError, NotGathered) as error:
        return _unreadable(str(error))
    except (MemoryError, RecursionError) as error:
        return _unreadable(f"{file.name}: {type(error).__name__}: made to exhaust this machine")


def _with_records(
    file: Path, records: tuple[Path, ...], heads: tuple[Path, ...], runner: Runner | None, rulesets: Sequence[Ruleset]
) -> Report:
    """Audit an archive with the records and decisions that were named."""
    texts = _named(records)
    if len(texts) < len(records):
        return _unreadable("one record is given twice")
    report = _audit(file, runner, rulesets)
    report = check_records(report, texts) if records else report
    return _with_unchecked(check_decisions(report, texts, _named(heads)))


def _named(paths: tuple[Path, ...]) -> dict[str, bytes]:
    """Read the files that were named, by what people know them by."""
    distinct = len({path.name for path in paths}) == len(paths)
    return {path.name if distinct else str(path): read_limited(path) for path in paths}


def _with_others(beside: Mapping[str, bytes], named: Mapping[str, bytes]) -> dict[str, bytes]:
    """Join decisions that lie beside a record with those that were named, whatever their names."""
    more = {f"--head {name}" if beside.get(name, raw) != raw else name: raw for name, raw in named.items()}
    return {**beside, **more}


def _loose(files: Loose, runner: Runner | None, rulesets: Sequence[Ruleset]) -> Report:
    """Audit the archive among loose files and what lies beside it; without one, a count by hand."""
    by_hand = Report(Verdict.SOUND, HAND, ())
    return check_loose(_audit(files.archive, runner, rulesets) if files.archive else by_hand, files, rulesets)


def _bundle(file: Path, runner: Runner | None, rulesets: Sequence[Ruleset]) -> Report:
    report = check_bundle(file, runner, rulesets)
    return report if report.unchecked else replace(report, unchecked=ORDER)  # it did not even open


def _audit(file: Path, runner: Runner | None, rulesets: Sequence[Ruleset]) -> Report:
    size = file.stat().st_size
    with tqdm(total=size, unit="B", unit_scale=True, file=sys.stderr, leave=False,
              disable=size < PROGRESS_BYTES or not sys.stderr.isatty()) as bar:  # fmt: skip

        def show(offset: int) -> None:
            bar.update(offset - bar.n)

        return audit(file, progress=show, checker=checker(file, runner=runner), rulesets=rulesets)


def _with_unchecked(report: Report) -> Report:
    """Name what was not checked, and show the opening proofs as a check of which nothing was examined."""
    openings = report.decryptions and not any(one.check == OPENINGS for one in report.checks)
    checks = (*report.checks, Finding(OPENINGS)) if openings else report.checks
    return replace(report, checks=checks, unchecked=unchecked_in(report))


def _unreadable(why: str) -> Report:
    return Report(Verdict.UNREADABLE, "nothing", (), why=why, unchecked=ORDER)
