"""With numpy alone: what needs another package says which extra brings it, and everything else works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import eddy

ABSENT = ("matplotlib", "mplhep", "pandas", "awkward", "uproot", "pyarrow", "pyarrow.parquet", "sklearn", "scipy", "fsspec")


def test_a_search_needs_numpy_alone(tmp_path):
    code = f"""
import sys
sys.modules.update(dict.fromkeys({ABSENT!r}))
sys.path.insert(0, {str(Path(__file__).parent)!r})
import types
sys.modules["pytest"] = types.SimpleNamespace(fixture=lambda *a, **k: (a[0] if a else lambda f: f), TempPathFactory=None)
from conftest import eddy, make_events, quick_search
events = make_events(3000, 100)
run = quick_search(events).run({str(tmp_path / "run")!r})
assert "<table" in run._repr_html_() and "<svg" not in run._repr_html_()
assert len(run.score(events)["score"]) == 3000 and run.figures and run.report().is_file()
table = {{name: events[name] for name in ("a", "b")}}
eddy.Classifier("linear").fit(table, events["truth"]).predict_proba(table)
eddy.Flow(layers=1, hidden=8, epochs=1).fit(table).sample(3)
eddy.convert(events, {str(tmp_path / "out.h5")!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("absent", "call", "sentence"),
    [
        ("matplotlib", lambda run, _: run.plot("bump"), r"drawing figures needs matplotlib, .*pip install 'eddy-hep\[plot\]'"),
        ("pandas", lambda run, _: run.to_pandas(), r"a DataFrame needs pandas, .*pip install 'eddy-hep\[pandas\]'"),
        ("uproot", lambda run, folder: run.score(folder / "a.root"), r"needs uproot, .*pip install 'eddy-hep\[root\]'"),
        ("pyarrow.parquet", lambda run, folder: run.score(folder / "a.parquet"), r"needs pyarrow.*'eddy-hep\[parquet\]'"),
    ],
)
def test_what_is_missing_is_a_sentence(quick_run, tmp_path, monkeypatch, absent, call, sentence):
    (tmp_path / "a.root").write_bytes(b"root")
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(eddy.EddyError, match=sentence) as error:
        call(quick_run, tmp_path)
    assert isinstance(error.value, (ImportError, OSError)) and "\n" not in str(error.value)
