"""A round counted by hand from start to end: its dossier names a desk, and no forged hand count brings another one in.

Nothing of such a round is an archive, so signatures alone hold it. Records and minutes are made by the tally machine's
own code; the outsider has everything but the keys of those who hold the round.
"""

import datetime
import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec
import pytest

from keys.files.signing import SigningKey, keyid, new_signing_key, public_text
from tally.audit.bundles.dossier import NO_MAKER
from tally.audit.report import Report, Verdict
from tally.minutes import render_minutes, renderer_versions
from tally.signing.signatures import sign_record
from tests.attacks.test_bundles import failures
from tests.voting.rounds import office
from tests.voting.rounds.conferences import conference_for
from voting.documents.bundles.bundle import write_bundle
from voting.documents.bundles.dossier import SUBMISSION, makers
from voting.documents.bundles.ledger import Ledger
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER, Attendance, Signer
from voting.documents.list_decision import ListDecision, read_list_decision, sign_list_decision, unsigned_list_decision
from voting.documents.record import Record, read_record, unsigned_record
from voting.rounds.decisions import Deciding, list_decision_for
from voting.rounds.dossier.assembly import Paperwork, write_dossier
from voting.rounds.filing import Filed, file_documents
from voting.rounds.ledger import begin, close
from voting.rounds.round import procedure_of, step_of, takes_list_decision

PLAN = office.office_round("NEXT-OFFICE")
LAST = 5
Document = Record | ListDecision


@dataclass(frozen=True)
class Hands:
    """Who holds one step: its people, the keys that sign, and the desk that its hand counts name."""

    people: tuple[Signer, ...]
    keys: tuple[SigningKey, ...]
    desk: str = field(default_factory=lambda: public_text(new_signing_key()))


def person(name: str, key: SigningKey, *, must_sign: bool = True) -> Signer:
    """Somebody who signs with a key."""
    return Signer(name, "Chủ trì", public_text(key), must_sign)


CHAIR_KEY, OUTSIDER_KEY, DESK, OUTSIDE_DESK = (new_signing_key() for _ in range(4))
CHAIR, OUTSIDER = person("Bạc Cầm Chánh", CHAIR_KEY), person("Người Ngoài", OUTSIDER_KEY)
HONEST = Hands((CHAIR,), (CHAIR_KEY,))
OUTSIDE = Hands((OUTSIDER,), (OUTSIDER_KEY,), public_text(OUTSIDE_DESK))
Round = dict[int, Hands]


def honest() -> Round:
    """Every step held by the chair, the last one naming the desk that signs."""
    steps = {step.number: replace(HONEST, desk=public_text(new_signing_key())) for step in procedure_of(PLAN).steps}
    return steps | {LAST: replace(HONEST, desk=public_text(DESK))}


def documents_of(step: int, hands: Hands, files: tuple[Filed, ...]) -> list[bytes]:
    """The signed documents of one step: a list decision, or the hand count of each paper."""
    one = step_of(PLAN, step)
    if takes_list_decision(PLAN, one):
        deciding = Deciding(place="Phòng họp", date="2022-04-01", adopted_by="Tập thể", signers=hands.people)
        return [sign_list_decision(unsigned_list_decision(list_decision_for(PLAN, step, deciding, files)), hands.keys)]
    chair, *others = hands.people
    meeting = office.meeting(PLAN, one, chair=chair, head=chair, tellers=(*others, *office.TELLERS))
    people = len(meeting.summons.people)
    conference = conference_for(PLAN, step, meeting, Attendance(people, people, 0, ON_PAPER, hands.desk), files)
    record = office.record_of(conference, office.everybody_agrees, uuid="")
    record = msgspec.structs.replace(record, made_by=renderer_versions())
    return [sign_record(unsigned_record(canonical(record)), hands.keys)]


def held(steps: Round) -> tuple[Ledger, tuple[Filed, ...], dict[str, bytes]]:
    """Hold a round by hand, each step by its people; return ledger, documents, and their files by hash."""
    ledger = Ledger()
    files: tuple[Filed, ...] = ()
    raws: dict[str, bytes] = {}
    for step, hands in sorted(steps.items()):
        made = {hashlib.sha256(raw).hexdigest(): raw for raw in documents_of(step, hands, files)}
        ledger = close(begin(ledger, PLAN, step, ""), step, tuple(made))
        files = (*files, *file_documents(made.values(), unchecked))
        raws |= made
    return ledger, files, raws


def makers_of(steps: Round) -> set[str]:
    """The desks that a round held so names."""
    return makers([one.document for one in held(steps)[1]])


def unchecked(raw: bytes) -> Document:
    """Read a document whoever signed it, as an outsider may."""
    record = b"vnd.phieukin.record" in raw
    return read_record(raw)[1] if record else read_list_decision(raw)[1]


