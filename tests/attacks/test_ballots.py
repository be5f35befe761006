"""Forged ballots: each is signed anew where that helps, the chain of hashes is rebuilt, and one check names it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys.cards import credential, new_card
from keys.elgamal import encrypt, product
from keys.group import Q, random_secret, secret_add
from tally.audit import Verdict
from tests.attacks.lab import Lab, closed, edited, failed, resigned, verify
from tests.attacks.lab import lab as the_lab
from tests.keys.proofs.provers import prove_interval
from voting.documents.ballots.answers import Answer, statement, whole_statement
from voting.documents.ballots.ballot import answer_text, cast_ballot
from voting.documents.canonical import compact
from voting.documents.conferences.election import parse_election


def changed_proof(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Add one to a number of the first answer."""

    def edit(ballot: dict[str, Any]) -> None:
        target = ballot["answers"][0]
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = str((int(target[path[-1]]) + 1) % Q)

    return edit


def swapped_choices(ballot: dict[str, Any]) -> None:
    """Agree becomes disagree, each with its own proof."""
    ballot["answers"][0]["choices"].reverse()
    ballot["answers"][0]["individual_proofs"].reverse()


def swapped_answers(ballot: dict[str, Any]) -> None:
    """The votes for two names change places: only the signature binds an answer to its question."""
    ballot["answers"].reverse()


