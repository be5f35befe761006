"""What lies where in a dossier follows from its ledger and documents; nothing else has a place in it."""

from functools import cache

from tests.voting.rounds.office import held, office_round
from voting.documents.bundles.dossier import BRIEFING, LEDGER, SUBMISSION, SUMMARIES, misplaced, name_of
from voting.documents.bundles.ledger import Annulment, Ledger, Sitting
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record

WHY = Annulment("integrity", "Sự cố", "Chánh Văn phòng", "2022-04-05")


@cache
def round_held() -> tuple[Ledger, dict[str, Record | ListDecision]]:
    ledger, files, _ = held(office_round("NEXT-OFFICE"))
    return ledger, {one.sha256: one.document for one in files}


def right_names() -> set[str]:
    """The names of a dossier of a round that was counted by hand."""
    ledger, documents = round_held()
    named = {name_of(sitting, documents[one]) for sitting in ledger.sittings for one in sitting.documents}
    minutes = {name.replace("record", "minutes").replace(".json", ".pdf") for name in named if "record" in name}
    return {LEDGER, SUBMISSION, BRIEFING, *SUMMARIES[2:], *named, *minutes}


def test_the_right_files_are_in_their_places() -> None:
    assert list(misplaced(right_names(), *round_held(), {})) == []


def test_each_missing_file_and_each_other_one_is_named() -> None:
    for name in right_names():
        assert f"{name}: missing" in misplaced(right_names() - {name}, *round_held(), {})
    for name in ("step-3/record-2.json", "step-9/record.json", "note.txt", "bieu-ra-soat.txt"):
        assert f"{name}: has no place in this dossier" in misplaced(right_names() | {name}, *round_held(), {})


def test_an_annulled_sitting_has_a_folder_of_its_attempt() -> None:
    _, documents = round_held()
    record = next(one for one in documents.values() if isinstance(one, Record))
    assert name_of(Sitting(3, 2, "u", "annulled", (), WHY), record) == "step-3-annulled-2/record.json"
    assert name_of(Sitting(3, 2, "u", "signed"), record) == "step-3/record.json"
