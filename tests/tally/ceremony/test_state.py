"""The ceremony by stick: who is wrong, early, late or double is named, and every state is read from files again."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keys import wire
from keys.ceremony import protocol as mathematics
from keys.ceremony.channel import seal_for
from keys.ceremony.messages import BoxDealingText, CeremonySecret, DealingText, SealedShareText, ShareText, seal
from keys.errors import InvalidCertificate
from keys.files.sealing import LEAST_COST
from keys.files.signing import new_signing_key, public_text
from keys.group import encode_point, random_secret
from keys.proofs.schnorr import sign_message
from keys.trustees import parse_trustees, verify_trustees
from tally.ceremony import state
from tally.ceremony.own_file import (
    KIND,
    TellerState,
    as_teller_files,
    own_path,
    read_state,
    replace_state,
    with_complaint,
    write_state,
)
from tally.ceremony.plan import Plan, majority, new_plan, parse_plan
from tally.ceremony.state import read_ceremony
from tally.ceremony.usb import STEPS, UsbStick, new_announcement
from tally.cli.main import tally_group
from tally.errors import CeremonyFault
from tally.signing import teller_file
from tally.signing.signers import KeySigner, Kind
from tally.signing.teller_file import TellerFile, read_teller_file
from tests.tally.terminal import PASSPHRASE
from voting.documents.canonical import canonical
from voting.documents.errors import NotCanonical

NAMES = ("Lò Thị Ước", "Hà Văn Đạt", "Vì Thu Lễ", "Cầm Đức Đôi", "Quàng Minh Yến")


class Tellers:
    """Tellers around one stick, each with a state of their own in a sealed file."""

    def __init__(
        self, folder: Path, size: int = 3, threshold: int = 2, conference: str = "Hội nghị", boxes: int = 1
    ) -> None:
        self.folder = folder
        self.stick = UsbStick(folder / "stick")
        self.stick.folder.mkdir(parents=True)
        self.plan = new_plan(conference, NAMES[:size], threshold, boxes=boxes)
        self.stick.write_plan(self.plan)

    @property
    def numbers(self) -> range:
        return range(1, len(self.plan.tellers) + 1)

    def path(self, index: int) -> Path:
        folder = self.folder / f"own {index}"
        folder.mkdir(exist_ok=True)
        return own_path(folder, index)

    def own(self, index: int) -> TellerState:
        """A fresh process knows the file alone."""
        return read_state(self.path(index), PASSPHRASE)

    def announce(self, index: int) -> None:
        own = state.begin(self.plan, index)
        write_state(self.path(index), own, PASSPHRASE, LEAST_COST)
        self.stick.write(STEPS[0], index, own.announcement.encode())

    def deal(self, index: int) -> None:
        own = state.deal(read_ceremony(self.stick, self.plan), self.own(index))
        replace_state(self.path(index), own, PASSPHRASE, LEAST_COST)
        self.stick.write(STEPS[1], index, own.dealing.encode())

    def accept(self, index: int) -> None:
        own = state.accept(read_ceremony(self.stick, self.plan), self.own(index))
        replace_state(self.path(index), own, PASSPHRASE, LEAST_COST)
        self.stick.write(STEPS[2], index, own.share.encode())

    def rehearse(self, index: int) -> None:
        own = self.own(index)
        self.stick.write(STEPS[3], index, state.rehearse(read_ceremony(self.stick, self.plan), own.share_keys))

    def files(self, index: int) -> tuple[TellerFile, ...]:
        """A teller's files of the count, one of each box."""
        ceremony = read_ceremony(self.stick, self.plan)
        return as_teller_files(self.own(index), ceremony.fingerprint, ceremony.trustees())

    def all(self, *steps: Callable[[int], None]) -> None:
        for step in steps:
            for index in self.numbers:
                step(index)


@pytest.fixture
def tellers(tmp_path: Path) -> Tellers:
    return Tellers(tmp_path)


