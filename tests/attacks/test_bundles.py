"""Forged dossiers: whatever is changed, missing, added or exchanged is found, even where the desk itself signs anew.

One round is held with real ballots (`dossier`); forgeries rewrite its bundle, signed by the desk's own key unless said
otherwise. Audits of unchanged archives and minutes are remembered, which nothing here depends on.
"""

import functools
import hashlib
import io
import json
import random
import re
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from keys.files.signing import SigningKey, new_signing_key
from tally.audit import audit
from tally.audit.report import Report, Verdict
from tally.cli.verify import verify_command
from tally.pdf.signatures import check_minutes
from voting.documents.bundles.bundle import write_bundle
from voting.documents.bundles.dossier import makers
from voting.documents.bundles.ledger import Ledger, parse_ledger
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.record import Record, read_record
from voting.rehearsal.office import office_round
from voting.rehearsal.whole_round import HeldRound, dossier_of, hold_round

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("proofs_once")]
PROCEDURE = "NEXT-OFFICE"
PAPERS = re.compile(r"[^/]+\.(?:xlsx|docx|pdf)|.*\.commitments")
"""What only the desk's signature vouches for: summaries and letters, and sidecars, which need no trust."""
Files = dict[str, bytes]


@functools.cache
def held(seed: int) -> HeldRound:
    return hold_round([office_round(PROCEDURE, seed)], seed)


@functools.cache
def dossier() -> bytes:
    return dossier_of(held(1))


def unpacked(raw: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name != "manifest.json"}


def packed(files: Files, key: SigningKey | None = None) -> bytes:
    """Write the files as a bundle, signed by the desk's own key unless another one is given."""
    return write_bundle("dossier", files, key or held(1).key, "phieukin 0")


@pytest.fixture(scope="module", autouse=True)
def remembering() -> Iterator[None]:
    """Audit the same archive, and rebuild the same minutes, once."""
    audits: dict[bytes, Report] = {}

    def remembered(path: Path, **options: Any) -> Report:
        digest = hashlib.sha256(path.read_bytes()).digest()
        if digest not in audits:
            audits[digest] = audit(path, **options)
        return audits[digest]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tally.audit.bundles.boxes.audit", remembered)
        patch.setattr("tally.audit.minutes.check_minutes", functools.cache(check_minutes))
        yield


def failures(report: Report) -> dict[str, str]:
    return {one.check: " | ".join(one.first) for one in report.checks if one.failed}


Check = Callable[[bytes], Report]


