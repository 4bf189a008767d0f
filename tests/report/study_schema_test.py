"""Every study.json of the synthetic studies fits docs/study.schema.json, and the schema refuses what is wrong."""

import copy
import json
import sys
from pathlib import Path

import jsonschema

SCHEMA = json.loads(Path(sys.argv[1]).read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def must_refuse(study, what, change):
    broken = copy.deepcopy(study)
    change(broken)
    assert not VALIDATOR.is_valid(broken), f"the schema accepts a study with {what}"


def main():
    VALIDATOR.check_schema(SCHEMA)
    paths = sorted(Path(sys.argv[2]).glob("*.study.json"))
    assert len(paths) == 2, f"expected 2 studies in {sys.argv[2]}, found {len(paths)}"
    for path in paths:
        for error in VALIDATOR.iter_errors(json.loads(path.read_text())):
            sys.exit(f"{path.name}: {error.json_path}: {error.message}")
    study = json.loads(paths[0].read_text())
    must_refuse(study, "an unknown key", lambda s: s.update(more=1))
    must_refuse(study, "no axis", lambda s: s.update(axes=[]))
    must_refuse(study, "an unknown role", lambda s: s["axes"][0].update(role="y"))
    must_refuse(study, "a text for a number", lambda s: s["points"][0].update(numbers=["1"]))
    must_refuse(study, "a band without n", lambda s: s["curves"][0]["points"][0].pop("n"))


main()