@pytest.mark.parametrize(("size", "threshold"), [(2, 2), (3, 2), (5, 3)])
def test_the_ceremony_ends_with_keys_that_open(tmp_path: Path, size: int, threshold: int) -> None:
    tellers = Tellers(tmp_path, size, threshold)
    tellers.all(tellers.announce, tellers.deal, tellers.accept, tellers.rehearse)
    [trustees], _ = state.finish(read_ceremony(tellers.stick, tellers.plan))
    verify_trustees(parse_trustees(trustees.raw))
    assert trustees.threshold() == threshold
    assert [tellers.files(index)[0].share.index for index in tellers.numbers] == list(tellers.numbers)


def test_no_file_on_the_stick_holds_a_secret(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept, tellers.rehearse)
    public = b"".join(path.read_bytes() for path in tellers.stick.folder.iterdir())
    for index in tellers.numbers:
        own = tellers.own(index)
        secret = json.loads(own.secret)
        [box] = secret["boxes"]
        for one in (box["signing"], box["decryption"], *box["polynomial"], own.signing_key, *own.keys):
            assert one.encode() not in public
        assert tellers.path(index).read_bytes().find(own.signing_key.encode()) == -1


def test_all_see_one_fingerprint_which_covers_names_threshold_and_signing_keys(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    first = read_ceremony(tellers.stick, tellers.plan).fingerprint
    assert first == read_ceremony(UsbStick(tellers.stick.folder), tellers.plan).fingerprint
    own, another = tellers.own(2), new_signing_key()
    parts = read_ceremony(tellers.stick, tellers.plan).announcement(2).parts
    renamed = wire.compact(msgspec.structs.replace(parts, signing_key=public_text(another)))
    tellers.stick.write(STEPS[0], 2, new_announcement(tellers.plan, 2, renamed, KeySigner(another)))
    assert read_ceremony(tellers.stick, tellers.plan).fingerprint != first
    with pytest.raises(CeremonyFault, match="teller 2 .* another file of step 1 in your place"):
        state.check_unchanged(read_ceremony(tellers.stick, tellers.plan), own)


# --- faults, by name -----------------------------------------------------------------------------------------------


def fault(tellers: Tellers, words: str) -> None:
    with pytest.raises(CeremonyFault, match=words):
        read_ceremony(tellers.stick, tellers.plan)


def test_two_files_of_one_teller_are_named(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    double = state.begin(tellers.plan, 2).announcement.encode()
    tellers.stick.folder.joinpath("1-announcement-teller-2 (1).json").write_bytes(double)
    fault(tellers, r"teller 2 \(Hà Văn Đạt\): two different files of one step")


@pytest.mark.parametrize("spoilt", [b"", b"{}", b'{"index":"\xff"}', b'{"index":2,"x":' + 100_000 * b"["])
def test_a_damaged_file_is_named(tellers: Tellers, spoilt: bytes) -> None:
    tellers.all(tellers.announce)
    tellers.stick.path(STEPS[0], 2).write_bytes(spoilt)
    fault(tellers, r"1-announcement-teller-2\.json")


def test_a_copy_of_a_file_is_the_same_file(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    path = tellers.stick.path(STEPS[0], 2)
    shutil.copy(path, path.with_name("1-announcement-teller-2 - Copy.json"))
    assert len(read_ceremony(tellers.stick, tellers.plan).announced) == 3


def test_a_late_announcement_is_named_by_those_who_confirmed_another(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    tellers.deal(1)
    tellers.stick.path(STEPS[1], 1).unlink()
    tellers.stick.write(STEPS[0], 2, state.begin(tellers.plan, 2).announcement.encode())
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    with pytest.raises(CeremonyFault, match=r"teller 2 \(Hà Văn Đạt\): the file of step 1 came late"):
        state.check_unchanged(ceremony, tellers.own(1))
    with pytest.raises(CeremonyFault, match="already dealt for other announcements"):
        state.deal(ceremony, tellers.own(1))


def test_who_dealt_before_an_announcement_changed_is_not_blamed_for_it(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    tellers.deal(1)
    tellers.stick.write(STEPS[0], 2, state.begin(tellers.plan, 2).announcement.encode())
    fault(tellers, r"teller 1 \(Lò Thị Ước\): dealt for other announcements than those here")
    with pytest.raises(CeremonyFault, match=r"teller 2 \(Hà Văn Đạt\): the file of step 1 came late"):
        read_ceremony(tellers.stick, tellers.plan, tellers.own(1))
    with pytest.raises(CeremonyFault, match=r"teller 2 \(Hà Văn Đạt\): somebody put another file"):
        read_ceremony(tellers.stick, tellers.plan, tellers.own(2))


def test_a_late_dealing_is_named_by_those_who_accepted_another(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    tellers.accept(1)
    own = tellers.own(3)
    again = mathematics.deal(own.ceremony, read_ceremony(tellers.stick, tellers.plan).announcements)[1]
    tellers.stick.write(STEPS[1], 3, again)
    tellers.stick.path(STEPS[2], 1).unlink()
    with pytest.raises(CeremonyFault, match=r"teller 3 \(Vì Thu Lễ\): the file of step 2 came late"):
        state.check_unchanged(read_ceremony(tellers.stick, tellers.plan), tellers.own(1))


def test_a_rushing_teller_who_deals_before_all_announced_is_named(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    tellers.deal(2)
    tellers.stick.path(STEPS[0], 3).unlink()
    fault(tellers, r"teller 2 \(Hà Văn Đạt\): a file of step 2 is here before step 1 is complete; missing: Vì Thu Lễ")


def test_a_rushing_teller_cannot_choose_coefficients_after_seeing_the_others(tellers: Tellers) -> None:
    choose_late(tellers)
    fault(tellers, r"teller 3 \(Vì Thu Lễ\): box 1: the coefficients are not the ones committed to")


def with_box(secret: CeremonySecret, box: int, **changes: object) -> CeremonySecret:
    """Change what a teller keeps for one box."""
    boxes = list(secret.boxes)
    boxes[box - 1] = replace(boxes[box - 1], **changes)  # type: ignore[arg-type] # whatever the test changes
    return replace(secret, boxes=tuple(boxes))


def with_part(text: DealingText, box: int, **changes: object) -> DealingText:
    """Change the part of one box in a dealing, whose seals are gone then."""
    boxes: list[BoxDealingText] = list(text.boxes)
    boxes[box - 1] = msgspec.structs.replace(boxes[box - 1], **changes)
    return msgspec.structs.replace(text, boxes=tuple(boxes), seals=())


def choose_late(tellers: Tellers, box: int = 1) -> None:
    """Let teller 3 deal by coefficients of a box chosen when those of the others were on the ceremony."""
    tellers.all(tellers.announce)
    tellers.deal(1)
    tellers.deal(2)
    honest = tellers.own(3).ceremony
    own = honest.boxes[box - 1]
    other = tuple(random_secret() for _ in own.polynomial)  # chosen now, with all commitments on the ceremony
    chosen = with_box(honest, box, polynomial=other)
    announcements = read_ceremony(tellers.stick, tellers.plan).announcements
    with pytest.raises(InvalidCertificate, match="own announcement"):  # the honest program refuses its owner
        mathematics.deal(chosen, announcements)
    text = wire.parse(mathematics.deal(honest, announcements)[1], DealingText, "dealing")
    coefficients = chosen.boxes[box - 1].coefficients()
    points = wire.compact(wire.CoefficientsText(tuple(map(encode_point, coefficients)))).decode()
    signed = wire.SignedText(points, wire.proof_text(sign_message(own.signing, points)))
    forged = with_part(text, box, coefexps=signed)  # another program does not
    tellers.stick.write(STEPS[1], 3, seal(forged, honest.boxes))


def cheat(tellers: Tellers, dealer: int, victim: int, box: int = 1) -> None:
    """Put a wrong share of a box for one other into a dealing, and sign it."""
    ceremony, own = read_ceremony(tellers.stick, tellers.plan), tellers.own(dealer)
    text = wire.parse(own.dealing.encode(), DealingText, "dealing")
    run = mathematics.runs_of(ceremony.announcements).runs[box - 1]
    recipient = run.certificates[victim - 1].encryption
    alpha, data = seal_for(recipient, random_secret(), *run.context(dealer, victim))
    shares = list(text.boxes[box - 1].shares)
    shares[victim - 1] = SealedShareText(encode_point(alpha), data.hex())
    changed = with_part(text, box, shares=tuple(shares))
    tellers.stick.write(STEPS[1], dealer, seal(changed, own.ceremony.boxes))


def test_a_wrong_share_to_one_other_is_proved_by_a_complaint(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    cheat(tellers, dealer=2, victim=3)
    tellers.accept(1)
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    with pytest.raises(CeremonyFault, match=r"teller 2 \(Hà Văn Đạt\): box 1: the share does not fit") as raised:
        state.accept(ceremony, tellers.own(3))
    assert state.blamed(raised.value) == (2, 1)
    complaint = state.complaint_of(ceremony, tellers.own(3), 2, 1)
    assert state.judged(ceremony, complaint) == 2
    with pytest.raises(CeremonyFault, match=r"teller 1 \(Lò Thị Ước\) complains without reason"):
        state.judged(ceremony, state.complaint_of(ceremony, tellers.own(1), 2, 1))


def test_a_wrong_proof_of_possession_is_named(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    prove_wrongly(tellers)
    fault(tellers, r"teller 2 \(Hà Văn Đạt\): box 1: the proof of possession does not verify")


def prove_wrongly(tellers: Tellers) -> None:
    """Put another proof of possession into the public share of teller 2."""
    own = wire.parse(tellers.own(2).share.encode(), ShareText, "share")
    other = wire.parse(tellers.own(1).share.encode(), ShareText, "share")
    part = msgspec.structs.replace(own.boxes[0], pok=other.boxes[0].pok)
    wrong = msgspec.structs.replace(own, boxes=(part, *own.boxes[1:]), seals=())
    tellers.stick.write(STEPS[2], 2, seal(wrong, tellers.own(2).ceremony.boxes))


def test_a_public_share_that_is_not_ones_own_is_named(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    other = wire.parse(tellers.own(1).share.encode(), ShareText, "share")
    renamed = msgspec.structs.replace(other, index=2, seals=())
    tellers.stick.write(STEPS[2], 2, seal(renamed, tellers.own(2).ceremony.boxes))
    fault(tellers, r"teller 2 \(Hà Văn Đạt\): box 1: the verification key is not the one")


def test_a_rehearsal_by_somebody_without_the_share_is_named(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    tellers.rehearse(1)
    text = msgspec.json.decode(tellers.stick.path(STEPS[3], 1).read_bytes())
    tellers.stick.write(STEPS[3], 3, wire.compact(text | {"owner": 3}))
    fault(tellers, r"teller 3 \(Vì Thu Lễ\): box 1: the opening proof")


def test_the_conference_may_not_open_before_all_have_rehearsed(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    tellers.rehearse(1)
    tellers.rehearse(2)
    with pytest.raises(CeremonyFault, match=r"\[3\] are missing"):
        state.finish(read_ceremony(tellers.stick, tellers.plan))


@pytest.mark.parametrize("raw", [b"", b"{}x", b"[1]", b'{"index":1}', b'{"index":9}', b'{"index":"1"}', b"\xff"])
def test_a_file_that_is_none_of_the_ceremony_is_named(tellers: Tellers, raw: bytes) -> None:
    tellers.announce(1)
    tellers.stick.folder.joinpath("1-announcement-x.json").write_bytes(raw)
    fault(tellers, "1-announcement|teller 1")


def test_an_announcement_of_another_ceremony_is_named(tellers: Tellers, tmp_path: Path) -> None:
    other = Tellers(tmp_path / "other", 3, 3)
    other.announce(2)
    shutil.copy(other.stick.path(STEPS[0], 2), tellers.stick.folder)
    fault(tellers, r"teller 2 \(Hà Văn Đạt\): this announcement is of another ceremony")


def test_an_announcement_with_another_signature_is_named(tellers: Tellers) -> None:
    tellers.announce(2)
    path = tellers.stick.path(STEPS[0], 2)
    said = json.loads(path.read_bytes())
    parts = json.loads(said["announcement"]) | {"signing_key": public_text(new_signing_key())}
    path.write_bytes(wire.compact(said | {"announcement": wire.compact(parts).decode()}))
    fault(tellers, r"teller 2 \(Hà Văn Đạt\): the announcement's signature")


class RsaSigner:
    """A token with an RSA key, as the government's are."""

    kind: Kind = "rsa"
    certificate = None

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.public_text = public_text(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def test_an_announcement_by_a_token_carries_its_key_to_the_desk_and_into_the_tellers_file(tellers: Tellers) -> None:
    key_signer = RsaSigner()
    own = state.begin(tellers.plan, 2, key_signer)
    write_state(tellers.path(2), own, PASSPHRASE, LEAST_COST)
    tellers.stick.write(STEPS[0], 2, own.announcement.encode())
    tellers.announce(1)
    tellers.announce(3)
    tellers.all(tellers.deal, tellers.accept, tellers.rehearse)
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    state.finish(ceremony)
    assert ceremony.announcement(2).signing_key == key_signer.public_text
    files = {index: tellers.files(index)[0] for index in tellers.numbers}
    assert files[2].public_signer == files[2].token == key_signer.public_text
    assert [files[index].token for index in (1, 3)] == ["", ""]
    assert files[1].public_signer == ceremony.announcement(1).signing_key


def test_an_announcement_that_names_a_token_that_did_not_sign_it_is_named(tellers: Tellers) -> None:
    said = json.loads(state.begin(tellers.plan, 2, RsaSigner()).announcement)
    path = tellers.stick.path(STEPS[0], 2)
    another = json.loads(state.begin(tellers.plan, 2, RsaSigner()).announcement)
    for changed in ("announcement", "signature"):
        path.write_bytes(wire.compact(said | {changed: another[changed]}))
        fault(tellers, r"teller 2 \(Hà Văn Đạt\): the announcement's signature")


# --- plans ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "least"), [(2, 2), (3, 2), (4, 3), (5, 3), (7, 4)])
def test_by_default_a_majority_opens(size: int, least: int) -> None:
    assert majority(size) == least


@pytest.mark.parametrize(
    ("names", "threshold", "error"),
    [
        (("Lò Thị Ước",), 1, InvalidCertificate),
        (NAMES[:3], 1, InvalidCertificate),
        (NAMES[:3], 4, InvalidCertificate),
        (("Lò Thị Ước", "lò  thị ước"), 2, CeremonyFault),
        (("Lò Thị Ước", ""), 2, CeremonyFault),
        (("Lò Thị Ước", "Hà\u202eVăn Đạt"), 2, CeremonyFault),
        (("Lò Thị Ước", "Đ/c Lò Thị Ước "), 2, CeremonyFault),
    ],
)
def test_a_plan_with_bad_names_or_numbers_is_refused(
    names: tuple[str, ...], threshold: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        new_plan("Hội nghị", names, threshold)


def test_names_are_composed_and_spaced_alike_whatever_was_typed() -> None:
    plan = new_plan(" Hội  nghị", ("Lo\u0300 Thi\u0323  U\u031bo\u031b\u0301c ", "Hà Văn Đạt"), 2)
    assert (plan.conference, plan.tellers) == ("Hội nghị", NAMES[:2])


def test_a_plan_has_one_spelling() -> None:
    raw = canonical(new_plan("Hội nghị", NAMES[:3], 2))
    assert parse_plan(raw) == new_plan("Hội nghị", NAMES[:3], 2)
    with pytest.raises(NotCanonical):
        parse_plan(raw + b" ")


def test_a_second_ceremony_does_not_begin_over_the_first(tellers: Tellers) -> None:
    with pytest.raises(CeremonyFault, match="holds a ceremony already"):
        tellers.stick.write_plan(Plan(2, "other", NAMES[:2], 2, 1, ()))


# --- the command ---------------------------------------------------------------------------------------------------


class Command:
    """`phieukin tally ceremony` for three tellers, without questions but those that `answers` answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.joinpath("passphrase").write_text(PASSPHRASE, encoding="utf-8")
        for name in ("stick", "own 1", "own 2", "own 3"):
            folder.joinpath(name).mkdir(exist_ok=True)

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def __call__(self, index: int, *more: object, answers: str = "") -> Result:
        words = ["ceremony", self.stick, "--me", index, "--home", self.folder / f"own {index}", "--conference", "HN",
                 "--passphrase-file", self.folder / "passphrase", *more]  # fmt: skip
        names = [word for name in NAMES[:3] for word in ("--teller", name)]
        return CliRunner().invoke(tally_group, [str(word) for word in (*words, *names)], input=answers)


@pytest.mark.usefixtures("cheap_ceremony")
def test_the_command_leads_three_tellers_through_all_steps(tmp_path: Path) -> None:
    command = Command(tmp_path)
    for _ in range(5):
        for index in (1, 2, 3):
            result = command(index, answers="c\n")
            assert result.exit_code == 0, result.output
    assert "bất kỳ 2 trong 3 người đều mở được" in result.output
    tellers = json.loads((command.stick / "tellers.json").read_bytes())
    for index in (1, 2, 3):
        own = read_teller_file(tmp_path / f"own {index}" / f"teller-{index}.sealed", PASSPHRASE)
        assert own.public_signer == tellers["tellers"][index - 1]["key"]
        assert (tmp_path / f"own {index}" / f"recovery-teller-{index}.pdf").read_bytes().startswith(b"%PDF")


def test_who_complained_takes_no_share_of_this_ceremony_even_from_right_dealings(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    assert state.accept(ceremony, tellers.own(3)).share
    with pytest.raises(CeremonyFault, match="you complained about Hà Văn Đạt: this ceremony is void"):
        state.accept(ceremony, with_complaint(tellers.own(3), 2))


@pytest.mark.usefixtures("cheap_ceremony")
def test_the_command_writes_a_complaint_and_everybody_sees_whose_share_was_wrong(tmp_path: Path) -> None:
    command = Command(tmp_path)
    for index in (1, 2, 3, 3, 1, 2):
        command(index, answers="c\n")
    stick = UsbStick(command.stick)
    plan = stick.plan()
    assert plan is not None

    class Cheater(Tellers):
        def __init__(self) -> None:
            self.folder, self.stick, self.plan = tmp_path, stick, plan

    cheat(Cheater(), dealer=2, victim=3)
    result = command(3, answers="c\n")
    assert result.exit_code == 1
    assert "Hà Văn Đạt gửi cho đồng chí một phần khóa sai" in result.output
    for index in (1, 2, 3):
        result = command(index, answers="c\n")
        assert result.exit_code == 1
        assert "Vì Thu Lễ chứng minh được: Hà Văn Đạt đã gửi phần khóa sai" in result.output
    next(command.stick.glob("complaint-*")).unlink()
    result = command(3, answers="c\n")
    assert result.exit_code == 1
    assert "buổi này không dùng được nữa" in result.output
    assert not list(command.stick.glob("complaint-*"))


@pytest.mark.usefixtures("cheap_ceremony")
def test_whoever_lost_the_key_file_is_told_so(tmp_path: Path) -> None:
    command = Command(tmp_path)
    command(1)
    (tmp_path / "own 1" / "teller-1.sealed").unlink()
    result = command(1)
    assert result.exit_code == 1
    assert "tệp khóa" in result.output
    assert "không thấy" in result.output


def test_nobody_on_a_ballot_is_a_teller_without_a_reason(tmp_path: Path) -> None:
    command = Command(tmp_path)
    ballot = tmp_path / "ballot.txt"
    ballot.write_text("Nguyễn Văn A\nHÀ  VĂN ĐẠT\n", encoding="utf-8")
    result = command(1, "--on-ballot", ballot, answers="k\n")
    assert result.exit_code == 1
    assert "Hà Văn Đạt vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu" in result.output
    assert not (command.stick / "ceremony.json").exists()


def test_a_weak_passphrase_makes_no_key(tmp_path: Path) -> None:
    command = Command(tmp_path)
    (tmp_path / "passphrase").write_text("matkhau123", encoding="utf-8")
    assert command(1).exit_code == 1
    assert not list((tmp_path / "own 1").iterdir())


def test_the_kind_of_the_file_says_where_the_teller_stands() -> None:
    assert KIND == "teller-ceremony"
    assert teller_file.KIND == "teller"
