"""A whole count in which a teller, the chair and the head sign by token: the share alone stays in the sealed file."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result

from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import SigningKey, encode_signing_key, new_signing_key
from tally.audit import Verdict, audit
from tally.audit.bundles.bundle import check_bundle
from tally.ceremony.state import read_ceremony
from tally.ceremony.usb import UsbStick
from tally.cli.verify import check_file
from tally.errors import CannotSign, NotOneOfUs
from tally.signing.signers import KeySigner, token_signer
from tally.signing.teller_file import new_teller_file, read_teller_file, sign_by_token, write_teller_file
from tests.attacks.lab import Lab, build_lab, chain, closed
from tests.attacks.records import envelope, room_facts
from tests.attacks.test_head import TIED
from tests.tally import records
from tests.tally.terminal import PASSPHRASE, run
from tests.tally.tokens import LABEL, PIN
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Rule, Selection
from voting.documents.envelope import parse_envelope, write_envelope
from voting.documents.facts import CONFIRMATION_TYPE, FACTS_TYPE

BY_TOKEN = {"2": "p256", "chair": "rsa", "head": "head"}


@pytest.fixture(scope="module")
def publics(token: Path) -> dict[str, str]:
    """The public keys on the token, by the person who signs with them."""
    found = {}
    for name, label in BY_TOKEN.items():
        with token_signer(token, LABEL, PIN, label) as signer:
            found[name] = signer.public_text
    return found


@pytest.fixture(scope="module")
def lab(publics: dict[str, str]) -> Lab:
    """Two names with equal votes and one place, so that the head decides as well."""
    rule = Rule(">=", 1, 4, "present")
    return build_lab(TIED, publics, rule=rule, selection=Selection("top", 1), tie_scope="head_cutline")


@pytest.fixture
def desk(lab: Lab, tmp_path: Path) -> Path:
    """Sealed files, passphrase, PIN, and Setup to confirm."""
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "pin").write_text(PIN, encoding="utf-8")
    (tmp_path / "setup.bel").write_bytes(chain(closed(lab).events()[:1]))
    for owner in (1, 2, 3):
        teller = new_teller_file(f"Kiểm phiếu viên {owner}", lab.tellers[owner - 1], lab.signing[str(owner)])
        write_teller_file(sealed(tmp_path, str(owner)), teller, PASSPHRASE, LEAST_COST)
    key = encode_signing_key(lab.signing["secretary"])
    write_sealed(sealed(tmp_path, "secretary"), key, PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    return tmp_path


def sealed(folder: Path, name: str) -> Path:
    return folder / f"teller-{name}.sealed"


def done(*words: object, answers: str = "") -> str:
    result = run(*words, answers=answers)
    assert result.exit_code == 0, result.output
    return result.output


def by_token(module: Path, name: str) -> list[object]:
    return ["--token", LABEL, "--token-module", module, "--token-key", BY_TOKEN[name]]


def signer(folder: Path, module: Path, name: str) -> list[object]:
    """The options that a person signs with: a token where they have one, else their sealed file."""
    if name in BY_TOKEN:
        return [*by_token(module, name), "--passphrase-file", folder / "pin"]
    return ["--key", sealed(folder, name), "--passphrase-file", folder / "words"]


def use_token(folder: Path, module: Path) -> str:
    return done("use-token", "--teller", sealed(folder, "2"), "--passphrase-file", folder / "words", "--out",
                folder / "teller-2.key", *by_token(module, "2"), "--pin-file", folder / "pin")  # fmt: skip


def confirm(lab: Lab, folder: Path, name: str, *more: object) -> Result:
    return run("confirm", folder / "setup.bel", "--teller", sealed(folder, name), "--fingerprint",
               lab.election.fingerprint, "--out", folder / f"confirmation-{name}", "--passphrase-file",
               folder / "words", *more)  # fmt: skip


def close(lab: Lab, folder: Path) -> Path:
    """What the room hands over after all three confirmed Setup."""
    stick = folder / "stick"
    stick.mkdir()
    path = stick / f"{lab.election.uuid}.bel"
    path.write_bytes(closed(lab).raw())
    report = audit(path)
    room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    said = tuple(
        parse_envelope((folder / f"confirmation-{name}").read_bytes(), CONFIRMATION_TYPE, name) for name in "123"
    )
    room = type(room)(**{field: getattr(room, field) for field in room.__struct_fields__} | {"confirmations": said})
    path.with_suffix(".facts.json").write_bytes(write_envelope(envelope(canonical(room), FACTS_TYPE, lab, "desk")))
    return stick


@pytest.mark.token
@pytest.mark.usefixtures("cheap_ceremony")
@pytest.mark.parametrize("label", ["rsa", "p256"])
def test_who_signs_by_a_token_announces_its_key_in_the_ceremony(token: Path, label: str, tmp_path: Path) -> None:
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "pin").write_text(PIN, encoding="utf-8")
    stick, home = tmp_path / "stick", tmp_path / "own"
    for folder in (stick, home):
        folder.mkdir()
    words = ["ceremony", stick, "--me", 2, "--home", home, "--teller", "Lò Thị Ước", "--teller", "Hà Văn Đạt",
             "--conference", "HN", "--passphrase-file", tmp_path / "words"]  # fmt: skip
    by = ["--token", LABEL, "--token-module", token, "--token-key", label]
    said = done(*words, *by, "--pin-file", tmp_path / "pin")
    assert "Hà Văn Đạt ký bằng USB ký số: thông báo mang khóa công khai của USB" in said
    with token_signer(token, LABEL, PIN, label) as held:
        public = held.public_text
    plan = UsbStick(stick).plan()
    assert plan is not None
    assert read_ceremony(UsbStick(stick), plan).announcement(2).signing_key == public
    assert "còn chờ Lò Thị Ước" in done(*words)  # the token is asked for once, at the announcement


@pytest.mark.slow
@pytest.mark.token
def test_the_whole_count_by_token_ends_in_a_sound_bundle(
    lab: Lab, desk: Path, token: Path, publics: dict[str, str]
) -> None:
    assert "ký bằng USB ký số" in use_token(desk, token)
    assert (desk / "teller-2.key").read_text().strip() == publics["2"]
    for name in "123":
        more = [*by_token(token, name), "--pin-file", desk / "pin"] if name in BY_TOKEN else []
        assert confirm(lab, desk, name, *more).exit_code == 0
    stick = close(lab, desk)
    for owner in (1, 2):  # the passphrases are asked for; the token is not needed to open a share
        answers = f"c\n{owner}\n{sealed(desk, str(owner))}\n{PASSPHRASE}\n"
        run("count", stick, answers=f"{answers}0\n" if owner == 1 else f"{answers}0\n\n\n\n")
    result = stick / f"result-{lab.election.uuid}"
    for name in (*"123", "secretary", "chair"):
        done("sign", result / "record.json", "--pdf", result / "minutes.pdf", *signer(desk, token, name))
    out = done("head", result / "record.json", answers=tie(token))
    assert "Tệp khóa ký của người đứng đầu" in out
    heads = (result / "head-decision-1.json",)
    report = check_file(result / f"{lab.election.uuid}.bel", (result / "record.json",), heads=heads)
    assert (report.verdict, [one.first for one in report.checks if one.failed]) == (Verdict.SOUND, [])
    bundle = desk / "custody.zip"
    done("custody", result, "--out", bundle, *signer(desk, token, "chair"))
    report = check_bundle(bundle)
    assert report.verdict is Verdict.SOUND
    assert any(one.check == "head_decision" and one.examined for one in report.checks)


def tie(module: Path) -> str:
    """What is answered where the head decides: the second name, why, when, and by the token."""
    return f"2\nĐúng cơ cấu\n\nusb\n{module}\n{LABEL}\nhead\n{PIN}\n"


@pytest.mark.slow
@pytest.mark.token
def test_the_head_decides_by_token_in_the_step_by_step_command_as_well(lab: Lab, desk: Path, token: Path) -> None:
    use_token(desk, token)
    for name in "123":
        confirm(lab, desk, name, *([*by_token(token, name), "--pin-file", desk / "pin"] if name == "2" else []))
    stick = close(lab, desk)
    for owner in (1, 2):
        run("count", stick, "--home", desk, answers=f"c\n{owner}\n{PASSPHRASE}\n0\n\n\n\n")
    record = stick / f"result-{lab.election.uuid}" / "record.json"
    for name in (*"123", "secretary", "chair"):
        done("sign", record, *signer(desk, token, name))
    done("head", record, "--chosen", "c2", "--by", "Chánh Văn phòng head", "--reason", "x",
         *signer(desk, token, "head"))  # fmt: skip
    report = check_file(record, ())
    assert report.verdict is Verdict.SOUND
    assert any(one.check == "head_decision" and one.examined for one in report.checks)


@pytest.mark.token
def test_without_the_token_that_setup_names_nothing_is_confirmed(lab: Lab, desk: Path, token: Path) -> None:
    for more in ([], [*by_token(token, "2"), "--pin-file", desk / "pin"]):  # use-token was never run
        refused = confirm(lab, desk, "2", *more)
        assert refused.exit_code == 1
        assert "khóa ký trong tệp này không phải khóa của thành viên Ban kiểm phiếu số 2" in refused.output
    use_token(desk, token)
    for more in ([], [*by_token(token, "head"), "--pin-file", desk / "pin"]):
        refused = confirm(lab, desk, "2", *more)
        assert refused.exit_code == 1
        assert "ký bằng USB ký số: cắm USB đó" in refused.output
    assert not (desk / "confirmation-2").exists()


@pytest.mark.token
def test_the_sealed_key_of_somebody_who_signs_by_token_signs_nothing(desk: Path, token: Path) -> None:
    use_token(desk, token)
    record = desk / "record.json"
    record.write_bytes(records.envelope(records.sample_record(2)))
    refused = run("sign", record, "--key", sealed(desk, "2"), "--passphrase-file", desk / "words")
    assert refused.exit_code == 1
    assert "ký bằng USB ký số" in refused.output


def test_a_teller_file_keeps_its_share_and_notes_the_token(tmp_path: Path) -> None:
    from tests.attacks.lab import lab as made

    path, own, other = tmp_path / "teller-1.sealed", made().signing["1"], new_signing_key()
    teller = new_teller_file("Lò Thị Ước", made().tellers[0], own)
    write_teller_file(path, teller, PASSPHRASE, LEAST_COST)
    assert b'"token"' not in canonical(teller)
    noted = sign_by_token(path, teller, PASSPHRASE, KeySigner(other).public_text, LEAST_COST)
    again = read_teller_file(path, PASSPHRASE)
    assert again == noted
    assert (again.public_signer, again.share) == (KeySigner(other).public_text, teller.share)


def test_a_signer_that_is_not_the_tellers_confirms_nothing(tmp_path: Path) -> None:
    from tally.count.steps import confirm_setup
    from tests.attacks.lab import lab as made

    setup = tmp_path / "setup.bel"
    setup.write_bytes(chain(closed(made()).events()[:1]))
    teller = new_teller_file("teller 1", made().tellers[0], made().signing["1"])
    with pytest.raises(CannotSign):
        confirm_setup(setup, teller, KeySigner(stranger()))
    with pytest.raises(NotOneOfUs):
        confirm_setup(setup, new_teller_file("teller 1", made().tellers[0], stranger()))


def stranger() -> SigningKey:
    return new_signing_key()


@pytest.mark.parametrize("options", [["--token", "t"], ["--token-key", "k"], ["--token", "t", "--token-key", "k"]])
def test_half_a_token_confirms_nothing(options: list[str], tmp_path: Path) -> None:
    from tests.attacks.lab import lab as made

    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "setup.bel").write_bytes(chain(closed(made()).events()[:1]))
    teller = new_teller_file("teller 1", made().tellers[0], made().signing["1"])
    write_teller_file(sealed(tmp_path, "1"), teller, PASSPHRASE, LEAST_COST)
    shutil.copy(tmp_path / "words", tmp_path / "pin")
    assert confirm(made(), tmp_path, "1", *options).exit_code == 2
