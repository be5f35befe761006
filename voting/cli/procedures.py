"""`phieukin procedures …`: look at the catalogue of procedures, and check a ruleset file of one's own."""

import sys
from pathlib import Path

import click

from voting.procedures import catalogue, find_procedure, load_ruleset
from voting.procedures.card import card, document
from voting.procedures.errors import InvalidRuleset, UnknownProcedure
from voting.procedures.schema import Ruleset


@click.group("procedures")
def procedures_group() -> None:
    """Procedures (quy trình) as data: show and check them."""


@procedures_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a ruleset FILE (TOML); name every fault with its place."""
    try:
        ruleset = load_ruleset(file)
    except InvalidRuleset as error:
        for problem in error.problems:
            click.echo(f"{file.name}: {problem}", err=True)
        sys.exit(1)
    steps = sum(len(procedure.steps) for procedure in ruleset.procedures)
    count = len(ruleset.procedures)
    click.echo(f"{ruleset.id} version {ruleset.version}: {count} procedure(s), {steps} steps: in order")


@procedures_group.command("show")
@click.argument("procedure_id", metavar="[ID]", required=False)
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A ruleset of one's own.")
def show(procedure_id: str | None, file: Path | None) -> None:
    """Show one procedure as a card, or the list of all."""
    try:
        rulesets = (load_ruleset(file),) if file else catalogue()
        if procedure_id is None:
            for ruleset in rulesets:
                _list(ruleset)
            return
        ruleset = next((each for each in reversed(rulesets) if procedure_id in _ids(each)), rulesets[-1])
        click.echo(card(find_procedure(procedure_id, ruleset), ruleset), nl=False)
    except (InvalidRuleset, UnknownProcedure) as error:
        raise click.ClickException(str(error)) from error


@procedures_group.command("document")
def write_document() -> None:
    """Write docs/procedures.md to standard output."""
    click.echo(document(catalogue()), nl=False)


def _ids(ruleset: Ruleset) -> set[str]:
    return {procedure.id for procedure in ruleset.procedures}


def _list(ruleset: Ruleset) -> None:
    click.echo(f"{ruleset.id} version {ruleset.version}: {ruleset.name}")
    for procedure in ruleset.procedures:
        click.echo(f"  {procedure.id:<12} {procedure.section:<11} {procedure.name}")
