"""What result.json holds.

Written by python/tools/generate_results.py from docs/result.schema.json; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Quantity"""

    name: str
    unit: str
    """empty without dimension"""
    step: float | None = field(default=None)
    """of a feature that takes whole steps: it was spread uniformly within them"""


@dataclass(frozen=True, kw_only=True)
class ConradSetup:
    """Conrad setup"""

    features: tuple[Quantity, ...]
    context: Quantity
    """the tail variable M"""
    context_cut: float | None
    """M_c, in the unit of the context"""
    selection: str
    signal_region: str
    classifier_space: str
    """z or x_prime"""
    reference: str
    """normal, template or control_region"""
    n_injected: int
    injected_s_over_sqrt_b: float | None = field(default=None)
    """in the signal region of all data"""
    contexts: tuple[Quantity, ...]
    blind: bool
    """the signal region was not looked at"""


@dataclass(frozen=True, kw_only=True)
class Regions:
    """A: M > M_c and R > R_c, B: M > M_c and R <= R_c, C: M <= M_c and R > R_c, D: M <= M_c and R <= R_c"""

    A: float | None
    B: float | None
    C: float | None
    D: float | None


@dataclass(frozen=True, kw_only=True)
class ConradFitLeakage:
    """Signal in the region per signal event in A"""

    B: float | None
    C: float | None
    D: float | None


@dataclass(frozen=True, kw_only=True)
class ConradFit:
    """Profile likelihood of the four counts; yields are events in A"""

    signal: float | None
    """maximum likelihood; negative for a deficit"""
    signal_error: float | None
    background: float | None
    background_error: float | None
    null_background: float | None
    """of the fit without signal"""
    q0: float | None
    p_value_asymptotic: float | None
    p_value_error: float | None
    """from the number of pseudo-experiments; 0 when asymptotic"""
    p_value_extrapolated: bool
    """counts are small, but pseudo-experiments could not resolve p: quote it as approximate"""
    from_toys: bool
    n_toys: int
    closure: float | None
    """expected N_A / (N_B N_C / N_D) of background"""
    closure_error: float | None
    """relative"""
    leakage: ConradFitLeakage
    """signal in the region per signal event in A"""


@dataclass(frozen=True, kw_only=True)
class ExpectedLimit:
    """Expected limit"""

    minus_2_sigma: float | None
    minus_1_sigma: float | None
    median: float | None
    plus_1_sigma: float | None
    plus_2_sigma: float | None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Judgement"""

    quotable: bool
    caveats: tuple[Literal["no_prediction", "nothing_to_test", "poor_fit", "undetermined_background", "latent_gate",
        "empty_control", "unlikely_bin", "abcd_disagrees"], ...]


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """Calibrated"""

    p_value: float
    """how often a search without signal claims as much at this cut"""
    p_value_error: float
    z: float | None
    experiments: int
    """those with a Z at this cut"""
    extrapolated: bool
    """fewer than five experiments reach the Z of the search: p_value is the tail of a Student distribution through all of them"""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """Correction"""

    factor: float | None
    """background over prediction, geometric mean of the experiments"""
    error: float | None
    """of its logarithm, for one more prediction: holds the spread between experiments"""
    spurious: float | None = field(default=None)
    """standard deviation of what a fit for a signal finds where there is none, relative to the background of the signal region;
    absent where validation windows see none"""


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Raw"""

    predicted: float | None
    predicted_error: float | None
    p_value: float | None
    z: float | None


@dataclass(frozen=True, kw_only=True)
class ConradWorkingPoint:
    """Conrad working point"""

    efficiency: float | None
    """nominal background efficiency"""
    realised_efficiency: float | None
    """fraction of the reference (conrad: template; resonant: data; extrapolations: constructed background) that passes; events of
    one score pass together, so it exceeds efficiency where scores are tied"""
    threshold: tuple[float | None, ...]
    """R_c of each fold"""
    observed: float | None
    """events in A"""
    observed_interval: tuple[float | None, ...]
    """central 68.3 % Poisson interval (Garwood)"""
    predicted: float | None
    """N_B N_C / N_D"""
    predicted_error: float | None
    """Poisson errors of B, C and D propagated"""
    regions: Regions
    fit: ConradFit
    s_over_sqrt_b: float | None
    """(observed - predicted) / sqrt(predicted)"""
    p_value: float | None
    """local, of background only"""
    z: float | None
    """one-sided significance of p_value"""
    upper_limit: float | None
    """signal events in A, 95 % CLs"""
    expected_upper_limit: ExpectedLimit | None
    true_background: float | None = field(default=None)
    """labelled background events in A, where labels exist"""
    evidence: Literal["abcd"] | None = field(default=None)
    judgement: Judgement | None = field(default=None)
    calibrated: Calibrated | None = field(default=None)
    """by null experiments; null where they or the search have no Z; absent without them"""
    correction: Correction | None = field(default=None)
    """what the prediction was multiplied by; absent without validation"""
    raw: Raw | None = field(default=None)
    """the numbers before that; likewise"""
    strength: float | None
    """fitted signal events, negative for a deficit; null where no signal is fitted"""
    strength_error: float | None


@dataclass(frozen=True, kw_only=True)
class ExtrapolationSetup:
    """Extrapolation setup"""

    features: tuple[Quantity, ...]
    context: Quantity
    """the first of contexts"""
    contexts: tuple[Quantity, ...]
    selection: str
    signal_region: str
    stage: Literal["cr", "sr"]
    """cr: blind, the signal region is closed; sr: it was opened"""
    n_models: int
    """background models"""
    n_injected: int
    injected_s_over_sqrt_b: float | None = field(default=None)
    """in the signal region of all data"""
    blind: bool
    """the signal region was not looked at"""


