"""Results: the box handed over, signed records taken back after verification, the chart that the chair releases."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from keys.files.signing import new_signing_key, public_text
from keys.transcript import sha256_hex
from tests.sittings import only, with_result
from tests.voting.records import TAIL, Votes, new_record, signed
from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import results, usb_export
from voting.conference.draft.agenda import Draft
from voting.documents.bundles.head_decision import HeadDecision, head_decision
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Selection
from voting.documents.envelope import add_signatures, sign_envelope, write_envelope
from voting.documents.record import HEAD_DECISION_TYPE, Record
from voting.errors import InvalidRecord
from voting.procedures.comparison import with_decision
from voting.web.pages.hall_chart import charts

TWO_TO_ONE: Votes = {"c1": (2, 1)}
TIED: Votes = {"c1": (2, 1), "c2": (2, 1)}


def closed_room(room: Room, **options: object) -> Room:
    """A closed box with a ballot of everybody who drew a card."""
    room.open(**options)
    for card in room.drawn:
        room.box.cast(room.uuid(), room.body(card))
    room.close()
    return room


def bring(browser: Browser, *files: bytes) -> TestResponse:
    records = [(io.BytesIO(raw), f"record{number}.json") for number, raw in enumerate((*files, TAIL))]
    return browser.post("/results/records", records=records)


def keys(room: Room) -> list[Any]:
    return [teller.signing for teller in room.tellers]


def test_the_box_goes_out_as_one_file_with_everything_in_it(room: Room, browser: Browser) -> None:
    closed_room(room)
    raw = browser.sign_in("secretary").get(f"/results/{room.uuid()}.zip").data
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        names = {name.removeprefix(room.uuid()) for name in file.namelist()}
        assert names == {".bel", ".facts.json", ".commitments"}
        for name in file.namelist():
            assert file.read(name) == browser.get(f"/results/{name}").data
    assert browser.get(f"/results/{room.uuid()}.zip").data == raw


def test_the_box_is_written_onto_a_stick_and_read_back(
    room: Room, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_room(room)
    stick = tmp_path / "stick"
    stick.mkdir()
    monkeypatch.setattr(usb_export, "sticks", lambda: [stick])
    browser.sign_in("technician")
    assert browser.post("/results/stick", stick=str(tmp_path)).status_code == 404
    assert browser.post("/results/stick", stick=str(stick)).status_code == 303
    folder = stick / f"phieukin-{room.uuid()}"
    assert sorted(path.suffix for path in folder.iterdir()) == [".bel", ".commitments", ".json"]
    assert "đọc lại đúng" in browser.get("/results").text


def test_a_stick_that_gives_back_something_else_is_refused(
    room: Room, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_room(room)
    monkeypatch.setattr(usb_export, "sticks", lambda: [tmp_path])
    monkeypatch.setattr(usb_export, "write_whole", lambda path, content: path.write_bytes(content[:-1]))
    answer = browser.sign_in("technician").post("/results/stick", stick=str(tmp_path))
    assert answer.status_code == 409
    assert "Không ghi được vào USB" in answer.text


def test_signatures_add_up_until_those_on_paper_are_left_to_two_people(room: Room, browser: Browser) -> None:
    closed_room(room)
    record, (first, second) = new_record(room, TWO_TO_ONE), keys(room)
    browser.sign_in("secretary")
    assert bring(browser, signed(record, first)).status_code == 303
    assert room.state() == "counted"
    assert "Chưa ký: Kiểm phiếu viên 2." in browser.get("/results").text
    two: dict[str, Any] = {"second_login": "chair", "second_password": PASSWORD}
    assert browser.post("/results/signed", **two).status_code == 409
    bring(browser, signed(record, second))
    page = browser.get("/results").text
    assert "đủ chữ ký điện tử" in page
    assert "Ký trên giấy: Phạm Thư Ký, Lê Chủ Trì." in page
    assert room.state() == "counted"
    assert browser.post("/results/signed", second_login="secretary", second_password=PASSWORD).status_code in (403, 409)
    assert browser.post("/results/signed", **two).status_code == 303
    assert room.state() == "signed"


def test_one_key_of_chair_and_secretary_signs_for_both(
    room: Room, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.voting import rooms

    both, plain = new_signing_key(), rooms.new_draft

    def one_key(*arguments: Any, **options: Any) -> Draft:
        draft = plain(*arguments, **options)
        chair, secretary = (
            msgspec.structs.replace(one, key=public_text(both)) for one in (draft.chair, draft.secretary)
        )
        return msgspec.structs.replace(draft, chair=chair, secretary=secretary)

    monkeypatch.setattr(rooms, "new_draft", one_key)
    closed_room(room)
    browser.sign_in("secretary")
    assert bring(browser, signed(new_record(room, TWO_TO_ONE), *keys(room), both)).status_code == 303
    assert room.state() == "signed"


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers of which one name is taken from the top down."""
    from tests.voting import rooms

    plain = rooms.new_draft

    def top(*args: Any, **kwargs: Any) -> Any:
        draft = plain(*args, **kwargs)
        paper = msgspec.structs.replace(draft.papers[0], selection=Selection("top", 1), tie_scope="cutline")
        draft = msgspec.structs.replace(draft, papers=(paper,))
        return msgspec.structs.replace(draft, notes=with_decision(draft, 1))

    monkeypatch.setattr(rooms, "new_draft", top)


