"""Refusals that no other test of the documents meets: list decisions, envelopes, bundles, links between documents."""

import base64
import dataclasses
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import msgspec
import pytest

from keys.files.signing import new_signing_key, public_text
from tests.voting.documents.bundles.test_bundle import FILES, good, key, rewritten
from tests.voting.documents.bundles.whole import verify_bundle_files
from tests.voting.documents.elections import conference, raw_election, small_election
from voting.documents.bundles import bundle as bundles
from voting.documents.bundles.bundle import Bundle, open_bundle, write_bundle
from voting.documents.bundles.signed import read_signed
from voting.documents.bundles.step_chain import chain_problems, payload_hash
from voting.documents.canonical import canonical
from voting.documents.conferences.check import check_conference, conference_problems
from voting.documents.conferences.conference import Note, Organiser, Previous, Rule, Ruleset, Signer
from voting.documents.conferences.election import Election, parse_election
from voting.documents.envelope import Envelope, make_envelope, parse_envelope, payload_of, read_payload, write_envelope
from voting.documents.errors import (
    InvalidBundle,
    InvalidConference,
    InvalidElection,
    InvalidListDecision,
    NotCanonical,
    UnsignedDocument,
)
from voting.documents.list_decision import (
    LIST_DECISION_TYPE,
    DecidedList,
    HandVote,
    ListDecision,
    Listed,
    list_decision_payload,
    read_list_decision,
    sign_list_decision,
    unsigned_list_decision,
)

SIGNER = new_signing_key()
NAME = Listed("c1", "Trần Thị An", "Chuyên viên", "1980", "")
DECISION = ListDecision(
    format=2,
    kind="list_decision",
    ruleset=Ruleset("SONLA-VPUB-2022-03", 1),
    procedure="CUR-DEPT",
    step=1,
    section="B.II.1.1.3(1)",
    name="Quyết định danh sách",
    term="2021 - 2026",
    place="Sơn La",
    date="2022-04-02",
    organiser=Organiser("state", "UBND TỈNH SƠN LA", "VĂN PHÒNG", "Sơn La", "BB-VPUB", ""),
    basis=(),
    adopted_by="Tập thể lãnh đạo",
    adopted=(),
    vote=HandVote(9, 8, 7),
    lists=(DecidedList("Phòng Tổng hợp", "Trưởng phòng", (NAME,)),),
    signers=(Signer("Lê Chủ Trì", "Chủ trì", public_text(SIGNER), True),),
    notes=(Note("A19", "x"),),
)


def changed(**fields: object) -> ListDecision:
    return msgspec.structs.replace(DECISION, **fields)


def listed(*names: Listed) -> tuple[DecidedList, ...]:
    return (DecidedList("Phòng Tổng hợp", "Trưởng phòng", names),)


CONTRADICTIONS: dict[str, tuple[ListDecision, str]] = {
    "another format": (changed(format=1), "format 2 expected, 1 found"),
    "no date": (changed(date="02/04/2022"), "YYYY-MM-DD expected"),
    "nobody who signs": (changed(signers=()), "who adopted it and who signs"),
    "nobody who adopted it": (changed(adopted_by=""), "who adopted it and who signs"),
    "more agree than are present": (changed(vote=HandVote(9, 8, 9)), "0 <= agree <= present <= summoned"),
    "more present than summoned": (changed(vote=HandVote(7, 8, 7)), "0 <= agree <= present <= summoned"),
    "a list twice": (changed(lists=(*listed(NAME), *listed())), "stands 2 times"),
    "a name twice": (changed(lists=listed(NAME, NAME)), "the id c1 stands 2 times"),
    "a name without an id": (changed(lists=listed(msgspec.structs.replace(NAME, id=""))), "needs an id and a name"),
    "an empty name": (changed(lists=listed(msgspec.structs.replace(NAME, name=""))), "needs an id and a name"),
    "text that hides": (changed(place="Sơn\u202eLa"), "the text .* is"),
    "a signer's name that hides": (
        changed(signers=(Signer("Lê\u200b", "Chủ trì", public_text(SIGNER), True),)), "the text .* is"),
    "a note that hides": (
        changed(lists=listed(msgspec.structs.replace(NAME, note="a\u202eb"))), "the text .* is"),
}  # fmt: skip


