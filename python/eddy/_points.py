"""Working points, by their efficiency."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, overload

from ._results import WorkingPoint
from .errors import ConfigError

__all__ = ["WorkingPoints"]


class WorkingPoints(Sequence[WorkingPoint]):
    """The working points of a result, in their order: `points[0.01]` is that of efficiency 0.01, `points[0]` the first."""

    def __init__(self, points: tuple[WorkingPoint, ...]) -> None:
        self._points = points

    @property
    def efficiencies(self) -> tuple[float | None, ...]:
        """Of each; None where a point is no cut with an efficiency (QUAK)."""
        return tuple(point.efficiency for point in self._points)

    @overload
    def __getitem__(self, key: int) -> WorkingPoint: ...
    @overload
    def __getitem__(self, key: float) -> WorkingPoint: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[WorkingPoint]: ...
    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, float):
            return self._points[key]
        for point in self._points:
            if point.efficiency is not None and math.isclose(point.efficiency, key, rel_tol=1e-9):
                return point
        known = ", ".join(f"{e:g}" for e in self.efficiencies if e is not None)
        raise ConfigError(f"there is no working point of efficiency {key:g}; there are {known or 'none'}")

    def __len__(self) -> int:
        return len(self._points)

    def __iter__(self) -> Iterator[WorkingPoint]:
        return iter(self._points)

    def __eq__(self, other: object) -> bool:
        return self._points == other._points if isinstance(other, WorkingPoints) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._points)

    def __repr__(self) -> str:
        lines = [
            f"  {'no efficiency' if p.efficiency is None else f'{p.efficiency:g}'}: observed {_number(p.observed)}, "
            f"predicted {_number(p.predicted)}, p {_number(p.p_value)}, Z {_number(p.z)}"
            for p in self._points
        ]
        return "\n".join(["WorkingPoints(", *lines, ")"]) if lines else "WorkingPoints()"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
