"""The catalogue of procedures (quy trình) as versioned data, and its loader. Pure: no web, no database."""

from voting.procedures.loader import (
    catalogue,
    find_note,
    find_procedure,
    find_ruleset,
    find_step,
    load_ruleset,
    parse_ruleset,
)
from voting.procedures.schema import Ballot, Procedure, Ruleset, Step, Title

__all__ = [
    "Ballot",
    "Procedure",
    "Ruleset",
    "Step",
    "Title",
    "catalogue",
    "find_note",
    "find_procedure",
    "find_ruleset",
    "find_step",
    "load_ruleset",
    "parse_ruleset",
]
