"""Files of other programs: ROOT (with uproot) and parquet (with pyarrow)."""

from __future__ import annotations

from typing import Any

from ._tables import Table

__all__ = ["foreign_table"]


def foreign_table(value: Any, folder: str, shown: str) -> Table | None:
    """The table of a file that the engine does not read; None for one that it does, or may say itself what is wrong with."""
    return None
