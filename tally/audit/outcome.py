"""Check what the tellers announced: tally, partial decryptions, threshold, result (Belenios 3.0, 4.18 to 4.21).

Everything is compared with the sum that we computed from the ballots ourselves, never with the announced one.
"""

from collections.abc import Iterable

from keys.trustees import Trustees
from tally.audit.box import Box
from tally.audit.report import Errors, Findings
from tally.result.decryption import combine_shares, share_of, verify_share
from voting.documents.archives.events import Entry
from voting.documents.archives.outcome import (
    Counts,
    PartialDecryption,
    encode_tally,
    parse_owned,
    parse_partial_decryption,
    parse_result,
    parse_sized_tally,
    parse_tally,
)
from voting.documents.conferences.election import Election

TALLY, SHARES, RESULT = "encrypted_tally", "partial_decryptions", "result"
Decryptions = dict[int, PartialDecryption]


def check_tally(findings: Findings, entry: Entry, box: Box) -> None:
    """Check the announced tally against the sum of the ballots, and both its sizes against their number."""
    raw, sized_raw = entry.records
    findings.read(TALLY, entry.place, lambda: parse_tally(raw))
    findings.require(TALLY, raw == encode_tally(box.tally), entry.place, "not the sum of the ballots in the archive")
    sized = parse_sized_tally(sized_raw)  # the walk has parsed it: only whole events come here
    for name, found in (("num_tallied", sized.num_tallied), ("total_weight", sized.total_weight)):
        why = f"{name}: {box.ballots} ballots, {found} announced"
        findings.require(TALLY, found == box.ballots, entry.place, why)


def check_shares(
    findings: Findings, entries: Iterable[Entry], election: Election, trustees: Trustees, box: Box
) -> Decryptions:
    """Check every partial decryption, also those beyond the threshold; return the valid ones by owner."""
    valid: Decryptions = {}
    claimed: set[int] = set()
    for entry in entries:
        owned = parse_owned(entry.records[1])  # as above
        if owned.owner in claimed:
            findings.failed(SHARES, entry.place, f"a second partial decryption of teller {owned.owner}")
            continue
        claimed.add(owned.owner)
        decryption = findings.get(
            SHARES,
            f"{entry.place}, teller {owned.owner}",
            lambda: _verified(entry, owned.owner, election, trustees, box),  # noqa: B023 - called at once
        )
        if decryption is not None:
            valid[owned.owner] = decryption
    return valid


def check_result(
    findings: Findings, entry: Entry, trustees: Trustees, box: Box, decryptions: Decryptions
) -> Counts | None:
    """Compute the result from the valid partial decryptions and compare; return it where it is the announced one."""
    announced = findings.read(RESULT, entry.place, lambda: parse_result(entry.records[0]))
    try:
        computed = combine_shares(trustees, box.tally, decryptions, box.ballots)
    except Errors as error:
        findings.failed(RESULT, entry.place, f"cannot be computed again: {error}")
        return None
    if announced is None or not findings.require(
        RESULT, announced.result == computed, entry.place, "other counts announced"
    ):
        return None
    return computed


def _verified(entry: Entry, owner: int, election: Election, trustees: Trustees, box: Box) -> PartialDecryption:
    decryption = parse_partial_decryption(entry.records[0])
    verify_share(election, share_of(trustees, owner), box.tally, decryption)
    return decryption
