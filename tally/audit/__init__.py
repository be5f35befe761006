"""The audit of an archive (kiểm tra hồ sơ): what is checked reads like a table of contents in `run`."""

from tally.audit.report import Finding, Report, Verdict
from tally.audit.run import audit

__all__ = ["Finding", "Report", "Verdict", "audit"]
