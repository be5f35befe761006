"""The people of a conference: who must sign, and who must not be one person (design §3, Signed).

`people_problems` names what is refused, by the room before the list is frozen and by the audit afterwards;
`people_remarks` names what is allowed but should be known, as one key in two offices.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from keys.message import Sentence
from voting.documents.canonical import same_text, unclean_name
from voting.documents.conferences.conference import ON_PAPER, Agenda, Candidate
from voting.documents.conferences.look_alikes import foreign_letters, shape


def people_problems(people: Agenda) -> Iterator[Sentence]:
    """Yield every problem: who must sign does not, or one person stands where two are needed."""
    yield from _signing_problems(people)
    yield from _distinct_problems(people)
    for number, paper in enumerate(people.papers, 1):
        names = {_person(one): one.name for one in reversed(paper.candidates)}
        for person, times in Counter(map(_person, paper.candidates)).items():
            if times > 1:
                yield Sentence(
                    f"Phiếu {number}: {times} người trùng họ tên, chức vụ và ngày sinh: {names[person]}",
                    f"paper {number}: {times} names are equal in name, position and birth: {names[person]}",
                )


def name_problems(people: Agenda) -> Iterator[str]:
    """Yield every name in which there is nothing to read."""
    for signer in (*people.tellers, people.chair, people.secretary, people.head):
        if problem := unclean_name(signer.name):
            yield f"the name {signer.name[:40]!r} ({signer.role[:40]!r}) {problem}"
    for number, paper in enumerate(people.papers, 1):
        for candidate in paper.candidates:
            if candidate.name and (problem := unclean_name(candidate.name)):
                yield f"paper {number}: {candidate.id}: the name {candidate.name[:40]!r} {problem}"


def people_remarks(people: Agenda) -> Iterator[Sentence]:
    """Yield what is allowed and should be known: two offices of one, tellers without a key or on a paper, odd names."""
    yield from office_remarks(people)
    yield from name_remarks(people)
    for teller in people.tellers:
        if teller.key == ON_PAPER:
            yield Sentence(
                f"{teller.name} (Ban kiểm phiếu) ký trên giấy: không kiểm tra được chữ ký và xác nhận thiết lập",
                f"teller {teller.name} signs on paper: neither signature nor confirmation of Setup can be checked",
            )
        for number, paper in enumerate(people.papers, 1):
            if any(shape(teller.name) == shape(one.name) for one in paper.candidates):
                yield Sentence(
                    f"{teller.name} là thành viên Ban kiểm phiếu và có tên trên phiếu {number}",
                    f"{teller.name} is a teller and stands, by name, on paper {number}",
                )


def name_remarks(people: Agenda) -> Iterator[Sentence]:
    """Yield names of one list that look the same, and names with letters that are not Latin."""
    for number, paper in enumerate(people.papers, 1):
        listed = [(f"{one.name} ({one.id})", one.name) for one in paper.candidates]
        yield from _look_remarks(f"Phiếu {number}", f"paper {number}", listed)
    signers = (*people.tellers, people.chair, people.secretary, people.head)
    different = dict.fromkeys(one.name for one in signers)
    yield from _look_remarks("Người ký", "signers", [(name, name) for name in different])


def _look_remarks(vi: str, en: str, names: Iterable[tuple[str, str]]) -> Iterator[Sentence]:
    """Yield what to know of the names of one list, each with what it is called by."""
    alike: dict[str, list[str]] = {}
    for called, name in names:
        alike.setdefault(shape(name), []).append(called)
        if letters := foreign_letters(name):
            codes = " ".join(f"U+{ord(letter):04X}" for letter in letters)
            yield Sentence(
                f"{vi}: {called} có chữ cái không phải chữ La-tinh: {letters} ({codes})",
                f"{en}: {called} has letters that are not Latin: {letters} ({codes})",
            )
    for same in alike.values():
        if len(same) > 1:
            shown = "; ".join(same)
            yield Sentence(f"{vi}: các tên trông giống nhau: {shown}", f"{en}: names that look the same: {shown}")


def office_remarks(people: Agenda) -> Iterator[Sentence]:
    """Yield who holds two offices by name or key."""
    offices = (
        ("chủ trì", "chair", people.chair),
        ("thư ký", "secretary", people.secretary),
        ("người đứng đầu", "head", people.head),
    )
    for (vi, en, one), (other_vi, other_en, other) in combinations(offices, 2):
        if one.key == other.key != ON_PAPER:
            yield Sentence(
                f"{vi} và {other_vi} ký bằng cùng một khóa: {one.name}",
                f"{en} and {other_en} sign with one key: {one.name}",
            )
    for teller in people.tellers:
        for vi, en, one in offices:
            if teller.key == one.key != ON_PAPER or same_text(teller.name, one.name):
                yield Sentence(
                    f"{teller.name} vừa là thành viên Ban kiểm phiếu, vừa là {vi}",
                    f"{teller.name} is a teller and, by name or key, the {en}",
                )


def _signing_problems(people: Agenda) -> Iterator[Sentence]:
    """Every teller with a key signs, and the chair or the secretary; somebody by key."""
    for teller in people.tellers:
        if teller.key != ON_PAPER and not teller.must_sign:
            yield Sentence(
                f"{teller.name}: thành viên Ban kiểm phiếu có khóa thì phải ký biên bản",
                f"teller {teller.name}: must sign the record, having a key",
            )
    if not people.chair.must_sign and not people.secretary.must_sign:
        yield Sentence("Chủ trì hoặc thư ký phải ký biên bản", "the chair or the secretary must sign the record")
    signers = (*people.tellers, people.chair, people.secretary)
    if people.tellers and not any(one.must_sign and one.key != ON_PAPER for one in signers):
        yield Sentence(
            "Không ai phải ký số biên bản: tất cả ký trên giấy", "nobody must sign the record by key: all are on paper"
        )


def _distinct_problems(people: Agenda) -> Iterator[Sentence]:
    for one, other in combinations(people.tellers, 2):
        if same_text(one.name, other.name):
            yield Sentence(
                f"Hai thành viên Ban kiểm phiếu trùng tên: {one.name}", f"two tellers have one name: {one.name}"
            )
        if one.key == other.key != ON_PAPER:
            yield Sentence(
                f"{one.name} và {other.name} có cùng một khóa ký",
                f"two tellers have one signing key: {one.name} and {other.name}",
            )
    for teller in people.tellers:
        for vi, en, one in (("chủ trì", "chair", people.chair), ("thư ký", "secretary", people.secretary)):
            if teller.key == one.key != ON_PAPER:
                yield Sentence(
                    f"{teller.name} (Ban kiểm phiếu) và {vi} có cùng một khóa ký",
                    f"teller {teller.name} and the {en} have one signing key",
                )


def _person(candidate: Candidate) -> tuple[str, ...]:
    return tuple(" ".join(text.casefold().split()) for text in (candidate.name, candidate.position, candidate.born))
