"""Minutes as PDF/A-3b by typst: the same record gives the same bytes, wherever the same typst, template and font are.

Nothing of the machine enters: system fonts are ignored, the time is the end of the count, data goes in as JSON and
never as markup. The font is the one the record names; where it is not Tinos, it is the Libertinus inside typst.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Final, cast

import msgspec
import typst

from kiosk_templates.words import Language
from tally.errors import OtherRenderer
from tally.minutes.annex import qr_of
from tally.minutes.blocks import Minutes
from tally.minutes.contents import contents
from tally.minutes.view import View, parse_record
from tally.minutes.wording import moment
from voting.documents.kinds import kind_files
from voting.documents.record import MadeBy, Record

TEMPLATE_VERSION = 1
TEMPLATE_FILES = ("minutes.typ", "minutes.vi.toml", "minutes.en.toml")
TINOS, FALLBACK = "Tinos", "Libertinus Serif"
TINOS_FACES = 4
PDF_STANDARD: Final = "a-3b"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature field lies: page from 1; left, top, width and height in points from the page's top left."""

    field: str
    page: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages in the layout of the minutes: what stands on them, the payload attached by a name, the moment of it."""

    minutes: Minutes
    name: str
    payload: bytes
    on: str


def render_minutes(payload: bytes, language: Language = "vi", *, exact: bool = True) -> bytes:
    """Render the minutes of a record's payload as PDF/A-3b, with the payload attached as record.json.

    Raises InvalidRecord, and OtherRenderer where `exact` and what is installed is not what the record was made by.
    """
    record = parse_record(payload)
    if exact:
        check_renderer(record.made_by)
    return compiled(record, _minutes(record, payload, language))


def compiled(record: Record, pages: Pages) -> bytes:
    """Compile pages that go with a record by what the record was made by; raise InvalidRecord for a day too early."""
    try:
        stamp = max(int(moment(pages.on).timestamp()), 0)
    except OverflowError:
        stamp = 0
    pdf = typst.compile(  # type: ignore[call-overload] # typst takes virtual files, its stub does not know it
        _files_of(record, pages),
        font_paths=_fonts(_font_of(record)),
        format="pdf",
        pdf_standards=[PDF_STANDARD],
        timestamp=stamp,
    )
    return cast(bytes, pdf)


def signature_places(payload: bytes, *, exact: bool = True) -> tuple[Place, ...]:
    """Say where the signature fields of a record's minutes lie, in the order in which they stand on the paper."""
    record = parse_record(payload)
    if exact:
        check_renderer(record.made_by)
    found = json.loads(
        typst.query(
            _files_of(record, _minutes(record, payload, "vi")),  # type: ignore[type-var] # as above
            "<signature-place>",
            field="value",
            font_paths=_fonts(_font_of(record)),
        )
    )
    return tuple(msgspec.convert(one, Place) for one in found)


def render_stamp(record: Record, place: Place, lines: tuple[str, ...]) -> bytes:
    """Draw what a signature shows, as a PDF of one page of the size of its place."""
    data = {"font": _font_of(record), "width": place.width, "height": place.height, "lines": lines}
    pdf = typst.compile(  # type: ignore[call-overload] # typst takes virtual files, its stub does not know it
        {"main.typ": template("stamp.typ"), "stamp.json": json.dumps(data, ensure_ascii=False).encode()},
        font_paths=_fonts(_font_of(record)),
        format="pdf",
        timestamp=0,
        pdf_tags=False,
    )
    return cast(bytes, pdf)


def renderer_versions() -> MadeBy:
    """Name the software, typst with the template, and the font that minutes are made by here."""
    return MadeBy(
        software=f"phieukin {_own_version()}",
        renderer=f"typst {version('typst')}, template {TEMPLATE_VERSION} ({_template_hash()})",
        font=_font_name(TINOS if _tinos_hash() else FALLBACK),
    )


def check_renderer(made_by: MadeBy) -> None:
    """Raise OtherRenderer unless this installation renders as the one that made the record."""
    here = renderer_versions()
    fonts = {here.font, _font_name(FALLBACK)}
    if made_by.renderer != here.renderer or made_by.font not in fonts:
        raise OtherRenderer(
            f"the minutes were made by {made_by.renderer} with {made_by.font} ({made_by.software}); "
            f"here are {here.renderer} with {here.font}: use that version to rebuild them byte for byte"
        )


def font_folder() -> Path:
    """The folder into which the front-end build puts Tinos."""
    return Path(str(files("kiosk_templates"))) / "static" / "built" / "fonts"


def template(name: str) -> bytes:
    """Read a file of the typst templates."""
    return files("kiosk_templates").joinpath("typst", name).read_bytes()


def _minutes(record: Record, payload: bytes, language: Language) -> Pages:
    return Pages(contents(View.looking_at(record, language), payload), "record.json", payload, record.count.ended)


def _files_of(record: Record, pages: Pages) -> dict[str, bytes]:
    data = {
        "minutes": msgspec.to_builtins(pages.minutes),
        "font": _font_of(record),
        "date": _date_of(pages.on),
        "attached": pages.name,
    }
    return {
        "main.typ": template("minutes.typ"),
        "minutes.json": json.dumps(data, ensure_ascii=False).encode(),
        pages.name: pages.payload,
        "qr.svg": qr_of(pages.payload),
    }


def _own_version() -> str:
    try:
        return version("phieukin")
    except PackageNotFoundError:
        return "(not installed)"


def _date_of(on: str) -> list[int]:
    """Give a moment in UTC, for the metadata of the PDF: year, month, day, hour, minute, second."""
    return list(moment(on).astimezone(UTC).timetuple()[:6])


def _font_of(record: Record) -> str:
    return TINOS if record.made_by.font.startswith(TINOS) and _tinos_hash() else FALLBACK


def _font_name(family: str) -> str:
    return f"{TINOS} ({_tinos_hash()})" if family == TINOS else f"{FALLBACK} (typst)"


@lru_cache(maxsize=1)
def _tinos_hash() -> str:
    """Hash the four faces of Tinos, by name; "" where they are not all here."""
    faces = sorted(font_folder().glob("Tinos_*.ttf"))
    if len(faces) != TINOS_FACES:
        return ""
    return _short_hash([face.read_bytes() for face in faces])


@lru_cache(maxsize=1)
def _template_hash() -> str:
    return _short_hash([*(template(name) for name in TEMPLATE_FILES), *(path.read_bytes() for path in kind_files())])


def _short_hash(parts: list[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()[:12]


@lru_cache(maxsize=2)
def _fonts(family: str) -> typst.Fonts:
    paths = [font_folder()] if family == TINOS else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)
