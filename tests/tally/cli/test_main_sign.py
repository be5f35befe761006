"""`phieukin tally sign`: one command for record and PDF, by a sealed key or a token."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND, encode_signing_key, new_signing_key
from tally.cli.main import tally_group
from tally.dialogue import in_both
from tally.minutes import render_minutes
from tally.pdf.signatures import check_minutes
from tally.signing.signers import token_signer
from tests.tally.records import EVERYONE, Team, envelope, payload, sample_record, team
from tests.tally.terminal import PASSPHRASE, refused, run
from tests.tally.tokens import LABEL, PIN
from voting.documents.envelope import verify_envelope
from voting.documents.record import Record, read_record


@pytest.fixture
def people() -> Team:
    return team(*EVERYONE)


def desk(folder: Path, record: Record) -> tuple[Path, Path]:
    """record.json and minutes.pdf, unsigned."""
    record_path, pdf = folder / "record.json", folder / "minutes.pdf"
    record_path.write_bytes(envelope(record))
    pdf.write_bytes(render_minutes(payload(record)))
    (folder / "words").write_text(PASSPHRASE, encoding="utf-8")
    (folder / "pin").write_text(PIN, encoding="utf-8")
    return record_path, pdf


def sign(*words: object) -> Result:
    return CliRunner().invoke(tally_group, ["sign", *(str(word) for word in words)])


def sealed(folder: Path, people: Team, name: str) -> Path:
    path = folder / f"{name}.sealed"
    write_sealed(path, encode_signing_key(people.keys[name]), PASSPHRASE, kind=KIND, cost=LEAST_COST)
    return path


def test_one_passphrase_signs_record_and_pdf(people: Team, tmp_path: Path) -> None:
    record = sample_record(2, people=people)
    path, pdf = desk(tmp_path, record)
    for name in ("teller-1", "chair"):
        key = sealed(tmp_path, people, name)
        done = sign(path, "--key", key, "--pdf", pdf, "--passphrase-file", tmp_path / "words")
        assert done.exit_code == 0, done.output
    publics = [people.public(name) for name in ("teller-1", "chair")]
    assert len(verify_envelope(read_record(path.read_bytes())[0], publics)) == 2
    assert [one.field for one in check_minutes(pdf.read_bytes(), payload(record))] == ["teller-1", "chair"]


def test_a_machine_that_died_between_pdf_and_record_signs_the_record_alone(people: Team, tmp_path: Path) -> None:
    record = sample_record(2, people=people)
    path, pdf = desk(tmp_path, record)
    unsigned = path.read_bytes()
    words = (path, "--key", sealed(tmp_path, people, "chair"), "--pdf", pdf, "--passphrase-file", tmp_path / "words")
    assert sign(*words).exit_code == 0
    path.write_bytes(unsigned)
    minutes = pdf.read_bytes()
    assert "signed by this key already" in sign(*words).output
    assert len(read_record(path.read_bytes())[0].signatures) == 1
    assert pdf.read_bytes() == minutes


def test_a_stranger_signs_neither(people: Team, tmp_path: Path) -> None:
    path, pdf = desk(tmp_path, sample_record(2, people=people))
    before = path.read_bytes(), pdf.read_bytes()
    key = tmp_path / "stranger.sealed"
    write_sealed(key, encode_signing_key(new_signing_key()), PASSPHRASE, kind=KIND, cost=LEAST_COST)
    assert sign(path, "--key", key, "--pdf", pdf, "--passphrase-file", tmp_path / "words").exit_code == 1
    assert (path.read_bytes(), pdf.read_bytes()) == before


@pytest.mark.token
@pytest.mark.parametrize("label", ["rsa", "p256"])
def test_a_token_signs_record_and_pdf(label: str, token: Path, people: Team, tmp_path: Path) -> None:
    record = sample_record(2, people=people)
    with token_signer(token, LABEL, PIN, label) as signer:
        public = signer.public_text
    chair = msgspec.structs.replace(record.conference.chair, key=public)
    record = msgspec.structs.replace(record, conference=msgspec.structs.replace(record.conference, chair=chair))
    path, pdf = desk(tmp_path, record)
    words = ("--token", LABEL, "--token-module", token, "--token-key", label, "--passphrase-file", tmp_path / "pin")
    done = sign(path, "--pdf", pdf, *words)
    assert done.exit_code == 0, done.output
    assert len(verify_envelope(read_record(path.read_bytes())[0], [public])) == 1
    assert [one.field for one in check_minutes(pdf.read_bytes(), payload(record))] == ["chair"]


@pytest.mark.parametrize("options", [(), ("--token", "t"), ("--token", "t", "--token-key", "k")])
def test_half_a_signer_is_none(options: tuple[str, ...], people: Team, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(envelope(sample_record(2, people=people)))
    assert sign(path, *options).exit_code == 2


def test_a_folder_without_records_and_one_name_for_two_are_refused(tmp_path: Path) -> None:
    records = [tmp_path / name for name in ("record.json", "record-2.json")]
    (tmp_path / "empty").mkdir()
    refused(run("sign", tmp_path / "empty"), in_both("said.no_records", path=tmp_path / "empty"))
    for path in records:
        path.write_bytes(b"{}")
    for option in ("--out", "--pdf"):
        refused(run("sign", *records, option, records[0]), in_both("said.one_record"))
