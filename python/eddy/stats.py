"""Statistics of searches by themselves: significances, limits, bump hunts.

Formulae, sources and limits of validity: docs/statistics.md and docs/bump-hunt.md. Everything random is a function of
`random_state` alone, for any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _eddy
from ._arguments import real_number, real_numbers, whole_number
from ._progress import tell
from ._tables import as_column, in_single_precision
from ._toml import override
from .errors import DataError

__all__ = [
    "AbcdFit", "BumpHunt", "Count", "Fisher", "MassScan", "Sculpting", "Sic", "abcd", "asimov", "bump_hunt", "cls", "fisher",
    "p_value", "sculpting", "sic", "significance", "template_count",
]  # fmt: skip

Numbers = npt.ArrayLike
Array = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class AbcdFit:
    """Background from four counts, and the signal on top of it; yields are events in A."""

    predicted: float
    """B C / D"""
    predicted_error: float
    """Poisson errors of B, C and D propagated"""
    signal: float
    """maximum likelihood, negative for a deficit"""
    signal_error: float
    background: float
    """at the best fit"""
    background_error: float
    null_background: float
    """of the fit without signal"""
    q0: float
    """discovery test statistic (1007.1727, eq. 12)"""
    p_value: float
    """of no signal; above 0.5 for a deficit"""
    p_value_error: float
    """statistical, from pseudo-experiments; 0 when asymptotic"""
    p_value_asymptotic: float
    z: float
    """one-sided significance of p_value"""
    upper_limit: float
    """CLs limit on the signal, q~mu"""
    expected_limit: tuple[float, float, float, float, float]
    """of background only: -2, -1, 0 (median), +1, +2 sigma"""
    from_toys: bool
    """whether p-value and limits come from pseudo-experiments"""
    n_toys: int
    p_value_extrapolated: bool
    """counts are small, but pseudo-experiments could not resolve p: quote it as approximate"""


def abcd(
    a: float,
    b: float,
    c: float,
    d: float,
    *,
    closure: float = 1.0,
    closure_error: float = 0.0,
    leakage: Sequence[float] = (0.0, 0.0, 0.0),
    confidence_level: float = 0.95,
    n_toys: int = 20000,
    n_limit_toys: int = 2000,
    random_state: int = 1,
) -> AbcdFit:
    """Background in A from B, C and D, and the significance of what A has beyond it (CONRAD, 2404.07258).

    Parameters
    ----------
    a, b, c, d
        Counts: A signal region above the cut, B below it, C control region above the cut, D below it.
    closure, closure_error
        Expected A / (B C / D) of background, and its relative uncertainty (log-normal).
    leakage
        Signal in B, C and D per signal event in A.
    confidence_level
        Of the limit.
    n_toys, n_limit_toys
        Pseudo-experiments for the p-value, and for each strength of the limit, where counts are small.

    Raises
    ------
    ConfigError
        For counts or options outside their range.
    NumericError
        When D is empty, and when a fit does not converge.

    Examples
    --------
    >>> import eddy
    >>> fit = eddy.stats.abcd(130, 1000, 1000, 10000)
    >>> print(f"{fit.predicted:.0f} ± {fit.predicted_error:.1f}, Z = {fit.z:.2f}, at most {fit.upper_limit:.0f} signal events")
    100 ± 4.6, Z = 2.58, at most 51 signal events
    """
    found = _eddy.abcd(
        [real_number(n, name) for n, name in zip((a, b, c, d), "abcd", strict=True)],
        [real_number(closure, "closure"), real_number(closure_error, "closure_error")],
        real_numbers(leakage, "leakage", 3),
        real_number(confidence_level, "confidence_level"),
        [whole_number(n_toys, "n_toys"), whole_number(n_limit_toys, "n_limit_toys")],
        _seed(random_state),
        tell,
    )
    return AbcdFit(**found)


@dataclass(frozen=True, kw_only=True)
class Count:
    """A count against an expectation that is itself uncertain."""

    observed: float
    predicted: float
    predicted_error: float
    p_value: float
    """of no signal: P(n >= observed), averaged over the expectation"""
    z: float
    """one-sided significance of p_value"""
    upper_limit: float
    """on the signal, by CLs"""
    expected_limit: tuple[float, float, float, float, float]
    """for counts of background alone at -2, -1, 0 (median), +1, +2 sigma"""


def cls(observed: float, expected: float, error: float = 0.0, *, confidence_level: float = 0.95) -> Count:
    """What a count says of a signal: p-value, and CLs limit (Read 2002).

    Parameters
    ----------
    observed
        Events.
    expected, error
        Mean of the background and its Gaussian error, cut off below 0.

    Raises
    ------
    ConfigError
        For numbers that are negative or not finite.

    Examples
    --------
    >>> import eddy
    >>> round(eddy.stats.cls(0, 3.0).upper_limit, 3)  # -ln(0.05), whatever the background
    2.996
    """
    n, mean, spread = real_number(observed, "observed"), real_number(expected, "expected"), real_number(error, "error")
    found = _eddy.judge_count(n, mean, spread, real_number(confidence_level, "confidence_level"))
    return Count(observed=n, predicted=mean, predicted_error=spread, **found)


def template_count(observed: float, weights: Numbers, *, relative_error: float = 0.0, confidence_level: float = 0.95) -> Count:
    """A count against the sum of weights of simulated events that pass the same cut.

    Parameters
    ----------
    observed
        Events of the data.
    weights
        Of the simulated events that pass, shape (n_passing); may be negative.
    relative_error
        Of the prediction beyond its statistics: closure, extrapolation.

    Raises
    ------
    DataError
        Without an event, or where the weights sum to nothing: then the simulation says nothing of the error either.

    Examples
    --------
    >>> import eddy
    >>> count = eddy.stats.template_count(60, [0.5] * 80, relative_error=0.05)
    >>> print(f"{count.predicted:.0f} ± {count.predicted_error:.1f}, Z = {count.z:.2f}")
    40 ± 4.9, Z = 2.29
    """
    w = _floats(weights, "weights")
    predicted = float(w.sum())
    if len(w) == 0 or predicted <= 0:
        raise DataError(
            f"the weights of {len(w)} events sum to {predicted:g}; a prediction needs events whose weights sum to more than 0"
        )
    with np.errstate(over="ignore"):  # what is beyond double precision is refused as infinite
        statistical = np.sqrt(np.sum(w**2))
    error = float(np.hypot(statistical, real_number(relative_error, "relative_error") * predicted))
    return cls(observed, predicted, error, confidence_level=confidence_level)


@dataclass(frozen=True, kw_only=True)
class Fisher:
    """p-values combined by Fisher's method."""

    statistic: float
    """-2 sum of ln p, chi-squared of 2 n degrees of freedom without signal"""
    log_p_value: float
    """finite where p_value is too small for a double"""
    p_value: float
    z: float


