from collections.abc import Callable

import pytest

from keys.errors import DamagedFile
from keys.files.recovery import LETTERS, SEPARATOR, check_lines, read_recovery, recovery_lines
from keys.files.sealing import LEAST_COST, pack, seal, unpack, unseal

SEALED = seal(bytes(range(256)) * 2 + b"end", "núi cao sông dài", kind="teller", cost=LEAST_COST)
LINES = recovery_lines(SEALED)


def test_the_lines_give_back_the_very_same_sealed_file() -> None:
    again = read_recovery("\n".join(LINES))
    assert again == SEALED
    assert unseal(again, "núi cao sông dài", kind="teller").endswith(b"end")


def test_packing_loses_nothing_and_is_short() -> None:
    packed = pack(SEALED)
    assert unpack(packed) == SEALED
    assert len(packed) < len(SEALED) * 0.7


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda text: text.replace("0", "O").replace("1", "l"),
        lambda text: text.replace("\n", SEPARATOR),
        lambda text: f"\n\n  {text}\n ",
    ],
)
def test_what_people_and_scanners_do_to_letters_is_forgiven(change: Callable[[str], str]) -> None:
    assert read_recovery(change("\n".join(LINES))) == SEALED


def test_the_order_of_the_lines_does_not_matter() -> None:
    assert read_recovery("\n".join([*reversed(LINES), LINES[3]])) == SEALED


def test_a_mistyped_line_is_named() -> None:
    other = LETTERS[(LETTERS.index(LINES[6][5]) + 1) % 32]
    wrong = f"{LINES[6][:5]}{other}{LINES[6][6:]}"
    with pytest.raises(DamagedFile, match="line 7: something is mistyped"):
        check_lines(wrong)
    with pytest.raises(DamagedFile, match="line 7"):
        read_recovery("\n".join([*LINES[:6], wrong, *LINES[7:]]))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([*LINES[:4], *LINES[5:]], "line 5 is missing"),
        (LINES[:-1], "the last line is missing"),
        ([], "the lines of a recovery sheet"),
        (["khôi phục"], "a line with its number"),
        (["01 UUUUU 00"], "not of this alphabet"),
        (["120 00000 00000 00"], "line 120"),
        (["00 00000 00"], "lines 1 to 99"),
        (["9" * 5000 + " 00000 00"], "a line with its number"),
        (["999 " + "0" * 60 + " 00"], "line 999"),
        (["٠١ 00000 00"], "a line with its number"),
        (["01 " + "00000 " * 5000 + "00"], "a line with its number"),
        (["01"], "a line with its number"),
        (["/", "//"], "the lines of a recovery sheet"),
        (
            [*LINES, recovery_lines(seal(b"x", "another one", kind="teller", cost=LEAST_COST))[0]],
            "line 1 is duplicated",
        ),
    ],
)
def test_what_is_not_a_whole_sheet_is_refused(lines: list[str], words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        read_recovery("\n".join(lines))


def test_lines_are_of_no_secret_but_the_sealed_one() -> None:
    assert all(set(line) <= set(LETTERS + " ") for line in LINES)


@pytest.mark.parametrize("packed", [b"", b"\x06teller", b"\xffx", b"\x01\xff" + bytes(60), b"\x06teller" + bytes(40)])
def test_packed_bytes_that_are_none_are_damaged(packed: bytes) -> None:
    with pytest.raises(DamagedFile):
        unpack(packed)


@pytest.mark.parametrize("scanned", ["{0}/", "/{0}", "{0}/{1}", "{0}/{1}/", "{0}//{1}", " / ", "{0}\n{1}\n"])
def test_whatever_a_scanner_adds_between_lines_is_no_line_itself(scanned: str) -> None:
    text = scanned.format(*LINES[:2])
    assert check_lines(text) == tuple(range(1, text.count(LINES[0]) + text.count(LINES[1]) + 1))
