#!/usr/bin/env python3
"""The npm packages run with the Node of Debian bookworm (18) and with newer ones, and are tied to their contents, not to a host."""
import json
import pathlib
import re
import sys

BOOKWORM_NODE = 18
ROOT = pathlib.Path(__file__).resolve().parent.parent


def oldest_node(range_of_versions):
    """The major version from which on a package runs; ranges of packages read '>=18' or '^14 || >=16'."""
    return min(int(major) for major in re.findall(r"(?:>=|\^|~)?\s*(\d+)[.\d]*", range_of_versions))


def problems(lock):
    for name, package in lock["packages"].items():
        if not name:
            continue
        wanted = package.get("engines", {}).get("node")
        if wanted and oldest_node(wanted) > BOOKWORM_NODE:
            yield f"{name} wants Node {wanted}; Debian bookworm has {BOOKWORM_NODE}: pin an older version"
        if "resolved" in package:
            yield f"{name} names a host ('resolved'); install with --omit-lockfile-registry-resolved"
        if not package.get("integrity", "").startswith("sha512-"):
            yield f"{name} has no hash ('integrity')"


def main():
    broken = {"packages": {"": {}, "a": {"engines": {"node": ">=20"}, "resolved": "b"}}}
    assert len(list(problems(broken))) == 3, "the checks of this test do not see what they are for"
    found = list(problems(json.loads((ROOT / "package-lock.json").read_text())))
    print("\n".join(found) or "npm packages: as they should be")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
