"""Signatures on the minutes: one incremental revision each, after the bytes that the record gives (PAdES B-B).

    signed = sign_minutes(minutes, payload, "chair", key_signer, when)     # raises CannotSign
    who = check_minutes(signed, payload)                            # raises InvalidMinutes

What a signed file is: the minutes rebuilt from the record, then one revision for each signature that adds its field
at the place left for it and nothing else. Every byte after the minutes is covered by the signature of its revision, but
for the hole that holds the signature itself, and that has one spelling (uppercase hex of DER, then zeros).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tally.errors import CannotSign, InvalidMinutes, OtherRenderer
from tally.minutes.annex import signers
from tally.minutes.closing import teller_field
from tally.minutes.renderer import (
    check_renderer,
    render_minutes,
    render_stamp,
    signature_places,
)
from tally.minutes.view import View, parse_record
from tally.minutes.wording import moment
from tally.pdf.certificates import certificate_for
from tally.pdf.cms import certificate_in, check_cms
from tally.pdf.revisions import fields_of, frames_of
from tally.pdf.writer import add_signature
from tally.signing.signers import DocumentSigner
from voting.documents.bundles.signers import excused_tellers, required_signers
from voting.documents.conferences.conference import ON_PAPER, Signer
from voting.documents.conferences.moments import in_vietnam
from voting.documents.record import Record


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One signature found and checked: its field, whose it is by the record, and the time that the signer claims."""

    field: str
    name: str
    role: str
    key: str
    claimed: datetime
    certificate: bytes = b""


def sign_minutes(pdf: bytes, payload: bytes, field: str, key_signer: DocumentSigner, when: datetime) -> bytes:
    """Add one signature to minutes, signed so far or not; `when` needs an offset.

    Raises CannotSign for an unknown field, another key than the record's, or a place already signed; InvalidMinutes
    where the file is not the record's minutes; OtherRenderer where they cannot be rebuilt here.
    """
    record = parse_record(payload)
    check_renderer(record.made_by)
    signer = _signer_of(record, field)
    if key_signer.public_text != signer.key:
        raise CannotSign(f"{field}: this is not the key of {signer.name} that the record shows")
    if field in {one.field for one in check_minutes(pdf, payload)}:
        raise CannotSign(f"{field}: {signer.name} has signed already")
    certificate = certificate_for(key_signer, signer, record.conference.organiser.agency, moment(record.count.ended))
    place = next(one for one in signature_places(payload) if one.field == field)
    stamp = render_stamp(record, place, _stamp_lines(signer, when))
    signed = add_signature(pdf, place, key_signer, certificate, when, stamp)
    check_minutes(signed, payload)
    return signed


def check_minutes(pdf: bytes, payload: bytes) -> tuple[SignedBy, ...]:
    """Say who signed these minutes, in the order of signing; nobody, if they are as rendered.

    Raises InvalidMinutes unless the file is the minutes rebuilt from the payload, then signatures of people in the
    record that all verify and cover everything after; OtherRenderer where other versions are needed to rebuild them.
    """
    record = parse_record(payload)
    rebuilt = render_minutes(payload, exact=False)
    if not pdf.startswith(rebuilt):
        _blame_the_renderer(record)
        raise InvalidMinutes("the file does not begin with the minutes rebuilt from the record")
    if len(pdf) == len(rebuilt):
        return ()
    people = {field: one for field, one in signers(View.looking_at(record, "vi")) if one.key != ON_PAPER}
    keys = {one.key for one in people.values()}
    frames = frames_of(pdf, len(rebuilt))
    signed = [check_cms(one.cms(pdf), one.digest(pdf), keys, f"byte {one.start}") for one in frames]
    places = {one.field: one for one in signature_places(payload, exact=False)}

    def stamp(field: str, claimed: datetime) -> bytes:
        return render_stamp(record, places[field], _stamp_lines(_signer_of(record, field), claimed))

    found, named = [], fields_of(pdf, len(rebuilt), frames, places, stamp)
    for (place, claimed), key, frame in zip(named, signed, frames, strict=True):
        one = people[place]
        if one.key != key:
            raise InvalidMinutes(f"{place}: signed by another key than that of {one.name}")
        found.append(SignedBy(place, one.name, one.role, key, claimed, certificate_in(frame.cms(pdf))))
    return tuple(found)


def awaiting(payload: bytes, signed: Iterable[SignedBy]) -> tuple[str, ...]:
    """Name those who must sign digitally and have not yet."""
    there = {one.field for one in signed}
    record = parse_record(payload)
    required = required_signers(record.conference, record)
    excused = {teller_field(owner) for owner in excused_tellers(record.conference, record)}
    people = signers(View.looking_at(record, "vi"))
    return tuple(one.name for field, one in people if one in required and field not in there | excused)


def _blame_the_renderer(record: Record) -> None:
    """Raise OtherRenderer if different versions explain why the bytes differ."""
    try:
        check_renderer(record.made_by)
    except OtherRenderer as error:
        raise OtherRenderer(f"the minutes cannot be compared: {error}") from None


def _signer_of(record: Record, field: str) -> Signer:
    people = dict(signers(View.looking_at(record, "vi")))
    if field not in people:
        raise CannotSign(f"{field!r}: nobody signs there; the fields are {', '.join(people)}")
    if people[field].key == ON_PAPER:
        raise CannotSign(f"{field}: {people[field].name} signs on paper")
    return people[field]


def _stamp_lines(signer: Signer, when: datetime) -> tuple[str, ...]:
    if when.tzinfo is None:
        raise CannotSign("the time of signing needs an offset")
    # Decree 30/2020, annex I: the time of signing by ISO 8601 in Việt Nam's zone, whatever that of the machine.
    return (f"Ký số: {signer.name}", signer.role, in_vietnam(when).isoformat(timespec="seconds"))
