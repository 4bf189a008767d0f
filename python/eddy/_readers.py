"""Files of other programs: ROOT (with uproot) and parquet (with pyarrow).

A place is "file.root:tree", "file.parquet", a list of these, or a pattern such as "part-*.root:tree"; files in a list
follow each other. "a.root:events + b.root:extra" sets trees of equally many entries side by side: friends. Elements of
jagged columns are named `FatJet_pt[0]` or `FatJet_pt_0`; what an event does not have is NaN, and the option `nonfinite` of
its section says what happens then.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from . import _eddy, _remote
from ._tables import Table
from .errors import DataError, FileError

__all__ = ["ForeignTable", "element_name", "foreign_table", "with_element_names"]

Array = npt.NDArray[Any]
_ELEMENT = re.compile(r"\b([A-Za-z_]\w*)\[(\d+)\]")


class Source(Protocol):
    """One file's table: flat columns, and columns with any number of values per event."""

    shown: str
    flat: list[str]
    jagged: list[str]

    def read_flat(self, name: str) -> Array: ...
    def read_element(self, name: str, i: int) -> Array: ...


def element_name(name: str) -> str:
    """FatJet_pt[0] -> FatJet_pt_0: what an expression can say."""
    return _ELEMENT.sub(r"\1_\2", name)


