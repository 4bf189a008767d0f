"""Examples of docstrings do what they say, and every public thing has a docstring."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

import eddy

MODULES = ["eddy", "eddy._classifier", "eddy._flow", "eddy._quak", "eddy._run", "eddy._search", "eddy.jets", "eddy.stats"]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    results = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0
    if name in ("eddy", "eddy._flow", "eddy._classifier", "eddy._quak", "eddy.jets", "eddy.stats"):
        assert results.attempted > 0


def test_everything_public_is_described():
    def members(owner):
        for name in getattr(owner, "__all__", [n for n in vars(owner) if not n.startswith("_")]):
            value = getattr(owner, name)
            if inspect.isclass(value) or inspect.isfunction(value) or inspect.ismodule(value):
                yield name, value

    for owner in (eddy, eddy.stats, eddy.jets):
        for name, value in members(owner):
            assert inspect.getdoc(value), name
            if inspect.isclass(value) and not issubclass(value, Exception):
                for method, function in vars(value).items():
                    if not method.startswith("_") and (inspect.isfunction(function) or isinstance(function, property)):
                        assert inspect.getdoc(getattr(value, method)), f"{name}.{method}"
