#!/usr/bin/env python3
"""tests/ mirrors src/: each source of src/eddy has a test of its own name, or stands in tools/tested_through.txt beside the test
that covers it: parts of a file format, figures and tables that only exist on a page, the steps of a method.

usage: check_mirror.py [ROOT]     ROOT is the repository (default: the one this script is in)
"""

import sys
from pathlib import Path

LIST = "tools/tested_through.txt"


def read_list(root):
    """Source -> test, as the list has them."""
    lines = (root / LIST).read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))


def check_tree(root):
    """One sentence for each source without a test, and for each line of the list that is out of date."""
    folder, tests, through = root / "src" / "eddy", root / "tests", read_list(root)
    sources = {path.relative_to(folder).as_posix() for path in folder.rglob("*.cpp") if "kernels" not in path.parts}
    for source in sorted(sources):
        stem = source.removesuffix(".cpp")
        own = any((tests / f"{stem}_test{suffix}").exists() for suffix in (".cpp", ".py"))
        if own and source in through:
            yield f"src/eddy/{source} has a test of its own now; remove it from {LIST}"
        if not own and source not in through:
            yield f"src/eddy/{source} has no test; write tests/{stem}_test.cpp, or say in {LIST} which test covers it"
    for source, test in through.items():
        if source not in sources:
            yield f"{LIST} names src/eddy/{source}, which is not there"
        if not (tests / test).exists():
            yield f"{LIST} says that src/eddy/{source} is covered by tests/{test}, which is not there"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    problems = list(check_tree(root))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
