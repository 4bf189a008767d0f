#!/usr/bin/env python3
"""Sources of a folder are compiled together (EDDY_UNITY), so their anonymous namespaces are one: two functions of one
name there would be overloads of each other, and a call could reach that of another source. Fails when two sources of a
folder of src/eddy have a helper of the same name.

usage: check_helpers.py [ROOT]     ROOT is the repository (default: the one this script is in)
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

ANONYMOUS = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.DOTALL | re.MULTILINE)
TEMPLATE_ARGUMENTS = re.compile(r"<[^<>]*>")
# As clang-format leaves it: a function starts in the first column, with its type.
FUNCTION = re.compile(r"^(?!using |static_assert|return )[\w:][^=\n(]*?\b(\w+)\(", re.MULTILINE)


def helpers_of(path):
    """Names of the functions in the anonymous namespaces of a source."""
    text, more = TEMPLATE_ARGUMENTS.subn("", path.read_text(encoding="utf-8"))
    while more:  # lists inside lists
        text, more = TEMPLATE_ARGUMENTS.subn("", text)
    return {name for body in ANONYMOUS.findall(text) for name in FUNCTION.findall(body)}


def is_compiled_singly(module):
    settings = module / "CMakeLists.txt"
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    return re.search(r"^eddy_module\(\w+ .*\bSINGLY\b", text, re.MULTILINE) is not None


def check_tree(root):
    """One sentence for each name that several sources of a folder have."""
    folder = root / "src" / "eddy"
    sources = defaultdict(list)
    for path in sorted(folder.rglob("*.cpp")):
        if is_compiled_singly(folder / path.relative_to(folder).parts[0]):
            continue
        for name in helpers_of(path):
            sources[path.parent, name].append(path.name)
    for (parent, name), files in sorted(sources.items()):
        if len(files) > 1:
            yield (f"{parent.relative_to(root)}: {' and '.join(files)} have each a helper '{name}', and are compiled "
                   "together; rename one to say what only it does, or write it once, in a header")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    problems = list(check_tree(root))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
