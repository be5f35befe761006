"""Tellers who stand on a ballot (thành viên Ban kiểm phiếu có tên trên phiếu): not without a reason.

The reason stands in the conference's notes, so Setup, the record and the annex of the minutes say it. Names are
compared letter by letter, in any case; what only looks alike is a warning (`voting.conference.draft.warnings`).
"""

from collections.abc import Iterable, Mapping

from voting.documents.conferences.conference import Note, Paper, Signer

CODE = "KPV"
_TEXT = "Đồng chí {name} vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu; lý do: {reason}"
_EARLIER = "Đồng chí {name} vừa là kiểm phiếu viên, vừa có tên trên phiếu; lý do: {reason}"  # drafts before 0.2.0


def clashing(tellers: Iterable[Signer], papers: Iterable[Paper]) -> tuple[str, ...]:
    """Name the tellers who stand on a paper."""
    listed = {_folded(one.name) for paper in papers for one in paper.candidates}
    return tuple(one.name for one in tellers if _folded(one.name) in listed)


def reason_of(name: str, notes: Iterable[Note]) -> str:
    """Why this teller counts all the same; empty where nobody has said so."""
    for start in (text.format(name=name, reason="") for text in (_TEXT, _EARLIER)):
        for one in notes:
            if one.code == CODE and one.text.startswith(start):
                return one.text.removeprefix(start)
    return ""


def with_reasons(notes: Iterable[Note], reasons: Mapping[str, str]) -> tuple[Note, ...]:
    """The notes with these reasons, by teller, in place of those before; empty reasons are dropped."""
    kept = [one for one in notes if one.code != CODE]
    said = [Note(CODE, _TEXT.format(name=name, reason=reason)) for name, reason in reasons.items() if reason]
    return (*kept, *said)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