def tied(room: Room, browser: Browser) -> Record:
    """A tie whose record everybody signed."""
    closed_room(room, candidates=2)
    record = new_record(room, TIED)
    browser.sign_in("teller")
    assert bring(browser, signed(record, *keys(room))).status_code == 303
    assert room.state() == "counted"
    browser.post("/results/signed", second_login="chair", second_password=PASSWORD)
    assert room.state() == "signed", "a record is signed with its tie open"
    return record


def vouched(decision: HeadDecision, *by: Any) -> bytes:
    """Sign a decision by these keys: nobody but the tellers has one here."""
    envelope = sign_envelope(canonical(decision), HEAD_DECISION_TYPE, by[0])
    for key in by[1:]:
        envelope = add_signatures(envelope, sign_envelope(canonical(decision), HEAD_DECISION_TYPE, key).signatures)
    return write_envelope(envelope)


def decide(browser: Browser, raw: bytes) -> TestResponse:
    return browser.post("/results/head-decision", decision=(io.BytesIO(raw), "head-decision-1.json"))


def decision_on(of: Record, *chosen: str, **changes: Any) -> HeadDecision:
    plain = head_decision(of, 1, chosen or ("c2",), "Kinh nghiệm", "2999-01-01")
    return msgspec.structs.replace(plain, **changes)


def outcomes_shown(room: Room) -> list[str]:
    with room.storage.write() as session:
        results.release(session, room.conference, shown=True)
    with room.storage.read() as session:
        (chart,) = charts(results.released(session, room.conference))
    return [str(chart.head), *(bar.outcome for bar in chart.bars)]


@pytest.mark.usefixtures("one_place")
def test_a_signed_record_stays_and_takes_the_decision_of_the_head(room: Room, browser: Browser) -> None:
    record = tied(room, browser)
    assert "Quyết định của người đứng đầu" in browser.get("/results").text
    assert outcomes_shown(room) == ["False", "tied", "tied"]
    assert decide(browser, vouched(decision_on(record), *keys(room))).status_code == 303
    page = browser.get("/results").text
    assert "Lê Chủ Trì đã quyết định trường hợp bằng phiếu" in page and "head-decision-1.json" not in page
    assert outcomes_shown(room) == ["True", "not_selected", "selected"]
    with room.storage.read() as session:
        one = results.record_of(session, room.conference)
        assert (one.record, one.decisions, one.awaiting_head) == (record, {1: decision_on(record)}, ())


@pytest.mark.usefixtures("one_place")
def test_a_second_decision_on_a_paper_is_refused_and_the_same_one_is_not(room: Room, browser: Browser) -> None:
    record = tied(room, browser)
    for _ in range(2):
        assert decide(browser, vouched(decision_on(record), *keys(room))).status_code == 303
    again = decide(browser, vouched(decision_on(record, "c1"), *keys(room)))
    assert again.status_code == 409 and "đã có quyết định của người đứng đầu" in again.text
    for statement in ("UPDATE head_decisions SET paper = 2", "DELETE FROM head_decisions"):
        with pytest.raises(DBAPIError, match="a_decision_of_the_head"):
            room.sql(statement)


