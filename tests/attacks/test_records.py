"""Forged records: another count, other facts, other people; each is named, and only a whole one passes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys.group import Q
from tally.audit import Verdict
from tests.attacks.lab import Lab, closed, counted, failed, verify
from tests.attacks.records import Papers, confirmation, envelope, papers
from voting.documents.canonical import canonical
from voting.documents.envelope import Envelope
from voting.documents.facts import CONFIRMATION_TYPE, ChairWord, Confirmation, Incident, SparesActivated


def test_the_honest_record_passes(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    report = verify(draft.raw(), tmp_path, papers(lab, draft).sign())
    assert failed(report) == {}
    assert report.verdict is Verdict.SOUND


def room(**changes: Any) -> Callable[[Papers], None]:
    def forge(made: Papers) -> None:
        made.room = msgspec.structs.replace(made.room, **changes)

    return forge


def count(**changes: Any) -> Callable[[Papers], None]:
    def forge(made: Papers) -> None:
        made.count = msgspec.structs.replace(made.count, **changes)

    return forge


def late(edit: Callable[[dict[str, Any]], object]) -> Callable[[Papers], None]:
    return lambda made: made.late.append(edit)


def cards(**changes: int) -> Callable[[Papers], None]:
    return lambda made: room(cards=msgspec.structs.replace(made.room.cards, **changes))(made)


def signers(*names: str) -> Callable[[Papers], None]:
    return lambda made: setattr(made, "signers", names)


def box(**changes: Any) -> Callable[[Papers], None]:
    def forge(made: Papers) -> None:
        made.box = type(made.box)(**{name: getattr(made.box, name) for name in made.box.__slots__} | changes)

    return forge


def confirmations(change: Callable[[Papers], tuple[Any, ...]]) -> Callable[[Papers], None]:
    return lambda made: room(confirmations=change(made))(made)


def said(made: Papers, owner: int, **changes: Any) -> Envelope:
    """A teller's confirmation of something else, signed by that teller."""
    fields = {"format": 1, "uuid": made.lab.election.uuid, "setup": made.room.setup, "owner": owner, "threshold": 2}
    return envelope(canonical(Confirmation(**fields | changes)), CONFIRMATION_TYPE, made.lab, str(owner))


def no_proof_of_the_second_opener(made: Papers) -> None:
    count(opening_proofs=made.count.opening_proofs[:1])(made)


def other_proof(made: Papers) -> None:
    first, second = made.count.opening_proofs
    wrong = msgspec.structs.replace(second, response=str((int(second.response) + 1) % Q))
    count(opening_proofs=(first, wrong))(made)


def proof_of_another_owner(made: Papers) -> None:
    first, second = made.count.opening_proofs
    count(opening_proofs=(first, msgspec.structs.replace(first, owner=second.owner)))(made)


def proof_not_reduced(made: Papers) -> None:
    first, second = made.count.opening_proofs
    count(opening_proofs=(first, msgspec.structs.replace(second, response=str(int(second.response) + Q))))(made)


def proof_twice(made: Papers) -> None:
    count(opening_proofs=(*made.count.opening_proofs, made.count.opening_proofs[0]))(made)


def proof_of_a_bystander(made: Papers) -> None:
    bystander = msgspec.structs.replace(made.count.opening_proofs[0], owner=2)
    count(opening_proofs=(*made.count.opening_proofs, bystander))(made)


