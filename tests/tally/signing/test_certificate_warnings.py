"""What is wrong with a token's certificate is said with its dates before it signs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys.files.signing import new_signing_key
from tally.minutes import render_minutes
from tally.pdf.certificates import VALIDITY, certificate_for
from tally.pdf.signatures import sign_minutes
from tally.signing.certificate_warnings import certificate_warnings, tell_certificate
from tally.signing.signers import KeySigner
from tests.tally.records import envelope, payload, sample_record, team
from tests.tally.terminal import run
from voting.documents.conferences.conference import Signer

COUNTED = datetime(2026, 11, 30, 9, tzinfo=UTC)
SIGNER = Signer("Lò Thị Ước", "Thành viên", "", True)


def certificate() -> bytes:
    """A certificate of the signer, valid from the day before the count."""
    return bytes(certificate_for(KeySigner(new_signing_key()), SIGNER, "Văn phòng", COUNTED).dump())


@pytest.mark.parametrize(("name", "when", "warnings"), [
    ("Lò Thị Ước", COUNTED, []),
    ("LÒ  THỊ ƯỚC", COUNTED, []),
    ("Lò Thị Ước", COUNTED + VALIDITY, ["certificate_expired"]),
    ("Lò Thị Ước", COUNTED - timedelta(days=9), ["certificate_early"]),
    ("Hà Văn Đạt", COUNTED, ["certificate_other"]),
])  # fmt: skip
def test_a_certificate_is_compared_with_moment_and_signer(name: str, when: datetime, warnings: list[str]) -> None:
    assert [key for key, _ in certificate_warnings(certificate(), name, when)] == warnings


def test_a_warning_has_the_dates_and_no_certificate_gives_none(capsys: pytest.CaptureFixture[str]) -> None:
    key_signer = KeySigner(new_signing_key(), certificate())
    tell_certificate(key_signer, "Lò Thị Ước", COUNTED + VALIDITY)
    assert "29/11/2026" in capsys.readouterr().out
    tell_certificate(KeySigner(new_signing_key()), "Lò Thị Ước", COUNTED)
    assert capsys.readouterr().out == ""


def test_check_minutes_names_what_is_wrong_with_a_certificate(tmp_path: Path) -> None:
    people = team("chair")
    record = sample_record(2, people=people)
    key_signer = KeySigner(people.keys["chair"])
    other = Signer("Hà Văn Đạt", "Khách", "", True)
    foreign = KeySigner(key_signer.key, bytes(certificate_for(key_signer, other, "Văn phòng", COUNTED).dump()))
    (tmp_path / "record.json").write_bytes(envelope(record))
    signed = sign_minutes(render_minutes(payload(record)), payload(record), "chair", foreign, COUNTED)
    (tmp_path / "minutes.pdf").write_bytes(signed)
    said = run("check-minutes", tmp_path / "record.json", tmp_path / "minutes.pdf")
    assert said.exit_code == 0 and "Hà Văn Đạt" in said.output, said.output
