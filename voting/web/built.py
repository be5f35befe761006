"""What the front end's build made: pages, styles and scripts, with the names that hold their hashes."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import abort, url_for

from keys.structs import read_json

FOLDER = Path(str(files("kiosk_templates")))


def built_address() -> str:
    """Address of the built files."""
    return url_for("static", filename="built")


def script(name: str) -> dict[str, Any]:
    """What a template needs to load one built script; nothing where the front end was not built."""
    found = manifest(required=False)
    return {"script": found["files"].get(name) if found else None, "built": built_address()}


@cache
def manifest(*, required: bool = True) -> dict[str, Any]:
    """The list of built files with their hashes; 404 where the front end was not built, if it is required."""
    path = FOLDER / "static" / "built" / "manifest.json"
    if not path.exists():
        if not required:
            return {}
        abort(404)
    found: dict[str, Any] = read_json(path.read_bytes(), dict)
    return found
