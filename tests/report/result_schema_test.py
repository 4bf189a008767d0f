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
    assert len(paths) == 13, f"expected 13 results in {sys.argv[2]}, found {len(paths)}"
    for path in paths:
        for error in VALIDATOR.iter_errors(load(path)):
            sys.exit(f"{path.name}: {error.json_path}: {error.message}")
    result = load(Path(sys.argv[2]) / "labelled.result.json")
    assert VALIDATOR.is_valid(result | {"config_sha256": "0" * 64, "scorer_sha256": "0" * 64})
    must_refuse(result, "a configuration that is no hash", lambda r: r.update(config_sha256="conrad.toml"))
    must_refuse(result, "an unknown key", lambda r: r.update(timing=1))
    must_refuse(result, "no working points", lambda r: r.pop("working_points"))
    must_refuse(result, "p > 1", lambda r: r["working_points"][0].update(p_value=1.5))
    must_refuse(result, "a missing region", lambda r: r["working_points"][0]["regions"].pop("D"))
    must_refuse(result, "a short hash", lambda r: r["inputs"][0].update(sha256="abc"))
    must_refuse(result, "a text for a number", lambda r: r["closure"][0]["points"][0].update(ratio="1"))
    must_refuse(result, "an AUC above one", lambda r: r["evaluation"][0].update(auc=1.2))
    must_refuse(result, "sculpting of CONRAD", lambda r: r.update(sculpting={"events": "data", "n_events": 1, "n_bins": 2, "curves": [], "random_subsets": []}))
    must_refuse(result, "a verdict of no known kind", lambda r: r["verdict"].update(kind="perhaps"))
    must_refuse(result, "a working point without judgement", lambda r: r["working_points"][0].pop("judgement"))
    must_refuse(result, "no gate", lambda r: r.update(gate=None))
    resonant = load(Path(sys.argv[2]) / "resonant.result.json")
    must_refuse(resonant, "an unknown method", lambda r: r.update(method="salad"))
    must_refuse(resonant, "the method of the other family", lambda r: r.update(method="conrad"))
    must_refuse(resonant, "closure of a resonant search", lambda r: r.update(closure=result["closure"]))
    must_refuse(resonant, "a fit without its failures", lambda r: r["working_points"][0]["fit"].pop("failures"))
    must_refuse(resonant, "a goodness of fit above one", lambda r: r["working_points"][0]["fit"].update(goodness_of_fit=2))
    must_refuse(resonant, "an open signal window", lambda r: r["setup"]["signal_window"].pop())
    must_refuse(resonant, "a text for a number", lambda r: r["sculpting"]["curves"][0]["points"][0].update(median="1"))
    opened = load(Path(sys.argv[2]) / "extrapolation.result.json")
    must_refuse(opened, "the method of another family", lambda r: r.update(method="conrad"))
    must_refuse(opened, "a gate of an extrapolation", lambda r: r.update(gate=result["gate"]))
    must_refuse(opened, "no closure tests", lambda r: r.pop("closure_tests"))
    must_refuse(opened, "a prediction without its parts", lambda r: r["working_points"][0].pop("prediction"))
    must_refuse(opened, "no alternative", lambda r: r["working_points"][0].pop("abcd"))
    must_refuse(opened, "working points of a blind search", lambda r: r["setup"].update(stage="cr"))
    must_refuse(opened, "an unknown stage", lambda r: r["setup"].update(stage="half"))
    must_refuse(opened, "an AUC above one", lambda r: r["closure_tests"][0]["auc"].append(1.5))
    must_refuse(opened, "an unknown region", lambda r: r["weights"][0].update(region="sidebands"))
    quak = load(Path(sys.argv[2]) / "quak.result.json")
    must_refuse(quak, "method 1 as unbiased", lambda r: r["cuts"].update(biased=False))
    must_refuse(quak, "two answers", lambda r: r["working_points"].append(r["working_points"][0]))
    must_refuse(quak, "no global significance", lambda r: r["working_points"][0].pop("global_p_value"))
    must_refuse(quak, "a category that is left out without a word", lambda r: r["working_points"][0]["categories"][0].pop("left_out"))
    must_refuse(quak, "no axis", lambda r: r["setup"].update(losses=[]))

    blind = load(Path(sys.argv[2]) / "bump-blind.result.json")
    must_refuse(blind, "working points of a closed region", lambda r: r.update(working_points=resonant["working_points"]))
    must_refuse(blind, "scores of a closed region", lambda r: r.update(scorer_sha256="0" * 64))
    must_refuse(blind, "a closed region that was never blinded", lambda r: r["blinding"].update(state="never_blinded"))
    must_refuse(blind, "an opening without its time", lambda r: r["blinding"].update(unblinded={"config_sha256": "0" * 64, "eddy": "0.1.0", "was_blind": True}))
    must_refuse(resonant, "expectations of an open region", lambda r: r.update(expected=blind["expected"]))
    must_refuse(resonant, "no word on blinding", lambda r: r.pop("blinding"))


main()
