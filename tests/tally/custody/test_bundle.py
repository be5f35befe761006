"""The custody bundle: whole, signed, and checked by verify; and the destruction of shares, of nothing else."""

import errno
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from click.testing import CliRunner, Result

from keys.errors import DamagedFile
from keys.files import durable
from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import SigningKey, encode_signing_key, keyid, new_signing_key, public_text
from tally.audit import Verdict, audit
from tally.audit.bundles.bundle import check_bundle
from tally.ceremony.recovery_sheet import recovery_sheet
from tally.cli.verify import verify_command
from tally.count.paper import paper_record, read_hand_count
from tally.count.record_files import keep_record, write_record
from tally.count.steps import Words, add_sum, finish, open_one
from tally.custody.bundle import SHEETS, collect, write_custody
from tally.custody.destroy import read_share_file, remove
from tally.custody.find import search
from tally.dialogue import Guide, Language
from tally.errors import CannotSign, NotReady
from tally.minutes import render_minutes, renderer_versions
from tally.pdf.revisions import frames_of
from tally.pdf.signatures import sign_minutes
from tally.result.record import record_payload
from tally.signing.signatures import sign_record
from tally.signing.signers import KeySigner
from tally.signing.teller_file import bind_to_box, new_teller_file, read_teller_file, write_teller_file
from tests.attacks.lab import Lab, closed
from tests.attacks.records import SIGNERS, envelope, room_facts
from tests.sittings import with_result
from tests.tally.count.test_paper import plain as content_of_hand_count
from tests.tally.count.test_paper import write as write_hand_count
from tests.tally.count.test_steps import BEGUN, ENDED, teller
from tests.tally.records import EVERYONE, Team, sample_conference, sample_paper, team
from tests.tally.terminal import PASSPHRASE, run
from voting.documents.bundles.bundle import open_bundle, write_bundle
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.envelope import payload_of, write_envelope
from voting.documents.facts import FACTS_TYPE
from voting.documents.record import read_record, unsigned_record

pytestmark = pytest.mark.slow

WHEN = datetime(2022, 4, 10, 3, 0, tzinfo=UTC)
SHEETS_OF_TEST = (b"how to verify", b"%PDF how to verify")


