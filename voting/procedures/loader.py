"""Reading ruleset files: TOML, strict, every fault with its place.

Refused: files over 256 KiB, unknown keys, text that is not NFC, control and bidirectional marks, ids used and
not defined. The shipped catalogue is every `*.toml` beside this module; (id, version) is unique in it, so an old
record always finds the version it was made by.

>>> find_procedure("CUR-DEPT").steps[3].ballots[0].kind
'final'
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from keys.errors import UnreadableText
from keys.files.plain_text import decode_text
from voting.documents.canonical import unclean_text
from voting.procedures.consistency import problems
from voting.procedures.errors import InvalidRuleset, UnknownProcedure
from voting.procedures.schema import Note, Procedure, Ruleset, Step

MOST_BYTES = 256 * 1024
MOST_DEPTH = 12


def parse_ruleset(raw: bytes, *, source: str = "ruleset") -> Ruleset:
    """Return the ruleset in `raw`; raise InvalidRuleset with every fault found."""
    tree = _read(raw, source)
    spelling = tuple(_misspelt(tree, "", 0))
    if spelling:
        raise InvalidRuleset(source, spelling)
    try:
        ruleset = msgspec.convert(tree, Ruleset, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidRuleset(source, (_place_first(str(error)),)) from error
    found = tuple(problems(ruleset))
    if found:
        raise InvalidRuleset(source, found)
    return ruleset


def _read(raw: bytes, source: str) -> dict[str, object]:
    if len(raw) > MOST_BYTES:
        raise InvalidRuleset(source, (f"{len(raw)} bytes, at most {MOST_BYTES} are read",))
    try:
        return tomllib.loads(decode_text(raw, "the file"))
    except UnreadableText as error:
        raise InvalidRuleset(source, (str(error),)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidRuleset(source, (f"not TOML: {error}",)) from error


def _misspelt(value: object, place: str, depth: int) -> Iterator[str]:
    """Yield the places of text that is not NFC or holds characters nobody can see."""
    if depth > MOST_DEPTH:
        yield f"{place}: nested too deeply"
    elif isinstance(value, str):
        problem = unclean_text(value)
        if problem:
            yield f"{place}: {problem}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _misspelt(inner, f"{place}.{key}" if place else str(key), depth + 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _misspelt(inner, f"{place}[{at}]", depth + 1)


def _place_first(message: str) -> str:
    """Turn msgspec's "what - at `$.a.b`" into "a.b: what"."""
    found = re.fullmatch(r"(?s)(.*) - at `\$\.?(.*)`", message)
    return f"{found.group(2)}: {found.group(1)}" if found and found.group(2) else message


def load_ruleset(path: Path) -> Ruleset:
    """Read a ruleset file from disk."""
    with path.open("rb") as file:
        return parse_ruleset(file.read(MOST_BYTES + 1), source=path.name)


@cache
def catalogue() -> tuple[Ruleset, ...]:
    """Return the rulesets that come with the program, by id, then version."""
    folder = Path(__file__).parent
    rulesets = sorted(map(load_ruleset, folder.glob("*.toml")), key=lambda ruleset: (ruleset.id, ruleset.version))
    keys = [(ruleset.id, ruleset.version) for ruleset in rulesets]
    if len(set(keys)) != len(keys):
        raise InvalidRuleset(str(folder), ("two files hold the same ruleset and version",))
    return tuple(rulesets)


def find_ruleset(ruleset_id: str, version: int | None = None) -> Ruleset:
    """Return a shipped ruleset, the newest version unless one is given; raise UnknownProcedure."""
    for ruleset in reversed(catalogue()):
        if ruleset.id == ruleset_id and version in (None, ruleset.version):
            return ruleset
    raise UnknownProcedure(f"no ruleset {ruleset_id!r} version {version or 'any'}")


def find_procedure(procedure_id: str, ruleset: Ruleset | None = None) -> Procedure:
    """Return a procedure of `ruleset`, or of the shipped catalogue (newest first); raise UnknownProcedure."""
    for candidate in (ruleset,) if ruleset else reversed(catalogue()):
        for procedure in candidate.procedures:
            if procedure.id == procedure_id:
                return procedure
    raise UnknownProcedure(f"no procedure {procedure_id!r}")


def find_step(procedure: Procedure, number: int) -> Step:
    """Return step `number`, counted from 1; raise UnknownProcedure."""
    if not 1 <= number <= len(procedure.steps):
        raise UnknownProcedure(f"{procedure.id} has steps 1 to {len(procedure.steps)}, not {number}")
    return procedure.steps[number - 1]


def find_note(ruleset: Ruleset, code: str) -> Note:
    """Return the note of that code; raise UnknownProcedure."""
    for note in ruleset.notes:
        if note.code == code:
            return note
    raise UnknownProcedure(f"no note {code!r} in {ruleset.id}")
