"""The tellers' count (kiểm phiếu), step by step, from file to file: sum, open share by share, finish.

Nothing is opened but the sum of a whole, closed and audited box. Each step reads the archive again and audits it, so a
step can be repeated on another machine after any fault, and a share is never used on the word of an earlier step.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from keys.group import decode_scalar
from keys.schnorr import Proof
from keys.teller import find_owner
from keys.trustees import Trustees, parse_trustees
from tally.audit import Report, Verdict, audit
from tally.errors import CannotSign, NotOneOfUs, NotReady
from tally.fast.checking import checker
from tally.opening import OpenedShare, combine_shares, open_share, share_of, verify_opened, verify_share
from tally.pens import KeyPen, Pen, signed_envelope
from tally.record import FinishedBox
from tally.teller_file import TellerFile
from voting.documents.archive import open_archive, open_archive_for_append
from voting.documents.canonical import canonical, compact
from voting.documents.election import Election, parse_election
from voting.documents.envelope import write_envelope
from voting.documents.facts import CONFIRMATION_TYPE, ChairWord, Confirmation, CountFacts, HeadWord, OpeningProof
from voting.documents.outcome import (
    PartialDecryption,
    Result,
    encode_partial_decryption,
    encode_tally,
    parse_partial_decryption,
)

FORMAT = 1


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a teller hands over after opening: a file on the stick (`UUID.opening-OWNER.json`)."""

    format: int
    uuid: str
    end_ballots: str
    owner: int
    partial_decryption: str
    proof: OpeningProof


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people say while counting: complaints, witnesses, the chair's words, the head's decisions."""

    complaints: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    chair_words: tuple[ChairWord, ...] = ()
    head_words: tuple[HeadWord, ...] = ()


def setup_of(path: Path) -> tuple[Election, Trustees, str]:
    """Read Setup of an archive: election, tellers' keys, hash of the event; raise DocumentError or KeysError."""
    with open_archive(path) as archive:
        entry = next(archive.entries())
    return parse_election(entry.records[0]), parse_trustees(entry.records[1]), entry.digest


def owner_of(teller: TellerFile, election: Election, trustees: Trustees) -> int:
    """Find the teller's own keys in Setup; return the owner's number.

    Raises InvalidShare if the share is not there, NotOneOfUs if the signing key is not the one named for this owner.
    """
    owner = find_owner(teller.share, trustees)
    conference = election.conference
    if conference is not None and (
        len(conference.tellers) < owner or conference.tellers[owner - 1].key != teller.public_signer
    ):
        why = f"Setup names another signing key for teller {owner}, or none"
        raise NotOneOfUs(why, "other_signing_key", owner=owner)
    return owner


def confirm_setup(path: Path, teller: TellerFile, pen: Pen | None = None) -> bytes:
    """Check an archive's Setup for a teller and sign that its owner's keys are in it; return the envelope's bytes.

    `pen` is the token of a teller who signs by one. Raises NotReady for an unsound Setup, NotOneOfUs or InvalidShare
    where the teller's own keys are not there, CannotSign for another pen.
    """
    own = pen or KeyPen(teller.signer)
    if own.public_text != teller.public_signer:
        why = f"{teller.name} signs by {'a token: this is not it' if teller.token else 'the sealed file'}"
        raise CannotSign(why, "needs_token" if teller.token else "needs_file", name=teller.name)
    report = audited(path)
    election, trustees = _setup(report)
    owner = owner_of(teller, election, trustees)
    confirmation = Confirmation(FORMAT, election.uuid, report.setup_event, owner, trustees.threshold())
    return write_envelope(signed_envelope(own, canonical(confirmation), CONFIRMATION_TYPE))


def audited(path: Path, *stages: str, progress: Callable[[int], None] | None = None) -> Report:
    """Audit an archive; raise NotReady unless it is sound.

    Where stages after the closing are named, it must have reached one of them, and its box must be closed.
    """
    report = audit(path, progress=progress, checker=checker(path))
    if report.verdict is not Verdict.SOUND:
        failed = [f"{one.check} ({one.first[0] if one.first else ''})" for one in report.checks if one.failed]
        checks = tuple(one.check for one in report.checks if one.failed)
        why = report.why or "; ".join(failed)
        raise NotReady(f"the archive is not sound: {why}", "not_sound", checks=checks, why=why)
    if stages and report.reached not in stages:
        raise NotReady(f"the archive should have reached {' or '.join(stages)}; it has reached {report.reached}")
    if stages and not report.end_ballots:  # Belenios lets a tally follow the ballots at once; a share must not
        why = "the box was never closed: the archive has no EndBallots event that the tellers could compare"
        raise NotReady(why, "never_closed")
    return report


def add_sum(path: Path) -> Report:
    """Add the encrypted tally to a closed archive; an archive that has it already is left as it is."""
    report = audited(path, "end_ballots", "encrypted_tally")
    if report.reached == "end_ballots":
        with open_archive_for_append(path) as archive:
            archive.add_tally(encode_tally(report.tally), report.ballots)
    return audited(path, "encrypted_tally")


