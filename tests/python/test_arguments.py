"""Arguments of types that cannot be: one sentence that names the argument and says what to give, never the words of a binding."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_events, quick_search

import eddy

JUNK = [
    None, "x", "", object(), [], {}, ("a",), [1, "a"], [[1.0]], 1j, b"x", -1, 2.5, float("nan"), 10**30, -(10**30), True,
    np.int64(3), np.array([1.0, 2.0]),
]  # fmt: skip
MASSES = 2000 + np.random.default_rng(1).exponential(600, 2000)
PARTICLES = np.array([[[100.0, 0, 0, 100], [-100, 0, 0, 100]]])
X = np.random.default_rng(2).normal(size=(300, 2)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)


def said(call, good):
    """What each argument in turn is answered, where each kind of junk stands in its place."""
    for name in good:
        for junk in JUNK:
            try:
                call(**{**good, name: junk})
            except eddy.EddyError as error:
                yield name, junk, str(error)


def all_in_one_sentence(call, good):
    """Nothing but EddyError leaves `call`: another exception would end the test here."""
    sentences = list(said(call, good))
    for name, junk, sentence in sentences:
        assert "\n" not in sentence and len(sentence) < 400, (name, junk, sentence)
        assert "incompatible function arguments" not in sentence
    return sentences


@pytest.mark.parametrize(
    ("call", "good"),
    [
        (eddy.stats.abcd, {"a": 130, "b": 1000, "c": 1000, "d": 10000, "closure": 1.0, "closure_error": 0.0, "leakage": (0, 0, 0),
                           "confidence_level": 0.95, "n_toys": 100, "n_limit_toys": 100, "random_state": 1}),
        (eddy.stats.cls, {"observed": 3, "expected": 2.0, "error": 0.1, "confidence_level": 0.95}),
        (eddy.stats.template_count, {"observed": 3, "weights": [1, 1.0], "relative_error": 0.1, "confidence_level": 0.95}),
        (eddy.stats.fisher, {"p_values": [0.1, 0.2]}),
        (eddy.stats.significance, {"p_value": 0.1}),
        (eddy.stats.p_value, {"z": 1.0}),
        (eddy.stats.asimov, {"signal": 1.0, "background": 10.0, "error": 0.1}),
        (eddy.stats.bump_hunt, {"masses": MASSES[MASSES < 6500], "window": (3300, 3700), "template": (), "random_state": 1,
                                "toys": 0, "scan_points": 0, "bin_width": 50.0}),
        (eddy.stats.sculpting, {"masses": MASSES, "passes": MASSES > 3000, "n_bins": 20, "n_subsets": 5, "random_state": 1}),
        (eddy.stats.sic, {"truth": Y, "score": X[:, 0], "sample_weight": None}),
        (eddy.jets.cluster, {"particles": PARTICLES, "algorithm": "kt", "radius": 1.0, "pt_min": 20.0, "described": 2,
                             "beta": (1.0,), "n_max": 2}),
    ],
)  # fmt: skip
def test_functions(call, good):
    assert all_in_one_sentence(call, good)


@pytest.mark.filterwarnings("ignore")
def test_estimators(capsys):
    flow = eddy.Flow(epochs=1, hidden=8).fit(X)
    all_in_one_sentence(flow.sample, {"n_samples": 5})
    all_in_one_sentence(flow.log_prob, {"X": X})
    all_in_one_sentence(flow.fit, {"X": X, "sample_weight": None})
    new = {"context": None, "kind": "rqs", "bound": 5.0, "validation_fraction": 0.2, "random_state": 1}
    all_in_one_sentence(lambda **options: eddy.Flow(epochs=1, hidden=8, **options).fit(X), new)
    trees = {"kind": "trees", "members": 1, "random_state": 1}
    few = {"max_iterations": 2}
    all_in_one_sentence(lambda **options: eddy.Classifier(options=few, **options).fit(X, Y), {**trees, "members": 1})
    all_in_one_sentence(eddy.Classifier(options=few).fit, {"X": X, "y": Y, "sample_weight": None})
    space = {"scaler": "standard", "random_state": 1}
    all_in_one_sentence(lambda **options: eddy.QuakSpace(options={"epochs": 1}, **options).fit(X), space)


def test_runs(tmp_path, quick_run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    good = {"path": quick_run.path}
    assert all_in_one_sentence(lambda path: eddy.load(path), good)
    config = {"config": quick_run.path / "nowhere.toml", "overrides": None, "out": None, "store": None, "fresh": False}
    assert all_in_one_sentence(eddy.run, config)
    assert all_in_one_sentence(quick_run.score, {"events": make_events(100, 5)})
    assert all_in_one_sentence(quick_run.to_pandas, {"what": "inputs"})
    assert all_in_one_sentence(quick_run.report, {"show": False})
    assert all_in_one_sentence(eddy.convert, {"source": quick_run.path / "scores.h5", "output": tmp_path / "out.h5"})
    search = {"x": ["a"], "context": "mjj", "signal": (3300, 3700), "identity": None, "working_points": [0.1]}
    assert all_in_one_sentence(lambda **options: quick_search({"a": [1.0]}, **options), search)


def test_the_argument_and_the_remedy_are_named():
    with pytest.raises(eddy.ConfigError, match="^leakage is 3; give 3 numbers$"):
        eddy.stats.abcd(1, 2, 3, 4, leakage=3)
    with pytest.raises(eddy.ConfigError, match="^observed is None; give a number$"):
        eddy.stats.cls(None, 3.0)
    with pytest.raises(eddy.ConfigError, match="^fresh is 'yes'; give True or False$"):
        eddy.run("search.toml", fresh="yes")


@pytest.mark.parametrize("table", [{1: [1.0], "1": [2.0]}, {"1": [1.0], 1: [2.0]}])
def test_two_columns_whose_names_are_one_text(table):
    with pytest.raises(eddy.DataError, match=r"has two columns named '1' \(.*1.* and .*1.*\); rename one of them"):
        eddy.convert(table, "never.h5")
