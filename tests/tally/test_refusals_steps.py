"""What single steps of the count refuse: rare ways to be wrong, each with the words it gets."""

import dataclasses
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from tally.audit import Report, Verdict, box
from tally.cli import minutes as minutes_cli
from tally.cli.record import compare_records
from tally.count.paper import paper_record, read_hand_count
from tally.count.record_files import keep_record
from tally.count.steps import add_sum, check_opening, finished_box, open_one
from tally.custody.bundle import DESTRUCTION, LOG, collect
from tally.dialogue import Guide
from tally.errors import (
    CannotRecord,
    CannotSign,
    ImpossibleCase,
    InvalidForm,
    InvalidRecord,
    NotReady,
)
from tally.guide.destroy import Destroyer
from tally.minutes import office_form, preamble, renderer, renderer_versions
from tally.minutes.annex import annex
from tally.minutes.blocks import Text
from tally.minutes.results import conclusion, results
from tally.minutes.view import View
from tally.pdf.signatures import sign_minutes
from tally.result import case as rule_case
from tally.result.case import parse_case
from tally.result.record import BothFacts, build_record, record_payload
from tally.signing.signatures import sign_record
from tally.signing.signers import KeySigner, TokenSigner, token_signer
from tests.attacks.lab import Lab, closed, counted, failed, verify
from tests.attacks.records import papers
from tests.tally.count.test_paper import plain as content_of_hand_count
from tests.tally.count.test_paper import write as write_hand_count
from tests.tally.count.test_steps import teller
from tests.tally.records import (
    EVERYONE,
    GE30,
    envelope,
    payload,
    sample_conference,
    sample_paper,
    sample_record,
    team,
)
from tests.tally.tokens import LABEL, PIN
from voting.documents.canonical import DOCUMENT_LIMIT
from voting.documents.case import Counted
from voting.documents.conferences.conference import Selection
from voting.documents.errors import TooLarge
from voting.documents.record import MadeBy, read_record

ONE = Selection("top", 1)


# --- count and audit -------------------------------------------------------------------------------------------------


@pytest.fixture
def summed(lab: Lab, tmp_path: Path) -> tuple[Path, Report]:
    path = tmp_path / "box.bel"
    path.write_bytes(closed(lab).raw())
    return path, add_sum(path)


def test_a_report_without_setup_gives_neither_record_nor_opening(lab: Lab, summed: tuple[Path, Report]) -> None:
    path, report = summed
    opening = open_one(path, teller(lab, 1, report.end_ballots), report.end_ballots)
    with pytest.raises(NotReady, match="a sound archive with its result expected"):
        finished_box(report)
    for bare in (dataclasses.replace(report, election=None), dataclasses.replace(report, trustees=None)):
        with pytest.raises(NotReady, match="an archive with its Setup expected"):
            check_opening(bare, opening)
    done = dataclasses.replace(report, result=((2, 1), (1, 1)), election=None)
    with pytest.raises(NotReady, match="an archive with its Setup expected"):
        finished_box(done)


