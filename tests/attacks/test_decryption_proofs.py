"""The weakness of version 1: its decryption proofs bind neither ciphertext nor factor (design §2).

A teller who knows the ballots' randomness fixes the proof first: with A = g^w and B = g^b the challenge c is known, and
a last ballot whose randomness makes the sum R = (b - d c) / w lets the factor alpha^x g^d "prove" itself. Three ballots
that all disagree are announced as three that all agree. Every tool for Belenios accepts it, and so do we until there is
a record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.decryption import verify_factor
from keys.elgamal import Ciphertext
from keys.errors import InvalidProof
from keys.group import (
    Point,
    Q,
    Secret,
    add,
    base_power,
    encode_point,
    public_power,
    random_secret,
    secret_to_int,
)
from keys.opening_proof import prove_opening
from keys.proofs.schnorr import Proof
from keys.transcript import challenge
from keys.trustees import Share, lagrange
from tally.audit import Verdict
from tally.errors import CannotOpen
from tally.result.decryption import OpenedShare, combine_shares, open_share, verify_opened, verify_share
from tests.attacks.lab import Draft, Lab, closed, failed, verify
from tests.attacks.records import papers
from tests.keys.numbers import secret_from_int
from tests.tally.sums import sum_ballots
from voting.documents.archives.outcome import PartialDecryption, Tally, encode_partial_decryption, encode_tally
from voting.documents.ballots import answers
from voting.documents.ballots.ballot import cast_ballot, parse_ballot
from voting.documents.ballots.request import ballot_limit
from voting.documents.canonical import compact

CHEAT, HONEST = 1, 3
DISAGREE = [[0, 1], [0, 1]]
ALL_AGREE = ((3, 0), (3, 0))
SHIFTS = (-3, 3, -3, 3)  # what the cheat takes off each total: agree 0 becomes 3, disagree 3 becomes 0


@dataclass
class Planned:
    """A proof made before the ciphertext: for each of the four totals w, b and the challenge they give."""

    w: int
    b: int
    c: int

    def randomness(self, shift: int) -> int:
        """The sum of randomness for which the proof will hold, d being the cheat's part of the shift."""
        return (self.b - shift * self.c) * pow(self.w, -1, Q) % Q


def plan(lab: Lab, share: Point) -> Planned:
    w, b = (secret_to_int(random_secret()) for _ in range(2))
    points = [base_power(secret_from_int(number)) for number in (w, b)]
    c = challenge(f"decrypt|{lab.election.fingerprint}|{encode_point(share)}|", points)
    return Planned(w, b, c)