@pytest.fixture(scope="module")
def counted_folder(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a count, signed by all."""
    folder = tmp_path_factory.mktemp("result")
    path, facts, count = (folder / f"{lab.election.uuid}.{end}" for end in ("bel", "facts.json", "count.json"))
    path.write_bytes(closed(lab).raw())
    box = add_sum(path).end_ballots
    openings = [open_one(path, teller(lab, owner, box), box) for owner in (1, 2)]
    count.write_bytes(finish(path, path, openings, begun=BEGUN, ended=ENDED, words=Words()))
    report = audit(path)
    room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    facts.write_bytes(write_envelope(envelope(canonical(room), FACTS_TYPE, lab, "desk")))
    record, _ = write_record(path, facts, count, folder)
    record.write_bytes(sign_record(record.read_bytes(), [lab.signing[one] for one in SIGNERS]))
    pdf, payload = folder / "minutes.pdf", payload_of(read_record(record.read_bytes())[0], "record")
    for name in SIGNERS:
        field = f"teller-{name}" if name.isdigit() else name
        pdf.write_bytes(sign_minutes(pdf.read_bytes(), payload, field, KeySigner(lab.signing[name]), WHEN))
    return folder


@pytest.fixture
def result(counted_folder: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(counted_folder, tmp_path / "result"))


def bundle(lab: Lab, result: Path, signer: str = "chair") -> bytes:
    return write_custody(collect(result), SHEETS_OF_TEST, KeySigner(lab.signing[signer]), "phieukin 0")


def verify(folder: Path, raw: bytes) -> Verdict:
    path = folder / "custody.zip"
    path.write_bytes(raw)
    return check_bundle(path).verdict


@pytest.mark.parametrize("signer", ["chair", "secretary", "2", "desk"])
def test_everything_is_in_one_bundle_which_verifies(lab: Lab, result: Path, signer: str) -> None:
    raw = bundle(lab, result, signer)
    assert verify(result.parent, raw) is Verdict.SOUND
    names = set(open_bundle(io.BytesIO(raw)).names())
    uuid = lab.election.uuid
    assert names == {f"{uuid}.bel", f"{uuid}.facts.json", f"{uuid}.count.json", "record.json", "minutes.pdf", *SHEETS}


@pytest.mark.parametrize("signer", ["receipt", "head"])
def test_a_bundle_is_signed_by_those_of_the_record_alone(lab: Lab, result: Path, signer: str) -> None:
    with pytest.raises(CannotSign):
        bundle(lab, result, signer)
    with pytest.raises(CannotSign):
        write_custody(collect(result), SHEETS_OF_TEST, KeySigner(new_signing_key()), "phieukin 0")


def fabricated(result: Path, own: SigningKey) -> dict[str, bytes]:
    """A hand count that never was: its desk key is one's own, and everybody signs on paper."""
    _, record = read_record((result / "record.json").read_bytes())
    conference = record.conference
    on_paper = {
        name: msgspec.structs.replace(getattr(conference, name), key=ON_PAPER, must_sign=False)
        for name in ("chair", "secretary", "head")
    }
    tellers = tuple(msgspec.structs.replace(one, key=ON_PAPER, must_sign=False) for one in conference.tellers)
    mine = msgspec.structs.replace(conference, desk_key=public_text(own), tellers=tellers, **on_paper)
    payload = record_payload(
        msgspec.structs.replace(
            record, form="paper", hashes=None, conference=mine, facts_signatures=(), facts=None, fingerprint=""
        )
    )
    return {"z/record.json": unsigned_record(payload), "z/minutes.pdf": b"%PDF"}


def test_a_fabricated_record_cannot_name_the_maker_of_a_genuine_bundle(lab: Lab, result: Path) -> None:
    own, genuine = new_signing_key(), collect(result).files
    path = result.parent / "custody.zip"
    for files in (genuine, {name: raw for name, raw in genuine.items() if name.endswith(".bel")}):
        path.write_bytes(write_bundle("custody", files | fabricated(result, own), own, "phieukin 0"))
        found = {one.check: one.first for one in check_bundle(path).checks if one.failed}
        assert "not signed by a desk key" in found["bundle_signature"][0]


def test_verify_says_whose_signature_a_bundle_bears(lab: Lab, result: Path) -> None:
    path = result.parent / "custody.zip"
    path.write_bytes(bundle(lab, result))
    assert (
        f"signed  by the key {keyid(public_text(lab.signing['chair']))}"
        in CliRunner().invoke(verify_command, [str(path)]).output.splitlines()
    )


def test_sheets_that_the_makers_signature_alone_holds_are_named(lab: Lab, result: Path) -> None:
    path = result.parent / "custody.zip"
    path.write_bytes(bundle(lab, result))
    assert any(note.endswith("; ".join(sorted(SHEETS))) for note in check_bundle(path).notes)


def test_a_changed_byte_in_any_file_is_found(lab: Lab, result: Path) -> None:
    raw = bytearray(bundle(lab, result))
    raw[raw.index(b"%PDF how") + 2] ^= 1
    assert verify(result.parent, bytes(raw)) is Verdict.NOT_SOUND


def other_facts(folder: Path) -> None:
    path = next(folder.glob("*.count.json"))
    path.write_bytes(path.read_bytes().replace(b"09:32", b"09:33"))


def cut_archive(folder: Path) -> None:
    path = next(folder.glob("*.bel"))
    path.write_bytes(path.read_bytes()[:-2048])


def unsigned(folder: Path) -> None:
    path = folder / "record.json"
    content = json.loads(path.read_bytes())
    path.write_bytes(canonical(content | {"signatures": content["signatures"][1:]}))


def last_signature_off(folder: Path) -> None:
    path = folder / "minutes.pdf"
    raw = path.read_bytes()
    path.write_bytes(raw[: frames_of(raw, len(render_minutes(payload_in(folder))))[-2].end])


def payload_in(folder: Path) -> bytes:
    return payload_of(read_record((folder / "record.json").read_bytes())[0], "record")


@pytest.mark.parametrize("kind", ["custody", "dossier"])
def test_verify_says_whose_signature_the_minutes_of_a_bundle_lack(
    lab: Lab, result: Path, kind: Literal["custody", "dossier"]
) -> None:
    files = collect(result).files
    last_signature_off(result)
    files["minutes.pdf"] = (result / "minutes.pdf").read_bytes()
    path = result.parent / "bundle.zip"
    path.write_bytes(write_bundle(kind, files, lab.signing["chair"], "phieukin 0"))
    said = CliRunner().invoke(verify_command, [str(path)])
    assert said.exit_code == 1  # a dossier of one box and no ledger is none, but the note is there as well
    assert "minutes.pdf: awaiting signature of Chủ trì chair" in said.output
    assert ("minutes_signatures" in said.output) is (kind == "custody")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_facts, "not those that the record names"),
        (cut_archive, "sound archive|not those"),
        (unsigned, "awaiting signature of"),
        (last_signature_off, "minutes.pdf: awaiting signature of Chủ trì chair"),
        (lambda folder: (folder / "minutes.pdf").unlink(), "minutes.pdf is missing"),
        (lambda folder: (folder / "record.json").unlink(), "record.json of a finished count"),
        (lambda folder: next(folder.glob("*.facts.json")).unlink(), "facts.json is missing"),
    ],
)
def test_what_is_not_whole_or_not_signed_goes_into_no_bundle(
    result: Path, change: Callable[[Path], None], words: str
) -> None:
    change(result)
    with pytest.raises(NotReady, match=words):
        collect(result)