def test_a_tally_whose_sizes_are_no_numbers_is_refused(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    draft.sized = {"num_tallied": "3"}
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert "event 5 (EncryptedTally): sized tally: Expected `int`, got `str`" in failed(report)["records"]


def test_a_partial_decryption_of_nobody_is_refused(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    draft.shares = [("one", draft.shares[0][1]), draft.shares[1]]  # type: ignore[list-item]
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert "event 6 (PartialDecryption): owned partial decryption: Expected" in failed(report)["records"]


@pytest.mark.parametrize(("ballots", "size"), [(2, 10**9), (10**9, 1)])
def test_a_large_box_is_handed_out_in_chunks(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, ballots: int, size: int
) -> None:
    monkeypatch.setattr(box, "CHUNK_BALLOTS", ballots)
    monkeypatch.setattr(box, "CHUNK_BYTES", size)
    numbered = [box.NumberedBallot(height, raw) for height, raw in enumerate(lab.ballots, 1)]
    chunks = list(box._chunks(numbered, 10**6))
    assert [len(chunk) for chunk in chunks] == ([2, 1] if ballots == 2 else [1, 1, 1])
    assert [one for chunk in chunks for one in chunk] == numbered


def test_a_record_of_no_paper_is_not_built(lab: Lab) -> None:
    made = papers(lab, counted(lab))
    facts = BothFacts(read_record(made.sign())[0], made.count)
    none = msgspec.structs.replace(made.box.election.conference, papers=())
    election = dataclasses.replace(made.box.election, conference=none)
    with pytest.raises(CannotRecord, match="the conference has no paper"):
        build_record(dataclasses.replace(made.box, election=election), facts, MadeBy("x", "y", "z"))
    election = dataclasses.replace(made.box.election, conference=None)
    with pytest.raises(CannotRecord, match="the election has no conference"):
        build_record(dataclasses.replace(made.box, election=election), facts, MadeBy("x", "y", "z"))


def test_a_case_over_its_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_case, "CASE_LIMIT", 3)
    with pytest.raises(ImpossibleCase, match="the case has 4 bytes; at most 3 are read"):
        parse_case(b"null")


# --- hand counts and custody -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A count by hand of two papers, signed by all with their keys."""
    folder, people = tmp_path_factory.mktemp("two"), team(*EVERYONE)
    conference = sample_conference(sample_paper(3), people)
    both = msgspec.structs.replace(conference, papers=(sample_paper(3), sample_paper(3)))
    content = content_of_hand_count(both)
    content["papers"] = [content["papers"][0] | {"paper": number} for number in (1, 2)]
    made = paper_record(read_hand_count(write_hand_count(folder, content)), renderer_versions())
    for path, record in [keep_record(made, folder)]:
        path.write_bytes(sign_record(path.read_bytes(), list(people.keys.values())))
        pdf, raw = folder / path.name.replace("record", "minutes").replace(".json", ".pdf"), record_payload(record)
        for name in EVERYONE:
            when = datetime.fromisoformat(record.count.ended)
            pdf.write_bytes(sign_minutes(pdf.read_bytes(), raw, name, KeySigner(people.keys[name]), when))
    return folder


def test_a_custody_bundle_holds_the_record_of_all_papers_log_and_destruction(two_papers: Path, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"log")
    (tmp_path / "gone").write_bytes(b"{}")
    whole = collect(two_papers, tmp_path / "log", tmp_path / "gone")
    assert {*whole.files} == {"record.json", "minutes.pdf", LOG, DESTRUCTION}
    (two_papers / "minutes.pdf").rename(tmp_path / "minutes.pdf")
    try:
        with pytest.raises(NotReady, match=r"minutes\.pdf is missing"):
            collect(two_papers)
    finally:
        (tmp_path / "minutes.pdf").rename(two_papers / "minutes.pdf")
    with pytest.raises(NotReady, match="no log is missing"):
        collect(two_papers, tmp_path / "no log")


# --- minutes ---------------------------------------------------------------------------------------------------------


def view(record: Any) -> View:
    return View.looking_at(record, "vi")


def test_whoever_signs_in_two_places_stands_once_among_the_keys() -> None:
    record = sample_record(2)
    assert len(annex(view(record), payload(record)).keys) == 5
    conference = msgspec.structs.replace(record.conference, secretary=record.conference.chair)
    record = msgspec.structs.replace(record, conference=conference)
    shown = [line.label for line in annex(view(record), payload(record)).keys]
    assert len(shown) == len(set(shown)) == 4


def test_fewer_names_than_the_quota_are_said_to_be_fewer() -> None:
    paper = sample_paper(3, quota=2)
    votes = [Counted(one.id, one.name, agree, 0) for one, agree in zip(paper.candidates, (40, 1, 0), strict=True)]
    fewer, enough = (
        sample_record(paper=one, votes=votes) for one in (paper, msgspec.structs.replace(paper, selection=ONE))
    )
    assert len(fewer.papers[0].verdict.selected) == len(enough.papers[0].verdict.selected) == 1
    said = [block.text for block in conclusion(view(fewer)) if isinstance(block, Text)]
    assert view(fewer).words("conclusion.fewer") in said
    assert view(fewer).words("conclusion.fewer") not in [
        block.text for block in conclusion(view(enough)) if isinstance(block, Text)
    ]


def test_a_vote_over_midnight_names_both_days() -> None:
    record = sample_record(2)
    late = msgspec.structs.replace(record.facts, closed="2022-04-11T00:10:00+07:00")
    text = " ".join(block.text for block in preamble.general(view(msgspec.structs.replace(record, facts=late)))
                    if hasattr(block, "text"))  # fmt: skip
    assert "ngày 10 tháng 4 năm 2022" in text.replace("\u00a0", " ").replace("tháng 04", "tháng 4")
    assert "ngày 11 tháng 4 năm 2022" in text.replace("\u00a0", " ").replace("tháng 04", "tháng 4")


def test_a_paper_of_names_put_forward_alone_has_no_table_of_listed_names() -> None:
    record = sample_record(paper=sample_paper(0, put_forward=3, rule=GE30))
    blocks = results(view(record))
    tables = [block for block in blocks if type(block).__name__ == "Table"]
    assert len(tables) == 1
    assert len(results(view(sample_record(paper=sample_paper(2, put_forward=3))))) == len(blocks) + 2


def test_without_all_faces_of_tinos_the_font_inside_typst_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(renderer, "font_folder", lambda: tmp_path)
    renderer._tinos_hash.cache_clear()
    try:
        assert renderer._tinos_hash() == ""
        assert renderer.renderer_versions().font == "Libertinus Serif (typst)"
    finally:
        renderer._tinos_hash.cache_clear()


def test_where_the_program_is_not_installed_its_version_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> str:
        raise renderer.PackageNotFoundError(name)

    monkeypatch.setattr(renderer, "version", none)
    assert renderer._own_version() == "(not installed)"


def test_files_over_their_limits_are_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(envelope(sample_record(1)))
    monkeypatch.setattr(minutes_cli, "FORM_LIMIT", 10)
    form = ["office-form", str(path), "--form", str(path), "--out", str(tmp_path / "x.docx")]
    assert "at most 10 bytes expected" in tally(*form).output


def test_of_a_record_without_end_no_more_than_its_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.touch()
    os.truncate(path, 2**40)  # a sparse file: more than any memory holds
    with pytest.raises(InvalidRecord, match=f"at most {DOCUMENT_LIMIT} bytes expected"):
        minutes_cli.record_payload_of(path)
    reads: list[Callable[[], object]] = [
        lambda: compare_records([path]),
        lambda: collect(tmp_path),
        lambda: Destroyer(Guide("en"), path, tmp_path).run([]),
    ]
    for read in reads:
        with pytest.raises(TooLarge, match=f"at most {DOCUMENT_LIMIT} bytes expected"):
            read()


def tally(*words: object, answers: str = "") -> Result:
    from tally.cli.main import tally_group

    return CliRunner().invoke(tally_group, [str(word) for word in words], input=answers)


@pytest.mark.parametrize("missing", ["docxtpl", "jinja2"])
def test_an_offices_form_needs_an_extra_and_says_which(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(office_form, "_open", office_form._open if missing == "docxtpl" else lambda form: None)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(InvalidForm, match=r"phieukin\[office\]"):
        office_form.fill_in(b"", payload(sample_record(1)))


# --- signers ---------------------------------------------------------------------------------------------------------


def test_without_the_library_a_token_says_which_extra_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(CannotSign, match=r"phieukin\[token\]"), token_signer(tmp_path / "x.so", LABEL, PIN, "rsa"):
        pass


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_token_that_is_pulled_out_while_signing_says_so(kind: Any) -> None:
    pkcs11 = pytest.importorskip("pkcs11")

    class Pulled:
        def sign(self, *_: object, **__: object) -> bytes:
            raise pkcs11.exceptions.DeviceRemoved

    with pytest.raises(CannotSign, match="the token does not sign: DeviceRemoved"):
        TokenSigner(Pulled(), "", kind, None).sign(b"x")


@pytest.mark.token
def test_a_certificate_on_the_token_is_found_by_its_key(token: Path) -> None:
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    from tally.pdf.certificates import certificate_for
    from tests.tally.test_refusals_pdf import WHEN

    chair = sample_record(1).conference.chair
    with token_signer(token, LABEL, PIN, "p256") as signer:
        assert signer.certificate is None
        own = certificate_for(signer, chair, "Văn phòng", WHEN).dump()
    with token_signer(token, LABEL, PIN, "rsa") as signer:
        other = certificate_for(signer, chair, "Văn phòng", WHEN).dump()
    with pkcs11.lib(str(token)).get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
        stored = {pkcs11.Attribute.TOKEN: True}
        kept = [session.create_object(decode_x509_certificate(der) | stored) for der in (other, own)]
    try:
        with token_signer(token, LABEL, PIN, "p256") as signer:
            assert signer.certificate == own
        with token_signer(token, LABEL, PIN, "rsa") as signer:
            assert signer.certificate == other
    finally:
        with pkcs11.lib(str(token)).get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
            found = [*session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE})]
            for one in found:
                one.destroy()
    assert len(found) == len(kept) == 2


def test_signed_minutes_of_one_key_in_two_places_are_signed_one_by_one(tmp_path: Path) -> None:
    """Whoever is teller and chair signs the first place that is still free, and the first again when none is."""
    from tally.cli.pdf import place_of

    people = team(*EVERYONE)
    record = sample_record(1, people=people)
    chair = msgspec.structs.replace(record.conference.chair, key=people.public("teller-1"))
    record = msgspec.structs.replace(record, conference=msgspec.structs.replace(record.conference, chair=chair))
    raw, signer = payload(record), KeySigner(people.keys["teller-1"])
    pdf, seen = renderer.render_minutes(raw), []
    for _ in range(2):
        seen.append(place_of(signer, raw, pdf))
        pdf = sign_minutes(pdf, raw, seen[-1], signer, datetime.fromisoformat(record.count.ended))
    assert seen == ["teller-1", "chair"]
    assert place_of(signer, raw, pdf) == "teller-1"
