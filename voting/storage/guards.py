"""Guards: rules of design §3 as triggers, written once for SQLite and PostgreSQL.

A guard refuses a row change when its condition (SQL that both dialects read, with OLD and NEW) is true. On
PostgreSQL `lock` runs first: it takes the conference's row, so that what the condition reads cannot change
before the transaction ends. SQLite has one writer at a time and needs none.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule: its name (also the error's text), table, event, and when the change is refused."""

    name: str
    table: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    refuse_when: str
    lock: str = ""


def sqlite_statements(guard: Guard) -> list[str]:
    """Spell a guard for SQLite."""
    return [
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} WHEN {guard.refuse_when} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.name}'); END"
    ]


def postgresql_statements(guard: Guard) -> list[str]:
    """Spell a guard for PostgreSQL: a function and its trigger."""
    row = "OLD" if guard.event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {guard.lock} "
        f"IF {guard.refuse_when} THEN RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {row}; END $guard$",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]


def statements(guard: Guard, dialect: str) -> list[str]:
    """Spell a guard for a dialect by SQLAlchemy's name of it."""
    return postgresql_statements(guard) if dialect == "postgresql" else sqlite_statements(guard)


def dropping(guard: Guard, dialect: str) -> list[str]:
    """Spell how a guard is taken away."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER {guard.name} ON {guard.table}", f"DROP FUNCTION {guard.name}()"]
    return [f"DROP TRIGGER {guard.name}"]
