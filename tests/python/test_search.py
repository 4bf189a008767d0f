"""Searches of events in memory: every kind of table gives the same bits, and bad ones a sentence."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
from conftest import make_events, quick_search

import eddy
from eddy import _tables

SMALL = make_events(3000, 100)


def result_of(run: eddy.Run) -> dict:
    """result.json without the name of the file, which says what was written where."""
    result = json.loads((run.path / "result.json").read_text())
    for entry in result["inputs"]:
        del entry["file"], entry["sha256"]
    result.pop("config_sha256")
    return result


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return result_of(quick_search(SMALL).run(tmp_path_factory.mktemp("small") / "run"))


def structured(events):
    table = np.zeros(len(events["mjj"]), dtype=[(name, values.dtype) for name, values in events.items()])
    for name, values in events.items():
        table[name] = values
    return table


def frame(events):
    return pytest.importorskip("pandas").DataFrame(events)


def records(events):
    return pytest.importorskip("awkward").Array(events)


@pytest.mark.parametrize("make", [dict, structured, frame, records])
def test_every_table_gives_the_same_numbers(make, tmp_path, expected):
    assert result_of(quick_search(make(SMALL)).run(tmp_path / "run")) == expected


def test_types_that_hold_the_same_numbers(tmp_path, expected):
    pandas = pytest.importorskip("pandas")
    swapped = {name: values.astype(values.dtype.newbyteorder(">")) for name, values in SMALL.items()}
    strided = {name: np.repeat(values, 2)[::2] for name, values in SMALL.items()}
    nullable = pandas.DataFrame(SMALL).convert_dtypes(convert_integer=False, convert_string=False)
    wide = pandas.DataFrame({"unused": ["text"] * 3000, **SMALL})
    for i, table in enumerate((swapped, strided, nullable, wide)):
        assert result_of(quick_search(table).run(tmp_path / str(i))) == expected


def test_only_columns_in_use_are_written(tmp_path):
    run = quick_search({**SMALL, "unused": np.zeros(3000)}, columns={"c": "a + b"}, x=["a", "c"]).run(tmp_path / "run")
    (file,) = (run.path / "events").glob("data-*.h5")
    columns = eddy._eddy.read_events(str(file), "", [])
    assert sorted(columns) == ["a", "b", "mjj"]
    assert columns["b"][1].dtype == np.float64, "as it is, since an expression uses it"


def test_the_command_line_goes_on_with_it(tmp_path, program):
    run = quick_search(SMALL).run(tmp_path / "run")
    before = (run.path / "result.json").read_bytes()
    subprocess.run([program, "run", run.path / "events" / "search.toml", "--out", run.path, "--quiet"], check=True)
    assert (run.path / "result.json").read_bytes() == before
    subprocess.run([program, "calibrate", run.path, "--experiments", "2", "--quiet"], check=True)
    assert eddy.load(run.path).calibrated


def test_other_events_in_the_same_folder_are_refused_unless_fresh(tmp_path):
    run = quick_search(SMALL).run(tmp_path / "run")
    files = sorted(run.path.rglob("*"))
    other = quick_search(make_events(3000, 100, seed=2))
    with pytest.raises(eddy.ConfigError, match="data-"):
        other.run(run.path)
    assert sorted(run.path.rglob("*")) == files
    again = other.run(run.path, fresh=True)
    assert len(list((again.path / "events").glob("*.h5"))) == 1


def test_regions_and_sections(tmp_path):
    search = quick_search(SMALL, signal=(3300, None), seed=5, blind=True, units={"mjj": "GeV"})
    assert search.config["regions"] == {"signal": "mjj > 3300.0"}
    assert "<dict of 3000 events>" in repr(search) or "<dict of" in repr(search)
    assert search.config["search"]["seed"] == 5
    with pytest.raises(eddy.ConfigError, match="give an expression"):
        quick_search(SMALL, signal=(1, 2, 3))
    assert quick_search(SMALL, signal=(-np.inf, 3700)).config["regions"] == {"signal": "mjj < 3700.0"}
    for region in ((3700, 3300), (np.nan, 3300), (np.inf, None), (3300, 3300)):
        with pytest.raises(eddy.ConfigError, match="with low below high, either of which may be None"):
            quick_search(SMALL, signal=region)
    with pytest.raises(eddy.ConfigError, match="flow is a int; a section of a configuration is a dict of its options$"):
        quick_search(SMALL, flow=3)
    with pytest.raises(eddy.ConfigError, match="contex is a str; .*; did you mean 'context'?"):
        quick_search(SMALL, contex="mjj")
    with pytest.raises(eddy.ConfigError, match="method is None; give a text"):
        eddy.search(None, data=SMALL, x=["a"])


def test_limits_on_signal_in_memory(tmp_path):
    signal = make_events(1400, 1200, seed=9)
    signal = {name: values[signal["truth"] == 1] for name, values in signal.items()}
    run = quick_search(SMALL).run(tmp_path / "run")
    limit = run.limit(signal, injections=[50, 150], repetitions=2, nulls=2, into="data")
    assert limit.repetitions == 2 and len(limit.cuts) == 3
    assert run.limit() == limit
    assert "limit" in " ".join(run.figures)


BAD = {
    "a column that is not there": ({**SMALL, "c": SMALL["a"]}, {"x": ["a", "bb"]}, r"no column 'bb' \(did you mean 'b'\?\)"),
    "objects": ({**SMALL, "a": np.array(["x"] * 3000, dtype=object)}, {}, "column 'a' of the data holds objects"),
    "texts": ({**SMALL, "a": np.array(["x"] * 3000)}, {}, "column 'a' of the data is <U1, which are no numbers"),
    "times": ({**SMALL, "a": np.zeros(3000, "M8[s]")}, {}, "which are no numbers"),
    "complex": ({**SMALL, "a": np.zeros(3000, complex)}, {}, "complex128, which are no numbers"),
    "two numbers per event": ({**SMALL, "a": np.zeros((3000, 2))}, {}, r"has the shape \(3000, 2\); give one number per event"),
    "masked": ({**SMALL, "a": np.ma.masked_less(SMALL["a"], 0)}, {}, r"has \d+ masked values"),
    "NaN": ({**SMALL, "a": np.where(SMALL["a"] > 2, np.nan, SMALL["a"])}, {}, "NaN|nan"),
    "other lengths": ({**SMALL, "a": SMALL["a"][:-1]}, {}, "has 3000 values but column|has 2999 values but column"),
    "no events": ({name: values[:0] for name, values in SMALL.items()}, {}, "has no events"),
    "an empty region": (SMALL, {"signal": (9000, 9100)}, "signal region"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_events_are_a_sentence(what, tmp_path):
    table, changes, sentence = BAD[what]
    with pytest.raises(eddy.DataError, match=sentence) as error:
        quick_search(table, **changes).run(tmp_path / "run")
    assert isinstance(error.value, ValueError)
    assert not (tmp_path / "run").exists()


def test_bad_frames_are_a_sentence(tmp_path):
    pandas = pytest.importorskip("pandas")
    missing = pandas.DataFrame(SMALL).convert_dtypes()
    missing.loc[3, "a"] = pandas.NA
    with pytest.raises(eddy.DataError, match="column 'a' of the data has 1 missing values"):
        quick_search(missing).run(tmp_path / "run")
    twice = pandas.concat([pandas.DataFrame(SMALL), pandas.DataFrame({"a": SMALL["a"]})], axis=1)
    with pytest.raises(eddy.DataError, match="two columns named 'a'"):
        quick_search(twice).run(tmp_path / "run")
    with pytest.raises(eddy.DataError, match="has no events"):
        quick_search(pandas.DataFrame(SMALL)[:0]).run(tmp_path / "run")


def test_jagged_columns_are_a_sentence(tmp_path):
    awkward = pytest.importorskip("awkward")
    jagged = awkward.Array({**SMALL, "a": [[1.0], [1.0, 2.0], []] * 1000})
    with pytest.raises(eddy.DataError, match="column 'a' of the data has not one number per event"):
        quick_search(jagged).run(tmp_path / "run")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), ("g", "f8"), ("?", "i4"), ("i1", "i4"), ("u1", "i4"), ("i2", "i4"), ("u2", "i4"),
     ("i4", "i4"), ("u4", "i8"), ("i8", "i8"), ("u8", "u8"), (">f4", "f4"), (">i8", "i8")],
)  # fmt: skip
def test_types_of_columns(given, kept):
    values = np.arange(10).astype(given)
    column = _tables.as_column("a", values)
    assert column.dtype == kept
    np.testing.assert_array_equal(column, values)


@pytest.mark.parametrize("kind", ["f4", "f8", "i8"])
def test_contiguous_columns_are_not_copied(kind):
    pandas = pytest.importorskip("pandas")
    values = np.arange(10).astype(kind)
    assert np.shares_memory(_tables.as_column("a", values), values)
    table = _tables.table_of(pandas.DataFrame({"a": values, "b": values}, copy=False))
    assert np.shares_memory(table.column("a"), values)


def test_what_is_no_table(tmp_path):
    with pytest.raises(eddy.ConfigError, match="file = 3 has the wrong type"):
        quick_search(3).run(tmp_path / "run")
    with pytest.raises(eddy.FileError, match="there is no file"):
        quick_search(tmp_path / "none.h5").run(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_two_searches_in_one_folder_never_take_each_others_result(tmp_path):
    import threading

    expected = {}
    for seed in (1, 2):
        expected[seed] = quick_search(make_events(3000, 100, seed=seed)).run(tmp_path / str(seed)).working_points[0.1].z
    assert expected[1] != expected[2]
    found, barrier = {}, threading.Barrier(2)

    def search(seed):
        own = quick_search(make_events(3000, 100, seed=seed))
        barrier.wait()
        try:
            found[seed] = own.run(tmp_path / "both").working_points[0.1].z
        except (eddy.FileError, eddy.ConfigError) as error:
            found[seed] = str(error)

    threads = [threading.Thread(target=search, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [seed for seed in (1, 2) if found[seed] == expected[seed]]
    assert len(won) == 1, found
    other = found[3 - won[0]]
    assert "another search is at work" in other or "other events" in other or "fresh" in other, other
    assert eddy.load(tmp_path / "both").working_points[0.1].z == expected[won[0]]
