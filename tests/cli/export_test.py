"""eddy export from the command line: what it leaves, and what it refuses, in one sentence."""

import gzip
import json
import shutil
import unittest

import h5py
import numpy as np
from workspace import BUMP, CONFIG, Workspace, write


class Export(Workspace):
    def test_leaves_a_folder_that_says_what_is_in_it(self):
        self.run_search()
        done = self.eddy("export", "run", "--format", "pyhf")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 files in run/export/pyhf", done.stderr)
        self.assertIn("eddy limit run --signal FILE", done.stderr)
        folder = self.folder / "run" / "export" / "pyhf"
        facts = json.loads((folder / "export.json").read_text())
        self.assertEqual(facts["files"], ["cut_0.05.json", "cut_0.1.json"])
        self.assertEqual({model["name"] for model in facts["models"]}, {"cut_0.05", "cut_0.1"})
        for model in facts["models"]:
            self.assertIn("definition", model["eddy"])
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.assertEqual(self.eddy("export", "run", "--format", "pyhf", "--quiet").returncode, 0)
        self.assertEqual({path.name: path.read_bytes() for path in folder.iterdir()}, before)
        self.assertEqual(self.eddy("report", "run").returncode, 0, "the run folder is still one")

    def test_of_a_blind_run_nothing_leaves(self):
        self.write_config(CONFIG.replace("[search]", "[search]\nblind = true"))
        self.run_search()
        for name in ("pyhf", "hs3", "combine", "hepdata", "onnx"):
            self.fails(
                ["export", "run", "--format", name],
                "'run' is blind: nothing of a closed signal region is exported",
                "eddy unblind run",
            )
        self.assertFalse((self.folder / "run" / "export").exists())

    def test_what_cannot_be_is_refused(self):
        self.fails(["export", "run", "--format", "pyhf"], "'run'")
        self.run_search()
        self.fails(["export", "run"], "--format")
        self.fails(
            ["export", "run", "--format", "root"], "--format root does not exist; there are pyhf, hs3, combine, hepdata, onnx"
        )
        self.fails(
            ["export", "run", "--format", "pyhf", "--spurious-signal", "3"], "--spurious-signal is of bump hunts", "'abcd'"
        )
        self.fails(["export", "run", "--format", "pyhf", "--spurious-signal", "-3"], "--spurious-signal")
        self.fails(["export", "run", "--format", "pyhf", "--spurious-signal", "nan"], "--spurious-signal nan is no number of events")
        self.fails(["export", "run", "--format", "onnx", "--spurious-signal", "3"], "--spurious-signal is of statistical models")
        (self.folder / "mine").mkdir()
        (self.folder / "mine" / "notes.txt").write_text("mine")
        self.fails(["export", "run", "--format", "pyhf", "-o", "mine"], "'mine' holds 'notes.txt', which no export wrote")
        self.fails(["export", "run", "--format", "pyhf", "-o", "search.toml"], "'search.toml' is a file", "-o")
        self.assertEqual((self.folder / "mine" / "notes.txt").read_text(), "mine")

    def test_check_says_whether_an_export_is_that_of_the_run(self):
        run = self.run_search()
        for name in ("pyhf", "onnx"):
            self.assertEqual(self.eddy("export", "run", "--format", name, "--quiet").returncode, 0)
            done = self.eddy("export", "run", "--format", name, "--check")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("are those of this run", done.stderr)
        model = run / "export" / "onnx" / "model.onnx"
        model.write_bytes(model.read_bytes()[:-1] + b"x")
        self.fails(
            ["export", "run", "--format", "onnx", "--check"],
            "model.onnx' is not as this run and this version of eddy write it",
            "export again",
        )
        (run / "export" / "pyhf" / "cut_0.1.json").unlink()
        self.fails(["export", "run", "--format", "pyhf", "--check"], "cut_0.1.json' is missing, as this run")

    def test_the_place_in_the_step_of_a_feature_is_an_input_of_the_graph(self):
        rng = np.random.default_rng(3)
        for table in self.tables.values():
            table["m"] = rng.integers(0, 6, len(table["met"]))
        write(self.folder / "events.h5", self.tables)
        run = self.run_search()
        self.assertEqual(self.eddy("export", "run", "--format", "onnx", "--quiet").returncode, 0)
        vector = json.loads((run / "export/onnx/test_vector.json").read_text())
        places = np.array(vector["inputs"]["spread_m"])
        self.assertEqual(len(np.unique(places)), 128)
        self.assertLessEqual(np.abs(places).max(), 0.5)
        self.assertIn(b"spread_m", (run / "export/onnx/model.onnx").read_bytes())
        self.assertEqual(self.eddy("score", "run", "events.h5:data", "-o", "scored.h5").returncode, 0)
        with h5py.File(self.folder / "scored.h5") as file:
            self.assertLessEqual(np.abs(file["spread_m"][...]).max(), 0.5)
            self.assertNotIn("spread_ratio", file)

    def test_a_result_of_another_layout_is_refused(self):
        run = self.run_search()
        result = json.loads((run / "result.json").read_text())
        for schema, place in ((3, "later"), (None, "earlier")):
            changed = dict(result, schema=schema, eddy="0.0.1")
            if schema is None:
                del changed["schema"]
            shutil.copytree(run, self.folder / place)
            (self.folder / place / "result.json").write_text(json.dumps(changed))
            self.fails(["export", place, "--format", "hs3"], f"'{place}'", "eddy 0.0.1", "run the search again")

    def test_a_result_that_was_edited_is_refused(self):
        """Each of these is a value that could be."""
        run = self.run_search()
        for name in ("result.json", "figures.json"):
            good = (run / name).read_text()
            changed = json.loads(good)
            if name == "result.json":
                changed["working_points"][0]["observed"] += 1
            else:
                changed["figures"][0]["caption"] += " At last."
            (run / name).write_text(json.dumps(changed))
            for form in ("pyhf", "hs3", "combine", "hepdata", "onnx"):
                self.fails(["export", "run", "--format", form], f"'run/{name}' is not what the search wrote there", "eddy run run/config.toml")
            (run / name).write_text(json.dumps(json.loads(good)))  # the same content, written in another way
            self.assertEqual(self.eddy("export", "run", "--format", "hepdata", "--quiet").returncode, 0)
        (run / "result.json").write_text("{}")
        self.assertEqual(self.eddy("run", "run/config.toml", "--out", "run", "--quiet").returncode, 0)
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 3, "--quiet").returncode, 0)
        for form in ("pyhf", "hepdata"):
            self.assertEqual(self.eddy("export", "run", "--format", form, "--quiet").returncode, 0)
        facts = json.loads((run / "run.json").read_text())
        del facts["sha256"]  # of an earlier version
        (run / "run.json").write_text(json.dumps(facts))
        self.assertEqual(self.eddy("export", "run", "--format", "pyhf", "--quiet").returncode, 0)

    def test_no_export_says_where_files_are_kept(self):
        self.write_masses()
        self.write_config(BUMP.replace('"masses.h5"', f'"{self.folder}/masses.h5"'), "bump.toml")
        for name in ("search", "bump"):
            run = self.run_search(name, config=f"{name}.toml")
            for form in ("pyhf", "hs3", "combine", "hepdata", "onnx"):
                self.assertEqual(self.eddy("export", name, "--format", form, "--quiet").returncode, 0)
            record = run / "export" / "hepdata" / "record" / "config.toml"
            self.assertIn("file = 'masses.h5'" if name == "bump" else "file = 'events.h5:data'", record.read_text())
            for path in (run / "export").rglob("*"):
                if path.is_file():
                    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                    self.assertNotIn(str(self.folder).encode(), content, path)

    def test_a_limit_of_another_result_is_refused(self):
        run = self.run_search()
        (run / "limit.json").write_text(json.dumps({"result_sha256": "0" * 64}))
        self.fails(["export", "run", "--format", "pyhf"], "limit.json' is not the limit of", "eddy limit run")


if __name__ == "__main__":
    unittest.main()
