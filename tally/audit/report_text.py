"""A report of `phieukin verify` as JSON for programs and as lines for people (design §5)."""

from tally.audit import Finding, Report, Verdict
from tally.audit.run import STAGES
from tally.dialogue import in_both

JUDGED = (Verdict.SOUND, Verdict.NOT_SOUND, Verdict.INCOMPLETE)


def as_plain(report: Report) -> dict[str, object]:
    """Return the report as JSON (design §5)."""
    checks = [
        {"check": one.check, "examined": one.examined, "failed": one.failed, "first": list(one.first)}
        for one in report.checks
    ]
    plain: dict[str, object] = {
        "verdict": str(report.verdict),
        "reached": report.reached,
        "unchecked": list(report.unchecked),
        "excused": list(report.excused),
        "checks": checks,
    }
    more = {"why": report.why, "signed_by": report.signed_by, "notes": list(report.notes)}
    return plain | {name: said for name, said in more.items() if said}


def as_text(report: Report, name: str) -> list[str]:
    """Return lines for people: verdict, what failed and where, what was examined, and what was not checked."""
    said = in_both(f"verify.{report.verdict}")
    lines = [f"{name}: {said}" + (f": {report.why}" if report.why else "")]
    for one in report.checks:
        if one.failed:
            lines += [_failed(one), *(f"        {place}" for place in one.first)]
    passed = [f"{one.check} {one.examined}" for one in report.checks if one.examined and not one.failed]
    if passed:
        lines.append("passed  " + ", ".join(passed))
    if report.verdict in JUDGED:
        lines.append(_how_far(report))
        if report.signed_by:
            lines.append(f"signed  by the key {report.signed_by}")
        lines += [f"excused {in_both('verify.excused', name=one)}" for one in report.excused]
        lines += [f"note    {note}" for note in report.notes]
        lines += [f"note    {in_both(f'verify.unchecked_{one}')}" for one in report.unchecked]
    return lines


def _failed(one: Finding) -> str:
    word = "FAILED " if one.failed > one.awaited else "AWAITED"
    return f"{word} {one.check}: {one.failed} of {one.examined}"


def _how_far(report: Report) -> str:
    ending = "; no result yet" if report.reached in STAGES.values() and report.reached != "result" else ""
    return f"reached {report.reached}: {report.ballots} ballots{ending}"