@pytest.fixture
def known_randomness(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers that the next ballots use as randomness; taken from the front, and drawn where none is left."""
    numbers: list[int] = []

    def drawn() -> Secret:
        return secret_from_int(numbers.pop(0)) if numbers else random_secret()

    monkeypatch.setattr(answers, "random_secret", drawn)
    return numbers


@dataclass
class Crime:
    """The forged archive, and what the cheat hands over."""

    draft: Draft
    tally: Tally
    opened: tuple[OpenedShare, OpenedShare]


def commit(lab: Lab, known: list[int]) -> Crime:
    """Cast three ballots against everybody, the last one with chosen randomness; announce that all agree."""
    secret = lab.tellers[CHEAT - 1].secret
    share = lab.trustees.shares()[CHEAT - 1].public_share
    weight = lagrange(CHEAT, (CHEAT, HONEST))
    shifts = [shift * pow(weight, -1, Q) % Q for shift in SHIFTS]
    plans = [plan(lab, share) for _ in SHIFTS]
    used = [[secret_to_int(random_secret()) for _ in SHIFTS] for _ in range(2)]
    wanted = [one.randomness(shift) for one, shift in zip(plans, shifts, strict=True)]
    used.append([(want - first - second) % Q for want, first, second in zip(wanted, *used, strict=True)])
    ballots = []
    for card, numbers in zip(lab.cards, used, strict=False):
        known[:] = numbers
        ballots.append(cast_ballot(lab.election, card, DISAGREE).raw)
    tally = sum_ballots(lab.election, [parse_ballot(raw, ballot_limit(lab.election)) for raw in ballots])
    flat = [one for row in tally for one in row]
    assert [one.alpha for one in flat] == [base_power(secret_from_int(number)) for number in wanted]
    forged = [forge(secret, one, p, shift) for one, p, shift in zip(flat, plans, shifts, strict=True)]
    cheat = share_of(lab, CHEAT, secret, tally, forged)
    honest = open_share(lab.election, lab.trustees, tally, HONEST, lab.tellers[HONEST - 1].secret)
    draft = closed(lab, *ballots)
    draft.tally, draft.opened = encode_tally(tally), (cheat, honest)
    draft.shares = [(one.owner, encode_partial_decryption(one.decryption)) for one in draft.opened]
    draft.result = compact({"result": ALL_AGREE})
    return Crime(draft, tally, (cheat, honest))


def forge(secret: Secret, one: Ciphertext, planned: Planned, shift: int) -> tuple[Point, Proof]:
    """The factor alpha^x g^d, and the response that makes the planned challenge hold."""
    x = secret_to_int(secret)
    factor = add(public_power(one.alpha, x), public_power(base_power(secret_from_int(1)), shift))
    return factor, Proof(planned.c, (planned.w - x * planned.c) % Q)


def share_of(lab: Lab, owner: int, secret: Secret, tally: Tally, pairs: list[tuple[Point, Proof]]) -> OpenedShare:
    """A teller's hand-over, with the best opening proof: an honest run over the wrong factors."""
    rest: Iterator[tuple[Point, Proof]] = iter(pairs)
    rows = [[next(rest) for _ in row] for row in tally]
    decryption = PartialDecryption(
        tuple(tuple(factor for factor, _ in row) for row in rows),
        tuple(tuple(proof for _, proof in row) for row in rows),
    )
    alphas = [one.alpha for row in tally for one in row]
    proof = prove_opening(secret, owner, lab.election.fingerprint, alphas, [factor for factor, _ in pairs])
    return OpenedShare(owner, decryption, proof)


def test_a_result_with_forged_proofs_passes_as_belenios_has_it_and_says_what_was_not_checked(
    lab: Lab, tmp_path: Path, known_randomness: list[int]
) -> None:
    report = verify(commit(lab, known_randomness).draft.raw(), tmp_path)
    assert (report.verdict, report.result) == (Verdict.SOUND, ALL_AGREE)
    (openings,) = [one for one in report.checks if one.check == "opening_proofs"]
    assert openings.examined == 0


def test_with_its_record_the_forged_result_is_refused_and_the_teller_named(
    lab: Lab, tmp_path: Path, known_randomness: list[int]
) -> None:
    crime = commit(lab, known_randomness)
    report = verify(crime.draft.raw(), tmp_path, papers(lab, crime.draft).sign())
    assert report.verdict is Verdict.NOT_SOUND
    assert set(failed(report)) == {"opening_proofs"}
    assert "teller 1 (Kiểm phiếu viên 1)" in failed(report)["opening_proofs"]
    assert "teller 3" not in failed(report)["opening_proofs"]


def test_a_teller_who_forges_is_named_before_anything_is_announced(lab: Lab, known_randomness: list[int]) -> None:
    crime = commit(lab, known_randomness)
    cheat, honest = crime.opened
    for one in crime.opened:
        verify_share(lab.election, share_of_setup(lab, one.owner), crime.tally, one.decryption)
    verify_opened(lab.election, share_of_setup(lab, HONEST), crime.tally, honest.decryption, honest.proof)
    with pytest.raises(InvalidProof, match="opening proof of teller 1"):
        verify_opened(lab.election, share_of_setup(lab, CHEAT), crime.tally, cheat.decryption, cheat.proof)


def share_of_setup(lab: Lab, owner: int) -> Share:
    return lab.trustees.shares()[owner - 1]


def spoilt(lab: Lab, tally: Tally) -> OpenedShare:
    """Any teller, knowing nothing of the ballots: B is drawn, and the factor follows from the challenge."""
    secret, share = lab.tellers[CHEAT - 1].secret, lab.trustees.shares()[CHEAT - 1].public_share
    pairs = []
    for one in (one for row in tally for one in row):
        planned = plan(lab, share)
        response = (planned.w - secret_to_int(secret) * planned.c) % Q
        rest = add(base_power(secret_from_int(planned.b)), public_power(one.alpha, -response % Q))
        pairs.append((public_power(rest, pow(planned.c, -1, Q)), Proof(planned.c, response)))
    return share_of(lab, CHEAT, secret, tally, pairs)


def test_a_teller_who_spoils_the_opening_is_named(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    tally = sum_ballots(lab.election, [parse_ballot(raw, ballot_limit(lab.election)) for raw in draft.ballots])
    cheat, honest = spoilt(lab, tally), lab.open(tally, (HONEST,))[0]
    for row, factors, proofs in zip(tally, cheat.decryption.factors, cheat.decryption.proofs, strict=True):
        for one, factor, proof in zip(row, factors, proofs, strict=True):
            public = lab.trustees.shares()[CHEAT - 1].public_share
            verify_factor(public, one.alpha, factor, proof, lab.election.fingerprint)
    with pytest.raises(CannotOpen, match="a share is wrong"):
        combine_shares(lab.trustees, tally, {1: cheat.decryption, 3: honest.decryption}, len(draft.ballots))
    draft.tally, draft.opened = encode_tally(tally), (cheat, honest)
    draft.shares = [(one.owner, encode_partial_decryption(one.decryption)) for one in draft.opened]
    draft.result = compact({"result": ALL_AGREE})
    report = verify(draft.raw(), tmp_path, papers(lab, draft).sign())
    assert "the opening proof of teller 1 does not verify" in failed(report)["opening_proofs"]
    assert "teller 3" not in failed(report)["opening_proofs"]
