"""eddy.stats against scipy, scikit-learn, iminuit and pyhf."""

from __future__ import annotations

import numpy as np
import pytest

import eddy
from eddy import stats

scipy_stats = pytest.importorskip("scipy.stats")
optimize = pytest.importorskip("scipy.optimize")


def test_fisher_is_that_of_scipy():
    for p_values in ([0.01, 0.2, 0.5], [1e-12, 0.9], [0.3]):
        ours, theirs = stats.fisher(p_values), scipy_stats.combine_pvalues(p_values, method="fisher")
        assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-12)
        assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
        assert ours.z == pytest.approx(scipy_stats.norm.isf(theirs.pvalue), rel=1e-9, abs=1e-9)


def test_significances_are_those_of_scipy():
    for p in (0.9, 0.5, 1e-3, 1e-50, 1e-200):
        assert stats.significance(p) == pytest.approx(scipy_stats.norm.isf(p), rel=1e-12, abs=1e-12)
        assert stats.p_value(stats.significance(p)) == pytest.approx(p, rel=1e-9)


def marginal(function, expected, error):
    """Mean of `function` over a Gaussian expectation, cut off below 0, by a fine sum: an error of 1e-6."""
    mean = np.linspace(max(0, expected - 9 * error), expected + 9 * error, 200001)
    weight = scipy_stats.norm.pdf(mean, expected, error)
    return np.sum(weight * function(mean)) / np.sum(weight)


def test_limit_of_nothing_seen_is_that_of_poisson():
    assert stats.cls(0, 3.0).upper_limit == pytest.approx(-np.log(0.05), rel=1e-6)


@pytest.mark.parametrize(("observed", "expected", "error"), [(15, 8.0, 1.5), (3, 5.0, 2.0), (130, 100.0, 4.6)])
def test_counts_are_averaged_over_an_uncertain_expectation(observed, expected, error):
    count = stats.cls(observed, expected, error)
    p = marginal(lambda mean: scipy_stats.poisson.sf(observed - 1, mean), expected, error)
    assert count.p_value == pytest.approx(p, rel=2e-5)
    assert count.z == pytest.approx(scipy_stats.norm.isf(p), rel=1e-4, abs=1e-5)
    cl_b = marginal(lambda mean: scipy_stats.poisson.cdf(observed, mean), expected, error)
    at_limit = marginal(lambda mean: scipy_stats.poisson.cdf(observed, mean + count.upper_limit), expected, error)
    assert at_limit / cl_b == pytest.approx(0.05, rel=2e-4)


def test_limit_of_a_known_background_is_that_of_pyhf():
    """Asymptotic limits of pyhf for one bin are those of a Gaussian: twenty thousand events are one to half a per cent."""
    pyhf = pytest.importorskip("pyhf")
    strength = {"name": "mu", "type": "normfactor", "data": None}
    samples = [
        {"name": "signal", "data": [100.0], "modifiers": [strength]},
        {"name": "background", "data": [20000.0], "modifiers": []},
    ]
    model = pyhf.Model({"channels": [{"name": "region", "samples": samples}]})
    limit, expected = pyhf.infer.intervals.upper_limits.upper_limit([20100.0], model, np.linspace(0.1, 8, 80))[:2]
    count = stats.cls(20100, 20000.0)
    assert count.upper_limit == pytest.approx(100 * float(limit), rel=0.01)
    assert count.expected_limit[2] == pytest.approx(100 * float(expected[2]), rel=0.01)


def test_template_counts_add_their_errors():
    weights = np.array([1.0, 2.0, -0.5, 3.0])
    count = stats.template_count(9, weights, relative_error=0.1)
    assert count.predicted == pytest.approx(5.5)
    assert count.predicted_error == pytest.approx(np.sqrt(np.sum(weights**2) + 0.55**2))
    assert count.p_value == stats.cls(9, 5.5, count.predicted_error).p_value
    for nothing in ([], [1.0, -1.0]):
        with pytest.raises(eddy.DataError, match="needs events whose weights sum to more than 0"):
            stats.template_count(9, nothing)


