"""Setups whose arithmetic is honest and whose words are not: each is refused, or named in the report (design §5).

An archive that ends after Setup is enough for most; what only a record shows is tried with a whole count.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tally.audit import Report, Verdict
from tally.cli.verify import check_file
from tests.attacks.lab import Lab, build_lab, chain, closed, counted, failed, verify
from tests.attacks.records import Papers, papers
from tests.attacks.test_records import count, room
from tests.sittings import OF_PAPERS
from voting.documents.canonical import compact
from voting.documents.conferences.conference import Override, Quorum
from voting.documents.conferences.election import parse_election
from voting.procedures import find_ruleset
from voting.procedures.comparison import decision_notes

Fields = dict[str, Any]
CONFERENCE, CATALOGUE, NOTE = "conference", "catalogue", "note"


def judged(lab: Lab, folder: Path, change: Callable[[Fields], object]) -> Report:
    """What verify makes of a Setup with an edit of election.json."""
    draft, fields = closed(lab), json.loads(lab.election.raw)
    change(fields)
    draft.setup[0] = compact(fields)
    return verify(chain(draft.events()[:1]), folder)


def meeting(**changes: Any) -> Callable[[Fields], object]:
    """Change the conference; what papers say on every paper of it."""
    said = {name: changes.pop(name) for name in OF_PAPERS if name in changes}

    def change(f: Fields) -> None:
        f["conference"].update(changes)
        for one in f["conference"]["papers"]:
            one.update(said)

    return change


def paper(**changes: Any) -> Callable[[Fields], object]:
    return lambda f: f["conference"]["papers"][0].update(changes)


def rule(**changes: Any) -> Callable[[Fields], object]:
    return lambda f: f["conference"]["papers"][0]["rule"].update(changes)


def name(number: int = 0, **changes: Any) -> Callable[[Fields], object]:
    return lambda f: f["conference"]["papers"][0]["candidates"][number].update(changes)


def teller(number: int, **changes: Any) -> Callable[[Fields], object]:
    return lambda f: f["conference"]["tellers"][number].update(changes)


def question(number: int, **changes: Any) -> Callable[[Fields], object]:
    return lambda f: f["questions"][number].update(changes)


def texts_exchanged(f: Fields) -> None:
    first, second = f["questions"]
    first["question"], second["question"] = second["question"], first["question"]


def answers_exchanged(f: Fields) -> None:
    for one in f["questions"]:
        one["answers"].reverse()


def names_exchanged(f: Fields) -> None:
    first, second = f["conference"]["papers"][0]["candidates"]
    first["name"], second["name"] = second["name"], first["name"]


def renamed(number: int, text: str) -> Callable[[Fields], object]:
    """Give somebody another name, in the question as well."""

    def change(f: Fields) -> None:
        one = f["conference"]["papers"][0]["candidates"][number]
        asked = f["questions"][number]
        asked["question"] = asked["question"].replace(one["name"], text)
        one["name"] = text

    return change


def one_like_another(f: Fields) -> None:
    first, second = f["conference"]["papers"][0]["candidates"]
    second.update(name=first["name"].upper(), position=first["position"], born=first["born"])


def nobody_must_sign(f: Fields) -> None:
    for one in (*f["conference"]["tellers"], f["conference"]["chair"], f["conference"]["secretary"]):
        one["must_sign"] = False


def all_on_paper(f: Fields) -> None:
    for one in (*f["conference"]["tellers"], f["conference"]["chair"], f["conference"]["secretary"]):
        one["key"] = "on paper"


def tellers_on_paper(f: Fields) -> None:
    for one in f["conference"]["tellers"]:
        one["key"] = "on paper"


def neither_chair_nor_secretary(f: Fields) -> None:
    f["conference"]["chair"]["must_sign"] = f["conference"]["secretary"]["must_sign"] = False


def two_tellers_of_one_name(f: Fields) -> None:
    f["conference"]["tellers"][1]["name"] = f["conference"]["tellers"][0]["name"].upper()


def one_key(source: str, target: str) -> Callable[[Fields], object]:
    """Give two people one key, and one name: `source` and `target` are places in the conference."""

    def change(f: Fields) -> None:
        people = {str(n): one for n, one in enumerate(f["conference"]["tellers"], 1)}
        people |= {office: f["conference"][office] for office in ("chair", "secretary", "head")}
        people[target].update({part: people[source][part] for part in ("key", "name")})

    return change


def put_forward(step: int, kind: str) -> Callable[[Fields], object]:
    """Make the second name one that was put forward, whole, at a step and on a paper of a kind."""

    def change(f: Fields) -> None:
        meeting(step=step)(f)
        paper(kind=kind)(f)
        one = f["conference"]["papers"][0]["candidates"][1]
        one["put_forward"] = True
        title = f["conference"]["papers"][0]["title"]
        f["questions"][1].update(answers=[one["name"]], question=f"1. {title}: Giới thiệu thêm")

    return change


def put_forward_by_nobody(f: Fields) -> None:
    put_forward(2, "introduce")(f)
    f["questions"][1]["max"] = 0


def previous(**changes: Any) -> Callable[[Fields], object]:
    return meeting(previous=[{"paper": 1, "kind": "record", "sha256": "a" * 64} | changes])


def alike(one: str, other: str) -> Callable[[Fields], object]:
    """Two people of other posts and births, called so."""

    def change(f: Fields) -> None:
        renamed(0, one)(f)
        renamed(1, other)(f)
        name(0, position="Chuyên viên", born="1980")(f)
        name(1, position="Kế toán", born="1990")(f)

    return change


def teller_alike(f: Fields) -> None:
    renamed(0, "Lò Văn An")(f)
    teller(0, name="Lò Văn \u0410n")(f)


FORGERIES: dict[str, tuple[Callable[[Fields], object], str, str]] = {
    # texts that every other program shows
    "texts of two questions exchanged": (texts_exchanged, CONFERENCE, "question 1: the text"),
    "agree and disagree exchanged in words": (answers_exchanged, CONFERENCE, "question 1: the answers"),
    "names of two people exchanged": (names_exchanged, CONFERENCE, "question 1: the text"),
    "a question of somebody else": (question(0, question="Ai đó"), CONFERENCE, "question 1: the text"),
    "a question with a word more": (question(1, question="1. Xấu"), CONFERENCE, "question 2: the text"),
    "an answer in other words": (question(0, answers=["Đồng ý", "Phản đối"]), CONFERENCE, "question 1: the answers"),
    "two marks a name": (question(0, max=2), CONFERENCE, "question 1: another number of marks"),
    "one mark at least": (question(0, min=1), CONFERENCE, "question 1: another number of marks"),
    "a question for nobody": (lambda f: f["questions"].append(f["questions"][0]), CONFERENCE, "2 questions expected"),
    "nobody may be put forward": (put_forward_by_nobody, CONFERENCE, "can put nobody forward"),
    # the rule and the catalogue
    "a rule that everybody meets": (rule(num=0, den=1), CONFERENCE, "reached by everybody or by nobody"),
    "a rule that nobody meets": (rule(op=">", num=5, den=1), CONFERENCE, "reached by everybody or by nobody"),
    "more than all": (rule(op=">", num=1, den=1), CONFERENCE, "reached by everybody or by nobody"),
    "a softer rule": (rule(num=1), CATALOGUE, "10% or more of all people present; the catalogue has: agree: 30%"),
    "a stricter rule": (rule(num=9), CATALOGUE, "90% or more"),
    "above in place of from": (rule(op=">"), CATALOGUE, "more than 30%"),
    "another base": (rule(base="summoned"), CATALOGUE, "all people summoned"),
    "a final ballot in an introduction step": (paper(kind="final"), CATALOGUE, "step 2 has no final ballot"),
    "a removal in an introduction step": (paper(kind="remove"), CATALOGUE, "step 2 has no removal ballot"),
    "an adoption in an introduction step": (paper(kind="adopt"), CATALOGUE, "step 2 has no adoption"),
    "a quota in an introduction step": (
        paper(selection={"mode": "top", "quota": 1}), CATALOGUE, "until 1 are taken; the catalogue has: all who meet",
    ),
    "a head who decides where there are no ties": (paper(tie_scope="head_any"), CATALOGUE, "left to the head"),
    "a step that is none": (meeting(step=9), CATALOGUE, "no procedure 'CUR-DEPT' with a step 9"),
    "a step below the first": (meeting(step=-1), CATALOGUE, "with a step -1"),
    "a procedure that is none": (meeting(procedure="NO-SUCH"), CATALOGUE, "no procedure 'NO-SUCH'"),
    "another procedure": (meeting(procedure="NEXT-DEPT"), CATALOGUE, "step 2 has no introduction ballot"),
    "a later step's number": (meeting(step=4), CATALOGUE, "step 4 has no introduction ballot"),
    "the rule of an earlier step": (meeting(step=3), CATALOGUE, "the catalogue has: agree: more than 50%"),
    "an outsider at a later step": (put_forward(3, "introduce"), CATALOGUE, "no names may be put forward at step 3"),
    "an outsider at the final step": (put_forward(4, "final"), CONFERENCE, "on an introduction ballot only"),
    "a note of a difference that is none": (
        meeting(notes=[{"code": "KHAC-1", "text": "x"}]), CATALOGUE, "note KHAC-1 names what does not differ",
    ),
    "a catalogue that nobody has": (meeting(ruleset={"id": "NO-SUCH", "version": 7}), NOTE, "'NO-SUCH' version 7"),
    "another version of it": (meeting(ruleset={"id": "SONLA-VPUB-2022-03", "version": 9}), NOTE, "version 9"),
    "another section of the plan": (meeting(section="B.II.9"), NOTE, "section: B.II.9"),
    "another term": (meeting(term="1999 - 2004"), NOTE, "term: 1999 - 2004"),
    # quorum
    "no quorum": (meeting(quorum=None), CATALOGUE, "no quorum"),
    "a smaller quorum": (meeting(quorum={"num": 1, "den": 9, "override": None}), CATALOGUE, "at least 1/9"),
    "a quorum of nothing": (meeting(quorum={"num": 2, "den": 0, "override": None}), CONFERENCE, "a share of those"),
    "a quorum below zero": (meeting(quorum={"num": -5, "den": 3, "override": None}), CONFERENCE, "a share of those"),
    "a quorum above all": (meeting(quorum={"num": 4, "den": 3, "override": None}), CONFERENCE, "a share of those"),
    "a quorum that was missed": (
        meeting(quorum={"num": 99, "den": 100, "override": None}), CONFERENCE, "fewer than the quorum",
    ),
    "the plan's quorum missed": (meeting(summoned=7), CONFERENCE, "the chair gave no word"),
    "the word of nobody": (
        meeting(summoned=7, quorum={"num": 2, "den": 3, "override": {"by": "", "reason": ""}}), CONFERENCE, "and why",
    ),
    # people
    "nobody must sign": (nobody_must_sign, CONFERENCE, "must sign the record, having a key"),
    "one teller must not sign": (teller(1, must_sign=False), CONFERENCE, "must sign the record, having a key"),
    "neither chair nor secretary signs": (neither_chair_nor_secretary, CONFERENCE, "the chair or the secretary"),
    "all on paper": (all_on_paper, CONFERENCE, "nobody must sign the record by key"),
    "a teller on paper": (teller(2, key="on paper"), NOTE, "Kiểm phiếu viên 3 signs on paper"),
    "all tellers on paper": (tellers_on_paper, NOTE, "Kiểm phiếu viên 1 signs on paper"),
    "two tellers of one name": (two_tellers_of_one_name, CONFERENCE, "two tellers have one name"),
    "two tellers of one key": (one_key("1", "2"), CONFERENCE, "two tellers have one signing key"),
    "a teller as chair": (one_key("1", "chair"), CONFERENCE, "and the chair have one signing key"),
    "a teller as secretary": (one_key("3", "secretary"), CONFERENCE, "and the secretary have one signing key"),
    "a teller as head": (one_key("2", "head"), NOTE, "by name or key, the head"),
    "a chair as secretary": (one_key("chair", "secretary"), NOTE, "chair and secretary sign with one key"),
    "a chair as head": (one_key("chair", "head"), NOTE, "chair and head sign with one key"),
    "a teller of the chair's name": (
        lambda f: f["conference"]["tellers"][0].update(name=f["conference"]["chair"]["name"]), NOTE, "the chair",
    ),
    "a teller on the paper": (
        lambda f: f["conference"]["tellers"][0].update(name=f["conference"]["papers"][0]["candidates"][0]["name"]),
        NOTE, "stands, by name, on paper 1",
    ),
    "one person twice on a paper": (
        one_like_another, CONFERENCE, "equal in name, position and birth: Vũ Thanh Dũng",
    ),
    # names that nobody can read
    "a Hangul filler for a name": (renamed(0, "\u3164"), CONFERENCE, "U+3164"),
    "a Braille blank for a name": (renamed(0, "\u2800"), CONFERENCE, "U+2800"),
    "a Hangul jamo filler in a name": (renamed(0, "Lò\u115fAn"), CONFERENCE, "U+115F"),
    "a half-width filler in a name": (renamed(0, "Lò\uffa0An"), CONFERENCE, "U+FFA0"),
    "a variation selector in a name": (renamed(0, "Lò\ufe0fAn"), CONFERENCE, "U+FE0F"),
    "a grapheme joiner in a name": (renamed(0, "Lò\u034fAn"), CONFERENCE, "U+034F"),
    "a stack of marks": (renamed(0, "A" + "\u0336" * 40), CONFERENCE, "more than 2 marks on one letter"),
    "a third mark on a letter": (renamed(0, "Nguyễ\u0336n"), CONFERENCE, "more than 2 marks on one letter"),
    "a mark on no letter": (renamed(0, "\u0336An"), CONFERENCE, "without a letter before it"),
    "a name of dots": (renamed(0, "..."), CONFERENCE, "has no letter"),
    "a blank teller": (teller(0, name="\u3164"), CONFERENCE, "U+3164"),
    "a nameless teller": (teller(0, name=""), CONFERENCE, "has no letter"),
    "a stack of marks in a post": (name(0, position="P" + "\u0336" * 3), CONFERENCE, "more than 2 marks"),
    "a stack of marks in the place": (meeting(place="P" + "\u0336" * 99), CONFERENCE, "more than 2 marks"),
    "an invisible name of the election": (lambda f: f.update(name="\u2800"), CONFERENCE, "U+2800"),
    # names that look the same as another one of the paper, and are not
    "a Cyrillic A": (alike("Lò Văn An", "Lò Văn \u0410n"), NOTE, "paper 1: names that look the same"),
    "a Cyrillic A alone": (renamed(0, "Lò Văn \u0410n"), NOTE, "not Latin: \u0410 (U+0410)"),
    "a name in Cyrillic small letters": (alike("Xa", "\u0425\u0430"), NOTE, "names that look the same"),
    "a Greek O": (alike("Ong A", "\u039fng A"), NOTE, "names that look the same"),
    "an eth for Đ": (alike("Đinh Văn Đạt", "Ðinh Văn Ðạt"), NOTE, "names that look the same"),
    "an African d for Đ": (alike("Đinh Văn Đạt", "\u0189inh Văn Đạt"), NOTE, "names that look the same"),
    "a tone in another place": (alike("Lê Văn Hoà", "Lê Văn Hòa"), NOTE, "names that look the same"),
    "the same tone on uy": (alike("Lê Thị Thuỷ", "Lê Thị Thủy"), NOTE, "names that look the same"),
    "a caron for a breve": (alike("Lò Văn An", "Lò V\u01cen An"), NOTE, "names that look the same"),
    "full-width letters": (alike("Lò An", "Lò \uff21n"), NOTE, "names that look the same"),
    "capitals": (alike("Lò Văn An", "LÒ VĂN AN"), NOTE, "names that look the same"),
    "two blanks": (alike("Lò Văn An", "Lò  Văn An"), NOTE, "names that look the same"),
    "a hard blank": (alike("Lò Văn An", "Lò\u00a0Văn An"), NOTE, "names that look the same"),
    "one for an l": (alike("Lê Al", "Lê A1"), NOTE, "names that look the same"),
    "a teller who looks like another": (teller(1, name="Kiểm phiếu viên 1".replace("K", "\u041a")), NOTE, "not Latin"),
    "a teller who looks like a name": (teller_alike, NOTE, "is a teller and stands, by name, on paper 1"),
    "another name of the election": (lambda f: f.update(name="Khác"), NOTE, "the election is named Khác"),
    "another description of the election": (lambda f: f.update(description="Khác"), NOTE, "described as “Khác”"),
    "another administrator": (lambda f: f.update(administrator="Khác"), NOTE, "“Khác” as its administrator"),
    "no administrator": (lambda f: f.pop("administrator"), NOTE, "“” as its administrator"),
    "an administrator that is no text": (lambda f: f.update(administrator=7), NOTE, "“” as its administrator"),
    "another giver of cards": (lambda f: f.update(credential_authority="Khác"), NOTE, "“Khác” as giving its cards"),
    # documents before
    "a document before of paper 0": (previous(paper=0), CONFERENCE, "papers count from 1, 0 found"),
    "a document before without a hash": (previous(sha256="soon"), CONFERENCE, "a SHA-256 in hex expected"),
    "one list of a document before twice": (
        meeting(previous=[{"paper": 1, "kind": "record", "sha256": "a" * 64}] * 2), CONFERENCE, "stands 2 times",
    ),
}  # fmt: skip


def test_the_honest_setup_is_sound_and_nothing_is_said_of_it(lab: Lab, tmp_path: Path) -> None:
    report = judged(lab, tmp_path, lambda f: None)
    assert report.verdict is Verdict.SOUND
    assert report.notes == ()
    assert next(one for one in report.checks if one.check == CATALOGUE).examined == 1


@pytest.mark.parametrize(("change", "check", "words"), FORGERIES.values(), ids=FORGERIES)
def test_a_semantic_forgery_is_refused_or_named(
    lab: Lab, tmp_path: Path, change: Callable[[Fields], object], check: str, words: str
) -> None:
    report = judged(lab, tmp_path, change)
    if check == NOTE:
        assert report.verdict is Verdict.SOUND
        assert any(words in note for note in report.notes)
    else:
        assert report.verdict is Verdict.NOT_SOUND
        assert words in failed(report)[check]


@pytest.mark.parametrize("change", [rule(num=1), meeting(quorum=None), paper(tie_scope="head_any")])
def test_a_difference_that_a_note_names_in_full_is_named_and_sound(
    lab: Lab, tmp_path: Path, change: Callable[[Fields], object]
) -> None:
    fields = json.loads(lab.election.raw)
    change(fields)
    changed = parse_election(compact(fields)).conference
    assert changed is not None
    notes = msgspec.to_builtins(decision_notes(changed))

    def noted(f: Fields) -> None:
        change(f)
        f["conference"]["notes"] = [*f["conference"]["notes"], *notes]

    report = judged(lab, tmp_path, noted)
    assert failed(report) == {}
    assert any("the catalogue has" in note for note in report.notes)


def test_a_catalogue_that_is_not_shipped_is_compared_where_it_is_given(lab: Lab, tmp_path: Path) -> None:
    other = msgspec.structs.replace(find_ruleset("SONLA-VPUB-2022-03", 1), id="OTHER-PLAN", version=3)

    def elsewhere(f: Fields) -> None:
        meeting(ruleset={"id": "OTHER-PLAN", "version": 3})(f)

    def softer(f: Fields) -> None:
        elsewhere(f)
        rule(num=1)(f)

    for change, verdict in ((elsewhere, Verdict.SOUND), (softer, Verdict.NOT_SOUND)):
        judged(lab, tmp_path, change)
        assert check_file(tmp_path / "any name.bel", (), None, (other,)).verdict is verdict


RECORDS: dict[str, tuple[Callable[[Papers], None], str, str]] = {
    "begun before the closing": (count(begun="2022-04-10T09:00:00+07:00"), NOTE, "the count began"),
    "ended in 1999": (
        count(begun="1998-01-01T00:00:00+07:00", ended="1999-01-01T00:00:00+07:00"), NOTE, "the count began",
    ),
    "closed in 9999": (room(closed="9999-12-31T23:59:59-12:00"), NOTE, "the count began"),
    "ended before it began": (count(ended="2022-04-10T09:19:59+07:00"), "count", "ends before it begins"),
    "closed before it was opened": (room(closed="2022-04-10T08:30:11+07:00"), "facts", "ends before it begins"),
}  # fmt: skip


@pytest.mark.parametrize(("forge", "check", "words"), RECORDS.values(), ids=RECORDS)
def test_times_that_cannot_be_are_refused_or_named(
    lab: Lab, tmp_path: Path, forge: Callable[[Papers], None], check: str, words: str
) -> None:
    draft = counted(lab)
    made = papers(lab, draft)
    forge(made)
    report = verify(draft.raw(), tmp_path, made.sign())
    if check == NOTE:
        assert failed(report) == {}
        assert any(words in note for note in report.notes)
    else:
        assert words in failed(report)[check]


def test_a_date_that_is_not_the_day_of_opening_is_named(tmp_path: Path) -> None:
    lab = build_lab(meeting={"date": "2022-04-09"})
    draft = counted(lab)
    report = verify(draft.raw(), tmp_path, papers(lab, draft).sign())
    assert failed(report) == {}
    assert any("dated 2022-04-09, voting was opened on 2022-04-10" in note for note in report.notes)


def test_a_missed_quorum_passes_with_the_chairs_word(tmp_path: Path) -> None:
    word = Override("Chủ trì chair", "Mọi người vắng đều có lý do")
    lab = build_lab(meeting={"summoned": 7, "quorum": Quorum(2, 3, word)})
    draft = counted(lab)
    assert failed(verify(draft.raw(), tmp_path, papers(lab, draft).sign())) == {}


def test_an_electronic_record_is_held_to_the_quorum_as_a_hand_count_is(tmp_path: Path) -> None:
    lab = build_lab(meeting={"summoned": 7})
    draft = counted(lab)
    names = failed(verify(draft.raw(), tmp_path, papers(lab, draft).sign()))
    assert "the chair gave no word" in names["agreement"]
    assert "the chair gave no word" in names[CONFERENCE]
