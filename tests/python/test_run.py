"""Runs of the Python package: the same bits as the command line, and what a run says."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import QUICK, ROOT

import eddy
from eddy import _eddy
from eddy._toml import to_toml


def write_config(folder: Path, events: dict[str, np.ndarray]) -> Path:
    _eddy.write_table(str(folder / "data.h5"), [(name, "GeV" if name == "mjj" else "", v) for name, v in events.items()])
    config = {
        "search": {"method": "cwola", "name": "quick"},
        "data": {"file": "data.h5", "label": "truth", "identity": ["event"]},
        "features": {"context": ["mjj"], "x": ["a", "b"]},
        "regions": {"signal": "mjj > 3300 && mjj < 3700"},
        "working_points": {"efficiency": [0.1, 0.02]},
    }
    (folder / "search.toml").write_text(to_toml(config | QUICK), encoding="utf-8")
    return folder / "search.toml"


def test_bits_of_the_command_line(events, tmp_path, program):
    config = write_config(tmp_path, events)
    subprocess.run([program, "run", config, "--out", tmp_path / "cli", "--set", "trees.max_iterations=10", "--quiet"], check=True)
    run = eddy.run(config, {"trees.max_iterations": 10}, out=tmp_path / "python", threads=1)
    assert run.path == tmp_path / "python"
    for name in ("result.json", "scores.h5", "config.toml", "figures.json", "masses/efficiency-0.1.h5"):
        assert (tmp_path / "cli" / name).read_bytes() == (run.path / name).read_bytes(), name
    log = (run.path / "log.txt").read_text()
    assert " info data: 6000 events read from 'data.h5', 6000 selected (985 in the signal region)" in log
    assert " info finished in " in log


def test_numbers_of_the_result(quick_run):
    document = json.loads((quick_run.path / "result.json").read_text())
    point = quick_run.working_points[0.1]
    stored = document["working_points"][1]
    assert (point.z, point.p_value, point.observed) == (stored["z"], stored["p_value"], stored["observed"])
    assert point.fit.spectrum.counts == tuple(stored["fit"]["spectrum"]["counts"])
    assert quick_run.working_points[1] is point
    assert quick_run.working_points.efficiencies == (1.0, 0.1, 0.02)
    assert quick_run.result.evaluation[0].sic.max == document["evaluation"][0]["sic"]["max"]
    assert (quick_run.calibrated, quick_run.calibration, quick_run.validation) == (False, None, None)
    assert quick_run.verdict.kind == document["verdict"]["kind"]
    assert quick_run.warnings == tuple(document["warnings"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.z = 0
    with pytest.raises(eddy.ConfigError, match=r"no working point of efficiency 0.01; there are 1, 0.1, 0.02"):
        quick_run.working_points[0.01]


def test_every_number_of_the_document_is_in_the_dataclasses(quick_run):
    """Nothing of result.json is lost on the way into Python."""

    def compare(value, document, place):
        if isinstance(document, dict):
            fields = (
                {f.metadata.get("key", f.name.rstrip("_")): f.name for f in dataclasses.fields(value)}
                if dataclasses.is_dataclass(value)
                else None
            )
            for key, entry in document.items():
                compare(getattr(value, fields[key]) if fields else value[key], entry, f"{place}.{key}")
        elif isinstance(document, list):
            assert len(value) == len(document), place
            for i, entry in enumerate(document):
                compare(value[i], entry, f"{place}[{i}]")
        else:
            assert value == document, place

    compare(quick_run.result, json.loads((quick_run.path / "result.json").read_text()), "result")


def test_scores_keep_identity_exactly(quick_run, events):
    scores = quick_run.scores()
    np.testing.assert_array_equal(scores["event"], events["event"][scores["row"]])
    assert scores["event"].dtype == np.int64
    frame = quick_run.to_pandas("scores")
    assert list(frame.columns) == list(scores)
    assert frame["score"].between(0, 1).all()
    assert list(quick_run.to_pandas().index) == [1.0, 0.1, 0.02]
    assert quick_run.to_pandas("inputs")["n_read"].tolist() == [6000]
    with pytest.raises(eddy.ConfigError, match="no table 'score' of a run"):
        quick_run.to_pandas("score")


def test_scoring_gives_the_scores_of_the_search(quick_run, events):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(events).iloc[::-1]
    again = quick_run.score(frame)
    assert list(again.index) == list(frame.index)
    assert set(again.columns) >= {"row", "event", "score", "in_signal_region"}
    np.testing.assert_array_equal(again["event"], frame["event"])
    as_dict = quick_run.score({name: values[:100] for name, values in events.items()})
    np.testing.assert_array_equal(as_dict["score"], again.loc[np.arange(100), "score"])
    with pytest.raises(eddy.DataError, match="no column 'a'"):
        quick_run.score({name: events[name] for name in ("mjj", "b", "event")})


def test_looks(quick_run):
    assert "Run(" in repr(quick_run) and "CWoLa" in repr(quick_run)
    html = quick_run._repr_html_()
    assert html.count("<table") >= 1 and "quick" in html
    assert "observed" in repr(quick_run.working_points)
    report = quick_run.path / "report.html"
    before = report.read_bytes()
    report.unlink()
    assert quick_run.report() == report
    assert report.read_bytes() == before


def test_pickles_and_copies_as_its_path(quick_run):
    for other in (pickle.loads(pickle.dumps(quick_run)), copy.copy(quick_run), eddy.load(quick_run.path)):
        assert other == quick_run and hash(other) == hash(quick_run)
        assert other.working_points == quick_run.working_points


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda run: run.calibrate(-1), "experiments is -1; give a whole number from 0 on"),
        (lambda run: run.calibrate(2.5), "experiments is 2.5"),
        (lambda run: run.calibrate(2, threads=-3), "threads is -3"),
        (lambda run: run.limit("signal.h5", repetitions=1), "repetitions is 1; give a whole number from 2 on"),
        (lambda run: run.limit("signal.h5", into="signal"), "into is 'signal'"),
        (lambda run: run.unblind(), "was never blind"),
    ],
)
def test_bad_arguments_are_a_sentence(quick_run, call, sentence):
    with pytest.raises(eddy.ConfigError, match=sentence):
        call(quick_run)


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(eddy.EddyError, match=str(tmp_path / "none")):
        eddy.load(tmp_path / "none")


def test_edited_results_are_refused(quick_run, tmp_path):
    (tmp_path / "config.toml").write_bytes((quick_run.path / "config.toml").read_bytes())
    (tmp_path / "result.json").write_text((quick_run.path / "result.json").read_text().replace('"seed": 1', '"seed": "x"'))
    with pytest.raises(eddy.FileError, match="'seed' of result.json is something else"):
        eddy.load(tmp_path)


def test_calibrating_adds_null_experiments(events, tmp_path):
    config = write_config(tmp_path, events)
    run = eddy.run(config, {"search.seed": 3}, out=tmp_path / "run")
    z = run.working_points[0.1].z
    assert run.calibrate(3) is run
    assert run.calibrated and run.calibration.experiments == 3
    assert run.working_points[0.1].z == z
    assert run.working_points[0.1].calibrated is not None


def test_blind_runs_are_opened_once(events, tmp_path):
    run = eddy.run(write_config(tmp_path, events), {"search.blind": True}, out=tmp_path / "run")
    assert run.verdict.kind == "blind" and len(run.working_points) == 0
    run.unblind()
    assert run.working_points[0.1].z is not None
    assert run.result.blinding.state == "unblinded"
    with pytest.raises(eddy.ConfigError, match="is open since"):
        run.unblind()


def test_dataclasses_are_those_of_the_schema():
    subprocess.run([sys.executable, ROOT / "python" / "tools" / "generate_results.py", "--check"], check=True)


def test_sentences_of_the_command_line(events, tmp_path, program):
    config = write_config(tmp_path, events)
    for overrides in ({"flow.member": 3}, {"features.x": ["a", "bb"]}, {"regions.signal": "mjj > 9000"}, {"search.seed": -1}):
        ((key, value),) = overrides.items()
        sets = ["--set", f"{key}={json.dumps(value)}"]
        said = subprocess.run([program, "run", config, "--out", tmp_path / "no", *sets], capture_output=True, text=True)
        with pytest.raises(ValueError) as error:
            eddy.run(config, overrides, out=tmp_path / "no")
        assert f"eddy: {str(error.value).replace(', ', ',')}\n" == said.stderr.replace(", ", ",")
        assert said.returncode == 2
        assert not (tmp_path / "no").exists()


def test_kinds_of_errors(events, tmp_path):
    config = write_config(tmp_path, events)
    with pytest.raises(eddy.ConfigError, match="did you mean 'members'"):
        eddy.run(config, {"flow.member": 3}, out=tmp_path / "no")
    with pytest.raises(eddy.DataError, match=r"no column 'mj' \(did you mean 'mjj'\?\)"):
        eddy.run(config, {"features.context": ["mj"], "regions.signal": "mj > 3300"}, out=tmp_path / "no")
    with pytest.raises(eddy.FileError, match="there is no file"):
        eddy.run(config, {"data.file": "other.h5"}, out=tmp_path / "no")
    with pytest.raises(OSError):
        eddy.run(config, {"data.file": "other.h5"}, out=tmp_path / "no")
    with pytest.raises(eddy.EddyError, match="nowhere.toml"):
        eddy.run(tmp_path / "nowhere.toml")
    with pytest.raises(eddy.ConfigError, match="threads is -1"):
        eddy.run(config, out=tmp_path / "no", threads=-1)
