"""Points of small order, added where the equations of a proof still hold: only membership tells them apart.

P + T, with T of order 2, passes every equation in which the challenge on it is even, without the cofactor being used.
A prover grinds until all challenges are even; arithmetic here is of the test's own, since our prover refuses.
"""

from keys.elgamal import Ciphertext
from keys.group import Point, Q, Secret, add, base_power, power, random_secret, secret_to_int, subtract
from keys.proofs.interval import branches, prefix
from keys.proofs.schnorr import Proof, respond
from keys.transcript import challenge

ORDER_2 = Point((2**255 - 20).to_bytes(32, "little"))  # (0, -1)


def even_secret() -> Secret:
    """A secret scalar that is even."""
    while True:
        secret = random_secret()
        if secret_to_int(secret) % 2 == 0:
            return secret


def prove_even(
    statement: str, ciphertext: Ciphertext, public_key: Point, randomness: Secret, plaintext: int, low: int, high: int
) -> tuple[Proof, ...]:
    """Prove a range for a ciphertext whose alpha has a point of order 2 added, all challenges even."""
    clean = Ciphertext(subtract(ciphertext.alpha, ORDER_2), ciphertext.beta)
    claims = branches(clean, low, high)
    while True:
        nonce = random_secret()
        simulated = {
            index: (even_secret(), random_secret()) for index in range(len(claims)) if index != plaintext - low
        }
        points: list[Point] = []
        for index, claim in enumerate(claims):
            if index not in simulated:
                points += [base_power(nonce), power(public_key, nonce)]
                continue
            number, response = simulated[index]
            points.append(add(base_power(response), power(claim.alpha, number)))
            points.append(add(power(public_key, response), power(claim.beta, number)))
        whole = challenge(prefix(statement, ciphertext), points)
        own = (whole - sum(secret_to_int(number) for number, _ in simulated.values())) % Q
        if own % 2 == 0:
            break
    proofs = {index: Proof(secret_to_int(c), secret_to_int(r)) for index, (c, r) in simulated.items()}
    proofs[plaintext - low] = Proof(own, respond(nonce, randomness, own))
    return tuple(proofs[index] for index in range(len(claims)))
