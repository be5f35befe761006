"""One CMS signature of a PDF (RFC 5652, PAdES baseline), checked strictly: every byte of it means something.

The signed attributes bind the digest of the document, the algorithms and the certificate; whatever is not signed must
be exactly what is built here from what is.
"""

import base64
import hashlib
from collections.abc import Container

from asn1crypto import cms
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from keys.files.signing import load_public
from tally.errors import InvalidMinutes

SIGNED = frozenset({"content_type", "message_digest", "signing_certificate_v2"})
"""Attributes that must be signed; signing time and algorithm protection may be."""

ALLOWED = SIGNED | {"signing_time", "cms_algorithm_protection"}
ALGORITHMS = frozenset({"sha256_ecdsa", "sha256_rsa", "rsassa_pkcs1v15"})


def check_cms(raw: bytes, digest: bytes, keys: Container[str], place: str) -> str:
    """Check a CMS signature over a document's SHA-256 by one of the keys (texts as in the record); return that key.

    Raises InvalidMinutes, with `place` in front.
    """
    try:
        signed = cms.ContentInfo.load(raw, strict=True)["content"]
        infos, certificates = signed["signer_infos"], signed["certificates"]
        if len(infos) != 1 or len(certificates) != 1:
            raise InvalidMinutes(f"{place}: one signature with one certificate expected")
        certificate, info = certificates[0].chosen, infos[0]
        if _built_from(info, certificate) != raw:
            raise InvalidMinutes(f"{place}: the signature has parts that nobody signed")
        _check_attributes(info["signed_attrs"], digest, certificate.dump(), place)
        return _check_key(info, certificate, keys, place)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidMinutes(f"{place}: not a CMS signature ({type(error).__name__})") from None


def certificate_in(raw: bytes) -> bytes:
    """Return the certificate of a CMS signature that `check_cms` has checked, in DER."""
    return bytes(cms.ContentInfo.load(raw, strict=True)["content"]["certificates"][0].chosen.dump())


def _built_from(info: cms.SignerInfo, certificate: cms.Certificate) -> bytes:
    """Build the whole object from certificate, signed attributes and signature value."""
    if info["signature_algorithm"]["algorithm"].native not in ALGORITHMS:
        raise ValueError("algorithm")
    sha256 = {"algorithm": "sha256"}
    rebuilt = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number}),
            ),
            "digest_algorithm": sha256,
            "signed_attrs": cms.CMSAttributes.load(info["signed_attrs"].untag().dump()),
            "signature_algorithm": info["signature_algorithm"].copy(),
            "signature": info["signature"].native,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [rebuilt],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _check_attributes(attributes: cms.CMSAttributes, digest: bytes, certificate: bytes, place: str) -> None:
    found = {one["type"].native: one["values"] for one in attributes}
    if len(found) != len(attributes) or not found.keys() >= SIGNED or not found.keys() <= ALLOWED:
        raise InvalidMinutes(f"{place}: other signed attributes than those of PAdES: {sorted(map(str, found))}")
    if found["content_type"].native != ["data"] or found["message_digest"].native != [digest]:
        raise InvalidMinutes(f"{place}: the signature is not over this document")
    (binding,) = found["signing_certificate_v2"]
    (identified,) = binding["certs"]
    if identified["cert_hash"].native != hashlib.sha256(certificate).digest():
        raise InvalidMinutes(f"{place}: the signature names another certificate")


def _check_key(info: cms.SignerInfo, certificate: cms.Certificate, keys: Container[str], place: str) -> str:
    key = base64.b64encode(certificate.public_key.dump()).decode()
    if key not in keys:
        raise InvalidMinutes(f"{place}: signed by a key that the record does not show")
    public, message = load_public(key), info["signed_attrs"].untag().dump()
    signature = info["signature"].native
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise InvalidMinutes(f"{place}: the signature does not verify") from None
    return key
