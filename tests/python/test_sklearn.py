"""scikit-learn's own checks of estimators; what fails is listed, with the reason."""

from __future__ import annotations

import numpy as np
import pytest

import eddy

checks = pytest.importorskip("sklearn.utils.estimator_checks")

HELD_OUT = {
    "check_sample_weight_equivalence_on_dense_data": "a random part of the events is held out and decides when to stop; "
    "which part, and how many events it has, differs between one event of weight two and two events"
}


def failures(estimator, expected):
    results = checks.check_estimator(estimator, expected_failed_checks=expected, on_fail=None, on_skip=None)
    assert len(results) > 30
    assert {r["check_name"] for r in results if r["status"] == "xfail"} == set(expected), "a failure that is expected no more"
    return {r["check_name"]: r["exception"] for r in results if r["status"] == "failed"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (eddy.Flow(layers=1, hidden=8, epochs=2), HELD_OUT),
        (eddy.Classifier(options={"max_iterations": 5, "min_leaf_events": 1}), HELD_OUT),
        (eddy.Classifier("linear"), {}),
    ],
)
def test_check_estimator(estimator, expected):
    found = failures(estimator, expected)
    assert not found, "\n".join(f"{name}: {str(error)[:300]}" for name, error in found.items())


def test_in_pipelines_and_searches():
    model_selection = pytest.importorskip("sklearn.model_selection")
    pipeline = pytest.importorskip("sklearn.pipeline")
    random = np.random.default_rng(1)
    y = np.arange(1000) % 2
    x = random.normal(y[:, None] * [1.0, 0.3], 1.0)
    chain = pipeline.make_pipeline(eddy.Flow(layers=1, hidden=8, epochs=2), eddy.Classifier("linear"))
    scores = model_selection.cross_val_score(chain, x, y, cv=3)
    assert scores.mean() > 0.6
    search = model_selection.GridSearchCV(
        eddy.Classifier(options={"max_iterations": 5}), {"kind": ["linear"], "options": [None]}, cv=2
    )
    assert search.fit(x, y).best_score_ > 0.6
