#!/usr/bin/env python3
"""Writes python/eddy/_eddy.pyi, the types of the compiled module, from the module itself.

usage: write_stubs.py [--check]     needs nanobind, and the compiled package on the path; --check: writes nothing, fails where the
                                    file is not what it would write
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

STUB = Path(__file__).resolve().parents[1] / "eddy" / "_eddy.pyi"
HEAD = '''"""The compiled part of the package. Written by python/tools/write_stubs.py; do not edit."""

from typing import Any
'''


def stub() -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "_eddy.pyi"
        subprocess.run([sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "eddy._eddy", "-o", path], check=True)
        text = path.read_text(encoding="utf-8")
    text = re.sub(r"-> dict:", "-> dict[str, Any]:", text)
    text = re.sub(r"-> list:", "-> list[Any]:", text)
    text = text.replace("Annotated[NDArray, ", "Annotated[NDArray[Any], ")
    if "__version__" not in text:
        text = text.rstrip() + "\n\n__version__: str\n"
    return HEAD + text


def main() -> int:
    text = stub()
    if "--check" not in sys.argv:
        STUB.write_text(text, encoding="utf-8")
    elif STUB.read_text(encoding="utf-8") != text:
        print(f"{STUB} is not what the compiled module says; run python/tools/write_stubs.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
