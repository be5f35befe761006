import msgspec
import pytest

from keys import wire
from keys.ceremony import protocol
from keys.ceremony.rehearsal import check_rehearsal, finish_rehearsal, open_rehearsal, rehearsal_number
from keys.errors import InvalidProof, InvalidShare
from keys.opening import verify_opening
from keys.teller import TellerKey
from keys.trustees import Trustees, encode_trustees, parse_trustees

Rehearsed = tuple[Trustees, list[TellerKey]]


def rehearsed(size: int, threshold: int) -> Rehearsed:
    item, keys = protocol.rehearse(size, threshold)
    return parse_trustees(encode_trustees([item])), keys


@pytest.fixture(scope="module")
def three() -> Rehearsed:
    return rehearsed(3, 2)


@pytest.mark.parametrize(("size", "threshold"), [(2, 2), (3, 2), (5, 3)])
def test_any_threshold_of_tellers_opens_the_number(size: int, threshold: int) -> None:
    trustees, keys = rehearsed(size, threshold)
    assert finish_rehearsal(trustees, [open_rehearsal(key, trustees) for key in keys]) == rehearsal_number(trustees)


def test_a_missing_teller_is_named(three: Rehearsed) -> None:
    trustees, keys = three
    with pytest.raises(InvalidShare, match=r"tellers \[2\] are missing"):
        finish_rehearsal(trustees, [open_rehearsal(keys[0], trustees), open_rehearsal(keys[2], trustees)])


def test_a_teller_without_the_share_has_no_proof_and_is_named(three: Rehearsed) -> None:
    trustees, keys = three
    text = msgspec.json.decode(open_rehearsal(keys[0], trustees))
    with pytest.raises(InvalidProof, match="teller 2: the opening proof of teller 2"):
        check_rehearsal(trustees, wire.compact(text | {"owner": 2}))


def test_a_key_of_another_ceremony_opens_nothing(three: Rehearsed) -> None:
    with pytest.raises(InvalidShare, match="not in the tellers' keys"):
        open_rehearsal(rehearsed(3, 2)[1][0], three[0])


def test_a_rehearsed_opening_of_other_tellers_is_refused(three: Rehearsed) -> None:
    other, keys = rehearsed(3, 2)
    with pytest.raises(InvalidProof, match="teller 1"):
        check_rehearsal(three[0], open_rehearsal(keys[0], other))


def test_a_number_of_a_teller_who_does_not_exist_is_refused(three: Rehearsed) -> None:
    text = msgspec.json.decode(open_rehearsal(three[1][0], three[0]))
    with pytest.raises(InvalidShare, match="a teller from 1 to 3 expected, 4 found"):
        check_rehearsal(three[0], wire.compact(text | {"owner": 4}))


def test_its_proof_is_worth_nothing_under_an_elections_fingerprint(three: Rehearsed) -> None:
    from keys.ceremony.rehearsal import _ciphertexts

    trustees, keys = three
    raw = open_rehearsal(keys[0], trustees)
    _, factors = check_rehearsal(trustees, raw)
    proof = wire.proof(wire.ProofText(**msgspec.json.decode(raw)["proof"]), "proof")
    alphas = [one.alpha for one in _ciphertexts(trustees)]
    with pytest.raises(InvalidProof):
        verify_opening(keys[0].public_share, 1, "kMmO3JbA0CMUVRZHmxiCRsBqvTNzT1gkRLgHdRdoXYc", alphas, factors, proof)
