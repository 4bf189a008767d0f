"""eddy score, inspect, report and options."""

import os
import unittest

import h5py
import numpy as np
from workspace import N_EVENTS, REPOSITORY, Workspace

LHCO = REPOSITORY.parent / "shared/data/lhco/events_anomalydetection_tiny.h5"


def read(path):
    with h5py.File(path) as file:
        return {name: file[name][:] for name in file}


class CommandLine(Workspace):
    def test_the_letter_of_another_command_has_a_name_here(self):
        for command in ("run", "study"):
            self.fails([command, "search.toml", "-o", "x"], f"'eddy {command}' has no option '-o'", "did you mean '--out'?")
            self.fails([command, "-ox", "search.toml"], "'-ox'", "did you mean '--out'?")
        self.fails(["report", "x", "-z"], "'eddy report' has no option '-z'", "there are")
        self.assertEqual({path.name for path in self.folder.iterdir()} & {"x", "runs"}, set())

    def test_an_empty_path_is_none(self):
        """As of a shell variable that is not set: it was taken for the default, or for the root of the file system."""
        for command, option in (("run", "--out"), ("run", "--store"), ("study", "--out"), ("study", "--store")):
            self.fails([command, "search.toml", option, ""], f"'eddy {command}': {option}", "it is empty", "leave the option out")
        self.fails(["compare", "a", "b", "-o", ""], "it is empty", "leave the option out")
        self.assertFalse((self.folder / "runs").exists())


