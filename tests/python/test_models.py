"""Flows, classifiers and spaces of losses by themselves: laws, judges, pickles, scikit-learn."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import eddy

SCIPY = pytest.importorskip("scipy.stats")
RANDOM = np.random.default_rng(3)
QUICK_FLOW = {"layers": 2, "hidden": 32, "epochs": 12}


def gaussians(n=6000, seed=3):
    """x1 ~ N(m, 0.5), x2 ~ N(x1, 0.3), m uniform in (1, 2)."""
    random = np.random.default_rng(seed)
    m = random.uniform(1, 2, n)
    x1 = random.normal(m, 0.5)
    return {"x1": x1, "m": m, "x2": random.normal(x1, 0.3)}


@pytest.fixture(scope="module")
def flow():
    return eddy.Flow(context=["m"], **QUICK_FLOW).fit(gaussians())


def test_log_prob_is_the_true_density(flow):
    test = gaussians(2000, seed=5)
    true = SCIPY.norm.logpdf(test["x1"], test["m"], 0.5) + SCIPY.norm.logpdf(test["x2"], test["x1"], 0.3)
    assert np.mean(true - flow.log_prob(test)) == pytest.approx(0, abs=0.05)  # the Kullback-Leibler divergence
    assert flow.score(test) == pytest.approx(np.mean(flow.score_samples(test)))


def test_latents_are_normal_and_come_back(flow):
    test = gaussians(2000, seed=5)
    z = flow.transform(test)
    assert z.shape == (2000, 2)
    for column in z.T:
        assert SCIPY.kstest(column, "norm").pvalue > 1e-4
    back = flow.inverse_transform(z, {"m": test["m"]})
    inside = np.all(
        [(test[name] > np.quantile(test[name], 0.01)) & (test[name] < np.quantile(test[name], 0.99)) for name in ("x1", "x2")],
        axis=0,
    )
    np.testing.assert_allclose(back[inside, 0], test["x1"][inside], atol=2e-3)
    np.testing.assert_allclose(back[inside, 1], test["x2"][inside], atol=2e-3)
    np.testing.assert_array_equal(back, flow.inverse_transform(z, test["m"]))


def test_samples_follow_the_density(flow):
    m = np.full(4000, 1.5)
    x = flow.sample(context=m, random_state=1)
    assert x.shape == (4000, 2)
    assert SCIPY.kstest(x[:, 0], "norm", (1.5, 0.5)).statistic < 0.05
    np.testing.assert_array_equal(x, flow.sample(context=m, random_state=1))
    assert not np.array_equal(x, flow.sample(context=m, random_state=2))
    with pytest.raises(eddy.ConfigError, match="give the context"):
        flow.sample(10)


def test_columns_are_found_by_name(flow):
    pandas = pytest.importorskip("pandas")
    test = gaussians(100)
    shuffled = pandas.DataFrame(test)[["x2", "m", "x1"]]
    np.testing.assert_array_equal(flow.log_prob(shuffled), flow.log_prob(test))
    assert list(flow.feature_names_in_) == ["x1", "m", "x2"]
    with pytest.raises(eddy.DataError, match=r"no column 'x2' \(did you mean 'x1'\?\)|no column 'x2'"):
        flow.log_prob(shuffled[["x1", "m"]])
    with pytest.raises(eddy.DataError, match="no column 'mm' for the context; did you mean 'm'"):
        eddy.Flow(context=["mm"]).fit(test)


def test_a_matrix_and_a_table_give_the_same_flow(flow):
    matrix = np.column_stack(list(gaussians().values()))
    other = eddy.Flow(context=[1], **QUICK_FLOW).fit(matrix)
    np.testing.assert_array_equal(other.log_prob(matrix[:50]), flow.log_prob(gaussians())[:50])


def test_flows_do_not_depend_on_threads_or_on_who_is_listening(flow):
    calls = []
    again = eddy.Flow(context=["m"], progress=lambda *state: calls.append(state), **QUICK_FLOW).fit(gaussians())
    assert again.loss_curve_ == flow.loss_curve_ and calls
    assert len(flow.loss_curve_) == len(flow.validation_loss_curve_) > 5


def models(flow):
    data = gaussians(2000)
    matrix = np.column_stack(list(data.values()))
    label = (matrix[:, 0] > 1.5).astype(int)
    yield flow, lambda model: model.log_prob(data)
    for kind in ("trees", "mlp", "linear"):
        options = {"max_iterations": 10} if kind == "trees" else {"epochs": 2, "keep_epochs": 1} if kind == "mlp" else {}
        yield eddy.Classifier(kind, members=2, options=options).fit(matrix, label), lambda model: model.predict_proba(matrix)
    options = {"epochs": 3, "latent": 2, "flow_layers": 2, "hidden": [8]}
    yield eddy.QuakSpace(options=options).fit(matrix, {"a": matrix[label == 1]}), lambda model: model.transform(matrix)


def test_pickles_copies_and_equality(flow):
    for model, evaluate in models(flow):
        expected = evaluate(model)
        for other in (pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)):
            np.testing.assert_array_equal(evaluate(other), expected)
            assert other == model
            assert other.get_params() == model.get_params()
        assert b"eddy-artefact-1" in pickle.dumps(model)
        changed = copy.deepcopy(model).set_params(random_state=5)
        assert changed != model
        broken = model.__getstate__()
        broken["model_"] = broken["model_"][:-3]
        with pytest.raises(eddy.FileError, match="truncated or altered"):
            type(model)().__setstate__(broken)


def test_classifiers_learn_the_likelihood_ratio():
    random = np.random.default_rng(2)
    label = np.arange(8000) % 2
    x = random.normal(label[:, None] * [1.0, 0.5], 1.0)
    optimal = eddy.stats.sic(label, x @ [1.0, 0.5]).auc
    for kind, options in (("trees", {}), ("mlp", {"epochs": 10}), ("linear", {})):
        classifier = eddy.Classifier(kind, members=2, options=options).fit(x[:6000], label[:6000])
        auc = eddy.stats.sic(label[6000:], classifier.decision_function(x[6000:])).auc
        assert auc > optimal - 0.03, kind
        probability = classifier.predict_proba(x)
        np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-6)
        np.testing.assert_array_equal(classifier.predict(x), np.where(probability[:, 1] > 0.5, 1, 0))
        assert classifier.score(x, label) > 0.65


def test_linear_discriminants_are_those_of_scikit_learn():
    analysis = pytest.importorskip("sklearn.discriminant_analysis")
    random = np.random.default_rng(2)
    label = np.arange(2000) % 2
    x = random.normal(label[:, None] * [1.0, 0.5, 0.0], [1.0, 2.0, 1.0]).astype(np.float32)
    ours = eddy.Classifier("linear").fit(x, label).decision_function(x)
    theirs = analysis.LinearDiscriminantAnalysis(solver="eigen", priors=[0.5, 0.5]).fit(x, label).decision_function(x)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99999


def test_weights_count_as_copies_would():
    random = np.random.default_rng(2)
    label = np.arange(2000) % 2
    x = random.normal(label[:, None] * [1.0, 0.5], 1.0).astype(np.float32)
    weight = random.integers(0, 3, 2000)
    weighted = eddy.Classifier("linear").fit(x, label, sample_weight=weight).decision_function(x)
    repeated = eddy.Classifier("linear").fit(np.repeat(x, weight, axis=0), np.repeat(label, weight)).decision_function(x)
    assert np.corrcoef(weighted, repeated)[0, 1] > 0.9999


def test_labels_may_be_anything():
    x = np.random.default_rng(1).normal(size=(400, 2))
    for labels in (["data", "reference"], [True, False], [-1, 1]):
        y = np.where(x[:, 0] > 0, labels[0], labels[1])
        classifier = eddy.Classifier("linear").fit(x, y)
        assert sorted(classifier.classes_) == sorted(np.unique(y))
        assert np.mean(classifier.predict(x) == y) > 0.9


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: eddy.Flow(layers=0).fit(x), "flow.layers=0"),
        (lambda x: eddy.Flow(kind="spline").fit(x), "rqs"),
        (lambda x: eddy.Flow(random_state=-1).fit(x), "random_state is -1"),
        (lambda x: eddy.Flow().fit(np.column_stack([x, np.ones(len(x))])), "spread"),
        (lambda x: eddy.Flow().fit(np.where(x > 2, np.nan, x)), "NaN or infinity"),
        (lambda x: eddy.Flow().log_prob(x), "not fitted yet"),
        (lambda x: eddy.Flow().fit(x[:0]), "no events"),
        (lambda x: eddy.Flow().fit(x.astype(complex)), "Complex data not supported"),
        (lambda x: eddy.Classifier("forest").fit(x, x[:, 0] > 0), "kind is 'forest'"),
        (lambda x: eddy.Classifier(members=0).fit(x, x[:, 0] > 0), "members is 0"),
        (lambda x: eddy.Classifier(options={"max_iteration": 3}).fit(x, x[:, 0] > 0), "did you mean 'max_iterations'"),
        (lambda x: eddy.Classifier().fit(x, np.zeros(len(x))), "Only binary classification"),
        (lambda x: eddy.Classifier().fit(x, np.zeros(3)), "give one label per event"),
        (lambda x: eddy.Classifier().fit(x, x[:, 0] > 0, sample_weight=np.ones(3)), "3 values for 400 events"),
        (lambda x: eddy.QuakSpace(scaler="robust").fit(x), "robust"),
        (lambda x: eddy.QuakSpace().fit(x, [x]), "give a dict of name"),
        (lambda x: eddy.QuakSpace().fit(x, {"a": x[:, :1]}), "prior 'a' has 1 features"),
        (lambda x: eddy.Flow().set_params(layer=3), "did you mean 'layers'"),
    ],
)  # fmt: skip
def test_bad_arguments_are_a_sentence(call, sentence):
    with pytest.raises(eddy.EddyError, match=sentence):
        call(np.random.default_rng(1).normal(size=(400, 2)))


def test_reprs_say_what_differs():
    assert repr(eddy.Flow()) == "Flow()"
    assert repr(eddy.Classifier("mlp", members=3)) == "Classifier(kind='mlp', members=3)"


@pytest.fixture
def two_classes():
    random = np.random.default_rng(11)
    y = np.arange(1000) % 2
    return random.normal(size=(1000, 2)) + [[1, 0]] * y[:, None], y


def test_masked_values_are_refused_and_not_read(two_classes):
    x, y = two_classes
    masked = np.ma.masked_array(x, mask=np.zeros(x.shape, bool))
    classifier = eddy.Classifier(members=1, options={"max_iterations": 5}).fit(masked, y)
    assert np.array_equal(classifier.predict_proba(masked), classifier.predict_proba(x)), "nothing is masked"
    masked.mask[3, 1] = True
    for call in (lambda: classifier.predict_proba(masked), lambda: classifier.fit(masked, y), lambda: eddy.Flow().fit(masked)):
        with pytest.raises(eddy.DataError, match="masked values"):
            call()


def test_a_fit_that_fails_leaves_the_model_as_it_was(two_classes):
    x, y = two_classes
    classifier = eddy.Classifier(members=1, options={"max_iterations": 5}).fit(x, y)
    before = classifier.predict_proba(x)
    for bad in (
        lambda: classifier.fit(x[:, ::-1], y, sample_weight=-np.ones(len(y))),
        lambda: classifier.fit(x, np.ones(len(y))),
    ):
        with pytest.raises(eddy.DataError):
            bad()
    assert np.array_equal(classifier.predict_proba(x), before)
    assert list(classifier.classes_) == [0, 1]
