"""Types: the stub of the compiled module is current and true, the package is strictly typed, style is that of ruff."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import ROOT


def check(*command):
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stub_is_current():
    check(ROOT / "python" / "tools" / "write_stubs.py", "--check")


def test_strict_types(tmp_path):
    pytest.importorskip("mypy")
    check("-m", "mypy", "--cache-dir", tmp_path, "python/eddy", "python/tools")
    (tmp_path / "user.py").write_text(
        "import eddy\n"
        'run = eddy.run("search.toml", {"flow.members": 3}, out="runs/a", progress=lambda task, done, total, note: None)\n'
        "z: float | None = run.working_points[0.01].z\n"
        "fit: eddy.stats.AbcdFit = eddy.stats.abcd(1, 2, 3, 4)\n"
        'flow = eddy.Flow(context=["mjj"]).fit({"mjj": [1.0]})\n'
    )
    environment = {**os.environ, "MYPYPATH": str(ROOT / "python")}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, tmp_path / "user.py"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_annotations_are_true(tmp_path):
    """mypy's stubtest compares them with the package as it runs."""
    pytest.importorskip("mypy.stubtest")
    allowed = tmp_path / "allowed.txt"
    # Functions and classes of nanobind are none of Python's own, which is all that stubtest compares (that stubgen wrote theirs
    # down is checked above); modules that only types need are not there when the package runs; matplotlib makes a set() for each
    # kind of Figure.
    allowed.write_text("eddy\\._eddy\\..*\neddy\\._run\\.(pandas|matplotlib)\neddy\\._plot\\.Drawing\\.set\n")
    check(
        "-m", "mypy.stubtest", "eddy", "--allowlist", allowed, "--ignore-unused-allowlist", "--mypy-config-file", "pyproject.toml"
    )


def test_style():
    pytest.importorskip("ruff")
    check("-m", "ruff", "check", "--no-cache", "python", "tests/python", "examples/notebooks")
    check("-m", "ruff", "format", "--no-cache", "--check", "python", "tests/python")
