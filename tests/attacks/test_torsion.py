"""Points outside the group of prime order are refused wherever a point can stand."""

import json
from pathlib import Path

import msgspec
import pytest

from keys.cards import credential, derive
from keys.elgamal import Ciphertext, encrypt, product
from keys.group import BASE, Point, Q, add, base_power, encode_point, random_secret, secret_add
from keys.proofs import interval, schnorr
from keys.proofs.schnorr import Proof, respond
from keys.transcript import challenge, sha256_b64
from keys.wire import proof_text
from tally.audit import Verdict
from tests.attacks.lab import UUID, Lab, closed, counted, failed, resigned, verify
from tests.attacks.torsion import ORDER_2, prove_even
from tests.keys.proofs.provers import prove_interval
from voting.documents.ballots.answers import Answer, statement, whole_statement
from voting.documents.ballots.ballot import answer_text, cast_ballot
from voting.documents.canonical import compact

ORDER_4 = Point(bytes(32))  # (sqrt(-1), 0)
ORDER_8 = Point(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
TORSION = {"order 2": ORDER_2, "order 4": ORDER_4, "order 8": ORDER_8}


def torsion_ballot(lab: Lab) -> bytes:
    """A ballot with a point of order 2 in one alpha and every proof holding in its equations."""
    card, question = lab.cards[3], lab.election.questions[0]
    key, start = lab.election.public_key, statement(lab.election.fingerprint, credential(card, UUID))
    secrets = random_secret(), random_secret()
    first, second = (encrypt(key, mark, secret) for mark, secret in zip((1, 0), secrets, strict=True))
    choices = Ciphertext(add(first.alpha, ORDER_2), first.beta), second
    proofs = (
        prove_even(start, choices[0], key, secrets[0], 1, 0, 1),
        prove_interval(start, second, key, secrets[1], 0, 0, 1),
    )
    whole, total = whole_statement(start, choices), secret_add(*secrets)
    overall = prove_even(whole, product(choices), key, total, 1, question.min, question.max)
    ballot = json.loads(cast_ballot(lab.election, card, [[1, 0], [1, 0]]).raw)
    ballot["answers"][0] = msgspec.to_builtins(answer_text(Answer(choices, proofs, overall, None)))
    return resigned(lab, ballot, card)


def holds_without_membership(lab: Lab, ballot: dict[str, object]) -> bool:
    """Check the first individual proof as a verifier would that forgets membership: the challenges are even."""
    answer = ballot["answers"][0]  # type: ignore[index]
    start = statement(lab.election.fingerprint, credential(lab.cards[3], UUID))
    alpha, beta = (Point(bytes.fromhex(answer["choices"][0][name])[::-1]) for name in ("alpha", "beta"))
    clean = Ciphertext(add(alpha, ORDER_2), beta)  # T = -T: what an even challenge leaves of alpha
    proofs = [Proof(int(one["challenge"]), int(one["response"])) for one in answer["individual_proofs"][0]]
    points = interval.commitments(clean, lab.election.public_key, proofs, 0, 1)
    whole = challenge(interval.prefix(start, Ciphertext(alpha, beta)), points)
    return all(proof.challenge % 2 == 0 for proof in proofs) and whole == sum(p.challenge for p in proofs) % Q


def test_a_ballot_whose_equations_hold_is_refused_for_its_point_of_order_two(lab: Lab, tmp_path: Path) -> None:
    forged = torsion_ballot(lab)
    assert holds_without_membership(lab, json.loads(forged))
    report = verify(closed(lab, lab.ballots[0], forged).raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert list(failed(report)) == ["ballot_form"]
    assert "question 1, choice 1, alpha" in failed(report)["ballot_form"]


@pytest.mark.parametrize("torsion", TORSION.values(), ids=TORSION)
@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_a_small_order_point_in_a_ciphertext_is_named(lab: Lab, tmp_path: Path, torsion: Point, name: str) -> None:
    ballot = json.loads(lab.ballots[1])
    point = Point(bytes.fromhex(ballot["answers"][1]["choices"][0][name])[::-1])
    ballot["answers"][1]["choices"][0][name] = encode_point(add(point, torsion))
    report = verify(closed(lab, resigned(lab, ballot, lab.cards[1])).raw(), tmp_path)
    assert f"question 2, choice 1, {name}" in failed(report)["ballot_form"]


def test_a_card_with_a_small_order_point_is_refused_though_its_signature_holds(lab: Lab, tmp_path: Path) -> None:
    """Sign under X + T with an even challenge; T vanishes from g^r (X + T)^c."""
    card = lab.cards[3]
    secret, twisted = derive(card, UUID), encode_point(add(credential(card, UUID), ORDER_2))
    unsigned = json.loads(lab.ballots[0]) | {"credential": twisted}
    del unsigned["signature"]
    hashed = sha256_b64(compact(unsigned))
    number = 1
    while number % 2:
        nonce = random_secret()
        number = challenge(f"sig|{hashed}|", [base_power(nonce)])
    proof = Proof(number, respond(nonce, secret, number))
    schnorr.verify_hash(credential(card, UUID), hashed, proof)
    ballot = compact(unsigned | {"signature": {"hash": hashed, "proof": msgspec.to_builtins(proof_text(proof))}})
    draft = closed(lab, ballot)
    draft.setup[2] = draft.setup[2].replace(lab.public(card).encode(), twisted.encode())
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert {"credentials", "ballot_form"} <= set(failed(report))


@pytest.mark.parametrize("torsion", TORSION.values(), ids=TORSION)
def test_a_small_order_point_in_a_share_is_named(lab: Lab, tmp_path: Path, torsion: Point) -> None:
    draft = counted(lab)
    factor = draft.opened[0].decryption.factors[0][0]
    owner, raw = draft.shares[0]
    twisted = encode_point(add(factor, torsion)).encode()
    draft.shares[0] = owner, raw.replace(encode_point(factor).encode(), twisted, 1)
    report = verify(draft.raw(), tmp_path)
    assert "teller 1: question 1, answer 1, factor" in failed(report)["partial_decryptions"]


def test_the_points_of_this_test_have_the_orders_that_they_claim() -> None:
    for order, torsion in zip((2, 4, 8), TORSION.values(), strict=True):
        point, seen = torsion, 1
        while point != Point(bytes([1]) + bytes(31)):
            point, seen = add(point, torsion), seen + 1
        assert seen == order
    assert add(BASE, ORDER_2) != BASE
