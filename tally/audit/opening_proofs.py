"""Check the opening proofs of design §2, which Belenios archives lack.

The decryption proofs of version 1 bind neither ciphertext nor factor. These do: a teller who announces another result,
or spoils the opening, has no proof, and is named.
"""

from keys.group import decode_scalar
from keys.proofs.schnorr import Proof
from tally.audit.report import Findings, Report
from tally.result.decryption import share_of, verify_opened
from voting.documents.conferences.election import Election
from voting.documents.facts import CountFacts, OpeningProof

OPENINGS = "opening_proofs"


def check_openings(findings: Findings, report: Report, election: Election, place: str, count: CountFacts) -> None:
    """Check one proof of every teller whose partial decryption the archive holds, and that there is no other."""
    proofs = {proof.owner: proof for proof in count.opening_proofs}
    findings.require(OPENINGS, len(proofs) == len(count.opening_proofs), place, "two proofs of one teller")
    for owner in sorted(set(proofs) - set(report.decryptions)):
        findings.failed(OPENINGS, place, f"teller {owner}: a proof without a valid partial decryption in the archive")
    for owner in report.decryptions:
        spot = f"{place}, teller {owner}{_name(election, owner)}"
        if findings.require(OPENINGS, owner in proofs, spot, "the opening proof is missing"):
            findings.holds(OPENINGS, spot, lambda: _verify(report, election, owner, proofs[owner]))  # noqa: B023


def _verify(report: Report, election: Election, owner: int, text: OpeningProof) -> None:
    assert report.trustees is not None  # there are decryptions, so there are trustees
    proof = Proof(decode_scalar(text.challenge), decode_scalar(text.response))
    verify_opened(election, share_of(report.trustees, owner), report.tally, report.decryptions[owner], proof)


def _name(election: Election, owner: int) -> str:
    tellers = election.conference.tellers if election.conference is not None else ()
    return f" ({tellers[owner - 1].name})" if owner <= len(tellers) else ""
