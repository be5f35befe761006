import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys import cards, teller
from keys.ceremony import protocol
from keys.cli import keys_group
from keys.files import sealing, signing
from keys.files.key_files import read_sealed
from keys.group import encode_point
from keys.trustees import parse_trustees, verify_trustees

PASSPHRASE = "khăn trứng mới thấy sông lam"
UUID = "3NGX6NdhdXaBGB"


class Desk:
    """A folder in which commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pw").write_text(PASSPHRASE + "\n", encoding="utf-8")

    def try_run(self, command: str, typed: str | None = None) -> Result:
        words = [word.replace("@", f"{self.folder}/") for word in command.split()]
        return CliRunner().invoke(keys_group, words, input=typed)

    def run(self, command: str, typed: str | None = None) -> str:
        result = self.try_run(command, typed)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, command: str, words: str, typed: str | None = None) -> None:
        result = self.try_run(command, typed)
        assert result.exit_code == 1
        assert words in result.output
        assert "Traceback" not in result.output


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("keys.files.key_files.seal", _cheap_seal)
    return Desk(tmp_path)


def _cheap_seal(payload: bytes, passphrase: str, *, kind: str, cost: sealing.Cost) -> bytes:
    return sealing.seal(payload, passphrase, kind=kind, cost=sealing.LEAST_COST)


def hold_ceremony(desk: Desk) -> None:
    """All steps, each teller at its own files."""
    for i in (1, 2, 3):
        desk.run(f"begin --index {i} --size 3 --threshold 2 --secret @{i}.secret --out @{i}.ann --passphrase-file @pw")
    said = desk.run("announcements @2.ann @1.ann @3.ann --out @ann").split()
    assert said[-2] == "fingerprint"
    for i in (1, 2, 3):
        desk.run(f"deal --secret @{i}.secret --announcements @ann --fingerprint {said[-1]} --out @{i}.deal "
                 "--passphrase-file @pw")  # fmt: skip
    desk.run("dealings @1.deal @2.deal @3.deal --out @deal")
    for i in (1, 2, 3):
        desk.run(f"accept --secret @{i}.secret --announcements @ann --dealings @deal --key @{i}.share "
                 f"--out @{i}.public --passphrase-file @pw")  # fmt: skip
    desk.run("assemble --announcements @ann --dealings @deal @1.public @2.public @3.public --out @item.json")


def test_tellers_hold_the_ceremony_step_by_step(desk: Desk) -> None:
    hold_ceremony(desk)
    desk.run("single --name Mai --key @4.share --out @single.json --passphrase-file @pw")
    said = desk.run("trustees @item.json @single.json --out @trustees.json")
    trustees = parse_trustees((desk.folder / "trustees.json").read_bytes().rstrip(b"\n"))
    verify_trustees(trustees)
    assert encode_point(trustees.election_key()) in said
    for i in (1, 2, 3, 4):
        assert desk.run(f"confirm --key @{i}.share --trustees @trustees.json --passphrase-file @pw").startswith(
            f"thành viên Ban kiểm phiếu / teller {i}: "
        )
    desk.run("trustees @single.json --out @others.json")
    desk.refused("confirm --key @1.share --trustees @others.json --passphrase-file @pw", "not in the tellers' keys")


def test_a_teller_who_sees_another_fingerprint_does_not_deal(desk: Desk) -> None:
    for i in (1, 2):
        desk.run(f"begin --index {i} --size 2 --threshold 2 --secret @{i}.secret --out @{i}.ann --passphrase-file @pw")
    desk.run("announcements @1.ann @2.ann --out @ann")
    deal = "deal --secret @1.secret --announcements @ann --out @1.deal --passphrase-file @pw"
    desk.refused(deal + " --fingerprint 00", "fingerprint 00 expected")
    desk.refused(deal, "Do all tellers see this fingerprint?", typed="n\n")
    assert not (desk.folder / "1.deal").exists()
    desk.run(deal, typed="y\n")


def test_dealing_for_other_announcements_is_refused_after_the_first_time(desk: Desk) -> None:
    for i in (1, 2, 22):
        desk.run(f"begin --index {i % 20} --size 2 --threshold 2 --secret @{i}.secret --out @{i}.ann "
                 "--passphrase-file @pw")  # fmt: skip
    desk.run("announcements @1.ann @2.ann --out @ann")
    desk.run("announcements @1.ann @22.ann --out @other")
    desk.run("deal --secret @1.secret --announcements @ann --out @1.deal --passphrase-file @pw", typed="y\n")
    desk.refused("deal --secret @1.secret --announcements @other --out @1.other --passphrase-file @pw",
                 "already dealt", typed="y\n")  # fmt: skip
    assert not (desk.folder / "1.other").exists()


def test_a_ceremony_of_several_boxes_is_left_to_the_command_that_holds_it(desk: Desk) -> None:
    secrets, announced = zip(*(protocol.begin(2, 2, index, boxes=2) for index in (1, 2)), strict=True)
    announcements = protocol.gather_announcements(announced)
    secrets, dealt = zip(*(protocol.deal(secret, announcements) for secret in secrets), strict=True)
    dealings = protocol.gather_dealings(dealt)
    shares = [protocol.accept(secret, announcements, dealings)[1] for secret in secrets]
    for name, raw in (("ann", announcements), ("deal", dealings), *zip(("1.public", "2.public"), shares, strict=True)):
        (desk.folder / name).write_bytes(raw)
    desk.refused("assemble --announcements @ann --dealings @deal @1.public @2.public --out @item.json",
                 "this ceremony is for 2 boxes: use `phieukin tally ceremony`")  # fmt: skip
    assert not (desk.folder / "item.json").exists()


def test_a_passphrase_is_asked_for_twice_when_it_is_new(desk: Desk) -> None:
    typed = f"{PASSPHRASE}\n{PASSPHRASE}\n"
    output = desk.run("signing-key --key @k --out @p", typed=typed)
    assert PASSPHRASE not in output
    text = (desk.folder / "p").read_text().strip()
    assert signing.keyid(text) in output
    key = signing.decode_signing_key(read_sealed(desk.folder / "k", PASSPHRASE, kind=signing.KIND))
    assert signing.public_text(key) == text


@pytest.mark.parametrize("typed", ["ngắn", "P@ssw0rd2026", "tre xanh qua cầu"])
def test_a_passphrase_that_is_easy_to_guess_seals_nothing(desk: Desk, typed: str) -> None:
    desk.refused("signing-key --key @k --out @p", "easy to guess: take six words", typed=f"{typed}\n{typed}\n")
    (desk.folder / "weak").write_text(typed, encoding="utf-8")
    desk.refused("single --key @k --out @p --passphrase-file @weak", "mật khẩu dễ đoán")
    assert not (desk.folder / "k").exists()


def test_a_wrong_passphrase_and_a_file_of_another_kind_are_told_apart(desk: Desk) -> None:
    desk.run("single --key @s --out @item --passphrase-file @pw")
    desk.run("signing-key --key @k --out @p --passphrase-file @pw")
    desk.run("trustees @item --out @t")
    desk.refused("confirm --key @s --trustees @t", "does not open", typed="another one\n")
    desk.refused("confirm --key @k --trustees @t --passphrase-file @pw", f"kind {teller.KIND} expected")


def test_no_file_is_overwritten(desk: Desk) -> None:
    desk.run("single --key @s --out @item --passphrase-file @pw")
    before = (desk.folder / "s").read_bytes()
    desk.refused("single --key @s --out @other --passphrase-file @pw", "exists already")
    assert (desk.folder / "s").read_bytes() == before


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("begin --index 1 --size 3 --threshold 1 --secret @s --out @a --passphrase-file @pw", "2 <= k <= n"),
        ("announcements @pw --out @a", "announcement"),
        ("dealings @pw --out @a", "dealing"),
        ("trustees @pw --out @a", "trustees"),
        ("cards --uuid short --count 1 --cards @c --credentials @p", "uuid"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_left_behind(desk: Desk, command: str, words: str) -> None:
    desk.refused(command, words)
    assert [path.name for path in desk.folder.iterdir()] == ["pw"]


def test_cards_are_drawn_with_their_sorted_credentials(desk: Desk) -> None:
    desk.run(f"cards --uuid {UUID} --count 20 --cards @cards --credentials @credentials.json")
    drawn = (desk.folder / "cards").read_text().split()
    public = json.loads((desk.folder / "credentials.json").read_bytes())
    assert len(set(drawn)) == 20
    assert public == sorted(encode_point(cards.credential(card, UUID)) for card in drawn)
    assert (desk.folder / "cards").stat().st_mode & 0o077 == 0