def fisher(p_values: Numbers) -> Fisher:
    """Combines independent p-values (Fisher 1925).

    Examples
    --------
    >>> import eddy
    >>> round(eddy.stats.fisher([0.01, 0.2, 0.5]).p_value, 4)
    0.0318
    """
    return Fisher(**_eddy.combine_fisher(_floats(p_values, "p_values").tolist()))


def significance(p_value: float) -> float:
    """Z = Phi^-1(1 - p), one-sided; accurate down to p = 1e-300.

    Examples
    --------
    >>> import eddy
    >>> round(eddy.stats.significance(2.866516e-7), 4)
    5.0
    """
    return float(_eddy.to_significance(real_number(p_value, "p_value")))


def p_value(z: float) -> float:
    """p = 1 - Phi(Z), the inverse of `significance`."""
    return float(_eddy.to_p_value(real_number(z, "z")))


def asimov(signal: float, background: float, error: float = 0.0) -> float:
    """Median significance of `signal` on `background` known to `error` (Cowan 2012, eq. 20; 1007.1727, eq. 97).

    Examples
    --------
    >>> import eddy
    >>> round(eddy.stats.asimov(20, 100), 3)
    1.938
    """
    s, b, spread = real_number(signal, "signal"), real_number(background, "background"), real_number(error, "error")
    return float(_eddy.asimov_significance(s, b, spread))