def with_element_names(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration whose names of elements are those that an expression can say."""

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return element_name(value)
        return [renamed(entry) for entry in value] if isinstance(value, list) else value

    changed = {}
    for section, options in config.items():
        if isinstance(options, dict):
            kept = {key: value if key == "file" else renamed(value) for key, value in options.items()}
            changed[section] = {element_name(key): value for key, value in kept.items()} if section == "units" else kept
        else:
            changed[section] = options
    return changed


class ForeignTable(Table):
    """Columns of one file or several, one after the other; only those that are asked for are read."""

    def __init__(self, sources: Sequence[Source], shown: str) -> None:
        self.sources = sources
        first = sources[0]
        for other in sources[1:]:
            missing = sorted(set(first.flat + first.jagged) ^ set(other.flat + other.jagged))
            if missing:
                raise DataError(f"{first.shown} and {other.shown} have other columns: only one of them has '{missing[0]}'")
        super().__init__(first.flat, self._read, shown)

    def _element_of(self, name: str) -> tuple[str, int] | None:
        """The jagged column and the place that a name such as FatJet_pt_0 stands for."""
        match = re.fullmatch(r"(.+)_(\d+)|(.+)\[(\d+)\]", name)
        if match is None:
            return None
        column, place = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
        return (column, int(place)) if column in self.sources[0].jagged else None

    def _read(self, name: str) -> Array:
        element = self._element_of(name)
        if element is None:
            return np.concatenate([source.read_flat(name) for source in self.sources])
        return np.concatenate([source.read_element(*element) for source in self.sources])

    def require(self, wanted: Sequence[str]) -> None:
        """Raises DataError that names the first column that is not there; a jagged one says how to choose from it."""
        source = self.sources[0]
        for name in wanted:
            if name in source.jagged:
                raise DataError(
                    f"column '{name}' of {source.shown} has any number of values per event; choose one, such as {name}[0] for "
                    "the first"
                )
            if self._element_of(name) is not None and name in source.flat:
                raise DataError(f"'{name}' of {source.shown} is a column and an element of another; rename one of them")
            if self._element_of(name) is None and name not in source.flat:
                available = source.flat + [f"{column}_0" for column in source.jagged]
                _eddy.require_columns(source.shown.strip("'"), available, [name])
        self.keys = {name: name for name in [*self.keys, *wanted]}


def foreign_table(value: Any, folder: str, shown: str) -> Table | None:
    """The table of a place that the engine does not read; None for one that it does, or may say itself what is wrong with.

    Parameters
    ----------
    value
        What a configuration says: a place, or a list of them.
    folder
        Where relative paths start.
    shown
        What messages call it.

    Raises
    ------
    FileError, DataError
        For files that are missing or damaged, and trees that are not there.
    """
    places = value if isinstance(value, (list, tuple)) else [value]
    if not places or not all(isinstance(place, (str, os.PathLike)) for place in places):
        return None
    texts = [text for place in places for text in _expanded(os.fspath(place), folder)]
    kinds = [_kind_of(text.split(" + ")[0]) for text in texts]
    if None in kinds:
        if isinstance(value, (list, tuple)):
            odd = texts[kinds.index(None)]
            raise DataError(f"'{odd}' is in a list of files, and neither ROOT nor parquet; convert all with 'eddy convert'")
        return None
    sources = [_joined([_open(part) for part in text.split(" + ")]) for text in texts]
    return ForeignTable(sources, shown)


def _expanded(text: str, folder: str) -> Iterator[str]:
    """Full paths, one for each file that a pattern finds; ${NAME} is replaced as the engine does."""
    parts = [part if _remote.is_remote(part) else _with_folder(part, folder) for part in text.split(" + ")]
    for part in parts:
        if _remote.is_remote(part):
            _remote.require_kind(part)
    if len(parts) > 1 or not glob.has_magic(parts[0]):
        yield " + ".join(parts)
        return
    path, tree = _split(parts[0])
    found = _remote.expanded(path) if _remote.is_remote(path) else sorted(glob.glob(path))  # noqa: PTH207 (an absolute pattern)
    if not found:
        yield parts[0]
    for file in found:
        yield f"{file}:{tree}" if tree else file


def _with_folder(text: str, folder: str) -> str:
    path, group = _eddy.locate(text, folder)
    return f"{path}:{group}" if group else path


def _split(text: str) -> tuple[str, str]:
    """Path and tree: the tree follows the last colon that is none of a protocol or a port."""
    match = re.fullmatch(r"(.*\.(?:root|parquet|pq)(?:\?[^:]*)?):(.+)", text)
    if match:
        return match[1], match[2]
    if _remote.is_remote(text) or Path(text).exists():
        return text, ""
    path, colon, tree = text.rpartition(":")
    return (path, tree) if colon and Path(path).exists() else (text, "")


def _kind_of(text: str) -> Callable[[str, str], Source] | None:
    path, _ = _split(text)
    if _remote.is_remote(path):
        return RootSource if path.partition("?")[0].endswith(".root") else ParquetSource
    try:
        with Path(path).open("rb") as file:
            start = file.read(4)
    except OSError:
        return None
    return RootSource if start == b"root" else ParquetSource if start == b"PAR1" else None


def _open(text: str) -> Source:
    kind = _kind_of(text)
    path, tree = _split(text)
    if kind is None:
        raise FileError(f"'{path}' is not there, or neither ROOT nor parquet; check the path")
    return kind(path, tree)


def _module(name: str, extra: str, path: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FileError(f"reading '{path}' needs {name}, which is not installed; pip install 'eddy-hep[{extra}]'") from error


class RootSource:
    """A TTree or RNTuple."""

    def __init__(self, path: str, tree: str) -> None:
        uproot = _module("uproot", "root", path)
        try:
            file = uproot.open(_remote.address(path))
            names = list(
                dict.fromkeys(key.split(";")[0] for key, kind in file.classnames().items() if "Tree" in kind or "Tuple" in kind)
            )
        except Exception as error:
            raise _remote.unopened(path, error) from error
        if not tree:
            if len(names) != 1:
                raise DataError(f"'{path}' has {len(names)} trees ({', '.join(names) or 'none'}); name one as {path}:tree")
            tree = names[0]
        if tree not in names:
            near = _eddy.nearest_name(tree, names)
            hint = f"did you mean '{near}'?" if near else f"there are {', '.join(names) or 'none'}"
            raise DataError(f"'{path}' has no tree '{tree}'; {hint}")
        self.shown = f"'{path}:{tree}'"
        self.flat: list[str] = []
        self.jagged: list[str] = []
        try:
            self._tree = file[tree]
            self.n_events = int(self._tree.num_entries)
            for name, branch in self._tree.items(recursive=True):
                depth = _depth_of(name, branch)
                if depth is not None:
                    (self.jagged if depth else self.flat).append(name)
        except Exception as error:
            raise FileError(f"{self.shown} cannot be read: {_first_line(error)}; copy or write it again") from error

    def read_flat(self, name: str) -> Array:
        values = _read(lambda: self._tree[name].array(library="np"), name, self.shown)
        if np.ma.is_masked(values):  # optional: the rule of the configuration decides
            values = values.astype(np.float64).filled(np.nan)
        return np.asarray(values)

    def read_element(self, name: str, i: int) -> Array:
        return _element(_read(lambda: self._tree[name].array(library="ak"), name, self.shown), i)


_PLAIN = re.compile(
    r"(std::)?u?int\d+_t|float|double|bool|((un)?signed )?(char|short|int|long|long long)|Double32_t|Float16_t|std::size_t"
)
_SEVERAL = re.compile(r"(?:(?:std::)?vector|ROOT::(?:VecOps::)?RVec)<(.*)>|std::array<(.*), ?\d+>|(.*)\[\w*\]")


def _depth_of(name: str, branch: Any) -> int | None:
    """0 for one number per event, 1 for several, None for what holds no numbers."""
    kind = getattr(branch, "typename", "")
    if "." in name and hasattr(branch, "ntuple"):  # a field of a record may be one of many records: its own type does not say
        return _depth_of_type(branch.array(entry_stop=0, library="ak").type.content) if _PLAIN.fullmatch(kind) else None
    optional = re.fullmatch(r"std::optional<(.*)>", kind)
    several = None if optional else _SEVERAL.fullmatch(kind)
    plain = optional[1] if optional else next(part for part in several.groups() if part is not None) if several else kind
    return (1 if several else 0) if _PLAIN.fullmatch(plain.strip()) else None


def _depth_of_type(kind: Any) -> int | None:
    """The same of a type of awkward."""
    depth = 0
    while hasattr(kind, "content"):
        depth += 1
        kind = kind.content
    return depth if depth <= 1 else None


class ParquetSource:
    """A parquet file, or a folder of them."""

    def __init__(self, path: str, tree: str) -> None:
        if tree:
            raise DataError(
                f"'{path}:{tree}': a parquet file is one table, so there is nothing to name in it; leave ':{tree}' away"
            )
        parquet = _module("pyarrow.parquet", "parquet", path)
        self._arrow = _module("pyarrow", "parquet", path)
        self.shown = f"'{path}'"
        try:
            self._file = parquet.ParquetFile(_remote.opened(path))
        except Exception as error:
            raise _remote.unopened(path, error) from error
        self.n_events = int(self._file.metadata.num_rows)
        kinds = self._arrow.types
        self.flat: list[str] = []
        self.jagged: list[str] = []
        for field in self._file.schema_arrow:
            if _is_number(kinds, field.type):
                self.flat.append(field.name)
            elif (kinds.is_list(field.type) or kinds.is_large_list(field.type)) and _is_number(kinds, field.type.value_type):
                self.jagged.append(field.name)

    def _column(self, name: str) -> Any:
        return _read(lambda: self._file.read(columns=[name]).column(name), name, self.shown)

    def read_flat(self, name: str) -> Array:
        column = self._column(name)
        if column.null_count > 0:  # the rule of the configuration decides
            column = column.cast(self._arrow.float64())
        return np.asarray(column.to_numpy())

    def read_element(self, name: str, i: int) -> Array:
        awkward = _module("awkward", "root", self.shown)
        return _element(awkward.from_arrow(self._column(name)), i)


def _is_number(kinds: Any, kind: Any) -> bool:
    return bool(kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind))


def _element(values: Any, i: int) -> Array:
    """Value number `i` of each event; NaN where there are fewer."""
    import awkward

    chosen = awkward.pad_none(values, i + 1, axis=1)[:, i]
    if awkward.any(awkward.is_none(chosen)):
        chosen = awkward.fill_none(awkward.values_astype(chosen, np.float64), np.nan)
    return np.asarray(awkward.to_numpy(awkward.drop_none(chosen)))


def _joined(sources: list[Source]) -> Source:
    """Friends side by side."""
    return sources[0] if len(sources) == 1 else Friends(sources)


class Friends:
    """Trees of equally many entries, whose columns belong together."""

    def __init__(self, sources: list[Any]) -> None:
        self.shown = " + ".join(source.shown for source in sources)
        self.flat: list[str] = []
        self.jagged: list[str] = []
        self._owner: dict[str, Any] = {}
        for source in sources:
            if source.n_events != sources[0].n_events:
                raise DataError(
                    f"{sources[0].shown} has {sources[0].n_events} events and its friend {source.shown} {source.n_events}; "
                    "friends need one entry for each"
                )
            for names, kept in ((source.flat, self.flat), (source.jagged, self.jagged)):
                for name in names:
                    if name not in self._owner:
                        self._owner[name] = source
                        kept.append(name)

    def read_flat(self, name: str) -> Array:
        return np.asarray(self._owner[name].read_flat(name))

    def read_element(self, name: str, i: int) -> Array:
        return np.asarray(self._owner[name].read_element(name, i))


def _read(read: Callable[[], Any], name: str, shown: str) -> Any:
    try:
        return read()
    except Exception as error:
        raise FileError(f"column '{name}' of {shown} cannot be read: {_first_line(error)}; write the file again") from error


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
