"""Signed documents of a round: none counts before all have signed; what is not on file is named once, and no crash."""

import functools

import msgspec
import pytest

from tally.signing.signatures import sign_record
from tests.tally.records import EVERYONE, envelope, sample_paper, sample_record, team
from tests.voting.documents.bundles.test_dossier import right_names, round_held
from tests.voting.documents.test_refusals import DECISION, SIGNER, changed, listed
from voting.documents.bundles.dossier import misplaced
from voting.documents.bundles.ledger import Ledger, Sitting, ledger_problems
from voting.documents.bundles.signed import read_signed
from voting.documents.bundles.signers import awaited, signed_by
from voting.documents.bundles.step_chain import chain_problems
from voting.documents.canonical import canonical
from voting.documents.envelope import EnvelopeSignature, make_envelope, parse_envelope, write_envelope
from voting.documents.errors import NotCanonical, UnsignedDocument
from voting.documents.list_decision import ListDecision, read_list_decision, sign_list_decision, unsigned_list_decision
from voting.documents.record import LIST_DECISION_TYPE, RECORD_TYPE, Record
from voting.documents.tellers import BoxKeys, Clash, TellerKeys, Tellers, read_tellers

PEOPLE = team(*EVERYONE)


@functools.cache
def record() -> Record:
    return sample_record(2, people=PEOPLE)


def test_a_record_counts_once_all_whom_its_setup_names_have_signed() -> None:
    raw = envelope(record())
    keys = [PEOPLE.keys[name] for name in EVERYONE]
    with pytest.raises(UnsignedDocument, match=f"awaiting signature of {record().conference.chair.name}"):
        read_signed(sign_record(raw, keys[:-1]))
    assert read_signed(sign_record(raw, keys)) == record()


def test_a_list_decision_is_read_by_the_same_function() -> None:
    raw = unsigned_list_decision(DECISION)
    with pytest.raises(UnsignedDocument, match="awaiting signature of Lê Chủ Trì"):
        read_signed(raw)
    assert read_signed(sign_list_decision(raw, [SIGNER])) == DECISION


def test_a_malformed_signature_is_an_error_of_the_document() -> None:
    signed_record = sign_record(envelope(record()), [PEOPLE.keys["chair"]])
    signed_list = sign_list_decision(unsigned_list_decision(DECISION), [SIGNER])
    for raw, kind in ((signed_record, RECORD_TYPE), (signed_list, LIST_DECISION_TYPE)):
        whole = parse_envelope(raw, kind, "it")
        for more in (whole.signatures[0], EnvelopeSignature("z", "AB==")):
            twice = msgspec.structs.replace(whole, signatures=(*whole.signatures, more))
            with pytest.raises(NotCanonical, match="envelope: "):
                read_signed(write_envelope(twice))


def test_whoever_has_a_key_that_cannot_be_read_has_not_signed() -> None:
    strange = msgspec.structs.replace(DECISION.signers[0], name="Vũ Khóa Hỏng", key="AA==")
    decision = msgspec.structs.replace(DECISION, signers=(*DECISION.signers, strange))
    raw = sign_list_decision(unsigned_list_decision(decision), [SIGNER])
    with pytest.raises(UnsignedDocument, match="awaiting signature of Vũ Khóa Hỏng$"):
        read_signed(raw)
    signed = read_list_decision(raw)[0]
    assert signed_by(signed, decision.signers) == DECISION.signers
    assert awaited(signed, decision) == (strange.name,)


def test_a_false_signature_is_awaited() -> None:
    raw = sign_list_decision(unsigned_list_decision(DECISION), [SIGNER])
    other = msgspec.structs.replace(DECISION, name="Một hội nghị khác")
    taken = read_list_decision(raw)[0].signatures
    false = make_envelope(canonical(other), LIST_DECISION_TYPE, taken)
    with pytest.raises(UnsignedDocument):
        read_signed(write_envelope(false))


def test_the_keys_of_the_tellers_have_one_spelling() -> None:
    said = Tellers(2, "HN", 2, "cd" * 32, (TellerKeys("Lò", "key"),), (Clash("Lò", "lý do"),), (BoxKeys("[]", 7),))
    assert read_tellers(canonical(said)) == said
    for raw in (canonical(said) + b"\n", canonical(said).replace(b'"format":2', b'"format":1'), b"{}"):
        with pytest.raises(NotCanonical):
            read_tellers(raw)


# --- what is not on file ---------------------------------------------------------------------------------------------


def lost() -> tuple[Ledger, dict[str, Record | ListDecision]]:
    """A ledger whose last sitting names a document that nobody has."""
    ledger, documents = round_held()
    last = msgspec.structs.replace(ledger.sittings[-1], documents=("ff" * 32,))
    return Ledger((*ledger.sittings[:-1], last)), documents


def test_a_document_that_nobody_has_needs_no_place_and_is_named_by_the_ledger() -> None:
    ledger, documents = lost()
    assert not [line for line in misplaced(right_names(), ledger, documents, {}) if "missing" in line]
    problems = list(ledger_problems(ledger, documents, {}))
    assert len([line for line in problems if "f" * 16 in line]) == 1


def test_a_box_that_was_opened_on_the_tablet_brings_its_files() -> None:
    record = sample_record(1)
    sitting = Sitting(3, 1, record.uuid, "signed", ("aa" * 32,))
    missing = set(misplaced(set(), Ledger((sitting,)), {"aa" * 32: record}, {}))
    for name in (f"{record.uuid}.bel", f"{record.uuid}.facts.json", f"{record.uuid}.count.json"):
        assert f"step-3/{name}: missing" in missing
    sidecar = f"step-3/{record.uuid}.commitments"
    assert f"{sidecar}: missing" not in missing
    assert f"{sidecar}: has no place in this dossier" not in set(
        misplaced({sidecar}, Ledger((sitting,)), {"aa" * 32: record}, {})
    )


# --- the chain of steps ----------------------------------------------------------------------------------------------


def test_names_that_the_next_step_does_not_take_up_are_named() -> None:
    later = changed(step=2, lists=listed())
    dropped = "hands on names that the next step does not take up"
    assert any(dropped in one for one in chain_problems({"a" * 64: DECISION, "b" * 64: later}))
    nobody = changed(lists=listed())
    assert not any(dropped in one for one in chain_problems({"a" * 64: nobody, "b" * 64: later}))


def test_a_paper_without_listed_names_needs_no_document_before() -> None:
    alone = sample_record(paper=sample_paper(0, put_forward=3))
    assert alone.conference.papers[0].step > 1
    lacking = "one document before expected, 0 named"
    assert not any(lacking in one for one in chain_problems({"a" * 64: alone}))
    assert any(lacking in one for one in chain_problems({"a" * 64: sample_record(2)}))
