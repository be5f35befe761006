"""Check the types of the tablet's TypeScript with the compiler of its own package list: part of `make types`."""

import subprocess
import sys

from kiosk_templates.build_front import HERE, find_node

INSTALL = ("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error")


def main() -> int:
    """Install the pinned compiler where it is not there yet, and run it; return its exit code."""
    node, npm = find_node()
    compiler = HERE / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        subprocess.run((*npm, *INSTALL), cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    return subprocess.run((node, str(compiler), "--noEmit", "-p", "tsconfig.json"), cwd=HERE, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
