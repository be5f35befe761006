"""Equal votes on the last place: the head decides in a document of its own, chained to the record, and nobody else."""

from pathlib import Path

import msgspec
import pytest

from keys.files.signing import SigningKey
from tally.audit import Report, Verdict
from tally.cli.verify import check_file
from tests.attacks.lab import Draft, Lab, build_lab, counted, failed
from tests.attacks.records import papers
from tests.sittings import only
from voting.documents.bundles.head_decision import HeadDecision, TiedName, head_decision, unsigned_head_decision
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER, Rule, Selection
from voting.documents.envelope import add_signatures, sign_envelope, write_envelope
from voting.documents.record import HEAD_DECISION_TYPE, Record, read_record

TIED = ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [1, 0]])
LAST_PLACE = {"rule": Rule(">=", 1, 4, "present"), "selection": Selection("top", 1), "tie_scope": "head_cutline"}


@pytest.fixture(scope="module")
def tied() -> Lab:
    """Two names with two agree votes each, and one place."""
    return build_lab(TIED, **LAST_PLACE)


@pytest.fixture(scope="module")
def draft(tied: Lab) -> Draft:
    return counted(tied)


@pytest.fixture(scope="module")
def signed(tied: Lab, draft: Draft) -> bytes:
    return papers(tied, draft).sign()


@pytest.fixture(scope="module")
def on_paper() -> Lab:
    """The same, with a head who signs on paper."""
    return build_lab(TIED, publics={"head": ON_PAPER}, **LAST_PLACE)


def verified(draft: Draft, record: bytes | None, folder: Path, *heads: bytes) -> Report:
    """Verify the archive with a record and decisions of the head."""
    archive = folder / "box.bel"
    archive.write_bytes(draft.raw())
    given = () if record is None else (folder / "record.json",)
    if record is not None:
        given[0].write_bytes(record)
    paths = []
    for number, raw in enumerate(heads):
        paths.append(folder / f"head-{number}.json")
        paths[-1].write_bytes(raw)
    return check_file(archive, given, heads=tuple(paths))


def decision(record: bytes, /, **changes: object) -> HeadDecision:
    """The decision for the second of the tied group, or another one."""
    of: Record = read_record(record)[1]
    tie = only(of).verdict.tie
    assert tie is not None
    plain = head_decision(of, 1, tie.candidates[1:], "Có kinh nghiệm", "2022-04-10")
    return msgspec.structs.replace(plain, **changes)


def by(said: HeadDecision, *keys: SigningKey) -> bytes:
    """Sign a decision, whatever it says."""
    envelope = sign_envelope(canonical(said), HEAD_DECISION_TYPE, keys[0])
    for key in keys[1:]:
        envelope = add_signatures(envelope, sign_envelope(canonical(said), HEAD_DECISION_TYPE, key).signatures)
    return write_envelope(envelope)


def test_a_tie_that_waits_for_the_head_is_no_lack_and_said(draft: Draft, signed: bytes, tmp_path: Path) -> None:
    report = verified(draft, signed, tmp_path)
    assert (report.verdict, failed(report)) == (Verdict.SOUND, {})
    assert "awaiting the decision of Chánh Văn phòng head" in " ".join(report.notes)


def test_the_heads_own_decision_passes(tied: Lab, draft: Draft, signed: bytes, tmp_path: Path) -> None:
    report = verified(draft, signed, tmp_path, by(decision(signed), tied.signing["head"]))
    assert (report.verdict, failed(report)) == (Verdict.SOUND, {})
    assert not any("awaiting" in note for note in report.notes)


def test_beside_an_archive_that_cannot_be_read_no_decision_is_judged(tied: Lab, signed: bytes, tmp_path: Path) -> None:
    archive, record, head = (tmp_path / name for name in ("box.bel", "record.json", "head.json"))
    archive.write_bytes(b"no archive")
    record.write_bytes(signed)
    head.write_bytes(by(decision(signed), tied.signing["head"]))
    report = check_file(archive, (record,), heads=(head,))
    assert report.verdict is Verdict.UNREADABLE
    assert "head_decision" not in {one.check for one in report.checks}


FORGERIES: dict[str, tuple[dict[str, object], str]] = {
    "of another record": ({"record": "0" * 64}, "of another record"),
    "of another paper": ({"paper": 2}, "paper 1 to 1 expected, 2 found"),
    "of another election": ({"uuid": "Another1111111"}, "the election"),
    "of another format": ({"format": 2}, "format 1 expected"),
    "nobody chosen": ({"chosen": ()}, "chosen must name 1 of the tied group, found 0"),
    "too many chosen": ({"chosen": ("c1", "c2")}, "chosen must name 1 of the tied group, found 2"),
    "outside the tied group": ({"chosen": ("c9",)}, "'c9' not in the tied group"),
    "dated before the count": ({"on": "2022-04-09"}, "before the count of 2022-04-10"),
    "of no day": ({"on": "2022-02-30"}, "on must be a date"),
    "of a day in another spelling": ({"on": "20220410"}, "on must be a date"),
    "another group": ({"tied": (TiedName("c1", "X"),)}, "the tied group and its places are not those of the record"),
    "more places": ({"places": 2}, "the tied group and its places are not those of the record"),
    "any number of them": ({"up_to": True}, "the tied group and its places are not those of the record"),
    "by somebody else": ({"by": "Ai đó"}, "the head that Setup names is"),
    "without a reason": ({"reason": " "}, "a reason expected"),
    "a reason that prints as nothing": ({"reason": "x\u200b"}, "the reason is"),
}


