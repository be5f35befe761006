"""The custody sheet and the statement of destruction, as text and as PDF: what a reader in ten years holds in hand.

The sheet names every file with its SHA-256 and says how to check all of it with this program, and how without it: by
belenios-tool (which none of us wrote), sha256sum, openssl and any PDF reader that shows signatures.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import msgspec
import typst

from keys.files.signing import keyid
from keys.transcript import sha256_hex
from tally.custody.bundle import RECORD_NAME, Custody
from tally.custody.destroy import Destruction, Gone, Left
from tally.dialogue import Guide, groups
from tally.minutes.blocks import Header
from tally.minutes.preamble import issued_by
from tally.minutes.renderer import font_folder, template
from voting.documents.conferences.conference import ON_PAPER, Conference
from voting.documents.conferences.moments import moment_text, parse_moment


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, then parts: a head, paragraphs, and lines of data or commands; last, who signs by hand."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    hands: tuple[str, ...] = ()
    head: Header | None = None

    def text(self) -> bytes:
        """Write the sheet as plain text, UTF-8."""
        lines = [*_head_lines(self.head), self.title, "=" * len(self.title), ""]
        for head, paragraphs, data in self.parts:
            lines += [head, "-" * len(head), *paragraphs, *(f"    {line}" for line in data), ""]
        lines += [f"{name}: ________________________" for name in self.hands]
        return ("\n".join(lines).rstrip() + "\n").encode()

    def pdf(self, language: str) -> bytes:
        """Draw the sheet as PDF."""
        head = None if self.head is None else msgspec.to_builtins(self.head)
        data = {"title": self.title, "language": language, "hands": self.hands, "parts": self.parts, "head": head}
        pdf = typst.compile(  # type: ignore[call-overload] # typst takes virtual files, its stub does not know it
            {"main.typ": template("custody.typ"), "sheet.json": json.dumps(data, ensure_ascii=False).encode()},
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[font_folder()]),
            format="pdf",
            timestamp=0,
        )
        return cast(bytes, pdf)


def custody_sheet(guide: Guide, custody: Custody, bundle: str, made_by: str) -> Sheet:
    """Write the sheet of a custody bundle that will have the file name `bundle`."""
    meeting, words = custody.conference, guide.words
    names = [f"{name}  {groups(sha256_hex(raw), '').replace(chr(10), ' ')}" for name, raw in custody.files.items()]
    made = custody.record.record.made_by
    keys = [f"{one.name} ({one.role}): {_key(one.key)}" for one in (*meeting.tellers, meeting.secretary, meeting.chair)]
    electronic = custody.record.record.form == "electronic"
    about = words("custody.about", name=meeting.name, date=meeting.date, place=meeting.place)
    parts = [
        (words("custody.what"), (about,), ()),
        (words("custody.files"), (words("custody.files_text"),), tuple(sorted(names))),
        (words("custody.with"), (words("custody.with_text"),),
         (f"pip install '{made_by.replace(' ', '==')}'", f"phieukin verify {bundle}",
          f"{made.software}; {made.renderer}")),
        (words("custody.without"), (words("custody.without_text"),), _by_hand(bundle, custody, electronic)),
        (words("custody.keys"), (words("custody.keys_text"),), tuple(keys)),
        (words("custody.shares"), (words("custody.shares_text"),), ()),
    ]  # fmt: skip
    return Sheet(words("custody.title"), tuple(parts))


def destruction_sheet(guide: Guide, said: Destruction, conference: Conference, hands: Sequence[str]) -> Sheet:
    """Write the statement that those present sign by hand: every file found, what was kept, every printed page."""
    words = guide.words
    moment = parse_moment(said.on)
    on = said.on if moment is None else moment_text(moment)
    about = words("destroy.about", name=conference.name, place=conference.place, uuid=said.uuid, on=on)
    of_box = (words("destroy.about_box", box=said.box, code=said.ceremony[:16]),) if said.box else ()
    removed = tuple(_file(guide, one, "destroy.line") for one in said.removed)
    kept = tuple(_file(guide, one, "destroy.line_kept", why=one.why) for one in said.kept)
    pages = tuple(
        words("destroy.line_pages", file=one.file, printed=one.printed, destroyed=one.destroyed) for one in said.pages
    )
    searched = (*said.searched, *(words("destroy.line_closed", folder=folder) for folder in said.closed))
    parts = (
        (words("destroy.what"), (about, *of_box), removed or (words("destroy.none"),)),
        (words("destroy.left"), (words("destroy.left_text"),), kept or (words("destroy.none"),)),
        (words("destroy.sheets"), (words("destroy.sheets_text"),), pages or (words("destroy.none"),)),
        (
            words("destroy.searched"),
            (words("destroy.searched_text" if said.hand_over else "destroy.no_hand_over"),),
            searched,
        ),
        (words("destroy.seen"), (words("destroy.seen_text"),), said.witnesses),
    )
    return Sheet(words("destroy.statement"), parts, tuple(hands), issued_by(conference, guide.language, said.on))


def _head_lines(head: Header | None) -> tuple[str, ...]:
    """The head of an official document as plain text: issuer and number, then the nation, the place and the date."""
    if head is None:
        return ()
    lines = (head.superior.upper(), head.agency.upper(), head.number, head.nation, head.motto, head.place_date)
    return (*filter(None, lines), "")


def _file(guide: Guide, one: Gone | Left, key: str, **more: object) -> str:
    what = guide.words(f"destroy.what_{one.what}")
    return guide.words(key, file=one.file, what=what, hash=one.sha256[:16] or "–", **more)


def _by_hand(bundle: str, custody: Custody, electronic: bool) -> tuple[str, ...]:
    """Commands of programs that will be around: unzip, sha256sum, python3, openssl, belenios-tool, pdfsig."""
    box = ("mkdir box && cp *.bel box && belenios-tool election verify --dir box",) if electronic else ()
    load = f"import base64, json, sys; e = json.load(open('{RECORD_NAME}')); p = base64.b64decode(e['payload'])"
    key = "json.loads(p)['conference']['chair']['key']"
    return (
        f"unzip {bundle} -d custody && cd custody",
        "sha256sum *",
        *box,
        "pdfsig minutes.pdf",
        f"python3 -c \"{load}; t = e['payloadType'];",
        "sys.stdout.buffer.write(b'DSSEv1 %d %s %d ' % (len(t), t.encode(), len(p)) + p)\" > signed.bin",
        f'python3 -c "{load}; sys.stdout.buffer.write(base64.b64decode({key}))" > key.der',
        f"python3 -c \"{load}; k = __import__('hashlib').sha256(open('key.der', 'rb').read()).hexdigest();",
        "sys.stdout.buffer.write(base64.b64decode(next(s['sig'] for s in e['signatures'] if s['keyid'] == k)))"
        '" > chair.sig',
        "openssl pkey -pubin -inform DER -in key.der -out key.pem",
        "openssl dgst -sha256 -verify key.pem -signature chair.sig signed.bin",
    )


def _key(text: str) -> str:
    return text if text == ON_PAPER else groups(keyid(text), "").replace("\n", " ")