# --- a hand count --------------------------------------------------------------------------------------------------


def hand_counted(folder: Path, people: Team) -> tuple[Path, Team]:
    """Make a count on paper in a folder: record and minutes, signed by all with their keys."""
    source = write_hand_count(folder, content_of_hand_count(sample_conference(sample_paper(3), people)))
    path, _ = keep_record(paper_record(read_hand_count(source), renderer_versions()), folder)
    path.write_bytes(sign_record(path.read_bytes(), list(people.keys.values())))
    pdf = folder / "minutes.pdf"
    for name in EVERYONE:
        pdf.write_bytes(sign_minutes(pdf.read_bytes(), payload_in(folder), name, KeySigner(people.keys[name]), WHEN))
    return folder, people


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Team]:
    """A count on paper: record and minutes, signed by all with their keys."""
    return hand_counted(tmp_path_factory.mktemp("paper"), team(*EVERYONE))


def bundle_by_hand(folder: Path, people: Team, **changed: bytes) -> Result:
    files = collect(folder).files | {name.replace("_", "."): raw for name, raw in changed.items()}
    path = folder.parent / "by-hand.zip"
    path.write_bytes(write_bundle("custody", files, people.keys["chair"], "phieukin 0"))
    return CliRunner().invoke(verify_command, [str(path)])


def test_a_hand_count_in_a_bundle_verifies(by_hand: tuple[Path, Team]) -> None:
    folder, people = by_hand
    said = bundle_by_hand(folder, people)
    assert said.exit_code == 0, said.output
    assert "hand_count 3" in said.output and "minutes 1" in said.output and "minutes_signatures 1" in said.output


@pytest.mark.parametrize("genuine", ["box", "hand count"])
def test_a_hand_count_that_a_signer_made_up_has_no_place_beside_another_meeting(
    lab: Lab, result: Path, by_hand: tuple[Path, Team], tmp_path: Path, genuine: str
) -> None:
    """The chair knows a key of each conference: the own one. All others of the second are the chair's inventions."""
    files = collect(result if genuine == "box" else by_hand[0]).files
    own = lab.signing["chair"] if genuine == "box" else by_hand[1].keys["chair"]
    people = team(*EVERYONE)
    people.keys["chair"] = own
    (tmp_path / "made up").mkdir()
    folder, _ = hand_counted(tmp_path / "made up", people)
    for where in ("z/", ""):
        more = {f"{where}{name}": raw for name, raw in collect(folder).files.items()}
        if not set(more) & set(files):
            path = tmp_path / "custody.zip"
            path.write_bytes(write_bundle("custody", files | more, own, "phieukin 0"))
            found = {one.check: one.first for one in check_bundle(path).checks if one.failed}
            assert any("a second record" in place for place in found["record"]), found


