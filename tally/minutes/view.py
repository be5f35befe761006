"""A record as the minutes look at it: its papers, names joined with votes, and the words of a language."""

from dataclasses import dataclass
from functools import cached_property

from kiosk_templates.words import Language
from tally.errors import InvalidRecord
from tally.minutes.agreement import check_agreement
from tally.minutes.wording import Words, capitalised, in_table, percent_text, words_of
from voting.documents.canonical import parse_canonical
from voting.documents.case import Counted, Judged
from voting.documents.conferences.conference import Candidate, Conference, Paper, Signer
from voting.documents.errors import DocumentError
from voting.documents.kinds import MinutesWords, kind_of
from voting.documents.record import PaperResult, Record

RECORD_LIMIT = 16 * 1024 * 1024  # bytes of a record's payload


def parse_record(payload: bytes) -> Record:
    """Read the payload of a record: canonical JSON of exactly its fields. Raises InvalidRecord."""
    try:
        return parse_canonical(payload, Record, RECORD_LIMIT, "record")
    except DocumentError as error:
        raise InvalidRecord(str(error)) from None


@dataclass(frozen=True)
class View:
    """One record in one language."""

    record: Record
    words: Words

    @classmethod
    def looking_at(cls, record: Record, language: Language) -> "View":
        """Look at a record; raise InvalidRecord where it contradicts itself."""
        check_agreement(record)
        return cls(record, words_of(language))

    @property
    def language(self) -> Language:
        """The language of the words."""
        return self.words.language

    @property
    def conference(self) -> Conference:
        """The meeting."""
        return self.record.conference

    @cached_property
    def papers(self) -> tuple["PaperView", ...]:
        """The papers (phiếu), in the order of Setup."""
        return tuple(PaperView(self, paper, result) for paper, result in self.record.results())

    def of(self, paper: int) -> "PaperView":
        """Return a paper by its number, from 1."""
        return self.papers[paper - 1]

    @property
    def who(self) -> str:
        """The form of address (xưng hô), as within a sentence."""
        return self.conference.address

    def person(self, signer: Signer) -> str:
        """Write a person with form of address and role: `Đồng chí Trần Thị Ánh – Chuyên viên.`"""
        return self.words("general.person", who=capitalised(self.who), name=signer.name, role=signer.role)

    def number(self, count: int) -> str:
        """Write a count for a column."""
        return in_table(count, self.language)

    def percent(self, one: Judged) -> str:
        """Write the percent of a name, without the sign."""
        return percent_text(one.percent, self.language)


@dataclass(frozen=True)
class PaperView:
    """One paper of a record in one language, with what it came to."""

    view: View
    paper: Paper
    result: PaperResult

    @property
    def words(self) -> Words:
        """The words of the language."""
        return self.view.words

    @property
    def kind(self) -> MinutesWords:
        """What the kind of the paper says in the minutes: templates, which `words.fill` fills in."""
        return kind_of(self.paper.kind).words(self.view.language).minutes

    @property
    def hands_on(self) -> str:
        """What becomes of the names chosen: in Vietnamese as the catalogue says, else as the kind does."""
        return (self.paper.hands_on if self.view.language == "vi" else "") or self.kind.hands_on

    @cached_property
    def candidates(self) -> dict[str, Candidate]:
        """Names of the paper by id, in ballot order."""
        return {one.id: one for one in self.paper.candidates}

    @cached_property
    def judged(self) -> dict[str, Judged]:
        """The verdict on each name, by id."""
        return {one.id: one for one in self.result.verdict.candidates}

    @property
    def share(self) -> str:
        """The rule's share in words: `từ 30% trở lên`, `trên 50%`, `từ 2/3 trở lên`."""
        rule = self.paper.rule
        key = "rule.at_least" if rule.op == ">=" else "rule.more_than"
        return self.words(key, share=share_text(rule.num, rule.den))

    @property
    def base(self) -> str:
        """Whom the rule counts from, in words."""
        return self.words(f"rule.{self.paper.rule.base}")

    def listed(self) -> list[Counted]:
        """Votes for the names on the list, in ballot order."""
        return [one for one in self.result.case.candidates if not self.candidates[one.id].put_forward]

    def put_forward(self) -> list[Counted]:
        """Votes for names put forward (giới thiệu thêm) that somebody voted for: the others are not in the minutes."""
        return [one for one in self.result.case.candidates if self.candidates[one.id].put_forward and one.agree]


def share_text(num: int, den: int) -> str:
    """Write a share in percent where it is a whole one, else as a fraction."""
    return f"{num}/{den}" if 100 * num % den else f"{100 * num // den}%"
