"""Writes bump_reference.json, the numbers that bump_reference_test.cpp compares with: run with the system python3.

Independent of eddy: Minuit (python3-iminuit 2.11) minimises, bins are integrated by 40-point Gauss-Legendre (dijet) or
SciPy's incomplete beta function (Bernstein), and the dijet function is centred at a pivot instead of orthogonalised.
"""

import json
from math import erf, log, sqrt
from pathlib import Path

import numpy as np
from iminuit import Minuit
from scipy.special import betainc

NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def dijet_shape(edges, sqrt_s, n_parameters):
    """Bin integrals as a function of (a, p1, ...), ln f = a at the pivot, and the map from ln p0 to a."""
    low, high = edges[:-1, None] / sqrt_s, edges[1:, None] / sqrt_s
    x = 0.5 * (low + high) + 0.5 * (high - low) * NODES
    width = 0.5 * (high - low) * WEIGHTS * sqrt_s

    def basis(at):
        lx = np.log(at)
        return np.array([np.log1p(-at), -lx, -lx**2, -lx**3])[:n_parameters - 1]

    pivot = np.sqrt(edges[0] * edges[-1]) / sqrt_s
    centred = basis(x) - basis(np.array(pivot))[:, None, None]

    def contents(p):
        return (width * np.exp(p[0] + np.tensordot(p[1:], centred, 1))).sum(axis=1)

    def quoted(p):
        return [p[0] - float(np.dot(p[1:], basis(np.array(pivot)))), *p[1:]]

    return contents, quoted


def bernstein_shape(edges, order):
    t = (edges - edges[0]) / (edges[-1] - edges[0])
    cumulative = np.array([betainc(k + 1, order - k + 1, t) for k in range(order + 1)])
    table = np.diff(cumulative, axis=1)
    return (lambda p: np.dot(p, table)), list


def gaussian(edges, mean, width):
    cumulative = np.array([0.5 * (1 + erf((e - mean) / width / sqrt(2))) for e in edges])
    return np.diff(cumulative)


def poisson_half_deviance(n, mean):
    """Free of cancellation: Minuit's numerical derivatives need the digits."""
    x = (mean - n) / np.maximum(n, 1)
    return np.where(n > 0, n * (x - np.log1p(np.where(n > 0, x, 0))), mean)


def minimise(deviance, start, limits, fix_strength, strength_at):
    minuit = Minuit(deviance, start)
    minuit.errordef = 1.0
    minuit.strategy = 2
    minuit.tol = 1e-3
    for i, limit in enumerate(limits):
        if limit:
            minuit.limits[i] = limit
    minuit.fixed[strength_at] = fix_strength
    for _ in range(5):
        minuit.migrad(ncall=200000)
    minuit.hesse()
    assert minuit.valid and minuit.fmin.edm < 1e-6, minuit.fmin
    return minuit


def reference(case):
    edges, counts = np.array(case["edges"]), np.array(case["counts"])
    n_shape = case["n_parameters"]
    is_dijet = case["shape"] == "dijet"
    contents, quoted = (dijet_shape(edges, case["sqrt_s"], n_shape) if is_dijet
                        else bernstein_shape(edges, n_shape - 1))
    signal = gaussian(edges, case["mean"], case["width"])
    sizes = case["nuisances"]

    def deviance(p):
        scale = {"signal": 1.0, "background": 1.0}
        for nuisance, pull in zip(sizes, p[n_shape + 1:]):
            effect = np.array(nuisance["per_bin"]) if nuisance["per_bin"] else 1.0
            scale[nuisance["target"]] = scale[nuisance["target"]] * (1 + nuisance["relative_size"])**(pull * effect)
        mean = contents(p[:n_shape]) * scale["background"] + p[n_shape] * signal * scale["signal"]
        if np.any(mean <= 0):
            return 1e30
        return float(2 * np.sum(poisson_half_deviance(counts, mean)) + np.sum(np.square(p[n_shape + 1:])))

    shape_start = ([log(counts.sum() / (edges[-1] - edges[0])), 8.0, 5.0, 0.1, 0.0][:n_shape] if is_dijet
                   else [counts.sum() / n_shape] * n_shape)
    limits = [None if is_dijet else (0, None)] * n_shape + [None] * (1 + len(sizes))
    null = minimise(deviance, shape_start + [0.0] * (1 + len(sizes)), limits, True, n_shape)
    best = minimise(deviance, list(null.values), limits, False, n_shape)
    best_values = list(best.values)
    best_deviance = best.fval
    name = best.parameters[n_shape]
    minos = best.minos(name).merrors[name]
    assert minos.is_valid
    q0 = max(0.0, null.fval - best_deviance) if best_values[n_shape] > 0 else 0.0
    return {
        "null_parameters": quoted(list(null.values)[:n_shape]),
        "null_deviance": null.fval,
        "best_parameters": quoted(best_values[:n_shape]),
        "best_deviance": best_deviance,
        "strength": best_values[n_shape],
        "strength_error": 0.5 * (minos.upper - minos.lower),
        "pulls": best_values[n_shape + 1:],
        "z": sqrt(q0),
    }


def make_case(rng, shape, n_parameters, nuisances, injected, n_events):
    if shape == "dijet":
        edges = np.geomspace(1500, 8000, 41)
        contents, _ = dijet_shape(edges, 13000.0, 4)
        truth = contents([0.0, 9.0, 5.0, 0.15])
        mean, width = 3500.0, 130.0
    else:
        edges = np.linspace(2.0, 6.0, 33)
        contents, _ = bernstein_shape(edges, 3)
        truth = contents([1.0, 0.45, 0.35, 0.15])
        mean, width = 3.5, 0.12
    expected = truth * (n_events / truth.sum()) + injected * gaussian(edges, mean, width)
    return {"shape": shape, "n_parameters": n_parameters, "sqrt_s": 13000.0, "mean": mean, "width": width,
            "nuisances": nuisances, "edges": edges.tolist(), "counts": rng.poisson(expected).tolist()}


def main():
    rng = np.random.default_rng(20)
    on_signal = {"name": "efficiency", "target": "signal", "relative_size": 0.2, "per_bin": []}
    on_background = {"name": "trigger", "target": "background", "relative_size": 0.05,
                     "per_bin": np.sin(0.8 * np.arange(32)).tolist()}
    cases = [
        make_case(rng, "dijet", 3, [], 200, 100000),
        make_case(rng, "dijet", 4, [], 150, 20000),
        make_case(rng, "dijet", 5, [], 300, 200000),
        make_case(rng, "bernstein", 4, [], 70, 5000),
        make_case(rng, "bernstein", 4, [on_signal, on_background], 100, 5000),
        make_case(rng, "bernstein", 5, [], 20, 2000),
    ]
    for case in cases:
        case["minuit"] = reference(case)
    path = Path(__file__).with_name("bump_reference.json")
    path.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