@dataclass(frozen=True, kw_only=True)
class ExtrapolationWorkingPointPrediction:
    """Extrapolation working point prediction"""

    statistical_error: float | None
    """events, of the weighted simulated events"""
    model_error: float | None
    """events, standard deviation between background models"""
    closure: float | None
    """predicted / observed at the same cut in the control region"""
    closure_error: float | None
    """relative: how many times closure is too large or too small, less one, or how well it is known"""
    extrapolation_error: float | None
    """relative, as configured"""
    validation_error: float | None = field(default=None)
    """relative: of the correction; absent without validation"""


@dataclass(frozen=True, kw_only=True)
class ExtrapolationWorkingPoint:
    """Extrapolation working point"""

    efficiency: float | None
    """fraction of the constructed background that passes"""
    realised_efficiency: float | None
    """fraction of the reference (conrad: template; resonant: data; extrapolations: constructed background) that passes; events of
    one score pass together, so it exceeds efficiency where scores are tied"""
    threshold: tuple[float | None, ...]
    """R_c of each fold"""
    observed: float | None
    """data of the signal region that pass"""
    observed_interval: tuple[float | None, ...]
    """central 68.3 % Poisson interval (Garwood)"""
    predicted: float | None
    """constructed background that passes"""
    predicted_error: float | None
    """all parts of prediction together"""
    prediction: ExtrapolationWorkingPointPrediction
    s_over_sqrt_b: float | None
    """(observed - predicted) / sqrt(predicted)"""
    p_value: float | None
    """local: of a Poisson count whose mean is uncertain by predicted_error"""
    z: float | None
    """one-sided significance of p_value"""
    upper_limit: float | None
    """signal events, 95 % CLs"""
    expected_upper_limit: ExpectedLimit | None
    abcd: ConradWorkingPoint
    """the alternative: control region and failing events; predicted is N_B N_C / N_D times the closure factor of the constructed
    background"""
    true_background: float | None = field(default=None)
    """labelled background events among the observed, where labels exist"""
    true_signal: float | None = field(default=None)
    evidence: Literal["template_count"]
    judgement: Judgement
    calibrated: Calibrated | None = field(default=None)
    """by null experiments; null where they or the search have no Z; absent without them"""
    correction: Correction | None = field(default=None)
    """what the prediction was multiplied by; absent without validation"""
    raw: Raw | None = field(default=None)
    """the numbers before that; likewise"""
    strength: float | None
    """fitted signal events, negative for a deficit; null where no signal is fitted"""
    strength_error: float | None


@dataclass(frozen=True, kw_only=True)
class ResonantSetup:
    """Resonant setup"""

    features: tuple[Quantity, ...]
    context: Quantity
    """the resonant variable, a mass"""
    selection: str
    signal_region: str
    signal_window: tuple[float | None, ...] | None = field(default=None)
    """smallest and largest mass of the signal region, in the unit of the context; of blind searches that of the expression,
    absent where it is not known"""
    classifier_space: str
    """x, z or x_prime; x_prime + x where there are classifiers in both; ratio for ANODE and R-ANODE"""
    reference: str
    """flow samples, normal, control_region, true background; normal + flow_samples where there are two kinds of classifiers; none
    for ANODE and R-ANODE"""
    n_folds: int
    n_retrainings: int
    """per fold, averaged in the search"""
    n_scored: int | None = field(default=None)
    """events of the data that are scored; absent in blind searches"""
    n_injected: int
    injected_s_over_sqrt_b: float | None = field(default=None)
    """in the signal region of all data"""
    contexts: tuple[Quantity, ...]
    blind: bool
    """the signal region was not looked at"""


@dataclass(frozen=True, kw_only=True)
class OrderStep:
    """Order step"""

    shape: str
    n_parameters: int
    deviance: float | None
    chi2: float | None
    n_dof: int
    goodness_of_fit: float | None
    f_p_value: float | None
    """F-test against the shape before; 1 for the first"""


@dataclass(frozen=True, kw_only=True)
class BumpFitParameters:
    """Bump fit parameters"""

    name: str
    value: float | None
    error: float | None


@dataclass(frozen=True, kw_only=True)
class BumpFit:
    """Null when the fit did not converge"""

    deviance: float | None
    """-2 ln of the likelihood ratio to the saturated model"""
    chi2: float | None
    """Pearson"""
    n_dof: int
    goodness_of_fit: float | None
    """p-value of the deviance"""
    parameters: tuple[BumpFitParameters, ...]


@dataclass(frozen=True, kw_only=True)
class ResonantFitCounting:
    """Observed events against the prediction of the sidebands, without the shape of a signal"""

    p_value: float | None
    z: float | None


@dataclass(frozen=True, kw_only=True)
class ResonantFitSignal:
    """Resonant fit signal"""

    mass: float | None
    """that was sought"""
    width: float | None
    """standard deviation"""
    strength: float | None
    """events; negative for a deficit"""
    strength_error: float | None
    at_bound: bool
    q0: float | None


