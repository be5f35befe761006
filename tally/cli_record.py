"""The commands of the record: head, record, sign, compare."""

from pathlib import Path

import click
import msgspec

from keys.keyfiles import read_sealed
from keys.signing import KIND as SIGNING_KIND
from keys.signing import SigningKey, decode_signing_key
from tally.audit import audit
from tally.cli_options import EXISTING, FOLDER, TARGET, passphrase, write_whole
from tally.count import finished_box
from tally.minutes import render_minutes, renderer_versions
from tally.record import BothFacts, build_record, record_payload
from tally.rule import rule_line
from tally.signatures import head_word, read_record, sign_record, unsigned_record
from tally.teller_file import KIND as TELLER_KIND
from tally.teller_file import read_teller_file
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.envelope import parse_envelope, payload_of
from voting.documents.facts import FACTS_TYPE, CountFacts
from voting.documents.record import Record


@click.command("head")
@click.argument("count", type=EXISTING)
@click.option("--paper", type=int, default=1, show_default=True, help="Number of the paper with the tie.")
@click.option("--chosen", multiple=True, required=True, help="Id of a chosen name; may be repeated.")
@click.option("--by", required=True, help="Who decided.")
@click.option("--reason", required=True, help="Why.")
@click.option("--on", required=True, help="Date, as 2022-04-10.")
@click.option("--key", type=EXISTING, help='The head\'s sealed signing key; without it the decision is "on paper".')
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
def head_command(
    count: Path,
    paper: int,
    chosen: tuple[str, ...],
    by: str,
    reason: str,
    on: str,
    key: Path | None,
    passphrase_file: Path | None,
) -> None:
    """Enter the head's decision on a tie across the last place into the count facts."""
    facts = parse_canonical(count.read_bytes(), CountFacts, what="count facts")
    signer = _signing_key(key, passphrase_file) if key else None
    word = head_word(facts.uuid, paper, chosen, by, reason, on, signer)
    kept = tuple(one for one in facts.head_words if one.paper != paper)
    write_whole(count, canonical(msgspec.structs.replace(facts, head_words=(*kept, word))))


@click.command("record")
@click.argument("archive", type=EXISTING)
@click.argument("facts", type=EXISTING)
@click.argument("count", type=EXISTING)
@click.option("--out", type=FOLDER, required=True, help="Folder for record.json, minutes.pdf, record-2.json, …")
def record_command(archive: Path, facts: Path, count: Path, out: Path) -> None:
    """Make one record and one set of minutes per paper from the finished archive and both facts files."""
    for path, record in write_records(archive, facts, count, out):
        click.echo(f"{path}: {record.verdict.status}")
        for judged in record.verdict.candidates:
            name = next(one.name for one in record.case.candidates if one.id == judged.id)
            click.echo(f"  {name}: {rule_line(judged, record.verdict, record.case.rule)}")


def write_records(archive: Path, facts: Path, count: Path, out: Path) -> list[tuple[Path, Record]]:
    """Write the records and minutes of all papers into `out`; return each record with its path."""
    box = finished_box(audit(archive))
    room = parse_envelope(facts.read_bytes(), FACTS_TYPE, "facts")
    both = BothFacts(room, parse_canonical(count.read_bytes(), CountFacts, what="count facts"))
    papers = len(box.election.conference.papers) if box.election.conference else 1
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for paper in range(1, papers + 1):
        record = build_record(box, both, paper, renderer_versions())
        payload, suffix = record_payload(record), "" if paper == 1 else f"-{paper}"
        path = out / f"record{suffix}.json"
        write_whole(path, unsigned_record(payload))
        write_whole(out / f"minutes{suffix}.pdf", render_minutes(payload))
        written.append((path, record))
    return written


@click.command("sign")
@click.argument("record", type=EXISTING)
@click.option("--key", type=EXISTING, required=True, help="A teller's file, or a sealed signing key.")
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
@click.option("--out", type=TARGET, help="The signed record; in its own place, if this is left out.")
def sign_command(record: Path, key: Path, passphrase_file: Path | None, out: Path | None) -> None:
    """Put a signature on a record."""
    signed = sign_record(record.read_bytes(), [_signing_key(key, passphrase_file)])
    write_whole(out or record, signed)


@click.command("compare")
@click.argument("records", nargs=-1, required=True, type=EXISTING)
def compare_command(records: tuple[Path, ...]) -> None:
    """Tell whether the records of several counts hold the same payload byte for byte."""
    payloads = {}
    for path in records:
        envelope, _ = read_record(path.read_bytes())
        payloads[path] = payload_of(envelope, "record")
    first = payloads[records[0]]
    different = [str(path) for path, payload in payloads.items() if payload != first]
    if different:
        raise click.ClickException(f"not the same as {records[0]}: {', '.join(different)}")
    click.echo(f"{len(records)} records agree byte for byte")


def _signing_key(path: Path, passphrase_file: Path | None) -> SigningKey:
    """Open a teller's file or a sealed signing key, whichever it is."""
    words = passphrase(passphrase_file)
    if f'"kind":"{TELLER_KIND}"'.encode() in path.read_bytes()[:200]:
        return read_teller_file(path, words).signer
    return decode_signing_key(read_sealed(path, words, kind=SIGNING_KIND))
