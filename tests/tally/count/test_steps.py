"""The count from file to file, and everything that it refuses to open."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest

from keys.ceremony.protocol import rehearse
from keys.errors import InvalidProof, InvalidShare
from keys.files.signing import new_signing_key
from tally.audit import Verdict, audit
from tally.count.record_files import write_record
from tally.count.steps import (
    Opening,
    Words,
    add_sum,
    audited,
    check_opening,
    confirm_setup,
    finish,
    finished_box,
    open_one,
    owner_of,
    setup_of,
    sum_of,
)
from tally.errors import CannotOpen, NotOneOfUs, NotReady
from tally.signing.teller_file import TellerFile, new_teller_file
from tests.attacks.lab import COUNTS, Draft, Lab, build_lab, chain, closed, counted
from tests.attacks.records import conference_of, envelope, room_facts
from voting.documents.archives.outcome import encode_partial_decryption
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.envelope import Envelope, parse_envelope, payload_of, verify_envelope, write_envelope
from voting.documents.errors import InvalidOutcome
from voting.documents.facts import CONFIRMATION_TYPE, FACTS_TYPE, ChairWord, Confirmation, CountFacts
from voting.documents.record import read_record

BEGUN, ENDED = "2022-04-10T09:20:00+07:00", "2022-04-10T09:32:30+07:00"
CHAIR = ChairWord("single_ballot", "Hà Thu", "chỉ có một phiếu")


@cache
def lab_of_one() -> Lab:
    """A conference in which one ballot was cast."""
    return build_lab([[[1, 0], [0, 1]]])


def teller(lab: Lab, owner: int, opened: str = "") -> TellerFile:
    """The contents of a teller's file."""
    made = new_teller_file(f"teller {owner}", lab.tellers[owner - 1], lab.signing[str(owner)])
    return msgspec.structs.replace(made, opened=opened)


def write(folder: Path, draft: Draft, name: str = "box.bel") -> Path:
    path = folder / name
    path.write_bytes(draft.raw())
    return path


def opened(lab: Lab, path: Path, owners: Sequence[int] = (1, 3)) -> list[Opening]:
    box = add_sum(path).end_ballots
    return [open_one(path, teller(lab, owner, box), box, single_ballot=True) for owner in owners]


def finished(lab: Lab, path: Path, owners: Sequence[int] = (1, 3), words: Words = Words()) -> CountFacts:  # noqa: B008
    raw = finish(path, path, opened(lab, path, owners), begun=BEGUN, ended=ENDED, words=words)
    return parse_canonical(raw, CountFacts, what="count facts")


