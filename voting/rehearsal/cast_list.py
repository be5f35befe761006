"""People of a rehearsal: names, posts and votes drawn from a seed. The seed never touches a secret."""

import random
from dataclasses import dataclass

from voting.documents.canonical import unclean_text

_FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Lò",
    "Cầm",
    "Quàng",
    "Hà",
    "Lường",
    "Tòng",
]
_MEN = ["Văn", "Đức", "Minh", "Quang", "Hữu", "Xuân", "Công", "Thanh"]
_WOMEN = ["Thị", "Thị Thu", "Thị Minh", "Ngọc", "Thị Hồng", "Kim"]
_MEN_GIVEN = [
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Đạt",
    "Hải",
    "Hùng",
    "Khánh",
    "Long",
    "Nam",
    "Phúc",
    "Quân",
    "Sơn",
    "Tuấn",
]
_WOMEN_GIVEN = ["Anh", "Chi", "Dung", "Giang", "Hạnh", "Hoa", "Hương", "Lan", "Mai", "Nga", "Oanh", "Thảo", "Yến"]
_UNITS = [
    "Phòng Tổng hợp",
    "Phòng Kinh tế",
    "Phòng Khoa giáo - Văn xã",
    "Phòng Nội chính",
    "Phòng Hành chính - Quản trị",
]
_FIRST_YEAR, _LAST_YEAR = 1970, 1990


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a rehearsal's list."""

    name: str
    position: str
    born: str


def draw_people(count: int, seed: int, post: str) -> list[Person]:
    """Draw `count` people with names that differ, all holding `post` in one of the Office's units."""
    source = random.Random(f"people|{seed}|{post}")
    names: list[str] = []
    while len(names) < count:
        name = _name(source)
        if name in names:
            name = f"{name} {chr(ord('A') + len(names) % 26)}{len(names)}"
        names.append(name)
    assert not any(map(unclean_text, names))
    return [
        Person(
            name,
            f"{post}, {source.choice(_UNITS)}",
            f"{source.randint(1, 28):02}/{source.randint(1, 12):02}/{source.randint(_FIRST_YEAR, _LAST_YEAR)}",
        )
        for name in names
    ]


def _name(source: random.Random) -> str:
    middle, given = source.choice([(_MEN, _MEN_GIVEN), (_WOMEN, _WOMEN_GIVEN)])
    return f"{source.choice(_FAMILY)} {source.choice(middle)} {source.choice(given)}"


def draw_votes(names: int, ballots: int, seed: int) -> list[list[int | None]]:
    """Draw `ballots` rows of `names` choices: 1 agree, 0 disagree, None no opinion; each name has its own favour."""
    source = random.Random(f"votes|{seed}")
    favours = [source.uniform(0.15, 0.85) for _ in range(names)]
    return [[_choice(source, favour) for favour in favours] for _ in range(ballots)]


def _choice(source: random.Random, favour: float) -> int | None:
    silence = 0.05
    if source.random() < silence:
        return None
    return int(source.random() < favour)
