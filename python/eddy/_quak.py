"""Spaces of losses (QUAK, 2011.03550) by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _eddy
from ._arguments import text
from ._estimator import Estimator, Matrix, Seed, all_or_nothing, matrix_of
from ._progress import Progress, progress_of, tell
from ._toml import override
from .errors import ConfigError, DataError

__all__ = ["QuakSpace"]


class QuakSpace(Estimator):
    """How badly autoencoders of background and of signal priors reconstruct events: one loss for each.

    Parameters
    ----------
    scaler
        What prepares the features, fitted on the background: "standard", "minmax", "logit", "log" or "quantile".
    options
        Of the section [vae] of a configuration (docs/options.md), such as {"epochs": 20}.
    random_state
        Seed; the same arguments give the same space, for any number of threads.
    progress
        As in `eddy.run`.

    Attributes
    ----------
    losses_
        Names of the axes: "background", then the priors.
    n_features_in_, feature_names_in_
        Columns of the background at fit.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> random = np.random.default_rng(1)
    >>> background, signal = random.normal(0, 1, (3000, 3)), random.normal(2, 0.5, (1000, 3))
    >>> options = {"epochs": 15, "latent": 2, "flow_layers": 2, "hidden": [16, 8]}
    >>> space = eddy.QuakSpace(options=options).fit(background, {"heavy": signal})
    >>> losses = space.transform(random.normal(2, 0.5, (500, 3)))
    >>> losses.shape, bool(losses[:, 1].mean() < losses[:, 0].mean())
    ((500, 2), True)
    """

    def __init__(
        self,
        *,
        scaler: str = "standard",
        options: Mapping[str, Any] | None = None,
        random_state: Seed = None,
        progress: Progress = None,
    ) -> None:
        self.scaler = scaler
        self.options = options
        self.random_state = random_state
        self.progress = progress

    @staticmethod
    def _model_of(content: bytes) -> Any:
        return _eddy.loss_space_from_bytes(content)

    @all_or_nothing
    def fit(self, X: Any, priors: Mapping[str, Any] | None = None) -> QuakSpace:
        """Trains an autoencoder on the background, and one on each prior.

        Parameters
        ----------
        X
            Background, shape (n_events, n_features).
        priors
            Name -> signal events with the same features. None: the space has one axis.
        """
        background = self._matrix(X, fitting=True)
        if priors is not None and not isinstance(priors, Mapping):
            raise ConfigError(f"priors are a {type(priors).__name__}; give a dict of name -> events")
        names = list(getattr(self, "feature_names_in_", [])) or None
        samples = [background]
        for name, events in (priors or {}).items():
            sample, _ = matrix_of(events, names, f"prior '{name}'")
            if sample.shape[1] != self.n_features_in_:
                raise DataError(f"prior '{name}' has {sample.shape[1]} features, the background {self.n_features_in_}")
            samples.append(sample)
        self.losses_ = ["background", *(str(name) for name in priors or {})]
        features = [str(name) for name in names or range(self.n_features_in_)]
        options = [override(f"vae.{key}", value) for key, value in (self.options or {}).items()]
        self.model_ = _eddy.fit_loss_space(
            samples, self.losses_, features, text(self.scaler, "scaler"), options, self._seed(), tell, progress_of(self.progress)
        )
        return self

    def transform(self, X: Any) -> Matrix:
        """The losses of events, shape (n_events, n_losses): squared distances in scaled features, summed."""
        model = self._require_fitted()
        losses: Matrix = model.losses(self._matrix(X))
        return losses

    def fit_transform(self, X: Any, priors: Mapping[str, Any] | None = None) -> Matrix:
        """fit, then transform of the background."""
        return self.fit(X, priors).transform(X)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Names of the axes."""
        self._require_fitted()
        return np.array([f"loss_{name}" for name in self.losses_], dtype=object)
