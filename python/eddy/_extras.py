"""Packages that only a part of eddy needs: where one is missing, a sentence says which extra brings it."""

from __future__ import annotations

import importlib
from typing import Any

from .errors import EddyError

__all__ = ["needed"]


class MissingPackageError(EddyError, ImportError):
    """A package that is not installed was needed."""


def needed(name: str, extra: str, purpose: str) -> Any:
    """The module. Raises MissingPackageError, an ImportError, where it cannot be imported."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MissingPackageError(
            f"{purpose} needs {package}, which is not installed; pip install 'eddy-hep[{extra}]'"
        ) from error
