"""The console script `eddy`: the command line of the engine."""

from __future__ import annotations

import sys

from . import _eddy


def main() -> int:
    """Runs sys.argv; the exit code is that of the command line."""
    return _eddy.command_line(["eddy", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
