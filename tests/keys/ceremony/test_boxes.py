"""One ceremony for several boxes: nothing of one box counts for another, and all stand or fall together."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
import pytest

from keys import wire
from keys.ceremony import protocol
from keys.ceremony.messages import AnnouncementText, BoxAnnouncementText, CeremonySecret, DealingText, seal
from keys.ceremony.one_box import draw
from keys.errors import InvalidCertificate, InvalidProof, InvalidShare, KeysError
from keys.trustees import encode_trustees

BOXES = 3


@pytest.fixture(scope="module")
def secrets() -> list[CeremonySecret]:
    return [protocol.begin(3, 2, index, boxes=BOXES, plan="ab" * 32)[0] for index in (1, 2, 3)]


def announced(secret: CeremonySecret) -> bytes:
    return wire.compact(protocol._announcement(secret))


def gathered(secrets: Sequence[CeremonySecret]) -> bytes:
    return protocol.gather_announcements(map(announced, secrets))


def run(secrets: Sequence[CeremonySecret]) -> tuple[list[CeremonySecret], bytes, list[bytes]]:
    """Steps 1 and 2 of these tellers, with whatever secrets they chose."""
    announcements = gathered(secrets)
    dealt = [protocol.deal(secret, announcements) for secret in secrets]
    return [secret for secret, _ in dealt], announcements, [raw for _, raw in dealt]


def test_every_box_has_keys_of_its_own() -> None:
    made = protocol.rehearse(3, 2, boxes=4)
    assert len({encode_trustees([item]) for item, _ in made}) == 4
    assert len({key.secret for _, keys in made for key in keys}) == 12
    assert len({item.coefficients[0].points[0] for item, _ in made}) == 4


@pytest.mark.parametrize("boxes", [0, -1, 100])
def test_a_number_of_boxes_that_cannot_be_is_refused(boxes: int) -> None:
    with pytest.raises(InvalidCertificate, match="1 to 99 boxes expected"):
        protocol.begin(3, 2, 1, boxes=boxes)


def changed(secret: CeremonySecret, change: Callable[[tuple[BoxAnnouncementText, ...]], object]) -> bytes:
    """A teller's announcement with other parts; a part is signed by itself, so this needs no key."""
    text = wire.parse(announced(secret), AnnouncementText, "announcement")
    return wire.compact(msgspec.structs.replace(text, boxes=change(text.boxes)))


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: (parts[1], parts[1], parts[2]),  # a certificate used for two boxes
        lambda parts: (parts[0], msgspec.structs.replace(parts[1], cert=parts[0].cert), parts[2]),
    ],
)
def test_a_certificate_for_two_boxes_is_found(
    secrets: list[CeremonySecret], change: Callable[[tuple[BoxAnnouncementText, ...]], object]
) -> None:
    files = [announced(secrets[0]), changed(secrets[1], change), announced(secrets[2])]
    with pytest.raises(InvalidCertificate, match="a key is duplicated"):
        protocol.gather_announcements(files)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"boxes": ()}, "at least one box expected"), ({"plan": "ab"}, "teller 1: a plan's hash"),
     ({"signing_key": "A" * 1001}, "teller 1: .* public signing key")],
)  # fmt: skip
def test_an_announcement_out_of_shape_is_refused(
    secrets: list[CeremonySecret], changes: dict[str, object], words: str
) -> None:
    text = wire.parse(announced(secrets[0]), AnnouncementText, "announcement")
    changed = wire.compact(msgspec.structs.replace(text, **changes))
    with pytest.raises(KeysError, match=words):
        protocol.gather_announcements([changed, *map(announced, secrets[1:])])


def test_the_certificate_of_another_teller_is_found_in_any_box(secrets: list[CeremonySecret]) -> None:
    other = wire.parse(announced(secrets[2]), AnnouncementText, "announcement").boxes[2]
    moved = changed(secrets[1], lambda parts: (parts[0], parts[1], other))
    with pytest.raises(KeysError, match="^teller 2: box 3: "):
        protocol.gather_announcements([announced(secrets[0]), moved, announced(secrets[2])])


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: (parts[1], parts[0], parts[2]),  # two boxes exchanged
        lambda parts: (msgspec.structs.replace(parts[0], commitment=parts[1].commitment), *parts[1:]),
    ],
)
def test_parts_moved_between_boxes_are_found_by_their_owner(
    secrets: list[CeremonySecret], change: Callable[[tuple[BoxAnnouncementText, ...]], object]
) -> None:
    announcements = protocol.gather_announcements(
        [announced(secrets[0]), changed(secrets[1], change), announced(secrets[2])]
    )
    with pytest.raises(InvalidCertificate, match="own announcement"):
        protocol.deal(secrets[1], announcements)


def test_a_commitment_of_one_box_opens_in_no_other(secrets: list[CeremonySecret]) -> None:
    """A teller who announces the commitment of box 1 for box 2 as well cannot show coefficients for it."""
    own = secrets[1].boxes
    twice = replace(secrets[1], boxes=(own[0], replace(own[1], polynomial=own[0].polynomial), own[2]))
    text = wire.parse(announced(twice), AnnouncementText, "announcement")
    first, second, third = text.boxes
    moved = msgspec.structs.replace(second, commitment=first.commitment)
    announcements = protocol.gather_announcements(
        [announced(secrets[0]), wire.compact(msgspec.structs.replace(text, boxes=(first, moved, third))),
         announced(secrets[2])]
    )  # fmt: skip
    seen = protocol.runs_of(announcements)
    parts = tuple(protocol.one_box.deal(one, run, 2) for one, run in zip(twice.boxes, seen.runs, strict=True))
    dealing = seal(DealingText("phieukin/ceremony-dealing/v2", 2, seen.fingerprint, parts), twice.boxes)
    with pytest.raises(InvalidShare, match="^teller 2: box 2: the coefficients are not the ones committed to"):
        protocol.check_dealing(announcements, dealing)


