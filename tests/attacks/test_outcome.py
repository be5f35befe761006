"""What tellers announce, changed: tally, shares, result; every hash made right again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.elgamal import Ciphertext
from keys.group import BASE, Q, add, base_power, encode_point, random_secret
from tally.audit import Verdict
from tests.attacks.lab import COUNTS, Draft, Lab, announce, counted, failed, verify
from voting.documents.archives.outcome import parse_tally
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.canonical import compact


def test_the_honest_archive_is_sound(lab: Lab, tmp_path: Path) -> None:
    report = verify(counted(lab).raw(), tmp_path)
    assert (report.verdict, report.reached, report.result) == (Verdict.SOUND, "result", COUNTS)


def test_any_two_or_all_three_tellers_will_do(lab: Lab, tmp_path: Path) -> None:
    for owners in ((1, 2), (2, 3), (3, 1), (1, 2, 3)):
        assert verify(counted(lab, owners=owners).raw(), tmp_path).result == COUNTS


def share(change: Callable[[dict[str, list[list[object]]]], None], number: int = 0) -> Callable[[Lab, Draft], None]:
    """Edit a partial decryption."""

    def forge(lab: Lab, draft: Draft) -> None:
        owner, raw = draft.shares[number]
        fields = json.loads(raw)
        change(fields)
        draft.shares[number] = owner, compact(fields)

    return forge


def other_factor(fields: dict[str, list[list[object]]]) -> None:
    fields["decryption_factors"][0][0] = encode_point(base_power(random_secret()))


def other_proof(fields: dict[str, list[list[object]]]) -> None:
    proof = fields["decryption_proofs"][1][0]
    assert isinstance(proof, dict)
    proof["response"] = str((int(proof["response"]) + 1) % Q)


def factors_swapped(fields: dict[str, list[list[object]]]) -> None:
    fields["decryption_factors"].reverse()
    fields["decryption_proofs"].reverse()


def factor_missing(fields: dict[str, list[list[object]]]) -> None:
    fields["decryption_factors"][0].pop()


def question_missing(fields: dict[str, list[list[object]]]) -> None:
    fields["decryption_factors"].pop()
    fields["decryption_proofs"].pop()


def no_factors(fields: dict[str, list[list[object]]]) -> None:
    fields.update(decryption_factors=[], decryption_proofs=[])


def owner(number: int) -> Callable[[Lab, Draft], None]:
    def forge(lab: Lab, draft: Draft) -> None:
        draft.shares[0] = number, draft.shares[0][1]

    return forge


def share_missing(lab: Lab, draft: Draft) -> None:
    draft.shares.pop()


def share_twice(lab: Lab, draft: Draft) -> None:
    draft.shares[1] = draft.shares[0]


def share_twice_over(lab: Lab, draft: Draft) -> None:
    draft.shares.append(draft.shares[0])


def surplus_share_wrong(lab: Lab, draft: Draft) -> None:
    announce(lab, draft, parse_tally(draft.tally), owners=(1, 2, 3))
    share(other_factor, number=2)(lab, draft)


def result(raw: bytes) -> Callable[[Lab, Draft], None]:
    def forge(lab: Lab, draft: Draft) -> None:
        draft.result = raw

    return forge


def tally_of_two(lab: Lab, draft: Draft) -> None:
    """Announce the sum of the first two ballots, and open that."""
    fewer = counted(lab, *lab.ballots[:2])
    draft.tally, draft.shares, draft.result = fewer.tally, fewer.shares, fewer.result


def dropped_ballot(lab: Lab, draft: Draft) -> None:
    draft.ballots.pop()


def added_ballot(lab: Lab, draft: Draft) -> None:
    draft.ballots.append(cast_ballot(lab.election, lab.cards[3], [[0, 0], [0, 0]]).raw)


def sizes(**changes: object) -> Callable[[Lab, Draft], None]:
    return lambda lab, draft: draft.sized.update(changes)


def candidates_swapped(lab: Lab, draft: Draft) -> None:
    """Two candidates change places in tally, shares and result alike."""
    draft.tally = compact(json.loads(draft.tally)[::-1])
    for number in range(len(draft.shares)):
        share(factors_swapped, number)(lab, draft)
    draft.result = compact({"result": json.loads(draft.result)["result"][::-1]})


def answers_swapped(lab: Lab, draft: Draft) -> None:
    """Agree and disagree change places in tally, shares and result alike."""
    draft.tally = compact([row[::-1] for row in json.loads(draft.tally)])
    for number, (owner, raw) in enumerate(draft.shares):
        fields = {name: [row[::-1] for row in rows] for name, rows in json.loads(raw).items()}
        draft.shares[number] = owner, compact(fields)
    draft.result = compact({"result": [row[::-1] for row in json.loads(draft.result)["result"]]})


def shifted_tally(lab: Lab, draft: Draft) -> None:
    """Add an agree vote to the announced sum, and open that honestly."""
    tally = [list(row) for row in parse_tally(draft.tally)]
    one = tally[0][0]
    tally[0][0] = Ciphertext(one.alpha, add(one.beta, BASE))
    announce(lab, draft, tuple(map(tuple, tally)))


FORGERIES = {
    "a factor": (share(other_factor), "partial_decryptions", "teller 1: teller 1, question 1, answer 1"),
    "a proof": (share(other_proof), "partial_decryptions", "teller 1: teller 1, question 2, answer 1"),
    "factors swapped": (share(factors_swapped), "partial_decryptions", "teller 1"),
    "a factor missing": (share(factor_missing), "partial_decryptions", "teller 1"),
    "a question missing": (share(question_missing), "partial_decryptions", "teller 1"),
    "no factors": (share(no_factors), "partial_decryptions", "teller 1"),
    "the share of another owner": (owner(2), "partial_decryptions", "teller 2"),
    "of teller 0": (owner(0), "partial_decryptions", "teller 0: a teller from 1 to 3 expected"),
    "of teller 4": (owner(4), "partial_decryptions", "teller 4: a teller from 1 to 3 expected"),
    "of teller -1": (owner(-1), "partial_decryptions", "teller -1"),
    "too few shares": (share_missing, "result", "factors of 2 tellers expected"),
    "a share twice": (share_twice, "partial_decryptions", "a second partial decryption of teller 1"),
    "a share too many": (share_twice_over, "partial_decryptions", "event 8 (PartialDecryption)"),
    "a wrong share beyond the threshold": (surplus_share_wrong, "partial_decryptions", "teller 3"),
    "other counts": (result(b'{"result":[[3,0],[1,1]]}'), "result", "other counts announced"),
    "counts of one question": (result(b'{"result":[[2,1]]}'), "result", "other counts announced"),
    "counts as texts": (result(b'{"result":[["2","1"],["1","1"]]}'), "result", "result"),
    "counts with a space": (result(b'{"result":[[2,1],[1, 1]]}'), "result", "canonical"),
    "counts with a fraction": (result(b'{"result":[[2.0,1],[1,1]]}'), "result", "Expected `int`"),
    "counts as true": (result(b'{"result":[[2,true],[true,true]]}'), "result", "result"),
    "counts modulo q": (result(b'{"result":[[%d,1],[1,1]]}' % (Q + 2)), "result", "other counts announced"),
    "the sum of two ballots": (tally_of_two, "encrypted_tally", "not the sum of the ballots"),
    "a ballot dropped": (dropped_ballot, "encrypted_tally", "not the sum of the ballots"),
    "a ballot added": (added_ballot, "encrypted_tally", "not the sum of the ballots"),
    "a vote added to the sum": (shifted_tally, "encrypted_tally", "not the sum of the ballots"),
    "two candidates swapped": (candidates_swapped, "encrypted_tally", "not the sum of the ballots"),
    "agree and disagree swapped": (answers_swapped, "encrypted_tally", "not the sum of the ballots"),
    "another number of ballots": (sizes(num_tallied=4), "encrypted_tally", "num_tallied: 3 ballots, 4 announced"),
    "another weight": (sizes(total_weight=4), "encrypted_tally", "total_weight: 3 ballots, 4 announced"),
    "numbers as texts": (sizes(total_weight="3"), "records", "sized tally"),
    "an unknown field": (sizes(more=1), "records", "sized tally"),
}


@pytest.mark.parametrize(("forge", "check", "words"), FORGERIES.values(), ids=FORGERIES)
def test_a_changed_outcome_is_named(
    lab: Lab, tmp_path: Path, forge: Callable[[Lab, Draft], None], check: str, words: str
) -> None:
    draft = counted(lab)
    forge(lab, draft)
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert report.result is None
    assert words in failed(report)[check]


def test_a_swap_that_everybody_agrees_on_is_named_everywhere(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    candidates_swapped(lab, draft)
    assert set(failed(verify(draft.raw(), tmp_path))) == {"encrypted_tally", "partial_decryptions", "result"}
