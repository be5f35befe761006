import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import pytest

from keys import wire
from keys.ceremony import messages, protocol
from keys.ceremony.channel import seal_for
from keys.ceremony.messages import CeremonySecret, DealingText, ShareText
from keys.ceremony.one_box import Run, polynomial_at
from keys.errors import InvalidCertificate, InvalidFormat, InvalidProof, InvalidShare, KeysError
from keys.group import (
    BASE,
    IDENTITY,
    Point,
    Q,
    Secret,
    add,
    encode_point,
    power,
    public_power,
    random_secret,
    secret_add,
    subtract,
)
from keys.proofs.schnorr import sign_message
from keys.teller import TellerKey, find_owner
from keys.trustees import (
    Pedersen,
    Trustees,
    combine,
    encode_trustees,
    iter_trustee_checks,
    parse_coefficients,
    parse_trustees,
    verify_trustees,
)

PLAN = "ab" * 32


class Ceremony:
    """All files of a ceremony; tests corrupt one and look who notices."""

    def __init__(self, size: int = 3, threshold: int = 2, boxes: int = 2, plan: str = PLAN) -> None:
        begun = [
            protocol.begin(size, threshold, index, boxes=boxes, plan=plan, signing_key=f"key {index}")
            for index in range(1, size + 1)
        ]
        self.begun = [secret for secret, _ in begun]
        self.announced = [raw for _, raw in begun]
        self.announcements = protocol.gather_announcements(self.announced)
        dealt = [protocol.deal(secret, self.announcements) for secret in self.begun]
        self.dealt = [secret for secret, _ in dealt]
        self.dealings = [raw for _, raw in dealt]

    def accept(self, index: int, dealings: list[bytes] | None = None) -> tuple[tuple[TellerKey, ...], bytes]:
        joined = protocol.gather_dealings(dealings or self.dealings)
        return protocol.accept(self.dealt[index - 1], self.announcements, joined)


def begun(
    index: int, *, size: int = 3, threshold: int = 2, boxes: int = 2, plan: str = PLAN
) -> tuple[CeremonySecret, bytes]:
    """A stranger's first step."""
    return protocol.begin(size, threshold, index, boxes=boxes, plan=plan, signing_key="key 9")


@pytest.fixture(scope="module")
def three() -> Ceremony:
    return Ceremony()


@pytest.mark.parametrize(("size", "threshold"), [(2, 2), (3, 2), (3, 3), (5, 3), (7, 4)])
def test_any_threshold_of_tellers_opens_and_the_file_is_sound(size: int, threshold: int) -> None:
    [(item, keys)] = protocol.rehearse(size, threshold)
    trustees = parse_trustees(encode_trustees([item]))
    verify_trustees(trustees)
    assert trustees.items == (item,)
    assert [find_owner(key, trustees) for key in keys] == list(range(1, size + 1))
    chosen = range(size - threshold + 1, size + 1)
    factors = {owner: [[power(BASE, keys[owner - 1].secret)]] for owner in chosen}
    assert combine(trustees, factors) == [[trustees.election_key()]]


def test_fewer_tellers_than_the_threshold_get_something_else() -> None:
    [(item, keys)] = protocol.rehearse(3, 3)
    trustees = Trustees((item,), b"")
    pair = {owner: power(BASE, keys[owner - 1].secret) for owner in (1, 2)}
    as_if_two = add(public_power(pair[1], 2), public_power(pair[2], -1))
    assert as_if_two != trustees.election_key()
    with pytest.raises(InvalidShare, match="of 2 found"):
        combine(trustees, {owner: [[factor]] for owner, factor in pair.items()})


@pytest.mark.parametrize(
    ("size", "threshold", "index"),
    [(3, 1, 1), (3, 4, 1), (1, 1, 1), (3, 2, 0), (3, 2, 4), (100, 2, 1), (0, 0, 0), (3, -2, 1), (2, 0, 1)],
)
def test_a_ceremony_in_which_one_teller_could_open_alone_does_not_begin(size: int, threshold: int, index: int) -> None:
    with pytest.raises(InvalidCertificate, match="2 <= k <= n"):
        protocol.begin(size, threshold, index)


