"""Notebooks run, and hold what their scripts say."""

from __future__ import annotations

import json
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "python" / "tools"))
import notebooks

pytest.importorskip("matplotlib")
pytest.importorskip("pandas")
SCRIPTS = sorted((ROOT / "examples" / "notebooks").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_notebook(script):
    stored = json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))
    fresh = notebooks.run_script(script)
    assert [cell["source"] for cell in stored["cells"]] == [cell["source"] for cell in fresh["cells"]], (
        "run python/tools/notebooks.py"
    )
    for old, new in zip(stored["cells"], fresh["cells"], strict=True):
        kinds = [sorted(output.get("data", {"stream": 0})) for output in new.get("outputs", [])]
        assert kinds == [sorted(output.get("data", {"stream": 0})) for output in old.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for cell in fresh["cells"] for output in cell.get("outputs", []))
