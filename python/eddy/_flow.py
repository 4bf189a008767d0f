"""Conditional normalizing flows by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _eddy
from ._arguments import listed, real_number, shown, whole_number
from ._estimator import Estimator, Matrix, Seed, all_or_nothing, matrix_of, weights_of
from ._progress import Progress, progress_of, tell
from ._tables import is_table, unmasked
from ._toml import override as _option
from .errors import ConfigError, DataError

__all__ = ["Flow"]

_OPTIONS = (
    "layers", "bins", "hidden", "blocks", "batch_norm", "bound", "feature_scaler", "context_scaler", "moving_quantiles",
    "epochs", "batch_size", "learning_rate", "schedule", "patience",
)  # fmt: skip


class Flow(Estimator):
    """A density p(x | context), learned by an autoregressive flow.

    Parameters
    ----------
    context
        Columns of X that the density is conditional on: names, or numbers of columns of a matrix. None: p(x).
    kind
        "rqs" (rational-quadratic splines) or "affine"; the option `transform` of the section [flow].
    layers, bins, hidden, blocks, batch_norm, bound, feature_scaler, context_scaler, moving_quantiles
        As in the section [flow] of a configuration (docs/options.md).
    epochs, batch_size, learning_rate, schedule, patience
        Of the training; the best epoch is kept. epochs = 0: four passes over the events, more where events are few.
    validation_fraction
        Of the events, never trained on, which decide when to stop.
    random_state
        Seed; the same arguments give the same flow, for any number of threads.
    progress
        As in `eddy.run`.

    Attributes
    ----------
    n_features_in_, feature_names_in_
        Columns of X at fit, context included.
    loss_curve_, validation_loss_curve_
        Mean negative log-density in scaled space after each epoch.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> random = np.random.default_rng(1)
    >>> m = random.uniform(1, 2, 4000)
    >>> x = random.normal(m, 0.5)
    >>> flow = eddy.Flow(context=["m"], layers=2, epochs=10).fit({"m": m, "x": x})
    >>> z = flow.transform({"m": m, "x": x})
    >>> print(f"{z.mean():.1f} ± {z.std():.1f}")
    0.0 ± 1.0
    """

    def __init__(
        self,
        context: Sequence[str] | Sequence[int] | None = None,
        *,
        kind: str = "rqs",
        layers: int = 4,
        bins: int = 8,
        hidden: int = 64,
        blocks: int = 1,
        batch_norm: bool = False,
        bound: float = 5.0,
        feature_scaler: str = "quantile",
        context_scaler: str = "quantile",
        moving_quantiles: bool = False,
        epochs: int = 0,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        schedule: str = "cosine",
        patience: int = 10,
        validation_fraction: float = 0.2,
        random_state: Seed = None,
        progress: Progress = None,
    ) -> None:
        self.context = context
        self.kind = kind
        self.layers = layers
        self.bins = bins
        self.hidden = hidden
        self.blocks = blocks
        self.batch_norm = batch_norm
        self.bound = bound
        self.feature_scaler = feature_scaler
        self.context_scaler = context_scaler
        self.moving_quantiles = moving_quantiles
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.progress = progress

    @staticmethod
    def _model_of(content: bytes) -> Any:
        return _eddy.flow_from_bytes(content)

    @all_or_nothing
    def fit(self, X: Any, y: Any = None, *, sample_weight: Any = None) -> Flow:
        """Learns p(features | context).

        Parameters
        ----------
        X
            Shape (n_events, n_features), context included: a DataFrame, another table, or a matrix.
        y
            Not used.
        sample_weight
            What each event counts, not negative, shape (n_events).

        Raises
        ------
        ConfigError
            For parameters out of range.
        DataError
            For values that are not finite, features without spread, too few events.
        NumericError
            Where the loss is not finite.
        """
        matrix = self._matrix(X, fitting=True)
        self._columns = self._split_columns()
        x, context = self._split(matrix)
        names = [str(name) for name in getattr(self, "feature_names_in_", range(matrix.shape[1]))]
        features, contexts = self._columns
        options = [*self._options("flow", _OPTIONS), _option("flow.transform", self.kind)]
        self.model_ = _eddy.fit_flow(
            x,
            context,
            weights_of(sample_weight, len(matrix)),
            [names[i] for i in features],
            [names[i] for i in contexts],
            options,
            real_number(self.validation_fraction, "validation_fraction"),
            self._seed(),
            tell,
            progress_of(self.progress),
        )
        self.loss_curve_ = list(self.model_.train_loss)
        self.validation_loss_curve_ = list(self.model_.validation_loss)
        return self

    def _split_columns(self) -> tuple[list[int], list[int]]:
        """Positions of the features and of the context among the columns of X."""
        given: list[Any] = [] if self.context is None else listed(self.context, "context")
        known = list(getattr(self, "feature_names_in_", []))
        contexts = []
        for column in given:
            if isinstance(column, str):
                if column not in known:
                    near = _eddy.nearest_name(column, known)
                    raise DataError(f"X has no column '{column}' for the context" + (f"; did you mean '{near}'?" if near else ""))
                contexts.append(known.index(column))
            elif not isinstance(column, (int, np.integer)):
                raise ConfigError(f"context is {shown(self.context)}; give names or positions of columns")
            elif -self.n_features_in_ <= column < self.n_features_in_:
                contexts.append(int(column) % self.n_features_in_)
            else:
                raise DataError(f"X has {self.n_features_in_} columns, so there is no column {column} for the context")
        features = [i for i in range(self.n_features_in_) if i not in contexts]
        if not features:
            raise DataError("every column of X is context, so there is nothing to learn; leave a column out of context")
        return features, contexts

    def _split(self, matrix: Matrix) -> tuple[Matrix, Matrix]:
        features, contexts = self._columns
        return np.ascontiguousarray(matrix[:, features]), np.ascontiguousarray(matrix[:, contexts])

    def _context_matrix(self, context: Any, n: int | None) -> Matrix:
        """Context of events that are to be made: from a table by name, or as it is."""
        contexts = self._columns[1]
        if not contexts:
            if context is not None:
                raise ConfigError("this Flow has no context; leave it out")
            return np.empty((1 if n is None else n, 0), np.float32)
        if context is None:
            raise ConfigError(f"this Flow is conditional on {len(contexts)} columns; give the context of each event")
        names = [str(self.feature_names_in_[i]) for i in contexts] if hasattr(self, "feature_names_in_") else None
        if is_table(context):
            return matrix_of(context, names, "context")[0]
        array = np.asarray(unmasked(context, "context"))
        array = array.reshape(-1, 1) if array.ndim == 1 and len(contexts) == 1 else array
        matrix, _ = matrix_of(array, None, "context")
        if matrix.shape[1] != len(contexts):
            raise DataError(f"context has {matrix.shape[1]} columns, but this Flow is conditional on {len(contexts)}")
        return matrix

    def log_prob(self, X: Any) -> npt.NDArray[np.float32]:
        """log p(features | context) in inverse physical units, shape (n_events); values outside the range of the training
        events are clipped to it."""
        model = self._require_fitted()
        density: npt.NDArray[np.float32] = model.log_prob(*self._split(self._matrix(X)))
        return density

    def score_samples(self, X: Any) -> npt.NDArray[np.float32]:
        """`log_prob`, under the name that scikit-learn gives densities."""
        return self.log_prob(X)

    def score(self, X: Any, y: Any = None) -> float:
        """Mean of log_prob."""
        return float(np.mean(self.log_prob(X), dtype=np.float64))

    def transform(self, X: Any) -> Matrix:
        """The latent z = f(x; context), shape (n_events, n_features): standard normal where X follows the density."""
        model = self._require_fitted()
        latent: Matrix = model.to_latent(*self._split(self._matrix(X)))
        return latent

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Matrix:
        """fit, then transform."""
        return self.fit(X, y, **fit_params).transform(X)

    def inverse_transform(self, Z: Any, context: Any = None) -> Matrix:
        """x = f^-1(z; context).

        Parameters
        ----------
        Z
            Shape (n_events, n_features).
        context
            A table with its columns, or shape (n_events, n_context); of a Flow without context: None.

        Returns
        -------
        Features in the order of X at fit, without the context.
        """
        model = self._require_fitted()
        z, _ = matrix_of(np.asarray(unmasked(Z, "Z")), None, "Z")
        conditions = self._context_matrix(context, len(z))
        if z.shape[1] != len(self._columns[0]) or len(conditions) != len(z):
            raise DataError(
                f"Z has the shape {z.shape} and the context {conditions.shape}; this Flow has {len(self._columns[0])} features "
                "and wants one context per event"
            )
        features: Matrix = model.from_latent(z, conditions)
        return features

    def sample(self, n_samples: int = 1, *, context: Any = None, random_state: Seed = None) -> Matrix:
        """Features drawn from the density, shape (n_samples, n_features); with a context, one per row of it.

        Parameters
        ----------
        random_state
            Seed; None: that of the Flow.
        """
        model = self._require_fitted()
        n_samples = whole_number(n_samples, "n_samples", 1)
        if random_state is not None:
            return self._sample(model, n_samples, context, Flow(random_state=random_state)._seed())
        return self._sample(model, n_samples, context, self._seed())

    def _sample(self, model: Any, n_samples: int, context: Any, seed: int) -> Matrix:
        drawn: Matrix = model.sample(self._context_matrix(context, n_samples), seed)
        return drawn

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import TransformerTags

        tags = super().__sklearn_tags__()
        tags.transformer_tags = TransformerTags(preserves_dtype=["float32"])
        return tags
