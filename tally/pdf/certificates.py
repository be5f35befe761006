"""A certificate that a signer's key issues for itself, so that PDF readers can name who signed.

Trust does not come from it: the record names each signer's key, and that key is what the signature is checked by. It is
a function of the key, the person and the record, but for the signature of tokens, which may draw a nonce.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import Certificate, Extensions, Name, TbsCertificate, Time, Validity

from tally.signing.signers import DocumentSigner
from voting.documents.conferences.conference import Signer

VALIDITY = timedelta(days=20 * 365)
"""How long readers show the signature as within its time; the record is kept longer than any key."""

ALGORITHMS = {"ecdsa": "sha256_ecdsa", "rsa": "sha256_rsa"}
_SERIAL_BYTES = 16


def certificate_for(key_signer: DocumentSigner, signer: Signer, agency: str, counted: datetime) -> Certificate:
    """Return the token's own certificate, or issue one by the signer itself, valid from the day of the count."""
    if key_signer.certificate is not None:
        return Certificate.load(key_signer.certificate)
    algorithm = SignedDigestAlgorithm({"algorithm": ALGORITHMS[key_signer.kind]})
    tbs = _to_be_signed(key_signer, signer, agency, counted, algorithm)
    return Certificate(
        {"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": key_signer.sign(tbs.dump())}
    )


def _to_be_signed(
    key_signer: DocumentSigner, signer: Signer, agency: str, counted: datetime, algorithm: SignedDigestAlgorithm
) -> TbsCertificate:
    key = base64.b64decode(key_signer.public_text)
    name = Name.build({"common_name": signer.name, "title": signer.role[:64], "organization_name": agency[:64]})
    start = counted.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    identity = hashlib.sha256(key + name.dump() + start.isoformat().encode()).digest()
    return TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(identity[:_SERIAL_BYTES], "big") >> 1 | 1,
            "signature": algorithm,
            "issuer": name,
            "validity": Validity({"not_before": _time(start), "not_after": _time(start + VALIDITY)}),
            "subject": name,
            "subject_public_key_info": PublicKeyInfo.load(key),
            "extensions": _extensions(key),
        }
    )


def _time(moment: datetime) -> Time:
    """Write a time as X.509 wants it: two digits of the year up to 2049, four after."""
    return Time({"utc_time" if moment.year < 2050 else "general_time": moment})


def _extensions(key: bytes) -> Extensions:
    return Extensions(
        [
            {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
            {"extn_id": "key_usage", "critical": True, "extn_value": {"digital_signature", "non_repudiation"}},
            {"extn_id": "key_identifier", "critical": False, "extn_value": PublicKeyInfo.load(key).sha1},
        ]
    )
