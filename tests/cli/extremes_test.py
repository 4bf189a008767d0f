"""Searches at the edge of what can be searched: tied scores, cuts that nothing passes, spectra that end, masses of few values.
Each of them once gave a wrong number, or lost a finished search."""

import json
import shutil
import unittest

import h5py
import numpy as np

from workspace import BUMP, CONFIG, Workspace, events, write

CWOLA = BUMP.replace("masses.h5", "events.h5:data").replace("max_iterations = 10", "max_iterations = 5")
EXTRAPOLATION = """
[search]
method = "reweight"
name = "extrapolation"
[data]
file = "events.h5:data"
[simulation]
file = "events.h5:simulation"
[features]
context = ["ht"]
x = ["x", "y"]
[regions]
signal = "ht > 600"
[flow]
members = 2
epochs = 1
hidden = 16
[transfer]
epochs = 1
hidden = 16
[weights]
epochs = 3
hidden = 16
[extrapolation]
stage = "sr"
closure_runs = 2
[classifier]
members = 2
[trees]
max_iterations = 5
[folds]
k = 2
[validation]
experiments = 0
[working_points]
efficiency = [0.1, 1e-4]
"""


def falling(seed, n):
    """Masses that fall from 2500 on, where a selection begins, and two features of no use."""
    rng = np.random.default_rng(seed)
    mjj = (rng.pareto(8, 4 * n) + 1) * 2500
    mjj = mjj[mjj < 7000][:n]
    return {"mjj": mjj, "x1": rng.normal(size=n), "x2": rng.normal(size=n)}


def write_columns(path, tables, units=None):
    with h5py.File(path, "w") as file:
        for group, columns in tables.items():
            for name, values in columns.items():
                file[f"{group}/{name}"] = np.asarray(values, dtype="f4")
                if units and name in units:
                    file[f"{group}/{name}"].attrs["units"] = units[name]


class Case(Workspace):
    def result(self, run):
        text = (run / "result.json").read_text(encoding="utf-8")
        self.assertNotIn("Infinity", text)
        self.assertNotIn("NaN", text)
        return json.loads(text)

    def assert_warned(self, result, *words):
        self.assertTrue(any(all(word in warning for word in words) for warning in result["warnings"]), result["warnings"])

    def assert_reads(self, run):
        """Report and comparison cope with the result."""
        other = run.with_name(run.name + "-again")
        shutil.copytree(run, other)
        for arguments in (["report", run], ["compare", run, other, "-o", run.with_name(run.name + "-compared")]):
            done = self.eddy(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)


