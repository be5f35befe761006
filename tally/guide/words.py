"""What people say while counting: asked for, saved as it is typed, shown again and corrected before it is kept.

Witnesses, complaints and the chair's words go into the count facts and so into the minutes, where nobody can mend
them: whoever types them sees all of them once more. A terminal that closes in between loses nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keys.files.durable import read_plain, write_whole
from tally.count.steps import Words
from tally.count.usb_stick import Desk
from tally.dialogue import Guide, tell_aside
from tally.errors import Stopped
from tally.signing.signed_files import is_signed_record, put
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.conferences.conference import ON_PAPER, Signer
from voting.documents.facts import ChairWord, CountFacts


@dataclass(frozen=True, slots=True)
class PeoplesWords:
    """The words of people, in a file that each answer changes at once."""

    guide: Guide
    path: Path
    chair: Signer

    def read(self) -> Words:
        """What was said so far."""
        if not self.path.exists():
            return Words()
        return parse_canonical(read_plain(self.path), Words, what=self.path.name)

    def keep(self, words: Words) -> Words:
        """Write what was said."""
        write_whole(self.path, canonical(words))
        return words

    def ask(self, absent: Sequence[tuple[int, str]]) -> Words:
        """Ask for the chair's word on each teller who did not open, for witnesses and complaints; have all reviewed.

        `absent` are owners with their names. What was said in an earlier run is reviewed, not asked for again.
        """
        words = self._without_openers(self.read(), {owner for owner, _ in absent})
        if words.reviewed:
            return words
        if not (words.witnesses or words.complaints or _absences(words)):
            self._ask_absent(absent)
            self._listed("count.witness", self._witness)
            self._listed("count.complaint", self._complaint)
        return self.review(self.read())

    def review(self, words: Words) -> Words:
        """Show all that was said until nobody corrects it any more; nothing is asked where nothing was said."""
        while entries := _entries(words):
            self.guide.title("count.words")
            for number, one in enumerate(entries, 1):
                self.guide.say(f"count.words_{one.kind}", number=number, text=one.text)
            answer = self.guide.ask("count.words_ask", default="").casefold()
            if not answer:
                break
            if answer in ("+", "w"):
                words = self._add(words, "count.witness", self._witness)
            elif answer == "!":
                words = self._add(words, "count.complaint", self._complaint)
            elif answer.isdecimal() and 1 <= int(answer) <= len(entries):
                fresh = self.guide.ask("count.words_again", default="")
                words = self.keep(entries[int(answer) - 1].corrected(words, fresh))
            else:
                self.guide.say("count.words_wrong", most=len(entries))
        return self.keep(msgspec.structs.replace(words, reviewed=True))

    def _ask_absent(self, absent: Sequence[tuple[int, str]]) -> None:
        if not absent:
            return
        self.guide.say("count.absent", names=", ".join(name for _, name in absent))
        for owner, name in absent:
            reason = self.guide.ask("count.absent_ask", default="", name=name)
            if reason:
                words = self.read()
                word = ChairWord("teller_absent", self.chair.name, reason, (owner,))
                self.keep(msgspec.structs.replace(words, chair_words=(*words.chair_words, word)))
                self.guide.say("count.absent_paper" if self.chair.key == ON_PAPER else "count.absent_signs", name=name)

    def _listed(self, key: str, add: Callable[[Words, str], Words]) -> None:
        while line := self.guide.ask(key, default=""):
            self.keep(add(self.read(), line))

    def _add(self, words: Words, key: str, add: Callable[[Words, str], Words]) -> Words:
        line = self.guide.ask(key, default="")
        return self.keep(add(words, line)) if line else words

    @staticmethod
    def _witness(words: Words, line: str) -> Words:
        return msgspec.structs.replace(words, witnesses=(*words.witnesses, line))

    @staticmethod
    def _complaint(words: Words, line: str) -> Words:
        return msgspec.structs.replace(words, complaints=(*words.complaints, line))

    def _without_openers(self, words: Words, absent: set[int]) -> Words:
        """Drop words on tellers who opened after all."""
        kept = tuple(one for one in words.chair_words if not one.tellers or {*one.tellers} & absent)
        return words if kept == words.chair_words else self.keep(msgspec.structs.replace(words, chair_words=kept))


def correct_words(guide: Guide, desk: Desk, chair: Signer) -> None:
    """Have the words in finished count facts corrected; raise Stopped once somebody has signed a record."""
    if any(is_signed_record(read_plain(path)) for path in desk.records()):
        raise Stopped(guide.words("count.words_signed"))
    facts = parse_canonical(read_plain(desk.count), CountFacts, what="count facts")
    said = Words(facts.complaints, facts.witnesses, facts.chair_words)
    words = PeoplesWords(guide, desk.words, chair).review(said)
    fresh = msgspec.structs.replace(
        facts, complaints=words.complaints, witnesses=words.witnesses, chair_words=words.chair_words
    )
    tell_aside(desk.count, put(desk.count, canonical(fresh)))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing that somebody said: its kind, its place among its kind, and its text."""

    kind: str
    place: int
    text: str

    def corrected(self, words: Words, text: str) -> Words:
        """The words with another text in its place, or without it where the text is empty."""
        if self.kind.startswith("chair_"):
            return _with_chair(words, self.place, text)
        lines: tuple[str, ...] = getattr(words, self.kind)
        changed = (*lines[: self.place], *([text] if text else []), *lines[self.place + 1 :])
        return msgspec.structs.replace(words, **{self.kind: changed})


def _entries(words: Words) -> list[_Entry]:
    """All that was said, in the order in which it is shown."""
    chair = [_Entry(f"chair_{one.kind}", place, one.reason) for place, one in enumerate(words.chair_words)]
    witnesses = [_Entry("witnesses", place, text) for place, text in enumerate(words.witnesses)]
    return [*chair, *witnesses, *(_Entry("complaints", place, text) for place, text in enumerate(words.complaints))]


def _with_chair(words: Words, place: int, reason: str) -> Words:
    """Give the chair's word another reason; an empty one takes back a word of absence, and no other."""
    before, one, after = words.chair_words[:place], words.chair_words[place], words.chair_words[place + 1 :]
    if not reason:
        kept = () if one.kind == "teller_absent" else (one,)
    else:
        kept = (msgspec.structs.replace(one, reason=reason),)
    return msgspec.structs.replace(words, chair_words=(*before, *kept, *after))


def _absences(words: Words) -> list[ChairWord]:
    return [one for one in words.chair_words if one.kind == "teller_absent"]
