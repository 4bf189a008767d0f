"""What limit.json holds.

Written by python/tools/generate_results.py from docs/limit.schema.json; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class LimitSignal:
    """Limit signal"""

    file: str
    sha256: str
    in_region: float
    """of the signal, in the signal region"""


@dataclass(frozen=True, kw_only=True)
class LimitCrossSection:
    """Of one signal event in the signal region"""

    per_event: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class CutExpectedOfNulls:
    """Cut expected of nulls"""

    experiments: int
    limits: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class CutInterval:
    """68.3 % of the strength; best is null where all that was measured is below, high where it lies beyond"""

    low: float | None
    best: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Signal events of the signal region that pass; upper_limit at 95 %"""

    fitted: float
    error: float
    upper_limit: float


@dataclass(frozen=True, kw_only=True)
class CutResponse:
    """Fitted = offset + slope passed, over all injections"""

    measured: bool
    """else slope 1 is assumed"""
    slope: float
    slope_error: float
    offset: float


@dataclass(frozen=True, kw_only=True)
class CutImpacts:
    """Cut impacts"""

    nuisance: str
    low: float | None
    high: float | None
    pull: float | None
    """of the best fit, in standard deviations of what constrains the nuisance; null: nothing but the data does"""
    pull_error: float | None


@dataclass(frozen=True, kw_only=True)
class Knot:
    """Knot"""

    strength: float
    efficiency: float
    """of the signal in the region: mean over the searches"""
    spread: float
    """one standard deviation of a single search"""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Cut"""

    efficiency: float | None
    """of the background, as of the working point; 1: no cut; null: all categories of a space of losses"""
    no_limit: Literal[None, "no_fit", "no_response", "no_injection", "not_excluded"]
    """why there is no observed limit"""
    observed: float | None
    """95 % upper limit"""
    expected: tuple[float | None, ...]
    """from the limits that the fit expects without signal"""
    expected_of_nulls: CutExpectedOfNulls
    interval: CutInterval
    """68.3 % of the strength; best is null where all that was measured is below, high where it lies beyond"""
    signal: Signal | None
    """of the data, response taken out"""
    response: CutResponse
    """fitted = offset + slope passed, over all injections"""
    impacts: tuple[CutImpacts, ...]
    """shifts of the fitted signal with a nuisance at the ends of its 68 % interval, the largest first: B, C, D (background there)
    and closure of four counts; the nuisances of a bump hunt, and what the background shape adds to the error. Empty where no
    signal is fitted"""
    knots: tuple[Knot, ...]


@dataclass(frozen=True, kw_only=True)
class InjectionCuts:
    """Injection cuts"""

    efficiency: float | None
    efficiency_error: float | None
    passed: float
    """injected events of the signal region"""
    signal: Signal | None
    """as fitted"""


@dataclass(frozen=True, kw_only=True)
class Injection:
    """Injection"""

    strength: float
    repetition: int
    failure: str | None
    cuts: tuple[InjectionCuts, ...]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Limits on a signal, with the search trained anew at each strength. A number that does not exist is null. Strengths are
    signal events of the signal region before any cut."""

    format: Literal["eddy-limit-1"]
    eddy: str
    """version that found the limit"""
    result_sha256: str
    """of what the search found, without null experiments"""
    content_sha256: str
    """of all else in this file, which nobody may change"""
    signal: LimitSignal
    injected_into: str
    """in words"""
    made_anew: str | None = field(default=None)
    """at each strength, in words; absent in limits of earlier versions"""
    into_nulls: bool
    """background-only events, not the data"""
    repetitions: int
    """searches at each strength"""
    cross_section: LimitCrossSection | None
    """of one signal event in the signal region"""
    best: int | None
    """number of the cut with the smallest median expected limit: the one to quote"""
    cuts: tuple[Cut, ...]
    """in the order of the working points of result.json"""
    injections: tuple[Injection, ...]
    warnings: tuple[str, ...]
    figures: tuple[Any, ...]
    """as in figures.json"""
