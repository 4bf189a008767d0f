"""Every compare.json of the synthetic comparisons fits docs/compare.schema.json, and the schema refuses what is wrong."""

import copy
import json
import sys
from pathlib import Path

import jsonschema

SCHEMA = json.loads(Path(sys.argv[1]).read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def must_refuse(comparison, what, change):
    broken = copy.deepcopy(comparison)
    change(broken)
    assert not VALIDATOR.is_valid(broken), f"the schema accepts a comparison with {what}"


def main():
    VALIDATOR.check_schema(SCHEMA)
    paths = sorted(Path(sys.argv[2]).glob("*.compare.json"))
    assert len(paths) == 3, f"expected 3 comparisons in {sys.argv[2]}, found {len(paths)}"
    for path in paths:
        for error in VALIDATOR.iter_errors(json.loads(path.read_text())):
            sys.exit(f"{path.name}: {error.json_path}: {error.message}")
    comparison = json.loads(paths[0].read_text())
    must_refuse(comparison, "an unknown key", lambda c: c.update(more=1))
    must_refuse(comparison, "one run", lambda c: c.update(runs=c["runs"][:1]))
    must_refuse(comparison, "a run without label", lambda c: c["runs"][0].pop("label"))
    must_refuse(comparison, "p > 1", lambda c: c["significance"][0]["points"][0].update(p_value=1.5))
    must_refuse(comparison, "a detector of no run", lambda c: c["detectors"][0].update(runs=[]))
    must_refuse(comparison, "a text for a number", lambda c: c["detectors"][0]["evaluation"].update(auc="0.7"))
    extrapolation = json.loads((Path(sys.argv[2]) / "comparison-extrapolation.compare.json").read_text())
    must_refuse(extrapolation, "closure tests of no run", lambda c: c["closure_tests"][0].pop("run"))
    must_refuse(extrapolation, "an unknown region", lambda c: c["closure_tests"][0]["tests"][0].update(region="x"))


main()