@dataclass(frozen=True, kw_only=True)
class MassScan:
    """Local and global significances of bumps of many masses; arrays have shape (n_masses)."""

    mass: Array
    strength: Array
    """fitted signal events"""
    p_value: Array
    """local, asymptotic"""
    z: Array
    best: int
    """where p_value is smallest"""
    global_p_value: float
    """how often background alone is as significant at any mass; 1 without pseudo-experiments"""
    global_p_error: float
    global_z: float
    n_toys: int


@dataclass(frozen=True, kw_only=True)
class BumpHunt:
    """Everything that was fitted to a mass spectrum; None where a fit did not converge, and `failures` says why."""

    edges: Array
    """of the bins in the fit, shape (n_bins + 1)"""
    counts: Array
    """shape (n_bins)"""
    signal_bins: tuple[int, int]
    """first and last (exclusive) bin of the window"""
    shape: str
    """background shape, in words"""
    observed: float
    """events in the window"""
    predicted: float | None
    """by the fit to the sidebands"""
    predicted_error: float | None
    goodness_of_fit: float
    """of the background shape in the sidebands; below 0.01 no number may be quoted"""
    strength: float | None
    """fitted signal events, negative for a deficit"""
    strength_error: float | None
    p_value: float | None
    """local, asymptotic"""
    z: float | None
    upper_limit: float | None
    """signal events, 95 % CLs"""
    expected_limit: tuple[float, float, float, float, float] | None
    background: Array | None
    """of the signal-plus-background fit, shape (n_bins)"""
    mean: Array | None
    """the same with signal"""
    signal_template: Array
    """fraction of one signal event in each bin"""
    scan: MassScan | None
    failures: tuple[str, ...]


def bump_hunt(
    masses: Numbers, window: tuple[float, float], *, template: Numbers = (), random_state: int = 1, **settings: Any
) -> BumpHunt:
    """Is there a bump in `masses`?

    Parameters
    ----------
    masses
        Shape (n_events), in any unit.
    window
        Lowest and highest mass of the signal region, in the same unit.
    template
        Masses of signal events, which give the signal's shape; none: a Gaussian.
    **settings
        Options of the section [bump_hunt] (docs/options.md): `shape`, `bin_width`, `sqrt_s`, `width`, `toys`, ...

    Raises
    ------
    ConfigError, DataError
        For masses that are not finite, and settings that do not fit the window.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> random = np.random.default_rng(1)
    >>> masses = np.concatenate([2000 + random.exponential(600, 20000), random.normal(3500, 100, 300)])
    >>> hunt = eddy.stats.bump_hunt(masses[masses < 6500], (3300, 3700), toys=0, scan_points=0)
    >>> print(f"{hunt.strength:.0f} ± {hunt.strength_error:.0f} signal events, Z = {hunt.z:.1f}")
    283 ± 48 signal events, Z = 6.2
    """
    options = [override(f"bump_hunt.{key}", value) for key, value in settings.items()]
    edges = real_numbers(window, "window", 2)
    found = _eddy.bump_hunt(_float32(masses, "masses"), edges, _float32(template, "template"), options, _seed(random_state), tell)
    scan = found.pop("scan")
    return BumpHunt(scan=None if scan is None else MassScan(**scan), **found)


@dataclass(frozen=True, kw_only=True)
class Sculpting:
    """How far a cut changes the shape of a mass spectrum (LaCATHODE, 2210.14924, eq. 5)."""

    chi2_per_dof: float
    """between the spectra of all events and of those that pass; NaN when none passes"""
    n_passing: int
    random_subsets: Array
    """the same of random subsets of as many events, shape (n_subsets)"""

    @property
    def p_value(self) -> float:
        """Fraction of random subsets that differ as much, (n + 1) / (n_subsets + 1)."""
        return float((np.sum(self.random_subsets >= self.chi2_per_dof) + 1) / (len(self.random_subsets) + 1))


