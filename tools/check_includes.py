#!/usr/bin/env python3
"""Modules depend only on those above them: fails when an #include in src/eddy points the other way.

usage: check_includes.py [ROOT]     ROOT is the repository (default: the one this script is in)
"""

import re
import sys
from pathlib import Path

# Top to bottom: a module may include itself and those before it.
MODULES = ["base", "events", "jets", "net", "flow", "classify", "vae", "stats", "search", "report", "runs", "exchange", "cli"]

INCLUDE = re.compile(r'\s*#\s*include\s*[<"]eddy/([^/>"]+)/')


def check_file(path, module, root):
    """One sentence for each include of `path`, a file of `module`, that points the wrong way."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match = INCLUDE.match(line)
        if match is None or match[1] == module:
            continue
        place = f"{path.relative_to(root)}:{number}"
        if match[1] not in MODULES:
            yield f"{place}: there is no module '{match[1]}'; the modules are {', '.join(MODULES)}"
        elif MODULES.index(match[1]) > MODULES.index(module):
            yield (f"{place}: '{module}' includes '{match[1]}', which is below it in {' < '.join(MODULES)}; "
                   f"move the code to '{match[1]}' or what it needs to '{module}' or above")


def check_tree(root):
    """All violations below root/src/eddy."""
    source = root / "src" / "eddy"
    for path in sorted(p for p in source.rglob("*") if p.suffix in (".hpp", ".cpp")):
        module = path.relative_to(source).parts[0]
        if module in MODULES:
            yield from check_file(path, module, root)
        else:
            yield (f"{path.relative_to(root)}: '{module}' is no module; add it at its place in the list in "
                   "tools/check_includes.py")


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    violations = list(check_tree(root))
    for violation in violations:
        print(violation, file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