def test_two_of_three_count_the_box_to_its_result(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    count = finished(lab, path)
    report = audit(path)
    assert (report.verdict, report.result) == (Verdict.SOUND, COUNTS)
    assert count.openers == (1, 3)
    assert (count.uuid, count.end_ballots) == (lab.election.uuid, report.end_ballots)
    assert [one.owner for one in count.opening_proofs] == [1, 3]
    assert finished_box(report).ballots == 3


@pytest.mark.parametrize("owners", [(1, 2), (2, 3), (3, 1), (1, 2, 3)])
def test_any_two_or_all_three_get_the_same_result(lab: Lab, tmp_path: Path, owners: tuple[int, ...]) -> None:
    path = write(tmp_path, closed(lab))
    finished(lab, path, owners)
    assert audit(path).result == COUNTS


def test_the_sum_may_be_asked_for_again(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    first = add_sum(path)
    whole = path.read_bytes()
    again = add_sum(path)
    assert (again.reached, again.archive_hash, again.last_event) == (
        first.reached,
        first.archive_hash,
        first.last_event,
    )
    assert path.read_bytes() == whole


# --- Setup ---------------------------------------------------------------------------------------------------------


def setup_only(lab: Lab, folder: Path) -> Path:
    path = folder / "setup.bel"
    path.write_bytes(chain(closed(lab).events()[:1]))
    return path


def test_a_teller_confirms_the_setup_that_holds_their_keys(lab: Lab, tmp_path: Path) -> None:
    path = setup_only(lab, tmp_path)
    envelope = parse_envelope(confirm_setup(path, teller(lab, 2)), CONFIRMATION_TYPE, "confirmation")
    said = parse_canonical(payload_of(envelope, "confirmation"), Confirmation, what="confirmation")
    assert said == Confirmation(1, lab.election.uuid, setup_of(path)[2], 2, 2)
    assert verify_envelope(envelope, [conference_of(lab).tellers[1].key])


def test_a_setup_with_another_signing_key_is_not_confirmed(lab: Lab, tmp_path: Path) -> None:
    stranger = new_teller_file("teller 2", lab.tellers[1], new_signing_key())
    with pytest.raises(NotOneOfUs, match="another signing key for teller 2"):
        confirm_setup(setup_only(lab, tmp_path), stranger)


def test_a_setup_with_foreign_shares_is_not_confirmed(lab: Lab, tmp_path: Path) -> None:
    foreign = new_teller_file("teller 2", rehearse(3, 2)[0][1][1], lab.signing["2"])
    with pytest.raises(InvalidShare, match="not in the tellers' keys of this election"):
        confirm_setup(setup_only(lab, tmp_path), foreign)


def test_a_setup_with_another_threshold_is_not_confirmed(lab: Lab, tmp_path: Path) -> None:
    lowered = new_teller_file("teller 2", replace(lab.tellers[1], threshold=3), lab.signing["2"])
    with pytest.raises(InvalidShare):
        confirm_setup(setup_only(lab, tmp_path), lowered)


def test_an_unsound_setup_is_not_confirmed(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    draft.setup[2] = draft.setup[2].replace(b'","', b'", "', 1)
    path = tmp_path / "setup.bel"
    path.write_bytes(chain(draft.events()[:1]))
    with pytest.raises(NotReady, match="not sound"):
        confirm_setup(path, teller(lab, 2))


def test_a_teller_finds_their_own_number(lab: Lab, tmp_path: Path) -> None:
    election, trustees, _ = setup_of(setup_only(lab, tmp_path))
    assert [owner_of(teller(lab, owner), election, trustees) for owner in (1, 2, 3)] == [1, 2, 3]


# --- what is not opened --------------------------------------------------------------------------------------------


def test_a_box_that_is_not_closed_is_not_summed(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "open.bel"
    path.write_bytes(chain(closed(lab).events()[:-1]))
    with pytest.raises(NotReady, match="it has reached ballots"):
        add_sum(path)


def test_a_cut_box_is_not_summed(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "cut.bel"
    path.write_bytes(closed(lab).raw()[:-700])
    with pytest.raises(NotReady):
        add_sum(path)


def test_a_box_with_a_forged_ballot_is_not_summed(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab, lab.ballots[0], lab.ballots[0]))
    before = path.read_bytes()
    with pytest.raises(NotReady, match="the archive is not sound: ballot_cards"):
        add_sum(path)
    assert path.read_bytes() == before


def test_one_ballot_cut_out_of_the_box_is_another_box_than_the_one_compared(lab: Lab, tmp_path: Path) -> None:
    whole = add_sum(write(tmp_path, closed(lab))).end_ballots
    part = write(tmp_path, closed(lab, lab.ballots[0]), "part.bel")
    add_sum(part)
    with pytest.raises(NotReady, match="the tellers compared the box"):
        open_one(part, teller(lab, 1, whole), whole)


def test_a_share_that_is_not_bound_to_the_box_opens_nothing(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    box = add_sum(path).end_ballots
    with pytest.raises(NotReady, match="the tellers compared the box"):
        open_one(path, teller(lab, 1), box)


def test_an_archive_that_is_further_on_is_not_opened_again(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, counted(lab))
    box = audit(path).end_ballots
    with pytest.raises(NotReady, match="should have reached encrypted_tally; it has reached result"):
        open_one(path, teller(lab, 1, box), box)
    with pytest.raises(NotReady, match="end_ballots or encrypted_tally"):
        add_sum(path)


def test_an_archive_without_its_sum_is_not_opened(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    box = audit(path).end_ballots
    with pytest.raises(NotReady, match="should have reached encrypted_tally"):
        open_one(path, teller(lab, 1, box), box)


# --- what is not joined --------------------------------------------------------------------------------------------


def refused(path: Path, openings: list[Opening], error: type[Exception], words: str) -> None:
    target = path.with_name("finished.bel")
    with pytest.raises(error, match=words):
        finish(path, target, openings, begun=BEGUN, ended=ENDED, words=Words())
    assert not target.exists()


def test_one_teller_less_than_the_threshold_cannot_open(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    for owner in (1, 2, 3):
        refused(path, opened(lab, path, (owner,)), InvalidShare, "of 2")


def test_one_teller_twice_is_not_two(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    refused(path, opened(lab, path, (1, 1)), NotReady, "is duplicated")


def test_an_opening_of_another_box_is_refused(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    other = write(tmp_path, closed(lab, *lab.ballots[:2]), "other.bel")
    [mine], [foreign] = opened(lab, path, (1,)), opened(lab, other, (3,))
    refused(path, [mine, foreign], NotReady, "the opening of teller 3 is of another box")


def test_another_tellers_opening_under_ones_own_number_is_refused(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    first, third = opened(lab, path)
    own = msgspec.structs.replace(first.proof, owner=3)
    with pytest.raises(InvalidOutcome, match="teller 3"):
        check_opening(add_sum(path), msgspec.structs.replace(first, owner=3, proof=own))
    swapped = msgspec.structs.replace(third, proof=msgspec.structs.replace(first.proof, owner=3))
    refused(path, [first, swapped], InvalidProof, "opening proof of teller 3")


def test_a_proof_under_another_tellers_number_is_refused(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    first, third = opened(lab, path)
    renamed = msgspec.structs.replace(third, proof=msgspec.structs.replace(third.proof, owner=2))
    refused(path, [first, renamed], NotReady, "teller 3 holds the proof of another")


def test_a_teller_who_does_not_exist_is_refused(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    first, third = opened(lab, path)
    refused(path, [first, msgspec.structs.replace(third, owner=4)], CannotOpen, "a teller from 1 to 3")


def test_factors_of_another_tally_are_refused_by_name(lab: Lab, tmp_path: Path) -> None:
    path = write(tmp_path, closed(lab))
    first, third = opened(lab, path)
    wrong = lab.open(tuple(row[::-1] for row in add_sum(path).tally), (3,))[0]
    forged = msgspec.structs.replace(third, partial_decryption=encode_partial_decryption(wrong.decryption).decode())
    refused(path, [first, forged], InvalidOutcome, "teller 3")


def test_a_share_does_not_open_a_box_of_one_ballot_before_the_chair_spoke(tmp_path: Path) -> None:
    lab = lab_of_one()
    path = write(tmp_path, closed(lab))
    box = add_sum(path).end_ballots
    with pytest.raises(NotReady, match="a box of a single ballot"):
        open_one(path, teller(lab, 1, box), box)


def test_a_box_that_was_never_closed_is_not_opened(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(chain([one for one in counted(lab).events()[:-3] if one[0] != "EndBallots"]))
    assert audit(path).reached == "encrypted_tally"
    with pytest.raises(NotReady, match="never closed"):
        open_one(path, teller(lab, 1, ""), "")
    with pytest.raises(NotReady, match="never closed"):
        add_sum(path)


def test_a_box_of_one_ballot_needs_the_chairs_word(tmp_path: Path) -> None:
    lab = lab_of_one()
    path = write(tmp_path, closed(lab))
    openings = opened(lab, path)
    refused(path, openings, NotReady, "a box of a single ballot")
    count = parse_canonical(
        finish(path, path, openings, begun=BEGUN, ended=ENDED, words=Words(chair_words=(CHAIR,))),
        CountFacts,
        what="count facts",
    )
    assert count.chair_words == (CHAIR,)
    assert audit(path).result == ((1, 0), (0, 1))


def test_nobody_voted_and_the_box_opens_to_nothing(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    draft.ballots = []
    path = write(tmp_path, draft)
    finished(lab, path)
    assert audit(path).result == ((0, 0), (0, 0))


def test_an_archive_without_its_result_gives_no_record(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="with its result"):
        finished_box(audit(write(tmp_path, closed(lab))))


# --- recounts ------------------------------------------------------------------------------------------------------


def written(lab: Lab, folder: Path) -> tuple[Path, Path, Path]:
    """The finished archive and both facts files."""
    path = write(folder, closed(lab))
    count = folder / "count.json"
    raw = finish(path, path, opened(lab, path), begun=BEGUN, ended=ENDED, words=Words())
    count.write_bytes(raw)
    facts = folder / "facts.json"
    facts.write_bytes(write_envelope(room_of(lab, path)))
    return path, facts, count


def room_of(lab: Lab, path: Path) -> Envelope:
    report = audit(path)
    room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    return envelope(canonical(room), FACTS_TYPE, lab, "desk")


def payload(path: Path) -> bytes:
    return payload_of(read_record(path.read_bytes())[0], "record")


def test_three_recounts_agree_byte_for_byte(lab: Lab, tmp_path: Path) -> None:
    files = written(lab, tmp_path)
    found = []
    for number in (1, 2, 3):
        path, _ = write_record(*files, tmp_path / f"recount {number}")
        found.append((payload(path), path.with_name("minutes.pdf").read_bytes()))
    assert found[0] == found[1] == found[2]


def test_a_record_from_a_changed_archive_is_another_one(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    archive, facts, count = written(lab, tmp_path / "a")
    record, _ = write_record(archive, facts, count, tmp_path / "a")
    changed = write(tmp_path / "b", counted(lab, *lab.ballots[:2]))
    other, _ = write_record(changed, facts, count, tmp_path / "b")
    assert payload(other) != payload(record)


def test_the_sum_of_other_ballots_is_not_the_sum_of_a_box(lab: Lab, tmp_path: Path) -> None:
    archive, summed = tmp_path / "box.bel", tmp_path / "sum.bel"
    archive.write_bytes(closed(lab).raw())
    draft = counted(lab)
    draft.shares, draft.result, draft.sized = [], b"", {"total_weight": 9}
    summed.write_bytes(draft.raw())
    with pytest.raises(NotReady, match=r"sum\.bel holds another sum than that of the box"):
        sum_of(audited(archive, "end_ballots"), archive, summed)
