"""Pictures for the README, taken from the stories: `make screens` runs them and puts the chosen into docs/screens/."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "screens"
STORIES = ("test_from_card_to_record.py", "test_troubles.py", "test_conference.py")
COLOURS, WIDEST, LARGEST = 64, 900, 120_000  # colours of a picture, px, bytes
# What a picture is called in the README, and what the stories call it.
CHOSEN = {
    "tablet-welcome": "tablet-welcome",
    "tablet-begin": "tablet-ballot",
    "tablet-ballot": "tablet-ballot-name-4-0-0",
    "tablet-review": "tablet-review",
    "tablet-done": "tablet-done",
    "tablet-stopped": "tablet-stopped",
    "tablet-waiting": "tablet-waiting",
    "tablet-last-call": "tablet-last-call",
    "tablet-test": "tablet-test",
    "tester": "auditor",
    "phone-tracker": "phone-tracker",
    "desk-open": "staff-desk-open-768x1024-vi-m",
    "door": "staff-door-768x1024-vi-m",
    "setup": "staff-setup-768x1024-vi-m",
    "hall": "staff-hall-768x1024-vi-m",
    "ask-a-card": "staff-card-768x1024-vi-m",
}


def choose(folder: Path) -> None:
    """Take the chosen pictures out of a folder, small enough for a repository; raise if one is missing or too large."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, story in CHOSEN.items():
        with Image.open(folder / f"{story}.png") as picture:
            shown = picture.convert("RGB")
        shown = shown.crop((0, 0, shown.width, min(shown.height, 2 * shown.width)))
        if shown.width > WIDEST:
            shown = shown.resize((WIDEST, shown.height * WIDEST // shown.width), Image.Resampling.LANCZOS)
        path = OUT / f"{name}.png"
        shown.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size > LARGEST:
            raise SystemExit(f"{path.name}: {path.stat().st_size} bytes, at most {LARGEST} expected")


def main() -> None:
    """Run the stories with their pictures kept, and choose."""
    with tempfile.TemporaryDirectory() as folder:
        stories = [str(Path(__file__).with_name(name)) for name in STORIES]
        command = [sys.executable, "-m", "pytest", "-q", *stories]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "PHIEUKIN_SCREENS": folder}, check=True)
        choose(Path(folder))


if __name__ == "__main__":
    main()