def test_the_order_of_the_files_does_not_matter(three: Ceremony) -> None:
    assert protocol.gather_announcements(reversed(three.announced)) == three.announcements
    joined = protocol.gather_dealings(reversed(three.dealings))
    assert joined == protocol.gather_dealings(three.dealings)


def test_all_tellers_compare_one_fingerprint(three: Ceremony) -> None:
    other = Ceremony()
    assert protocol.fingerprint(three.announcements) != protocol.fingerprint(other.announcements)


def test_a_missing_or_foreign_announcement_is_found(three: Ceremony) -> None:
    first, second, third = three.announced
    stranger = begun(3)[1]
    for files in ([first, second], [first, second, second], [], [first, second, begun(3, threshold=3)[1]],
                  [first, second, begun(3, size=4)[1]], [first, second, begun(3, boxes=1)[1]],
                  [first, second, begun(3, boxes=3)[1]], [first, second, begun(3, plan="cd" * 32)[1]],
                  [first, second, begun(3, plan="")[1]]):  # fmt: skip
        with pytest.raises(InvalidCertificate):
            protocol.gather_announcements(files)
    replaced = protocol.gather_announcements([stranger, first, second])
    protocol.deal(three.begun[0], replaced)
    with pytest.raises(InvalidCertificate, match="own announcement"):
        protocol.deal(three.begun[2], replaced)
    assert third not in replaced


def test_one_key_under_two_indices_is_found(three: Ceremony) -> None:
    twin = announced(replace(three.begun[0], index=3))
    with pytest.raises(InvalidCertificate, match="a key is duplicated"):
        protocol.gather_announcements([*three.announced[:2], twin])


def test_a_changed_certificate_is_found_and_its_owner_named(three: Ceremony) -> None:
    changed = three.announced[1].replace(b'"response":"', b'"response":"1', 1)
    with pytest.raises(KeysError, match="teller 2|announcement"):
        protocol.gather_announcements([three.announced[0], changed, three.announced[2]])


def test_a_changed_commitment_is_found_by_its_owner_before_dealing(three: Ceremony) -> None:
    value = json.loads(three.announcements)
    value[1]["boxes"][1]["commitment"] = "00" * 32
    changed = wire.compact(value)
    with pytest.raises(InvalidCertificate, match="own announcement"):
        protocol.deal(three.begun[1], changed)


def test_a_teller_deals_for_one_list_of_announcements_only(three: Ceremony) -> None:
    """Dealing again to keys of somebody else would hand out the whole polynomial."""
    stranger = begun(3)[1]
    other = protocol.gather_announcements([*three.announced[:2], stranger])
    again, _ = protocol.deal(three.dealt[0], three.announcements)
    assert again == three.dealt[0]
    with pytest.raises(InvalidCertificate, match="already dealt"):
        protocol.deal(three.dealt[0], other)


def test_accepting_needs_the_announcements_dealt_for(three: Ceremony) -> None:
    joined = protocol.gather_dealings(three.dealings)
    with pytest.raises(InvalidCertificate, match="dealt for"):
        protocol.accept(three.begun[0], three.announcements, joined)
    with pytest.raises(InvalidCertificate, match="dealt for"):
        protocol.accept(three.dealt[0], Ceremony().announcements, joined)


def lying(three: Ceremony, lie: Callable[[CeremonySecret, DealingText], DealingText]) -> bytes:
    """The dealing of teller 2, changed and sealed by teller 2 itself."""
    honest = wire.parse(three.dealings[1], DealingText, "dealing")
    changed = lie(three.begun[1], msgspec.structs.replace(honest, seals=()))
    return messages.seal(changed, three.begun[1].boxes)


def put(text: DealingText, **changes: Any) -> DealingText:
    """Change the dealing's part of the second box."""
    part = msgspec.structs.replace(text.boxes[1], **changes)
    return msgspec.structs.replace(text, boxes=(text.boxes[0], part))


def run(three: Ceremony, box: int = 2) -> Run:
    return protocol.runs_of(three.announcements).runs[box - 1]