@dataclass(frozen=True, kw_only=True)
class MassScan:
    """The mass of the smallest local p-value, and the global one from pseudo-experiments (null without them)"""

    mass: float | None
    width: float | None
    local_p_value: float | None
    local_z: float | None
    global_p_value: float | None
    global_p_error: float | None
    """statistical"""
    global_z: float | None
    global_p_is_bound: bool
    """no pseudo-experiment reached the data: p is at most, Z at least, what is given"""
    goodness_of_fit: float | None = field(default=None)
    """of the background alone, saturated: the part of the pseudo-experiments whose deviance is as large as that of the data"""
    goodness_of_fit_error: float | None = field(default=None)
    """statistical"""
    n_toys: int
    n_failed_toys: int
    """did not converge; counted as if they reached the data"""
    n_masses: int


@dataclass(frozen=True, kw_only=True)
class ResonantFitSpectrum:
    """What every number of the fit can be found from again"""

    edges: tuple[float | None, ...]
    counts: tuple[float | None, ...]
    signal_bins: tuple[int, ...]
    """first and last (exclusive) bin of the signal region"""
    signal_template: tuple[float | None, ...]
    """fraction of one signal event in each bin; empty without a fit"""


@dataclass(frozen=True, kw_only=True)
class ResonantFitModelNuisances:
    """Resonant fit model nuisances"""

    name: str
    target: Literal["signal", "background"]
    relative_size: float
    factor: float
    per_bin: tuple[float, ...]
    """empty: 1 in every bin"""


@dataclass(frozen=True, kw_only=True)
class ResonantFitModel:
    """What was fitted to the spectrum; null where nothing could be; absent in results of earlier versions"""

    background: Mapping[str, Any]
    nuisances: tuple[ResonantFitModelNuisances, ...]
    """log-normal: the target of bin i is multiplied by (factor (1 + relative_size)^pull)^per_bin[i]"""


@dataclass(frozen=True, kw_only=True)
class ResonantFit:
    """Resonant fit"""

    range: tuple[float | None, ...] | None
    n_bins: int
    n_outside_range: float | None
    """selected events outside the range"""
    shape: str | None
    """background shape, in words"""
    order_steps: tuple[OrderStep, ...]
    """every shape fitted, the one that was refused last"""
    goodness_of_fit: float | None
    """of the background shape: in the sidebands, else of signal and background; below 0.01 no number may be quoted"""
    sidebands: BumpFit | None
    """background, fitted to the sidebands alone"""
    background_only: BumpFit | None
    """fitted to all bins"""
    signal_and_background: BumpFit | None
    """fitted to all bins"""
    counting: ResonantFitCounting | None
    """observed events against the prediction of the sidebands, without the shape of a signal"""
    signal: ResonantFitSignal | None
    scan_signal_region: MassScan | None
    """masses inside the signal region"""
    scan: MassScan | None
    """masses of the whole range"""
    failures: tuple[str, ...]
    """why fits did not converge"""
    spectrum: ResonantFitSpectrum | None
    """what every number of the fit can be found from again"""
    model: ResonantFitModel | None = field(default=None)
    """what was fitted to the spectrum; null where nothing could be; absent in results of earlier versions"""


@dataclass(frozen=True, kw_only=True)
class ResonantWorkingPoint:
    """Resonant working point"""

    efficiency: float | None
    """fraction of the signal-region data that is kept; 1: no cut"""
    realised_efficiency: float | None
    """fraction of the reference (conrad: template; resonant: data; extrapolations: constructed background) that passes; events of
    one score pass together, so it exceeds efficiency where scores are tied"""
    threshold: tuple[float | None, ...]
    """R_c of each fold; empty without a cut"""
    observed: float | None
    """events in the bins of the signal region"""
    observed_interval: tuple[float | None, ...]
    """central 68.3 % Poisson interval (Garwood)"""
    predicted: float | None
    """by the fit to the sidebands; null when it failed"""
    predicted_error: float | None
    """of the fit"""
    fit: ResonantFit
    s_over_sqrt_b: float | None
    """(observed - predicted) / sqrt(predicted)"""
    p_value: float | None
    """local, asymptotic, of the signal-plus-background fit; null when it failed"""
    z: float | None
    """one-sided significance of p_value; negative for a deficit"""
    upper_limit: float | None
    """signal events, 95 % CLs"""
    expected_upper_limit: ExpectedLimit | None
    true_background: float | None = field(default=None)
    """labelled background events in the signal region that pass, where labels exist"""
    true_signal: float | None = field(default=None)
    evidence: Literal["bump"]
    judgement: Judgement
    calibrated: Calibrated | None = field(default=None)
    """by null experiments; null where they or the search have no Z; absent without them"""
    correction: Correction | None = field(default=None)
    """what the prediction was multiplied by; absent without validation"""
    raw: Raw | None = field(default=None)
    """the numbers before that; likewise"""
    strength: float | None
    """fitted signal events, negative for a deficit; null where no signal is fitted"""
    strength_error: float | None


@dataclass(frozen=True, kw_only=True)
class QuakSetup:
    """Quak setup"""

    features: tuple[Quantity, ...]
    context: Quantity
    """the mass; an empty name where none is configured"""
    selection: str
    signal_region: str
    losses: tuple[str, ...]
    """axes of the space: background, then the priors"""
    n_injected: int
    injected_s_over_sqrt_b: float | None = field(default=None)
    contexts: tuple[Quantity, ...]
    blind: bool
    """the signal region was not looked at"""


@dataclass(frozen=True, kw_only=True)
class QuakWorkingPointScan:
    """Quak working point scan"""

    mass: float | None
    n_categories: int
    """that took part"""
    p_value: float | None
    z: float | None
    toy_p_value: float | None


