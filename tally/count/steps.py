"""The tellers' count (kiểm phiếu), step by step, from file to file: sum, open share by share, finish.

Nothing is opened but the sum of a whole, closed and audited box. Each command audits the archive once, so a step can be
repeated on another machine after any fault, and a share is never used on the word of an earlier run. What a run adds to
an audited archive goes on from its very bytes (`continued`) and is not audited a second time.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from keys.files.durable import copy_whole, read_plain, whole_file
from keys.group import decode_scalar
from keys.proofs.schnorr import Proof
from keys.teller import find_owner
from keys.transcript import sha256_hex
from keys.trustees import Trustees, parse_trustees
from tally.audit import Report, Verdict, audit
from tally.audit.engines.checking import checker
from tally.errors import CannotSign, NotOneOfUs, NotReady, OtherBox
from tally.result.decryption import OpenedShare, combine_shares, open_share, share_of, verify_opened, verify_share
from tally.result.record import FinishedBox
from tally.signing.signed_files import make_way
from tally.signing.signers import DocumentSigner, KeySigner, signed_envelope
from tally.signing.teller_file import TellerFile, check_of_box
from voting.documents.archives.archive import open_archive, open_archive_for_append
from voting.documents.archives.commitments import sidecar_of
from voting.documents.archives.events import Entry
from voting.documents.archives.outcome import (
    PartialDecryption,
    Result,
    SizedTally,
    encode_partial_decryption,
    encode_tally,
    parse_partial_decryption,
)
from voting.documents.canonical import canonical, compact
from voting.documents.conferences.election import Election, parse_election
from voting.documents.envelope import write_envelope
from voting.documents.facts import CONFIRMATION_TYPE, ChairWord, Confirmation, CountFacts, OpeningProof

FORMAT = 1


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a teller hands over after opening: a file on the stick (`UUID.opening-OWNER.json`)."""

    format: int
    uuid: str
    end_ballots: str
    owner: int
    partial_decryption: str
    proof: OpeningProof


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What people say while counting: complaints, witnesses, the chair's words.

    `reviewed`: they were shown to the people before the screen, who left them as they are.
    """

    complaints: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    chair_words: tuple[ChairWord, ...] = ()
    reviewed: bool = False


def setup_of(path: Path) -> tuple[Election, Trustees, str]:
    """Read Setup of an archive: election, tellers' keys, hash of the event; raise DocumentError or KeysError."""
    with open_archive(path) as archive:
        entry = next(archive.entries())
    return parse_election(entry.records[0]), parse_trustees(entry.records[1]), entry.digest


def owner_of(teller: TellerFile, election: Election, trustees: Trustees) -> int:
    """Find the teller's own keys in Setup; return the owner's number.

    Raises InvalidShare if the share is not there, NotOneOfUs if the signing key is not the one named for this owner, or
    the keys of all tellers are not those of the share's box, OtherBox where Setup names another box.
    """
    conference = election.conference
    check_of_box(teller, conference)
    owner = find_owner(teller.share, trustees)
    if teller.trustees not in ("", sha256_hex(trustees.raw)):
        raise NotOneOfUs("Setup holds other keys than those of this box's ceremony, byte for byte", "other_trustees")
    if conference is not None and (
        len(conference.tellers) < owner or conference.tellers[owner - 1].key != teller.public_signer
    ):
        why = f"Setup names another signing key for teller {owner}, or none"
        raise NotOneOfUs(why, "other_signing_key", owner=owner)
    return owner


def owner_in(report: Report, teller: TellerFile) -> int:
    """Find the teller's keys in an audited archive, before the file is bound to its box; return the owner's number.

    Raises what `owner_of` raises, and OtherBox where the file confirmed another Setup.
    """
    owner = owner_of(teller, *setup_in(report))
    if teller.setup not in ("", report.setup_event):
        raise OtherBox(f"this share confirmed the Setup {teller.setup[:16]}…, this is {report.setup_event[:16]}…")
    return owner


def confirm_setup(
    path: Path,
    teller: TellerFile,
    key_signer: DocumentSigner | None = None,
    note: Callable[[str], object] | None = None,
) -> bytes:
    """Check an archive's Setup for a teller and sign that its owner's keys are in it; return the envelope's bytes.

    `key_signer` is the token of a teller who signs by one. `note` is given the hash of the Setup event before anything
    is signed: `bind_to_setup` writes it into the teller's file. Raises NotReady for an unsound Setup, NotOneOfUs or
    InvalidShare where the teller's own keys are not there, CannotSign for another signer.
    """
    own = key_signer or KeySigner(teller.signer)
    if own.public_text != teller.public_signer:
        why = f"{teller.name} signs by {'a token: this is not it' if teller.token else 'the sealed file'}"
        raise CannotSign(why, "needs_token" if teller.token else "needs_file", name=teller.name)
    report = audited(path)
    election, trustees = setup_in(report)
    owner = owner_of(teller, election, trustees)
    if note is not None:
        note(report.setup_event)
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
    if report.reached == "encrypted_tally":
        return report
    size = path.stat().st_size
    with open_archive_for_append(path) as archive:
        archive.add_tally(encode_tally(report.tally), report.ballots)
    return _summed(report, path, size)


