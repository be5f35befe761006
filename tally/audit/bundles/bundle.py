"""Check a bundle (hồ sơ, bàn giao): its form, every file, who made it, and what its kind asks for (design §5, Bundles).

1. the form     one spelling of ZIP and manifest, every file there and no other, every byte       this module
2. the boxes    archives with their records, facts and minutes                                     boxes
3. the kind     a dossier: findings, documents, chain of steps                                       dossier
                custody: every box that is handed over                                             custody
4. the maker    the manifest's signature: a dossier by a desk that its documents name, custody by  this module
                a desk or signer that every record in it names

A bundle that does not open is not sound; `bundle_damage` then says which files are not as the manifest says.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tally.audit.bundles.boxes import Boxes
from tally.audit.bundles.custody import check_custody
from tally.audit.bundles.damage import damage
from tally.audit.bundles.dossier import check_dossier
from tally.audit.engines.checking import Runner
from tally.audit.record import RECORD
from tally.audit.report import Findings, Report, Verdict, verdict_of
from tally.audit.unchecked import PDF_SIGNATURES, in_order, unexamined
from voting.documents.bundles.bundle import open_bundle, verify_bundle_file, verify_bundle_signature
from voting.procedures.schema import Ruleset

BUNDLE, FILES, MAKER = "bundle", "bundle_files", "bundle_signature"
Check = Callable[[Boxes], str]
KINDS: dict[str, Check] = {"dossier": check_dossier, "custody": check_custody}
"""For each kind what checks it and returns how far it reaches."""


def check_bundle(path: Path, runner: Runner | None = None, rulesets: Sequence[Ruleset] = ()) -> Report:
    """Check the bundle at `path`, ballots by `runner` if given; whatever the file holds, a report comes back."""
    findings = Findings()
    try:
        with path.open("rb") as file, tempfile.TemporaryDirectory() as folder:
            bundle = findings.get(BUNDLE, "", lambda: open_bundle(file))
            if bundle is None:
                return _damaged(path, findings)
            return _check(Boxes(bundle, Path(folder), findings, runner, rulesets))
    except OSError as error:
        return Report(Verdict.UNREADABLE, "nothing", findings.findings, why=f"cannot be read: {error}")


def _damaged(path: Path, findings: Findings) -> Report:
    """Name what is wrong with the files of a bundle that does not open."""
    found = damage(path)
    if found is None:
        why = next(place for finding in findings.findings for place in finding.first)
        return Report(Verdict.UNREADABLE, "nothing", (), why=why)
    for place, why in found:
        findings.failed(FILES, place, why)
    return Report(Verdict.NOT_SOUND, "nothing", findings.findings)


def _check(boxes: Boxes) -> Report:
    bundle, findings = boxes.bundle, boxes.findings
    for listed in bundle.manifest.files:
        findings.holds(FILES, listed.name, lambda: verify_bundle_file(bundle, listed))  # noqa: B023 - called at once
    reached = KINDS[bundle.manifest.kind](boxes)
    signed_by = _check_maker(boxes)
    verdict, why = verdict_of(findings.findings), ""
    if findings.sound and findings.unsupported:
        verdict, why = Verdict.UNSUPPORTED, findings.unsupported[0]
    return Report(
        verdict,
        reached,
        findings.findings,
        why=why,
        ballots=boxes.ballots,
        signed_by=signed_by,
        notes=tuple(findings.notes),
        excused=tuple(dict.fromkeys(findings.excused)),
        unchecked=in_order(boxes.unchecked | (unexamined(findings.findings) & {RECORD, PDF_SIGNATURES})),
    )


def _check_maker(boxes: Boxes) -> str:
    """Check that one of the makers whom the records name signed the manifest, and nobody besides; return the key id."""
    findings, bundle = boxes.findings, boxes.bundle
    if not boxes.makers and boxes.unnamed:
        findings.failed(MAKER, "manifest.json", boxes.unnamed)
        return ""
    signed_by = findings.get(MAKER, "manifest.json", lambda: verify_bundle_signature(bundle, sorted(boxes.makers)))
    alone = len(bundle.envelope.signatures) == 1
    findings.require(MAKER, alone, "manifest.json", "one signature expected")
    return signed_by or ""