@dataclass(frozen=True, kw_only=True)
class QuakSimultaneousScan:
    """Quak simultaneous scan"""

    mass: float | None
    n_categories: int
    strength: float | None
    strength_error: float | None
    p_value: float | None
    z: float | None


@dataclass(frozen=True, kw_only=True)
class QuakSimultaneous:
    """One likelihood of all categories, backgrounds free in each, at its most significant mass; not the answer of the search"""

    name: str
    """that of the prior, or "free in each\""""
    passing: float | None
    """of the held-out events of the prior, behind the preselection; null without one, like the next two"""
    prior_mass: float | None
    """mass of the scan next to the median of those events"""
    events_per_sigma: float | None
    """events of the prior before any cut that move the fitted strength by its error, at prior_mass: what settings may be chosen
    by"""
    prior: str | None
    """whose held-out events say how signal is shared among the categories; null: a strength of its own in each"""
    shares: tuple[float | None, ...] | None
    """of the signal behind the preselection, one for each category; null without a prior"""
    mass: float | None
    n_categories: int
    """that took part; 0 where no fit was possible"""
    strength: float | None
    """signal events behind the preselection; without a prior the sum of those that are above 0"""
    strength_error: float | None
    """null without a prior"""
    p_value: float | None
    """local, asymptotic: of q0, without a prior of the chi-bar-squared of all categories"""
    z: float | None
    global_p_value: float | None
    """from the pseudo-experiments of the working point; null without them"""
    global_p_error: float | None
    global_p_is_bound: bool
    """no pseudo-experiment reached the data"""
    global_z: float | None
    scan: tuple[QuakSimultaneousScan, ...]


@dataclass(frozen=True, kw_only=True)
class LossBox:
    """Losses from low (inclusive) to high (exclusive), one for each axis; null is open"""

    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class QuakCategoryFit:
    """Of background alone, and of a signal at the mass of the working point"""

    deviance: float | None
    n_dof: int
    goodness_of_fit: float | None
    """of background alone"""
    used: bool
    """false: the fit with signal did not converge at this mass"""
    strength: float | None
    """signal events"""
    strength_error: float | None
    p_value: float | None
    """above 0.5 for a deficit"""
    z: float | None
    n_failed: int
    """masses where the fit with signal did not converge"""


@dataclass(frozen=True, kw_only=True)
class QuakCategory:
    """Quak category"""

    name: str
    """part of each axis, from small to large: 1 × 3"""
    losses: LossBox
    n_events: float | None
    left_out: str | None
    """why the category takes no part; null: it does"""
    fit: QuakCategoryFit | None
    """of background alone, and of a signal at the mass of the working point"""
    counts: tuple[float | None, ...]
    """events in each bin"""


@dataclass(frozen=True, kw_only=True)
class QuakWorkingPointModel:
    """What was fitted to each category; absent in results of earlier versions"""

    background: Mapping[str, Any]
    signal_width: float
    """standard deviation of the Gaussian, relative to its mass"""


@dataclass(frozen=True, kw_only=True)
class QuakWorkingPoint:
    """Method 2: all categories together, at the most significant mass of the scan"""

    method: Literal[2]
    threshold: float | None
    """c of the preselection, loss of background >= c"""
    observed: float | None
    """data behind it, inside the fit range"""
    mass: float | None
    """where p_value is smallest, in the unit of the context"""
    p_value: float | None
    """local, asymptotic in each category, combined by Fisher's method"""
    z: float | None
    goodness_of_fit: float | None = field(default=None)
    """p-value of the deviance of background alone beside the largest excess, all categories together; below 0.01 no number may be
    quoted"""
    toy_p_value: float | None
    """local, from pseudo-experiments; null without them"""
    global_p_value: float | None
    """how often background alone is as significant at any mass; null without pseudo-experiments"""
    global_p_error: float | None
    """statistical"""
    global_p_is_bound: bool
    """no pseudo-experiment reached the data"""
    global_z: float | None
    n_toys: int
    n_left_out_toys: int
    """pairs of pseudo-experiment and category without a fit"""
    true_signal: float | None = field(default=None)
    """labelled signal among the observed, where labels exist"""
    scan: tuple[QuakWorkingPointScan, ...]
    simultaneous: tuple[QuakSimultaneous, ...] | None = field(default=None)
    """all categories in one likelihood, beside Fisher's method: of any shares first, then those of each prior; absent in results
    of earlier versions"""
    categories: tuple[QuakCategory, ...]
    evidence: Literal["categories"]
    judgement: Judgement
    calibrated: Calibrated | None = field(default=None)
    """by null experiments; null where they or the search have no Z; absent without them"""
    correction: Correction | None = field(default=None)
    """what the prediction was multiplied by; absent without validation"""
    raw: Raw | None = field(default=None)
    """the numbers before that; likewise"""
    strength: float | None
    """fitted signal events, negative for a deficit; null where no signal is fitted"""
    strength_error: float | None
    expected_upper_limit: ExpectedLimit | None
    efficiency: None
    """not of categories"""
    realised_efficiency: None
    """not of categories"""
    predicted: None
    """not of categories"""
    predicted_error: None
    """not of categories"""
    s_over_sqrt_b: None
    """not of categories"""
    upper_limit: None
    """not of categories"""
    observed_interval: tuple[float | None, ...]
    edges: tuple[float | None, ...]
    """of the bins of all categories, in the unit of the context"""
    model: QuakWorkingPointModel | None = field(default=None)
    """what was fitted to each category; absent in results of earlier versions"""