def false_share(secret: CeremonySecret, text: DealingText, recipient: int, run: Run) -> DealingText:
    value = secret_add(polynomial_at(secret.boxes[1].polynomial, recipient), random_secret())
    alpha, data = seal_for(run.certificates[recipient - 1].encryption, value, *run.context(2, recipient))
    shares = list(text.boxes[1].shares)
    shares[recipient - 1] = messages.SealedShareText(encode_point(alpha), data.hex())
    return put(text, shares=tuple(shares))


def test_a_false_share_is_found_by_its_recipient_who_names_the_dealer(three: Ceremony) -> None:
    false = lying(three, lambda secret, text: false_share(secret, text, 1, run(three)))
    files = [three.dealings[0], false, three.dealings[2]]
    with pytest.raises(InvalidShare, match="^teller 2: box 2: the share does not fit"):
        three.accept(1, files)
    three.accept(3, files)


def shown(secret: CeremonySecret, text: DealingText, points: Sequence[Point]) -> DealingText:
    """The dealing with other coefficients of the second box, signed."""
    message = wire.compact(wire.CoefficientsText(tuple(map(encode_point, points)))).decode()
    return put(text, coefexps=wire.SignedText(message, wire.proof_text(sign_message(secret.boxes[1].signing, message))))


def other_coefficients(secret: CeremonySecret, text: DealingText) -> DealingText:
    own = secret.boxes[1]
    return shown(secret, text, replace(own, polynomial=(random_secret(), *own.polynomial[1:])).coefficients())


def more_coefficients(secret: CeremonySecret, text: DealingText) -> DealingText:
    return shown(secret, text, [*secret.boxes[1].coefficients(), BASE])


def other_certificates(secret: CeremonySecret, text: DealingText) -> DealingText:
    proof = sign_message(secret.boxes[1].signing, "certs_sig|{}")
    return put(text, signature=wire.proof_text(proof))


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (other_coefficients, "not the ones committed to"),
        (more_coefficients, "2 coefficients expected, 3 found"),
        (other_certificates, "does not verify"),
        (lambda _, text: put(text, shares=text.boxes[1].shares[:2]), "a share for each teller"),
        (lambda _, text: msgspec.structs.replace(text, announcements="00" * 32), "for these announcements"),
        (lambda _, text: msgspec.structs.replace(text, boxes=text.boxes[:1]), "a part for each box"),
        (lambda _, text: msgspec.structs.replace(text, boxes=text.boxes[::-1]), "not open"),
        (lambda _, text: msgspec.structs.replace(text, boxes=(text.boxes[0],) * 2), "not open"),
        (lambda _, text: put(text, shares=(text.boxes[1].shares[1], *text.boxes[1].shares[1:])), "does not open"),
        (
            lambda _, text: put(text, shares=(put_share(text, "alpha", encode_point(BASE)), *text.boxes[1].shares[1:])),
            "not open",
        ),
        (
            lambda _, text: put(
                text, shares=(put_share(text, "alpha", encode_point(IDENTITY)), *text.boxes[1].shares[1:])
            ),
            "identity",
        ),
        (lambda _, text: put(text, shares=(put_share(text, "data", "zz"), *text.boxes[1].shares[1:])), "hex"),
        (lambda _, text: put(text, shares=(put_share(text, "data", ""), *text.boxes[1].shares[1:])), "not open"),
    ],
)
def test_a_lying_dealer_is_named(
    three: Ceremony, lie: Callable[[CeremonySecret, DealingText], DealingText], words: str
) -> None:
    files = [three.dealings[0], lying(three, lie), three.dealings[2]]
    with pytest.raises(KeysError, match=f"^teller 2: .*{words}"):
        three.accept(1, files)


def put_share(text: DealingText, field: str, value: str) -> messages.SealedShareText:
    return msgspec.structs.replace(text.boxes[1].shares[0], **{field: value})


