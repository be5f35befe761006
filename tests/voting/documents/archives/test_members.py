"""Members of an archive: the bytes that belenios-tool writes, and nothing else."""

import io
from pathlib import Path

import pytest

from voting.documents.archives.members import BLOCK, SETUP_LIMIT, MemberReader, encode_member, header
from voting.documents.errors import DamagedArchive

VECTORS = Path(__file__).resolve().parents[3] / "vectors"
TIME = 1_700_000_000
NAME = "0" * 64 + ".data.json"
FIRST = encode_member("BELENIOS", b"{}", TIME)


def read(raw: bytes) -> list[tuple[str, bytes]]:
    return [(member.name, member.body) for member in MemberReader(io.BytesIO(raw)).members()]


@pytest.mark.parametrize("vector", sorted(VECTORS.glob("*/*.bel")), ids=lambda path: path.parent.name)
def test_what_belenios_tool_wrote_is_written_again_byte_for_byte(vector: Path) -> None:
    raw = vector.read_bytes()
    reader = MemberReader(io.BytesIO(raw))
    members = list(reader.members())
    assert b"".join(encode_member(one.name, one.body, reader.timestamp) for one in members) == raw
    assert all(one.holds for one in members[1:])


def test_offsets_and_sizes_are_those_of_the_file() -> None:
    raw = FIRST + encode_member(NAME, b"x" * 513, TIME)
    reader = MemberReader(io.BytesIO(raw))
    assert [one.offset for one in reader.members()] == [0, 2 * BLOCK]
    assert reader.offset == len(raw) == 5 * BLOCK


def test_a_member_without_content_has_no_padding() -> None:
    assert read(FIRST + encode_member(NAME, b"", TIME))[1] == (NAME, b"")


def edited(at: int, new: bytes) -> bytes:
    """A header with an edit, its checksum made right."""
    block = bytearray(header(NAME, 1, TIME))
    block[at : at + len(new)] = new
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return FIRST + bytes(block) + b"x".ljust(BLOCK, b"\0")


DAMAGED = {
    "mode": (edited(100, b"0000755"), "not the one that belongs"),
    "user": (edited(108, b"0001750"), "not the one that belongs"),
    "type of a link": (edited(156, b"2"), "not the one that belongs"),
    "magic of ustar": (edited(257, b"ustar\x0000"), "not the one that belongs"),
    "name after the name": (edited(80, b"x"), "not the one that belongs"),
    "size with spaces": (edited(124, b"          1"), "one spelling"),
    "size in base 256": (edited(124, b"\x80"), "one spelling"),
    "size in decimal": (edited(124, b"00000000009"), "one spelling"),
    "another time": (edited(136, b"00000000001"), "another time"),
    "checksum": (FIRST + header(NAME, 1, TIME)[:148] + b"000000\0 " + header(NAME, 1, TIME)[156:], "belongs"),
    "name of a path": (FIRST + encode_member("a/../b", b"x", TIME), "not a member"),
    "name in capitals": (FIRST + encode_member("A" * 64 + ".data.json", b"x", TIME), "not a member"),
    "name of another kind": (FIRST + encode_member("0" * 64 + ".json", b"x", TIME), "not a member"),
    "first member missing": (encode_member(NAME, b"x", TIME), "expected first"),
    "first member twice": (FIRST + FIRST, "only there"),
    "too large": (FIRST + header(NAME, SETUP_LIMIT + 1, TIME), "announced"),
    "cut in the header": (FIRST + header(NAME, 1, TIME)[:300], "within a header"),
    "cut in the content": (FIRST + header(NAME, 600, TIME) + b"x" * 512, "within a member"),
    "cut in the padding": (FIRST + header(NAME, 1, TIME) + b"x" + bytes(510), "within a member"),
    "padding": (FIRST + header(NAME, 1, TIME) + b"x" + bytes(510) + b"y", "not zero"),
    "zero blocks": (FIRST + bytes(2 * BLOCK), "not a member"),
}


@pytest.mark.parametrize(("raw", "words"), DAMAGED.values(), ids=DAMAGED)
def test_other_bytes_are_refused_with_their_offset(raw: bytes, words: str) -> None:
    with pytest.raises(DamagedArchive, match=words) as caught:
        read(raw)
    assert 0 <= caught.value.offset <= len(raw)


def test_a_size_over_the_limit_is_refused_before_it_is_read() -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert size <= BLOCK
            return super().read(size)

    with pytest.raises(DamagedArchive, match="announced"):
        list(MemberReader(Endless(FIRST + header(NAME, 8**11 - 1, TIME))).members())
