"""Jets and their substructure, by FastJet: particles in, features out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _eddy
from ._arguments import listed, real_number, shown
from ._tables import unmasked
from ._toml import override
from .errors import ConfigError, DataError

__all__ = ["cluster"]

_LAYOUTS = {
    "px_py_pz_e": (("px",), ("py",), ("pz",), ("e", "E", "energy")),
    "pt_eta_phi_m": (("pt",), ("eta",), ("phi",), ("m", "mass", "M")),
    "pt_eta_phi_e": (("pt",), ("eta",), ("phi",), ("e", "E", "energy")),
    "pt_eta_phi": (("pt",), ("eta",), ("phi",)),
}


def cluster(
    particles: Any,
    *,
    algorithm: str = "antikt",
    radius: float = 1.0,
    pt_min: float = 20.0,
    described: int = 2,
    beta: tuple[float, ...] = (1.0,),
    n_max: int = 4,
    **options: Any,
) -> Any:
    """Jets of each event, with masses, N-subjettiness and soft-drop masses: what `eddy features` computes.

    Parameters
    ----------
    particles
        An awkward array of events of particles with the fields px, py, pz, e; or pt, eta, phi and, if they have masses, m. Or
        a numpy array of shape (n_events, n_particles, 4) of px, py, pz, E, where rows of zeros are no particles. In GeV.
    algorithm
        "antikt", "cambridge_aachen" or "kt".
    radius, pt_min, described
        Of the jets; the hardest `described` of them have columns of their own.
    beta, n_max
        Of N-subjettiness: exponents of the angle, and tau_1 ... tau_n_max.
    **options
        "section.key" of the configuration of `eddy features` as section_key: soft_drop_z_cut, soft_drop_beta, jets_eta_max, ...

    Returns
    -------
    awkward.Array or dict of arrays
        A record per event (awkward in, awkward out) or a float64 array for each column: pt_j1, m_j1, tau21_j1, m_sd_j1, mjj, ...;
        masses and momenta in GeV.

    Raises
    ------
    DataError
        For other shapes and fields, and for particles that are not finite.

    Examples
    --------
    >>> import numpy as np, eddy
    >>> back_to_back = np.array([[[100, 0, 0, 100], [-100, 0, 0, 100], [0, 0, 0, 0]]], dtype=float)
    >>> jets = eddy.jets.cluster(back_to_back)
    >>> float(jets["mjj"][0]), int(jets["n_jets"][0])
    (200.0, 2)
    """
    momenta, offsets, is_awkward = _momenta_of(particles)
    if not np.isfinite(momenta).all():
        raise DataError("a particle has a momentum or an energy that is not finite; leave it out")
    settings = [
        override("jets.algorithm", algorithm),
        override("jets.radius", real_number(radius, "radius")),
        override("jets.pt_min", real_number(pt_min, "pt_min")),
        override("jets.described", described),
        override("nsubjettiness.beta", [real_number(b, "beta") for b in listed(beta, "beta")]),
        override("nsubjettiness.n_max", n_max),
    ]
    settings += [_option(key, value) for key, value in options.items()]
    columns = {name: values for name, (_, values) in _eddy.jet_features(momenta, offsets, settings).items()}
    if is_awkward:
        import awkward

        return awkward.Array(columns)
    return columns


def _option(key: str, value: Any) -> str:
    for section in ("particles", "jets", "nsubjettiness", "soft_drop"):
        if key.startswith(f"{section}_"):
            return override(f"{section}.{key.removeprefix(f'{section}_')}", value)
    raise ConfigError(f"there is no option '{key}'; write section_key, such as soft_drop_z_cut")


def _momenta_of(particles: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], bool]:
    """Rows of px, py, pz, E, where each event begins and the last one ends, and whether awkward came in."""
    if type(particles).__module__.startswith("awkward"):
        return (*_of_awkward(particles), True)
    given = unmasked(particles, "column of particles")
    try:
        array = np.asarray(given)
    except (TypeError, ValueError) as error:
        raise DataError(f"particles are {shown(particles)}, not of one shape; give (n_events, n_particles, 4)") from error
    if array.dtype.kind not in "fiub":
        raise DataError(f"particles are {array.dtype}, which are no numbers; give (n_events, n_particles, 4)")
    if array.ndim != 3 or array.shape[2] != 4:
        raise DataError(
            f"particles have the shape {array.shape}; give (n_events, n_particles, 4) of px, py, pz, E, or an awkward array"
        )
    array = array.astype(np.float64)
    is_there = array.any(axis=2)
    offsets = np.concatenate([[0], np.cumsum(is_there.sum(axis=1))])
    return np.ascontiguousarray(array[is_there]), offsets.astype(np.int64), False


def _of_awkward(particles: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    import awkward

    if not particles.fields or particles[particles.fields[0]].ndim != 2:
        raise DataError(
            f"particles are {particles.type}; give events of particles with the fields px, py, pz, e or pt, eta, phi, m"
        )
    for layout, fields in _LAYOUTS.items():
        found = [next((name for name in names if name in particles.fields), None) for names in fields]
        if None not in found:
            columns = [_flat(particles[name], str(name)) for name in found]
            offsets = np.concatenate([[0], np.cumsum(awkward.to_numpy(awkward.num(particles[found[0]])))])
            return np.ascontiguousarray(np.column_stack(_cartesian(layout, columns))), offsets.astype(np.int64)
    raise DataError(f"particles have the fields {', '.join(particles.fields)}; px, py, pz, e or pt, eta, phi, m are needed")


def _flat(values: Any, name: str) -> npt.NDArray[np.float64]:
    """One field of all particles, one event after the other."""
    import awkward

    if any(awkward.any(awkward.is_none(values, axis=axis)) for axis in (0, 1)):
        raise DataError(f"'{name}' of the particles has missing values; leave these out, as with awkward.drop_none")
    flat = awkward.to_numpy(awkward.flatten(values), allow_missing=False)
    if flat.dtype.kind not in "fiub":
        raise DataError(f"'{name}' of the particles is {flat.dtype}, which are no numbers; convert it")
    return np.asarray(flat, np.float64)


def _cartesian(layout: str, columns: list[npt.NDArray[np.float64]]) -> list[npt.NDArray[np.float64]]:
    if layout == "px_py_pz_e":
        return columns
    pt, eta, phi = columns[:3]
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused later
        pz = pt * np.sinh(eta)
        if layout == "pt_eta_phi_e":
            return [pt * np.cos(phi), pt * np.sin(phi), pz, columns[3]]
        mass = columns[3] if len(columns) > 3 else np.zeros_like(pt)
        energy = np.sqrt((pt * np.cosh(eta)) ** 2 + mass**2)
        return [pt * np.cos(phi), pt * np.sin(phi), pz, energy]
