"""Files of other programs to HDF5 that every eddy reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import _eddy, _readers
from ._arguments import path_text
from ._tables import Table, is_table, table_of
from .errors import ConfigError, DataError, FileError

__all__ = ["convert"]


def convert(source: Any, output: str | os.PathLike[str], *, columns: Sequence[str] | None = None) -> Path:
    """Writes events as HDF5 (a data set per column), numbers as they are.

    Parameters
    ----------
    source
        "file.root:tree", "file.parquet", a pattern, a list of these, any file that eddy reads, or a table in memory.
    output
        File to write; one that is there and is no HDF5 is not replaced.
    columns
        To keep; of jagged columns, elements such as "FatJet_pt[0]", which become FatJet_pt_0. None: all with one number per
        event.

    Returns
    -------
    Path
        Of the file.
    """
    path = Path(path_text(output, "output"))
    _require_free(path, source)
    table = table_of(source) if is_table(source) else _table_of_file(source)
    names = [_readers.element_name(name) for name in columns] if columns is not None else table.names
    if not names:
        raise DataError(f"{table.shown} has no column with one number per event; name some with columns, such as pt[0]")
    _eddy.write_table(os.fspath(path), table.written(names))
    return path


def _table_of_file(source: Any) -> Table:
    table = _readers.foreign_table(source, str(Path.cwd()), "the events")
    if table is not None:
        return table
    if not isinstance(source, (str, os.PathLike)):
        raise DataError(f"{source!r} is neither a table nor the name of a file")
    path, group = _eddy.locate(os.fspath(source), str(Path.cwd()))
    columns = {name: values for name, (_, values) in _eddy.read_events(path, group, []).items()}
    return Table(list(columns), lambda name: columns[name], f"'{source}'")


def _require_free(path: Path, source: Any) -> None:
    if isinstance(source, (str, os.PathLike)) and Path(os.fspath(source).split(":")[0]).exists():
        original = Path(os.fspath(source).split(":")[0])
        if path.exists() and path.samefile(original):
            raise ConfigError(f"the output '{path}' is the input, which would be replaced; give another name with -o")
    if not path.parent.is_dir():
        raise FileError(f"'{path}' cannot be written: there is no folder '{path.parent}'; make it, or give another name with -o")
    if path.exists():
        if not path.is_file():
            raise ConfigError(f"'{path}' is there and is no file that could be replaced; give another name with -o")
        with path.open("rb") as file:
            start = file.read(8)
        if start and start != b"\x89HDF\r\n\x1a\n":
            raise ConfigError(f"'{path}' is there, is not HDF5 and would be lost; remove it, or give another name with -o")
