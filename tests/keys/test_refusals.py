"""Refusals that no other test of this package meets: each rare way to be wrong, and the word it gets."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from keys import group, wire
from keys.ceremony import protocol
from keys.ceremony.complaint import complain, judge
from keys.ceremony.messages import CeremonySecret, DealingText, seal
from keys.ceremony.rehearsal import BoxRehearsal, Rehearsal
from keys.errors import CannotDecode, DamagedFile, InvalidCertificate, InvalidShare
from keys.files import durable
from keys.files.recovery import read_recovery
from keys.group import base_power, random_secret
from keys.trustees import encode_trustees, parse_trustees


@dataclasses.dataclass(frozen=True)
class Dealt:
    """A ceremony of three tellers after the dealing."""

    secrets: list[CeremonySecret]
    announcements: bytes
    dealings: list[bytes]

    @property
    def joined(self) -> bytes:
        return protocol.gather_dealings(self.dealings)


def new_ceremony() -> Dealt:
    begun = [protocol.begin(3, 2, index) for index in (1, 2, 3)]
    announcements = protocol.gather_announcements(raw for _, raw in begun)
    dealt = [protocol.deal(secret, announcements) for secret, _ in begun]
    return Dealt([secret for secret, _ in dealt], announcements, [raw for _, raw in dealt])


@pytest.fixture(scope="module")
def dealt() -> Dealt:
    return new_ceremony()


@pytest.mark.parametrize("index", [0, 4, -1])
def test_a_dealing_of_a_teller_who_does_not_exist_is_refused(dealt: Dealt, index: int) -> None:
    changed = wire.compact(msgspec.json.decode(dealt.dealings[0]) | {"index": index})
    with pytest.raises(InvalidShare, match=f"a dealing of teller 1 to 3 expected, {index} found"):
        protocol.check_dealing(dealt.announcements, changed)


@pytest.mark.parametrize("index", [0, 4])
def test_a_public_share_of_a_teller_who_does_not_exist_is_refused(dealt: Dealt, index: int) -> None:
    _, share = protocol.accept(dealt.secrets[0], dealt.announcements, dealt.joined)
    changed = wire.compact(msgspec.json.decode(share) | {"index": index})
    with pytest.raises(InvalidShare, match=f"a public share of teller 1 to 3 expected, {index} found"):
        protocol.check_share(dealt.announcements, dealt.joined, changed)


def test_announcements_of_fewer_tellers_than_were_agreed_are_refused() -> None:
    secret, announcement = protocol.begin(3, 2, 1)
    others = [protocol.begin(2, 2, index)[1] for index in (1, 2)]
    assert announcement
    with pytest.raises(InvalidCertificate, match="announcements of 3 tellers expected, of 2 found"):
        protocol.deal(secret, protocol.gather_announcements(others))


def test_a_complaint_about_a_dealing_for_other_announcements_accuses_nobody(dealt: Dealt) -> None:
    complaint = complain(dealt.secrets[2], dealt.announcements, dealt.joined, dealer=2, box=1)
    text = wire.parse(dealt.dealings[1], DealingText, "dealing")
    elsewhere = msgspec.structs.replace(text, announcements="ab" * 32, seals=())
    joined = protocol.gather_dealings([dealt.dealings[0], seal(elsewhere, dealt.secrets[1].boxes), dealt.dealings[2]])
    with pytest.raises(InvalidShare, match="a dealing of this ceremony expected"):
        judge(dealt.announcements, joined, complaint)


def test_shares_that_do_not_belong_together_open_no_rehearsed_number() -> None:
    """Every part proves its own share, and yet the shares lie on no common polynomial."""
    [(item, keys)] = protocol.rehearse(3, 2)
    stranger = random_secret()
    publics = list(item.verification_keys)
    publics[2] = dataclasses.replace(publics[2], public_key=base_power(stranger))
    keys[2] = dataclasses.replace(keys[2], secret=stranger, public_share=base_power(stranger))
    trustees = parse_trustees(encode_trustees([dataclasses.replace(item, verification_keys=tuple(publics))]))
    rehearsal = Rehearsal((trustees,), "ab" * 32)
    with pytest.raises(CannotDecode):
        rehearsal.finish(rehearsal.open([key]) for key in keys)


def test_tellers_who_open_another_number_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    [(item, keys)] = protocol.rehearse(3, 2)
    trustees = parse_trustees(encode_trustees([item]))
    rehearsal = Rehearsal((trustees,), "ab" * 32)
    parts = [rehearsal.open([key]) for key in keys]
    right = BoxRehearsal.opens
    monkeypatch.setattr(BoxRehearsal, "opens", lambda of, parts: right(of, parts) + (2 not in parts))
    with pytest.raises(InvalidShare, match=r"tellers \[1, 3\] open another number"):
        rehearsal.finish(parts)


def test_a_secret_of_zero_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([bytes(64), b"\x01" + bytes(63)])
    monkeypatch.setattr(group, "secrets", SimpleNamespace(
        token_bytes=lambda _: next(drawn), compare_digest=group.secrets.compare_digest))  # fmt: skip
    assert group.secret_to_int(group.random_secret()) == 1


def test_where_folders_cannot_be_opened_none_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(durable, "_WINDOWS", True)
    durable.sync_folder(tmp_path / "not there")


def test_a_line_with_letters_to_spare_is_refused() -> None:
    with pytest.raises(DamagedFile, match="line 1"):
        read_recovery("01 1 00")
