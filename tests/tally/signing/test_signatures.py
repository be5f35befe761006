import json

import msgspec
import pytest

from keys.files.signing import keyid, new_signing_key, public_text
from tally.errors import CannotSign
from tally.signing.signatures import sign_list_with, sign_record
from tally.signing.signers import KeySigner
from tests.attacks.lab import Lab, counted
from tests.attacks.records import SIGNERS, conference_of, papers
from tests.voting.rounds.office import CHAIR, KEY, office_round
from voting.documents.bundles.signed import read_signed
from voting.documents.bundles.signers import required_signers, signers_of
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.envelope import payload_of, verify_envelope
from voting.documents.errors import NotCanonical
from voting.documents.list_decision import unsigned_list_decision
from voting.documents.record import read_record, unsigned_record
from voting.rounds.decisions import Deciding, list_decision_for


@pytest.fixture(scope="module")
def unsigned(lab: Lab) -> bytes:
    honest = papers(lab, counted(lab))
    honest.signers = ()
    return honest.sign()


def keyids(raw: bytes) -> list[str]:
    return [one.keyid for one in read_record(raw)[0].signatures]


def test_those_of_setup_sign_in_any_order_and_the_bytes_are_the_same(lab: Lab, unsigned: bytes) -> None:
    one = sign_record(unsigned, [lab.signing[name] for name in SIGNERS])
    other = unsigned
    for name in reversed(SIGNERS):
        other = sign_record(other, [lab.signing[name]])
    assert sorted(keyids(one)) == keyids(one) == keyids(other)
    envelope, record = read_record(one)
    valid = verify_envelope(envelope, [person.key for person in signers_of(record.conference)])
    assert sorted(valid) == keyids(one)


def test_signing_changes_nothing_of_what_is_signed(lab: Lab, unsigned: bytes) -> None:
    signed = sign_record(unsigned, [lab.signing["chair"]])
    assert payload_of(read_record(signed)[0], "record") == payload_of(read_record(unsigned)[0], "record")


def test_signing_twice_leaves_one_signature(lab: Lab, unsigned: bytes) -> None:
    twice = sign_record(sign_record(unsigned, [lab.signing["1"]]), [lab.signing["1"]])
    assert keyids(twice) == [keyid(public_text(lab.signing["1"]))]


@pytest.mark.parametrize("who", ["stranger", "head", "desk", "receipt"])
def test_a_key_that_setup_does_not_name_for_the_record_signs_nothing(lab: Lab, unsigned: bytes, who: str) -> None:
    key = new_signing_key() if who == "stranger" else lab.signing[who]
    with pytest.raises(CannotSign, match="not one that Setup names"):
        sign_record(unsigned, [key])


def test_on_paper_asks_for_no_electronic_signature(lab: Lab) -> None:
    conference = conference_of(lab)
    chair = msgspec.structs.replace(conference.chair, key=ON_PAPER)
    changed = msgspec.structs.replace(conference, chair=chair)
    names = [one.name for one in [*changed.tellers, changed.secretary]]
    assert [one.name for one in required_signers(changed)] == names
    assert len(required_signers(conference)) == 5


def test_a_record_with_an_unknown_field_is_not_read(unsigned: bytes) -> None:
    record = json.loads(payload_of(read_record(unsigned)[0], "record"))
    with pytest.raises(NotCanonical):
        read_record(unsigned_record(json.dumps(record | {"more": 1}).encode()))


def test_a_list_decision_is_signed_by_those_whom_it_names_alone() -> None:
    plan = office_round("NEXT-DEPT")
    deciding = Deciding(place="Phòng họp", date="2022-04-01", adopted_by="Tập thể lãnh đạo", signers=(CHAIR,))
    raw = unsigned_list_decision(list_decision_for(plan, 1, deciding))
    assert read_signed(sign_list_with(raw, [KeySigner(KEY)])).step == 1
    twice = sign_list_with(sign_list_with(raw, [KeySigner(KEY)]), [KeySigner(KEY)])
    assert len(json.loads(twice)["signatures"]) == 1
    with pytest.raises(CannotSign, match="not one that the list decision names"):
        sign_list_with(raw, [KeySigner(new_signing_key())])