def test_one_polynomial_for_all_boxes_is_found(secrets: list[CeremonySecret]) -> None:
    """Whoever opens one box would open all of them."""
    polynomial = secrets[1].boxes[0].polynomial
    lazy = replace(secrets[1], boxes=tuple(replace(one, polynomial=polynomial) for one in secrets[1].boxes))
    dealt, announcements, dealings = run([secrets[0], lazy, secrets[2]])
    for secret in dealt:
        with pytest.raises(InvalidShare, match="a coefficient is duplicated"):
            protocol.accept(secret, announcements, protocol.gather_dealings(dealings))


def test_a_coefficient_that_is_a_certificate_key_is_found(secrets: list[CeremonySecret]) -> None:
    own = secrets[1].boxes
    mixed = replace(own[2], polynomial=(own[0].signing, own[2].polynomial[1]))
    dealt, announcements, dealings = run([secrets[0], replace(secrets[1], boxes=(*own[:2], mixed)), secrets[2]])
    with pytest.raises(InvalidShare, match="a coefficient is duplicated"):
        protocol.accept(dealt[0], announcements, protocol.gather_dealings(dealings))


def test_a_share_dealt_for_another_box_does_not_open(secrets: list[CeremonySecret]) -> None:
    dealt, announcements, dealings = run(secrets)
    text = wire.parse(dealings[1], DealingText, "dealing")
    first, second, third = text.boxes
    moved = msgspec.structs.replace(second, shares=first.shares)
    false = seal(msgspec.structs.replace(text, boxes=(first, moved, third), seals=()), secrets[1].boxes)
    joined = protocol.gather_dealings([dealings[0], false, dealings[2]])
    for secret in dealt:
        with pytest.raises(InvalidShare, match="^teller 2: box 2: .*its sender does not prove"):
            protocol.accept(secret, announcements, joined)


def test_dealings_of_two_runs_of_one_teller_do_not_mix(secrets: list[CeremonySecret]) -> None:
    """Every box's key signs the whole dealing, so a part cannot be taken from another dealing of the same teller."""
    _, announcements, dealings = run(secrets)
    again = protocol.deal(secrets[1], announcements)[1]  # other randomness, as after a machine that died
    texts = [wire.parse(raw, DealingText, "dealing") for raw in (dealings[1], again)]
    mixed = msgspec.structs.replace(texts[0], boxes=(texts[0].boxes[0], *texts[1].boxes[1:]))
    with pytest.raises(InvalidProof, match="^teller 2: box 1: the teller's signature"):
        protocol.check_dealing(announcements, wire.compact(mixed))


def test_nobody_drops_a_box_and_keeps_the_rest(secrets: list[CeremonySecret]) -> None:
    dealt, announcements, dealings = run(secrets)
    text = wire.parse(dealings[1], DealingText, "dealing")
    fewer = seal(msgspec.structs.replace(text, boxes=text.boxes[:2], seals=()), secrets[1].boxes[:2])
    with pytest.raises(InvalidShare, match="^teller 2: .*a part for each box"):
        protocol.accept(dealt[0], announcements, protocol.gather_dealings([dealings[0], fewer, dealings[2]]))


def test_nobody_adds_a_box_later(secrets: list[CeremonySecret]) -> None:
    dealt, announcements, _ = run(secrets)
    more = replace(dealt[0], boxes=(*dealt[0].boxes, draw(2)))
    with pytest.raises(InvalidCertificate, match="own announcement"):
        protocol.deal(more, announcements)
    with pytest.raises(InvalidCertificate, match="teller 2: 4 boxes expected, 3 found"):
        protocol.gather_announcements([announced(secrets[1]), announced(secrets[2]), announced(more)][::-1])


def test_one_box_whose_threshold_is_lower_is_found(secrets: list[CeremonySecret]) -> None:
    """All tellers together could agree on it; none of them can pass it off as the ceremony that was planned."""
    lower = [replace(one, boxes=(one.boxes[0], draw(3), one.boxes[2])) for one in secrets]
    with pytest.raises(InvalidCertificate, match="box 2: the threshold of box 1"):
        gathered(lower)


def test_who_shows_coefficients_fitted_to_the_others_in_one_box_had_to_commit_before(
    secrets: list[CeremonySecret],
) -> None:
    _, announcements, dealings = run(secrets)
    fitted = replace(secrets[2], boxes=(*secrets[2].boxes[:2], draw(2)))
    seen = protocol.runs_of(announcements)
    signing = tuple(
        replace(one, signing=before.signing) for one, before in zip(fitted.boxes, secrets[2].boxes, strict=True)
    )
    parts = tuple(protocol.one_box.deal(one, run, 3) for one, run in zip(signing, seen.runs, strict=True))
    rushed = seal(DealingText("phieukin/ceremony-dealing/v2", 3, seen.fingerprint, parts), signing)
    with pytest.raises(InvalidShare, match="^teller 3: box 3: the coefficients are not the ones committed to"):
        protocol.check_dealing(announcements, rushed)
    assert protocol.check_dealing(announcements, dealings[2]) == 3
