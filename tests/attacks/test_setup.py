"""A Setup that was changed: words, keys, tellers, cards; everything after it is left as it was or made anew."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys.group import Q, Secret, base_power, encode_point, random_secret, secret_sub
from keys.proofs.schnorr import prove_possession
from keys.trustees import Single, TrusteeKey, encode_trustees
from tally.audit import Verdict
from tests.attacks.lab import Draft, Lab, closed, counted, failed, verify
from voting.documents.canonical import compact


def election(change: Callable[[dict[str, Any]], None]) -> Callable[[Lab, Draft], None]:
    """Edit election.json."""

    def forge(lab: Lab, draft: Draft) -> None:
        fields = json.loads(draft.setup[0])
        change(fields)
        draft.setup[0] = compact(fields)

    return forge


def trustees(change: Callable[[dict[str, Any]], None]) -> Callable[[Lab, Draft], None]:
    """Edit the threshold's parameters in trustees.json."""

    def forge(lab: Lab, draft: Draft) -> None:
        items = json.loads(draft.setup[1])
        change(items[0][1])
        draft.setup[1] = compact(items)

    return forge


def cards(change: Callable[[list[str]], None]) -> Callable[[Lab, Draft], None]:
    """Edit the list of public credentials."""

    def forge(lab: Lab, draft: Draft) -> None:
        found = json.loads(draft.setup[2])
        change(found)
        draft.setup[2] = compact(found)

    return forge


def conference(**changes: Any) -> Callable[[Lab, Draft], None]:
    """Edit the field `conference`."""
    return election(lambda fields: fields["conference"].update(changes))


def some_point() -> str:
    return encode_point(base_power(random_secret()))


def more(number: str) -> str:
    return str((int(number) + 1) % Q)


def other_words(fields: dict[str, Any]) -> None:
    fields["name"] += "!"


def other_key(fields: dict[str, Any]) -> None:
    fields["public_key"] = some_point()


def other_vk(item: dict[str, Any]) -> None:
    item["verification_keys"][1]["public_key"] = some_point()


def other_pok(item: dict[str, Any]) -> None:
    item["verification_keys"][1]["pok"]["response"] = more(item["verification_keys"][1]["pok"]["response"])


def other_vk_signature(item: dict[str, Any]) -> None:
    item["verification_keys"][1]["signature"]["response"] = more(item["verification_keys"][1]["signature"]["response"])


def other_certificate(item: dict[str, Any]) -> None:
    message = json.loads(item["certs"][1]["message"])
    item["certs"][1]["message"] = compact(message | {"encryption": some_point()}).decode()


def certificate_of_another_place(item: dict[str, Any]) -> None:
    item["certs"][1] = item["certs"][0]


def other_coefficient(item: dict[str, Any]) -> None:
    message = json.loads(item["coefexps"][0]["message"])
    message["coefexps"][0] = some_point()
    item["coefexps"][0]["message"] = compact(message).decode()


def other_ceremony_signature(item: dict[str, Any]) -> None:
    item["signatures"][0]["response"] = more(item["signatures"][0]["response"])


def threshold(number: int) -> Callable[[dict[str, Any]], None]:
    return lambda item: item.update(threshold=number)


def vk_swapped(item: dict[str, Any]) -> None:
    item["verification_keys"].reverse()


def twice(found: list[str]) -> None:
    found[1] = found[0]


def one_more(found: list[str]) -> None:
    found.append(some_point())


def weight(text: str) -> Callable[[list[str]], None]:
    def change(found: list[str]) -> None:
        found[0] += text

    return change


def identity_card(found: list[str]) -> None:
    found[0] = "0" * 63 + "1"


def keys_without_product(lab: Lab, draft: Draft) -> None:
    """Two tellers, each with a good proof, whose keys cancel out."""
    secret = random_secret()
    pair = (secret, secret_sub(Secret(bytes(32)), secret))
    draft.setup[1] = encode_trustees([Single(TrusteeKey(base_power(one), prove_possession(one))) for one in pair])


def beyond_python(lab: Lab, draft: Draft) -> None:
    """Two numbers, each of as many digits as Python prints, and their sum of one more."""
    raw = draft.setup[0]
    for name in ("drawn", "spares"):
        raw = re.sub(rb'"%s":[0-9]+' % name.encode(), b'"%s":' % name.encode() + b"9" * 4300, raw)
    draft.setup[0] = raw


def half_a_pair(lab: Lab, draft: Draft) -> None:
    draft.setup[0] = draft.setup[0].replace(b'"procedure":"', b'"procedure":"\\ud800')


