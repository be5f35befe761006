"""Warnings on a token's certificate before it signs: expired, not yet valid, or of somebody else (chứng thư số)."""

from collections.abc import Iterator
from datetime import datetime
from unicodedata import normalize

from asn1crypto.x509 import Certificate

from tally.dates import day_of, written
from tally.dialogue import both
from tally.signing.signers import DocumentSigner


def tell_certificate(signer: DocumentSigner, name: str, when: datetime) -> None:
    """Warn, in both languages, of what is wrong with the certificate by which `name` signs at that moment."""
    for key, values in certificate_warnings(signer.certificate, name, when):
        both(f"said.{key}", **values)


def certificate_warnings(der: bytes | None, name: str, when: datetime) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the words for each warning with their values; nothing where there is no certificate."""
    if der is None:
        return
    found = Certificate.load(der)
    first, last = found.not_valid_before, found.not_valid_after
    dates: dict[str, object] = {"name": name, "first": written(day_of(first)), "last": written(day_of(last))}
    if when > last:
        yield "certificate_expired", dates
    if when < first:
        yield "certificate_early", dates
    owner = str(found.subject.native.get("common_name", ""))
    if _plain(name) not in _plain(owner):
        yield "certificate_other", {"name": name, "owner": owner or "?"}


def _plain(name: str) -> str:
    return " ".join(normalize("NFC", name).casefold().split())
