"""Who comes and how they vote at a rehearsed round: the story that each shipped procedure is replayed with.

The votes meet every line from both sides. At the key-cadre conference ten of fifteen are present, nine cast: 3 of 10 is
enough, 2 is not, and a name put forward gets on. At the extended one 6 of 10 is enough, 5 of 10 is not. At the last one
4 of 7 leaders are present, fewer than the quorum, by the chair's word: 4 of 7 is enough, 3 is not. The first title ends
in a tie on the last place, for the head to decide; the second in a tie above it, which needs no decision. The seed
chooses who of the source list plays which part. Rounds of other rulesets draw their votes.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voting.documents.conferences.conference import Paper
from voting.documents.conferences.election import Election
from voting.documents.kinds import kind_of
from voting.documents.quorum import least_present
from voting.procedures.schema import Step
from voting.rehearsal.conference import Marks
from voting.rehearsal.office import RULESET
from voting.rounds.round import Round, course_of, title_of

FAVOUR = (0.55, 0.95)
"""Least and greatest share of agree votes that a drawn name may have."""
NEWCOMER = -1
# Agree votes of the first, second, … name of the source list, and of the one put forward.
Part = Mapping[int, int]
ADOPTED: Part = {0: 7, 1: 6, 2: 5, 3: 4}
KEY_CADRES: Part = {0: 8, 1: 6, 2: 3, 3: 2, NEWCOMER: 4}
EXTENDED: Part = {0: 9, 1: 6, 2: 5, NEWCOMER: 7}
FINAL: tuple[Part, Part] = ({0: 4, 1: 4, NEWCOMER: 4}, {0: 4, 1: 3, NEWCOMER: 4})
REMOVAL = 4
WIDE_PRESENT, WIDE_SILENT, LAST_PRESENT = 10, 1, 4


@dataclass(frozen=True, slots=True)
class Turnout:
    """Persons present, ballots cast, and whether the chair must give a word to go on."""

    present: int
    ballots: int
    needs_word: bool


def turnout_for(plan: Round, step: Step, summoned: int) -> Turnout:
    """Say how many come to a step and how many of them cast a ballot."""
    least = least_present(plan.ruleset.quorum, summoned) if plan.ruleset.quorum else 1
    if plan.ruleset.id != RULESET:
        present = max(least, summoned - 1)
        return Turnout(present, present, False)
    if step.closing is not None:
        return Turnout(LAST_PRESENT, LAST_PRESENT, least > LAST_PRESENT)
    ballot = step.introducing
    if ballot is None:
        return Turnout(summoned, summoned, False)
    present = min(WIDE_PRESENT, summoned)
    return Turnout(present, present - (WIDE_SILENT if ballot.put_forward else 0), False)


def marks_for(steps: Sequence[tuple[Round, Step]], election: Election, ballots: int, seed: int) -> Marks:
    """Fill in every ballot of a sitting; the seed chooses which ballot says what."""
    source = random.Random(f"round|{seed}|{steps[0][1].number}")
    of = {course_of(plan): (plan, step) for plan, step in steps}
    assert election.conference is not None, "a rehearsal's election has a conference"
    rows = [[[0] * len(question.answers) for question in election.questions] for _ in range(ballots)]
    for paper in election.conference.papers:
        agrees = _agrees(*of[paper.course], paper, ballots, source)
        if kind_of(paper.kind).chooses:
            _choose(rows, paper, agrees, election.questions[paper.candidates[0].at[0]].max, source)
            continue
        for one, count in zip(paper.candidates, agrees, strict=True):
            _mark(rows, one.at, min(count, ballots), put_forward=one.put_forward, source=source)
    return rows


def _mark(
    rows: list[list[list[int]]], at: tuple[int, int], agree: int, *, put_forward: bool, source: random.Random
) -> None:
    """Mark `agree` ballots in favour; the others against, or nothing where the name was put forward."""
    question, answer = at
    chosen = set(source.sample(range(len(rows)), agree))
    for number, row in enumerate(rows):
        if number in chosen:
            row[question][answer] = 1
        elif not put_forward:
            row[question][1] = 1


def _choose(
    rows: list[list[list[int]]], paper: Paper, votes: list[int], most: int, source: random.Random
) -> None:
    """Give each name so many votes, as far as ballots are left that may choose another name."""
    chosen = [0] * len(rows)
    for one, count in zip(paper.candidates, votes, strict=True):
        question, answer = one.at
        free = [number for number in source.sample(range(len(rows)), len(rows)) if chosen[number] < most]
        for number in sorted(free, key=lambda row: chosen[row])[:count]:
            rows[number][question][answer] = 1
            chosen[number] += 1


def _seat_number(plan: Round, paper: Paper) -> int:
    seats = [(seat.unit, title_of(plan, seat).name) for seat in plan.seats]
    return seats.index((paper.unit, paper.title))


def _agrees(plan: Round, step: Step, paper: Paper, ballots: int, source: random.Random) -> list[int]:
    """Return the agree votes of each name of a paper."""
    if plan.ruleset.id != RULESET:
        return _drawn(paper, ballots, source)
    if kind_of(paper.kind).removes:
        return [REMOVAL for _ in paper.candidates]
    seat = _seat_number(plan, paper)
    part = _part(step, paper, seat)
    ranks = _ranks(plan, seat)
    return [part.get(ranks.get(one.id, NEWCOMER), 0) for one in paper.candidates]


def _part(step: Step, paper: Paper, seat: int) -> Part:
    if kind_of(paper.kind).by_hand:
        return ADOPTED
    if kind_of(paper.kind).closes:
        return FINAL[seat % len(FINAL)]
    ballot = step.introducing
    return KEY_CADRES if ballot is not None and ballot.put_forward else EXTENDED


def _ranks(plan: Round, seat: int) -> dict[str, int]:
    """Return the part that each name of a seat's source list plays, by the order of the list."""
    place = (plan.seats[seat].unit, plan.seats[seat].title)
    return {one.person: rank for rank, one in enumerate(
        one for one in plan.nominees if (one.unit, one.title) == place)}  # fmt: skip


def _drawn(paper: Paper, ballots: int, source: random.Random) -> list[int]:
    """Draw the votes of a paper; the first name has all, so that no paper comes out empty."""
    drawn = [round(ballots * source.uniform(*FAVOUR)) for _ in paper.candidates]
    return [ballots, *drawn[1:]]
