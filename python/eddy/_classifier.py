"""Weakly supervised classifiers by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _eddy
from ._arguments import shown
from ._estimator import Estimator, Matrix, Seed, all_or_nothing, weights_of
from ._progress import Progress, progress_of, tell
from ._tables import unmasked
from ._toml import override
from .errors import ConfigError, DataError

__all__ = ["Classifier"]


class Classifier(Estimator):
    """An ensemble of classifiers of two samples, such as data against a reference; both count alike in the training,
    whatever their numbers of events.

    Parameters
    ----------
    kind
        "trees" (boosted, XGBoost), "mlp" (a network) or "linear" (Fisher's discriminant).
    members
        Classifiers whose probabilities are averaged; they differ in what they hold out, and in their random numbers.
    options
        Of the section [trees], [mlp] or [linear] of a configuration (docs/options.md), such as {"max_iterations": 100}.
    random_state
        Seed; the same arguments give the same classifier, for any number of threads.
    progress
        As in `eddy.run`.

    Attributes
    ----------
    classes_
        The two labels, ascending; the second is "data".
    n_features_in_, feature_names_in_
        Columns of X at fit.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> random = np.random.default_rng(1)
    >>> label = np.arange(2000) % 2
    >>> x = random.normal(label, 1, (2, 2000)).T
    >>> classifier = eddy.Classifier(members=2, options={"max_iterations": 30}).fit(x, label)
    >>> bool(eddy.stats.sic(label, classifier.predict_proba(x)[:, 1]).auc > 0.8)
    True
    """

    def __init__(
        self,
        kind: str = "trees",
        *,
        members: int = 1,
        options: Mapping[str, Any] | None = None,
        random_state: Seed = None,
        progress: Progress = None,
    ) -> None:
        self.kind = kind
        self.members = members
        self.options = options
        self.random_state = random_state
        self.progress = progress

    @staticmethod
    def _model_of(content: bytes) -> Any:
        return _eddy.classifier_from_bytes(content)

    @all_or_nothing
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Classifier:
        """Learns to tell the two labels of `y`.

        Parameters
        ----------
        X
            Shape (n_events, n_features): a DataFrame, another table, or a matrix.
        y
            Two different labels, shape (n_events).
        sample_weight
            What each event counts, not negative, shape (n_events).

        Raises
        ------
        ConfigError
            For parameters out of range.
        DataError
            For values that are not finite, one label or more than two, too few events.
        """
        if not isinstance(self.kind, str) or self.kind not in ("trees", "mlp", "linear"):
            raise ConfigError(f"kind is {shown(self.kind)}; give 'trees', 'mlp' or 'linear'")
        if isinstance(self.members, bool) or not isinstance(self.members, (int, np.integer)) or not 1 <= self.members <= 10000:
            raise ConfigError(f"members is {self.members!r}; give a whole number from 1 to 10000")
        matrix = self._matrix(X, fitting=True)
        labels = self._labels(y, len(matrix))
        weights = weights_of(sample_weight, len(matrix))
        if len(weights) and len(np.unique(labels[weights > 0])) < 2:
            raise DataError("only one class has events of weight above 0; both labels need some")
        self.model_ = _eddy.fit_classifier(
            matrix,
            np.ascontiguousarray(labels == self.classes_[1], dtype=np.uint8),
            weights if len(weights) else np.ones(len(matrix), np.float32),
            self.kind,
            [override(f"{self.kind}.{key}", value) for key, value in (self.options or {}).items()],
            int(self.members),
            self._seed(),
            tell,
            progress_of(self.progress),
        )
        return self

    def _labels(self, y: Any, n: int) -> npt.NDArray[Any]:
        if y is None:
            raise DataError("requires y to be passed, but the target y is None: give the label of each event")
        labels = _plain_labels(y)
        if labels.ndim == 2 and labels.shape[1] == 1:
            _warn_of_column()
            labels = labels[:, 0]
        if labels.ndim != 1 or len(labels) != n:
            raise DataError(f"y has the shape {labels.shape} for {n} events; give one label per event")
        if labels.dtype.kind == "f" and not np.isfinite(labels).all():
            raise DataError("Input y contains NaN or infinity (inf); give one of two labels for each event")
        if labels.dtype.kind == "f" and (labels != np.trunc(labels)).any():
            raise DataError("Unknown label type: continuous; give one of two labels for each event")
        try:
            self.classes_ = np.unique(labels)
        except TypeError as error:
            kinds = sorted({type(label).__name__ for label in labels})
            raise DataError(
                f"y has labels of several kinds ({', '.join(kinds)}); give one of two labels for each event"
            ) from error
        if len(self.classes_) != 2:
            some = ", ".join(str(label) for label in self.classes_[:5])
            raise DataError(
                f"y has {len(self.classes_)} class{'es' if len(self.classes_) > 1 else ''} ({some}). "
                "Only binary classification is supported: give two different labels, for data and reference"
            )
        return labels

    def predict_proba(self, X: Any) -> Matrix:
        """Probabilities of both labels when both are equally likely, shape (n_events, 2)."""
        model = self._require_fitted()
        data = model.predict(self._matrix(X))
        return np.column_stack([1 - data, data])

    def decision_function(self, X: Any) -> npt.NDArray[np.float32]:
        """Log odds of the second label, shape (n_events)."""
        probability = self.predict_proba(X)
        with np.errstate(divide="ignore"):
            odds: npt.NDArray[np.float32] = np.log(probability[:, 1]) - np.log(probability[:, 0])
        return odds

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The likelier label, shape (n_events)."""
        second = self.predict_proba(X)[:, 1] > 0.5
        chosen: npt.NDArray[Any] = self.classes_[second.astype(int)]
        return chosen

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Fraction of the events whose label is predicted."""
        predicted, labels = self.predict(X), _plain_labels(y)
        if labels.shape != predicted.shape:
            raise DataError(f"y has the shape {labels.shape} for {len(predicted)} events; give one label per event")
        weights = None if sample_weight is None else weights_of(sample_weight, len(predicted))
        return float(np.average(predicted == labels, weights=weights))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags

        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier"
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.target_tags.required = True
        return tags


def _plain_labels(y: Any) -> npt.NDArray[Any]:
    try:
        return np.asarray(unmasked(y, "y"))
    except DataError:
        raise
    except (TypeError, ValueError) as error:
        raise DataError(
            f"y ({type(y).__name__}) has missing values or no one type; give one of two labels for each event"
        ) from error


def _warn_of_column() -> None:
    import sys
    import warnings

    category: type[Warning] = UserWarning
    if "sklearn.exceptions" in sys.modules:
        category = sys.modules["sklearn.exceptions"].DataConversionWarning
    warnings.warn("A column-vector y was passed when a 1d array was expected; its column is taken", category, stacklevel=3)
