"""The batch verifier and the reference agree: on valid ballots, on forged ones, and whatever a sidecar says."""

import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from keys import cards
from keys.group import BASE, IDENTITY, Q, base_power, encode_point, public_power, random_secret
from keys.transcript import challenge, sha256_b64
from tally import fast
from tally.fast import batch, chunk
from tally.fast.chunk import ChunkResult, verify_chunk, verify_chunk_one_by_one
from tests.tally.fast import edwards
from tests.tally.fast.ballots import AGREE, BLANK, LIST, Cast, cast, damage, forge, make_election
from voting.documents.archives.archive import open_archive
from voting.documents.canonical import compact
from voting.documents.conferences.election import Election, parse_election

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
MARKS = [[1, 0], [0, 1, 1, 0, 0], [0, 1, 0]]
SMALL = edwards.small_orders()


@pytest.fixture(scope="module")
def election() -> Election:
    return make_election(AGREE, LIST, BLANK)


@pytest.fixture(scope="module")
def ballots(election: Election) -> list[Cast]:
    chosen = [MARKS, [[0, 0], [1, 0, 0, 0, 0], [1, 0, 0]], [[0, 1], [1, 1, 0, 0, 1], [0, 0, 1]]]
    return [cast(election, marks) for marks in chosen]


def agreed(election: Election, ballots: Sequence[Cast], hints: Sequence[bytes | None] | None = None) -> ChunkResult:
    """Verify both ways, and once more without a sidecar; return what all of them say."""
    raws = [one.raw for one in ballots]
    found = verify_chunk(election, raws, [one.commitments for one in ballots] if hints is None else hints)
    reference = verify_chunk_one_by_one(election, raws)
    for other in (found, verify_chunk(election, raws)):
        assert list(map(repr, other.errors)) == list(map(repr, reference.errors))
        assert other.tally == reference.tally
    return reference


def verdicts(result: ChunkResult) -> list[bool]:
    return [error is None for error in result.errors]