@pytest.mark.parametrize(("changes", "words"), FORGERIES.values(), ids=FORGERIES)
def test_a_decision_that_does_not_fit_its_record_is_named(
    tied: Lab, draft: Draft, signed: bytes, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    report = verified(draft, signed, tmp_path, by(decision(signed, **changes), tied.signing["head"]))
    assert report.verdict is Verdict.NOT_SOUND
    assert words in failed(report)["head_decision"] and set(failed(report)) == {"head_decision"}


@pytest.mark.parametrize("keys", [("chair",), ("head", "chair"), ("1",)])
def test_a_decision_by_another_key_than_the_heads_alone_is_named(
    tied: Lab, draft: Draft, signed: bytes, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    report = verified(draft, signed, tmp_path, by(decision(signed), *(tied.signing[one] for one in keys)))
    assert "not signed by Chánh Văn phòng head alone" in failed(report)["head_decision"]


def test_a_decision_that_nobody_signed_is_named(draft: Draft, signed: bytes, tmp_path: Path) -> None:
    report = verified(draft, signed, tmp_path, unsigned_head_decision(decision(signed)))
    assert report.verdict is Verdict.NOT_SOUND and "not signed by" in failed(report)["head_decision"]


def test_two_decisions_on_one_paper_are_not_sound(tied: Lab, draft: Draft, signed: bytes, tmp_path: Path) -> None:
    one, other = decision(signed), decision(signed, chosen=("c1",))
    if one.chosen == other.chosen:
        other = decision(signed, chosen=("c2",))
    key = tied.signing["head"]
    report = verified(draft, signed, tmp_path, by(one, key), by(other, key))
    assert report.verdict is Verdict.NOT_SOUND
    assert "a second decision on paper 1" in failed(report)["head_decision"]
    assert verified(draft, signed, tmp_path, by(one, key), by(one, key)).verdict is Verdict.SOUND


def test_a_decision_without_its_record_is_not_sound(tied: Lab, draft: Draft, signed: bytes, tmp_path: Path) -> None:
    report = verified(draft, None, tmp_path, by(decision(signed), tied.signing["head"]))
    assert report.verdict is Verdict.NOT_SOUND and "of another record" in failed(report)["head_decision"]


def test_a_decision_altered_after_signing_is_named(tied: Lab, draft: Draft, signed: bytes, tmp_path: Path) -> None:
    real = by(decision(signed), tied.signing["head"])
    signatures = msgspec.json.decode(real)["signatures"]
    other = msgspec.json.decode(unsigned_head_decision(decision(signed, reason="Lý do khác")))
    raw = msgspec.json.encode(other | {"signatures": signatures}, order="sorted")
    report = verified(draft, signed, tmp_path, raw)
    assert "not signed by" in failed(report)["head_decision"]


def test_a_decision_with_an_unknown_field_is_not_read(tied: Lab, draft: Draft, signed: bytes, tmp_path: Path) -> None:
    tree = msgspec.to_builtins(decision(signed)) | {"more": 1}
    raw = write_envelope(sign_envelope(canonical(tree), HEAD_DECISION_TYPE, tied.signing["head"]))
    assert set(failed(verified(draft, signed, tmp_path, raw))) == {"head_decision"}


VOUCHERS: list[tuple[tuple[str, ...], Verdict]] = [
    (("secretary", "chair"), Verdict.SOUND),
    (("chair",), Verdict.INCOMPLETE),
    (("secretary", "chair", "1"), Verdict.NOT_SOUND),
    (("1",), Verdict.NOT_SOUND),
]


@pytest.mark.parametrize(("keys", "verdict"), VOUCHERS)
def test_secretary_and_chair_vouch_for_a_decision_on_paper(
    on_paper: Lab, tmp_path: Path, keys: tuple[str, ...], verdict: Verdict
) -> None:
    draft = counted(on_paper)
    record = papers(on_paper, draft).sign()
    report = verified(draft, record, tmp_path, by(decision(record), *(on_paper.signing[one] for one in keys)))
    assert report.verdict is verdict


def test_a_decision_inside_the_case_of_a_record_is_refused(
    tied: Lab, draft: Draft, signed: bytes, tmp_path: Path
) -> None:
    envelope, document = read_record(signed)
    tree = msgspec.to_builtins(document)
    tree["papers"][0]["case"]["head_decision"] = {"chosen": ["c2"], "by": "head", "reason": "x", "on": "2022-04-10"}
    inside = sign_envelope(canonical(tree), envelope.payloadType, tied.signing["chair"])
    report = verified(draft, write_envelope(inside), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert "the case of a record never holds a head's decision" in failed(report)["record"]
