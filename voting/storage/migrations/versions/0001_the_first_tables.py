"""The first tables.

Revision 0001. What the tables mean stands in voting.storage.tables; a migration is a picture of one day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    "confirmations", "closings", "ballots", "setups", "cards", "attendance", "trustees", "staff_sessions",
    "staff_roles", "server_keys", "people", "drafts", "decks", "counts", "staff", "enrolments", "devices",
    "conferences",
)  # fmt: skip
"""In the order in which they can be dropped."""


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "conferences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("summoned", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("drawn", sa.Integer(), nullable=True),
        sa.Column("override_by", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("over_limit", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=True),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'list_frozen', 'roll_taken', 'sealed', 'open', 'frozen', 'closed', 'counted', "
            "'signed', 'annulled', 'on_paper')",
            name="a_known_state",
        ),
        sa.CheckConstraint("drawn >= 0 AND drawn <= present AND present <= summoned", name="drawn_present_summoned"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('enrolled', 'revoked')", name="a_known_device_status"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "enrolments",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_used", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "counts",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times > 0", name="happened"),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.PrimaryKeyConstraint("conference", "what"),
    )
    op.create_table(
        "decks",
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('main', 'reserve')", name="a_known_kind"),
        sa.CheckConstraint("status IN ('ready', 'in_use', 'void')", name="a_known_deck_status"),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.PrimaryKeyConstraint("uuid"),
    )
    op.create_index(
        "one_deck_in_use",
        "decks",
        ["conference"],
        unique=True,
        sqlite_where=sa.text("status = 'in_use'"),
        postgresql_where=sa.text("status = 'in_use'"),
    )
    op.create_table(
        "drafts",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.PrimaryKeyConstraint("conference"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conference", "place"),
    )
    op.create_table(
        "server_keys",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("purpose IN ('receipt', 'desk')", name="a_known_purpose"),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.PrimaryKeyConstraint("conference", "purpose"),
    )
    op.create_table(
        "staff_roles",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff", "role"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_table(
        "trustees",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.PrimaryKeyConstraint("conference"),
    )
    op.create_table(
        "attendance",
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column("drew", sa.Boolean(), nullable=False),
        sa.CheckConstraint("presence = 'present' OR NOT drew", name="only_the_present_draw"),
        sa.CheckConstraint("presence IN ('present', 'excused')", name="a_known_presence"),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cards",
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("deck", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'spare', 'activated', 'void')", name="a_known_card_status"),
        sa.CheckConstraint("length(credential) = 64", name="a_credential"),
        sa.ForeignKeyConstraint(
            ["deck"],
            ["decks.uuid"],
        ),
        sa.PrimaryKeyConstraint("credential"),
        sa.UniqueConstraint("deck", "credential"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setups",
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("election", sa.LargeBinary(), nullable=False),
        sa.Column("trustees", sa.LargeBinary(), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("tellers", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["conferences.id"],
        ),
        sa.ForeignKeyConstraint(
            ["uuid"],
            ["decks.uuid"],
        ),
        sa.PrimaryKeyConstraint("uuid"),
        sa.UniqueConstraint("conference"),
    )
    op.create_table(
        "ballots",
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("deck", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("ballot", sa.LargeBinary(), nullable=False),
        sa.Column("commitments", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(tracker) = 43", name="a_tracker"),
        sa.ForeignKeyConstraint(
            ["deck", "credential"],
            ["cards.deck", "cards.credential"],
        ),
        sa.ForeignKeyConstraint(
            ["deck"],
            ["setups.uuid"],
        ),
        sa.PrimaryKeyConstraint("tracker"),
        sa.UniqueConstraint("credential"),
        sqlite_with_rowid=False,
    )
    op.create_index("ballots_of_a_deck", "ballots", ["deck"])
    op.create_table(
        "closings",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("commitments", sa.LargeBinary(), nullable=True),
        sa.Column("rewritten", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["setups.conference"],
        ),
        sa.PrimaryKeyConstraint("conference"),
    )
    op.create_table(
        "confirmations",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference"],
            ["setups.conference"],
        ),
        sa.PrimaryKeyConstraint("conference", "owner"),
    )


def downgrade() -> None:
    """Drop them all."""
    for table in TABLES:
        op.drop_table(table)
