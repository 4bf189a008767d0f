"""Small searches that the tests share: a bump in an exponential spectrum, sought with CWoLa in seconds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eddy

ROOT = Path(__file__).resolve().parents[2]
QUICK: dict[str, Any] = {
    "folds": {"k": 2},
    "flow": {"members": 1},
    "classifier": {"members": 2},
    "trees": {"max_iterations": 15},
    "validation": {"experiments": 0},
    "bump_hunt": {"sqrt_s": 13000.0, "toys": 100},
    "sculpting": {"bins": 20, "subsets": 5},
}


def make_events(n: int = 6000, n_signal: int = 150, seed: int = 1) -> dict[str, np.ndarray]:
    """Masses from 2.5 to 5.5 TeV with a bump at 3.5 TeV, two features that tell it, its truth, and an event number."""
    random = np.random.default_rng(seed)
    mass = 2500 + random.exponential(700, 3 * n)
    mass = mass[mass < 5500][: n - n_signal]
    truth = np.concatenate([np.zeros(len(mass)), np.ones(n_signal)]).astype(np.int32)
    mass = np.concatenate([mass, random.normal(3500, 60, n_signal)]).astype(np.float32)
    a = (random.normal(0, 1, len(mass)) + 1.5 * truth).astype(np.float32)
    b = random.normal(0, 1, len(mass)) - 1.5 * truth
    order = random.permutation(len(mass))
    event = 2**53 + 1 + np.arange(len(mass))
    return {"mjj": mass[order], "a": a[order], "b": b[order], "truth": truth[order], "event": event.astype(np.int64)}


def quick_search(data: Any, **changes: Any) -> eddy.Search:
    """CWoLa on events like those of `make_events`."""
    options = {"name": "quick", "context": "mjj", "x": ["a", "b"], "signal": (3300, 3700), "working_points": [0.1, 0.02]}
    return eddy.search("cwola", data=data, **(QUICK | options | changes))


@pytest.fixture(scope="session")
def events() -> dict[str, np.ndarray]:
    return make_events()


@pytest.fixture(scope="session")
def quick_run(events: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> eddy.Run:
    """One finished search, which no test changes."""
    return quick_search(events, label="truth", identity=["event"]).run(tmp_path_factory.mktemp("runs") / "quick")


@pytest.fixture
def program() -> str:
    """The command line, compiled from the same sources."""
    return os.environ.get("EDDY", str(ROOT / "build" / "release" / "eddy"))