def test_a_dealing_changed_on_the_way_is_found(three: Ceremony) -> None:
    value = json.loads(three.dealings[1])
    value["boxes"][1]["shares"] = value["boxes"][1]["shares"][::-1]
    with pytest.raises(InvalidProof, match="^teller 2: box 1: .*signature"):
        three.accept(1, [three.dealings[0], wire.compact(value), three.dealings[2]])
    del value["seals"]
    with pytest.raises(InvalidShare, match="^teller 2: a file signed for 2 boxes"):
        three.accept(1, [three.dealings[0], wire.compact(value), three.dealings[2]])


def test_missing_doubled_and_foreign_dealings_are_found(three: Ceremony) -> None:
    first, second, third = three.dealings
    for files in ([first, second], [first, second, second], [second, third]):
        with pytest.raises(InvalidShare, match="one dealing of each"):
            three.accept(1, files)
    with pytest.raises(KeysError, match="^teller 3"):
        three.accept(1, [first, second, Ceremony().dealings[2]])


def test_assembling_needs_every_public_share_and_checks_it(three: Ceremony) -> None:
    shares = [three.accept(index)[1] for index in (1, 2, 3)]
    dealings = protocol.gather_dealings(three.dealings)
    assemble = partial(protocol.assemble, three.announcements, dealings)
    assert assemble(shares[::-1]) == assemble(shares)
    assert [protocol.check_share(three.announcements, dealings, share) for share in shares] == [1, 2, 3]
    for files in (shares[:2], [*shares[:2], shares[1]], []):
        with pytest.raises(InvalidShare, match="one public share"):
            assemble(files)
    text = wire.parse(shares[0], ShareText, "public share")
    other = wire.parse(shares[1], ShareText, "public share")
    for part, words in (
        (put_key(text, signature=other.boxes[1].signature), "does not verify"),
        (put_key(text, signature=None), "signed by its owner"),
        (other.boxes[1], "not the one that the coefficients give"),
        (text.boxes[0], "not the one that the coefficients give"),
    ):
        changed = messages.seal(
            msgspec.structs.replace(text, boxes=(text.boxes[0], part), seals=()), three.begun[0].boxes
        )
        with pytest.raises(KeysError, match=f"^teller 1: box 2: .*{words}"):
            assemble([changed, *shares[1:]])
        with pytest.raises(KeysError, match=f"^teller 1: box 2: .*{words}"):
            protocol.check_share(three.announcements, dealings, changed)
    unsealed = wire.compact(msgspec.structs.replace(text, boxes=text.boxes[::-1]))
    with pytest.raises(InvalidProof, match="^teller 1: box 1: the teller's signature"):
        assemble([unsealed, *shares[1:]])
    for short in (text.boxes[:1], ()):
        with pytest.raises(InvalidShare, match="^teller 1: .* one of each box"):
            assemble([wire.compact(msgspec.structs.replace(text, boxes=short)), *shares[1:]])


def put_key(text: ShareText, **changes: Any) -> wire.TrusteeKeyText:
    return msgspec.structs.replace(text.boxes[1], **changes)


def test_coefficients_made_from_the_others_do_not_pass(three: Ceremony) -> None:
    """A rogue key cancels the others' in the product; its maker would have had to commit to it beforehand."""
    texts = [wire.parse(raw, DealingText, "dealing") for raw in three.dealings]
    others = [parse_coefficients(text.boxes[1].coefexps, "coefexps") for text in texts]
    rogue = subtract(BASE, add(others[0].points[0], others[2].points[0]))

    def cancel(secret: CeremonySecret, text: DealingText) -> DealingText:
        return shown(secret, text, [rogue, secret.boxes[1].coefficients()[1]])

    with pytest.raises(InvalidShare, match="committed to"):
        three.accept(1, [three.dealings[0], lying(three, cancel), three.dealings[2]])


def test_what_a_teller_keeps_comes_back_from_its_file(three: Ceremony) -> None:
    for secret in (three.begun[0], three.dealt[2]):
        raw = messages.encode_ceremony_secret(secret)
        assert messages.decode_ceremony_secret(raw) == secret


