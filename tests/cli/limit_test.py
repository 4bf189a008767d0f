"""Limits from the command line, as a user would ask for them: of a tail and of a resonance, with small samples."""

import json
import unittest

import h5py
import numpy as np

import extrapolation_test
from workspace import BUMP, Workspace, artefacts, write

N_SIGNAL = 3000
QUICK = ("--points", 2, "--repetitions", 2)


class Limit(Workspace):
    def write_signal(self, name="signal.h5", seed=7, **more):
        """A lump in the features of the tail search, in its signal region but for a part."""
        rng = np.random.default_rng(seed)
        met = rng.uniform(600, 1200, N_SIGNAL)
        t = np.full(N_SIGNAL, 2.0)
        columns = {"met": met, "m": rng.normal(5, 0.2, N_SIGNAL), "t": t + rng.normal(0, 0.05, N_SIGNAL), **more}
        with h5py.File(self.folder / name, "w") as file:
            for column, values in columns.items():
                file[column] = np.asarray(values, dtype="f4")
            file["met"].attrs["units"] = "GeV"

    def write_resonance(self):
        """masses.h5 with enough events behind a cut for fits, and peak.h5, whose features stand out."""
        rng = np.random.default_rng(8)
        mjj = (rng.pareto(8, 80000) + 1) * 2500
        with h5py.File(self.folder / "masses.h5", "w") as file:
            file["mjj"] = mjj[mjj < 7000][:40000].astype("f4")
            file["mjj"].attrs["units"] = "GeV"
            for name in ("x1", "x2"):
                file[name] = rng.normal(size=len(file["mjj"])).astype("f4")
        with h5py.File(self.folder / "peak.h5", "w") as file:
            file["mjj"] = rng.normal(3500, 100, N_SIGNAL).astype("f4")
            file["mjj"].attrs["units"] = "GeV"
            for name in ("x1", "x2"):
                file[name] = rng.normal(2, 0.3, N_SIGNAL).astype("f4")

    def limit(self, *arguments, run="run", signal="signal.h5"):
        done = self.eddy("limit", run, "--signal", signal, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads((self.folder / run / "limit.json").read_text())

    def test_of_a_tail(self):
        self.write_signal()
        run = self.run_search()
        before = (run / "result.json").read_bytes()
        limit = self.limit("--repetitions", 2, "--points", 4)
        self.assertEqual((run / "result.json").read_bytes(), before)
        self.assertEqual(limit["format"], "eddy-limit-1")
        self.assertFalse(any(injection["failure"] for injection in limit["injections"]), limit["injections"])
        self.assertEqual(len(limit["cuts"]), 2)
        best = limit["cuts"][limit["best"]]
        medians = [cut["expected"][2] for cut in limit["cuts"]]
        self.assertEqual(best["expected"][2], min(median for median in medians if median is not None))
        self.assertIsNone(best["no_limit"])
        self.assertGreater(best["observed"], best["signal"]["upper_limit"], "not all of the signal passes")
        bands = [value for value in best["expected"] if value is not None]
        self.assertEqual(bands, sorted(bands))
        interval = best["interval"]
        self.assertLessEqual(interval["low"], interval["best"])
        report = (run / "report.html").read_text()
        self.assertIn("<h2>Limit</h2>", report)
        self.assertIn("95 % upper limits of all cuts", report)

        # It is there again after whatever writes the report anew, and does not cost a search.
        kept = artefacts(run)
        self.eddy("report", "run")
        self.assertIn("<h2>Limit</h2>", (run / "report.html").read_text())
        done = self.eddy("run", "search.toml", "--out", "run", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("<h2>Limit</h2>", (run / "report.html").read_text())
        self.assertEqual(self.limit("--repetitions", 2, "--points", 4), limit)
        self.assertEqual(artefacts(run), kept)

    def test_of_a_resonance_for_any_number_of_threads(self):
        self.write_resonance()
        self.write_config(BUMP)
        run = self.run_search()
        one = self.limit("--points", 3, "--repetitions", 2, "--threads", 1, "--store", "one", signal="peak.h5")
        two = self.limit("--points", 3, "--repetitions", 2, "--threads", 2, "--store", "two", signal="peak.h5")
        self.assertEqual(one, two)
        uncut, cut = one["cuts"]
        self.assertEqual(uncut["efficiency"], 1)
        self.assertTrue(all(knot["efficiency"] == 1 for knot in uncut["knots"]))
        self.assertAlmostEqual(uncut["observed"], uncut["signal"]["upper_limit"], delta=0.2 * uncut["observed"])
        self.assertLess(cut["expected"][2], uncut["expected"][2], "features tell this signal from background")
        self.assertTrue((run / "limit.json").exists())

    def test_of_an_extrapolation_once_it_is_open(self):
        tables = {"data": extrapolation_test.events(3, 4000, 0), "simulation": extrapolation_test.events(5, 4000, 0.3)}
        lump = extrapolation_test.events(6, 6000, 0)
        rng = np.random.default_rng(7)
        tables["signal"] = lump | {"m": rng.normal(9, 0.3, 6000), "t": rng.normal(6, 0.3, 6000)}
        write(self.folder / "events.h5", tables)
        self.write_config(extrapolation_test.CONFIG.replace('label = "label"', ""))
        run = self.run_search()
        self.fails(["limit", "run", "--quiet", "--signal", "events.h5:signal"], "closed", "eddy unblind run")
        self.run_search("run", "--stage", "sr")
        limit = self.limit(*QUICK, signal="events.h5:signal")
        self.assertFalse(any(injection["failure"] for injection in limit["injections"]), limit["injections"])
        (cut,) = limit["cuts"]
        self.assertGreater(cut["knots"][-1]["efficiency"], 2 * 0.1, "more of this signal passes than of the background")
        self.assertIsNotNone(cut["signal"])
        self.assertTrue((run / "limit.json").exists())

    def test_as_a_cross_section_and_with_null_experiments(self):
        self.write_signal(w=np.full(N_SIGNAL, 0.01))
        self.run_search()
        limit = self.limit(*QUICK, "--weight", "w", "--cross-section", 2, "--unit", "pb", "--nulls", 2, "--into", "nulls")
        with h5py.File(self.folder / "signal.h5") as file:
            expected = 0.01 * np.count_nonzero(file["met"][...] > 700)
        self.assertEqual(limit["cross_section"]["unit"], "pb")
        self.assertAlmostEqual(limit["cross_section"]["per_event"], 2 / expected, delta=1e-6)
        self.assertTrue(limit["into_nulls"])
        self.assertEqual(limit["cuts"][0]["expected_of_nulls"]["experiments"], 2)
        self.assertIn(" pb", (self.folder / "run" / "report.html").read_text())

    def test_a_stopped_limit_goes_on(self):
        self.write_signal()
        run = self.run_search()
        kept = len(artefacts(run))
        process = self.start("limit", "run", "--signal", "signal.h5", *QUICK)
        self.wait_for(lambda: len(artefacts(run)) > kept + 1, process)
        process.kill()
        process.wait()
        before = artefacts(run)
        self.assertFalse((run / "limit.json").exists())
        limit = self.limit(*QUICK)
        after = artefacts(run)
        self.assertEqual({name: after[name] for name in before}, before, "finished searches are not repeated")
        self.assertEqual(len(after), kept + len(limit["injections"]))

    def test_a_range_that_is_too_small_says_so(self):
        self.write_signal()
        self.run_search()
        limit = self.limit("--injections", "2,3", "--repetitions", 2)
        self.assertIsNone(limit["best"])
        self.assertEqual({cut["no_limit"] for cut in limit["cuts"]}, {"not_excluded"})
        self.assertIn("inject more", (self.folder / "run" / "report.html").read_text())

    def test_what_cannot_be_says_so(self):
        self.write_signal()
        self.fails(["limit", "run", "--signal", "signal.h5"], "'run' is not a finished run")
        run = self.run_search()
        files = sorted(path.name for path in run.iterdir())
        quiet = ["limit", "run", "--quiet", "--signal"]
        self.fails(["limit", "run", "--quiet"], "--signal")
        self.fails([*quiet, "nowhere.h5"], "nowhere.h5", code=1)
        self.fails([*quiet, "signal.h5", "--repetitions", 1], "--repetitions 1", "from 2")
        self.fails([*quiet, "signal.h5", "--injections", "50,-1"], "--injections -1")
        self.fails([*quiet, "signal.h5", "--injections", "50,99999"], "--injections 99999", "a file with more events")
        self.fails([*quiet, "signal.h5", "--cross-section", "2"], "--expected", "--weight")
        self.fails([*quiet, "signal.h5", "--expected", "2"], "--cross-section")
        self.fails([*quiet, "signal.h5", "--cross-section", "1e308", "--expected", "1e-308"], "--cross-section divided by", "inf")
        self.fails([*quiet, "signal.h5", "--cross-section", "1e-308", "--expected", "1e308"], "--cross-section divided by")
        self.fails([*quiet, "signal.h5", "--weight", "w"], "'w'")
        self.fails([*quiet, "events.h5:data"], "signal region", "not in the data", "give more signal events")
        self.assertEqual(sorted(path.name for path in run.iterdir() if path.name != "batch"), files)

    def test_weights_and_copies_make_no_events(self):
        """Few events carry all the weight, or stand in the file many times: no efficiency can be measured with them."""
        self.run_search()
        w = np.zeros(N_SIGNAL)
        w[:40] = 1
        self.write_signal(w=w)
        limit = ["limit", "run", "--quiet", "--signal", "signal.h5"]
        self.fails([*limit, "--weight", "w"], "of equal weight", "needs at least 200")
        with h5py.File(self.folder / "signal.h5", "r+") as file:
            for column in ("met", "m", "t"):
                file[column][:] = np.resize(file[column][:30], N_SIGNAL)
        self.fails(limit, "of equal weight that are no copies", "needs at least 200")

    def test_a_limit_of_another_result_is_refused(self):
        self.write_signal()
        run = self.run_search()
        self.limit("--injections", "300", "--repetitions", 2)
        limit = json.loads((run / "limit.json").read_text())
        self.assertEqual(self.eddy("report", "run").returncode, 0)
        (run / "limit.json").write_text(json.dumps({**limit, "result_sha256": "0" * 64}))
        self.fails(["report", "run"], "limit.json", "eddy limit run")
        limit["cuts"][0]["observed"] = 1.5
        (run / "limit.json").write_text(json.dumps(limit))
        self.fails(["report", "run"], "limit.json", "was changed after it was written", "eddy limit run")


if __name__ == "__main__":
    unittest.main()
