"""The draft of a conference as it is stored (dự thảo đang lưu): read once, and kept while it stays the same."""

from functools import lru_cache

from sqlalchemy.orm import Session

from voting.conference.draft.agenda import Draft, read_draft
from voting.errors import NoSuchConference
from voting.storage.tables import DraftRow


def draft_of(session: Session, conference: int) -> Draft:
    """Read a conference's draft."""
    row = session.get(DraftRow, conference)
    if row is None:
        raise NoSuchConference(f"no conference {conference} in this room")
    return _parsed(row.content)


@lru_cache(maxsize=4)
def _parsed(content: str) -> Draft:
    """A draft is frozen data: every tablet's look at the room's state would parse the same text again."""
    return read_draft(content)
