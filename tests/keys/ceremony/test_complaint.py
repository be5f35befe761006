import msgspec
import pytest

from keys import wire
from keys.ceremony import protocol
from keys.ceremony.channel import seal_for
from keys.ceremony.complaint import complain, judge
from keys.ceremony.messages import CeremonySecret, DealingText, SealedShareText, seal
from keys.errors import InvalidProof, InvalidShare, KeysError
from keys.group import encode_point, random_secret

BOX = 2
Announced = tuple[list[CeremonySecret], bytes, list[bytes]]


@pytest.fixture(scope="module")
def announced() -> Announced:
    begun = [protocol.begin(3, 2, index, boxes=2) for index in (1, 2, 3)]
    announcements = protocol.gather_announcements(raw for _, raw in begun)
    dealt = [protocol.deal(secret, announcements) for secret, _ in begun]
    return [secret for secret, _ in dealt], announcements, [raw for _, raw in dealt]


def cheating(secret: CeremonySecret, announcements: bytes, raw: bytes, victim: int) -> bytes:
    """The dealing of a teller who sends a wrong share to one other, and signs it."""
    text = wire.parse(raw, DealingText, "dealing")
    run = protocol.runs_of(announcements).runs[BOX - 1]
    context = run.context(text.index, victim)
    alpha, data = seal_for(run.certificates[victim - 1].encryption, random_secret(), *context)
    shares = list(text.boxes[BOX - 1].shares)
    shares[victim - 1] = SealedShareText(encode_point(alpha), data.hex())
    return resealed(secret, text, tuple(shares))


def resealed(secret: CeremonySecret, text: DealingText, shares: tuple[SealedShareText, ...]) -> bytes:
    """The dealing with other shares of the second box, signed as a whole again."""
    part = msgspec.structs.replace(text.boxes[BOX - 1], shares=shares)
    return seal(msgspec.structs.replace(text, boxes=(text.boxes[0], part), seals=()), secret.boxes)


def test_a_wrong_share_to_one_teller_is_proved_by_its_senders_signature(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    wrong = cheating(secrets[1], announcements, dealings[1], victim=3)
    joined = protocol.gather_dealings([dealings[0], wrong, dealings[2]])
    protocol.accept(secrets[0], announcements, joined)
    with pytest.raises(InvalidShare, match="teller 2: box 2: the share does not fit"):
        protocol.accept(secrets[2], announcements, joined)
    complaint = complain(secrets[2], announcements, joined, dealer=2, box=BOX)
    assert judge(announcements, joined, complaint) == 2


def test_a_complaint_without_reason_is_refused_and_names_who_complains(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    joined = protocol.gather_dealings(dealings)
    complaint = complain(secrets[2], announcements, joined, dealer=2, box=BOX)
    with pytest.raises(InvalidShare, match="teller 3 complains without reason"):
        judge(announcements, joined, complaint)


@pytest.mark.parametrize("field", ["index", "dealer", "box", "announcements", "shared", "proof"])
def test_a_forged_complaint_accuses_nobody(announced: Announced, field: str) -> None:
    secrets, announcements, dealings = announced
    joined = protocol.gather_dealings(dealings)
    honest = msgspec.json.decode(complain(secrets[2], announcements, joined, dealer=2, box=BOX))
    other = msgspec.json.decode(complain(secrets[0], announcements, joined, dealer=3, box=BOX))
    others = other | {"announcements": "ab" * 32, "box": 1}
    changed = honest | {field: others[field]}
    with pytest.raises((InvalidProof, InvalidShare)):
        judge(announcements, joined, wire.compact(changed))


def test_a_complaint_about_nobody_is_refused(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    with pytest.raises(KeysError, match="no dealing of teller 4"):
        complain(secrets[0], announcements, protocol.gather_dealings(dealings), dealer=4, box=BOX)


def test_nothing_is_shown_for_a_share_taken_from_an_honest_dealing(announced: Announced) -> None:
    """The victim's K would open the honest dealer's share, which stands over the same alpha."""
    secrets, announcements, dealings = announced
    honest, text = (wire.parse(dealings[at], DealingText, "dealing") for at in (0, 1))
    copied = resealed(secrets[1], text, (*text.boxes[1].shares[:2], honest.boxes[1].shares[2]))
    joined = protocol.gather_dealings([dealings[0], copied, dealings[2]])
    for secret in (secrets[0], secrets[2]):  # everybody sees it, without a complaint
        with pytest.raises(InvalidShare, match="teller 2: .* its sender does not prove"):
            protocol.accept(secret, announcements, joined)
    with pytest.raises(InvalidShare, match="its sender does not prove"):
        complain(secrets[2], announcements, joined, dealer=2, box=BOX)


def test_nothing_is_shown_for_a_dealing_that_its_dealer_did_not_sign(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    text = wire.parse(dealings[1], DealingText, "dealing")
    unsigned = seal(msgspec.structs.replace(text, seals=()), secrets[0].boxes)
    joined = protocol.gather_dealings([dealings[0], unsigned, dealings[2]])
    with pytest.raises(InvalidProof):
        complain(secrets[2], announcements, joined, dealer=2, box=BOX)


@pytest.mark.parametrize("box", [0, 3])
def test_a_complaint_about_a_box_that_is_not_there_is_refused(announced: Announced, box: int) -> None:
    secrets, announcements, dealings = announced
    joined = protocol.gather_dealings(dealings)
    with pytest.raises(InvalidShare, match=f"a box from 1 to 2 expected, {box} found"):
        complain(secrets[2], announcements, joined, dealer=2, box=box)
    text = msgspec.json.decode(complain(secrets[2], announcements, joined, dealer=2, box=BOX))
    with pytest.raises(InvalidShare, match=f"a box from 1 to 2 expected, {box} found"):
        judge(announcements, joined, wire.compact(text | {"box": box}))


def test_a_complaint_about_one_box_proves_nothing_of_another(announced: Announced) -> None:
    """What opens the wrong share of the second box opens nothing of the first."""
    secrets, announcements, dealings = announced
    wrong = cheating(secrets[1], announcements, dealings[1], victim=3)
    joined = protocol.gather_dealings([dealings[0], wrong, dealings[2]])
    complaint = msgspec.json.decode(complain(secrets[2], announcements, joined, dealer=2, box=BOX))
    with pytest.raises(InvalidProof):
        judge(announcements, joined, wire.compact(complaint | {"box": 1}))
    founded = complain(secrets[2], announcements, joined, dealer=2, box=1)
    with pytest.raises(InvalidShare, match="teller 3 complains without reason"):
        judge(announcements, joined, founded)


def test_a_dealing_with_fewer_shares_gives_no_ground(announced: Announced) -> None:
    secrets, announcements, dealings = announced
    text = wire.parse(dealings[1], DealingText, "dealing")
    short = resealed(secrets[1], text, text.boxes[1].shares[:2])
    joined = protocol.gather_dealings([dealings[0], short, dealings[2]])
    with pytest.raises(InvalidShare, match="a share for each teller"):
        complain(secrets[2], announcements, joined, dealer=2, box=BOX)
