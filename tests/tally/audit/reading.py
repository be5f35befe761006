"""What tests of the audit share: an archive's bytes audited, and what is said where."""

from pathlib import Path

from tally.audit import audit
from tally.audit.report import Findings, Report


def audited(raw: bytes, folder: Path) -> Report:
    """What the audit finds in an archive."""
    path = folder / "one.bel"
    path.write_bytes(raw)
    return audit(path)


def said(findings: Findings, check: str | None = None) -> list[str]:
    """The first places of all findings, or of one check's."""
    return [place for one in findings.findings if check in (None, one.check) for place in one.first]