FORGERIES: dict[str, tuple[Callable[[Papers], None], str, str]] = {
    "another result": (box(result=((3, 0), (1, 1))), "record", "paper 1: case"),
    "another verdict": (late(lambda f: f["papers"][0]["verdict"].update(minimum=1)), "record", "verdict"),
    "another name in the case": (
        late(lambda f: f["papers"][0]["case"]["candidates"][0].update(name="X")),
        "record",
        "case",
    ),
    "other words of the conference": (late(lambda f: f["conference"].update(place="X")), "record", "conference"),
    "another number of ballots": (late(lambda f: f["papers"][0]["ballots"].update(valid=2)), "record", "ballots"),
    "another archive's hash": (box(archive="0" * 64), "record", "hashes"),
    "another last event": (box(last_event="0" * 64), "record", "hashes"),
    "another kind of count": (late(lambda f: f.update(form="paper")), "record", "form"),
    "notes left out": (late(lambda f: f["papers"][0].update(notes=[{"code": "A1", "text": "x"}])), "record", "notes"),
    "facts not signed by the desk": (
        lambda made: setattr(made, "desk", "chair"),
        "facts",
        "not signed by the desk's key",
    ),
    "facts changed after signing": (
        late(lambda f: f["facts"].update(audits=5)),
        "facts",
        "not signed by the desk's key",
    ),
    "facts of another Setup": (room(setup="0" * 64), "facts", "of another Setup"),
    "facts of another box": (room(end_ballots="0" * 64), "facts", "EndBallots"),
    "facts of another election": (room(uuid="Another1111111"), "facts", "of another election"),
    "facts with another number of ballots": (room(ballots=4), "facts", "3 ballots in the archive, 4"),
    "more cards drawn": (cards(drawn=5), "facts", "cards drawn differ"),
    "fewer cards void": (cards(void=0), "facts", "cards made are not"),
    "more spares": (cards(spares=2), "facts", "spare cards differ"),
    "more spares activated than made": (room(spares_activated=(SparesActivated("lost", 2),)), "facts", "2 spares"),
    "a negative number of audits": (room(audits=-1), "facts", "negative"),
    "an incident that never happened": (room(incidents=(Incident("power", 0),)), "facts", "not positive"),
    "facts signed by two": (
        late(lambda f: f.update(facts_signatures=[*f["facts_signatures"], {"keyid": "0" * 64, "sig": "AAAA"}])),
        "facts",
        "not signed by the desk's key alone",
    ),
    "a negative number of spares": (room(spares_activated=(SparesActivated("lost", -1),)), "facts", "not positive"),
    "absences that do not add up": (room(absent_unexcused=3), "facts", "absent"),
    "an incident twice": (room(incidents=(Incident("power", 1), Incident("power", 2))), "facts", "is duplicated"),
    "opened at another time": (
        room(opened="2022-04-10T08:30:11+07:00"),
        "facts",
        "opened at another time than the archive says",
    ),
    "a confirmation twice": (
        confirmations(lambda made: (*made.room.confirmations, made.room.confirmations[0])),
        "confirmations",
        "teller 1 is duplicated",
    ),
    "closed before it was opened": (room(closed="2022-04-10T08:00:00+07:00"), "facts", "ends before"),
    "a time without an offset": (room(closed="2022-04-10T10:00:00"), "facts", "offset"),
    "a time that is none": (room(closed="soon"), "facts", "times with seconds and offset expected"),
    "a confirmation that is none": (
        confirmations(lambda made: (*made.room.confirmations[:2], Envelope("e30=", CONFIRMATION_TYPE, ()))),
        "confirmations",
        "confirmation 3: confirmation: ",
    ),
    "confirmations of another threshold": (
        confirmations(lambda made: tuple(said(made, owner, threshold=1) for owner in (1, 2, 3))),
        "confirmations",
        "of another threshold or format",
    ),
    "confirmations of another format": (
        confirmations(lambda made: tuple(said(made, owner, format=2) for owner in (1, 2, 3))),
        "confirmations",
        "of another threshold or format",
    ),
    "a confirmation of teller 9": (
        confirmations(lambda made: (*made.room.confirmations[:2], confirmation(made.lab, made.room.setup, 9, "3"))),
        "confirmations",
        "not of this Setup",
    ),
    "a teller who did not confirm": (
        confirmations(lambda made: made.room.confirmations[:2]),
        "confirmations",
        "teller 3",
    ),
    "a confirmation of another Setup": (
        confirmations(lambda made: (confirmation(made.lab, "0" * 64, 1), *made.room.confirmations[1:])),
        "confirmations",
        "not of this Setup",
    ),
    "a confirmation by another key": (
        confirmations(lambda made: (confirmation(made.lab, made.room.setup, 1, "2"), *made.room.confirmations[1:])),
        "confirmations",
        "not signed by teller 1",
    ),
    "a count of another box": (count(end_ballots="0" * 64), "count", "EndBallots"),
    "other openers": (count(openers=(1, 2)), "count", "tellers [1, 3] opened, [1, 2] in the facts"),
    "ended before it began": (count(ended="2022-04-10T09:00:00+07:00"), "count", "ends before"),
    "an opening proof missing": (no_proof_of_the_second_opener, "opening_proofs", "teller 3"),
    "another opening proof": (other_proof, "opening_proofs", "the opening proof of teller 3 does not verify"),
    "the opening proof of another": (proof_of_another_owner, "opening_proofs", "teller 3"),
    "an opening proof not reduced": (proof_not_reduced, "opening_proofs", "teller 3"),
    "an opening proof twice": (proof_twice, "opening_proofs", "two proofs of one teller"),
    "an opening proof of somebody who did not open": (proof_of_a_bystander, "opening_proofs", "teller 2"),
    "no signatures": (signers(), "signatures", "awaiting signature of"),
    "the chair's signature missing": (signers("1", "2", "3", "secretary"), "signatures", "awaiting signature of"),
}