@dataclass(frozen=True, kw_only=True)
class BlindingUnblinded:
    """When the region was first opened in this run folder; null where it never was, or was never closed"""

    time: str
    config_sha256: str
    """of the configuration that it was opened with; equal to that of the result where no setting was changed since"""
    eddy: str
    was_blind: bool
    """false where an earlier search in this folder was never blind: the time is when a blind one took its place"""


@dataclass(frozen=True, kw_only=True)
class Blinding:
    """Whether the signal region of the data is closed (docs/blinding.md)"""

    state: Literal["never_blinded", "blind", "unblinded"]
    unblinded: BlindingUnblinded | None
    """when the region was first opened in this run folder; null where it never was, or was never closed"""
    changed: tuple[str, ...]
    """settings and inputs that matter and are others than those that the region was first opened with"""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """In the closed signal region, without a cut"""

    source: Literal["sidebands", "constructed background"]
    background: float | None
    """events"""
    background_error: float | None
    signal_3_sigma: float | None
    """signal events with a median significance of 3 (Asimov data set, with the error of the background)"""
    signal_5_sigma: float | None
    expected_upper_limit: ExpectedLimit | None
    """on the signal, 95 % confidence level"""


@dataclass(frozen=True, kw_only=True)
class Input:
    """Input"""

    role: str
    file: str
    sha256: str
    n_read: int | None
    """null for the data of a blind search: it would say how many events are closed; the other counts are of what is left"""
    n_selected: int
    n_signal_region: int
    n_control_region: int
    n_dropped_nonfinite: int
    n_copies: int | None = field(default=None)
    """selected events that equal an earlier one in features and context"""
    n_also_in_data: int | None = field(default=None)
    """selected events of another role that equal one of the data"""
    n_clipped: tuple[int, ...]
    """per feature: values outside the range of the scaler"""
    units: Mapping[str, str]
    """of the columns that were read and have one, as the file or [units] give it"""
    weight: str | None = field(default=None)
    """the column of what each event counts; absent: 1 each"""
    sum_of_weights: float | None = field(default=None)
    """of the selected events; with weights alone, as the next two"""
    n_effective: float | None = field(default=None)
    """(sum of weights)^2 / sum of squared weights"""
    n_negative_weights: int | None = field(default=None)


@dataclass(frozen=True, kw_only=True)
class ClosureCurvePoints:
    """Closure curve points"""

    efficiency: float | None
    predicted: float | None
    observed: float | None
    """background events in A"""
    ratio: float | None
    """predicted / observed"""
    ratio_error: float | None
    observed_error: float | None
    """relative Poisson error of observed"""


@dataclass(frozen=True, kw_only=True)
class ClosureCurve:
    """Closure curve"""

    name: str
    points: tuple[ClosureCurvePoints, ...]


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights"""

    region: Literal["control region", "signal region"]
    kind: str
    """w(m) or w(x, m)"""
    n: int
    """constructed events, all models together"""
    mean: float | None
    """data events per simulated event"""
    largest: float | None
    """over the mean"""
    effective: float | None
    """(sum w)^2 / sum w^2 of one model"""
    n_clipped: int
    n_at_edge: int
    """events with a feature at the edge of the simulation's range"""


@dataclass(frozen=True, kw_only=True)
class MedianBand:
    """Median and central 68 % over retrainings (or random subsets)"""

    efficiency: float | None
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class ClosureTest:
    """Can a classifier tell true background from other events? Trained and judged on different halves"""

    region: Literal["control region", "signal region"]
    name: str
    """the method; simulation: as it is; idealized: two true samples"""
    n_true: int
    """events per run"""
    n_constructed: int
    """events per run"""
    auc: tuple[float | None, ...]
    """of each run"""
    sic_band: tuple[MedianBand, ...]
    """true events as signal; over runs"""


@dataclass(frozen=True, kw_only=True)
class WindowShift:
    """Window shift"""

    mean: float | None
    """weighted mean of observed over expected - 1"""
    mean_error: float | None
    scatter: float | None
    """standard deviation between windows, beyond their errors"""
    p_value: float | None
    """of all windows together, if the experiments were right"""
    applied: float | None
    """the mean, shrunk by what chance would make it; of windows never negative"""
    error: float | None
    """what is charged for it, relative"""


@dataclass(frozen=True, kw_only=True)
class ValidationCuts:
    """Validation cuts"""

    experiments: Correction | None = field(default=None)
    """what the experiments alone say; missing in results of earlier versions"""
    windows: WindowShift | None = field(default=None)
    """how far the windows are off beyond that, relative to it; null without windows that have a prediction"""
    spurious: WindowShift | None = field(default=None)
    """the signal that fits find in the windows after the correction, relative to the background there"""
    efficiency: float | None
    observed: tuple[float | None, ...]
    """fresh background events that pass in the signal region, of each experiment"""
    predicted: tuple[float | None, ...]
    """what its chain predicts of them; null where it predicts nothing"""
    correction: Correction | None
    """that of the search: of the experiments, and of what windows add; null where fewer than two experiments have a prediction"""


@dataclass(frozen=True, kw_only=True)
class ValidationWindowCuts:
    """Validation window cuts"""

    efficiency: float | None
    observed: float | None
    """events that pass in the window"""
    predicted: float | None
    """by the rest of the spectrum, without the signal region"""
    predicted_error: float | None
    """of the fit alone"""


