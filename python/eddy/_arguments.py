"""Checks of arguments that the engine would otherwise refuse with the words of a binding."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import ConfigError

__all__ = ["whole_number"]


def whole_number(value: Any, name: str, least: int = 0) -> int:
    """`value` as an int. Raises ConfigError, with `name`, for what is no whole number from `least` on."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and least <= value < 2**63:
        return int(value)
    raise ConfigError(f"{name} is {value!r}; give a whole number from {least} on")
