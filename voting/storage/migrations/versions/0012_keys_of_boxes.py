"""The tellers' keys by boxes, each for one Setup alone.

Revision 0012, after 0011. Keys that a Setup of before used are kept as used.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0012"
down_revision = "0011"

CHANGED = (
    "NEW.digest <> OLD.digest OR NEW.content <> OLD.content OR COALESCE(NEW.box, 0) <> COALESCE(OLD.box, 0) "
    "OR COALESCE(NEW.ceremony, '') <> COALESCE(OLD.ceremony, '')"
)
GUARDS = (
    Guard("keys_are_used_once", "teller_keys", "UPDATE", f"OLD.setup IS NOT NULL OR {CHANGED}"),
    Guard("used_keys_stay", "teller_keys", "DELETE", "OLD.setup IS NOT NULL"),
)


def upgrade() -> None:
    """Create the table, a row for every Setup that is there, and the guards."""
    op.create_table(
        "teller_keys",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("ceremony", sa.Text(), nullable=True),
        sa.Column("box", sa.Integer(), nullable=True),
        sa.Column("setup", sa.Text(), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name="a_digest_of_keys"),
        sa.ForeignKeyConstraint(["setup"], ["setups.uuid"]),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("ceremony", "box"),
        sa.UniqueConstraint("setup"),
    )
    _keep_used()
    for guard in GUARDS:
        for statement in statements(guard, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Drop the guards, then the table."""
    for guard in GUARDS:
        for statement in dropping(guard, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("teller_keys")


def _keep_used() -> None:
    used: dict[str, dict[str, object]] = {}
    for uuid, content in op.get_bind().execute(sa.text("SELECT uuid, trustees FROM setups ORDER BY uuid")):
        digest = hashlib.sha256(bytes(content)).hexdigest()
        used.setdefault(digest, {"digest": digest, "content": bytes(content), "setup": uuid})
    if used:
        columns = (sa.column("digest", sa.Text), sa.column("content", sa.LargeBinary), sa.column("setup", sa.Text))
        op.bulk_insert(sa.table("teller_keys", *columns), list(used.values()))