def test_abcd_is_the_maximum_of_its_likelihood():
    iminuit = pytest.importorskip("iminuit")
    a, b, c, d = 130.0, 1000.0, 1100.0, 10000.0
    fit = stats.abcd(a, b, c, d, closure=1.05, closure_error=0.04)

    def deviance(signal, mean_b, mean_c, mean_d, pull):
        kappa = np.exp(np.log(1.05) + 0.04 * pull)
        means = np.array([signal + kappa * mean_b * mean_c / mean_d, mean_b, mean_c, mean_d])
        counts = np.array([a, b, c, d])
        return 2 * np.sum(means - counts + counts * np.log(counts / means)) + pull**2

    minuit = iminuit.Minuit(deviance, 10, b, c, d, 0)
    minuit.errordef = 1
    minuit.strategy = 2
    minuit.tol = 1e-4
    minuit.migrad()
    assert minuit.valid
    assert fit.signal == pytest.approx(minuit.values["signal"], abs=0.01 * fit.signal_error)
    minuit.hesse()
    assert fit.signal_error == pytest.approx(minuit.errors["signal"], rel=0.03)
    best = minuit.fval
    minuit.fixed["signal"] = True
    minuit.values["signal"] = 0
    minuit.migrad()
    assert fit.q0 == pytest.approx(minuit.fval - best, rel=1e-3)
    assert fit.p_value == pytest.approx(scipy_stats.norm.sf(np.sqrt(fit.q0)), rel=1e-9)


def test_asimov_significance():
    assert stats.asimov(20, 100) == pytest.approx(np.sqrt(2 * (120 * np.log(1.2) - 20)), rel=1e-12)
    assert stats.asimov(20, 100, 5) < stats.asimov(20, 100)


def test_sic_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(4)
    truth = random.integers(0, 2, 5000)
    score = np.round(random.normal(size=5000) + 1.5 * truth, 2).astype(np.float32)  # with ties
    weight = random.uniform(0.5, 2, 5000).astype(np.float32)
    for w in (None, weight):
        ours = stats.sic(truth, score, w)
        assert ours.auc == pytest.approx(metrics.roc_auc_score(truth, score, sample_weight=w), rel=1e-6)
        false, true, thresholds = metrics.roc_curve(truth, score, sample_weight=w, drop_intermediate=False)
        np.testing.assert_allclose(ours.efficiency_background, false, atol=1e-6)
        np.testing.assert_allclose(ours.efficiency_signal, true, atol=1e-6)
        np.testing.assert_allclose(ours.threshold[1:], thresholds[1:], rtol=1e-6)
    quotable = ours.is_quotable
    assert ours.max_sic == pytest.approx(ours.sic[quotable].max())


def test_bump_hunt_is_the_maximum_of_its_likelihood():
    """The fitted spectrum, minimised anew: a Poisson likelihood of the dijet function and the template."""
    random = np.random.default_rng(1)
    masses = np.concatenate([2000 + random.exponential(600, 20000), random.normal(3500, 100, 300)])
    hunt = stats.bump_hunt(masses[masses < 6500], (3300, 3700), toys=0, scan_points=0, shape="bernstein", order=7)
    edges, counts = hunt.edges, hunt.counts
    t = (edges - edges[0]) / (edges[-1] - edges[0])
    basis = [scipy_stats.beta.cdf(t, k + 1, 8 - k) for k in range(8)]
    shapes = np.array([np.diff(cdf) for cdf in basis])

    def deviance(parameters):
        mean = parameters[:8] @ shapes + parameters[8] * hunt.signal_template
        if (mean <= 0).any():
            return 1e12
        return 2 * np.sum(mean - counts + np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-300) / mean), 0))

    iminuit = pytest.importorskip("iminuit")
    minuit = iminuit.Minuit(deviance, [*np.full(8, counts.sum() / 8), 100.0])
    minuit.limits = [(0, None)] * 8 + [(None, None)]
    minuit.errordef = 1
    minuit.migrad(ncall=20000)
    assert hunt.strength == pytest.approx(minuit.values[8], abs=0.02 * hunt.strength_error)
    assert hunt.failures == ()
    np.testing.assert_allclose(hunt.mean.sum(), counts.sum(), rtol=1e-6)
    assert hunt.observed == counts[hunt.signal_bins[0] : hunt.signal_bins[1]].sum()