@pytest.mark.parametrize(("forge", "check", "words"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_record_is_named(
    lab: Lab, tmp_path: Path, forge: Callable[[Papers], None], check: str, words: str
) -> None:
    draft = counted(lab)
    made = papers(lab, draft)
    forge(made)
    report = verify(draft.raw(), tmp_path, made.sign())
    awaited = words.startswith("awaiting")
    assert report.verdict is (Verdict.INCOMPLETE if awaited else Verdict.NOT_SOUND)
    assert words in failed(report)[check]


def signature(change: Callable[[list[dict[str, str]]], object]) -> Callable[[bytes], bytes]:
    def forge(raw: bytes) -> bytes:
        fields = json.loads(raw)
        change(fields["signatures"])
        return json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()

    return forge


ENVELOPES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a signature of another": (
        signature(lambda found: found[0].update(sig=found[1]["sig"])),
        "signatures",
    ),
    "a signature twice": (signature(lambda found: found.append(found[0])), "signatures"),
    "a signature by nobody": (
        signature(lambda found: found.append({"keyid": "0" * 64, "sig": found[0]["sig"]})),
        "signatures",
    ),
    "a line end": (lambda raw: raw + b"\n", "record"),
    "not JSON": (lambda raw: b"record", "record"),
    "empty": (lambda raw: b"", "record"),
    "another type": (lambda raw: raw.replace(b"record+json", b"secord+json"), "record"),
    "a space": (lambda raw: raw.replace(b'","', b'", "', 1), "record"),
    "a deep list": (lambda raw: b"[" * 100_000, "record"),
}


@pytest.mark.parametrize(("change", "check"), ENVELOPES.values(), ids=ENVELOPES)
def test_a_changed_envelope_is_named(lab: Lab, tmp_path: Path, change: Callable[[bytes], bytes], check: str) -> None:
    draft = counted(lab)
    report = verify(draft.raw(), tmp_path, change(papers(lab, draft).sign()))
    assert report.verdict is Verdict.NOT_SOUND
    assert check in failed(report)


def test_a_record_waits_for_each_signature_by_name(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    made = papers(lab, draft)
    made.signers = ("1", "3", "secretary")
    report = verify(draft.raw(), tmp_path, made.sign())
    assert set(failed(report)) == {"signatures"}
    assert "awaiting signature of Kiểm phiếu viên 2" in failed(report)["signatures"]
    assert "awaiting signature of Chủ trì chair" in failed(report)["signatures"]


def test_a_record_of_another_archive_is_refused(lab: Lab, tmp_path: Path) -> None:
    draft, other = counted(lab), counted(lab, *lab.ballots[:2])
    assert "record" in failed(verify(other.raw(), tmp_path, papers(lab, draft).sign()))


def test_an_election_without_a_conference_has_no_record(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    record = papers(lab, draft).sign()
    vector = next((Path(__file__).resolve().parents[1] / "vectors" / "3x2").glob("*.bel"))
    assert "has no conference" in failed(verify(vector.read_bytes(), tmp_path, record))["record"]


def test_an_archive_that_is_not_counted_has_no_record(lab: Lab, tmp_path: Path) -> None:
    report = verify(closed(lab).raw(), tmp_path, papers(lab, counted(lab)).sign())
    assert "no sound result" in failed(report)["record"]


def test_a_box_of_a_single_ballot_needs_the_chairs_word(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab, lab.ballots[0])
    made = papers(lab, draft)
    assert "without the chair's word" in failed(verify(draft.raw(), tmp_path, made.sign()))["count"]
    count(chair_words=(ChairWord("single_ballot", "Chủ trì", "Chỉ một người đến"),))(made)
    assert verify(draft.raw(), tmp_path, made.sign()).verdict is Verdict.SOUND


@pytest.mark.parametrize("spares", [0, 1])
def test_a_spare_that_could_have_turned_an_outcome_is_noted_and_fails_nothing(
    lab: Lab, tmp_path: Path, spares: int
) -> None:
    draft = counted(lab)
    made = papers(lab, draft)
    room(spares_activated=(SparesActivated("lost", 1),) * spares)(made)
    report = verify(draft.raw(), tmp_path, made.sign())
    assert (failed(report), report.verdict) == ({}, Verdict.SOUND)
    assert [one.split(";")[0] for one in report.notes] == ["record.json (paper 1): spare cards activated: 1"] * spares