def test_a_hand_count_with_its_sheets_comes_out_of_the_command(by_hand: tuple[Path, Team], tmp_path: Path) -> None:
    folder, people = by_hand
    key = tmp_path / "chair.sealed"
    write_sealed(key, encode_signing_key(people.keys["chair"]), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    out = tmp_path / "custody.zip"
    done = run("custody", folder, "--key", key, "--passphrase-file", tmp_path / "words", "--out", out, answers="")
    assert done.exit_code == 0, done.output
    assert check_bundle(out).verdict is Verdict.SOUND
    with out.open("rb") as file:
        assert b"belenios-tool election verify" not in open_bundle(file).read(SHEETS[0], 2**20)


def other_votes(folder: Path) -> bytes:
    """The record with one vote more for a name, signed anew by all."""
    _, record = read_record((folder / "record.json").read_bytes())
    first = record.papers[0].case.candidates[0]
    more = msgspec.structs.replace(first, agree=first.agree + 1)
    case = msgspec.structs.replace(record.papers[0].case, candidates=(more, *record.papers[0].case.candidates[1:]))
    return record_payload(with_result(record, case=case))


@pytest.mark.parametrize("spoilt", ["votes", "signature", "pdf", "flip"])
def test_a_hand_count_that_was_changed_is_found(by_hand: tuple[Path, Team], spoilt: str) -> None:
    folder, people = by_hand
    raw, pdf = (folder / "record.json").read_bytes(), (folder / "minutes.pdf").read_bytes()
    keys = list(people.keys.values())
    changed: dict[str, tuple[dict[str, bytes], str]] = {
        "votes": ({"record_json": sign_record(unsigned_record(other_votes(folder)), keys)}, "hand_count"),
        "signature": ({"record_json": sign_record(unsigned_record(payload_in(folder)), keys[1:])}, "signatures"),
        "pdf": ({"minutes_pdf": pdf[: len(render_minutes(payload_in(folder)))]}, "minutes_signatures"),
        "flip": ({"minutes_pdf": pdf[:-60] + bytes([pdf[-60] ^ 1]) + pdf[-59:]}, "minutes"),
    }
    files, check = changed[spoilt]
    said = bundle_by_hand(folder, people, **files)
    assert said.exit_code == 1
    word = "AWAITED" if spoilt in ("signature", "pdf") else "FAILED "
    assert f"{word} {check}:" in said.output
    assert raw == (folder / "record.json").read_bytes()


# --- destruction ---------------------------------------------------------------------------------------------------


def share_file(lab: Lab, folder: Path) -> Path:
    path = folder / "teller-1.sealed"
    write_teller_file(path, new_teller_file("x", lab.tellers[0], lab.signing["1"]), PASSPHRASE, LEAST_COST)
    return path


def destroy(path: Path) -> None:
    """What the guided destruction does: look for every copy, and remove what was listed."""
    read_share_file(path)
    for one in search([path], []).found:
        remove(one)


def test_a_share_is_overwritten_and_deleted(lab: Lab, tmp_path: Path) -> None:
    (own := tmp_path / "own").mkdir()
    path, twin = share_file(lab, own), tmp_path / "twin"
    twin.hardlink_to(path)
    before = twin.read_bytes()
    destroy(path)
    assert not path.exists()
    assert len(twin.read_bytes()) == len(before)
    assert twin.read_bytes() != before


def test_what_a_crash_left_of_the_next_state_goes_with_the_share(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = share_file(lab, tmp_path)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(durable, "_rename", crash)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # a process that is killed tidies nothing up
        bind_to_box(path, read_teller_file(path, PASSPHRASE), PASSPHRASE, "ab" * 32, LEAST_COST)
    assert len(list(tmp_path.iterdir())) == 2
    destroy(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"hello", b'{"kind":"signing-key"}', b"{}", b'{"kind":"\xff"}'])
def test_nothing_but_a_tellers_file_is_destroyed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chair.sealed"
    path.write_bytes(content)
    with pytest.raises((DamagedFile, NotReady), match="sealed file"):
        read_share_file(path)
    with pytest.raises((DamagedFile, NotReady), match="sealed file"):
        destroy(path)
    assert path.read_bytes() == content


def lines(*answers: object) -> str:
    return "".join(f"{one}\n" for one in answers)


def test_shares_go_before_witnesses_after_all_have_signed(lab: Lab, result: Path, tmp_path: Path) -> None:
    path, end = share_file(lab, tmp_path), tmp_path / "end"
    end.mkdir()
    words = ("destroy", path, "--record", result / "record.json", "--out", end, "--language", "en")
    assert run(*words, answers="n\n").exit_code == 1
    assert run(*words, answers="y\n\n").exit_code == 1
    assert path.exists()
    done = run(*words, answers=lines("y", "A witness", "", "", "", "y", "2", "y", "n"))
    assert done.exit_code == 0, done.output
    assert not path.exists()
    said = json.loads((end / "destruction.json").read_bytes())
    assert said["witnesses"] == ["A witness"] and said["hand_over"] is False
    assert said["pages"] == [{"destroyed": 1, "file": str(path), "printed": 2}]
    unsigned(result)
    assert run(*words[:1], share_file(lab, tmp_path), *words[2:], answers="y\n").exit_code == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_sheet_or_copy_that_lay_beside_a_key_or_on_the_stick_revives_a_removed_share(
    lab: Lab, result: Path, tmp_path: Path, language: Language
) -> None:
    own, stick, end = (tmp_path / name for name in ("own", "stick", "end"))
    for folder in (own, stick, end):
        folder.mkdir()
    path = share_file(lab, own)
    sealed, guide = path.read_bytes(), Guide(language)
    sheet = recovery_sheet(guide, sealed.removesuffix(b"\n"), index=1, name="Lan", conference="x")
    (own / "recovery-teller-1.pdf").write_bytes(sheet)
    (stick / "teller-1 - Copy.sealed").write_bytes(sealed)
    words = ("destroy", path, "--record", result / "record.json", "--out", end, "--language", language)
    done = run(*words, answers=lines("y", "A witness", "", str(stick), "", "y", "y", "y", "1", "y"))
    assert done.exit_code == 0, done.output
    assert [*own.iterdir(), *stick.iterdir()] == []
    said = json.loads((end / "destruction.json").read_bytes())
    assert [(Path(one["file"]).name, one["what"]) for one in said["removed"]] == [
        ("recovery-teller-1.pdf", "sheet"), ("teller-1 - Copy.sealed", "sealed"), ("teller-1.sealed", "given")
    ]  # fmt: skip
    assert (said["searched"], said["hand_over"], said["kept"]) == ([str(own), str(stick)], True, [])


def no_room(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that has no room for files of these names: as they are renamed, whatever the folder."""
    rename = durable._rename

    def full(source: Path, target: Path) -> None:
        if target.match(name):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        rename(source, target)

    monkeypatch.setattr(durable, "_rename", full)


@pytest.mark.parametrize("name", ["destruction-draft.json", "destruction-draft.pdf", "destruction-draft.room"])
def test_nothing_is_removed_where_the_disk_has_no_room_for_the_statement(
    lab: Lab, result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path, end = share_file(lab, tmp_path), tmp_path / "end"
    end.mkdir()
    no_room(name, monkeypatch)
    words = ("destroy", path, "--record", result / "record.json", "--out", end, "--language", "en")
    done = run(*words, answers=lines("y", "A witness", "", "", "", "y", "0"))
    assert done.exit_code == 1 and "full" in done.output, done.output
    assert path.exists() and list(end.iterdir()) == []


def test_a_disk_that_fills_up_after_the_removals_loses_no_statement(
    lab: Lab, result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, end, other = share_file(lab, tmp_path), tmp_path / "end", tmp_path / "other"
    end.mkdir()
    other.mkdir()
    no_room("end/destruction.*", monkeypatch)
    words = ("destroy", path, "--record", result / "record.json", "--out", end, "--language", "en")
    left = run(*words, answers=lines("y", "A witness", "", "", "", "y", "0", ""))
    assert left.exit_code == 1 and not path.exists()
    assert sorted(one.name for one in end.iterdir()) == ["destruction-draft.json", "destruction-draft.pdf"]
    draft = json.loads((end / "destruction-draft.json").read_bytes())
    assert [(one["file"], one["why"][:5]) for one in draft["kept"]] == [(str(path), "draft")]
    path = share_file(lab, tmp_path)
    done = run(*words, answers=lines("y", "A witness", "", "", "", "y", "0", other))
    assert done.exit_code == 0 and not path.exists(), done.output
    assert [one["what"] for one in json.loads((other / "destruction.json").read_bytes())["removed"]] == ["given"]
    assert (other / "destruction.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(one.name for one in end.iterdir()) == ["destruction-draft.json", "destruction-draft.pdf"], "the first"


def test_a_later_statement_stands_beside_the_earlier_one(lab: Lab, result: Path, tmp_path: Path) -> None:
    end = tmp_path / "end"
    end.mkdir()
    for _ in range(2):
        words = ("destroy", share_file(lab, tmp_path), "--record", result / "record.json", "--out", end)
        done = run(*words, answers=lines("c", "A witness", "", "", "", "c", "0"))
        assert done.exit_code == 0, done.output
    names = [f"destruction{one}.{ending}" for one in ("-2", "") for ending in ("json", "pdf")]
    assert sorted(one.name for one in end.iterdir()) == names


def test_the_command_writes_a_bundle_with_its_sheets(lab: Lab, result: Path, tmp_path: Path) -> None:
    key, passphrase = tmp_path / "chair.sealed", tmp_path / "passphrase"
    write_sealed(key, encode_signing_key(lab.signing["chair"]), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    passphrase.write_text(PASSPHRASE, encoding="utf-8")
    out = tmp_path / "custody.zip"
    done = run("custody", result, "--key", key, "--passphrase-file", passphrase, "--out", out, answers="")
    assert done.exit_code == 0, done.output
    assert check_bundle(out).verdict is Verdict.SOUND
    with out.open("rb") as file:
        opened = open_bundle(file)
        text, pdf = (opened.read(name, 2**20) for name in SHEETS)
    assert "belenios-tool election verify" in text.decode()
    assert pdf.startswith(b"%PDF")
