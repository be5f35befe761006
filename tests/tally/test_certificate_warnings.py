"""What is wrong with a token's certificate is said with its dates before it signs."""

from datetime import UTC, datetime, timedelta

import pytest

from keys.signing import new_signing_key
from tally.certificate_warnings import certificate_warnings, tell_certificate
from tally.pdf_certificates import VALIDITY, certificate_for
from tally.pens import KeyPen
from voting.documents.conference import Signer

COUNTED = datetime(2026, 11, 30, 9, tzinfo=UTC)
SIGNER = Signer("Lò Thị Ước", "Thành viên", "", True)


def certificate() -> bytes:
    """A certificate of the signer, valid from the day before the count."""
    return bytes(certificate_for(KeyPen(new_signing_key()), SIGNER, "Văn phòng", COUNTED).dump())


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
    pen = KeyPen(new_signing_key(), certificate())
    tell_certificate(pen, "Lò Thị Ước", COUNTED + VALIDITY)
    assert "29/11/2026" in capsys.readouterr().out
    tell_certificate(KeyPen(new_signing_key()), "Lò Thị Ước", COUNTED)
    assert capsys.readouterr().out == ""