@pytest.fixture
def no_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a ballot is left to the reference verifier."""

    def refuse(election: Election, raw: bytes) -> None:
        raise AssertionError("left to the reference verifier")

    monkeypatch.setattr(chunk, "_by_reference", refuse)


@pytest.mark.usefixtures("no_fallback")
def test_valid_ballots_of_every_kind_of_question_pass_in_a_batch(election: Election, ballots: list[Cast]) -> None:
    raws, hints = [one.raw for one in ballots], [one.commitments for one in ballots]
    for given in (hints, [None] * 3, [hints[0], None, hints[2]]):
        assert verify_chunk(election, raws, given).errors == (None, None, None)


@pytest.mark.usefixtures("no_fallback")
def test_with_commitments_nothing_is_recomputed(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_recomputed", lambda *arguments: pytest.fail("recomputed"))
    verify_chunk(election, [one.raw for one in ballots], [one.commitments for one in ballots])


@pytest.mark.parametrize("vector", ["3x2", "3x2-single", "per-candidate-10x10"])
@pytest.mark.usefixtures("no_fallback")
def test_ballots_that_belenios_made_pass(vector: str) -> None:
    [path] = (VECTORS / vector).glob("*.bel")
    with open_archive(path) as archive:
        entries = list(archive.entries())
    made = parse_election(entries[0].records[0])
    raws = [entry.records[0] for entry in entries if entry.event.type == "Ballot"]
    assert verify_chunk(made, raws).errors == (None,) * len(raws)


def test_the_sum_is_that_of_the_valid_ballots(election: Election, ballots: list[Cast]) -> None:
    broken = forge(election, ballots[1], lambda b: bump(b["answers"][0]["overall_proof"][0], "response"))
    result = agreed(election, [ballots[0], broken, ballots[2]])
    assert result.tally == agreed(election, [ballots[0], ballots[2]]).tally
    assert agreed(election, []).tally[0][0].alpha == IDENTITY


def bump(proof: dict[str, str], field: str) -> None:
    proof[field] = str((int(proof[field]) + 1) % Q)


def every_proof() -> list[tuple[str, Callable[[Any], Any]]]:
    """The place of each proof of a ballot, by branch."""
    places: list[tuple[str, Callable[[Any], Any]]] = []
    for question, width, sums in ((0, 2, 2), (1, 5, 3), (2, 3, 2)):
        for choice in range(width):
            places += [
                (f"individual {question}.{choice}.{j}",
                 lambda b, q=question, c=choice, j=j: b["answers"][q]["individual_proofs"][c][j]) for j in (0, 1)
            ]  # fmt: skip
        places += [
            (f"overall {question}.{j}", lambda b, q=question, j=j: b["answers"][q]["overall_proof"][j])
            for j in range(sums)
        ]
    return [*places, *[(f"blank {j}", lambda b, j=j: b["answers"][2]["blank_proof"][j]) for j in (0, 1)]]


@pytest.mark.parametrize(("name", "place"), every_proof(), ids=[name for name, _ in every_proof()])
def test_a_wrong_number_in_any_branch_is_found_and_named(
    election: Election, ballots: list[Cast], name: str, place: Callable[[Any], Any]
) -> None:
    bad = [
        forge(election, ballots[0], lambda b, field=field: bump(place(b), field))  # type: ignore[misc]
        for field in ("challenge", "response")
    ]
    assert verdicts(agreed(election, [ballots[1], *bad, ballots[2]])) == [True, False, False, True]


def test_challenges_that_add_up_do_not_make_a_proof(election: Election, ballots: list[Cast]) -> None:
    def shift(ballot: Any) -> None:
        first, second = ballot["answers"][0]["individual_proofs"][0]
        first["challenge"] = str((int(first["challenge"]) + 1) % Q)
        second["challenge"] = str((int(second["challenge"]) - 1) % Q)

    # The hash check alone would pass: only the equations tell.
    bad = forge(election, ballots[0], shift)
    assert verdicts(agreed(election, [ballots[1], bad])) == [True, False]


def test_two_wrongs_that_cancel_out_are_both_found(election: Election, ballots: list[Cast]) -> None:
    def wrong(by: int) -> Callable[[Any], None]:
        def change(ballot: Any) -> None:
            proof = ballot["answers"][0]["individual_proofs"][0][0]
            proof["response"] = str((int(proof["response"]) + by) % Q)

        return change

    bad = [forge(election, ballots[0], wrong(1)), forge(election, ballots[1], wrong(-1))]
    assert verdicts(agreed(election, [*bad, ballots[2]])) == [False, False, True]


def _choice(ballot: Any) -> Any:
    return ballot["answers"][0]["choices"][0]


def _swap(ballot: Any) -> None:
    ballot["answers"][0]["choices"].reverse()


def _upper(ballot: Any) -> None:
    _choice(ballot)["alpha"] = _choice(ballot)["alpha"].upper()


SHAPES: list[tuple[str, Callable[[Any], object]]] = [
    ("choices swapped", _swap),
    ("alpha and beta swapped", lambda b: _choice(b).update(alpha=_choice(b)["beta"], beta=_choice(b)["alpha"])),
    ("identity as ciphertext", lambda b: _choice(b).update(alpha="00" * 31 + "01", beta="00" * 31 + "01")),
    ("identity as credential", lambda b: b.update(credential="00" * 31 + "01")),
    ("no point", lambda b: _choice(b).update(alpha="00" * 31 + "02")),
    ("not reduced", lambda b: _choice(b).update(alpha="7f" + "ff" * 30 + "ee")),
    ("capitals", _upper),
    ("too short", lambda b: _choice(b).update(alpha="00")),
    ("sixty-five and sixty-three digits", lambda b: _choice(b).update(alpha="0" * 65, beta="0" * 63)),
    ("a comma in the digits", lambda b: _choice(b).update(alpha="0" * 63 + ",")),
    ("no digits", lambda b: _choice(b).update(alpha="xy" * 32)),
    ("a choice more", lambda b: b["answers"][0]["choices"].append(_choice(b))),
    ("a choice less", lambda b: b["answers"][0]["choices"].pop()),
    ("a proof more", lambda b: b["answers"][0]["individual_proofs"].append([])),
    ("a proof less", lambda b: b["answers"][0]["individual_proofs"].pop()),
    ("a branch less", lambda b: b["answers"][0]["overall_proof"].pop()),
    ("a branch moved", lambda b: b["answers"][0]["overall_proof"].append(b["answers"][1]["overall_proof"].pop())),
    ("a blank proof too many", lambda b: b["answers"][0].update(blank_proof=b["answers"][2]["blank_proof"])),
    ("no blank proof", lambda b: b["answers"][2].pop("blank_proof")),
    ("an answer less", lambda b: b["answers"].pop()),
    ("an answer twice", lambda b: b["answers"].append(b["answers"][0])),
    ("answers swapped", lambda b: b["answers"].reverse()),
    ("another election", lambda b: b.update(election_uuid="AnotherE1ection")),
    ("another fingerprint", lambda b: b.update(election_hash="A" * 43)),
    ("a field more", lambda b: b.update(more=1)),
    *[
        (f"number spelled {text!r}", lambda b, text=text: b["answers"][0]["overall_proof"][0].update(response=text))
        for text in ("", "00", "01", "+1", "-1", "1_0", " 1", "1e3", "²", "١", str(Q), str(2**300), "9" * 5000)
    ],
]


@pytest.mark.parametrize(("name", "change"), SHAPES, ids=[name for name, _ in SHAPES])
def test_what_is_out_of_shape_is_refused_for_the_same_reason(
    election: Election, ballots: list[Cast], name: str, change: Callable[[Any], object]
) -> None:
    bad = [damage(ballots[0], change), forge(election, ballots[1], change)]
    assert verdicts(agreed(election, [*bad, ballots[2]])) == [False, False, True]


@pytest.mark.parametrize("raw", [b"", b"{}", b"null", b"\xff", b"[" * 10_000, b" " * 100])
def test_what_is_no_ballot_is_refused_for_the_same_reason(election: Election, ballots: list[Cast], raw: bytes) -> None:
    none = Cast("", raw, b"")
    spaced = Cast("", ballots[0].raw.replace(b":", b": ", 1), ballots[0].commitments)
    assert verdicts(agreed(election, [none, spaced, ballots[0]])) == [False, False, True]


def translate(text: str, small: edwards.Affine) -> str:
    """Add a point of small order to a point in hex."""
    point = edwards.decode(bytes.fromhex(text)[::-1])
    assert point is not None
    return edwards.encode(edwards.add(point, small))[::-1].hex()


@pytest.mark.parametrize("order", range(1, 8))
def test_ciphertexts_outside_the_subgroup_are_refused(election: Election, ballots: list[Cast], order: int) -> None:
    def change(ballot: Any) -> None:
        _choice(ballot)["alpha"] = translate(_choice(ballot)["alpha"], SMALL[order])

    crowd = [ballots[1], ballots[2]] * 4  # together enough points for the bulk test
    found = agreed(election, [*crowd, forge(election, ballots[0], change)])
    assert verdicts(found) == [True] * 8 + [False]


@pytest.mark.parametrize("order", range(1, 8))
def test_a_signature_whose_commitment_is_outside_is_refused(
    election: Election, ballots: list[Cast], order: int
) -> None:
    """The card's owner hashes A + T, tells so in the sidecar, and answers for A."""
    ballot = json.loads(ballots[0].raw)
    secret, nonce = cards.derive(ballots[0].card, election.uuid), random_secret()
    translated = bytes.fromhex(translate(encode_point(base_power(nonce)), SMALL[order]))[::-1]
    hashed = ballot["signature"]["hash"]
    number = challenge(f"sig|{hashed}|", [translated])  # type: ignore[list-item]
    response = (int.from_bytes(nonce, "little") - int.from_bytes(secret, "little") * number) % Q
    ballot["signature"]["proof"] = {"challenge": str(number), "response": str(response)}
    forged = Cast(ballots[0].card, compact(ballot), ballots[0].commitments[:-32] + translated)
    crowd = [ballots[1], ballots[2]] * 4
    assert verdicts(agreed(election, [*crowd, forged])) == [True] * 8 + [False]