@dataclass(frozen=True, kw_only=True)
class ValidationWindow:
    """Validation window"""

    low: float
    """along windows_axis"""
    high: float
    cuts: tuple[ValidationWindowCuts, ...]
    """one for each configured cut with a prediction"""
    failure: str | None = field(default=None)
    """why there is no result"""


@dataclass(frozen=True, kw_only=True)
class ValidationWindowsAxis:
    """Along which the windows lie: the context, or with several of them the distance to the signal region in units of their
    interquartile ranges"""

    name: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Validation:
    """Validation"""

    source: str
    """where the events of the experiments come from"""
    experiments: int
    failed: int
    """of these: no result at all"""
    fresh_per_event: float | None
    """fresh events that are judged, per event of the data outside the signal region"""
    fresh_per_event_signal_region: float | None = field(default=None)
    """in the signal region; as many as outside where it is missing"""
    cuts: tuple[ValidationCuts, ...]
    """one for each configured cut, in their order"""
    windows: tuple[ValidationWindow, ...] | None = field(default=None)
    """places beside the signal region where the chain was tried; missing in results of earlier versions"""
    windows_axis: ValidationWindowsAxis | None = field(default=None)
    """along which the windows lie: the context, or with several of them the distance to the signal region in units of their
    interquartile ranges"""


@dataclass(frozen=True, kw_only=True)
class CalibrationPoints:
    """Calibration points"""

    efficiency: float | None
    null_z: tuple[float, ...]
    """Z of each experiment that has one, not calibrated"""
    nothing_to_test: int
    """experiments that saw nothing where nothing was expected: below any Z"""
    without_z: int
    """experiments in which no fit gave a Z"""
    null_mean: float | None
    null_mean_error: float | None
    null_sd: float | None


@dataclass(frozen=True, kw_only=True)
class CalibrationBestCut:
    """Of spaces of losses: method 1, in which each experiment takes the best of all its cuts and masses too; absent elsewhere,
    and in results of earlier versions"""

    observed_z: float | None
    """of the search, biased"""
    calibrated: Calibrated | None
    """what it is worth; null with too few experiments"""
    null_z: tuple[float, ...]
    nothing_to_test: int
    without_z: int
    null_mean: float | None
    null_mean_error: float | None
    null_sd: float | None


@dataclass(frozen=True, kw_only=True)
class CalibrationGlobal:
    """Calibration global"""

    method: Literal["bonferroni"]
    """the smallest calibrated p-value of all cuts times their number: an upper bound"""
    p_value: float | None
    z: float | None


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Calibration"""

    source: str
    """where the events of the experiments come from"""
    experiments: int
    failed: int
    """of these: no result at all"""
    points: tuple[CalibrationPoints, ...]
    """one for each working point, in their order"""
    best_cut: CalibrationBestCut | None = field(default=None)
    """of spaces of losses: method 1, in which each experiment takes the best of all its cuts and masses too; absent elsewhere,
    and in results of earlier versions"""
    global_: CalibrationGlobal = field(metadata={"key": "global"})


@dataclass(frozen=True, kw_only=True)
class SculptingCurves:
    """Sculpting curves"""

    name: str
    points: tuple[MedianBand, ...]


@dataclass(frozen=True, kw_only=True)
class Sculpting:
    """Chi2/ndof between the mass spectra before and after cuts (LaCATHODE, eq. 5) against efficiency in the signal region"""

    events: str
    n_events: int
    n_bins: int
    curves: tuple[SculptingCurves, ...]
    random_subsets: tuple[MedianBand, ...]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Can a classifier tell the latent of held-out background (template, sidebands) from N(0, 1)?"""

    auc: float | None
    auc_error: float | None
    limit: float | None
    passed: bool


@dataclass(frozen=True, kw_only=True)
class QuakCut:
    """Quak cut"""

    losses: LossBox
    prior: str | None
    """whose loss is cut on beside that of background"""
    n_events: int
    mass: float | None
    strength: float | None
    strength_error: float | None
    z: float | None
    """of the best mass: biased"""


@dataclass(frozen=True, kw_only=True)
class QuakCuts:
    """Quak cuts"""

    method: Literal[1]
    biased: Literal[True]
    note: str
    """what must stand beside every number of it"""
    best: QuakCut
    cuts: tuple[QuakCut, ...]
    n_failed: int
    """cuts with too few events, or without a fit"""


@dataclass(frozen=True, kw_only=True)
class EvaluationSicCurve:
    """Evaluation sic curve"""

    efficiency_background: float | None
    efficiency_signal: float | None
    n_background: int
    n_signal: int
    sic: float | None


@dataclass(frozen=True, kw_only=True)
class EvaluationSic:
    """Significance improvement eps_S / sqrt(eps_B), only where at least 20 background events pass"""

    max: float | None
    max_efficiency_background: float | None
    at_1e_2: float | None = field(metadata={"key": "at_1e-2"})
    at_1e_3: float | None = field(metadata={"key": "at_1e-3"})
    curve: tuple[EvaluationSicCurve, ...]


@dataclass(frozen=True, kw_only=True)
class Separation:
    """Separation"""

    signal: str
    """name of the [[evaluate]]"""
    name: str
    """the score: QUAK 2-D, supervised on a prior, random cut"""
    auc: float | None
    sic: EvaluationSic
    rejection_at_30: float | None
    """1 / efficiency of background at a signal efficiency of 30 %; null where too few events pass"""
    rejection_at_50: float | None


