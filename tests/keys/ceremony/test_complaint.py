import msgspec
import pytest

from keys import wire
from keys.ceremony import protocol
from keys.ceremony.channel import seal_for
from keys.ceremony.complaint import complain, judge
from keys.ceremony.messages import DealingText, SealedShareText, seal_dealing
from keys.errors import InvalidProof, InvalidShare, KeysError
from keys.group import encode_point, random_secret

Announced = tuple[list[protocol.CeremonySecret], bytes, list[bytes]]


@pytest.fixture(scope="module")
def announced() -> Announced:
    begun = [protocol.begin(3, 2, index) for index in (1, 2, 3)]
    announcements = protocol.gather_announcements(raw for _, raw in begun)
    dealt = [protocol.deal(secret, announcements) for secret, _ in begun]
    return [secret for secret, _ in dealt], announcements, [raw for _, raw in dealt]


def cheating(secret: protocol.CeremonySecret, announcements: bytes, raw: bytes, victim: int) -> bytes:
    """The dealing of a teller who sends a wrong share to one other, and signs it."""
    text = wire.parse(raw, DealingText, "dealing")
    recipient = protocol.certificates_of(announcements)[victim - 1].encryption
    context = protocol.context_of(text.announcements, text.index, victim)
    alpha, data = seal_for(recipient, random_secret(), *context)
    shares = list(text.shares)
    shares[victim - 1] = SealedShareText(encode_point(alpha), data.hex())
    return seal_dealing(msgspec.structs.replace(text, shares=tuple(shares), seal=None), secret.signing)


def test_a_wrong_share_to_one_teller_is_proved_by_its_senders_signature(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    wrong = cheating(secrets[1], announcements, dealings[1], victim=3)
    joined = protocol.gather_dealings([dealings[0], wrong, dealings[2]])
    protocol.accept(secrets[0], announcements, joined)
    with pytest.raises(InvalidShare, match="teller 2: the share does not fit"):
        protocol.accept(secrets[2], announcements, joined)
    complaint = complain(secrets[2], announcements, joined, dealer=2)
    assert judge(announcements, joined, complaint) == 2


def test_a_complaint_without_reason_is_refused_and_names_who_complains(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    joined = protocol.gather_dealings(dealings)
    complaint = complain(secrets[2], announcements, joined, dealer=2)
    with pytest.raises(InvalidShare, match="teller 3 complains without reason"):
        judge(announcements, joined, complaint)


@pytest.mark.parametrize("field", ["index", "dealer", "announcements", "shared", "proof"])
def test_a_forged_complaint_accuses_nobody(announced: Announced, field: str) -> None:
    secrets, announcements, dealings = announced
    joined = protocol.gather_dealings(dealings)
    honest = msgspec.json.decode(complain(secrets[2], announcements, joined, dealer=2))
    other = msgspec.json.decode(complain(secrets[0], announcements, joined, dealer=3))
    changed = honest | {field: other[field] if field != "announcements" else "ab" * 32}
    with pytest.raises((InvalidProof, InvalidShare)):
        judge(announcements, joined, wire.compact(changed))


def test_a_complaint_about_nobody_is_refused(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    with pytest.raises(KeysError, match="no dealing of teller 4"):
        complain(secrets[0], announcements, protocol.gather_dealings(dealings), dealer=4)


def test_nothing_is_shown_for_a_share_taken_from_an_honest_dealing(announced: Announced) -> None:
    """The victim's K would open the honest dealer's share, which stands over the same alpha."""
    secrets, announcements, dealings = announced
    honest, text = (wire.parse(dealings[at], DealingText, "dealing") for at in (0, 1))
    shares = (*text.shares[:2], honest.shares[2])
    copied = seal_dealing(msgspec.structs.replace(text, shares=shares, seal=None), secrets[1].signing)
    joined = protocol.gather_dealings([dealings[0], copied, dealings[2]])
    for secret in (secrets[0], secrets[2]):  # everybody sees it, without a complaint
        with pytest.raises(InvalidShare, match="teller 2: .* its sender does not prove"):
            protocol.accept(secret, announcements, joined)
    with pytest.raises(InvalidShare, match="its sender does not prove"):
        complain(secrets[2], announcements, joined, dealer=2)


def test_nothing_is_shown_for_a_dealing_that_its_dealer_did_not_sign(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    text = wire.parse(dealings[1], DealingText, "dealing")
    unsigned = seal_dealing(msgspec.structs.replace(text, seal=None), secrets[0].signing)
    joined = protocol.gather_dealings([dealings[0], unsigned, dealings[2]])
    with pytest.raises(InvalidProof):
        complain(secrets[2], announcements, joined, dealer=2)
