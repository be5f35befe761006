"""A draft keeps by name why tellers on a ballot count all the same; before, a note held the name and the reason.

Revision 0011, after 0010. Drafts are rewritten until Setup is written: after that the notes are those of Setup.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import rfc8785
import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0011"
down_revision = "0010"

_OLD_STATE = "(SELECT state FROM conferences WHERE id = OLD.conference)"
_NEW_STATE = "(SELECT state FROM conferences WHERE id = NEW.conference)"
FIXED = Guard(
    "drafts_change_in_draft",
    "drafts",
    "UPDATE",
    f"{_OLD_STATE} <> 'draft' OR {_NEW_STATE} <> 'draft'",
    "PERFORM 1 FROM conferences WHERE id = OLD.conference FOR SHARE;",
)
UNSEALED = sa.text(
    "SELECT d.conference, d.content FROM drafts d JOIN conferences c ON c.id = d.conference "
    "WHERE c.state IN ('draft', 'list_frozen', 'roll_taken')"
)
CODE = "KPV"
NOW = "Đồng chí {} vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu; lý do: {}"
EARLIER = "Đồng chí {} vừa là kiểm phiếu viên, vừa có tên trên phiếu; lý do: {}"
_SPELLINGS = tuple(re.compile(text.format("(.+?)", "(.+)"), re.DOTALL) for text in (NOW, EARLIER))


def upgrade() -> None:
    """Take names and reasons out of the notes."""
    _rewrite(_with_clashes)


def downgrade() -> None:
    """Spell them as notes again."""
    _rewrite(_with_notes)


def _rewrite(change: Callable[[dict[str, Any]], None]) -> None:
    connection = op.get_bind()
    for statement in dropping(FIXED, connection.dialect.name):
        op.execute(statement)
    for conference, content in connection.execute(UNSEALED).all():
        draft = json.loads(content)
        change(draft)
        spelt = {"content": rfc8785.dumps(draft).decode(), "conference": conference}
        connection.execute(sa.text("UPDATE drafts SET content = :content WHERE conference = :conference"), spelt)
    for statement in statements(FIXED, connection.dialect.name):
        op.execute(statement)


def _with_clashes(draft: dict[str, Any]) -> None:
    clashes: dict[str, str] = {}
    notes = []
    for note in draft["notes"]:
        found = next((hit for spelling in _SPELLINGS if (hit := spelling.fullmatch(note["text"]))), None)
        if note["code"] == CODE and found is not None:
            clashes.setdefault(found[1], found[2])
        else:
            notes.append(note)
    draft["notes"] = notes
    if clashes:
        draft["clashes"] = [{"name": name, "reason": reason} for name, reason in clashes.items()]


def _with_notes(draft: dict[str, Any]) -> None:
    clashes = draft.pop("clashes", [])
    draft["notes"] += [{"code": CODE, "text": NOW.format(one["name"], one["reason"])} for one in clashes]
