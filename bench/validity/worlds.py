"""Worlds without signal whose densities are known, one for each way in which a search may fool itself. All random numbers come
from a Philox generator of the seed given; nothing here knows how eddy works.

A resonant world is a falling dijet-like mass spectrum between 2.5 and 6 TeV with five features at each mass; a tail world is a
falling tail variable with four features, for data and template alike; a simulated world is a plane of two falling variables with
four features, which simulation describes only roughly."""

import numpy as np

MASS_LOW, MASS_HIGH = 2.5, 6.0  # TeV
SIGNAL_REGION = (3.3, 3.7)
SQRT_S = 13.0


def generator(seed):
    return np.random.Generator(np.random.Philox(seed))


def draw_masses(n, random, steepness=8.0):
    """n masses of density (1 - x)^10 x^-steepness, x = m / sqrt(s): by inversion on a fine grid."""
    grid = np.linspace(MASS_LOW, MASS_HIGH, 20001)
    density = (1 - grid / SQRT_S) ** 10 * (grid / SQRT_S) ** -steepness
    cumulative = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    return np.interp(random.uniform(size=n) * cumulative[-1], cumulative, grid)


def smooth_features(m, random):
    """What CATHODE looks at: a jet mass, a mass difference and two substructure ratios that follow the mass a little."""
    n = len(m)
    light = random.gamma(2.0, 0.05 * (1 + 0.1 * (m - 3.5)), n)
    return {
        "m1": light,
        "dm": random.gamma(1.5, 0.08 * (1 + 0.1 * (m - 3.5)), n),
        "t1": np.clip(random.normal(0.65 - 0.02 * (m - 3.5) - 0.3 * light, 0.12, n), 0.02, 0.98),
        "t2": np.clip(random.normal(0.60 - 0.01 * (m - 3.5), 0.13, n), 0.02, 0.98),
        "w": random.exponential(0.5, n),
    }


def resonant_world(name, n, seed):
    """Columns of `n` events: "m", and five features f1 ... f5."""
    random = generator(seed)
    m = draw_masses(n, random, 5.0 if name == "shallow" else 8.0)
    features = smooth_features(m, random)
    if name == "edge":  # the end of a feature moves with the mass
        features["w"] = random.beta(1.2, 1.5, n) * 0.5 * m
    elif name == "shifted":  # the paper's own case: features shifted by a tenth of the mass
        for column in ("t1", "t2"):
            features[column] = features[column] + 0.1 * m
    elif name == "integer":  # a multiplicity among five
        features["w"] = random.poisson(4 + 2 * m).astype(float)
    elif name == "btags":  # hardly any values, and most events at one of them
        features["w"] = random.binomial(2, 0.08 + 0.01 * (m - 3.5)).astype(float)
    elif name == "correlated":
        features["t2"] = 0.7 * features["t1"] + 0.3 * features["t2"] + 0.2 * features["m1"]
    elif name not in ("smooth", "shallow"):
        raise SystemExit(f"there is no resonant world '{name}'")
    return {"m": m} | {f"f{i + 1}": column for i, column in enumerate(features.values())}


def tail_world(name, n, seed):
    """Columns of `n` events: "met", and four features f1 ... f4."""
    random = generator(seed)
    met = 1 + random.exponential(0.6, n)
    columns = {
        "f1": random.gamma(2.0, 0.1 * met, n),
        "f2": random.normal(0.3 * met, 1.0, n),
        "f3": random.beta(2 + 0.3 * met, 3, n),
        "f4": random.exponential(1.0, n),
    }
    if name == "integer":
        columns["f4"] = random.poisson(2 + met).astype(float)
    elif name == "edge":
        columns["f4"] = random.beta(1.2, 1.5, n) * met
    elif name != "smooth":
        raise SystemExit(f"there is no tail world '{name}'")
    return {"met": met} | columns


def simulated_world(name, n, seed, simulated):
    """Columns of `n` events, of data or of their simulation: "ht" and "met", and four features f1 ... f4 that follow both.

    The ratio of data to simulation is a smooth function of features and context that events of the control region show: it is
    what the methods presume. In "smooth" it moves all features and the context; in "integer" one feature takes whole steps;
    in "exact" simulation is right."""
    if name not in ("smooth", "integer", "exact"):
        raise SystemExit(f"there is no simulated world '{name}'")
    random = generator(seed)
    off = 0.0 if name == "exact" or not simulated else 1.0
    ht = 200 + random.exponential(120 * (1 + 0.1 * off), n)  # GeV
    met = random.exponential(25 * (1 - 0.08 * off), n)
    scale = 1 + 0.3 * np.log(ht / 300)
    columns = {
        "f1": random.gamma(2.0, 0.2 * scale * (1 + 0.05 * off), n),
        "f2": random.normal(0.01 * met + 0.1 * off, 1.0, n),
        "f3": random.beta(2 + 0.3 * scale, 3 + 0.2 * off, n),
        "f4": random.exponential(1 + 0.1 * off, n),
    }
    if name == "integer":
        columns["f4"] = random.poisson(3 * scale * (1 + 0.05 * off)).astype(float)
    return {"ht": ht, "met": met} | columns


def tail_signal(n, seed):
    """A signal in the tail, most of it above 2, whose features stand out by two of their widths and are narrow."""
    random = generator(seed)
    met = 1.8 + random.exponential(0.8, n)
    return {
        "met": met,
        "f1": random.normal(0.9, 0.1, n),
        "f2": random.normal(2.5, 0.4, n),
        "f3": random.beta(8, 3, n),
        "f4": random.exponential(0.6, n),
    }


def resonant_signal(n, seed):
    """A resonance of 3.5 TeV, 3 % wide, of two heavy jets with substructure."""
    random = generator(seed)
    return {
        "m": random.normal(3.5, 0.105, n),
        "f1": random.normal(0.35, 0.03, n),
        "f2": random.normal(0.3, 0.04, n),
        "f3": np.clip(random.normal(0.3, 0.08, n), 0.02, 0.98),
        "f4": np.clip(random.normal(0.35, 0.08, n), 0.02, 0.98),
        "f5": random.exponential(0.5, n),
    }
