"""Check Setup: election, trustees, election key, public credentials (Belenios 3.0, 4.5 to 4.10).

An election of another group or with questions of another kind is not judged: it is noted as unsupported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from keys.trustees import Trustees, iter_trustee_checks, parse_trustees
from tally.audit.report import Findings
from tally.audit.setup.conference import check_conference
from tally.audit.setup.credentials import Credentials, check_credentials
from voting.documents.archives.events import Entry
from voting.documents.conferences.election import Election, parse_election
from voting.documents.errors import DocumentError, UnsupportedElection
from voting.procedures.schema import Ruleset

ELECTION, TRUSTEES, ELECTION_KEY = "election", "trustees", "election_key"


@dataclass(frozen=True, slots=True)
class Setup:
    """What Setup says, as far as it could be read; a credential that is not in order is left out."""

    election: Election | None = None
    trustees: Trustees | None = None
    credentials: Credentials = field(default_factory=Credentials)


def check_setup(findings: Findings, entry: Entry, rulesets: Sequence[Ruleset] = ()) -> Setup:
    """Check every part of Setup, and the parts against each other."""
    election_raw, trustees_raw, credentials_raw, _ = entry.records
    election = _check_election(findings, election_raw)
    if findings.unsupported:
        return Setup()
    trustees = _check_trustees(findings, trustees_raw)
    credentials = check_credentials(findings, credentials_raw)
    if election is not None and trustees is not None:
        product = findings.read(ELECTION_KEY, "trustees", trustees.election_key)
        findings.require(
            ELECTION_KEY, product == election.public_key, "election", "not the product of the tellers' keys"
        )
    if election is not None:
        cards = None if credentials is None else len(credentials)
        check_conference(findings, election, cards, trustees, rulesets)
    return Setup(election, trustees, credentials or Credentials())


def _check_election(findings: Findings, raw: bytes) -> Election | None:
    try:
        election = parse_election(raw)
    except UnsupportedElection as error:
        findings.unsupported.append(str(error))
        return None
    except DocumentError as error:
        findings.failed(ELECTION, "Setup", str(error))
        return None
    findings.passed(ELECTION)
    return election


def _check_trustees(findings: Findings, raw: bytes) -> Trustees | None:
    trustees = findings.read(TRUSTEES, "Setup", lambda: parse_trustees(raw))
    if trustees is None:
        return None
    for place, verify in iter_trustee_checks(trustees):
        findings.holds(TRUSTEES, place, verify)
    return trustees