def sum_of(report: Report, source: Path, target: Path) -> Report:
    """Write a copy of an audited archive with its encrypted tally, whole or not at all; return the copy's report.

    A copy that is there already must be that one: raises NotReady for another.
    """
    if not target.exists():
        with whole_file(target, source) as fresh, open_archive_for_append(fresh) as archive:
            archive.add_tally(encode_tally(report.tally), report.ballots)
    carry_sidecar(source, target)
    return _summed(report, target, source.stat().st_size)


def carry_sidecar(source: Path, target: Path) -> None:
    """Copy the commitments beside an archive to another place of it, where they are not yet: they save time alone."""
    there, here = sidecar_of(source), sidecar_of(target)
    if there.is_file() and not here.exists():
        copy_whole(there, here)


def open_one(
    path: Path, teller: TellerFile, end_ballots: str, *, single_ballot: bool = False, report: Report | None = None
) -> Opening:
    """Open one teller's part of the sum of a closed box.

    `end_ballots` is the hash that the tellers compared; `teller` must be bound to it. `single_ballot` is the chair's
    word that a box of one ballot may be opened; `report` that of an audit in this run. Raises NotReady for another box
    or without that word, InvalidShare, NotOneOfUs or CannotOpen for a share that is not of this election.
    """
    report = report or audited(path, "encrypted_tally")
    if end_ballots != report.end_ballots or teller.opened != end_ballots:
        told, found = end_ballots[:16], report.end_ballots[:16]
        why = f"the tellers compared the box {told}…, this is the box {found}…"
        raise NotReady(why, "not_that_box", told=told, found=found)
    check_single(report, single_ballot)
    election, trustees = setup_in(report)
    owner = owner_in(report, teller)
    opened = open_share(election, trustees, report.tally, owner, teller.share.secret)
    proof = OpeningProof(owner, str(opened.proof.challenge), str(opened.proof.response))
    decryption = encode_partial_decryption(opened.decryption).decode()
    return Opening(FORMAT, election.uuid, end_ballots, owner, decryption, proof)


def check_opening(report: Report, opening: Opening) -> OpenedShare:
    """Verify what a teller handed over, both proofs; raise NotReady, InvalidOutcome, InvalidProof or CannotOpen."""
    election, trustees = setup_in(report)
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
    """Audit an archive with its sum, write the finished archive to `target` and return count.json.

    Every opening is verified first, and the result decoded before anything is written. Raises NotReady where tellers
    are missing or double, or the chair's word is for a box of at most one ballot; InvalidShare, CannotOpen.
    """
    report = audited(source, "encrypted_tally")
    return finish_audited(report, source, target, openings, begun=begun, ended=ended, words=words)[0]


def finish_audited(
    report: Report, source: Path, target: Path, openings: Sequence[Opening], *, begun: str, ended: str, words: Words
) -> tuple[bytes, Report]:
    """Finish an archive that was audited in this run, as `finish` does; return count.json and the finished report."""
    _check_words(report, words)
    _, trustees = setup_in(report)
    opened = {one.owner: check_opening(report, one).decryption for one in openings}
    if len(opened) != len(openings):
        raise NotReady("the opening of one teller is duplicated", "opening_twice")
    counts = combine_shares(trustees, report.tally, opened, report.ballots)
    size = source.stat().st_size
    _write_outcome(source, target, opened, Result(counts))
    carry_sidecar(source, target)
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
    )
    done, _ = continued(report, target, size)
    return canonical(facts), replace(done, reached="result", decryptions=opened, result=counts)


def continued(report: Report, path: Path, size: int) -> tuple[Report, Entry]:
    """Read an archive that goes on from an audited one of `size` bytes; return the report with its hashes, and the end.

    Raises NotReady unless it begins with the very bytes that were audited, DocumentError unless its events are a chain.
    """
    if _hash_of(path, size) != report.archive_hash:
        why = f"{path.name} does not go on from the archive that was audited"
        raise NotReady(why, "not_its_sum", path=path.name)
    with open_archive(path) as archive:
        last = deque(archive.entries(), maxlen=1).pop()
        return replace(report, archive_hash=archive.sha256(), last_event=last.digest), last


def _summed(report: Report, path: Path, size: int) -> Report:
    """Read an archive whose encrypted tally was added; raise NotReady unless it is this sum and nothing more."""
    summed, last = continued(report, path, size)
    tally = encode_tally(report.tally)
    sized = SizedTally(report.ballots, report.ballots, sha256_hex(tally))
    if last.event.type != "EncryptedTally" or last.records != (tally, compact(sized)):
        raise NotReady(f"{path.name} holds another sum than that of the box", "not_its_sum", path=path.name)
    return replace(summed, reached="encrypted_tally")


def _hash_of(path: Path, size: int) -> str:
    """Hash the first `size` bytes of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(min(size, 2**20)):
            found.update(piece)
            size -= len(piece)
    return found.hexdigest()


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


def setup_in(report: Report) -> tuple[Election, Trustees]:
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
    """Write the finished archive; one that a signed record names is set aside by a name of its own."""
    with whole_file(target, source) as fresh:
        with open_archive_for_append(fresh) as archive:
            for owner in sorted(opened):
                archive.add_partial_decryption(owner, encode_partial_decryption(opened[owner]))
            archive.add_result(compact(result))
        if target != source:
            make_way(target, read_plain(fresh))
