"""The recovery sheet (phiếu khôi phục): a teller's sealed file on paper, as QR codes and as lines to type.

It holds the sealed file and never an open secret: what protects it is the passphrase, as for the file itself. Each box
has a sheet of its own, whose document says in the open which box it is, so that those of a used box alone are removed.
"""

import json
from pathlib import Path
from typing import cast

import typst

from keys.files.recovery import SEPARATOR, recovery_lines
from keys.structs import read_json
from keys.transcript import sha256_hex
from tally.ceremony.own_file import own_path
from tally.dialogue import Guide, groups
from tally.minutes.qr import qr_svg
from tally.minutes.renderer import font_folder, template
from tally.signing.teller_file import of_box

LINES_A_CODE = 8


def recovery_sheet(guide: Guide, sealed: bytes, *, index: int, name: str, conference: str) -> bytes:
    """Draw the sheet as PDF; raise DamagedFile if `sealed` is no sealed file."""
    lines = recovery_lines(sealed)
    kind = read_json(sealed, dict[str, object])["kind"]
    box = of_box(str(kind))
    title, file = guide.words("sheet.title"), own_path(Path(), index, box.box if box else 0).name
    parts = [lines[at : at + LINES_A_CODE] for at in range(0, len(lines), LINES_A_CODE)]
    data = {
        "language": guide.language,
        "title": title,
        "document": f"{title} [{kind}]" if box else title,
        "box": guide.words("sheet.box", box=box.box, code=box.code) if box else "",
        "who": guide.words("sheet.who", index=index, name=name),
        "conference": guide.words("sheet.conference", conference=conference),
        "what": guide.words("sheet.what"),
        "how": guide.words("sheet.how", file=file),
        "keep": guide.words("sheet.keep"),
        "lines_label": guide.words("sheet.lines"),
        "lines": lines,
        "hash": f"{guide.words('sheet.hash')} {groups(sha256_hex(sealed), '').replace(chr(10), ' ')}",
        "codes": [
            {
                "svg": qr_svg(SEPARATOR.join(part)).decode(),
                "label": guide.words("sheet.code", number=number, total=len(parts)),
            }
            for number, part in enumerate(parts, 1)
        ],
    }
    pdf = typst.compile(  # type: ignore[call-overload] # typst takes virtual files, its stub does not know it
        {"main.typ": template("recovery.typ"), "sheet.json": json.dumps(data, ensure_ascii=False).encode()},
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[font_folder()]),
        format="pdf",
        timestamp=0,
    )
    return cast(bytes, pdf)