@dataclass(frozen=True, kw_only=True)
class EventShare:
    """Event share"""

    fraction: float | None
    low: float | None
    """of the central 68.3 % interval by likelihood ratio, within 0 and 1"""
    high: float | None
    n_events: int
    """judged, of which it is a share"""


@dataclass(frozen=True, kw_only=True)
class SignalFraction:
    """How much is signal according to two densities that never saw the events they are fitted to (2312.11629): an estimate that
    takes both to be exact, and no evidence"""

    signal_region: EventShare
    beside: EventShare | None
    """of the sidebands within half a window of it, where there should be none: what the density of the background lacks; null
    with fewer than 100 events"""
    truth: float | None = field(default=None)
    """the labelled fraction in the signal region; absent without labels"""


@dataclass(frozen=True, kw_only=True)
class ArgosPoint:
    """Argos point"""

    efficiency: float | None
    """of the template"""
    passing: float | None
    """of the data in the signal region"""
    value: float
    """passing / sqrt(efficiency) - sqrt(efficiency)"""
    error: float | None
    """statistical, of data and template"""


@dataclass(frozen=True, kw_only=True)
class ArgosByChance:
    """The largest value, were the data like the template"""

    median: float | None
    percentile_95: float | None


@dataclass(frozen=True, kw_only=True)
class Argos:
    """ARGOS (2511.14832) of the score at cuts: orders scores of the same data without labels; what the template gets wrong enters
    as signal would"""

    template: str
    """background of the signal region that the classifiers never saw"""
    n_data: int
    """events in the signal region"""
    n_template: float | None
    """effective number of template events"""
    best: ArgosPoint | None
    """the cut with the largest value, of those that keep 25 template events; null without events"""
    by_chance: ArgosByChance
    """the largest value, were the data like the template"""
    curve: tuple[ArgosPoint, ...]
    """loose to tight"""


@dataclass(frozen=True, kw_only=True)
class WeightedSpectrum:
    """The bump hunt in all events of the fit range, each weighted by the likelihood ratio s / (1 - s) of its score in place of a
    cut; sums are of weights, errors those of a scaled Poisson distribution (1309.1287)"""

    edges: tuple[float, ...]
    sums: tuple[float | None, ...]
    variance: tuple[float | None, ...]
    """sums of squared weights"""
    background: tuple[float | None, ...]
    """fit of background alone"""
    fitted: tuple[float | None, ...]
    """fit of background and signal"""
    event_weight: float | None
    """of one equivalent event of the sidebands: sum of squared weights over sum of weights"""
    n_effective: float | None
    """equivalent events of the signal region"""
    strength: float | None
    """fitted signal"""
    strength_error: float | None
    p_value: float | None
    """local, one-sided, asymptotic"""
    z: float | None
    goodness_of_fit: float | None
    """of the background shape in the sidebands"""


@dataclass(frozen=True, kw_only=True)
class ExcessSpectrum:
    """A feature (or context) of the selected events and of the background expected among them; the first and the last bin include
    what lies beyond them"""

    name: str
    unit: str
    edges: tuple[float, ...]
    """of the bins, one more than there are"""
    observed: tuple[int, ...]
    background: tuple[float | None, ...]
    """sums to the prediction"""
    background_error: tuple[float | None, ...]
    """of its statistics, and of the prediction, which moves all bins together"""
    excess_low: tuple[float | None, ...]
    """observed minus background, less its error: the Poisson interval (68.3 %, Garwood) of the count and background_error in
    quadrature"""
    excess_high: tuple[float | None, ...]
    labelled_signal: tuple[int, ...] | None = field(default=None)
    """among the observed; absent without labels"""


@dataclass(frozen=True, kw_only=True)
class SelectedEvents:
    """The events of the signal region that pass one cut, beside the background expected among them"""

    working_point: int
    """position among working_points, from 0: the tightest with 20 events, else the one with most"""
    efficiency: float | None
    n_events: int
    predicted: float | None
    predicted_error: float | None
    background: Literal["template", "constructed background", "sidebands"]
    """what shows it, behind the same cut and scaled to the prediction; sidebands: within one width of the window on each side,
    half of the prediction from each"""
    spectra: tuple[ExcessSpectrum, ...]


@dataclass(frozen=True, kw_only=True)
class SignalLikeEvent:
    """Signal like event"""

    row: int | None
    """in the file of the data, from 0; injected events come behind it"""
    identity: tuple[int | None, ...]
    """in the order of anomaly.identity; null for injected events"""
    context: tuple[float | None, ...]
    """in the order of setup.contexts"""
    features: tuple[float | None, ...]
    """in the order of setup.features"""
    score: float | None
    background_efficiency: float | None
    """fraction of the reference of its fold that scores higher, the event itself counted: equal scores pass together"""
    labelled_signal: bool | None = field(default=None)
    """absent without labels"""


@dataclass(frozen=True, kw_only=True)
class Anomaly:
    """What an excess looks like: a description, and no evidence"""

    selected: SelectedEvents | None
    """null where no cut has events and a prediction"""
    identity: tuple[str, ...]
    """names of the columns that name an event, [data] identity"""
    events: tuple[SignalLikeEvent, ...]
    """of the signal region, the most signal-like first: by background_efficiency, then score, then row; as many as [anomaly]
    events says"""


@dataclass(frozen=True, kw_only=True)
class SicSummary:
    """Sic summary"""

    max: float | None
    max_efficiency_background: float | None
    at_1e_2: float | None = field(metadata={"key": "at_1e-2"})
    at_1e_3: float | None = field(metadata={"key": "at_1e-3"})


