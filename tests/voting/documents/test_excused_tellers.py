"""Who must sign a record where the chair's word records that a teller is absent (design §3, signed)."""

import msgspec
import pytest

from keys.files.signing import keyid
from tally.audit.report import Findings
from tally.audit.signatures import check_signatures
from tally.minutes.blocks import Text
from tally.minutes.closing import signatures
from tally.minutes.preamble import ballot
from tally.minutes.view import View
from tally.pdf.signatures import awaiting
from tally.signing.signatures import sign_record
from tests.attacks.lab import Lab, counted
from tests.attacks.records import Papers, conference_of, papers
from tests.tally.records import EVERYONE, payload, sample_record, team
from voting.documents.bundles.dossier import required_keys
from voting.documents.bundles.signed import read_signed
from voting.documents.bundles.signers import excused_tellers, on_paper, required_signers
from voting.documents.conferences.conference import ON_PAPER, Conference
from voting.documents.errors import UnsignedDocument
from voting.documents.facts import ChairWord
from voting.documents.record import Record, read_record

CHAIR = "Chủ trì chair"


def made(lab: Lab, *words: ChairWord) -> Papers:
    """A count that tellers 1 and 3 opened."""
    found = papers(lab, counted(lab))
    found.count = msgspec.structs.replace(found.count, chair_words=words)
    found.signers = ("1", "3", "secretary", "chair")
    return found


def absent(*tellers: int, by: str = CHAIR) -> ChairWord:
    return ChairWord("teller_absent", by, "ốm", tellers)


def record_of(lab: Lab, *words: ChairWord) -> Record:
    return read_record(made(lab, *words).sign())[1]


def names(conference: Conference, record: Record) -> list[str]:
    return [one.name for one in required_signers(conference, record)]


@pytest.mark.parametrize("word", [absent(), absent(2), absent(1, 2, 3)])
def test_a_teller_who_did_not_open_is_excused_by_the_chairs_word_and_an_opener_never(lab: Lab, word: ChairWord) -> None:
    record = record_of(lab, word)
    assert excused_tellers(record.conference, record) == (2,)
    assert "Kiểm phiếu viên 2" not in names(record.conference, record)
    assert len(required_signers(record.conference, record)) == 4


@pytest.mark.parametrize("words", [
    (), (absent(1),), (absent(3),), (absent(2, by="Thư ký secretary"),), (ChairWord("single_ballot", CHAIR, "x"),),
])  # fmt: skip
def test_nobody_is_excused_without_the_chairs_word_on_that_teller(lab: Lab, words: tuple[ChairWord, ...]) -> None:
    record = record_of(lab, *words)
    assert excused_tellers(record.conference, record) == ()
    assert len(required_signers(record.conference, record)) == 5


def test_at_most_n_minus_k_are_excused(lab: Lab) -> None:
    record = record_of(lab, absent())
    one = msgspec.structs.replace(record, count=msgspec.structs.replace(record.count, openers=(1,)))
    assert excused_tellers(one.conference, one) == ()


def test_a_chair_on_paper_excuses_nobody_and_one_who_need_not_sign_has_to(lab: Lab) -> None:
    record = record_of(lab, absent(2))
    on_paper = msgspec.structs.replace(
        record.conference, chair=msgspec.structs.replace(record.conference.chair, key=ON_PAPER)
    )
    assert excused_tellers(on_paper, record) == ()
    free = msgspec.structs.replace(
        record.conference, chair=msgspec.structs.replace(record.conference.chair, must_sign=False)
    )
    assert CHAIR in names(free, record)
    assert CHAIR not in [one.name for one in required_signers(free)]


def test_a_count_by_hand_excuses_nobody(lab: Lab) -> None:
    record = msgspec.structs.replace(record_of(lab, absent(2)), form="paper")
    assert excused_tellers(record.conference, record) == ()


def test_all_who_ask_who_must_sign_agree(lab: Lab) -> None:
    raw = made(lab, absent(2)).sign()
    envelope, record = read_record(raw)
    findings = Findings()
    check_signatures(findings, record.conference, "record", envelope)
    assert findings.sound and findings.excused == ["Kiểm phiếu viên 2"]
    assert read_signed(raw) == record
    assert {keyid(key) for key in required_keys(record)} == {one.keyid for one in envelope.signatures}


def test_without_the_word_her_signature_is_awaited(lab: Lab) -> None:
    raw = made(lab).sign()
    with pytest.raises(UnsignedDocument, match="Kiểm phiếu viên 2"):
        read_signed(raw)


def test_the_chairs_signature_is_awaited_where_the_word_excuses_somebody(lab: Lab) -> None:
    found = made(lab, absent(2))
    found.signers = ("1", "3", "secretary")
    with pytest.raises(UnsignedDocument, match=CHAIR):
        read_signed(found.sign())


def test_an_excused_teller_may_sign_all_the_same(lab: Lab) -> None:
    found = made(lab, absent(2))
    found.signers = ()
    raw = sign_record(found.sign(), [lab.signing[one] for one in ("1", "2", "3", "secretary", "chair")])
    assert read_signed(raw) == read_record(raw)[1]


def test_the_minutes_name_the_excused_and_wait_for_no_signature_of_theirs() -> None:
    people = team(*EVERYONE)
    record = sample_record(
        2, people=people, count={"chair_words": (ChairWord("teller_absent", "Hoàng Quốc Khánh", "ốm", (2,)),)}
    )
    name = record.conference.tellers[1].name
    said = [one.text for one in ballot(View.looking_at(record, "vi")) if isinstance(one, Text)]
    assert any(name in text and "không phải ký biên bản" in text for text in said)
    rows = signatures(View.looking_at(record, "vi")).rows
    hints = [one.hint for row in rows for one in row if one.field == "teller-2"]
    assert hints == ["(Vắng mặt)"]
    assert name not in awaiting(payload(record), ())
    assert len(awaiting(payload(record), ())) == 4


def test_who_must_sign_and_has_no_key_signs_on_paper(lab: Lab) -> None:
    setting = conference_of(lab)
    assert on_paper(setting) == ()
    chair = msgspec.structs.replace(setting.chair, key=ON_PAPER)
    secretary = msgspec.structs.replace(setting.secretary, key=ON_PAPER, must_sign=False)
    assert on_paper(msgspec.structs.replace(setting, chair=chair, secretary=secretary)) == (chair,)