@pytest.mark.parametrize(("decision", "words"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_list_decision_that_contradicts_itself_is_not_written_nor_read(decision: ListDecision, words: str) -> None:
    with pytest.raises(InvalidListDecision, match=words):
        list_decision_payload(decision)
    with pytest.raises(InvalidListDecision, match=words):
        read_list_decision(write_envelope(make_envelope(canonical(decision), LIST_DECISION_TYPE)))


def test_a_list_decision_counts_once_everybody_it_names_has_signed() -> None:
    raw = unsigned_list_decision(DECISION)
    with pytest.raises(UnsignedDocument, match="awaiting signature of Lê Chủ Trì") as caught:
        read_signed(raw)
    assert caught.value.awaited == ("Lê Chủ Trì",)
    assert read_signed(sign_list_decision(raw, [SIGNER])) == DECISION
    assert sign_list_decision(sign_list_decision(raw, [SIGNER]), [SIGNER]).count(b"keyid") == 1


def test_a_key_that_the_decision_does_not_name_signs_nothing() -> None:
    with pytest.raises(InvalidListDecision, match="not one that the decision names"):
        sign_list_decision(unsigned_list_decision(DECISION), [new_signing_key()])


@pytest.mark.parametrize(("payload", "words"), [("***", "not base64"), ("YQ", "not base64"), ("YR==", "one spelling")])
def test_a_payload_has_one_spelling(payload: str, words: str) -> None:
    with pytest.raises(NotCanonical, match=words):
        payload_of(Envelope(payload, "x", ()), "facts")


def test_an_envelope_of_another_type_is_refused() -> None:
    with pytest.raises(NotCanonical, match="payload type a expected, 'b' found"):
        parse_envelope(write_envelope(make_envelope(b"{}", "b")), "a", "facts")
    assert read_payload(make_envelope(b"{}", "a"), dict, "facts") == {}


def fields_of(**changes: object) -> bytes:
    """An election with one question changed."""
    raw = msgspec.json.decode(small_election().election.raw)
    raw["questions"][0] |= changes
    return msgspec.json.encode(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"[]", "an object expected"),
        (b'"x"', "an object expected"),
        (fields_of(answers="AB"), "a list of texts"),
        (fields_of(answers=[1, 2]), "a list of texts"),
        (b'{"version":1,"description":"","name":"n","group":"Ed25519","public_key":"5c7bfc663df7c22a7b71d75b1e52ef172c15'
         b'30f304747a45b366b4af58436b58","questions":[1],"uuid":"3NGX6NdhdXaBGB"}', "an object expected"),
    ],
)  # fmt: skip
def test_an_election_of_another_shape_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(InvalidElection, match=words):
        parse_election(raw)


def with_paper(**changes: object) -> Election:
    """An election whose one paper was changed."""
    made, questions = conference()
    paper = msgspec.structs.replace(made.papers[0], **changes)
    whole = msgspec.structs.replace(made, papers=(paper,))
    return parse_election(raw_election(questions, small_election().election.public_key, whole))


def test_a_paper_without_names_or_with_an_impossible_rule_is_refused() -> None:
    rule = conference()[0].papers[0].rule
    for changes, words in (
        ({"candidates": ()}, "at least one name expected"),
        ({"rule": msgspec.structs.replace(rule, den=0)}, "den >= 1"),
        ({"rule": msgspec.structs.replace(rule, num=-1)}, "num >= 0"),
    ):
        assert any(words in problem for problem in conference_problems(with_paper(**changes))), changes
        with pytest.raises(InvalidConference, match="conference: "):
            check_conference(with_paper(**changes))


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("rule", {"op": ">", "at_line": "head"}, "no words for names exactly on the line"),
        ("selection", {"fallback": Rule(">=", 3, 10, "present")}, "no words for the field fallback"),
    ],
)
def test_a_paper_whose_rule_the_minutes_cannot_print_is_refused_in_a_setup(
    part: str, change: dict[str, object], words: str
) -> None:
    before = getattr(conference()[0].papers[0], part)
    election = with_paper(**{part: msgspec.structs.replace(before, **change)})
    assert [words in problem for problem in conference_problems(election)] == [True]
    with pytest.raises(InvalidConference, match=words):
        check_conference(election)


@pytest.mark.parametrize("mode", ["report", "levels"])
def test_a_paper_of_a_mode_that_the_minutes_cannot_print_is_refused_in_a_setup(mode: str) -> None:
    selection = msgspec.structs.replace(conference()[0].papers[0].selection, mode=mode)
    with pytest.raises(InvalidConference, match=f"(?s){mode}.*papers"):
        with_paper(selection=selection)


def test_an_election_without_a_conference_has_no_problems() -> None:
    election = dataclasses.replace(small_election().election, conference=None)
    assert list(conference_problems(election)) == []


@pytest.mark.parametrize("change", [{"blank": True}, {"min": 1}])
def test_a_name_under_a_question_of_another_kind_does_not_fit(change: dict[str, object]) -> None:
    made = small_election().election
    questions = (dataclasses.replace(made.questions[0], **change), *made.questions[1:])  # type: ignore[arg-type]
    problems = list(conference_problems(dataclasses.replace(made, questions=questions)))
    assert any("no such question" in problem for problem in problems)


# --- bundles ---------------------------------------------------------------------------------------------------------