def test_scans_find_the_mass_and_repeat():
    random = np.random.default_rng(1)
    masses = np.concatenate([2000 + random.exponential(600, 20000), random.normal(3500, 100, 300)])
    first, second = (stats.bump_hunt(masses, (3300, 3700), toys=200, scan_points=20, random_state=7) for _ in range(2))
    assert abs(first.scan.mass[first.scan.best] - 3500) < 250
    assert first.scan.global_p_value == second.scan.global_p_value <= 0.02


def test_sculpting_of_a_random_subset_is_one():
    random = np.random.default_rng(5)
    masses = random.exponential(size=20000)
    unbiased = stats.sculpting(masses, random.uniform(size=20000) < 0.02, n_bins=50)
    assert unbiased.p_value > 0.01
    assert unbiased.random_subsets.mean() == pytest.approx(0.98, abs=5 * 0.2 / 10)  # 1 - e; sigma of one: sqrt(2 / 49)
    assert stats.sculpting(masses, masses > 2, n_bins=50).chi2_per_dof > 10


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: stats.abcd(-1, 1, 1, 1), "-1"),
        (lambda: stats.abcd(1, 1, 1, 10, random_state="x"), "random_state is 'x'"),
        (lambda: stats.cls(1, -2), "-2"),
        (lambda: stats.fisher([0.1, 1.5]), "1.5"),
        (lambda: stats.fisher([]), "p-value"),
        (lambda: stats.bump_hunt([1.0, np.nan], (1, 2)), "nan|NaN"),
        (lambda: stats.bump_hunt(np.arange(100.0), (30, 40), shap="dijet"), "did you mean 'shape'"),
        (lambda: stats.bump_hunt(np.arange(100.0), (30, 40), width=7.0), "bump_hunt.width=7.0"),
        (lambda: stats.sic([0, 1, 2], [1, 2, 3]), "other values than 0 and 1"),
        (lambda: stats.sic([0, 1], [1, 2, 3]), "2 values of truth and 3 scores"),
        (lambda: stats.sculpting([1.0, 2.0], [True], n_bins=2), "1"),
        (lambda: stats.significance(2), "2"),
    ],
)  # fmt: skip
def test_bad_arguments_are_a_sentence(call, sentence):
    with pytest.raises((eddy.ConfigError, eddy.DataError), match=sentence):
        call()


def test_failures_are_numeric_errors():
    with pytest.raises(eddy.NumericError, match="D") as error:
        stats.abcd(1, 1, 1, 0)
    assert isinstance(error.value, ArithmeticError)


def test_scores_of_double_precision_are_told_apart():
    random = np.random.default_rng(5)
    truth = np.arange(4000) % 2
    logit = random.normal(size=4000) + truth
    near_one = 1 - 1e-9 / (1 + np.exp(logit))
    plain, fine = eddy.stats.sic(truth, logit), eddy.stats.sic(truth, near_one)
    assert fine.auc == pytest.approx(plain.auc, abs=1e-3)
    inside = fine.threshold[np.isfinite(fine.threshold)]
    assert len(inside) > 1000
    assert np.isin(inside, near_one).all()


@pytest.mark.parametrize("passes", [np.zeros(5000, bool), np.where(np.arange(5000) % 2, "True", "False"), np.full(5000, np.nan)])
def test_sculpting_needs_flags_of_which_some_are_set(passes):
    with pytest.raises(eddy.DataError, match="pass"):
        eddy.stats.sculpting(np.random.default_rng(2).exponential(size=5000), passes, n_bins=20)


# ---- pyBumpHunter ---------------------------------------------------------------------------------------------------