def flipped(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


def test_the_dossier_of_an_honest_round_is_sound(check: Check) -> None:
    report = check(dossier())
    assert (report.verdict, failures(report), report.reached) == (Verdict.SOUND, {}, "step 5")
    assert packed(unpacked(dossier())) != dossier()  # signatures are random, the rest is equal
    assert check(packed(unpacked(dossier()))).verdict is Verdict.SOUND


def test_every_changed_file_is_found_where_a_stranger_signs(check: Check) -> None:
    stranger = new_signing_key()
    files = unpacked(dossier())
    for name, raw in files.items():
        report = check(packed(files | {name: flipped(raw)}, stranger))
        assert report.verdict is Verdict.NOT_SOUND, name
        assert "not signed by a desk key" in failures(report)["bundle_signature"], name


def in_ink(record: Record) -> Record:
    """The record as if everybody who signs had signed in ink."""
    conference = record.conference
    ink: dict[str, Any] = {
        one: msgspec.structs.replace(getattr(conference, one), key=ON_PAPER) for one in ("chair", "secretary")
    }
    ink["tellers"] = tuple(msgspec.structs.replace(one, key=ON_PAPER) for one in conference.tellers)
    return msgspec.structs.replace(record, conference=msgspec.structs.replace(conference, **ink))


def test_hand_counts_name_no_maker_beside_records_of_a_box() -> None:
    files = unpacked(dossier())
    records = {name: read_record(raw)[1] for name, raw in files.items() if re.search(r"record[^/]*\.json$", name)}
    last = {one.conference.desk_key for name, one in records.items() if name.startswith("step-5/")}
    assert makers(records.values()) == last != set()
    by_hand = {name: msgspec.structs.replace(one, form="paper") for name, one in records.items()}
    assert makers(by_hand.values()) == last  # the chair has signed all of them: see test_hand_counted_rounds
    ink = {name: in_ink(one) if name.startswith("step-4/") else one for name, one in by_hand.items()}
    assert makers(ink.values()) == set()
    before = {name: one for name, one in records.items() if not name.startswith("step-5/")}
    mixed = before | {name: one for name, one in by_hand.items() if name.startswith("step-5/")}
    assert makers(mixed.values()).isdisjoint(last)
    assert makers(mixed.values()) != set()


def test_every_changed_file_that_proves_something_is_found_where_the_desk_itself_signs(check: Check) -> None:
    files = unpacked(dossier())
    for name, raw in files.items():
        report = check(packed(files | {name: flipped(raw)}))
        expected = Verdict.SOUND if PAPERS.fullmatch(name) else Verdict.NOT_SOUND
        assert report.verdict is expected, (name, failures(report))


def test_every_missing_file_is_found_and_named_where_the_desk_itself_signs(check: Check) -> None:
    files = unpacked(dossier())
    for name in files:
        if name.endswith(".commitments"):
            continue
        report = check(packed({one: raw for one, raw in files.items() if one != name}))
        assert report.verdict is Verdict.NOT_SOUND, name
        folder, _, own = name.rpartition("/")
        named = " ".join(failures(report).values())
        assert own in named or folder in named or "in no sitting" in named or "is not on file" in named, (name, named)


ADDED = ("note.txt", "step-3/note.txt", "step-3/record-3.json", "step-3/minutes-9.pdf", "step-9/record.json",
         "step-3/x.bel", "quyet-dinh.pdf", "step-1/record.json")  # fmt: skip


@pytest.mark.parametrize("name", ADDED)
def test_every_added_file_is_found_where_the_desk_itself_signs(name: str, check: Check) -> None:
    files = unpacked(dossier())
    like = next((raw for one, raw in files.items() if one.split(".")[-1] == name.split(".")[-1]), b"")
    report = check(packed(files | {name: like}))
    assert report.verdict is Verdict.NOT_SOUND
    assert name in failures(report)["places"]


def test_files_exchanged_between_steps_are_found(check: Check) -> None:
    files = unpacked(dossier())
    for own in ("record.json", "minutes.pdf", ".bel", ".facts.json", ".count.json"):
        third, fourth = ([n for n in files if n.startswith(step) and n.endswith(own)] for step in ("step-3", "step-4"))
        first, second = third[0], fourth[0]
        report = check(packed(files | {first: files[second], second: files[first]}))
        assert report.verdict is Verdict.NOT_SOUND, own


def test_papers_exchanged_within_a_record_are_found(check: Check) -> None:
    def exchange(payload: dict[str, Any]) -> None:
        first, second, *_ = payload["papers"]
        for name in ("case", "verdict", "ballots", "notes"):
            first[name], second[name] = second[name], first[name]

    name = "step-3/record.json"
    found = failures(check(packed(with_document(name, edited(unpacked(dossier())[name], exchange)))))
    assert "paper 1: case, verdict" in found["record"] and "does not verify" in found["signatures"]
    assert "the names of the case are not those of the paper" in found["agreement"]


# Documents


def edited(raw: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """Change the payload of a signed file; its signatures stay."""
    envelope = json.loads(raw)
    payload = json.loads(b64decode(envelope["payload"]))
    edit(payload)
    return canonical(envelope | {"payload": b64encode(canonical(payload)).decode()})


def with_document(name: str, raw: bytes) -> Files:
    """Put another document in the place of one, in the ledger too."""
    files = unpacked(dossier())
    before = hashlib.sha256(files[name]).hexdigest()
    ledger = files["ledger.json"].replace(before.encode(), hashlib.sha256(raw).hexdigest().encode())
    return files | {name: raw, "ledger.json": ledger}


def more(payload: dict[str, Any]) -> None:
    names = payload["lists"][0]["names"]
    names.append({**names[0], "id": "new", "name": "Người Mới Thêm"})


def test_a_list_with_one_more_name_is_found(check: Check) -> None:
    name = "step-2/list-decision.json"
    found = failures(check(packed(with_document(name, edited(unpacked(dossier())[name], more)))))
    assert "awaiting signature of" in found["list_decisions"]
    assert "is not on file or was annulled" in found["chain"]


def test_a_record_with_other_votes_is_found(check: Check) -> None:
    def one_more(payload: dict[str, Any]) -> None:
        payload["papers"][0]["case"]["candidates"][0]["agree"] += 1

    name = "step-4/record.json"
    found = failures(check(packed(with_document(name, edited(unpacked(dossier())[name], one_more)))))
    assert "paper 1: case" in found["record"]
    assert "does not verify" in found["signatures"]
    assert "step-4/minutes.pdf" in found["minutes"]


def test_a_record_whose_signature_is_taken_off_is_found(check: Check) -> None:
    name = "step-5/record.json"
    envelope = json.loads(unpacked(dossier())[name])
    envelope["signatures"].pop()
    found = failures(check(packed(with_document(name, canonical(envelope)))))
    assert "awaiting signature of" in found["signatures"]


# The head's decision on the tie of the last step

HEAD = "step-5/head-decision-1.json"


def test_a_decision_altered_after_signing_is_found(check: Check) -> None:
    def otherwise(payload: dict[str, Any]) -> None:
        other = next(one["id"] for one in payload["tied"] if one["id"] not in payload["chosen"])
        payload["chosen"] = sorted([other, *payload["chosen"][1:]], key=[one["id"] for one in payload["tied"]].index)

    found = failures(check(packed(with_document(HEAD, edited(unpacked(dossier())[HEAD], otherwise)))))
    assert "not signed by" in found["head_decision"] and "head-decision-1.pdf" in found["head_decision"]


def test_a_second_decision_on_a_paper_is_found(check: Check) -> None:
    def sooner(payload: dict[str, Any]) -> None:
        payload["reason"] = "Lý do khác"

    files = unpacked(dossier())
    second = edited(files[HEAD], sooner)
    report = check(packed(files | {"step-5/head-decision-2.json": second, "step-5/head-decision-2.pdf": b"%PDF-"}))
    found = failures(report)
    assert "a second decision on paper 1" in found["head_decision"]
    assert "two decisions of the head on paper 1" in found["chain"]
    assert "is on file and in no sitting" in found["ledger"]


def test_a_decision_under_the_name_of_another_paper_is_found(check: Check) -> None:
    files = unpacked(dossier())
    for kind in ("json", "pdf"):
        files[f"step-5/head-decision-2.{kind}"] = files.pop(f"step-5/head-decision-1.{kind}")
    found = failures(check(packed(files)))
    assert "holds the decision on paper 1" in found["head_decision"] and HEAD in found["places"]


def test_a_decision_of_another_round_is_found(check: Check) -> None:
    found = failures(check(packed(with_document(HEAD, unpacked(dossier_of(held(2)))[HEAD]))))
    assert "of another record" in found["head_decision"]
    assert "is of no record of the sitting" in found["ledger"]


def test_a_dossier_whose_last_tie_is_open_is_sound_and_says_so(check: Check) -> None:
    files = {name: raw for name, raw in unpacked(dossier()).items() if "head-decision" not in name}
    assert "is not on file" in failures(check(packed(files)))["ledger"]
    cut = in_ledger(files, lambda ledger: Ledger(
        tuple(msgspec.structs.replace(one, decisions=()) for one in ledger.sittings)))  # fmt: skip
    report = check(packed(cut))
    assert (report.verdict, failures(report)) == (Verdict.SOUND, {})
    assert any("awaiting the decision of" in note for note in report.notes)


# The round


def in_ledger(files: Files, change: Callable[[Ledger], Ledger]) -> Files:
    return files | {"ledger.json": canonical(change(parse_ledger(files["ledger.json"])))}


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_step_left_out_is_found_even_where_the_ledger_is_made_to_fit(step: int, check: Check) -> None:
    files = {name: raw for name, raw in unpacked(dossier()).items() if not name.startswith(f"step-{step}/")}
    left = in_ledger(files, lambda ledger: Ledger(tuple(one for one in ledger.sittings if one.number != step)))
    message = "no final ballot" if step == 5 else f"no document of step {step}"
    assert message in failures(check(packed(left)))["chain"]


def of_another_round(step: int) -> Files:
    """A whole step of another round of the same procedure, in the ledger too, put in the place of ours."""
    other = unpacked(dossier_of(held(2)))
    sitting = next(one for one in parse_ledger(other["ledger.json"]).sittings if one.number == step)
    files = {name: raw for name, raw in unpacked(dossier()).items() if not name.startswith(f"step-{step}/")}
    files |= {name: raw for name, raw in other.items() if name.startswith(f"step-{step}/")}
    return in_ledger(
        files, lambda ledger: Ledger(tuple(sitting if one.number == step else one for one in ledger.sittings))
    )


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_step_of_another_round_is_found(step: int, check: Check) -> None:
    report = check(packed(of_another_round(step)))
    assert "is not on file or was annulled" in failures(report)["chain"]


def test_a_record_of_another_round_beside_ours_is_found(check: Check) -> None:
    foreign = unpacked(dossier_of(held(2)))["step-3/record.json"]
    files = unpacked(dossier())
    found = failures(check(packed(files | {"step-3/record-3.json": foreign})))
    assert "in no sitting" in found["ledger"]
    assert "step 3: one record expected, 2 found" in found["chain"]


def test_a_record_called_annulled_feeds_nothing(check: Check) -> None:
    def annulled(ledger: Ledger) -> Ledger:
        third = msgspec.structs.replace(ledger.sittings[2], state="annulled")
        return Ledger((*ledger.sittings[:2], third, *ledger.sittings[3:]))

    found = failures(check(packed(in_ledger(unpacked(dossier()), annulled))))
    assert "an annulment and its reason go together" in found["ledger"]
    assert "no document of step 3" in found["chain"]


# The file


def manifest(raw: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        found: dict[str, Any] = json.loads(packed.read("manifest.json"))
        return found


def test_a_bundle_signed_twice_is_found(check: Check) -> None:
    envelope = manifest(dossier())
    envelope["signatures"] += manifest(packed(unpacked(dossier()), new_signing_key()))["signatures"]
    assert len(envelope["signatures"]) == 2
    assert check(rezipped(dossier(), {"manifest.json": canonical(envelope)})).verdict is Verdict.NOT_SOUND


def rezipped(raw: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The bundle as another ZIP program writes it, with files changed, added, or taken out (None)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        for name, part in (parts | changes).items():
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


REZIPPED: dict[str, tuple[dict[str, bytes | None], str]] = {
    "changed": ({"step-3/record.json": b"{}"}, "step-3/record.json: changed"),
    "missing": ({"step-3/minutes.pdf": None}, "step-3/minutes.pdf: missing"),
    "added": ({"step-3/more.txt": b"x"}, "step-3/more.txt: not in the manifest"),
    "without a manifest": ({"manifest.json": None}, "manifest.json: missing"),
    "without a readable manifest": ({"manifest.json": b"{"}, "manifest.json: cannot be read"),
    "the same files": ({}, ""),
}


@pytest.mark.parametrize(("changes", "message"), REZIPPED.values(), ids=REZIPPED.keys())
def test_a_bundle_packed_by_another_program_is_not_sound_and_the_file_is_named(
    changes: dict[str, bytes | None], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(rezipped(dossier(), changes))
    done = CliRunner().invoke(verify_command, [str(path)])
    assert done.exit_code == 1
    assert "FAILED  bundle: 1 of 1" in done.output
    assert message in done.output


def test_no_damage_anywhere_passes(check: Check) -> None:
    source = random.Random("damage")
    raw = dossier()
    for _ in range(30):
        at = source.randrange(len(raw))
        damaged = raw[:at] + bytes([raw[at] ^ (1 << source.randrange(8))]) + raw[at + 1 :]
        assert check(damaged).verdict in (Verdict.NOT_SOUND, Verdict.UNREADABLE), at
    for at in (0, 3, 4, 100, len(raw) // 2, len(raw) - 1):
        assert check(raw[:at]).verdict in (Verdict.NOT_SOUND, Verdict.UNREADABLE), at
    assert check(raw + b"\0").verdict is not Verdict.SOUND
    assert check(b"\0" + raw).verdict is not Verdict.SOUND


def test_the_command_answers_0_1_and_2_with_the_shape_of_the_contract(tmp_path: Path) -> None:
    path, record = tmp_path / "x.zip", tmp_path / "record.json"
    files = unpacked(dossier())
    record.write_bytes(files["step-3/record.json"])
    cases: list[tuple[bytes, list[str], int]] = [
        (dossier(), [], 0), (packed(files, new_signing_key()), [], 1), (dossier(), ["--record", str(record)], 2),
        (b"PK\x03\x04 and no more", [], 2),
    ]  # fmt: skip
    for raw, options, code in cases:
        path.write_bytes(raw)
        done = CliRunner().invoke(verify_command, [str(path), "--json", *options])
        assert done.exit_code == code, done.output
        plain = json.loads(done.output)
        assert {"verdict", "reached", "checks"} <= set(plain)
        assert all(set(one) == {"check", "examined", "failed", "first"} for one in plain["checks"])