def test_more_bytes_or_files_than_a_bundle_holds_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidBundle, match="at most 3 files"), monkeypatch.context() as patch:
        patch.setattr(bundles, "MOST_FILES", 3)
        write_bundle("dossier", FILES, key(), "x")
    with pytest.raises(InvalidBundle, match="at most 50 bytes"), monkeypatch.context() as patch:
        patch.setattr(bundles, "MOST_BYTES", 50)
        write_bundle("dossier", FILES, key(), "x")


class Shrinking(io.BytesIO):
    """A file that is cut while it is being read."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self.cut = False

    def read(self, size: int | None = -1, /) -> bytes:
        return b"" if self.cut else super().read(size)


def test_a_bundle_that_is_cut_while_it_is_read_is_refused() -> None:
    file = Shrinking(good())
    bundle = open_bundle(file)
    file.cut = True
    with pytest.raises(InvalidBundle, match="cut after 0 bytes"):
        verify_bundle_files(bundle)


def manifest(**changes: object) -> Callable[[dict[str, bytes]], None]:
    """Put another manifest in, its signature no longer of any use."""

    def change(stored: dict[str, bytes]) -> None:
        envelope = msgspec.json.decode(stored[bundles.MANIFEST], type=Envelope)
        payload = msgspec.json.decode(base64.b64decode(envelope.payload)) | changes
        if "files" in changes and callable(changes["files"]):
            payload["files"] = changes["files"](msgspec.json.decode(base64.b64decode(envelope.payload))["files"])
        other = make_envelope(canonical(payload), envelope.payloadType, envelope.signatures)
        stored[bundles.MANIFEST] = write_envelope(other)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (manifest(format=2), "format 1 expected, 2 found"),
        (manifest(files=lambda files: files[::-1]), "each file once, sorted by name"),
        (manifest(files=lambda files: [*files, files[-1]]), "each file once, sorted by name"),
    ],
)
def test_a_manifest_of_another_shape_is_refused(change: Callable[[dict[str, bytes]], None], words: str) -> None:
    with pytest.raises(InvalidBundle, match=words):
        open_bundle(io.BytesIO(rewritten(change)))


def test_a_checksum_that_does_not_fit_is_refused() -> None:
    bundle = open_bundle(io.BytesIO(good()))
    entries = {name: dataclasses.replace(entry, crc=entry.crc ^ 1) for name, entry in bundle.entries.items()}
    with pytest.raises(InvalidBundle, match="CRC-32"):
        verify_bundle_files(Bundle(bundle.file, bundle.manifest, bundle.envelope, entries))


def test_bytes_before_the_directory_that_belong_to_no_file_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        files = [(name, plain.read(name)) for name in plain.namelist()]
    out, entries = io.BytesIO(), []
    for name, content in files:
        entries.append(bundles._Entry(name.encode(), out.tell(), len(content), zlib.crc32(content)))
        out.write(entries[-1].local() + content)
    out.write(b"hidden")
    with pytest.raises(InvalidBundle, match="bytes that belong to no file"):
        open_bundle(io.BytesIO(out.getvalue() + bundles._directory(entries, out.tell())))


def test_a_directory_that_is_shorter_than_its_count_is_refused() -> None:
    raw = bytearray(good())
    count = struct.unpack_from("<H", raw, len(raw) - 12)[0] + 1
    struct.pack_into("<HH", raw, len(raw) - 14, count, count)
    with pytest.raises(InvalidBundle, match="the directory is cut"):
        open_bundle(io.BytesIO(bytes(raw)))


# --- links between documents -----------------------------------------------------------------------------------------

BEFORE = changed(step=1)


def later(*previous: Previous, names: tuple[Listed, ...] = (NAME,)) -> ListDecision:
    """The list decision of step 2, whose list comes from these documents."""
    return changed(step=2, lists=(DecidedList("Phòng Tổng hợp", "Trưởng phòng", names, previous),))


def links(*documents: ListDecision) -> list[str]:
    """What is wrong with these documents, without the words that say in which."""
    numbered = {f"{number:064}": one for number, one in enumerate(documents)}
    found = (problem.partition("): ") for problem in chain_problems(numbered))
    return [words for place, _, words in found if "step 2" in place]


NAMED = Previous(1, "list_decision", payload_hash(BEFORE))


def test_a_later_list_names_the_document_before() -> None:
    assert links(BEFORE, later(NAMED)) == []
    assert links(BEFORE, later()) == ["one document before expected, 0 named"]
    assert links(BEFORE, later(names=())) == []


def test_a_later_list_names_one_document_before_which_has_that_list() -> None:
    assert links(BEFORE, later(NAMED, NAMED)) == ["one document before expected, 2 named"]
    other = changed(lists=(DecidedList("Phòng Khác", "Trưởng phòng", (NAME,)),))
    named = Previous(1, "list_decision", payload_hash(other))
    assert links(other, later(named)) == ["the document before hands on nothing for Trưởng phòng of Phòng Tổng hợp"]
    assert links(BEFORE, later(Previous(2, "list_decision", payload_hash(BEFORE)))) == [
        "the document before has no list 2"
    ]
