"""Rehearsals draw names; whoever may stand on a ballot is never drawn as a teller."""

from pathlib import Path

from voting.rehearsal.cast_list import draw_people
from voting.rehearsal.staff import make_staff


def names(folder: Path, others: frozenset[str] = frozenset()) -> list[str]:
    folder.mkdir()
    staff = make_staff(folder, 3, 2, 121, others)
    return [*(one.signer.name for one in staff.tellers), staff.chair[0].name, staff.secretary[0].name]


def test_nobody_of_the_round_is_drawn_as_one_of_its_staff(tmp_path: Path) -> None:
    plain = names(tmp_path / "plain")
    drawn = names(tmp_path / "drawn", frozenset({plain[1], plain[3]}))
    assert not {plain[1], plain[3]} & set(drawn)
    assert drawn[:2] == [plain[0], plain[2]]


def test_the_same_seed_gives_the_same_staff_for_every_step(tmp_path: Path) -> None:
    others = frozenset(one.name for one in draw_people(21, 128, "Cán bộ"))
    assert names(tmp_path / "one", others) == names(tmp_path / "two", others)
