"""Checks of arguments that the engine would otherwise refuse with the words of a binding."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import ConfigError

__all__ = ["flag", "listed", "path_text", "real_number", "real_numbers", "shown", "text", "whole_number"]


def shown(value: Any) -> str:
    """A value in a sentence: on one line, and not longer than that."""
    line = " ".join(repr(value).split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def whole_number(value: Any, name: str, least: int = 0) -> int:
    """`value` as an int. Raises ConfigError, with `name`, for what is no whole number from `least` on."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and least <= value < 2**63:
        return int(value)
    raise ConfigError(f"{name} is {shown(value)}; give a whole number from {least} on")


def real_number(value: Any, name: str) -> float:
    """`value` as a float. Raises ConfigError, with `name`, for what is no number; its range is the engine's to judge."""
    if isinstance(value, (int, float, np.integer, np.floating, np.bool_)) or (isinstance(value, np.ndarray) and value.ndim == 0):
        try:
            return float(value)
        except (OverflowError, TypeError, ValueError):
            pass
    raise ConfigError(f"{name} is {shown(value)}; give a number")


def real_numbers(values: Any, name: str, n: int) -> list[float]:
    """`n` numbers. Raises ConfigError, with `name`, for anything else."""
    listed = list(values) if isinstance(values, Iterable) and not isinstance(values, (str, bytes)) else None
    if listed is None or len(listed) != n:
        raise ConfigError(f"{name} is {shown(values)}; give {n} numbers")
    return [real_number(value, name) for value in listed]


def text(value: Any, name: str) -> str:
    """`value`, which is a text. Raises ConfigError, with `name`, for anything else."""
    if isinstance(value, str):
        return str(value)
    raise ConfigError(f"{name} is {shown(value)}; give a text")


def path_text(value: Any, name: str) -> str:
    """The path of a file or folder as a text. Raises ConfigError, with `name`, for what is none."""
    if isinstance(value, (str, os.PathLike)):
        path = os.fspath(value)
        if isinstance(path, str) and "\0" not in path:
            return path
    raise ConfigError(f"{name} is {shown(value)}; give a path")


def listed(values: Any, name: str) -> list[Any]:
    """Entries of a list; a text is one entry. Raises ConfigError, with `name`, for what has no entries."""
    if isinstance(values, str):
        return [values]
    if isinstance(values, Iterable) and not isinstance(values, (bytes, dict)):
        return list(values)
    raise ConfigError(f"{name} is {shown(values)}; give a list")


def flag(value: Any, name: str) -> bool:
    """`value`, which is True or False. Raises ConfigError, with `name`, for anything else."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise ConfigError(f"{name} is {shown(value)}; give True or False")