@dataclass(frozen=True, kw_only=True)
class EvaluationRetrainings:
    """Evaluation retrainings"""

    auc: float | None
    sic: SicSummary


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Evaluation"""

    name: str
    auc: float | None
    retrainings: tuple[EvaluationRetrainings, ...] | None = field(default=None)
    """each retraining alone, where the method has independent ones"""
    band: tuple[MedianBand, ...] | None = field(default=None)
    """SIC over retrainings against background efficiency"""
    sic: EvaluationSic
    """significance improvement eps_S / sqrt(eps_B), only where at least 20 background events pass"""


@dataclass(frozen=True, kw_only=True)
class VerdictAfterChoice:
    """What is left of its Z, these settings having been chosen by the same data; absent where they were not"""

    settings: int
    """among which these were chosen; p-values are multiplied by it"""
    z: float | None


@dataclass(frozen=True, kw_only=True)
class VerdictClosure:
    """Verdict closure"""

    region: Literal["control region", "signal region"]
    level: Literal["untested", "as_truth", "better_than_simulation", "fails"]
    simulation_is_as_truth: bool
    """then there are too few events to see what the method corrects"""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the search as a whole says; made when the result is made"""

    kind: Literal["no_working_point", "nothing_to_test", "no_excess", "mild_excess", "evidence", "beyond_5_sigma", "gate_failed",
        "poor_fit", "no_fit", "benchmark_only", "blind", "no_category", "separation_only"]
    level: Literal["none", "mild", "excess", "invalid"]
    working_point: int | None
    """place of the working point that decides; null where there is none"""
    after_choice: VerdictAfterChoice | None = field(default=None)
    """what is left of its Z, these settings having been chosen by the same data; absent where they were not"""
    closure: tuple[VerdictClosure, ...]
    """of extrapolated background, the control region first"""


Setup = ConradSetup | ExtrapolationSetup | ResonantSetup | QuakSetup
WorkingPoint = ConradWorkingPoint | ExtrapolationWorkingPoint | ResonantWorkingPoint | QuakWorkingPoint
PARTS: dict[str, tuple[type[Any], type[Any]]] = {
    "conrad": (ConradSetup, ConradWorkingPoint),
    "extrapolation": (ExtrapolationSetup, ExtrapolationWorkingPoint),
    "resonant": (ResonantSetup, ResonantWorkingPoint),
    "loss space": (QuakSetup, QuakWorkingPoint),
}
"""Family: what its setup and its working points are."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """Everything a run found, and nothing that depends on when, where or how fast it ran: equal configuration and seed give equal
    bytes. A number that does not exist (a limit that diverges, a SIC below the statistics cut-off) is null."""

    eddy: str
    """version of eddy"""
    method: str
    """one of those of the family"""
    family: Literal["conrad", "extrapolation", "resonant", "loss space"]
    """of the method: which parts a result has; not in results of earlier versions, whose method says it"""
    name: str
    seed: int
    scorer_sha256: str | None = field(default=None)
    """binds models/scorer.eddy to the result: of its content; absent where nothing can be scored, and in results of earlier
    versions"""
    config_sha256: str | None = field(default=None)
    """binds the result to the settings in config.toml (paths of files without their folders); not in results of points of a
    study, nor in those of earlier versions"""
    setup: Setup
    blinding: Blinding
    expected: tuple[Expectation, ...]
    """of blind searches, where the background is known without the signal region; else empty"""
    inputs: tuple[Input, ...]
    working_points: tuple[WorkingPoint, ...]
    closure: tuple[ClosureCurve, ...]
    """of CONRAD and of searches with extrapolated background; empty where the method has none"""
    weights: tuple[Weights, ...]
    """of searches with extrapolated background, per region; empty where the method has none"""
    closure_tests: tuple[ClosureTest, ...]
    """of searches with extrapolated background; in the signal region only with labels; empty where the method has none"""
    validation: Validation | None = field(default=None)
    """what the chain predicts where there is no signal; of a closed signal region the windows alone, with no experiments; null
    without validation"""
    calibration: Calibration | None
    """what null experiments say; null without them"""
    sculpting: Sculpting | None
    """of resonant searches; null elsewhere, and without sidebands"""
    gate: Gate | None
    """null where the method has no flow"""
    cuts: QuakCuts | None
    """of QUAK: method 1, which is biased; null elsewhere"""
    separation: tuple[Separation, ...]
    """of QUAK: each score on each evaluated signal; empty where the method has none"""
    signal_fraction: SignalFraction | None = field(default=None)
    """of R-ANODE: what its densities say of the signal region; absent elsewhere"""
    argos: Argos | None = field(default=None)
    """how good the score is, without labels; absent where it has no template of the background"""
    weighted_spectrum: WeightedSpectrum | None = field(default=None)
    """of resonant searches: a cross-check, not calibrated, behind no verdict; absent without a fit, elsewhere, and in results of
    earlier versions"""
    anomaly: Anomaly | None = field(default=None)
    """what the selected events look like; absent where events have no score, where the signal region is closed, and in results of
    earlier versions"""
    evaluation: tuple[Evaluation, ...] | None = field(default=None)
    """where labels are given; the method first, then the benchmarks"""
    warnings: tuple[str, ...]
    """everything a reader of the result must know"""
    schema: Literal[2]
    """of this document; absent in results of earlier versions, which are judged when they are read"""
    evidence: Literal["abcd", "bump", "template_count", "categories"]
    """of the working points: how the background is estimated"""
    verdict: Verdict
