"""What minutes are made of, as plain data that the typst template lays out. No markup: text stays text."""

from typing import Literal, TypeAlias

import msgspec


class Heading(msgspec.Struct, frozen=True, tag_field="kind", tag="heading"):
    """A heading of a part, kept with what follows."""

    text: str


class Text(msgspec.Struct, frozen=True, tag_field="kind", tag="text"):
    """A paragraph; `label` stands before it in bold, `number` before that. Italic for the basis and for notes.

    Entries of a list are not justified: their last words, kept together, would tear the line before them apart.
    """

    text: str
    label: str = ""
    number: str = ""
    style: Literal["normal", "italic", "small", "listed"] = "normal"
    keep: bool = False


class Table(msgspec.Struct, frozen=True, tag_field="kind", tag="table"):
    """A table whose head repeats on every page; `widths` in mm, 0 for what is left; `align` one letter a column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    align: str


Block: TypeAlias = Heading | Text | Table


class Header(msgspec.Struct, frozen=True):
    """The head of the first page: who issues (left), the motto of state or Party (right), number, place, stamp."""

    style: Literal["state", "party"]
    superior: str
    agency: str
    nation: str
    motto: str
    number: str
    place_date: str
    stamp: str
    companion: str


class Title(msgspec.Struct, frozen=True):
    """Type of document, what it is about, and the meeting."""

    type: str
    subject: str
    meeting: str
    file: str


class SignatureBlock(msgspec.Struct, frozen=True):
    """One place to sign: `field` names it for digital signatures, "" where the signature is on paper."""

    field: str
    title: tuple[str, ...]
    hint: str
    name: str
    role: str


class Signatures(msgspec.Struct, frozen=True):
    """The last lines, then rows of signatures of up to three each, each under an optional heading."""

    end: str
    rows: tuple[tuple[SignatureBlock, ...], ...]
    members: str
    recipients: tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """A line of the annex; hashes are set in a fixed width."""

    label: str
    text: str
    hash: bool = False


class Annex(msgspec.Struct, frozen=True):
    """The digital annex: the hash of the payload with its QR code, then lines, then notes."""

    head: str
    subject: str
    attached: str
    hash_label: str
    hash: str
    qr: str
    lines: tuple[Line, ...]
    keys_head: str
    keys: tuple[Line, ...]
    notes_head: str
    notes: tuple[str, ...]
    check: str
    command: str


class Minutes(msgspec.Struct, frozen=True):
    """Everything on the paper, in order."""

    language: Literal["vi", "en"]
    header: Header
    title: Title
    blocks: tuple[Block, ...]
    signatures: Signatures
    annex: Annex