def open_one(path: Path, teller: TellerFile, end_ballots: str, *, single_ballot: bool = False) -> Opening:
    """Open one teller's part of the sum of a closed box.

    `end_ballots` is the hash that the tellers compared; `teller` must be bound to it. `single_ballot` is the chair's
    word that a box of one ballot may be opened. Raises NotReady for another box or without that word, InvalidShare,
    NotOneOfUs or CannotOpen for a share that is not of this election.
    """
    report = audited(path, "encrypted_tally")
    if end_ballots != report.end_ballots or teller.opened != end_ballots:
        told, found = end_ballots[:16], report.end_ballots[:16]
        why = f"the tellers compared the box {told}…, this is the box {found}…"
        raise NotReady(why, "not_that_box", told=told, found=found)
    check_single(report, single_ballot)
    election, trustees = _setup(report)
    owner = owner_of(teller, election, trustees)
    opened = open_share(election, trustees, report.tally, owner, teller.share.secret)
    proof = OpeningProof(owner, str(opened.proof.challenge), str(opened.proof.response))
    decryption = encode_partial_decryption(opened.decryption).decode()
    return Opening(FORMAT, election.uuid, end_ballots, owner, decryption, proof)


def with_sum(source: Path, target: Path) -> Report:
    """Write a copy of a closed archive with its encrypted tally, whole or not at all; the source stays as it is."""
    if not target.exists():
        fresh = target.with_name(target.name + ".new")
        shutil.copyfile(source, fresh)
        add_sum(fresh)
        fresh.replace(target)
    return audited(target, "encrypted_tally")


def check_opening(path: Path, report: Report, opening: Opening) -> OpenedShare:
    """Verify what a teller handed over, both proofs; raise NotReady, InvalidOutcome, InvalidProof or CannotOpen."""
    election, trustees = _setup(report)
    if (opening.uuid, opening.end_ballots) != (election.uuid, report.end_ballots):
        raise NotReady(f"the opening of teller {opening.owner} is of another box", "other_opening", owner=opening.owner)
    share = share_of(trustees, opening.owner)
    if opening.format != FORMAT or opening.proof.owner != opening.owner:
        raise NotReady(f"the opening of teller {opening.owner} holds the proof of another, or is of another format")
    decryption = parse_partial_decryption(opening.partial_decryption.encode())
    proof = proof_of(opening.proof)
    verify_share(election, share, report.tally, decryption)
    verify_opened(election, share, report.tally, decryption, proof)
    return OpenedShare(opening.owner, decryption, proof)


def proof_of(text: OpeningProof) -> Proof:
    """Read an opening proof; raise InvalidScalar."""
    return Proof(decode_scalar(text.challenge), decode_scalar(text.response))


def finish(source: Path, target: Path, openings: Sequence[Opening], *, begun: str, ended: str, words: Words) -> bytes:
    """Write the finished archive to `target` and return count.json.

    Every opening is verified first, and the result decoded before anything is written. Raises NotReady where tellers
    are missing or double, or the chair's word is for a box of at most one ballot; InvalidShare, CannotOpen.
    """
    report = audited(source, "encrypted_tally")
    _check_words(report, words)
    _, trustees = _setup(report)
    opened = {one.owner: check_opening(source, report, one).decryption for one in openings}
    if len(opened) != len(openings):
        raise NotReady("the opening of one teller stands twice", "opening_twice")
    counts = combine_shares(trustees, report.tally, opened, report.ballots)
    _write_outcome(source, target, opened, Result(counts))
    facts = CountFacts(
        format=FORMAT,
        uuid=_election(report).uuid,
        end_ballots=report.end_ballots,
        begun=begun,
        ended=ended,
        openers=tuple(sorted(opened)),
        opening_proofs=tuple(sorted((one.proof for one in openings), key=lambda proof: proof.owner)),
        complaints=words.complaints,
        witnesses=words.witnesses,
        chair_words=words.chair_words,
        head_words=words.head_words,
    )
    return canonical(facts)


def finished_box(report: Report) -> FinishedBox:
    """Take what a record needs out of a report on a finished archive; raise NotReady."""
    if report.verdict is not Verdict.SOUND or report.result is None:
        raise NotReady("a sound archive with its result expected")
    return FinishedBox(
        election=_election(report),
        ballots=report.ballots,
        result=report.result,
        archive=report.archive_hash,
        last_event=report.last_event,
        end_ballots=report.end_ballots,
    )


def _election(report: Report) -> Election:
    if report.election is None:
        raise NotReady("an archive with its Setup expected")
    return report.election


def _setup(report: Report) -> tuple[Election, Trustees]:
    """Take what was audited: the file, read once more, could be another one by now."""
    if report.trustees is None:
        raise NotReady("an archive with its Setup expected")
    return _election(report), report.trustees


def _check_words(report: Report, words: Words) -> None:
    check_single(report, any(word.kind == "single_ballot" for word in words.chair_words))


def check_single(report: Report, allowed: bool) -> None:
    """Raise NotReady for a box of a single ballot, unless the chair allowed it to be opened."""
    if report.ballots == 1 and not allowed:
        why = "a box of a single ballot is opened on the chair's recorded word alone: its result is that vote"
        raise NotReady(why, "single_ballot")


def _write_outcome(source: Path, target: Path, opened: Mapping[int, PartialDecryption], result: Result) -> None:
    fresh = target.with_name(target.name + ".new")
    shutil.copyfile(source, fresh)
    with open_archive_for_append(fresh) as archive:
        for owner in sorted(opened):
            archive.add_partial_decryption(owner, encode_partial_decryption(opened[owner]))
        archive.add_result(compact(result))
    audited(fresh, "result")
    fresh.replace(target)
