"""The kinds of ballot (loại phiếu) as data: what a kind asks, hands on and prints, in both languages.

A kind is one file of `voting/procedures/kinds`, read strictly; its id is the file's name. What is below the catalogue
needs the kinds as well, so they are read here. Adding one is adding a file: tablet, paper ballot, minutes, summaries
and the checks of documents take words and properties from it.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from keys.message import Sentence
from voting.documents.canonical import unclean_text

FOLDER = Path(__file__).resolve().parents[1] / "procedures" / "kinds"
HandsOn = Literal["names", "plan", "removal"]
"""To whom the names go that are chosen: the next step, whoever approves the plan, or a proposal to remove them."""
Answer = Literal["agree", "disagree"]


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of the two answers to a name."""

    agree: str
    disagree: str


class TabletWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tablet says: what to do, and the two answers."""

    instruction: str
    agree: str
    disagree: str


class MinutesWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the minutes say, as templates: `{post}`, `{n}`, `{who}`, `{share}`, `{base}`, `{quota}`, `{hands_on}`."""

    title: str
    principle: str
    agree: str
    disagree: str
    met: str
    missed: str
    hands_on: str
    conclusion: str
    conclusion_quota: str
    conclusion_none: str


class KindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language: in lists, as a heading, within a sentence, on the card of a procedure."""

    name: str
    heading: str
    phrase: str
    card: str
    tablet: TabletWords
    minutes: MinutesWords


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of ballot."""

    format: Literal[1]
    id: str
    place: int
    hands_on: HandsOn
    counts: Answer
    answers: Answers
    printed: Answers
    vi: KindWords
    en: KindWords
    put_forward: bool = False
    by_hand: bool = False

    @property
    def removes(self) -> bool:
        """Whether its names are proposed to leave the plan."""
        return self.hands_on == "removal"

    @property
    def closes(self) -> bool:
        """Whether it closes a procedure: what it chooses is the plan."""
        return self.hands_on == "plan"

    @property
    def asked(self) -> tuple[str, ...]:
        """The answers of a question, in their order in Setup."""
        return self.answers.agree, self.answers.disagree

    @property
    def counted(self) -> int:
        """The place among them of the answer that counts for the rule."""
        return ("agree", "disagree").index(self.counts)

    @property
    def phrase(self) -> Sentence:
        """The kind within a sentence."""
        return Sentence(self.vi.phrase, self.en.phrase)

    def words(self, language: Literal["vi", "en"]) -> KindWords:
        """Return the words of a language."""
        return self.vi if language == "vi" else self.en


def read_kind(raw: bytes, name: str) -> Kind:
    """Read one kind's file; raise ValueError where it is not exactly a kind of that name."""
    kind = msgspec.convert(tomllib.loads(raw.decode()), Kind, strict=True)
    unclean = next(filter(None, (unclean_text(text) for text in _texts(msgspec.to_builtins(kind)))), None)
    if kind.id != name or unclean is not None:
        raise ValueError(f"{name}: {unclean or f'the id {name} expected, {kind.id} found'}")
    return kind


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its id, in the order of their places."""
    found = [read_kind(path.read_bytes(), path.stem) for path in kind_files()]
    return {kind.id: kind for kind in sorted(found, key=lambda one: (one.place, one.id))}


def kind_files() -> list[Path]:
    """Return the files of all kinds, by name."""
    return sorted(FOLDER.glob("*.toml"))


def kind_of(name: str) -> Kind:
    """Return the kind of that id, as a paper that was read has it."""
    return kinds()[name]


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


if TYPE_CHECKING:
    PaperKind = str
else:  # so that a paper of any other kind is refused where it is read
    PaperKind = Literal[tuple(kinds())]
