"""Opening the sum: any k tellers give the counts, and nobody else's share does."""

import dataclasses

import pytest

from keys.errors import InvalidProof, InvalidShare
from keys.group import random_secret
from tally.errors import CannotOpen
from tally.result.decryption import check_shape, combine_shares, open_share, share_of, verify_opened, verify_share
from tests.attacks.lab import COUNTS, Lab, counted
from voting.documents.archives.outcome import PartialDecryption, Tally, parse_tally
from voting.documents.errors import InvalidOutcome


@pytest.fixture(scope="module")
def tally(lab: Lab) -> Tally:
    return parse_tally(counted(lab).tally)


@pytest.mark.parametrize("owners", [(1, 2), (1, 3), (2, 3), (1, 2, 3)])
def test_any_two_tellers_give_the_counts(lab: Lab, tally: Tally, owners: tuple[int, ...]) -> None:
    decryptions = {one.owner: one.decryption for one in lab.open(tally, owners)}
    assert combine_shares(lab.trustees, tally, decryptions, 3) == COUNTS


def test_one_teller_alone_gives_nothing(lab: Lab, tally: Tally) -> None:
    (alone,) = lab.open(tally, (2,))
    with pytest.raises(InvalidShare, match="factors of 2 tellers expected, of 1 found"):
        combine_shares(lab.trustees, tally, {2: alone.decryption}, 3)


def test_both_proofs_of_an_honest_teller_verify(lab: Lab, tally: Tally) -> None:
    for one in lab.open(tally, (1, 2, 3)):
        share = share_of(lab.trustees, one.owner)
        verify_share(lab.election, share, tally, one.decryption)
        verify_opened(lab.election, share, tally, one.decryption, one.proof)


def test_a_secret_that_is_not_the_owners_opens_nothing(lab: Lab, tally: Tally) -> None:
    for secret in (random_secret(), lab.tellers[1].secret):
        with pytest.raises(CannotOpen, match="not the share of teller 1"):
            open_share(lab.election, lab.trustees, tally, 1, secret)


@pytest.mark.parametrize("owner", [-1, 0, 4])
def test_there_is_no_other_teller(lab: Lab, owner: int) -> None:
    with pytest.raises(CannotOpen, match="a teller from 1 to 3 expected"):
        share_of(lab.trustees, owner)


def test_a_proof_is_bound_to_its_teller(lab: Lab, tally: Tally) -> None:
    first, second = lab.open(tally, (1, 2))
    with pytest.raises(InvalidOutcome, match="teller 2, question 1, answer 1"):
        verify_share(lab.election, share_of(lab.trustees, 2), tally, first.decryption)
    with pytest.raises(InvalidProof, match="teller 2"):
        verify_opened(lab.election, share_of(lab.trustees, 2), tally, second.decryption, first.proof)


def test_an_opening_proof_is_bound_to_the_ciphertexts_and_the_factors(lab: Lab, tally: Tally) -> None:
    (one,) = lab.open(tally, (1,))
    share = share_of(lab.trustees, 1)
    swapped = dataclasses.replace(one.decryption, factors=one.decryption.factors[::-1])
    for other_tally, decryption in ((tally[::-1], one.decryption), (tally, swapped)):
        with pytest.raises(InvalidProof):
            verify_opened(lab.election, share, other_tally, decryption, one.proof)


@pytest.mark.parametrize("factors", [(), ((),), "one less", "one more"])
def test_another_shape_is_refused(lab: Lab, tally: Tally, factors: object) -> None:
    (one,) = lab.open(tally, (1,))
    rows = one.decryption.factors
    shapes = {"one less": rows[:1], "one more": (*rows, rows[0])}
    wrong = PartialDecryption(shapes.get(str(factors), factors), one.decryption.proofs)  # type: ignore[arg-type]
    with pytest.raises(InvalidOutcome, match="number of factors"):
        check_shape(tally, wrong)


def test_a_total_beyond_the_number_of_ballots_is_refused(lab: Lab, tally: Tally) -> None:
    decryptions = {one.owner: one.decryption for one in lab.open(tally)}
    with pytest.raises(CannotOpen, match="question 1, answer 1: the total is not a number from 0 to 1"):
        combine_shares(lab.trustees, tally, decryptions, 1)