class Score(Workspace):
    def test_scores_any_events_from_anywhere(self):
        run = self.run_search()
        done = self.eddy("score", "run", "events.h5:template", "-o", "scores.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        scores = read(self.folder / "scores.h5")
        met = self.tables["template"]["met"].astype("f4")
        np.testing.assert_array_equal(scores["row"], np.flatnonzero(met > 510))
        np.testing.assert_array_equal(scores["in_signal_region"], met[met > 510] > 700)
        self.assertTrue(np.all((scores["score"] > 0) & (scores["score"] < 1)))
        self.assertTrue(np.all((scores["background_efficiency"] > 0) & (scores["background_efficiency"] <= 1)))
        # A higher score never has a higher background efficiency; the mean over folds keeps that only fold by fold, so on the whole.
        self.assertLess(np.corrcoef(scores["score"], scores["background_efficiency"])[0, 1], -0.5)
        for cwd in (run, "/"):
            again = self.folder / f"again{len(str(cwd))}.h5"
            done = self.eddy("score", os.path.relpath(run, cwd), os.path.relpath(self.folder / "events.h5", cwd) + ":template", "-o", again, cwd=cwd)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(again.read_bytes(), (self.folder / "scores.h5").read_bytes())

    def test_reads_other_formats(self):
        self.run_search()
        table = np.stack([self.tables["data"][name].astype("f4") for name in ("t", "met", "m")], axis=1)
        np.save(self.folder / "array.npy", table)
        with open(self.folder / "table.csv", "w") as file:
            file.write("t,met,m\n" + "\n".join(",".join(repr(float(value)) for value in row) for row in table) + "\n")
        for arguments in (["array.npy", "--columns", "t,met,m"], ["table.csv"], ["events.h5:data"]):
            done = self.eddy("score", "run", *arguments, "-o", f"{arguments[0]}.scores")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual((self.folder / f"{arguments[0]}.scores").read_bytes(), (self.folder / "array.npy.scores").read_bytes())
        self.fails(["score", "run", "array.npy", "-o", "x.h5"], "array.npy", "has no column", "0, 1, 2")

    def test_refuses_what_is_no_finished_run(self):
        self.fails(["score", "nothing", "events.h5:data", "-o", "x.h5"], "'nothing' is not a finished run", "the folder that 'eddy run' wrote")
        run = self.run_search()
        (run / "result.json").rename(run / "hidden")
        self.fails(["score", "run", "events.h5:data", "-o", "x.h5"], "'run' is not a finished run", "no result.json", "run it again")
        (run / "hidden").rename(run / "result.json")
        scorer = run / "models/scorer.eddy"
        scorer.write_bytes(scorer.read_bytes()[:-5])
        self.fails(["score", "run", "events.h5:data", "-o", "x.h5"], "models/scorer.eddy", "not a complete eddy artefact", "run again", code=1)
        scorer.unlink()
        self.fails(["score", "run", "events.h5:data", "-o", "x.h5"], "no models/scorer.eddy", "run it again")
        (run / "result.json").write_text('{"method": "generate", "setup": {"stage": "cr"}}')
        self.fails(["score", "run", "events.h5:data", "-o", "x.h5"], "'run' is blind", "eddy run CONFIG --out run --stage sr")
        self.assertFalse((self.folder / "x.h5").exists())
        self.run_search()  # the remedy
        self.assertEqual(self.eddy("score", "run", "events.h5:data", "-o", "x.h5").returncode, 0)

    def test_refuses_bad_events_and_outputs(self):
        self.run_search()
        self.fails(["score", "run", "nothing.h5", "-o", "x.h5"], "there is no file", "nothing.h5", code=1)
        self.fails(["score", "run", "events.h5:data", "-o", "no/folder/x.h5", "--quiet"], "there is no folder 'no/folder'", "-o")

    def test_warns_of_a_file_without_selected_events(self):
        self.run_search()
        with h5py.File(self.folder / "low.h5", "w") as file:
            for name, values in self.tables["data"].items():
                file[name] = (values * 0 + 100 if name == "met" else values).astype("f4")
        done = self.eddy("score", "run", "low.h5", "-o", "x.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0 of 3000 events of 'low.h5' pass the selection", done.stderr)
        self.assertIn("[regions] selection", done.stderr)


class Inspect(Workspace):
    def inspect(self, *arguments):
        done = self.eddy("inspect", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_hdf5(self):
        self.tables["data"]["m"][:4] = np.nan
        with h5py.File(self.folder / "events.h5", "r+") as file:
            file["data/m"][:4] = np.nan
        text = self.inspect("events.h5:data")
        self.assertIn(f"{N_EVENTS} events, 4 columns", text)
        lines = {line.split()[0]: line.split() for line in text.splitlines() if line}
        self.assertEqual(lines["m"][1], "4")
        self.assertEqual(lines["met"][1:3], ["GeV", "0"])
        met = np.sort(self.tables["data"]["met"].astype("f4"))
        self.assertAlmostEqual(float(lines["met"][3]), met[0], delta=5e-5 * met[0])  # five digits are shown
        self.assertAlmostEqual(float(lines["met"][-1]), met[-1], delta=5e-5 * met[-1])

    def test_arrays_and_text(self):
        np.save(self.folder / "array.npy", np.arange(12, dtype="f4").reshape(4, 3))
        self.assertIn("4 events, 3 columns", self.inspect("array.npy"))
        self.assertIn("\nb ", self.inspect("array.npy", "--columns", "a,b,c"))
        (self.folder / "table.csv").write_text("a,b\n1,2\n3,4\n")
        self.assertIn("2 events, 2 columns", self.inspect("table.csv"))
        self.fails(["inspect", "array.npy", "--columns", "a,b"], "array.npy", "3 columns", "2")

    def test_wide_files_are_cut_unless_all_is_asked_for(self):
        np.save(self.folder / "wide.npy", np.zeros((5, 100), "f4"))
        self.assertIn("60 more columns; --all shows them", self.inspect("wide.npy"))
        self.assertNotIn("more columns", self.inspect("wide.npy", "--all"))

    @unittest.skipUnless(LHCO.exists(), f"no {LHCO}")
    def test_lhco_events(self):
        text = self.inspect(LHCO)
        self.assertRegex(text, r"\d+ events, 2101 columns")
        self.assertIn("more columns; --all shows them", text)

    def test_refuses(self):
        self.fails(["inspect", "nothing.h5"], "there is no file", "nothing.h5", code=1)
        self.fails(["inspect", "events.h5"], "holds 2 tables", "data, template")


class Report(Workspace):
    def test_writes_the_same_page_again(self):
        run = self.run_search()
        page = (run / "report.html").read_bytes()
        (run / "report.html").unlink()
        done = self.eddy("report", "run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((run / "report.html").read_bytes(), page)

    def test_refuses_what_is_no_run(self):
        self.fails(["report", "."], "'.' is not a finished run", "no result.json", "'eddy run'")
        self.fails(["report", "nothing"], "'nothing' is not a finished run")
        run = self.run_search()
        page = (run / "report.html").read_bytes()
        (run / "result.json").write_text('{"a": ')
        self.fails(["report", "run"], "run/result.json' is damaged", "run 'eddy run' again", code=1)
        (run / "result.json").write_text("{}")
        self.fails(["report", "run"], "'run'", "run 'eddy run' again", code=1)
        self.assertEqual((run / "report.html").read_bytes(), page)


class Options(Workspace):
    def test_list_every_section(self):
        done = self.eddy("options")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        config = (self.run_search() / "config.toml").read_text()
        for line in config.splitlines():
            if line.startswith("["):
                self.assertIn(f"## {line}\n", done.stdout)
            elif " = " in line and not line.startswith("ratio"):
                self.assertIn(f"| `{line.split(' = ')[0]}` |", done.stdout)


if __name__ == "__main__":
    unittest.main()
