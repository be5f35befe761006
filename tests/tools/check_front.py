"""Check the types of the tablet's TypeScript with the compiler of its own package list: part of `make types`.

Installs the packages of developers where one is missing: the compiler, and axe-core, which the browser stories need.
"""

import subprocess
import sys

from kiosk_templates.build_front import HERE, find_node

INSTALL = ("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error")


def main() -> int:
    """Install the pinned packages where one is not there yet, and run the compiler; return its exit code."""
    node, npm = find_node()
    packages = HERE / "node_modules"
    compiler = packages / "typescript" / "bin" / "tsc"
    if not compiler.exists() or not (packages / "axe-core" / "axe.min.js").exists():
        subprocess.run((*npm, *INSTALL), cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    return subprocess.run((node, str(compiler), "--noEmit", "-p", "tsconfig.json"), cwd=HERE, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
