"""The secrets of belenios-tool's own ceremony, opened with its own channel: our equations hold on them."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from keys import decryption
from keys.ceremony.one_box import polynomial_at
from keys.group import (
    Q,
    Secret,
    base_power,
    decode_point,
    encode_point,
    power,
    secret_add,
    subtract,
)
from keys.proofs import schnorr
from keys.trustees import Pedersen, evaluate, parse_trustees
from tests.keys import elections
from tests.keys.numbers import secret_from_int

ELECTION = elections.load("3x2")
TRUSTEES = parse_trustees(ELECTION.raw("trustees.json"))
owners = pytest.mark.parametrize("owner", [1, 2, 3])


def pedersen() -> Pedersen:
    (item,) = TRUSTEES.items
    assert isinstance(item, Pedersen)
    return item


def derived(owner: int, use: str) -> Secret:
    seed = ELECTION.raw(f"{owner}.key").decode()
    return secret_from_int(int(hashlib.sha256(f"{use}|{seed}".encode()).hexdigest(), 16))


def received(recipient: int, sender: int, text: str) -> Any:
    """Open a message of Belenios' channel (Belenios 3.0, 4.6.1 and 4.6.3) and check who sent it."""
    sealed, secret = json.loads(text), derived(recipient, "dk")
    alpha = decode_point(sealed["alpha"])
    shared = subtract(decode_point(sealed["beta"]), power(alpha, secret))
    key = hashlib.sha256(f"key|{encode_point(shared)}".encode()).digest()
    nonce = hashlib.sha256(f"iv|{sealed['alpha']}".encode()).digest()[:13]
    opened = json.loads(AESCCM(key, tag_length=8).decrypt(nonce, bytes.fromhex(sealed["data"]), None))
    verification = pedersen().certificates[sender - 1].verification
    schnorr.verify_message(verification, opened["message"], elections.proof(opened["signature"]))
    inner = json.loads(opened["message"])
    assert inner["recipient"] == encode_point(base_power(secret))
    return json.loads(inner["message"])


@owners
def test_seeds_give_the_keys_of_the_certificates(owner: int) -> None:
    certificate = pedersen().certificates[owner - 1]
    assert base_power(derived(owner, "sk")) == certificate.verification
    assert base_power(derived(owner, "dk")) == certificate.encryption


@owners
def test_dealt_shares_fit_the_coefficients_and_add_up_to_the_tellers_key(owner: int) -> None:
    total = None
    for dealer, text in enumerate(ELECTION.json(f"{owner}.vinput")["secrets"], 1):
        share = secret_from_int(int(received(owner, dealer, text)["secret"]))
        assert base_power(share) == evaluate(pedersen().coefficients[dealer - 1].points, owner)
        total = share if total is None else secret_add(total, share)
    assert total is not None
    assert base_power(total) == TRUSTEES.shares()[owner - 1].public_share
    key = received(owner, owner, ELECTION.raw(f"{owner}.dkey").decode())["decryption_key"]
    assert secret_from_int(int(key) % Q) == total


@owners
def test_a_polynomial_gives_its_public_coefficients_and_shares(owner: int) -> None:
    own = received(owner, owner, ELECTION.json(f"{owner}.vinput")["polynomial"])["polynomial"]
    polynomial = [secret_from_int(int(one)) for one in own]
    points = pedersen().coefficients[owner - 1].points
    assert tuple(map(base_power, polynomial)) == points
    for index in (1, 2, 3):
        assert base_power(polynomial_at(polynomial, index)) == evaluate(points, index)


@pytest.mark.parametrize("owner", [1, 3])
def test_the_decrypted_key_gives_the_factors_that_belenios_made(owner: int) -> None:
    number = int(received(owner, owner, ELECTION.raw(f"{owner}.dkey").decode())["decryption_key"])
    secret = secret_from_int(number)
    tally, partial = ELECTION.lines("encrypted_tally.jsons")[0], ELECTION.lines(f"{owner}.pd.jsons")[0]
    for one, text in zip(tally[0], partial["decryption_factors"][0], strict=True):
        factor, proof = decryption.partial_decrypt(secret, decode_point(one["alpha"]), ELECTION.fingerprint)
        assert factor == decode_point(text)
        share = TRUSTEES.shares()[owner - 1].public_share
        decryption.verify_factor(share, decode_point(one["alpha"]), factor, proof, ELECTION.fingerprint)
