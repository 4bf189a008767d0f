"""What estimators share: parameters, names of features, pickles. scikit-learn's conventions, without needing scikit-learn."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from . import _eddy
from ._arguments import real_number
from ._tables import as_column, in_single_precision, is_table, odd_column, table_of, unmasked
from ._toml import override
from .errors import ConfigError, DataError, EddyError

E = TypeVar("E", bound="Estimator")
F = TypeVar("F", bound=Callable[..., Any])
Matrix = npt.NDArray[np.float32]
Seed = int | np.random.RandomState | None


class NotFittedError(EddyError, ValueError, AttributeError):
    """An estimator was asked before it was fitted."""


class NotNumbersError(DataError, TypeError):
    """A matrix holds what is no number, which scikit-learn wants to be a TypeError."""


def not_fitted(estimator: Any) -> Exception:
    """The error; where scikit-learn is in use, one that is its own, too."""
    sentence = f"this {type(estimator).__name__} is not fitted yet; call fit first"
    if "sklearn.exceptions" in sys.modules:
        theirs = sys.modules["sklearn.exceptions"].NotFittedError
        both: type[Exception] = type("NotFittedError", (NotFittedError, theirs), {})
        return both(sentence)
    return NotFittedError(sentence)


class Estimator:
    """Parameters are the arguments of __init__, attributes with a trailing underscore come from fit."""

    _model_attribute: ClassVar[str] = "model_"

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters, as they were given."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self: E, **params: Any) -> E:
        """Changes parameters; what was fitted stays until the next fit."""
        known = self._parameter_names()
        for name, value in params.items():
            if name not in known:
                near = _eddy.nearest_name(name, known)
                hint = f"did you mean '{near}'?" if near else f"there are {', '.join(known)}"
                raise ConfigError(f"{type(self).__name__} has no parameter '{name}'; {hint}")
            setattr(self, name, value)
        return self

    def _options(self, section: str, names: Sequence[str]) -> list[str]:
        """Parameters of these names, as options of a section."""
        return [override(f"{section}.{name}", getattr(self, name)) for name in names]

    def _require_fitted(self) -> Any:
        model = self.__dict__.get(self._model_attribute)
        if model is None:
            raise not_fitted(self)
        return model

    def _seed(self) -> int:
        """The parameter random_state as a seed; None is 1: the same arguments give the same result."""
        state = self.__dict__.get("random_state", 1)
        if state is None:
            return 1
        if isinstance(state, np.random.RandomState):
            return int(state.randint(2**31 - 1))
        if isinstance(state, (int, np.integer)) and not isinstance(state, bool) and 0 <= state < 2**63:
            return int(state)
        raise ConfigError(f"random_state is {state!r}; give a whole number from 0 on, a RandomState or None")

    def _note_features(self, names: list[str] | None, n: int) -> None:
        self.n_features_in_ = n
        self.__dict__.pop("feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)

    def _check_features(self, names: list[str] | None, n: int) -> None:
        expected = self.__dict__.get("feature_names_in_")
        if names is not None and expected is not None and list(expected) != names:
            raise DataError(
                f"the features are {', '.join(names)}, but this {type(self).__name__} was fitted with {', '.join(expected)}"
            )
        if n != self.n_features_in_:
            raise DataError(f"X has {n} features, but {type(self).__name__} is expecting {self.n_features_in_} features as input")

    def _matrix(self, X: Any, *, fitting: bool = False) -> Matrix:
        """The table as (n_events, n_features) of float32; after fit, columns of tables are picked by name."""
        names = None if fitting else self.__dict__.get("feature_names_in_")
        matrix, found = matrix_of(X, None if names is None else list(names), fitting=fitting)
        if fitting:
            self._note_features(found, matrix.shape[1])
        else:
            self._check_features(found, matrix.shape[1])
        return matrix

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}" for name, value in self.get_params().items() if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Estimator) or type(other) is not type(self):
            return NotImplemented
        return _comparable(self.__getstate__()) == _comparable(other.__getstate__())

    __hash__ = object.__hash__

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        model = state.get(self._model_attribute)
        if model is not None:
            state[self._model_attribute] = model.to_bytes()
        state["_eddy_version"] = _eddy.__version__
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        state.pop("_eddy_version", None)
        model = state.get(self._model_attribute)
        if model is not None:
            state[self._model_attribute] = self._model_of(model)
        self.__dict__.update(state)

    @staticmethod
    def _model_of(content: bytes) -> Any:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=False))


def _comparable(state: dict[str, Any]) -> dict[str, Any]:
    return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in state.items()}


def matrix_of(X: Any, names: list[str] | None = None, shown: str = "X", fitting: bool = False) -> tuple[Matrix, list[str] | None]:
    """X as (n_events, n_columns) of float32, and the names of its columns where it has some.

    Parameters
    ----------
    X
        Any table, or a matrix of numbers.
    names
        Columns to take from a table, in this order; None: all.

    Raises
    ------
    DataError
        For values that are missing or not finite, other shapes, no events or no features.
    """
    if hasattr(X, "toarray"):
        raise TypeError(f"{shown} is a sparse matrix; eddy takes dense ones, use {shown}.toarray()")
    if is_table(X) and not isinstance(X, list):
        table = table_of(X, shown)
        chosen = names if names is not None else table.names
        table.require(chosen)
        matrix = _side_by_side([(name, table.column(name)) for name in chosen], shown)
        _require_numbers(matrix, shown, fitting)
        return np.ascontiguousarray(matrix), chosen
    if isinstance(X, Mapping):
        raise odd_column(X, shown)
    array = np.asarray(unmasked(X, shown))
    if array.dtype.kind == "c":
        raise DataError(f"Complex data not supported: {shown} is {array.dtype}; give real numbers")
    if array.ndim != 2:
        raise DataError(
            f"{shown} has the shape {array.shape}; Expected 2D array of shape (n_events, n_features). Reshape your data: "
            "one column is X.reshape(-1, 1), one event X.reshape(1, -1)"
        )
    if array.dtype.kind == "O":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise NotNumbersError(f"{shown} holds objects; argument must be a string or a number: {error}") from error
    matrix = as_matrix(array, shown)
    _require_numbers(matrix, shown, fitting)
    return matrix, None


def all_or_nothing(fit: F) -> F:
    """A fit that fails leaves the estimator as it was, and never half of one and half of another."""

    @functools.wraps(fit)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = dict(self.__dict__)
        try:
            return fit(self, *args, **kwargs)
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    return guarded  # type: ignore[return-value]


def _side_by_side(columns: list[tuple[str, npt.NDArray[Any]]], shown: str) -> Matrix:
    for name, column in columns[1:]:
        if len(column) != len(columns[0][1]):
            raise DataError(
                f"column '{columns[0][0]}' of {shown} has {len(columns[0][1])} values but column '{name}' has {len(column)}; "
                "give one per event"
            )
    return np.column_stack([in_single_precision(column) for _, column in columns]) if columns else np.empty((0, 0), np.float32)


def as_matrix(array: npt.NDArray[Any], shown: str) -> Matrix:
    if array.dtype.kind not in "fiub":
        raise DataError(f"{shown} is {array.dtype}, which are no numbers; convert it")
    return in_single_precision(array)


def _require_numbers(matrix: Matrix, shown: str, fitting: bool) -> None:
    if matrix.shape[1] == 0:
        raise DataError(f"0 feature(s) (shape=({matrix.shape[0]}, 0)) while a minimum of 1 is required: {shown} has no columns")
    if matrix.shape[0] == 0:
        raise DataError(f"Found array with 0 sample(s) in {shown}: there are no events; check what was selected")
    if matrix.shape[0] == 1 and shown == "X" and fitting:
        raise DataError("X has 1 sample (n_samples=1); nothing can be learned from a single event")
    bad = ~np.isfinite(matrix)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise DataError(
            f"{shown} contains NaN or infinity (inf), or a number beyond 3.4e38, first in row {row}, column {column}; leave such "
            "events out"
        )


def weights_of(sample_weight: Any, n: int) -> npt.NDArray[np.float32]:
    """What each event counts: shape (n), or empty for 1 each."""
    if sample_weight is None:
        return np.empty(0, np.float32)
    if np.isscalar(sample_weight):
        return np.full(n, real_number(sample_weight, "sample_weight"), np.float32)
    weights = in_single_precision(as_column("sample_weight", sample_weight, "the arguments"))
    if len(weights) != n:
        raise DataError(f"sample_weight has {len(weights)} values for {n} events; give one per event")
    if not weights.any():
        raise DataError("all weights in sample_weight are zero, so no event counts; give one above 0 to those that do")
    return weights
