"""The head's decisions on ties of signed records, one a paper, never changed (guards of revision 0013)."""

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from voting.storage.tables import Base


class HeadDecisionRow(Base):
    """The signed decision on the tie of a paper's signed record."""

    __tablename__ = "head_decisions"

    conference: Mapped[int] = mapped_column(ForeignKey("setups.conference"), primary_key=True)
    paper: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def keep(session: Session, conference: int, paper: int, content: bytes) -> None:
    """Keep the decision on a paper."""
    session.add(HeadDecisionRow(conference=conference, paper=paper, content=content))
    session.flush()


def find(session: Session, conference: int, paper: int) -> bytes | None:
    """Return the decision on a paper, None where the head has not decided."""
    row = session.get(HeadDecisionRow, (conference, paper))
    return None if row is None else row.content


def of_conference(session: Session, conference: int) -> list[bytes]:
    """Return the decisions of a conference, by paper."""
    rows = select(HeadDecisionRow).where(HeadDecisionRow.conference == conference).order_by(HeadDecisionRow.paper)
    return [row.content for row in session.scalars(rows)]