WRONG: dict[str, tuple[Callable[[Record], HeadDecision], str]] = {
    "another record": (lambda one: decision_on(one, record="0" * 64), "of another record"),
    "another paper": (lambda one: decision_on(one, paper=2), "paper 1 to 1 expected"),
    "nobody": (lambda one: decision_on(one, chosen=()), "chosen must name 1"),
    "outside the group": (lambda one: decision_on(one, chosen=("c9",)), "not in the tied group"),
    "before the count": (lambda one: decision_on(one, on="2000-01-01"), "before the count"),
}


@pytest.mark.usefixtures("one_place")
@pytest.mark.parametrize("name", WRONG)
def test_a_decision_that_does_not_fit_is_refused(room: Room, browser: Browser, name: str) -> None:
    make, words = WRONG[name]
    record = tied(room, browser)
    answer = decide(browser, vouched(make(record), *keys(room)))
    assert answer.status_code == 409 and words in answer.text.replace("&#39;", "'")


@pytest.mark.usefixtures("one_place")
def test_a_decision_comes_after_the_signed_record_and_is_signed_itself(room: Room, browser: Browser) -> None:
    closed_room(room, candidates=2)
    record = new_record(room, TIED)
    browser.sign_in("teller")
    bring(browser, signed(record, *keys(room)))
    assert decide(browser, vouched(decision_on(record), *keys(room))).status_code == 409
    browser.post("/results/signed", second_login="chair", second_password=PASSWORD)
    for raw in (
        vouched(decision_on(record), keys(room)[0]),
        vouched(decision_on(record), *keys(room), new_signing_key()),
    ):
        assert decide(browser, raw).status_code == 409
    assert "chờ người đứng đầu" in browser.get("/results").text


def with_case(record: Record, **changes: Any) -> Record:
    return with_result(record, case=msgspec.structs.replace(only(record).case, **changes))


Change = Callable[[Record], Record]
FORGERIES: dict[str, Change] = {
    "uuid": lambda one: msgspec.structs.replace(one, uuid="1" * 14),
    "fingerprint": lambda one: msgspec.structs.replace(one, fingerprint="x"),
    "conference": lambda one: msgspec.structs.replace(
        one, conference=msgspec.structs.replace(one.conference, present=one.conference.present + 1)
    ),
    "end_ballots": lambda one: msgspec.structs.replace(
        one, hashes=msgspec.structs.replace(one.hashes, end_ballots="c" * 64)
    ),
    "facts": lambda one: msgspec.structs.replace(one, facts=msgspec.structs.replace(one.facts, refused=1)),
    "count": lambda one: msgspec.structs.replace(one, count=msgspec.structs.replace(one.count, openers=(1,))),
    "paper 1": lambda one: with_case(one, ballots=9),
    "paper 1 ": lambda one: with_case(one, present=1),
    " paper 1": lambda one: with_case(one, rule=msgspec.structs.replace(only(one).case.rule, num=1)),
    " paper 1 ": lambda one: with_case(one, candidates=()),
    "electronic": lambda one: msgspec.structs.replace(one, form="paper"),
}


@pytest.mark.parametrize("place", FORGERIES)
def test_a_record_of_something_else_is_refused_though_its_tellers_signed(
    room: Room, browser: Browser, place: str
) -> None:
    closed_room(room)
    forged = FORGERIES[place](new_record(room, TWO_TO_ONE))
    answer = bring(browser.sign_in("secretary"), signed(forged, *keys(room)))
    assert answer.status_code == 409
    assert place.strip() in answer.text
    assert room.state() == "closed"


def test_a_record_without_a_tellers_signature_is_refused(room: Room, browser: Browser) -> None:
    closed_room(room)
    record = new_record(room, TWO_TO_ONE)
    good = msgspec.json.decode(signed(record, keys(room)[0]))
    stranger = signed(record, keys(room)[0], new_signing_key())
    nobody = msgspec.json.encode({**good, "signatures": []}, order="sorted")
    other = msgspec.json.decode(signed(record, keys(room)[1]))["signatures"][0]["sig"]
    wrong = good | {"signatures": [{**good["signatures"][0], "sig": other}]}
    browser.sign_in("secretary")
    for raw in (stranger, nobody, msgspec.json.encode(wrong, order="sorted"), b"{}", good["payload"].encode()):
        assert bring(browser, raw).status_code == 409
    assert room.state() == "closed"


