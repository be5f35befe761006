"""Tellers who stand on a ballot (thành viên Ban kiểm phiếu có tên trên phiếu): not without a reason.

A draft keeps the reasons by name. Setup spells them as notes of the conference, so the record and the annex of the
minutes say them. Names are compared letter by letter, in any case; what only looks alike is a warning
(`voting.conference.draft.warnings`).
"""

from collections.abc import Iterable, Mapping

from voting.documents.conferences.conference import Note, Paper, Signer
from voting.documents.tellers import Clash

CODE = "KPV"
_TEXT = "Đồng chí {name} vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu; lý do: {reason}"


def clashing(tellers: Iterable[Signer], papers: Iterable[Paper]) -> tuple[str, ...]:
    """Name the tellers who stand on a paper."""
    listed = {_folded(one.name) for paper in papers for one in paper.candidates}
    return tuple(one.name for one in tellers if _folded(one.name) in listed)


def reason_of(name: str, clashes: Iterable[Clash]) -> str:
    """Why this teller counts all the same; empty where nobody has said so."""
    return next((one.reason for one in clashes if one.name == name), "")


def accepted(reasons: Mapping[str, str]) -> tuple[Clash, ...]:
    """The clashes that are accepted for these reasons, by teller; empty reasons are dropped."""
    return tuple(Clash(name, reason) for name, reason in reasons.items() if reason)


def clash_notes(clashes: Iterable[Clash]) -> tuple[Note, ...]:
    """Spell accepted clashes as notes of a conference."""
    return tuple(Note(CODE, _TEXT.format(name=one.name, reason=one.reason)) for one in clashes)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
