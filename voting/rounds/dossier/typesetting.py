"""The fonts that the dossier's PDFs are set in: Tinos where the front end has brought it, else Libertinus of typst."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import typst

TINOS, FALLBACK = "Tinos", "Libertinus Serif"


def family() -> str:
    """Return the name of the font."""
    return TINOS if any(_folder().glob("Tinos_*.ttf")) else FALLBACK


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Return the fonts, none of the system's among them."""
    paths = [_folder()] if family() == TINOS else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


def _folder() -> Path:
    return Path(str(files("kiosk_templates"))) / "static" / "built" / "fonts"
