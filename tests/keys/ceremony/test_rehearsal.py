import msgspec
import pytest

from keys import wire
from keys.ceremony import protocol
from keys.ceremony.rehearsal import Rehearsal
from keys.errors import InvalidProof, InvalidShare
from keys.opening_proof import verify_opening
from keys.teller import TellerKey
from keys.trustees import encode_trustees, parse_trustees

CEREMONY = "ab" * 32
Rehearsed = tuple[Rehearsal, list[tuple[TellerKey, ...]]]


def rehearsed(size: int, threshold: int, boxes: int = 2) -> Rehearsed:
    made = protocol.rehearse(size, threshold, boxes)
    trustees = tuple(parse_trustees(encode_trustees([item])) for item, _ in made)
    return Rehearsal(trustees, CEREMONY), [tuple(keys[at] for _, keys in made) for at in range(size)]


@pytest.fixture(scope="module")
def three() -> Rehearsed:
    return rehearsed(3, 2)


@pytest.mark.parametrize(("size", "threshold", "boxes"), [(2, 2, 1), (3, 2, 3), (5, 3, 2)])
def test_any_threshold_of_tellers_opens_the_number_of_each_box(size: int, threshold: int, boxes: int) -> None:
    rehearsal, keys = rehearsed(size, threshold, boxes)
    numbers = tuple(one.number for one in rehearsal.boxes)
    assert rehearsal.finish(rehearsal.open(own) for own in keys) == numbers and len(numbers) == boxes


def test_a_missing_teller_is_named(three: Rehearsed) -> None:
    rehearsal, keys = three
    with pytest.raises(InvalidShare, match=r"tellers \[2\] are missing"):
        rehearsal.finish([rehearsal.open(keys[0]), rehearsal.open(keys[2])])


def test_a_teller_without_the_share_has_no_proof_and_is_named(three: Rehearsed) -> None:
    rehearsal, keys = three
    text = msgspec.json.decode(rehearsal.open(keys[0]))
    with pytest.raises(InvalidProof, match="teller 2: box 1: the opening proof of teller 2"):
        rehearsal.check(wire.compact(text | {"owner": 2}))


def test_a_part_of_one_box_is_none_of_another(three: Rehearsed) -> None:
    rehearsal, keys = three
    text = msgspec.json.decode(rehearsal.open(keys[0]))
    with pytest.raises(InvalidProof, match="teller 1: box 2: the opening proof of teller 1"):
        rehearsal.check(wire.compact(text | {"boxes": [text["boxes"][0]] * 2}))
    with pytest.raises(InvalidShare, match="teller 1: .* a part for each box"):
        rehearsal.check(wire.compact(text | {"boxes": text["boxes"][:1]}))


def test_the_numbers_of_two_ceremonies_with_one_key_differ(three: Rehearsed) -> None:
    rehearsal, _ = three
    [first, second] = rehearsal.boxes
    other = Rehearsal(rehearsal.trustees, "cd" * 32)
    same_keys = Rehearsal((rehearsal.trustees[0],) * 2, CEREMONY)
    fingerprints = {one.fingerprint for one in (first, second, *other.boxes, same_keys.boxes[1])}
    assert len(fingerprints) == 5


def test_a_key_of_another_ceremony_opens_nothing(three: Rehearsed) -> None:
    with pytest.raises(InvalidShare, match="not in the tellers' keys"):
        three[0].open(rehearsed(3, 2)[1][0])


def test_keys_of_two_tellers_open_nothing_together(three: Rehearsed) -> None:
    rehearsal, keys = three
    with pytest.raises(InvalidShare, match="the keys of one teller"):
        rehearsal.open([keys[0][0], keys[1][1]])


def test_a_rehearsed_opening_of_other_tellers_is_refused(three: Rehearsed) -> None:
    other, keys = rehearsed(3, 2)
    with pytest.raises(InvalidProof, match="teller 1"):
        three[0].check(other.open(keys[0]))
    elsewhere = Rehearsal(other.trustees, "cd" * 32)
    with pytest.raises(InvalidShare, match="of this ceremony"):
        three[0].check(elsewhere.open(keys[0]))


def test_a_number_of_a_teller_who_does_not_exist_is_refused(three: Rehearsed) -> None:
    rehearsal, keys = three
    text = msgspec.json.decode(rehearsal.open(keys[0]))
    with pytest.raises(InvalidShare, match="a teller from 1 to 3 expected, 4 found"):
        rehearsal.check(wire.compact(text | {"owner": 4}))


def test_its_proof_is_worth_nothing_under_an_elections_fingerprint(three: Rehearsed) -> None:
    rehearsal, keys = three
    raw = rehearsal.open(keys[0])
    _, [factors, _] = rehearsal.check(raw)
    proof = wire.proof(wire.ProofText(**msgspec.json.decode(raw)["boxes"][0]["proof"]), "proof")
    alphas = [one.alpha for one in rehearsal.boxes[0].ciphertexts]
    public = keys[0][0].public_share
    with pytest.raises(InvalidProof):
        verify_opening(public, 1, "kMmO3JbA0CMUVRZHmxiCRsBqvTNzT1gkRLgHdRdoXYc", alphas, factors, proof)
