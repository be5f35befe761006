"""What the key ceremony refuses, writes again or names: files that are lost, foreign or of other content."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_struct

from keys.ceremony.complaint import complain
from keys.ceremony.messages import blaming, in_box
from keys.errors import DamagedFile, InvalidShare
from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import new_signing_key
from tally.ceremony import own_file, state
from tally.ceremony.own_file import as_teller_files, own_path, read_state, replace_state
from tally.ceremony.plan import new_plan
from tally.ceremony.state import Todo, read_ceremony
from tally.ceremony.usb import STEPS, check_announcement
from tally.cli.ceremony import _check_listed
from tally.dialogue import Guide
from tally.errors import (
    CeremonyFault,
    Stopped,
)
from tally.guide.ceremony import TellerSession, _need
from tally.guide.signers import TokenChoice
from tally.signing.signers import KeySigner
from tally.signing.teller_file import kind_of
from tests.tally.ceremony.test_state import Tellers, cheat
from tests.tally.terminal import PASSPHRASE
from voting.documents.tellers import Clash

VI = Guide("vi")


@pytest.fixture
def tellers(tmp_path: Path) -> Tellers:
    return Tellers(tmp_path)


def session(tellers: Tellers, index: int) -> TellerSession:
    words = tellers.folder / "words"
    words.write_text(PASSPHRASE, encoding="utf-8")
    return TellerSession(
        VI, tellers.stick, tellers.plan, index, tellers.path(index).parent, words, "another fingerprint"
    )


def test_a_file_made_for_another_plan_is_not_used(tellers: Tellers, tmp_path: Path) -> None:
    other = Tellers(tmp_path / "other", 3, 3)
    other.announce(1)
    with pytest.raises(CeremonyFault, match="the plan on the stick is another one"):
        state.check_unchanged(read_ceremony(tellers.stick, tellers.plan), other.own(1))


def test_a_fault_without_a_tellers_number_blames_nobody(tellers: Tellers) -> None:
    with pytest.raises(CeremonyFault, match="^teller 2 and others are wrong$") as raised, state.named(tellers.plan):
        raise InvalidShare("teller 2 and others are wrong")
    assert state.blamed(raised.value) is None


def test_the_teller_and_box_of_a_fault_are_fields_whatever_its_sentence_says(tellers: Tellers) -> None:
    with pytest.raises(CeremonyFault, match=r"^teller 2 \(.+\): box 1: not as box 3 of teller 1 is$") as raised:
        with state.named(tellers.plan), blaming(2), in_box(1):
            raise InvalidShare("not as box 3 of teller 1 is")
    assert state.blamed(raised.value) == (2, 1)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b"\xff", b'{"kind":"\xff"}'])
def test_what_is_no_sealed_file_has_no_kind(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(DamagedFile, match="x: no sealed file of a teller; take another copy"):
        kind_of(tmp_path / "x")


def test_a_sealed_file_with_other_content_is_damaged(tmp_path: Path) -> None:
    path = own_path(tmp_path, 1)
    write_sealed(path, b'{"format":1}', PASSPHRASE, kind=own_file.KIND, cost=LEAST_COST)
    with pytest.raises(DamagedFile):
        read_state(path, PASSPHRASE)


def test_a_ceremony_that_is_over_has_no_state_to_deal_from(tellers: Tellers) -> None:
    table = read_ceremony(tellers.stick, tellers.plan)
    with pytest.raises(InvalidShare, match=r"teller 2 \(Hà Văn Đạt\): this file is of a ceremony that is over"):
        _need(None, table, 2)


@pytest.mark.usefixtures("cheap_ceremony")
def test_another_fingerprint_than_the_others_read_aloud_stops_the_dealing(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    with pytest.raises(Stopped, match=VI.words("ceremony.compare_differ").replace("(", r"\(")[:40]):
        session(tellers, 1).run()
    assert not list(tellers.stick.folder.glob("2-dealing*"))


@pytest.mark.usefixtures("cheap_ceremony")
def test_a_lost_or_damaged_file_on_the_stick_is_written_again(
    tellers: Tellers, capsys: pytest.CaptureFixture[str]
) -> None:
    tellers.announce(1)
    path = tellers.stick.path(STEPS[0], 1)
    whole = path.read_bytes()
    no_letter = whole.replace(b'":"', b'":"\xff')
    for spoil in (path.unlink, lambda: path.write_bytes(whole[:100]), lambda: path.write_bytes(no_letter)):
        spoil()
        assert session(tellers, 1).run() is Todo.WAIT
        assert path.read_bytes() == whole
        assert VI.words("ceremony.rewritten", step="1") in capsys.readouterr().out


@pytest.mark.usefixtures("cheap_ceremony")
def test_a_complaint_without_reason_is_named_and_taken_for_nothing(
    tellers: Tellers, capsys: pytest.CaptureFixture[str]
) -> None:
    tellers.all(tellers.announce, tellers.deal)
    table = read_ceremony(tellers.stick, tellers.plan)
    raw = complain(tellers.own(1).ceremony, table.announcements, table.joined_dealings, 2, 1)
    path = tellers.stick.folder / "complaint-by-1-about-2.json"
    path.write_bytes(raw)
    assert session(tellers, 3).run() is Todo.WAIT
    said = capsys.readouterr().out
    assert "complaint-by-1-about-2.json" in said and "Lò Thị Ước" in said
    assert tellers.stick.path(STEPS[2], 3).exists()


@pytest.mark.usefixtures("cheap_ceremony")
def test_a_wrong_share_to_oneself_and_a_fault_that_all_find_need_no_complaint(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    table = read_ceremony(tellers.stick, tellers.plan)
    own = tellers.own(1)
    mine = session(tellers, 1)
    mine._complain(table, own, CeremonyFault("nobody's fault"))
    for dealer, box in ((1, 1), (2, 0), (9, 1), (2, 7)):
        mine._complain(table, own, CeremonyFault("teller 2: box 1: whatever", "wrong", teller=dealer, box=box))
    assert not list(tellers.stick.folder.glob("complaint*"))
    assert tellers.own(1).complained == 0


@pytest.mark.usefixtures("cheap_ceremony")
def test_a_share_that_does_not_fit_is_complained_of_and_told(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    cheat(tellers, dealer=2, victim=3)
    with pytest.raises(Stopped, match="Hà Văn Đạt"):
        session(tellers, 3).run()
    assert tellers.own(3).complained == 2
    with pytest.raises(Stopped, match="Vì Thu Lễ"):
        session(tellers, 1).run()


@pytest.mark.usefixtures("cheap_ceremony")
def test_a_rehearsal_that_got_lost_is_made_again_from_the_finished_file(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept, tellers.rehearse)
    for index in tellers.numbers:
        replace_state(tellers.path(index), tellers.files(index)[0], PASSPHRASE, LEAST_COST)
    path = tellers.stick.path(STEPS[3], 2)
    path.unlink()
    assert session(tellers, 1).run() is Todo.WAIT
    assert session(tellers, 2).run() is Todo.FINISH
    assert path.exists()
    assert (tellers.stick.folder / "tellers.json").exists()


@pytest.mark.usefixtures("cheap_ceremony")
def test_one_signing_key_for_two_tellers_is_told_by_both_names(tellers: Tellers) -> None:
    signer = KeySigner(new_signing_key())
    for index in (1, 3):
        own = state.begin(tellers.plan, index, signer)
        tellers.stick.write(STEPS[0], index, own.announcement.encode())
    with pytest.raises(CeremonyFault, match=r"teller 3 \(Vì Thu Lễ\): announced the signing key of Lò Thị Ước"):
        read_ceremony(tellers.stick, tellers.plan)


@pytest.mark.usefixtures("cheap_ceremony")
def test_a_token_named_after_the_announcement_is_not_passed_over(tellers: Tellers) -> None:
    tellers.announce(1)
    late = replace(session(tellers, 1), token=TokenChoice("label", None, None, None))
    with pytest.raises(Stopped, match="use-token"):
        late.run()


@pytest.mark.usefixtures("cheap_ceremony")
def test_where_all_must_open_the_end_says_what_a_loss_means(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = Tellers(tmp_path, 2, 2)
    two.all(two.announce, two.deal, two.accept, two.rehearse)
    replace_state(two.path(2), two.files(2)[0], PASSPHRASE, LEAST_COST)
    assert session(two, 2).run() is Todo.FINISH
    assert VI.words("ceremony.lost_all", size=2) in capsys.readouterr().out


def test_a_file_of_a_box_that_the_ceremony_has_not_comes_from_elsewhere(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    [own] = as_teller_files(tellers.own(1), ceremony.fingerprint, ceremony.trustees())
    assert state.made_here(ceremony, own)
    for box in (0, 2):
        assert not state.made_here(ceremony, replace_struct(own, box=box))


def test_an_announcement_by_another_name_is_of_another_ceremony(tellers: Tellers) -> None:
    tellers.announce(2)
    raw = tellers.stick.path(STEPS[0], 2).read_bytes()
    assert check_announcement(tellers.plan, raw).index == 2
    with pytest.raises(CeremonyFault, match=r"teller 2 \(Hà Văn Đạt\): this announcement is of another ceremony"):
        check_announcement(tellers.plan, raw.replace("Hà Văn Đạt".encode(), "Hà Văn Đát".encode()))


def test_of_tellers_on_a_ballot_those_are_warned_of_for_whom_the_plan_has_no_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = new_plan("Hội nghị", ("Lò Thị Ước", "Hà Văn Đạt"), 2, [Clash("Lò Thị Ước", "không có ai khác")])
    _check_listed(VI, plan, ["Lò Thị Ước", "Hà Văn Đạt", "Vì Thu Lễ"])
    said = capsys.readouterr().out
    assert VI.words("ceremony.clash_late", name="Hà Văn Đạt") in said
    assert "Lò Thị Ước" not in said and "Vì Thu Lễ" not in said