RANGE, WIDTH, SCALE, N_BACKGROUND = (2000.0, 5000.0), 100.0, 600.0, 20000
WINDOW_BINS = 6
"""Of 50 GeV: three standard deviations of the signal."""


def hunts(seed, n_signal, toys=0):
    """The same events, sought with eddy and with pyBumpHunter, which is told the background."""
    pybumphunter = pytest.importorskip("pyBumpHunter")
    random = np.random.default_rng(seed)
    masses = RANGE[0] + random.exponential(SCALE, N_BACKGROUND)
    masses = np.concatenate([masses, random.normal(3500, WIDTH, random.poisson(n_signal))])
    settings = {"shape": "bernstein", "order": 5, "bin_width": 50.0, "range": list(RANGE), "width": WIDTH / 3500}
    hunt = stats.bump_hunt(masses[masses < RANGE[1]], (3300, 3700), toys=toys, scan_points=40, **settings)
    edges = hunt.edges
    background = -N_BACKGROUND * np.diff(np.exp((RANGE[0] - edges) / SCALE))
    theirs = pybumphunter.BumpHunter1D(
        rang=RANGE, bins=edges, width_min=WINDOW_BINS, width_max=WINDOW_BINS, npe=max(5 * toys, 2), nworker=1, seed=seed
    )
    theirs.bump_scan(hunt.counts, background, is_hist=True)
    return hunt, background, theirs


@pytest.mark.parametrize("seed", range(3))
def test_local_p_values_are_those_of_pybumphunter(seed, capsys):
    """P(n >= observed) of the window that is least likely: the same formula, so to rounding."""
    hunt, background, theirs = hunts(seed, 250)
    windows = [slice(i, i + WINDOW_BINS) for i in range(len(background) - WINDOW_BINS + 1)]
    ours = min(stats.cls(hunt.counts[w].sum(), background[w].sum()).p_value for w in windows)
    assert ours == pytest.approx(theirs.min_Pval_ar[0], rel=1e-9)


def test_fitted_bumps_are_as_significant_as_counted_ones(capsys):
    """A fit knows the shape of the signal, which a window of 3 sigma around it does not: on a background that is known, Z of the
    window is erf(1.5 / sqrt 2) / sqrt(3) beside 1 / sqrt(2 sqrt pi) of the shape, 0.942 of it. That of the fit is not known: its
    error grows by 1 / r, which the fit itself says. So Z_fit = r / 0.942 Z_window; as estimators with a correlation of 0.942 r
    they differ by sqrt(1 - (0.942 r)^2) for each set of events."""
    of_window = 0.942
    pulls = []
    for seed in range(8):
        hunt, background, theirs = hunts(seed, 250)
        known = 1 / np.sqrt(np.sum(hunt.signal_template**2 / background))
        r = known / hunt.strength_error
        z_window = scipy_stats.norm.isf(theirs.min_Pval_ar[0])
        pulls.append((hunt.z - r / of_window * z_window) / np.sqrt(1 - (of_window * r) ** 2))
    assert np.max(np.abs(pulls)) < 3.5
    assert abs(np.mean(pulls)) < 3 / np.sqrt(len(pulls))


def test_scans_of_a_mass_range_cost_as_many_trials(capsys):
    """Global over local p-value: masses a signal's width apart are new trials, 30 of them in this range. Scans of 40 masses and
    of 55 windows find as many to a factor of 2, and no global p-value below the local one; toys know each to 10 %."""
    trials = []
    for seed in (0, 2):
        hunt, _, theirs = hunts(seed, 90, toys=300)
        local = scipy_stats.norm.sf(hunt.scan.z.max())
        trials.append((hunt.scan.global_p_value / local, theirs.global_Pval / theirs.min_Pval_ar[0]))
    for ours, counted in trials:
        assert 1 < ours < 40 and 1 < counted < 40
    ours, counted = np.exp(np.mean(np.log(trials), axis=0))
    assert 0.5 < ours / counted < 2
