"""ROOT and parquet: what is read is what was written, through Python and through the command `eddy`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import QUICK, make_events, quick_search

import eddy
from eddy import _eddy, _readers
from eddy._toml import to_toml

uproot = pytest.importorskip("uproot")
awkward = pytest.importorskip("awkward")
parquet = pytest.importorskip("pyarrow.parquet")
pyarrow = pytest.importorskip("pyarrow")

EVENTS = make_events(3000, 100)
JAGGED = awkward.Array([[float(i), i + 0.5][: i % 3] for i in range(3000)])


def write_root(path, tree="events", events=EVENTS, jagged=None):
    with uproot.recreate(path) as file:
        columns = {name: np.asarray(values) for name, values in events.items()}
        if jagged is not None:
            columns["FatJet_pt"] = jagged
        file.mktree(
            tree,
            {name: values.type if isinstance(values, awkward.Array) else values.dtype for name, values in columns.items()}
            if jagged is None
            else {**{n: v.dtype for n, v in columns.items() if n != "FatJet_pt"}, "FatJet_pt": "var * float64"},
        )
        file[tree].extend(columns)
    return path


def config_for(folder, file, **changes):
    config = {
        "search": {"method": "cwola", "name": "quick"},
        "data": {"file": file, "label": "truth", "identity": ["event"]},
        "features": {"context": ["mjj"], "x": ["a", "b"]},
        "regions": {"signal": "mjj > 3300 && mjj < 3700"},
        "working_points": {"efficiency": [0.1, 0.02]},
    } | QUICK  # fmt: skip
    path = folder / "search.toml"
    path.write_text(to_toml(config | changes), encoding="utf-8")
    return path


def numbers_of(run):
    result = json.loads((run.path / "result.json").read_text())
    return result["working_points"], result["evaluation"], run.scores()["event"].tolist()


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return numbers_of(quick_search(EVENTS, label="truth", identity=["event"]).run(tmp_path_factory.mktemp("hdf5") / "run"))


def test_root_gives_the_numbers_of_memory(tmp_path, expected):
    write_root(tmp_path / "data.root")
    run = eddy.run(config_for(tmp_path, "data.root:events"), out=tmp_path / "run")
    assert numbers_of(run) == expected
    assert numbers_of(eddy.run(config_for(tmp_path, "data.root"), out=tmp_path / "only")) == expected


def test_parquet_gives_the_numbers_of_memory(tmp_path, expected):
    parquet.write_table(pyarrow.table(EVENTS), tmp_path / "data.parquet")
    assert numbers_of(eddy.run(config_for(tmp_path, "data.parquet"), out=tmp_path / "run")) == expected


def test_the_command_line_reads_root(tmp_path, expected):
    write_root(tmp_path / "data.root")
    config = config_for(tmp_path, "data.root:events")
    command = [sys.executable, "-m", "eddy._command"]
    arguments = ["run", config, "--out", tmp_path / "run", "--set", "bump_hunt.toys=100", "--quiet"]
    subprocess.run([*command, *arguments], check=True)
    run = eddy.load(tmp_path / "run")
    assert numbers_of(run) == expected
    subprocess.run(
        [*command, "score", run.path, f"{tmp_path}/data.root:events", "-o", tmp_path / "scores.h5", "--quiet"], check=True
    )
    scores = _eddy.read_events(str(tmp_path / "scores.h5"), "", ["event"])
    assert scores["event"][1].tolist() == EVENTS["event"].tolist()
    said = subprocess.run([*command, "inspect", f"{tmp_path}/data.root"], capture_output=True, text=True, check=True)
    assert "mjj" in said.stdout and "3000" in said.stdout.replace(",", "")


def test_runs_score_root(tmp_path):
    write_root(tmp_path / "data.root")
    run = quick_search(EVENTS, identity=["event"]).run(tmp_path / "run")
    expected = run.score(EVENTS)
    for events in (f"{tmp_path}/data.root:events", tmp_path / "data.root"):
        np.testing.assert_array_equal(run.score(events)["score"], expected["score"])
    with pytest.raises(eddy.FileError, match="there is no file"):
        run.score(tmp_path / "none.root")


def test_mistakes_on_the_command_line_leave_nothing(tmp_path):
    write_root(tmp_path / "data.root")
    command = [sys.executable, "-m", "eddy._command", "run", config_for(tmp_path, "data.root"), "--out", tmp_path / "run"]
    for extra, sentence in (
        (["--set", "flow.member=3"], "did you mean 'members'"),
        (["--set", "features.x=['aa','b']"], "did you mean 'a'"),
    ):
        said = subprocess.run([*command, *extra], capture_output=True, text=True)
        assert (
            said.returncode == 2 and sentence in said.stderr and said.stderr.startswith("eddy: ") and said.stderr.count("\n") == 1
        )
        assert not (tmp_path / "run").exists()


def test_the_bare_program_says_what_to_do(tmp_path, program):
    write_root(tmp_path / "data.root")
    said = subprocess.run([program, "inspect", tmp_path / "data.root"], capture_output=True, text=True)
    assert said.returncode == 2
    assert "is a ROOT file" in said.stderr and "eddy convert" in said.stderr


def test_only_branches_in_use_are_read_and_written(tmp_path):
    write_root(tmp_path / "data.root", events={**EVENTS, "unused": np.zeros(3000)})
    run = quick_search(str(tmp_path / "data.root"), columns={"c": "a + b"}, x=["a", "c"]).run(tmp_path / "run")
    (file,) = (run.path / "events").glob("data-*.h5")
    assert sorted(_eddy.read_events(str(file), "", [])) == ["a", "b", "mjj"]


def test_several_files_follow_each_other(tmp_path, expected):
    for i, part in enumerate(np.array_split(np.arange(3000), 3)):
        write_root(tmp_path / f"part-{i}.root", events={name: values[part] for name, values in EVENTS.items()})
    run = eddy.run(config_for(tmp_path, "part-*.root:events"), out=tmp_path / "glob")
    assert numbers_of(run) == expected
    config = config_for(tmp_path, [f"part-{i}.root:events" for i in range(3)])
    assert numbers_of(eddy.run(config, out=tmp_path / "list")) == expected
    write_root(tmp_path / "part-9.root", events={"mjj": EVENTS["mjj"]})
    with pytest.raises(eddy.DataError, match="have other columns: only one of them has 'a'"):
        eddy.run(config_for(tmp_path, "part-*.root:events"), out=tmp_path / "odd")


def test_friends_stand_side_by_side(tmp_path, expected):
    write_root(tmp_path / "data.root", events={name: EVENTS[name] for name in ("mjj", "a", "truth")})
    write_root(tmp_path / "friend.root", tree="extra", events={name: EVENTS[name] for name in ("b", "event")})
    run = eddy.run(config_for(tmp_path, "data.root:events + friend.root:extra"), out=tmp_path / "run")
    assert numbers_of(run) == expected
    write_root(tmp_path / "short.root", tree="extra", events={name: EVENTS[name][:10] for name in ("b", "event")})
    with pytest.raises(eddy.DataError, match="3000 events and its friend .* 10; friends need"):
        eddy.run(config_for(tmp_path, "data.root:events + short.root:extra"), out=tmp_path / "odd")


@pytest.mark.parametrize("kind", ["root", "parquet"])
def test_elements_of_jagged_columns(tmp_path, kind):
    path = tmp_path / f"data.{kind}"
    if kind == "root":
        write_root(path, jagged=JAGGED)
    else:
        awkward.to_parquet(awkward.Array({**EVENTS, "FatJet_pt": JAGGED}), path)
    table = _readers.foreign_table(str(path), str(tmp_path), "the data")
    first = table.column("FatJet_pt_0") if table.require(["FatJet_pt_0"]) is None else None
    np.testing.assert_array_equal(np.isnan(first), np.arange(3000) % 3 == 0)
    np.testing.assert_array_equal(first[1:6], [1, 2, np.nan, 4, 5])
    config = config_for(
        tmp_path,
        path.name,
        features={"context": ["mjj"], "x": ["FatJet_pt[0]", "a", "half"]},
        columns={"half": "FatJet_pt[0] / 2 + b"},
    )
    with pytest.raises(eddy.DataError, match=r"nan|NaN"):
        eddy.run(config, out=tmp_path / "run")
    run = eddy.run(config, {"data.nonfinite": "drop"}, out=tmp_path / "run")
    assert run.result.inputs[0].n_dropped_nonfinite == 1000
    with pytest.raises(eddy.DataError, match=r"any number of values per event; choose one, such as FatJet_pt\[0\]"):
        eddy.run(config, {"features.x": ["FatJet_pt", "a"], "data.nonfinite": "drop"}, out=tmp_path / "odd")


def ntuple(path):
    """Every kind of field of an RNTuple that holds numbers, and some that do not."""
    jets = awkward.Array([[{"pt": 1.0, "n": 2}], [], [{"pt": 3.0, "n": 4}, {"pt": 5.0, "n": 6}], []])
    fields = {
        "f4": np.float32([0, 1, 2, 3]),
        "i8": 2**62 + np.arange(4),
        "u1": np.arange(4, dtype=np.uint8),
        "flag": np.arange(4) > 1,
        "optional": awkward.Array([1.5, None, 2.5, 3.5]),
        "fixed": np.arange(12.0).reshape(4, 3),
        "FatJet_pt": awkward.Array([[], [1.0], [2.0, 2.5], []]),
        "one": awkward.Array([{"x": float(i)} for i in range(4)]),
        "jets": jets,
        "text": awkward.Array(["a", "b", "c", "d"]),
        "deep": awkward.Array([[[1.0]], [], [[2.0, 3.0]], []]),
    }
    with uproot.recreate(path) as file:
        file.mkrntuple("ntuple", fields)
    return path


def test_ntuples_of_root(tmp_path):
    path = f"{ntuple(tmp_path / 'data.root')}:ntuple"
    names = ["FatJet_pt[0]", "FatJet_pt[1]", "fixed[2]", "fixed[3]", "jets.pt[1]"]
    eddy.convert(path, tmp_path / "all.h5")
    eddy.convert(path, tmp_path / "elements.h5", columns=names)
    files = [_eddy.read_events(str(tmp_path / f"{name}.h5"), "", []) for name in ("all", "elements")]
    assert sorted(files[0]) == ["f4", "flag", "i8", "one.x", "optional", "u1"]
    read = {name: values for file in files for name, (_, values) in file.items()}
    nan = np.nan
    for name, values in {
        "f4": [0, 1, 2, 3], "flag": [0, 0, 1, 1], "u1": [0, 1, 2, 3], "one.x": [0, 1, 2, 3], "optional": [1.5, nan, 2.5, 3.5],
        "FatJet_pt_0": [nan, 1, 2, nan], "FatJet_pt_1": [nan, nan, 2.5, nan], "fixed_2": [2, 5, 8, 11], "fixed_3": [nan] * 4,
        "jets.pt_1": [nan, nan, 5, nan],
    }.items():  # fmt: skip
        np.testing.assert_array_equal(read[name], values, err_msg=name)
    assert read["i8"].tolist() == [2**62 + i for i in range(4)]
    for name, sentence in (
        ("text", "no column 'text'"),
        ("jets.pt", r"any number of values per event; choose one, such as jets.pt\[0\]"),
    ):
        with pytest.raises(eddy.DataError, match=sentence):
            eddy.convert(path, tmp_path / "odd.h5", columns=[name])


def test_ntuples_give_the_numbers_of_memory(tmp_path, expected):
    with uproot.recreate(tmp_path / "data.root") as file:
        file.mkrntuple("events", EVENTS)
    assert numbers_of(eddy.run(config_for(tmp_path, "data.root:events"), out=tmp_path / "run")) == expected


@pytest.mark.parametrize(
    ("kind", "depth"),
    [("float", 0), ("Double32_t", 0), ("uint8_t", 0), ("std::int64_t", 0), ("float[3]", 1), ("int32_t[]", 1),
     ("std::vector<float>", 1), ("vector<unsigned int>", 1), ("ROOT::VecOps::RVec<float>", 1), ("std::array<double, 3>", 1),
     ("float[2][3]", None), ("std::vector<std::vector<float>>", None), ("std::string", None), ("", None)],
)  # fmt: skip
def test_kinds_of_branches(kind, depth):
    class Branch:
        typename = kind

    assert _readers._depth_of("branch", Branch()) == depth


def test_missing_numbers_of_parquet_are_nan(tmp_path):
    parquet.write_table(
        pyarrow.table({"a": pyarrow.array([1, None, 3]), "b": pyarrow.array(["x", "y", "z"])}), tmp_path / "data.parquet"
    )
    table = _readers.foreign_table("data.parquet", str(tmp_path), "the data")
    assert table.names == ["a"]
    np.testing.assert_array_equal(table.column("a"), [1, np.nan, 3])


def test_types_survive(tmp_path):
    columns = {
        "f4": np.float32([1.5]),
        "f8": [1e300],
        "i4": np.int32([-3]),
        "i8": [2**62 + 1],
        "u4": np.uint32([2**32 - 1]),
        "flag": [True],
    }
    columns = {name: np.asarray(values) for name, values in columns.items()}
    write_root(tmp_path / "data.root", events=columns)
    parquet.write_table(pyarrow.table(columns), tmp_path / "data.parquet")
    for file in ("data.root", "data.parquet"):
        eddy.convert(tmp_path / file, tmp_path / "out.h5")
        written = _eddy.read_events(str(tmp_path / "out.h5"), "", [])
        for name, values in columns.items():
            assert written[name][1].tolist() == values.tolist(), (file, name)


def test_convert(tmp_path, program):
    write_root(tmp_path / "data.root", jagged=JAGGED)
    command = [sys.executable, "-m", "eddy._command", "convert"]
    subprocess.run(
        [*command, f"{tmp_path}/data.root:events", "-o", tmp_path / "out.h5", "--columns", "mjj,FatJet_pt[1]"], check=True
    )
    said = subprocess.run([program, "inspect", tmp_path / "out.h5"], capture_output=True, text=True, check=True)
    assert "FatJet_pt_1" in said.stdout and "mjj" in said.stdout
    pandas = pytest.importorskip("pandas")
    eddy.convert(pandas.DataFrame(EVENTS), tmp_path / "frame.h5")
    eddy.convert(tmp_path / "frame.h5", tmp_path / "again.h5", columns=["event"])
    np.testing.assert_array_equal(_eddy.read_events(str(tmp_path / "again.h5"), "", [])["event"][1], EVENTS["event"])
    (tmp_path / "notes.txt").write_text("mine")
    for arguments, sentence in (
        ([tmp_path / "data.root", "-o", tmp_path / "data.root"], "is the input, which would be replaced"),
        ([tmp_path / "data.root", "-o", tmp_path / "notes.txt"], "is not HDF5 and would be lost"),
        ([tmp_path / "data.root", "-o", tmp_path / "no" / "out.h5"], "there is no folder"),
        ([tmp_path / "data.root:event", "-o", tmp_path / "b.h5"], "has no tree 'event'; did you mean 'events'"),
        ([tmp_path / "data.root"], "required: -o"),
    ):
        said = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True)
        assert said.returncode != 0 and sentence in said.stderr and said.stderr.count("\n") == 1, said.stderr


def test_damaged_and_missing_files(tmp_path):
    path = write_root(tmp_path / "data.root")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(eddy.EddyError, match=r"data.root.* cannot be read: .*; copy or write it again"):
        eddy.run(config_for(tmp_path, "data.root:events"), out=tmp_path / "run")
    (tmp_path / "data.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(eddy.FileError, match="data.parquet' cannot be read"):
        eddy.run(config_for(tmp_path, "data.parquet"), out=tmp_path / "run")
    with pytest.raises(eddy.FileError, match="there is no file"):
        eddy.run(config_for(tmp_path, "other.root:events"), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    shutil.rmtree(tmp_path)
