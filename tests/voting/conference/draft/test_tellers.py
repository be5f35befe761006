"""Tellers from the key ceremony, and those who stand on a ballot: named, and let through for a recorded reason."""

import msgspec
import pytest

from keys.files.signing import new_signing_key, public_text
from tests.voting.records import conference_of
from tests.voting.rooms import Room, new_draft, new_teller
from voting.conference.draft.agenda import Draft, draft_problems, read_draft, write_draft
from voting.conference.draft.clashes import clashing
from voting.conference.draft.tellers import excused, with_clash_notes, with_teller_reasons, with_tellers
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Note
from voting.documents.tellers import Clash, TellerKeys, Tellers
from voting.errors import InvalidDraft

ON_BALLOT = "Trần Thị 1"
REASON = "Cả phòng chỉ có ba đảng viên"


@pytest.fixture
def draft() -> Draft:
    made = new_draft([new_teller(), new_teller()])
    return msgspec.structs.replace(made, notes=(Note("A1", "từ 30% trở lên"), *made.notes))


def brought(*clashes: Clash, names: tuple[str, ...] = ("Lò Thị Ước", ON_BALLOT)) -> bytes:
    """What the ceremony wrote."""
    keys = tuple(TellerKeys(name, public_text(new_signing_key())) for name in names)
    return canonical(Tellers(2, "HN", 2, "11" * 32, keys, clashes, ()))


def problems(draft: Draft) -> list[str]:
    return [one.key for one in draft_problems(draft)]


def test_names_keys_and_reasons_come_from_the_ceremony_into_the_draft(draft: Draft) -> None:
    raw = brought(Clash(ON_BALLOT, REASON))
    taken = with_tellers(draft, raw)
    assert [(one.name, one.role, one.must_sign) for one in taken.tellers] == [
        ("Lò Thị Ước", "Thành viên Ban kiểm phiếu", True),
        (ON_BALLOT, "Thành viên Ban kiểm phiếu", True),
    ]
    assert [one.key for one in taken.tellers] == [one.key for one in msgspec.json.decode(raw, type=Tellers).tellers]
    assert (taken.clashes, taken.notes) == ((Clash(ON_BALLOT, REASON),), draft.notes)
    assert with_clash_notes(taken).notes == (
        *draft.notes,
        Note("KPV", f"Đồng chí {ON_BALLOT} vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu; lý do: {REASON}"),
    )
    assert problems(taken) == []


def test_a_teller_on_a_ballot_without_a_reason_keeps_the_list_from_being_frozen(draft: Draft) -> None:
    taken = with_tellers(draft, brought())
    assert clashing(taken.tellers, taken.papers) == (ON_BALLOT,)
    assert problems(taken) == ["teller_listed"]
    assert problems(with_teller_reasons(taken, {ON_BALLOT: REASON})) == []


def test_a_reason_that_is_taken_back_is_gone(draft: Draft) -> None:
    taken = with_tellers(draft, brought(Clash(ON_BALLOT, REASON)))
    assert with_teller_reasons(taken, {}) == taken
    assert problems(with_teller_reasons(taken, {ON_BALLOT: ""})) == ["teller_listed"]


def test_a_reason_goes_with_its_teller(draft: Draft) -> None:
    taken = with_tellers(draft, brought(Clash(ON_BALLOT, REASON)))
    other = with_tellers(taken, brought(names=("Lò Thị Ước", "Hà Văn Đạt")))
    assert (other.notes, other.clashes) == (draft.notes, ())


def test_a_name_in_other_letters_of_case_is_the_same_person(draft: Draft) -> None:
    assert problems(with_tellers(draft, brought(names=("TRẦN  THỊ 1", "Hà Văn Đạt")))) == ["teller_listed"]


def test_a_rehearsal_excuses_those_whom_chance_puts_on_both_lists(draft: Draft) -> None:
    assert problems(excused(with_tellers(draft, brought()), "diễn tập")) == []


@pytest.mark.parametrize(
    "raw", [b"", b"{}", brought(names=("Lò Thị Ước",)), brought().replace(b'"format":2', b'"format":1')]
)
def test_what_is_no_result_of_a_ceremony_is_refused(draft: Draft, raw: bytes) -> None:
    with pytest.raises(InvalidDraft):
        with_tellers(draft, raw)


def test_setup_says_the_reason_in_the_notes_of_the_conference(sqlite_room: Room) -> None:
    sqlite_room.seal(clashes=(Clash(ON_BALLOT, REASON),))
    notes = conference_of(sqlite_room).notes
    assert notes[-1].code == "KPV"
    assert notes[-1].text.endswith(f"vừa có tên trên phiếu; lý do: {REASON}")


def test_a_draft_without_clashes_is_spelt_as_before(draft: Draft) -> None:
    assert '"clashes"' not in write_draft(draft)
    taken = with_tellers(draft, brought(Clash(ON_BALLOT, REASON)))
    assert read_draft(write_draft(taken)) == taken


def test_a_reason_said_again_takes_the_place_of_an_earlier_note(draft: Draft) -> None:
    taken = with_tellers(draft, brought())
    earlier = msgspec.structs.replace(taken, notes=(*taken.notes, Note("KPV", "lý do: trước đây")))
    assert with_teller_reasons(earlier, {ON_BALLOT: REASON}) == with_teller_reasons(taken, {ON_BALLOT: REASON})