FORGERIES = {
    "other words": (election(other_words), "ballot_election"),
    "another election key": (election(other_key), "election_key"),
    "the identity as election key": (election(lambda f: f.update(public_key="0" * 63 + "1")), "election"),
    "a space in election.json": (lambda lab, draft: draft.setup.__setitem__(0, draft.setup[0] + b" "), "election"),
    "an unknown teller's key": (trustees(other_vk), "trustees"),
    "another proof of possession": (trustees(other_pok), "trustees"),
    "another signature of a key": (trustees(other_vk_signature), "trustees"),
    "another certificate": (trustees(other_certificate), "trustees"),
    "a certificate twice": (trustees(certificate_of_another_place), "trustees"),
    "another coefficient": (trustees(other_coefficient), "trustees"),
    "another signature of the ceremony": (trustees(other_ceremony_signature), "trustees"),
    "threshold 1": (trustees(threshold(1)), "trustees"),
    "threshold 3": (trustees(threshold(3)), "trustees"),
    "threshold 0": (trustees(threshold(0)), "trustees"),
    "threshold 4": (trustees(threshold(4)), "trustees"),
    "tellers' keys in another order": (trustees(vk_swapped), "trustees"),
    "tellers' keys that cancel out": (keys_without_product, "election_key"),
    "numbers too long to print": (beyond_python, "election"),
    "half of a surrogate pair": (half_a_pair, "election"),
    "no tellers": (lambda lab, draft: draft.setup.__setitem__(1, b"[]"), "trustees"),
    "a space in trustees.json": (lambda lab, draft: draft.setup.__setitem__(1, draft.setup[1] + b" "), "trustees"),
    "a card twice": (cards(twice), "credentials"),
    "a card too many": (cards(one_more), "conference"),
    "a card of weight 2": (cards(weight(",2")), "credentials"),
    "a card of weight 0": (cards(weight(",0")), "credentials"),
    "a weight with a zero before it": (cards(weight(",01")), "credentials"),
    "a weight that is empty": (cards(weight(",")), "credentials"),
    "the identity as a card": (cards(identity_card), "credentials"),
    "a space in the cards": (lambda lab, draft: draft.setup.__setitem__(2, draft.setup[2] + b" "), "credentials"),
    "more cards drawn than people present": (conference(drawn=9), "conference"),
    "more present than summoned": (conference(present=99), "conference"),
    "fewer cards drawn than ballots": (conference(drawn=2, spares=3), "conference"),
    "a teller too few": (election(lambda f: f["conference"]["tellers"].pop()), "conference"),
    "an unreadable key of the desk": (conference(desk_key="AAAA"), "conference"),
    "an unknown field in the conference": (conference(more="x"), "election"),
    "a rule of 30 of 0": (election(lambda f: f["conference"]["papers"][0]["rule"].update(den=0)), "conference"),
    "a name at another's answer": (
        election(lambda f: f["conference"]["papers"][0]["candidates"][0].update(at=[1, 0])),
        "conference",
    ),
}


@pytest.mark.parametrize(("forge", "check"), FORGERIES.values(), ids=FORGERIES)
def test_a_changed_setup_is_named(lab: Lab, tmp_path: Path, forge: Callable[[Lab, Draft], None], check: str) -> None:
    draft = counted(lab)
    forge(lab, draft)
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.NOT_SOUND
    assert check in failed(report)


def test_a_ballot_of_a_card_that_was_struck_from_the_list_is_named(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    found = [one for one in json.loads(draft.setup[2]) if one != lab.public(lab.cards[1])]
    draft.setup[2] = compact(found)
    names = failed(verify(draft.raw(), tmp_path))
    assert names["ballot_cards"] == "event 2 (Ballot): its card is not one of Setup's"
    assert "conference" in names


def test_the_weight_one_is_no_weight(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    draft.setup[2] = compact([f"{one},1" for one in json.loads(draft.setup[2])])
    assert verify(draft.raw(), tmp_path).verdict is Verdict.SOUND


UNSUPPORTED = {
    "another group": lambda f: f.update(group="RFC-3526-2048"),
    "an unknown group": lambda f: f.update(group="Ed448"),
    "version 2": lambda f: f.update(version=2),
    "a non-homomorphic question": lambda f: f["questions"].__setitem__(
        0, {"type": "NonHomomorphic", "value": {"answers": ["a", "b"], "question": "q"}}
    ),
    "a question of lists": lambda f: f["questions"].__setitem__(
        0, {"type": "Lists", "value": {"answers": [["a"], ["b"]], "question": "q"}}
    ),
}


@pytest.mark.parametrize("change", UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_what_is_not_supported_is_never_a_pass(
    lab: Lab, tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    draft = closed(lab)
    election(change)(lab, draft)
    report = verify(draft.raw(), tmp_path)
    assert report.verdict is Verdict.UNSUPPORTED
    assert report.why