def test_records_wait_side_by_side_and_the_first_with_all_signatures_counts(room: Room, browser: Browser) -> None:
    closed_room(room)
    browser.sign_in("teller")
    first, second = keys(room)
    one = new_record(room, TWO_TO_ONE)
    words = msgspec.structs.replace(one.count, complaints=("một lời",))
    hashes = msgspec.structs.replace(one.hashes, count=sha256_hex(canonical(words)))
    other = msgspec.structs.replace(one, count=words, hashes=hashes)
    assert bring(browser, signed(other, second)).status_code == 303
    assert bring(browser, signed(one, first)).status_code == 303
    page = browser.get("/results").text
    for record, signer, lacking in ((one, 1, 2), (other, 2, 1)):
        code = sha256_hex(canonical(record))[:12]
        assert f"Mã {code}: đã ký Kiểm phiếu viên {signer}; chưa ký Kiểm phiếu viên {lacking}." in page
    assert bring(browser, signed(one, second)).status_code == 303
    browser.post("/results/signed", second_login="chair", second_password=PASSWORD)
    assert room.state() == "signed"
    with room.storage.read() as session:
        stands = results.record_of(session, room.conference)
    assert stands.record == one
    assert bring(browser, signed(other, first)).status_code == 409


def test_a_record_without_its_archive_is_refused_and_the_archive_comes_once(room: Room, browser: Browser) -> None:
    closed_room(room)
    browser.sign_in("teller")
    record = new_record(room, TWO_TO_ONE)
    alone = [(io.BytesIO(signed(record, keys(room)[0])), "record.json")]
    answer = browser.post("/results/records", records=alone)
    assert answer.status_code == 409
    assert "tệp hòm phiếu sau khi kiểm" in answer.text
    assert bring(browser, signed(record, keys(room)[0])).status_code == 303
    later = [(io.BytesIO(signed(record, keys(room)[1])), "record.json")]
    assert browser.post("/results/records", records=later).status_code == 303


def test_a_server_without_an_audit_takes_no_record(room: Room) -> None:
    closed_room(room)
    raw = signed(new_record(room, TWO_TO_ONE), *keys(room))
    with pytest.raises(InvalidRecord, match="cannot audit records"):
        results.take_records(room.storage, room.conference, [("a", raw), ("b", TAIL)], results.no_audit)
    assert room.state() == "closed"


def test_a_missing_receipt_blocks_hand_over_and_records(room: Room, browser: Browser) -> None:
    closed_room(room)
    room.sql("INSERT INTO counts (conference, what, times) VALUES (:c, 'receipt_missing', 1)", c=room.conference)
    browser.sign_in("secretary")
    assert browser.get(f"/results/{room.uuid()}.zip").status_code == 409
    assert bring(browser, signed(new_record(room, TWO_TO_ONE), *keys(room))).status_code == 409


def test_the_hall_shows_the_result_only_once_the_chair_releases_it(room: Room, browser: Browser) -> None:
    closed_room(room)
    browser.sign_in("chair")
    bring(browser, signed(new_record(room, TWO_TO_ONE), *keys(room)))
    assert browser.post("/results/release", shown="yes").status_code == 409
    browser.post("/results/signed", second_login="secretary", second_password=PASSWORD)
    assert "<svg" not in browser.get("/hall").text
    assert browser.post("/results/release", shown="yes").status_code == 303
    page = browser.get("/hall").text
    assert "Cần đồng ý từ 30% trở lên so với tổng số người có mặt (03): ít nhất 01 phiếu (vạch đỏ)." in page
    assert '<line class="rule" x1="1"' in page
    assert 'width="2" height="7"' in page
    assert "66,67%" in page
    browser.post("/results/release", shown="no")
    assert "<svg" not in browser.get("/hall").text


def test_a_unanimous_result_is_warned_of_before_it_is_shown(room: Room, browser: Browser) -> None:
    closed_room(room)
    browser.sign_in("chair")
    bring(browser, signed(new_record(room, {"c1": (3, 0)}), *keys(room)))
    assert "Mọi phiếu đều giống nhau với: Trần Thị 1." in browser.get("/results").text