def lies(ballots: list[Cast]) -> list[tuple[str, bytes | None]]:
    """What a sidecar can say of the first ballot."""
    right, other = ballots[0].commitments, ballots[1].commitments
    first = right[:32]
    return [
        ("missing", None),
        ("empty", b""),
        ("of another ballot", other),
        ("too long", right + first),
        ("too short", right[:-32]),
        ("half a point", right[:-16]),
        ("swapped", right[32:64] + first + right[64:]),
        ("random", secrets.token_bytes(len(right))),
        ("no points", bytes([2]) + bytes(31) + right[32:]),
        ("the identity", bytes(IDENTITY) * (len(right) // 32)),
        ("last one wrong", right[:-32] + bytes(BASE)),
        *[(f"translated by order place {i}", _translated(right, i)) for i in range(1, 8)],
    ]


def _translated(commitments: bytes, order: int) -> bytes:
    turned = translate(commitments[:32][::-1].hex(), SMALL[order])
    return bytes.fromhex(turned)[::-1] + commitments[32:]


def test_no_lie_of_a_sidecar_changes_a_verdict(election: Election, ballots: list[Cast]) -> None:
    bad = forge(election, ballots[2], lambda b: bump(b["answers"][1]["overall_proof"][0], "response"))
    for name, lie in lies(ballots):
        raws = [ballots[0].raw, ballots[1].raw, bad.raw]
        found = verify_chunk(election, raws, [lie, ballots[1].commitments, bad.commitments])
        assert verdicts(found) == [True, True, False], name
        assert found.tally == verify_chunk_one_by_one(election, raws).tally


def test_a_sidecar_of_another_election_changes_no_verdict(election: Election, ballots: list[Cast]) -> None:
    other = make_election(AGREE, LIST, BLANK, uuid="AnotherE1ection")
    hints = [cast(other, MARKS).commitments for _ in ballots]
    assert verdicts(agreed(election, ballots, hints)) == [True] * 3
    assert verdicts(agreed(other, ballots)) == [False] * 3


def test_hints_for_other_ballots_than_there_are_is_a_mistake_of_the_caller(election: Election) -> None:
    with pytest.raises(ValueError, match="each ballot"):
        verify_chunk(election, [b""], [])


def test_nonces_of_zero_give_the_identity_as_commitment(election: Election, ballots: list[Cast]) -> None:
    """A strange ballot, but a valid one: A = 1 is hashed as any other point."""
    ballot = json.loads(ballots[0].raw)
    secret = cards.derive(ballots[0].card, election.uuid)
    hashed = ballot["signature"]["hash"]
    number = challenge(f"sig|{hashed}|", [IDENTITY])
    response = -int.from_bytes(secret, "little") * number % Q
    ballot["signature"]["proof"] = {"challenge": str(number), "response": str(response)}
    strange = Cast(ballots[0].card, compact(ballot), ballots[0].commitments[:-32] + IDENTITY)
    assert public_power(BASE, 0) == IDENTITY
    assert verdicts(agreed(election, [strange, ballots[1]])) == [True, True]


def test_batches_are_split_where_they_grow_too_large(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "BATCH_POINTS", 1)
    assert verdicts(agreed(election, ballots)) == [True] * 3


def test_where_numba_is_missing_the_reference_decides(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "available", lambda: False)
    found = fast.verify_chunk(election, [ballots[0].raw, b""], [None, None])
    assert verdicts(found) == [True, False]


def test_the_hash_in_the_signature_is_that_of_the_ballot(election: Election, ballots: list[Cast]) -> None:
    bad = damage(ballots[0], lambda b: b["signature"].update(hash=sha256_b64(b"another")))
    assert verdicts(agreed(election, [bad])) == [False]
