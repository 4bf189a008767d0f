"""A run from configuration to report, and that its result depends on configuration and seed alone."""

import json
import os
import unittest

import h5py
import jsonschema
import numpy as np
from workspace import CONFIG, N_EVENTS, REPOSITORY, RUN_FILES, Workspace


class Run(Workspace):
    def test_leaves_all_files_and_nothing_else(self):
        run = self.run_search()
        self.assertEqual(set(os.listdir(run)), RUN_FILES)
        self.assertEqual(set(os.listdir(self.folder)), {"events.h5", "search.toml", "run"})
        log = (run / "log.txt").read_text()
        for words in ("data: 3000 events read", "efficiency 0.1", "finished in"):
            self.assertIn(words, log)
        facts = json.loads((run / "run.json").read_text())
        self.assertGreater(facts["peak_memory_mb"], 0)
        stages = facts["cpu_stages"]["search"]
        self.assertGreater(min(stages["flows"], stages["classifiers"]), 0)
        spent = sum(sum(part.values()) for part in facts["cpu_stages"].values())
        self.assertAlmostEqual(spent, facts["cpu_seconds"], delta=0.1 + 0.2 * facts["cpu_seconds"])
        self.assertIn("<html", (run / "report.html").read_text())

    def test_result_fits_the_schema(self):
        schema = json.loads((REPOSITORY / "docs/result.schema.json").read_text())
        result = json.loads((self.run_search() / "result.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(result)
        self.assertEqual([point["efficiency"] for point in result["working_points"]], [0.1, 0.05])
        self.assertEqual([record["file"] for record in result["inputs"]], ["events.h5:data", "events.h5:template"])

    def test_scores_are_of_the_selected_events(self):
        run = self.run_search()
        met = self.tables["data"]["met"].astype("f4")
        with h5py.File(run / "scores.h5") as file:
            rows = file["row"][:].astype(int)
            np.testing.assert_array_equal(rows, np.flatnonzero(met > 510))
            np.testing.assert_array_equal(file["met"][:], met[rows])
            np.testing.assert_array_equal(file["in_signal_region"][:], met[rows] > 700)
            self.assertEqual(file["met"].attrs["units"], b"GeV")
            self.assertTrue(np.all((file["score"][:] > 0) & (file["score"][:] < 1)))
            efficiency = file["background_efficiency"][:]
            signal_region = file["in_signal_region"][:] == 1
        regions = json.loads((run / "result.json").read_text())["working_points"][0]["regions"]
        passes = efficiency <= np.float32(0.1)
        counts = [np.sum(passes & signal_region), np.sum(~passes & signal_region), np.sum(passes & ~signal_region),
                  np.sum(~passes & ~signal_region)]
        self.assertEqual(list(regions.values()), counts)

    def test_labels_never_change_the_search(self):
        first = json.loads((self.run_search("first") / "result.json").read_text())
        second = json.loads((self.run_search("second", "--set", 'data.label=""') / "result.json").read_text())
        self.assertNotIn("evaluation", second)
        for with_label, without in zip(first["working_points"], second["working_points"]):
            self.assertEqual(with_label["regions"], without["regions"])
            self.assertEqual(with_label["fit"], without["fit"])

    def test_default_folder_is_named_after_the_search(self):
        done = self.eddy("run", "search.toml", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(os.listdir(self.folder / "runs/small")), RUN_FILES)

    def test_quiet_says_warnings_only(self):
        done = self.eddy("run", "search.toml", "--out", "run", "--quiet")
        self.assertEqual(done.stdout, "")
        self.assertTrue(all(line.startswith("warning: ") for line in done.stderr.splitlines()), done.stderr)


class SameResult(Workspace):
    def test_for_any_number_of_threads(self):
        reference = self.run_search("reference", "--threads", 1)
        for threads in (2, 7):
            with self.subTest(threads=threads):
                self.same_result(reference, self.run_search(f"threads{threads}", "--threads", threads))

    def test_from_scratch_and_in_place(self):
        reference = self.run_search("reference")
        before = {name: (reference / name).read_bytes() for name in ("result.json", "scores.h5")}
        self.same_result(reference, self.run_search("again"))
        self.run_search("reference", "--fresh")
        self.assertEqual(before, {name: (reference / name).read_bytes() for name in before})

    def test_with_a_shared_store(self):
        reference = self.run_search("reference")
        self.same_result(reference, self.run_search("first", "--store", "store"))
        self.same_result(reference, self.run_search("second", "--store", "store"))

    def test_another_seed_gives_another(self):
        first = self.run_search("first")
        second = self.run_search("second", "--seed", 2)
        third = self.run_search("third", "--set", "search.seed=2")
        self.assertNotEqual((first / "scores.h5").read_bytes(), (second / "scores.h5").read_bytes())
        self.assertNotEqual((first / "result.json").read_bytes(), (second / "result.json").read_bytes())
        self.same_result(second, third)

    def test_from_the_resolved_configuration(self):
        self.write_config(CONFIG + '[inject]\nfile = "events.h5:data"\ncount = 20\n')
        run = self.run_search()
        text = (run / "config.toml").read_text()
        for cwd in (self.folder, run, "/"):
            with self.subTest(cwd=cwd):
                again = self.folder / f"again{len(str(cwd))}"
                done = self.eddy("run", os.path.relpath(run / "config.toml", cwd), "--out", again, cwd=cwd)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.same_result(run, again)
                self.assertEqual((again / "config.toml").read_text(), text)

    def test_wherever_the_files_are(self):
        run = self.run_search()
        moved = self.folder / "elsewhere"
        moved.mkdir()
        (self.folder / "events.h5").rename(moved / "events.h5")
        (self.folder / "search.toml").rename(moved / "search.toml")
        self.same_result(run, self.run_search("again", config="elsewhere/search.toml"))

    def test_with_an_environment_variable_in_a_path(self):
        reference = self.run_search("reference")
        os.environ["EDDY_TEST_FOLDER"] = str(self.folder)
        self.addCleanup(os.environ.pop, "EDDY_TEST_FOLDER")
        run = self.run_search("run", "--set", "data.file=${EDDY_TEST_FOLDER}/events.h5:data")
        self.same_result(reference, run)
        self.assertIn("${EDDY_TEST_FOLDER}/events.h5:data", (run / "config.toml").read_text())

    def test_with_the_papers_preset_spelled_out(self):
        run = self.run_search("run", "--set", "search.preset=paper", "--set", "flow.epochs=1")
        again = self.run_search("again", config="run/config.toml")
        self.same_result(run, again)


if __name__ == "__main__":
    unittest.main()
