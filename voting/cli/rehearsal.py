"""`phieukin rehearsal`: a whole conference without people, or a whole round (design §5)."""

import tempfile
from pathlib import Path

import click

from tally.result.rule import rule_line
from voting.documents.conferences.conference import Paper
from voting.documents.conferences.election import Election
from voting.documents.record import PaperResult
from voting.procedures import Ruleset, catalogue, find_ruleset, load_ruleset
from voting.procedures.errors import InvalidRuleset
from voting.rehearsal import sample
from voting.rehearsal.cast_list import draw_votes
from voting.rehearsal.conference import Held, Marks, hold, now
from voting.rehearsal.office import RULESET, UNITS_LIMIT, office_round, round_by
from voting.rehearsal.room import running_room
from voting.rehearsal.staff import make_staff
from voting.rehearsal.whole_round import rehearse_round
from voting.rounds.round import Round

MARKS = {1: (1, 0), 0: (0, 1), None: (0, 0)}
VOTERS_LIMIT, CANDIDATES_LIMIT = 10_000, 500


@click.command("rehearsal")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the files.")
@click.option("--voters", type=click.IntRange(1, VOTERS_LIMIT), help=f"People present [default: {sample.PRESENT}].")
@click.option("--ballots", type=click.IntRange(0, VOTERS_LIMIT), help="Ballots cast [default: one each; sample: 40].")
@click.option("--candidates", type=click.IntRange(1, CANDIDATES_LIMIT), help="One paper with so many names.")
@click.option("--seed", type=int, default=1, show_default=True, help="Chooses names and votes, never secrets.")
@click.option("--procedure", "procedures", metavar="ID", multiple=True,
              help="The whole round of a procedure, such as CUR-DEPT: one dossier. Given several times: those "
              "procedures together, in as few sittings as the people summoned allow.")  # fmt: skip
@click.option("--units", type=click.IntRange(1, UNITS_LIMIT),
              help="With --procedure: units, with two titles each [default: 1].")  # fmt: skip
@click.option("--ruleset", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="With --procedure: a procedure of this file instead of a shipped one.")  # fmt: skip
def rehearsal_command(
    out: Path, voters: int | None, ballots: int | None, candidates: int | None, seed: int,
    procedures: tuple[str, ...], units: int | None, ruleset: Path | None,
) -> None:  # fmt: skip
    """Run the sample conference on a real server with real ballots, count it, and write archive, records, minutes."""
    if procedures:
        _whole_round(out, procedures, units, ruleset, seed, conference_options=(voters, ballots, candidates))
        return
    if units is not None:
        raise click.UsageError("--units: goes with --procedure")
    if ruleset is not None:
        raise click.UsageError("--ruleset: goes with --procedure")
    present = sample.PRESENT if voters is None else voters
    if ballots is None:
        ballots = sample.BALLOTS if voters is None else present
    if ballots > present:
        raise click.UsageError(f"--ballots: at most the {present} who are present, {ballots} found")
    _check_empty(out)
    held = rehearse(out, present, ballots, candidates, seed)
    for line in summary(held):
        click.echo(line)


def rehearse(out: Path, present: int, ballots: int, candidates: int | None, seed: int) -> Held:
    """Hold the sample with `present` people and `ballots` ballots; `candidates` makes one paper with so many names."""
    plans = sample.SAMPLE_PAPERS if candidates is None else sample.single_paper(candidates)
    papers, questions = sample.draw_papers(plans, seed)
    absent = (present * (sample.SUMMONED - sample.PRESENT)) // sample.PRESENT
    votes = draw_votes(len(questions), ballots, seed)

    def marks_for(_: Election) -> Marks:
        return [[MARKS[choice] for choice in row] for row in votes]

    with tempfile.TemporaryDirectory() as folder:
        staff = make_staff(Path(folder), sample.TELLERS, sample.THRESHOLD, seed)
        draft = sample.sample_draft(papers, staff, present + absent, seed, now().date().isoformat())
        with running_room(Path(folder) / "room") as room:
            return hold(room, staff, draft, present, marks_for, out)


def summary(held: Held) -> list[str]:
    """Say for people who passed, with the rule line of each name, and where the files are."""
    lines: list[str] = []
    for paper, result in held.record.results():
        lines += _paper_lines(paper, result)
    lines += [f"archive  {held.archive}", f"facts    {held.facts}", f"count    {held.count}"]
    return [*lines, f"record   {held.path}", f"minutes  {held.path.with_name('minutes.pdf')}"]


def _paper_lines(paper: Paper, result: PaperResult) -> list[str]:
    names = {one.id: one.name for one in result.case.candidates}
    width = max(map(len, names.values()))
    lines = [f"{paper.title} ({result.ballots.collected} phiếu, {result.case.present} có mặt)"]
    lines += [
        f"  {names[one.id]:<{width}}  {rule_line(one, result.verdict, paper.rule)}" for one in result.verdict.candidates
    ]
    return lines


def _whole_round(
    out: Path, procedures: tuple[str, ...], units: int | None, file: Path | None, seed: int, *,
    conference_options: tuple[int | None, ...],
) -> None:  # fmt: skip
    """Hold every step of procedures together and write their dossier."""
    if len({*procedures}) != len(procedures):
        raise click.UsageError("--procedure: each procedure once expected")
    plans = [_plan(procedure, units, file, seed) for procedure in procedures]
    if any(option is not None for option in conference_options):
        raise click.UsageError("--procedure: a whole round takes no --voters, --ballots or --candidates")
    _check_empty(out)
    click.echo(f"dossier  {rehearse_round(out, plans, seed)}")


def _plan(procedure: str, units: int | None, file: Path | None, seed: int) -> Round:
    """Draw the round of a procedure: the plan's office, or one from what its ruleset says."""
    try:
        ruleset = _shipped(procedure) if file is None else load_ruleset(file)
    except InvalidRuleset as error:
        raise click.UsageError(str(error)) from None
    offered = (ruleset,) if file is not None else catalogue()
    known = [one.id for shipped in offered for one in shipped.procedures]
    if procedure not in known:
        raise click.UsageError(f"--procedure: one of {', '.join(known)} expected, {procedure!r} found")
    if ruleset == find_ruleset(RULESET):
        return office_round(procedure, seed, units=units or 1)
    if units is not None:
        raise click.UsageError(f"--units: for the procedures of {RULESET} alone")
    return round_by(ruleset, procedure, seed)


def _shipped(procedure: str) -> Ruleset:
    """Find the shipped ruleset of a procedure; that of the plan where there is none."""
    named = (one for one in catalogue() if any(procedure == listed.id for listed in one.procedures))
    return next(named, find_ruleset(RULESET))


def _check_empty(out: Path) -> None:
    """Refuse a folder with files in it, so that exactly one archive lies there in the end."""
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"--out: an empty or new folder expected; {out} has files in it")
