"""Every result.json of the synthetic runs fits docs/result.schema.json, and the schema refuses what is wrong."""

import copy
import json
import sys
from pathlib import Path

import jsonschema

SCHEMA = json.loads(Path(sys.argv[1]).read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


def load(path):
    return json.loads(path.read_text(), parse_constant=no_constant)


def must_refuse(result, what, change):
    broken = copy.deepcopy(result)
    change(broken)
    assert not VALIDATOR.is_valid(broken), f"the schema accepts a result with {what}"


def main():
    VALIDATOR.check_schema(SCHEMA)
    paths = sorted(Path(sys.argv[2]).glob("*.result.json"))
    assert len(paths) == 4, f"expected 4 results in {sys.argv[2]}, found {len(paths)}"
    for path in paths:
        for error in VALIDATOR.iter_errors(load(path)):
            sys.exit(f"{path.name}: {error.json_path}: {error.message}")
    result = load(Path(sys.argv[2]) / "labelled.result.json")
    must_refuse(result, "an unknown key", lambda r: r.update(timing=1))
    must_refuse(result, "no working points", lambda r: r.pop("working_points"))
    must_refuse(result, "p > 1", lambda r: r["working_points"][0].update(p_value=1.5))
    must_refuse(result, "a missing region", lambda r: r["working_points"][0]["regions"].pop("D"))
    must_refuse(result, "a short hash", lambda r: r["inputs"][0].update(sha256="abc"))
    must_refuse(result, "a text for a number", lambda r: r["closure"][0]["points"][0].update(ratio="1"))
    must_refuse(result, "an AUC above one", lambda r: r["evaluation"][0].update(auc=1.2))


main()