class Ties(Case):
    def test_cuts_keep_ties_whole_and_say_so(self):
        data = falling(1, 12000)
        rng = np.random.default_rng(11)
        write_columns(self.folder / "events.h5", {"data": data | {"x1": rng.integers(0, 2, 12000), "x2": rng.integers(0, 2, 12000)}})
        self.write_config(CWOLA)
        run = self.run_search()
        result = self.result(run)
        point = next(p for p in result["working_points"] if p["efficiency"] == 0.1)
        with h5py.File(run / "scores.h5") as file:
            inside = file["in_signal_region"][:] > 0
            passes = file["background_efficiency"][:] <= np.float32(0.1)
            groups = np.unique(file["score"][:][inside], return_counts=True)[1]
            masses = file["mjj"][:][passes]
        self.assertLess(len(groups), 9, "two folds of four kinds of events")
        kept = int(np.sum(passes & inside))
        self.assertEqual(point["observed"], kept)
        self.assertGreaterEqual(kept, 0.1 * np.sum(inside) - 2)
        self.assertAlmostEqual(point["realised_efficiency"], kept / np.sum(inside), places=6)
        self.assert_warned(result, "efficiency 0.1", "many events have the same score", "ties are kept whole")
        with h5py.File(run / "masses/efficiency-0.1.h5") as file:
            np.testing.assert_array_equal(np.sort(file["mjj"][:]), np.sort(masses))
        self.assert_reads(run)

    def test_scores_of_other_events_are_cut_in_the_same_way(self):
        rng = np.random.default_rng(11)
        write_columns(self.folder / "events.h5", {"data": falling(1, 6000) | {"x1": rng.integers(0, 2, 6000), "x2": rng.integers(0, 2, 6000)}})
        self.write_config(CWOLA)
        run = self.run_search()
        write_columns(self.folder / "new.h5", {"new": falling(2, 3000) | {"x1": rng.integers(0, 2, 3000), "x2": rng.integers(0, 2, 3000)}})
        done = self.eddy("score", run, "new.h5", "-o", "scored.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.folder / "scored.h5") as file:
            score, efficiency = file["score"][:], file["background_efficiency"][:]
        for value in np.unique(score):
            self.assertEqual(len(np.unique(efficiency[score == value])), 1, "equal scores pass together")
        self.assertGreater(np.sum(efficiency <= 0.5), 0)


class NothingSeen(Case):
    def test_is_no_deficit(self):
        run = self.run_search("run", "--set", "working_points.efficiency=[0.1, 1e-6]")
        result = self.result(run)
        tight = min(result["working_points"], key=lambda point: point["efficiency"])
        self.assertEqual((tight["observed"], tight["predicted"], tight["z"], tight["p_value"]), (0, 0, None, 1))
        self.assertAlmostEqual(tight["upper_limit"], 3.0, delta=0.1)
        self.assert_warned(result, "efficiency 1e-06", "nothing to test")
        loose = max(result["working_points"], key=lambda point: point["efficiency"])
        self.assertIsNotNone(loose["z"])
        self.assert_reads(run)

    def test_alone_leaves_a_report(self):
        run = self.run_search("run", "--set", "working_points.efficiency=[1e-6]")
        self.assertTrue("no excess, and no Z" in (run / "report.html").read_text(encoding="utf-8"))
        self.assert_reads(run)

    def test_a_cut_that_all_pass_has_no_prediction(self):
        run = self.run_search("run", "--set", "working_points.efficiency=[0.1, 0.9999]")
        result = self.result(run)
        self.assertIsNotNone(result["working_points"][0]["z"])
        wide = result["working_points"][1]
        if wide["regions"]["D"] == 0:
            self.assertEqual((wide["predicted"], wide["z"], wide["upper_limit"]), (None, None, None))
            self.assert_warned(result, "efficiency 0.9999", "region D is empty")
        self.assert_reads(run)

    def test_in_a_bump_hunt(self):
        write_columns(self.folder / "events.h5", {"data": falling(1, 4000)})
        self.write_config(CWOLA)
        run = self.run_search("run", "--set", "working_points.efficiency=[0.1, 1e-5]")
        result = self.result(run)
        tight = min(result["working_points"], key=lambda point: point["efficiency"])
        self.assertEqual((tight["observed"], tight["predicted"], tight["z"]), (0, None, None))
        self.assert_warned(result, "efficiency 1e-05", "no event passes")
        self.assert_reads(run)


class EmptyPoint(Case):
    def setUp(self):
        super().setUp()
        def sample(seed, n, shift):
            rng = np.random.default_rng(seed)
            ht = 300 + rng.exponential(120, n)
            return {"ht": ht, "x": rng.normal(ht / 500 + shift, 0.4), "y": rng.exponential(1, n)}
        write_columns(self.folder / "events.h5", {"data": sample(1, 4000, 0), "simulation": sample(2, 8000, 0.05)})
        self.write_config(EXTRAPOLATION)

    def test_takes_no_other_with_it(self):
        plain = self.result(self.run_search("plain", "--set", "working_points.efficiency=[0.1]"))["working_points"][0]
        for method in ("reweight", "generate", "morph"):
            with self.subTest(method=method):
                run = self.run_search(method, "--set", f"search.method={method}")
                result = self.result(run)
                loose, tight = sorted(result["working_points"], key=lambda point: -point["efficiency"])
                if method == "reweight":
                    self.assertEqual([loose[key] for key in ("observed", "predicted", "z")], [plain[key] for key in ("observed", "predicted", "z")])
                self.assertEqual(tight["predicted"], 0)
                self.assertGreater(tight["predicted_error"], 0)
                self.assert_warned(result, "efficiency 0.0001", "no simulated event passes")
                if tight["observed"] == 0:
                    self.assertIsNone(tight["z"])
                    self.assertAlmostEqual(tight["upper_limit"], 3.0, delta=0.05)
                self.assert_reads(run)


class SpectrumEdge(Case):
    def setUp(self):
        super().setUp()
        write_columns(self.folder / "events.h5", {"data": falling(3, 4000)})
        self.write_config(CWOLA)

    def test_a_region_without_sideband_is_refused(self):
        for low, high in ((2550, 2750), (2500, 2700)):
            self.run_fails(f"{low}", "has no sideband below", "the selected masses begin at 2500", "loosen the selection",
                           settings=[f"regions.signal=mjj > {low} && mjj < {high}"])
        self.run_fails("has no sideband above", "end at 3199", settings=["regions.selection=mjj > 2500 && mjj < 3200", "regions.signal=mjj > 2950 && mjj < 3170"])

    def test_near_an_edge_background_is_background(self):
        for settings in (["regions.signal=mjj > 2700 && mjj < 2900"], ["regions.selection=mjj > 2560", "regions.signal=mjj > 2700 && mjj < 2900"],
                         ["regions.selection=mjj > 2500 && mjj < 3300", "regions.signal=mjj > 2800 && mjj < 3000"]):
            with self.subTest(settings=settings):
                arguments = [part for setting in settings for part in ("--set", setting)]
                result = self.result(self.run_search("run", "--fresh", *arguments))
                for point in result["working_points"]:
                    for z in (point["z"], (point["fit"]["counting"] or {}).get("z")):
                        self.assertTrue(z is None or abs(z) < 5, point)
                    self.assertGreaterEqual(point["fit"]["range"][0], 2500)

    def test_a_range_beyond_the_selection_is_cut_and_said(self):
        result = self.result(self.run_search("run", "--set", "bump_hunt.range=[2000, 6500]"))
        self.assertGreaterEqual(result["working_points"][0]["fit"]["range"][0], 2500)
        self.assert_warned(result, "range = [2000, 6500] reaches beyond the selected masses")


class FewMasses(Case):
    def test_do_not_lose_the_search(self):
        data = falling(1, 8000)
        self.write_config(CWOLA)
        for step in (10, 25, 100):
            with self.subTest(step=step):
                write_columns(self.folder / "events.h5", {"data": data | {"mjj": np.round(data["mjj"] / step) * step}})
                run = self.run_search("run", "--fresh")
                result = self.result(run)
                self.assertTrue((run / "scores.h5").exists())
                self.assertLess(result["sculpting"]["n_bins"], 300)
                self.assert_warned(result, "sculpting test", "different values")


class Units(Case):
    def sample(self, seed, unit, factor):
        columns = events(seed, 3000)
        columns["m"] = columns["m"] * factor
        path = self.folder / f"{unit or 'plain'}-{seed}.h5"
        write_columns(path, {"t": columns}, {"m": unit, "met": "GeV"} if unit else {})
        return path.name

    def test_that_differ_are_refused_in_every_role(self):
        gev, tev = self.sample(1, "GeV", 100), self.sample(2, "TeV", 0.1)
        plain = self.sample(2, None, 100)
        words = ["column 'm'", "GeV", "TeV", gev, tev, "[units]"]
        self.run_fails(*words, settings=[f"data.file={gev}", f"template.file={tev}"])
        self.run_fails(*words, settings=[f"data.file={tev}", f"template.file={gev}"])
        base = [f"data.file={gev}", f"template.file={plain}"]
        self.run_fails(*words, settings=[*base, f"inject.file={tev}", "inject.count=10"])
        self.run_fails(*words, settings=[*base, f"benchmarks.background={tev}"])
        self.run_fails(*words, settings=[*base, f"benchmarks.signal={tev}"])
        run = self.run_search("run", *(part for setting in base for part in ("--set", setting)))
        self.fails(["score", run, tev, "-o", "scores.h5"], *words)
        self.assertFalse((self.folder / "scores.h5").exists())
        self.assertEqual(self.eddy("score", run, plain, "-o", "scores.h5").returncode, 0)

    def test_of_the_configuration_stand_above_the_files(self):
        gev, tev = self.sample(1, "GeV", 100), self.sample(2, "TeV", 100)
        self.run_search("run", "--set", f"data.file={gev}", "--set", f"template.file={tev}", "--set", "units.m=GeV")


class Clipped(Case):
    def test_events_are_a_warning(self):
        self.tables["data"]["m"][:100] = 1000  # of 3,000 events, 2,800 of which are selected
        write(self.folder / "events.h5", self.tables)
        run = self.run_search()
        self.assert_warned(self.result(run), "have m outside the template's range", "clipped")
        write(self.folder / "far.h5", {"far": events(9, 1000) | {"m": np.full(1000, 1000.0)}})
        done = self.eddy("score", run, "far.h5", "-o", "scores.h5")
        self.assertIn("100 % of the events", done.stderr)


class Features(Case):
    def test_that_are_constant_in_one_sample_are_refused(self):
        for table, role in (("data", "data"), ("template", "template")):
            for region in (slice(None), self.tables[table]["met"] > 700, self.tables[table]["met"] <= 700):
                with self.subTest(table=table):
                    tables = {name: dict(columns) for name, columns in self.tables.items()}
                    tables[table]["t"] = np.where(np.isin(np.arange(3000), np.arange(3000)[region]), 2.0, tables[table]["t"])
                    write(self.folder / "constant.h5", tables)
                    self.run_fails("feature 't' is 2", f"of the {role}", "remove it from [features] x",
                                   settings=["data.file=constant.h5:data", "template.file=constant.h5:template", 'features.x=["m", "t"]'])

    def test_that_are_copies_are_refused(self):
        self.run_fails("'twice' is a copy of 'm'", "remove one", settings=["columns.twice=2 * m + 1", 'features.x=["m", "twice"]'])
        self.run_fails("'low' is a copy of 'met'", "remove one", settings=["columns.low=met / 1000", 'features.x=["m", "low"]'])

    def test_that_are_sums_of_others_are_refused(self):
        self.run_fails("'sum' is a sum of 'm', 't' with factors", "remove one", settings=["columns.sum=m - 2 * t + 3", 'features.x=["m", "t", "sum"]'])

    def test_trees_without_a_split_name_the_cause(self):
        self.run_search("run")
        done = self.eddy("run", "search.toml", "--out", "other", "--quiet", "--set", "trees.min_leaf_events=100000")
        self.assertEqual(done.returncode, 2)
        self.assertIn("min_leaf_events = 100000", done.stderr)
        self.assertIn("no split", done.stderr)


class Names(Case):
    def test_that_do_not_exist_are_errors(self):
        for setting, words in (("units.mett=GeV", ["[units] names 'mett'", "did you mean 'met'?"]),
                               ("units.MET=GeV", ["[units] names 'MET'", "did you mean 'met'?"]),
                               ('flow.scalers=["mm: minmax"]', ["[flow] scalers names 'mm'", "did you mean 'm'?"]),
                               ('flow.scalers=["M: log"]', ["[flow] scalers names 'M'", "did you mean 'm'?"]),
                               ('flow.scalers=["m"]', ["[flow] scalers has the entry 'm'", "m: log"]),
                               ('flow.scalers=["m: lag"]', ["there is no scaler 'lag'", "did you mean 'log'?"]),
                               ('flow.scalers=["m: log", "m: minmax"]', ["names 'm' twice"]),
                               ("columns.unused=tt * 2", ["[columns] unused names 'tt'", "did you mean 't'?"])):
            with self.subTest(setting=setting):
                self.run_fails(*words, settings=[setting])

    def test_that_exist_are_fine(self):
        self.run_search("run", "--set", "units.met=GeV", "--set", "units.ratio=GeV", "--set", "units.label=class", "--set", 'flow.scalers=["ratio: minmax"]')

    def test_amounts(self):
        self.run_fails("rows = [0, 4000] of the data", "3000 events", "at most", settings=["data.rows=[0, 4000]"])
        self.run_fails("rows = [0, 3001] of the template", settings=["template.rows=[0, 3001]"])
        self.run_fails("[inject] names 'events.h5:data'", "count, s_over_sqrt_b or fraction", settings=["inject.file=events.h5:data"])
        self.run_fails("[working_points] efficiency = [0.1, 0.05, 0.1] names 0.1 twice", settings=["working_points.efficiency=[0.1, 0.05, 0.1]"])
        for amount, words in (("fraction=1e-9", "fraction = 1e-09 would be"), ("s_over_sqrt_b=1e300", "s_over_sqrt_b = 1e+300 would be")):
            self.run_fails(words, "count = 0", settings=["inject.file=events.h5:data", f"inject.{amount}"])
        self.run_search("run", "--set", "data.rows=[0, 3000]", "--set", "inject.file=events.h5:data", "--set", "inject.count=0")

    def test_numbers_that_are_none(self):
        for value in ("inf", "-inf", "nan"):
            self.run_fails(f"learning_rate = {value}", "no finite number", settings=[f"flow.learning_rate={value}"])
        self.run_fails("[flow] learning_rate", "1e+30", "1", settings=["flow.learning_rate=1e30"])
        self.run_fails("no finite number", settings=["bump_hunt.range=[1.0, inf]"], config=self.bump())

    def bump(self):
        write_columns(self.folder / "bump.h5", {"data": falling(1, 3000)})
        self.write_config(CWOLA.replace("events.h5:data", "bump.h5"), "bump.toml")
        return "bump.toml"


class Toml(Case):
    def test_depth_and_size(self):
        for text, words in (("x = " + "[" * 100000, ["search.toml:"]), ("x = " + "{a=" * 100000, ["search.toml:"]),
                            ("[" + ".".join("a" * 100000) + "]", ["search.toml:1:", "more than 32 names"]),
                            ("\n" + ".".join("a" * 100000) + " = 1", ["search.toml:2:", "more than 32 names"]),
                            ("x = {" + " . ".join(['"a"'] * 100000) + " = 1}", ["more than 32 names"]),
                            ("[folds]\nk = 99999999999999999999999", ["search.toml:2:", "correct the TOML"]),
                            ("[folds]\nk = 3\nk = 3", ["search.toml:3:", "correct the TOML"]),
                            ("[folds]\nk = 3\n[folds]\nscore = 'all'", ["search.toml:3:", "correct the TOML"])):
            with self.subTest(text=text[:40]):
                self.write_config(text)
                self.assertLess(len(self.run_fails(*words)), 400)
        (self.folder / "search.toml").write_bytes(b"# " + b"x" * (17 << 20))
        self.run_fails("too many for a configuration")
        self.write_config(CONFIG)
        self.run_fails("--set", "more than 32 names", settings=["flow.epochs={" + ".".join("a" * 1000) + "=1}"])

    def test_dots_in_texts_are_no_depth(self):
        self.write_config(CONFIG.replace('name = "small"', 'name = "' + "a." * 100 + '"  # ' + "b." * 100))
        self.run_search()


if __name__ == "__main__":
    unittest.main()
