"""The kinds of ballot (loại phiếu) as data: what a kind asks, hands on and prints, in both languages.

A kind is one file of `voting/procedures/kinds`, read strictly; its id is the file's name. What is below the catalogue
needs the kinds as well, so they are read here. Adding one is adding a file: tablet, paper ballot, minutes, summaries
and the checks of documents take words and properties from it.

A kind asks one of three things (`question`): agree or disagree with each name; one of k levels for each name; or, in
one question for the whole paper, the choice of up to `most` of its names.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from keys.message import Sentence
from voting.documents.canonical import unclean_text

FOLDER = Path(__file__).resolve().parents[1] / "procedures" / "kinds"
QuestionForm = Literal["agree", "levels", "choices"]
HandsOn = Literal["names", "plan", "removal", "result", "report"]
"""What becomes of the names chosen: the next step, whoever approves the plan, a proposal to remove them, or the result
of the procedure itself; or nobody is chosen and the votes are reported."""
Answer = Literal["agree", "disagree"]
AGREE, DISAGREE = "agree", "disagree"
NO_OPINION = "no_opinion"
LEAST_LEVELS = 2


class TabletWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tablet says: what to do (`{most}`: how many may be chosen), and the answers."""

    instruction: str
    answers: dict[str, str]


class PrintedWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the paper ballot says, in Vietnamese: what to do, a note below (`{most}`, `{address}`), the answers."""

    instruction: str
    note: str
    answers: dict[str, str]


class MinutesWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the minutes say, as templates: `{post}`, `{n}`, `{who}`, `{share}`, `{base}`, `{quota}`, `{hands_on}`.

    `vote` is what a vote that counts is called."""

    title: str
    principle: str
    vote: str
    answers: dict[str, str]
    conclusion: str
    met: str = ""
    missed: str = ""
    hands_on: str = ""
    conclusion_quota: str = ""
    conclusion_none: str = ""

    @property
    def agree(self) -> str:
        """The head of the column of votes for a name."""
        return self.answers[AGREE]

    @property
    def disagree(self) -> str:
        """The head of the column of votes against a name."""
        return self.answers[DISAGREE]


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

    format: Literal[2]
    id: str
    place: int
    question: QuestionForm
    hands_on: HandsOn
    counts: Answer | None = None
    answers: dict[str, str] = {}
    printed: PrintedWords
    most: Literal["quota"] | Annotated[int, msgspec.Meta(ge=1)] | None = None
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
        """Whether it closes a procedure: what it chooses, or what is reported of it, is what the procedure is for."""
        return self.hands_on in ("plan", "result", "report")

    @property
    def plans(self) -> bool:
        """Whether what it chooses is the plan."""
        return self.hands_on == "plan"

    @property
    def asked(self) -> tuple[str, ...]:
        """The answers of a question on a name, in their order in Setup; none where the names are the answers."""
        return tuple(self.answers.values())

    @property
    def counted(self) -> int:
        """The place among them of the answer that counts for the rule; the first where none does."""
        return 0 if self.counts is None else tuple(self.answers).index(self.counts)

    @property
    def chooses(self) -> bool:
        """Whether one question of the paper offers its names to choose from."""
        return self.question == "choices"

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that a name may get, in their order; none where it is not asked in levels."""
        return tuple(self.answers) if self.question == "levels" else ()

    def most_of(self, names: int, quota: int | None) -> int:
        """Return how many names one ballot may choose, of a paper with so many names and places to fill."""
        return min(names, (quota or 1) if self.most == "quota" else self.most or 1)

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
    for problem in _question_problems(kind):
        raise ValueError(f"{name}: {problem}")
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


def _question_problems(kind: Kind) -> Iterator[str]:
    """Yield what does not fit the form of the question: answers, what counts, how many, and the words of each."""
    marks = tuple(kind.answers) or (AGREE,)
    if kind.question == "agree" and tuple(kind.answers) != (AGREE, DISAGREE):
        yield f"answers: {AGREE} and {DISAGREE} expected, in this order"
    if kind.question == "levels" and (len(marks) < LEAST_LEVELS or NO_OPINION in marks):
        yield f"answers: at least {LEAST_LEVELS} levels expected, none of them called {NO_OPINION}"
    if kind.chooses and kind.answers:
        yield "answers: none expected, since the names are the answers"
    if len(set(kind.answers.values())) != len(kind.answers):
        yield "answers: two have the same words"
    if (kind.counts is None) != (kind.question != "agree"):
        yield "counts: the answer that counts expected where a name is agreed to, and there alone"
    if (kind.most is None) == kind.chooses:
        yield "most: how many names a ballot may choose expected where it chooses, and there alone"
    if kind.put_forward and kind.question != "agree":
        yield "put_forward: only where names are agreed to"
    if (kind.question == "levels") != (kind.hands_on == "report"):
        yield "hands_on: votes in levels are reported, and they alone"
    yield from _word_problems(kind, marks)


def _word_problems(kind: Kind, marks: tuple[str, ...]) -> Iterator[str]:
    """Yield where words for an answer, or for an outcome that the kind has, are missing."""
    for place, words in (
        ("printed.answers", kind.printed.answers), ("vi.tablet.answers", kind.vi.tablet.answers),
        ("en.tablet.answers", kind.en.tablet.answers), ("vi.minutes.answers", kind.vi.minutes.answers),
        ("en.minutes.answers", kind.en.minutes.answers),
    ):  # fmt: skip
        if tuple(name for name in words if name != NO_OPINION) != marks:
            yield f"{place}: words expected for {', '.join(marks)}, in this order"
    for language, minutes in (("vi", kind.vi.minutes), ("en", kind.en.minutes)):
        for name in ("met", "missed", "hands_on", "conclusion_quota", "conclusion_none"):
            if bool(getattr(minutes, name)) == (kind.hands_on == "report"):
                yield f"{language}.minutes.{name}: words expected where names are chosen, and there alone"
        if kind.chooses and NO_OPINION not in minutes.answers:
            yield f"{language}.minutes.answers: words for {NO_OPINION} expected where names are chosen from"


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


if TYPE_CHECKING:
    PaperKind = str
else:  # so that a paper of any other kind is refused where it is read
    PaperKind = Literal[tuple(kinds())]
