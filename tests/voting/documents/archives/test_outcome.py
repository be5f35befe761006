"""What tellers add: read strictly, written as belenios-tool writes it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.errors import KeysError
from keys.group import IDENTITY, Q
from voting.documents.archives.outcome import (
    Owned,
    Result,
    SizedTally,
    encode_partial_decryption,
    encode_tally,
    parse_owned,
    parse_partial_decryption,
    parse_result,
    parse_sized_tally,
    parse_tally,
)
from voting.documents.errors import DocumentError, InvalidOutcome, NotCanonical

FOLDER = Path(__file__).resolve().parents[3] / "vectors" / "3x2"
TALLY, SIZED = (FOLDER / "encrypted_tally.jsons").read_bytes().splitlines()
PARTIAL, OWNED = (FOLDER / "1.pd.jsons").read_bytes().splitlines()
RESULT = (FOLDER / "result.json").read_bytes().strip()
IDENTITY_TEXT = "0" * 63 + "1"


def test_the_files_of_belenios_are_read_and_written_again() -> None:
    assert encode_tally(parse_tally(TALLY)) == TALLY
    assert encode_partial_decryption(parse_partial_decryption(PARTIAL)) == PARTIAL
    assert parse_sized_tally(SIZED) == SizedTally(3, 3, parse_sized_tally(SIZED).encrypted_tally)
    assert parse_owned(OWNED) == Owned(1, parse_owned(OWNED).payload)
    assert parse_result(RESULT) == Result(((1, 1),))


def test_the_identity_may_stand_in_a_tally_and_among_factors() -> None:
    empty = b'[[{"alpha":"%b","beta":"%b"}]]' % ((IDENTITY_TEXT.encode(),) * 2)
    assert parse_tally(empty)[0][0].alpha == IDENTITY


def edited(raw: bytes, change: Callable[[object], None]) -> bytes:
    value = json.loads(raw)
    change(value)
    return json.dumps(value, separators=(",", ":")).encode()


BAD = {
    "a tally with a space": (parse_tally, TALLY + b" "),
    "a tally of texts": (parse_tally, b'[["x"]]'),
    "a tally with another field": (parse_tally, TALLY.replace(b'{"alpha"', b'{"gamma":1,"alpha"', 1)),
    "a point in capitals": (parse_tally, TALLY.upper().replace(b"ALPHA", b"alpha").replace(b"BETA", b"beta")),
    "a point outside the group": (parse_tally, b'[[{"alpha":"%b","beta":"%b"}]]' % (b"0" * 64, b"0" * 64)),
    "sizes as texts": (parse_sized_tally, SIZED.replace(b":3,", b':"3",', 1)),
    "sizes in another order": (parse_sized_tally, b'{"total_weight":3,"num_tallied":3,"encrypted_tally":"x"}'),
    "an owner with a fraction": (parse_owned, OWNED.replace(b'"owner":1', b'"owner":1.0')),
    "an owner as true": (parse_owned, OWNED.replace(b'"owner":1', b'"owner":true')),
    "a factor outside the group": (parse_partial_decryption, edited(
        PARTIAL, lambda fields: fields["decryption_factors"][0].__setitem__(0, "0" * 64))),  # type: ignore[index]
    "a number not reduced": (parse_partial_decryption, edited(
        PARTIAL, lambda fields: fields["decryption_proofs"][0][0].update(response=str(Q)))),  # type: ignore[index]
    "a number padded": (parse_partial_decryption, PARTIAL.replace(b'"response":"', b'"response":"0', 1)),
    "a result of texts": (parse_result, b'{"result":[["1","1"]]}'),
    "a result with a line end": (parse_result, RESULT + b"\n"),
    "a result twice": (parse_result, b'{"result":[[0,0]],"result":[[1,1]]}'),
    "no JSON": (parse_result, b"\xff"),
}  # fmt: skip


@pytest.mark.parametrize(("parse", "raw"), BAD.values(), ids=BAD)
def test_anything_else_is_refused(parse: Callable[[bytes], object], raw: bytes) -> None:
    with pytest.raises((NotCanonical, InvalidOutcome)):
        parse(raw)


def test_a_bad_point_is_named_by_its_place() -> None:
    bad = edited(TALLY, lambda rows: rows[0][1].update(beta="0" * 64))  # type: ignore[index]
    with pytest.raises(InvalidOutcome, match="question 1, answer 2, beta") as caught:
        parse_tally(bad)
    assert isinstance(caught.value, DocumentError)
    assert not isinstance(caught.value, KeysError)
