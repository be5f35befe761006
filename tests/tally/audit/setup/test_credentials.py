"""The list of public credentials: read in one pass where it is in order, and with the same findings where it is not."""

import tracemalloc
from collections.abc import Callable

import pytest

from keys.group import BASE, IDENTITY, Point, base_power, decode_point, encode_point, random_secret
from tally.audit.report import Findings
from tally.audit.setup import credentials
from tally.audit.setup.credentials import Credentials, check_credentials
from voting.documents.canonical import compact

MANY = 2000


def some(count: int) -> list[str]:
    """Public credentials as Setup lists them."""
    return sorted(encode_point(base_power(random_secret())) for _ in range(count))


def read(raw: bytes) -> tuple[Findings, Credentials | None]:
    findings = Findings()
    return findings, check_credentials(findings, raw)


def points_of(found: Credentials | None) -> list[bytes]:
    assert found is not None
    return [found[number] for number in range(len(found))]


def test_every_card_has_its_place_and_no_other_point_has_one() -> None:
    texts = some(5)
    findings, found = read(compact(texts))
    assert found is not None
    assert [found.place(decode_point(text)) for text in texts] == [0, 1, 2, 3, 4]
    assert found.place(BASE) is None
    assert points_of(found) == [bytes.fromhex(text) for text in texts]
    assert [(one.check, one.examined, one.failed) for one in findings.findings] == [("credentials", 5, 0)]
    with pytest.raises(IndexError):
        found[5]


def test_a_list_in_order_is_never_taken_apart_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "parse_compact", None)
    assert points_of(read(compact(some(1)))[1])
    assert len(points_of(read(compact(some(3)))[1])) == 3


def edits() -> dict[str, tuple[Callable[[list[str]], bytes], int, int]]:
    """What is done to a list of four, how many of them stay, and how many are refused."""
    return {
        "nothing": (compact, 4, 0),
        "another order": (lambda texts: compact(texts[::-1]), 4, 0),
        "the weight one": (lambda texts: compact([f"{texts[0]},1", *texts[1:]]), 4, 0),
        "another weight": (lambda texts: compact([f"{texts[0]},2", *texts[1:]]), 3, 1),
        "twice the same": (lambda texts: compact([texts[0], *texts[:3]]), 3, 1),
        "the identity": (lambda texts: compact([encode_point(Point(IDENTITY)), *texts]), 4, 1),
        "no point": (lambda texts: compact([*texts, "f" * 64]), 4, 1),
        "capitals": (lambda texts: compact([*texts[:3], texts[3].upper()]), 3, 1),
        "too short": (lambda texts: compact([*texts[:3], texts[3][:-1]]), 3, 1),
        "an empty list": (lambda _: compact([]), 0, 0),
    }


@pytest.mark.parametrize("name", edits())
def test_any_list_is_read_as_when_it_is_taken_apart(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edit, kept, refused = edits()[name]
    raw = edit([text for text in some(60) if text.upper() != text][:4])
    findings, found = read(raw)
    monkeypatch.setattr(credentials, "_in_order", lambda _: None)
    other, apart = read(raw)
    assert points_of(found) == points_of(apart)
    assert findings.findings == other.findings
    assert (len(points_of(found)), sum(one.failed for one in findings.findings)) == (kept, refused)


@pytest.mark.parametrize("at", [0, 1, 66, 67, 68, -2, -1])
@pytest.mark.parametrize("mark", [b" ", b"}", b"'", b"\xff"])
def test_a_wrong_mark_between_credentials_is_no_list(at: int, mark: bytes) -> None:
    raw = bytearray(compact(some(3)))
    raw[at] = mark[0]
    findings, found = read(bytes(raw))
    assert found is None
    assert sum(one.failed for one in findings.findings) == 1


def test_a_list_that_is_cut_or_longer_is_no_list() -> None:
    raw = compact(some(3))
    for changed in (raw[:-1], raw[:-2], raw + b" ", raw + b"]", raw[1:]):
        assert read(changed)[1] is None


def test_reading_takes_no_more_than_64_bytes_a_card_beside_the_list() -> None:
    raw = compact(some(MANY))
    read(raw)
    tracemalloc.start()
    try:
        found = read(raw)[1]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found is not None
    assert most <= 64 * MANY
