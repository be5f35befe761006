"""Writing one signature into a PDF as an incremental revision, through pyHanko."""

from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer

from tally.minutes.renderer import Place
from tally.pdf.certificates import ALGORITHMS
from tally.pdf.revisions import box_of
from tally.pdf.stamps import stamp_style
from tally.signing.signers import DocumentSigner

RESERVED = 8192
"""Hex digits kept for one signature; RSA-4096 with a long certificate needs about 6,000."""

_DRY_BYTES = 512


class _SignerForPyHanko(Signer):
    """Let pyHanko sign by a DocumentSigner."""

    def __init__(self, key_signer: DocumentSigner, certificate: Certificate) -> None:
        mechanism = SignedDigestAlgorithm({"algorithm": ALGORITHMS[key_signer.kind]})
        super().__init__(signing_cert=certificate, signature_mechanism=mechanism, embed_roots=False)
        self._key_signer = key_signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign the signed attributes; a dry run only asks how long a signature may get."""
        return bytes(_DRY_BYTES) if dry_run else self._key_signer.sign(data)


class _NextRevision(IncrementalPdfFileWriter):
    """Adds a revision that leaves the document's own metadata as the record made it."""

    def _update_meta(self) -> None:
        """Write neither a date of modification nor a producer: the revision holds a signature and nothing more."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Stay at the version of the minutes: PDF/A-3 is PDF 1.7."""

    def register_extension(self, ext: object) -> None:
        """Name no extension of the format; readers of PDF 1.7 know these signatures."""


class _DatedSigner(PdfSigner):
    """Signs at a given time instead of the clock's."""

    when: datetime

    def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
        """Start a session whose time is the one given."""
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self.when
        return session


def add_signature(
    pdf: bytes, place: Place, key_signer: DocumentSigner, certificate: Certificate, when: datetime, stamp: bytes
) -> bytes:
    """Append a revision with a visible signature (PAdES B-B) at its place; `stamp` is its look, a PDF of one page."""
    with stamp_style(stamp) as style:
        signer = _DatedSigner(
            PdfSignatureMetadata(
                field_name=place.field,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                embed_validation_info=False,
            ),
            _SignerForPyHanko(key_signer, certificate),
            stamp_style=style,
            new_field_spec=SigFieldSpec(place.field, on_page=place.page - 1, box=box_of(place)),
        )
        signer.when = when
        writer = _NextRevision(BytesIO(pdf), strict=True)
        signed: BytesIO = signer.sign_pdf(writer, bytes_reserved=RESERVED)
    return signed.getvalue()
