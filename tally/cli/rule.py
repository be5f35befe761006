"""`phieukin decide`: the rule on its own, from standard input to standard output (design §5)."""

import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from tally.errors import ImpossibleCase
from tally.result.case import CASE_LIMIT, parse_case, write_refusal, write_verdict
from tally.result.report import judge


@click.command("decide")
@click.option("--lines", is_flag=True, help='Read one case a line; a refused case gives {"error": …} in its place.')
def decide_command(lines: bool) -> None:
    """Apply the percentage rule to a case, JSON in and JSON out.

    Exit 0: decided (with --lines always). Exit 2: the case is refused, and one line says why.
    """
    source, target = sys.stdin.buffer, sys.stdout.buffer
    if lines:
        for line in _lines_of(source):
            target.write(_verdict_or_refusal(line) + b"\n")
        target.flush()
        return
    try:
        verdict = write_verdict(judge(parse_case(source.read(CASE_LIMIT + 1))))
    except ImpossibleCase as error:
        click.echo(f"decide: {error}", err=True)
        sys.exit(2)
    target.write(verdict + b"\n")
    target.flush()


def _lines_of(source: BinaryIO) -> Iterator[bytes]:
    for line in source:
        yield line.removesuffix(b"\n")


def _verdict_or_refusal(line: bytes) -> bytes:
    try:
        return write_verdict(judge(parse_case(line)))
    except ImpossibleCase as error:
        return write_refusal(error)