def sculpting(masses: Numbers, passes: Numbers, *, n_bins: int = 300, n_subsets: int = 100, random_state: int = 1) -> Sculpting:
    """Does a cut sculpt a bump?

    Parameters
    ----------
    masses
        Shape (n_events).
    passes
        Whether each event passes the cut, shape (n_events).
    n_bins
        Of equal population; the paper's 300 need about a million events.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> masses = np.random.default_rng(2).exponential(size=5000)
    >>> eddy.stats.sculpting(masses, masses > 2, n_bins=20).p_value < 0.02
    True
    """
    chosen = as_column("passes", passes, "the events")
    if not np.isin(chosen, (0, 1)).all():
        raise DataError(
            "passes holds other values than True and False, or 0 and 1; give for each event whether it passes the cut"
        )
    if not chosen.any():
        raise DataError("no event passes the cut, so its spectrum says nothing; loosen the cut")
    flags = np.ascontiguousarray(chosen, dtype=np.uint8)
    return Sculpting(
        **_eddy.sculpting(
            _float32(masses, "masses"),
            flags,
            whole_number(n_bins, "n_bins", 2),
            whole_number(n_subsets, "n_subsets"),
            _seed(random_state),
            tell,
        )
    )


@dataclass(frozen=True, kw_only=True)
class Sic:
    """Receiver operating characteristic and significance improvement eps_S / sqrt(eps_B); arrays run from tight to loose cuts."""

    auc: float
    """ties count half"""
    max_sic: float
    """largest improvement where at least 20 background events pass"""
    max_efficiency_background: float
    """where it is reached"""
    threshold: Array
    efficiency_background: Array
    efficiency_signal: Array
    sic: Array
    is_quotable: Array
    """whether 20 background events pass: below, the improvement is not known to 11 %"""


def sic(truth: Numbers, score: Numbers, sample_weight: Numbers | None = None) -> Sic:
    """How well a score tells signal from background.

    Parameters
    ----------
    truth
        1 for signal, 0 for background, shape (n_events).
    score
        Rises with signal-likeness, shape (n_events).
    sample_weight
        What each event counts; those of the background not negative.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> random = np.random.default_rng(1)
    >>> truth = np.arange(4000) % 2
    >>> curve = eddy.stats.sic(truth, random.normal(size=4000) + 2 * truth)
    >>> round(curve.auc, 2), curve.max_sic > 3
    (0.92, True)
    """
    labels = as_column("truth", truth, "the events")
    if not np.isin(labels, (0, 1)).all():
        raise DataError("truth holds other values than 0 and 1; 1 is signal")
    scores, values = _told_apart(score)
    is_signal = labels == 1
    if len(labels) != len(scores):
        raise DataError(f"there are {len(labels)} values of truth and {len(scores)} scores; give one of each per event")
    weights = np.empty(0, np.float32) if sample_weight is None else _float32(sample_weight, "sample_weight")
    if sample_weight is not None and len(weights) != len(scores):
        raise DataError(f"there are {len(weights)} weights and {len(scores)} scores; give one of each per event")
    of = (lambda flags: weights[flags]) if sample_weight is not None else (lambda flags: weights)
    found = _eddy.roc(scores[~is_signal], of(~is_signal), scores[is_signal], of(is_signal))
    found["is_quotable"] = found["is_quotable"].astype(bool)
    if values is not None:
        ranks = found["threshold"].astype(np.float64)
        inside = np.isfinite(ranks)
        ranks[inside] = values[ranks[inside].astype(np.int64)]
        found["threshold"] = ranks
    return Sic(**found)


def _told_apart(score: Numbers) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64] | None]:
    """Scores of single precision in the same order; their ranks, and the values behind these, where it has too few digits."""
    exact = as_column("score", score, "the events")
    rounded = _float32(score, "score")
    values, ranks = np.unique(exact, return_inverse=True)
    if len(np.unique(rounded)) == len(values) or len(values) > 2**24 or not np.isfinite(exact).all():
        return rounded, None
    return np.ascontiguousarray(ranks, dtype=np.float32), values.astype(np.float64)


def _floats(values: Numbers, name: str) -> npt.NDArray[np.float64]:
    return as_column(name, values, "the arguments").astype(np.float64)


def _float32(values: Numbers, name: str) -> npt.NDArray[np.float32]:
    return in_single_precision(as_column(name, np.zeros(0) if values is None else values, "the arguments"))


def _seed(random_state: Any) -> int:
    return whole_number(random_state, "random_state")
