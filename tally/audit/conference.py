"""Check the field `conference` against itself, the cards of Setup, the tellers and the box (design §3 and §5)."""

from keys.signing import load_public
from tally.audit.report import Ledger
from voting.documents.conference import ON_PAPER, Conference
from voting.documents.conference_check import conference_problems
from voting.documents.election import Election

CONFERENCE = "conference"


def check_conference(ledger: Ledger, election: Election, cards: int | None, owners: int | None) -> None:
    """Check counts, texts, papers and keys; `cards` and `owners` are what Setup has, None where it is unreadable."""
    conference = election.conference
    if conference is None:
        return
    for problem in conference_problems(election):
        ledger.failed(CONFERENCE, "election", problem)
    ledger.passed(CONFERENCE)
    _check_keys(ledger, conference)
    if cards is not None:
        made = conference.drawn + conference.spares
        ledger.require(
            CONFERENCE, cards == made, "credentials", f"{made} cards (drawn and spare) expected, {cards} found"
        )
    keys = [teller.key for teller in conference.tellers if teller.key != ON_PAPER]
    ledger.require(CONFERENCE, len(set(keys)) == len(keys), "tellers", "two tellers have one signing key")
    if owners is not None:
        named = len(conference.tellers)
        ledger.require(CONFERENCE, owners == named, "trustees", f"{named} tellers expected, {owners} found")


def check_turnout(ledger: Ledger, election: Election, ballots: int) -> None:
    """Check that the box holds no more ballots than cards were drawn."""
    if election.conference is not None:
        drawn = election.conference.drawn
        ledger.require(
            CONFERENCE, ballots <= drawn, "ballots", f"at most {drawn} (cards drawn) expected, {ballots} found"
        )


def _check_keys(ledger: Ledger, conference: Conference) -> None:
    texts = {"receipt_key": conference.receipt_key, "desk_key": conference.desk_key}
    signers = (*conference.tellers, conference.chair, conference.secretary, conference.head)
    texts |= {f"{one.role} {number}": one.key for number, one in enumerate(signers, 1) if one.key != ON_PAPER}
    for place, text in texts.items():
        ledger.get(CONFERENCE, f"key of {place}", lambda: load_public(text))  # noqa: B023 - called at once
