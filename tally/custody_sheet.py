"""The custody sheet and the statement of destruction, as text and as PDF: what a reader in ten years holds in hand.

The sheet names every file with its SHA-256 and says how to check all of it with this program, and how without it: by
belenios-tool (which none of us wrote), sha256sum, openssl and any PDF reader that shows signatures.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import typst

from keys.signing import keyid
from keys.transcript import sha256_hex
from tally.custody import Custody
from tally.custody_destroy import Destruction
from tally.guide import Guide, groups
from tally.minutes.renderer import font_folder, template
from voting.documents.conference import ON_PAPER


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, then parts: a head, paragraphs, and lines of data or commands; last, who signs by hand."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    hands: tuple[str, ...] = ()

    def text(self) -> bytes:
        """Write the sheet as plain text, UTF-8."""
        lines = [self.title, "=" * len(self.title), ""]
        for head, paragraphs, data in self.parts:
            lines += [head, "-" * len(head), *paragraphs, *(f"    {line}" for line in data), ""]
        lines += [f"{name}: ________________________" for name in self.hands]
        return ("\n".join(lines).rstrip() + "\n").encode()

    def pdf(self, language: str) -> bytes:
        """Draw the sheet as PDF."""
        data = {"title": self.title, "language": language, "hands": self.hands, "parts": self.parts}
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
    versions = sorted({f"{one.record.made_by.software}; {one.record.made_by.renderer}" for one in custody.records})
    keys = [f"{one.name} ({one.role}): {_key(one.key)}" for one in (*meeting.tellers, meeting.secretary, meeting.chair)]
    electronic = any(one.record.form == "electronic" for one in custody.records)
    about = words("custody.about", name=meeting.name, date=meeting.date, place=meeting.place)
    parts = [
        (words("custody.what"), (about,), ()),
        (words("custody.files"), (words("custody.files_text"),), tuple(sorted(names))),
        (words("custody.with"), (words("custody.with_text"),),
         (f"pip install '{made_by.replace(' ', '==')}'", f"phieukin verify {bundle}", *versions)),
        (words("custody.without"), (words("custody.without_text"),), _by_hand(bundle, custody, electronic)),
        (words("custody.keys"), (words("custody.keys_text"),), tuple(keys)),
        (words("custody.shares"), (words("custody.shares_text"),), ()),
    ]  # fmt: skip
    return Sheet(words("custody.title"), tuple(parts))


def destruction_sheet(guide: Guide, destroyed: Destruction, hands: Sequence[str]) -> Sheet:
    """Write the statement that those present sign by hand."""
    words = guide.words
    lines = [
        words("destroy.line", file=one.file, hash=one.sha256, copies=one.copies, sheets=one.sheets)
        for one in destroyed.files
    ]
    parts = (
        (words("destroy.what"), (words("destroy.about", uuid=destroyed.uuid, on=destroyed.on),), tuple(lines)),
        (words("destroy.seen"), (words("destroy.seen_text"),), destroyed.witnesses),
    )
    return Sheet(words("destroy.statement"), parts, tuple(hands))


def _by_hand(bundle: str, custody: Custody, electronic: bool) -> tuple[str, ...]:
    """Commands of programs that will be around: unzip, sha256sum, python3, openssl, belenios-tool, pdfsig."""
    record = next(name for name in sorted(custody.files) if name.startswith("record"))
    minutes = record.replace("record", "minutes").replace(".json", ".pdf")
    box = ("mkdir box && cp *.bel box && belenios-tool election verify --dir box",) if electronic else ()
    load = f"import base64, json, sys; e = json.load(open('{record}')); p = base64.b64decode(e['payload'])"
    key = "json.loads(p)['conference']['chair']['key']"
    return (
        f"unzip {bundle} -d custody && cd custody",
        "sha256sum *",
        *box,
        f"pdfsig {minutes}",
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