def spelled(change: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    """Spell a number in another way."""

    def edit(ballot: dict[str, Any]) -> None:
        proof = ballot["answers"][0]["overall_proof"][0]
        proof["response"] = change(proof["response"])

    return edit


def upper_case(ballot: dict[str, Any]) -> None:
    """Spell a point in capitals."""
    choice = ballot["answers"][0]["choices"][0]
    choice["alpha"] = choice["alpha"].upper()


def missing_answer(ballot: dict[str, Any]) -> None:
    ballot["answers"].pop()


def missing_proof(ballot: dict[str, Any]) -> None:
    ballot["answers"][0]["individual_proofs"].pop()


def no_overall_proof(ballot: dict[str, Any]) -> None:
    ballot["answers"][0]["overall_proof"] = []


def unknown_field(ballot: dict[str, Any]) -> None:
    ballot["answers"][0]["note"] = "x"


EDITS = {
    "an individual proof's challenge": (changed_proof("individual_proofs", 0, 0, "challenge"), "ballot_proofs"),
    "an individual proof's response": (changed_proof("individual_proofs", 1, 1, "response"), "ballot_proofs"),
    "an overall proof's challenge": (changed_proof("overall_proof", 0, "challenge"), "ballot_proofs"),
    "an overall proof's response": (changed_proof("overall_proof", 1, "response"), "ballot_proofs"),
    "choices swapped": (swapped_choices, "ballot_proofs"),
    "a number not reduced": (spelled(lambda number: str(int(number) + Q)), "ballot_form"),
    "a number padded with a zero": (spelled(lambda number: f"0{number}"), "ballot_form"),
    "a number with a plus sign": (spelled(lambda number: f"+{number}"), "ballot_form"),
    "a negative number": (spelled(lambda number: str(int(number) - Q)), "ballot_form"),
    "a number in hexadecimal": (spelled(lambda number: hex(int(number))), "ballot_form"),
    "a number in other digits": (spelled(lambda number: number.replace("1", "١")), "ballot_form"),
    "a point in capitals": (upper_case, "ballot_form"),
    "an answer missing": (missing_answer, "ballot_form"),
    "a proof missing": (missing_proof, "ballot_form"),
    "no overall proof": (no_overall_proof, "ballot_form"),
    "an unknown field": (unknown_field, "ballot_form"),
}


@pytest.mark.parametrize(("edit", "check"), EDITS.values(), ids=EDITS)
def test_an_edited_ballot_that_its_card_signed_anew_is_named(
    lab: Lab, tmp_path: Path, edit: Callable[[dict[str, Any]], None], check: str
) -> None:
    draft = closed(lab, lab.ballots[0], edited(lab, 1, edit) if check else b"", lab.ballots[2])
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert list(failed(report)) == [check]
    assert failed(report)[check].startswith("event 2 (Ballot)")


def unsigned(change: Callable[[dict[str, Any]], None]) -> Callable[[Lab], bytes]:
    def forge(lab: Lab) -> bytes:
        ballot = json.loads(lab.ballots[1])
        change(ballot)
        return compact(ballot)

    return forge


def other_response(ballot: dict[str, Any]) -> None:
    proof = ballot["signature"]["proof"]
    proof["response"] = str((int(proof["response"]) + 1) % Q)


def other_hash(ballot: dict[str, Any]) -> None:
    ballot["signature"]["hash"] = "A" * 43


def signature_of_another(ballot: dict[str, Any]) -> None:
    ballot["signature"] = json.loads(the_lab().ballots[0])["signature"]


def copied(lab: Lab) -> bytes:
    """The first ballot under the fourth card, signed by it."""
    ballot = json.loads(lab.ballots[0]) | {"credential": lab.public(lab.cards[3])}
    return resigned(lab, ballot, lab.cards[3])


def of_another_election(lab: Lab) -> bytes:
    other = parse_election(lab.election.raw.replace(b'"name":"', b'"name":"X', 1))
    return cast_ballot(other, lab.cards[3], [[1, 0], [1, 0]]).raw


def with_another_uuid(lab: Lab) -> bytes:
    ballot = json.loads(lab.ballots[1]) | {"election_uuid": "Another1111111"}
    return resigned(lab, ballot, lab.cards[1])


def from_an_unknown_card(lab: Lab) -> bytes:
    return cast_ballot(lab.election, new_card(), [[1, 0], [1, 0]]).raw


def second_of_a_card(lab: Lab) -> bytes:
    return cast_ballot(lab.election, lab.cards[0], [[0, 1], [0, 1]]).raw


def replayed(lab: Lab) -> bytes:
    return lab.ballots[0]


def overvote(lab: Lab) -> bytes:
    """Both boxes marked; honest proofs of each mark, and the best that can be made of their sum: a claim of one."""
    card, question = lab.cards[3], lab.election.questions[0]
    ballot = json.loads(cast_ballot(lab.election, card, [[1, 0], [1, 0]]).raw)
    key, start = lab.election.public_key, statement(lab.election.fingerprint, credential(card, lab.election.uuid))
    secrets = random_secret(), random_secret()
    choices = tuple(encrypt(key, 1, secret) for secret in secrets)
    proofs = tuple(
        prove_interval(start, choice, key, secret, 1, 0, 1) for choice, secret in zip(choices, secrets, strict=True)
    )
    whole, total = whole_statement(start, choices), secret_add(*secrets)
    overall = prove_interval(whole, product(choices), key, total, 1, question.min, question.max)
    ballot["answers"][0] = msgspec.to_builtins(answer_text(Answer(choices, proofs, overall, None)))
    return resigned(lab, ballot, card)


def three_branches(lab: Lab) -> bytes:
    """Both boxes marked, with a valid proof that the sum is 0, 1 or 2."""
    generous = parse_election(lab.election.raw.replace(b'"max":1', b'"max":2'))
    ballot = json.loads(cast_ballot(generous, lab.cards[3], [[1, 1], [1, 0]]).raw)
    return resigned(lab, ballot | {"election_hash": lab.election.fingerprint}, lab.cards[3])


def ciphertext_of_another(lab: Lab) -> bytes:
    """Somebody else's ciphertexts in one's own ballot, with proofs that cannot be made."""
    ballot = json.loads(cast_ballot(lab.election, lab.cards[3], [[1, 0], [1, 0]]).raw)
    ballot["answers"][0] = json.loads(lab.ballots[0])["answers"][0]
    return resigned(lab, ballot, lab.cards[3])


def with_a_space(lab: Lab) -> bytes:
    return lab.ballots[1].replace(b'","', b'", "', 1)


def with_a_line_end(lab: Lab) -> bytes:
    return lab.ballots[1] + b"\n"


def with_a_key_twice(lab: Lab) -> bytes:
    return lab.ballots[1].replace(b'{"election_uuid"', b'{"election_uuid":"x","election_uuid"', 1)


def fields_in_another_order(lab: Lab) -> bytes:
    ballot = json.loads(lab.ballots[1])
    return compact({"election_hash": ballot.pop("election_hash")} | ballot)


def an_escaped_letter(lab: Lab) -> bytes:
    return lab.ballots[1].replace(b'"election_uuid":"T', b'"election_uuid":"\\u0054', 1)


WHOLE = {
    "the signature's response": (unsigned(other_response), "ballot_signature"),
    "the signature's hash": (unsigned(other_hash), "ballot_signature"),
    "the signature of another ballot": (unsigned(signature_of_another), "ballot_signature"),
    "two candidates swapped": (unsigned(swapped_answers), "ballot_signature"),
    "copied under another card": (copied, "ballot_proofs"),
    "the ciphertexts of another ballot": (ciphertext_of_another, "ballot_proofs"),
    "of an election with other words": (of_another_election, "ballot_election"),
    "with another uuid": (with_another_uuid, "ballot_election"),
    "from an unknown card": (from_an_unknown_card, "ballot_cards"),
    "a second ballot of a card": (second_of_a_card, "ballot_cards"),
    "replayed": (replayed, "ballot_cards"),
    "both boxes marked": (overvote, "ballot_proofs"),
    "both boxes marked, three branches": (three_branches, "ballot_form"),
    "a space": (with_a_space, "ballot_form"),
    "a line end": (with_a_line_end, "ballot_form"),
    "a key twice": (with_a_key_twice, "ballot_form"),
    "fields in another order": (fields_in_another_order, "ballot_form"),
    "an escaped letter": (an_escaped_letter, "ballot_form"),
    "not JSON": (lambda lab: b"ballot", "ballot_form"),
    "a deep list": (lambda lab: b"[" * 100_000, "ballot_form"),
    "far too large": (lambda lab: lab.ballots[1][:-1] + b" " * 1_000_000 + b"}", "ballot_form"),
}


@pytest.mark.parametrize(("forge", "check"), WHOLE.values(), ids=WHOLE)
def test_a_forged_ballot_is_named(lab: Lab, tmp_path: Path, forge: Callable[[Lab], bytes], check: str) -> None:
    others = [lab.ballots[0]] if check in ("ballot_cards", "ballot_election") else [lab.ballots[2]]
    report = verify(closed(lab, *others, forge(lab)).raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert check in failed(report)
    assert "event 2 (Ballot)" in failed(report)[check]


def test_a_copy_is_found_as_such(lab: Lab, tmp_path: Path) -> None:
    report = verify(closed(lab, *lab.ballots, copied(lab)).raw(), tmp_path)
    assert failed(report)["ballot_copies"] == "event 4 (Ballot): holds a ciphertext of the ballot in event 1"


def test_a_credential_that_was_changed_after_signing_is_named(lab: Lab, tmp_path: Path) -> None:
    ballot = json.loads(lab.ballots[1]) | {"credential": lab.public(lab.cards[3])}
    report = verify(closed(lab, compact(ballot)).raw(), tmp_path)
    assert set(failed(report)) == {"ballot_signature", "ballot_proofs"}


def test_every_forged_ballot_is_named_not_only_the_first(lab: Lab, tmp_path: Path) -> None:
    forged = [edited(lab, number, changed_proof("overall_proof", 0, "challenge")) for number in range(3)]
    report = verify(closed(lab, *forged).raw(), tmp_path)
    (proofs,) = [one for one in report.checks if one.check == "ballot_proofs"]
    assert (proofs.examined, proofs.failed) == (6, 3)
    assert [place.split(":")[0] for place in proofs.first] == [f"event {n} (Ballot)" for n in (1, 2, 3)]