def dossier(steps: Round, key: SigningKey) -> bytes:
    """The dossier of a round held by hand, its manifest signed with `key`."""
    ledger, files, raws = held(steps)
    minutes = {
        f"step-{one.document.conference.papers[0].step}/minutes.pdf": render_minutes(canonical(one.document))
        for one in files
        if isinstance(one.document, Record)
    }
    paperwork = Paperwork(review=datetime.date(2022, 4, 12), to="Ban Tổ chức", signer="Chánh Văn phòng")
    return write_dossier([PLAN], ledger, files, raws, paperwork, key, "phieukin 0", minutes)


Check = Callable[[bytes], Report]


def resigned(raw: bytes, key: SigningKey, changes: dict[str, bytes]) -> bytes:
    """The same files, some of them changed, under another signature."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name != "manifest.json"}
    return write_bundle("dossier", files | changes, key, "phieukin 0")


def test_the_desk_of_the_last_hand_count_makes_the_dossier_of_its_round_and_nobody_else(check: Check) -> None:
    raw = dossier(honest(), DESK)
    report = check(raw)
    assert (report.verdict, failures(report), report.reached) == (Verdict.SOUND, {}, "step 5")
    assert report.signed_by == keyid(public_text(DESK))
    for stranger in (OUTSIDE_DESK, CHAIR_KEY):
        found = failures(check(resigned(raw, stranger, {SUBMISSION: b"other letters"})))
        assert list(found) == ["bundle_signature"]
        assert "not signed by a desk key" in found["bundle_signature"]


@pytest.mark.parametrize(
    ("hands", "check_failed", "why"),
    [
        (OUTSIDE, "bundle_signature", NO_MAKER),
        (
            replace(OUTSIDE, people=(OUTSIDER, msgspec.structs.replace(CHAIR, must_sign=False))),
            "bundle_signature",
            NO_MAKER,
        ),
        (replace(OUTSIDE, people=(OUTSIDER, CHAIR)), "signatures", "awaiting signature of Bạc Cầm Chánh"),
    ],
    ids=["by strangers", "naming the chair, who need not sign", "naming the chair, who did not sign"],
)
def test_a_last_hand_count_by_an_outsider_brings_no_desk_of_theirs(
    hands: Hands, check_failed: str, why: str, check: Check
) -> None:
    report = check(dossier(honest() | {LAST: hands}, OUTSIDE_DESK))
    assert report.verdict in (Verdict.NOT_SOUND, Verdict.INCOMPLETE)
    assert check_failed in failures(report)
    assert set(failures(report)) <= {check_failed, "hand_count"}
    assert why in failures(report)[check_failed]


def on_paper(step: int) -> Round:
    """An honest round in which one step's people sign in ink alone."""
    ink = msgspec.structs.replace(CHAIR, key=ON_PAPER)
    return honest() | {step: Hands((ink,), ())}


NOBODY: dict[str, Round] = {
    "an outsider holds every ballot": honest() | dict.fromkeys((3, 4, 5), OUTSIDE),
    "an outsider holds the first ballot": honest() | {3: OUTSIDE},
    "one hand count is signed in ink alone": on_paper(4),
    "no hand count names a desk": {step: replace(one, desk=ON_PAPER) for step, one in honest().items()},
    "no hand count has a desk": {step: replace(one, desk="") for step, one in honest().items()},
    "each step has people of its own": {
        step: Hands((person("Chánh", key),), (key,)) for step in honest() for key in (new_signing_key(),)
    },
}


@pytest.mark.parametrize("steps", NOBODY.values(), ids=NOBODY.keys())
def test_nobody_is_named_where_no_person_signs_every_document_by_key(steps: Round) -> None:
    assert makers_of(steps) == set()


def test_list_decisions_in_ink_take_nothing_from_those_who_sign_every_hand_count() -> None:
    assert makers_of(on_paper(1) | {2: on_paper(2)[2]}) == {public_text(DESK)}


def test_the_desk_of_an_earlier_hand_count_is_named_where_the_last_has_none() -> None:
    steps = honest()
    assert makers_of(steps | {LAST: replace(steps[LAST], desk=ON_PAPER)}) == {steps[4].desk}


def test_one_step_counted_by_machine_names_its_desk_and_hand_counts_after_it_do_not() -> None:
    live = [one.document for one in held(honest())[1]]
    third = next(one for one in live if isinstance(one, Record) and one.conference.papers[0].step == 3)
    mixed = [msgspec.structs.replace(one, form="electronic") if one is third else one for one in live]
    assert makers(mixed) == {third.conference.desk_key}


def test_a_step_held_by_others_than_the_one_before_is_said(check: Check) -> None:
    words = "step 5 is signed by nobody who signed step 4 by key: compare its names with those of the room"
    strangers = f"NEXT-OFFICE: {words}"
    assert strangers in check(dossier(honest() | {LAST: OUTSIDE}, OUTSIDE_DESK)).notes
    both = replace(HONEST, people=(CHAIR, OUTSIDER), keys=(CHAIR_KEY, OUTSIDER_KEY), desk=public_text(DESK))
    for sound in (honest(), honest() | {LAST: both}, on_paper(2) | {LAST: honest()[LAST]}):
        assert not [note for note in check(dossier(sound, DESK)).notes if note.startswith("step ")]