@pytest.mark.parametrize(
    ("field", "value"),
    [("threshold", 3), ("index", 4), ("size", 1), ("format", "phieukin/ceremony-secret/v1"), ("seen", 5),
     ("boxes", []), ("plan", 5)],
)  # fmt: skip
def test_a_secret_out_of_shape_is_refused(three: Ceremony, field: str, value: object) -> None:
    text = json.loads(messages.encode_ceremony_secret(three.dealt[0]))
    text[field] = value
    with pytest.raises(KeysError):
        messages.decode_ceremony_secret(wire.compact(text))


@pytest.mark.parametrize(
    ("field", "value"),
    [("signing", "00" * 32), ("signing", "zz"), ("decryption", "ff" * 32), ("polynomial", []),
     ("polynomial", ["01"] * 2)],
)  # fmt: skip
def test_a_secret_of_a_box_out_of_shape_is_refused(three: Ceremony, field: str, value: object) -> None:
    text = json.loads(messages.encode_ceremony_secret(three.dealt[0]))
    text["boxes"][1][field] = value
    with pytest.raises(KeysError):
        messages.decode_ceremony_secret(wire.compact(text))


def test_secrets_do_not_show_in_what_is_printed(three: Ceremony) -> None:
    secret, (keys, _) = three.begun[0], three.accept(1)
    printed = repr(secret) + str(keys)
    secrets = [one for box in secret.boxes for one in (box.signing, box.decryption, *box.polynomial)]
    for one in (*secrets, *(key.secret for key in keys)):
        assert one.hex() not in printed and repr(one) not in printed


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"[1]", b"null", b"\xff"])
def test_files_that_are_none_are_refused(three: Ceremony, raw: bytes) -> None:
    for step in (
        lambda: protocol.gather_announcements([raw]),
        lambda: protocol.gather_dealings([raw]),
        lambda: protocol.deal(three.begun[0], raw),
        lambda: protocol.assemble(three.announcements, protocol.gather_dealings(three.dealings), [raw]),
    ):
        with pytest.raises((InvalidFormat, InvalidCertificate)):
            step()


# --- all tellers together -------------------------------------------------------------------------------------------


def announced(secret: CeremonySecret) -> bytes:
    """The announcement of a teller who chose the secrets by hand."""
    return wire.compact(protocol._announcement(secret))


@pytest.mark.parametrize(("size", "threshold"), [(2, 2), (3, 3), (5, 3)])
def test_tellers_who_together_lower_the_threshold_are_found(size: int, threshold: int) -> None:
    """Last coefficients that cancel out leave a polynomial of a lower degree, which fewer tellers know."""
    begun = [protocol.begin(size, threshold, index, boxes=2)[0] for index in range(1, size + 1)]
    rest = functools.reduce(secret_add, (secret.boxes[1].polynomial[-1] for secret in begun[1:]))
    minus = Secret(((Q - int.from_bytes(rest, "little")) % Q).to_bytes(32, "little"))
    own = begun[0].boxes
    lowered = replace(own[1], polynomial=(*own[1].polynomial[:-1], minus))
    wrong = [replace(begun[0], boxes=(own[0], lowered)), *begun[1:]]
    announcements = protocol.gather_announcements(map(announced, wrong))
    dealt = [protocol.deal(secret, announcements) for secret in wrong]
    dealings = protocol.gather_dealings(raw for _, raw in dealt)
    for secret, _ in dealt:
        with pytest.raises(InvalidCertificate, match=f"^box 2: .*cancel out: fewer than {threshold} of them"):
            protocol.accept(secret, announcements, dealings)


def test_a_lowered_threshold_is_found_in_trustees_json_as_well() -> None:
    [(item, _)] = protocol.rehearse(3, 3)
    first, second, third = (one.points for one in item.coefficients)
    cancelled = subtract(IDENTITY, add(first[-1], second[-1]))
    last = replace(item.coefficients[2], points=(*third[:-1], cancelled))
    changed = replace(item, coefficients=(*item.coefficients[:2], last))
    assert "trustees[0].threshold" in [place for place, _ in failures(changed)]
    assert failures(item) == []


def failures(item: Pedersen) -> list[tuple[str, KeysError]]:
    found = []
    for place, check in iter_trustee_checks(Trustees((item,), b"")):
        try:
            check()
        except KeysError as error:
            found.append((place, error))
    return found
