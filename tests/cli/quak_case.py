"""A small search in a space of losses, and events for it: what the tests of QUAK share."""

import h5py
import numpy as np

from workspace import Workspace

CONFIG = """
[search]
method = "quak"
name = "losses"
[data]
file = "events.h5:data"
label = "label"
[background]
file = "events.h5:background"
[[prior]]
name = "up"
file = "events.h5:signal"
selection = "kind > 0"
[[prior]]
name = "down"
file = "events.h5:signal"
selection = "kind < 0"
[[evaluate]]
name = "upward"
file = "events.h5:signal"
selection = "kind > 0"
[units]
met = "TeV"
[features]
context = ["met"]
x = ["a", "b", "c"]
[vae]
hidden = [8]
latent = 1
flow_layers = 1
beta = 0.1
epochs = 3
[quak]
preselection = 0.2
categories = 2
scan = [3, 5]
scan_points = 5
fit_range = [2.8, 6.5]
bins = 20
toys = 10
background_cuts = [0.2]
prior_cuts = [0.5]
[supervised]
exclude = ["c"]
epochs = 2
"""


def events(seed, n, kind):
    """Background (kind 0) along one direction, signals up or down along another; the mass falls, or is 4 TeV."""
    rng = np.random.default_rng(seed)
    along = rng.normal(size=n) + 3 * kind
    features = {name: rng.normal(0, 0.3, n) + along * weight for name, weight in (("a", kind == 0), ("b", 1.0), ("c", kind != 0))}
    met = 2.8 + rng.exponential(0.6, n) if kind == 0 else rng.normal(4, 0.12, n)
    return {**features, "met": met, "label": np.full(n, kind != 0), "kind": np.full(n, kind)}


def columns_of(path):
    with h5py.File(path) as file:
        return {name: np.asarray(values) for name, values in file.items()}


def together(*samples):
    return {name: np.concatenate([sample[name] for sample in samples]) for name in samples[0]}


class QuakCase(Workspace):
    def setUp(self):
        super().setUp()
        tables = {"data": together(events(1, 3000, 0), events(2, 60, 1)), "background": events(3, 3000, 0),
                  "signal": together(events(4, 1000, 1), events(5, 1000, -1))}
        with h5py.File(self.folder / "events.h5", "w") as file:
            for group, columns in tables.items():
                for name, values in columns.items():
                    file[f"{group}/{name}"] = np.asarray(values, dtype="f4")
                file[f"{group}/event"] = np.arange(len(columns["met"]))
        self.write_config(CONFIG)

    def cubic_data(self, n):
        """Data without signal, whose masses fall as (6.6 - m)^3."""
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["data"]
            data = events(11, n, 0)
            data["met"] = 6.6 - 3.8 * np.random.default_rng(12).uniform(size=n) ** 0.25
            for name, values in data.items():
                file[f"data/{name}"] = np.asarray(values, dtype="f4")

    def write_signal(self, name, mass, kind=1, n=1200):
        with h5py.File(self.folder / name, "w") as file:
            columns = events(9, n, kind)
            columns["met"] = np.random.default_rng(10).normal(mass, 0.12, n)
            for column, values in columns.items():
                file[column] = np.asarray(values, dtype="f4")
            file["met"].attrs["units"] = "TeV"
