"""A conference is made of an agenda and of what the room adds, and nothing of either is lost."""

from msgspec.structs import replace

from tests.voting.rooms import new_draft, new_teller
from voting.documents.conferences.conference import (
    FORMAT,
    Agenda,
    Attendance,
    Conference,
    Override,
    Quorum,
    conference_of,
)

WORD = Quorum(2, 3, Override("Lê Chủ Trì", "lý do"))


def test_a_conference_says_all_that_its_draft_says_and_what_the_room_adds() -> None:
    draft = new_draft([new_teller(), new_teller()], quorum=Quorum(2, 3, None))
    papers = (replace(draft.papers[0], title="Phó Trưởng phòng"),)
    made = conference_of(draft, papers, WORD, 9, Attendance(8, 7, 2, "receipt", "desk"))
    assert made.format == FORMAT
    assert (made.papers, made.quorum, made.summoned) == (papers, WORD, 9)
    assert (made.present, made.drawn, made.spares) == (8, 7, 2)
    assert (made.receipt_key, made.desk_key) == ("receipt", "desk")
    for name in {*Agenda.__struct_fields__} - {"papers", "quorum"}:
        assert getattr(made, name) == getattr(draft, name), name


def test_draft_and_conference_name_what_they_share_in_one_place() -> None:
    own = {"format", "summoned", "present", "drawn", "spares", "receipt_key", "desk_key", "ceremony"}
    assert {*Conference.__struct_fields__} == {*Agenda.__struct_fields__} | own
