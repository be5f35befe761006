"""Check the field `conference` against itself, the cards of Setup, the tellers and the box (design §3 and §5)."""

from collections.abc import Sequence

from keys.files.signing import load_public
from keys.trustees import Trustees
from tally.audit.report import Findings
from tally.audit.setup.catalogue import check_catalogue
from voting.documents.conferences.check import conference_problems, election_remarks
from voting.documents.conferences.conference import ON_PAPER, Conference
from voting.documents.conferences.election import Election
from voting.documents.conferences.people import people_remarks
from voting.procedures.schema import Ruleset

CONFERENCE = "conference"
LEAST_TELLERS = 2  # nobody opens the box alone (design §3)


def check_conference(
    findings: Findings,
    election: Election,
    cards: int | None,
    trustees: Trustees | None,
    rulesets: Sequence[Ruleset] = (),
) -> None:
    """Check counts, texts, papers, keys, catalogue; `cards` and `trustees` are None where Setup's are unreadable."""
    conference = election.conference
    if conference is None:
        return
    for problem in conference_problems(election):
        findings.failed(CONFERENCE, "election", problem)
    findings.passed(CONFERENCE)
    findings.notes += map(str, (*election_remarks(election), *people_remarks(conference)))
    check_catalogue(findings, conference, "election", rulesets)
    _check_keys(findings, conference)
    if cards is not None:
        why = f"{conference.drawn + conference.spares} cards (drawn and spare) expected, {cards} found"
        findings.require(CONFERENCE, cards == conference.drawn + conference.spares, "credentials", why)
    if trustees is not None:
        _check_tellers(findings, conference, trustees)


def _check_tellers(findings: Findings, conference: Conference, trustees: Trustees) -> None:
    named, owners = len(conference.tellers), len(trustees.shares())
    findings.require(CONFERENCE, owners == named, "trustees", f"{named} tellers expected, {owners} found")
    why = f"at least {LEAST_TELLERS} tellers must be needed to open the sum"
    findings.require(CONFERENCE, trustees.threshold() >= LEAST_TELLERS, "trustees", why)
    shares = [share.public_share for share in trustees.shares()]
    findings.require(CONFERENCE, len(set(shares)) == len(shares), "trustees", "two tellers have one share")


def check_turnout(findings: Findings, election: Election, ballots: int) -> None:
    """Check that the box holds no more ballots than cards were drawn."""
    if election.conference is not None:
        drawn = election.conference.drawn
        findings.require(
            CONFERENCE, ballots <= drawn, "ballots", f"at most {drawn} (cards drawn) expected, {ballots} found"
        )


def _check_keys(findings: Findings, conference: Conference) -> None:
    texts = {"receipt_key": conference.receipt_key, "desk_key": conference.desk_key}
    signers = (*conference.tellers, conference.chair, conference.secretary, conference.head)
    texts |= {f"{one.role} {number}": one.key for number, one in enumerate(signers, 1) if one.key != ON_PAPER}
    names: dict[str, set[str]] = {}
    for one in signers:
        names.setdefault(one.key, set()).add(one.name)
    shared = sorted(
        " and ".join(sorted(people)) for key, people in names.items() if key != ON_PAPER and len(people) > 1
    )
    findings.require(CONFERENCE, not shared, "keys", f"one key of two people: {'; '.join(shared)}")
    server = {conference.receipt_key, conference.desk_key} & (names.keys() - {ON_PAPER})
    findings.require(CONFERENCE, not server, "keys", "a key of the room's server is that of a person, too")
    for place, text in texts.items():
        findings.get(CONFERENCE, f"key of {place}", lambda: load_public(text))  # noqa: B023 - called at once
