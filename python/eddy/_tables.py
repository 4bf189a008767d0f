"""Events in memory: a DataFrame, a dict of arrays, a structured array or an awkward record array, always by name of column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _eddy
from .errors import DataError

__all__ = ["Table", "as_column", "in_single_precision", "is_table", "odd_column", "table_of", "unmasked"]

Array = npt.NDArray[Any]
_KEPT = {np.dtype(kind) for kind in ("f4", "f8", "i4", "i8", "u8")}


class Table:
    """Named columns of equal length; a column is looked at when it is asked for."""

    def __init__(self, names: Sequence[Any], column: Callable[[Any], Any], shown: str = "the table") -> None:
        self.keys: dict[str, Any] = {}
        for name in names:
            if str(name) in self.keys:
                known = self.keys[str(name)]
                which = f" ({known!r} and {name!r})" if known != name else ""
                raise DataError(f"{shown} has two columns named '{name}'{which}; rename one of them")
            self.keys[str(name)] = name
        self.shown = shown
        self._column = column

    @property
    def names(self) -> list[str]:
        return list(self.keys)

    def column(self, name: str) -> Array:
        """The numbers of a column as eddy keeps them: C-contiguous, not copied where they are so already."""
        return as_column(name, self._column(self.keys[name]), self.shown)

    def require(self, wanted: Sequence[str]) -> None:
        """Raises DataError that names the first column that is not there, and the nearest one that is."""
        if wanted:
            _eddy.require_columns(self.shown, self.names, list(wanted))

    def written(self, wanted: Sequence[str], units: Mapping[str, str] | None = None) -> list[tuple[str, str, Array]]:
        """Name, unit and numbers of the columns `wanted`."""
        self.require(wanted)
        return [(name, (units or {}).get(name, ""), self.column(name)) for name in wanted]


def is_table(value: Any) -> bool:
    """Whether `value` is a table of events and not a path, a section of a configuration or something else."""
    if isinstance(value, Mapping):
        return bool(value) and all(_is_array(column) for column in value.values())
    return _is_frame(value) or _is_structured(value) or _is_awkward(value)


def odd_column(columns: Mapping[Any, Any], shown: str) -> DataError:
    """What to say of a dict that is no table."""
    for name, value in columns.items():
        if not _is_array(value):
            line = " ".join(repr(value).split())
            return DataError(f"{shown} is a dict whose '{name}' is {line:.40}; give an array for each column")
    return DataError(f"{shown} is a dict without columns; give an array for each")


def table_of(value: Any, shown: str = "the table") -> Table:
    """The columns of any table that eddy knows.

    Raises
    ------
    DataError
        For anything else, and for two columns of one name.
    """
    if isinstance(value, Table):
        return Table(list(value.keys.values()), value._column, shown)
    if isinstance(value, Mapping):
        return Table(list(value), lambda name: value[name], shown)
    if _is_frame(value):
        return Table(list(value.columns), lambda name: value[name], shown)
    if _is_structured(value):
        return Table(value.dtype.names, lambda name: value[name], shown)
    if _is_awkward(value):
        return Table(value.fields, lambda name: value[name], shown)
    raise DataError(
        f"{shown} is a {type(value).__name__}, of which eddy knows no columns; give a pandas DataFrame, a dict of arrays, a "
        "structured array, an awkward record array or the name of a file"
    )


def as_column(name: str, values: Any, shown: str = "the table") -> Array:
    """A column of numbers as eddy keeps them: float32, float64, int32, int64 or uint64, C-contiguous, in native byte order.

    What is so already is not copied. float16 becomes float32, bool and small integers int32, uint32 int64, extended floats
    float64: no value changes but those of extended floats.

    Raises
    ------
    DataError
        For values that are missing (masked, NA), for texts, objects, times and complex numbers, and for more than one value
        per event.
    """
    where = f"column '{name}' of {shown}"
    array = _plain_array(values, where)
    if array.ndim != 1:
        raise DataError(f"{where} has the shape {array.shape}; give one number per event")
    if array.dtype in _KEPT and array.dtype.isnative:
        return np.ascontiguousarray(array)
    return np.ascontiguousarray(array, dtype=_kept_type(array, where))


def _kept_type(array: Array, where: str) -> np.dtype[Any]:
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "f":
        return np.dtype("f4" if size <= 4 else "f8")
    if kind == "b" or (kind in "iu" and size <= 2):
        return np.dtype("i4")
    if kind == "i":
        return np.dtype("i4" if size == 4 else "i8")
    if kind == "u":
        return np.dtype("i8" if size == 4 else "u8")
    if kind == "O":
        odd = [value for value in array if not isinstance(value, (int, float, np.number, np.bool_))]
        if odd:
            raise DataError(
                f"{where} holds objects ({type(odd[0]).__name__}: {odd[0]!r:.40}), which are no numbers; convert them"
            )
        raise DataError(f"{where} holds numbers as objects ({type(array[0]).__name__}); convert it with astype(float)")
    raise DataError(f"{where} is {array.dtype}, which are no numbers; use another column or convert it")


def in_single_precision(values: Any) -> npt.NDArray[np.float32]:
    """C-contiguous float32; numbers beyond 3.4e38 are infinite then, which whoever asks has a sentence for."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, dtype=np.float32)


def unmasked(values: Any, where: str) -> Any:
    """The values, none of which may be masked: what stands under a mask is no number that anybody meant."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    n_masked = int(np.broadcast_to(values.mask, values.shape).sum())
    if n_masked > 0:
        raise DataError(f"{where} has {n_masked} masked values; fill them with numbers, or leave these events out")
    return np.asarray(values.data)


def _plain_array(values: Any, where: str) -> Array:
    values = unmasked(values, where)
    if _is_awkward(values) or type(values).__module__.startswith("awkward"):
        return _of_awkward(values, where)
    if hasattr(values, "isna") and hasattr(values, "to_numpy") and type(values.dtype).__module__.startswith("pandas"):
        return _of_nullable(values, where)
    try:
        return np.asarray(values)
    except ValueError as error:
        raise DataError(f"{where} has not one number per event; give one for each") from error


def _of_nullable(values: Any, where: str) -> Array:
    """Columns of pandas' own types."""
    n_missing = int(values.isna().sum())
    if n_missing > 0:
        raise DataError(f"{where} has {n_missing} missing values; fill them with numbers, or leave these events out")
    kind = getattr(values.dtype, "numpy_dtype", None)
    return np.asarray(values.to_numpy(dtype=kind) if isinstance(kind, np.dtype) else values.to_numpy())


def _of_awkward(values: Any, where: str) -> Array:
    import awkward

    if awkward.any(awkward.is_none(values, axis=0)):
        raise DataError(f"{where} has missing values; fill them with awkward.fill_none, or leave these events out")
    try:
        return np.asarray(awkward.to_numpy(values, allow_missing=False))
    except ValueError as error:
        raise DataError(f"{where} has not one number per event ({values.type}); choose one, as values[:, 0]") from error


def _is_array(value: Any) -> bool:
    if isinstance(value, (str, bytes, Mapping)):
        return False
    return (
        hasattr(value, "__array__") or (isinstance(value, Sequence) and not isinstance(value, str)) or hasattr(value, "to_numpy")
    )


def _is_frame(value: Any) -> bool:
    return hasattr(value, "columns") and hasattr(value, "__getitem__") and hasattr(value, "iloc")


def _is_structured(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.names is not None


def _is_awkward(value: Any) -> bool:
    return type(value).__module__.startswith("awkward") and bool(getattr(value, "fields", []))
