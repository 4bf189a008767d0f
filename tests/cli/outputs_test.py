"""No output replaces an input, a file of a run or a finished task, under whatever name."""

import os
import unittest
from pathlib import Path

import h5py
import numpy as np

from workspace import BUMP, CONFIG, Workspace, write

STUDY = """
[study]
base = "search.toml"
[[axis]]
key = "search.seed"
values = [1, 2]
"""


def contents(folder):
    return {path: path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file() and path.name != "log.txt"}


class Guarded(Workspace):
    """Commands that must be refused, and leave everything as it was."""

    def refused(self, arguments, *words):
        before = contents(self.folder)
        line = self.fails(arguments, *words)
        self.assertEqual(contents(self.folder), before, arguments)
        return line


class NoPlaceForAFile(Guarded):
    def test_is_said_before_the_work(self):
        self.run_search()
        np.save(self.folder / "raw.npy", np.ones((3, 6), "f4"))
        for command in (["score", "run", "events.h5:data"], ["features", "raw.npy"]):
            self.refused([*command, "-o", "missing/scores.h5", "--quiet"], "'missing/scores.h5' cannot be written", "no folder 'missing'", "-o")
            self.refused([*command, "-o", ".", "--quiet"], "'.' is there and is no file", "-o")
            self.refused([*command, "-o", "/dev/null", "--quiet"], "'/dev/null' is there and is no file", "-o")
            self.refused([*command, "-o", "", "--quiet"], "-o is empty")
            self.fails([*command, "-o", "/proc/scores.h5", "--quiet"], "'/proc' is not writable", "choose another one with -o", code=1)
        self.assertTrue(Path("/dev/null").is_char_device())

    def test_that_holds_something_else(self):
        self.run_search()
        (self.folder / "notes.txt").write_text("of weeks")
        for name in ("search.toml", "notes.txt"):
            self.refused(["score", "run", "events.h5:data", "-o", name, "--quiet"], f"'{name}' is there, is not HDF5", "-o")


class OntoAnInput(Guarded):
    def names_of(self, name):
        """Other names of a file of the workspace."""
        path = self.folder / name
        (self.folder / "sub").mkdir(exist_ok=True)
        links = [self.folder / f"symbolic-{name}", self.folder / f"hard-{name}", self.folder / "sub/up"]
        if not links[0].exists():
            links[0].symlink_to(path)
            links[1].hardlink_to(path)
            links[2].symlink_to(self.folder)
        return [name, f"./{name}", f"sub/../{name}", path, links[0].name, links[1].name, f"sub/up/{name}"]

    def test_score(self):
        self.run_search()
        for output in self.names_of("events.h5"):
            self.refused(["score", "run", "events.h5:data", "-o", output, "--quiet"], str(output), "is the input", "-o")
        # Neither are the files that the run was made of, whatever is scored.
        write(self.folder / "others.h5", {"data": self.tables["data"]})
        self.refused(["score", "run", "others.h5:data", "-o", "events.h5", "--quiet"], "'events.h5' is the input", "-o")
        for link in ("symbolic-events.h5:data", "hard-events.h5:data"):
            self.refused(["score", "run", link, "-o", "events.h5", "--quiet"], "'events.h5' is the input")
        done = self.eddy("score", "run", "events.h5:data", "-o", "scores.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.eddy("score", "run", "events.h5:data", "-o", "scores.h5", "--quiet")  # its own of before
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_files_behind_a_virtual_data_set(self):
        self.run_search()
        with h5py.File(self.folder / "virtual.h5", "w") as file:
            for name in ("met", "m", "t"):
                layout = h5py.VirtualLayout(shape=(len(self.tables["data"][name]),), dtype="f4")
                layout[:] = h5py.VirtualSource("events.h5", f"data/{name}", shape=layout.shape)
                file.create_virtual_dataset(name, layout)
        self.refused(["score", "run", "virtual.h5", "-o", "events.h5", "--quiet"], "'events.h5' is the input", "-o")
        done = self.eddy("score", "run", "virtual.h5", "-o", "scores.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_features(self):
        rng = np.random.default_rng(1)
        np.save(self.folder / "raw.npy", rng.random((3, 6)).astype("f4"))
        (self.folder / "jets.toml").write_text("[jets]\ndescribed = 1\n")
        for output in self.names_of("raw.npy"):
            self.refused(["features", "raw.npy", "-o", output, "--quiet"], "is the input", "-o")
        self.refused(["features", "raw.npy", "-o", "jets.toml", "--config", "jets.toml", "--quiet"], "'jets.toml' is the input")

    def test_run(self):
        run = self.run_search()
        for name in ("scores.h5", "result.json", "figures.json", "run.json", "report.html", "log.txt", "models", "masses", "masses/x.h5", "models/x.h5"):
            with self.subTest(name=name):
                target = run / name
                kept = target.read_bytes() if target.is_file() else None
                if target.is_dir():
                    continue
                target.parent.mkdir(exist_ok=True)
                write(target, self.tables)
                for extra in ([], ["--fresh"]):
                    self.refused(["run", "search.toml", "--out", "run", "--quiet", "--set", f'data.file="{target}:data"', *extra], name, "--out")
                self.refused(["run", "search.toml", "--out", "run", "--quiet", "--set", f'template.file="{target}:template"', "--fresh"], name, "--out")
                target.write_bytes(kept) if kept is not None else target.unlink()
        link = self.folder / "link.h5"
        link.symlink_to(run / "scores.h5")
        self.refused(["run", "search.toml", "--out", "run", "--quiet", "--fresh", "--set", 'data.file="link.h5"'], "link.h5", "--out")

    def test_run_with_its_own_configuration(self):
        run = self.run_search()
        before = (run / "result.json").read_bytes()
        done = self.eddy("run", "run/config.toml", "--out", "run", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((run / "result.json").read_bytes(), before)
        other = ["run", "run/config.toml", "--out", "run", "--quiet", "--set", "flow.epochs=2"]
        self.refused(other, "epochs = 1 there", "--out")
        self.refused([*other, "--fresh"], "'run/config.toml'", "would be replaced", "epochs = 1 there", "--out")
        self.assertEqual(self.eddy("run", "run/config.toml", "--out", "run", "--quiet", "--fresh").returncode, 0)

    def test_study(self):
        (self.folder / "study.toml").write_text(STUDY)
        done = self.eddy("study", "study.toml", "--out", "all", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("table.h5", "points/x.h5", "study.json", "log.txt"):
            with self.subTest(name=name):
                target = self.folder / "all" / name
                kept = target.read_bytes() if target.exists() else None
                write(target, self.tables)
                self.refused(["study", "study.toml", "--out", "all", "--quiet", "--fresh", "--set", f'data.file="{target}:data"'], name, "--out")
                target.write_bytes(kept) if kept is not None else target.unlink()
        changed = self.folder / "all/study.toml"
        self.assertEqual(self.eddy("study", changed, "--out", "all", "--quiet").returncode, 0)
        changed.write_text(changed.read_text() + "# mine\n")
        self.refused(["study", "all/study.toml", "--out", "all", "--quiet"], "all/study.toml", "--out")

    def test_compare(self):
        first = self.run_search("first")
        self.run_search("second", "--set", "search.seed=2")
        (self.folder / "both").mkdir()
        (self.folder / "both/compare.html").hardlink_to(first / "result.json")
        self.refused(["compare", "first", "second", "-o", "both", "--quiet"], "both/compare.html", "-o")
        (self.folder / "both/compare.html").unlink()
        (self.folder / "both/compare.json").symlink_to(first / "result.json")
        self.refused(["compare", "first", "second", "-o", "both", "--quiet"], "both/compare.json", "-o")


class OntoARun(Guarded):
    def test_of_a_search(self):
        write(self.folder / "grouped.h5", {"data": self.tables["data"]})
        rng = np.random.default_rng(5)
        self.write_masses()
        self.write_config(BUMP, "bump.toml")
        bump = self.run_search("bump", config="bump.toml")
        run = self.run_search()
        files = [path for path in sorted(run.rglob("*")) if path.is_file()]
        self.assertGreater(len(files), 8)
        files += [run / "masses/new.h5", run / "models/new.h5", *(bump / "masses").iterdir(), run / "../run/scores.h5"]
        self.assertGreater(len(list((bump / "masses").iterdir())), 0)
        link = self.folder / "link.h5"
        link.symlink_to("run/scores.h5")
        hard = self.folder / "hard.h5"
        hard.hardlink_to(run / "scores.h5")
        for output in [*files, link, hard]:
            with self.subTest(output=output):
                self.refused(["score", "run", "events.h5:data", "-o", output, "--quiet"], str(output), "-o")
        self.refused(["score", "bump", "masses.h5", "-o", "run/result.json", "--quiet"], "belongs to the run in", "-o")
        np.save(self.folder / "raw.npy", rng.random((3, 6)).astype("f4"))
        self.refused(["features", "raw.npy", "-o", "run/scores.h5", "--quiet"], "belongs to the run in")
        done = self.eddy("score", "run", "events.h5:data", "-o", "run/new-scores.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.eddy("score", "run", "run/new-scores.h5", "-o", "run/new-scores.h5", "--quiet")
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_in_a_store(self):
        self.run_search("run", "--store", "store")
        artefact = min((self.folder / "store").iterdir())
        self.refused(["score", "run", "events.h5:data", "-o", artefact, "--quiet"], artefact.name, "a finished task", "-o")

    def test_of_nobody(self):
        """A folder that only looks like a run is the user's own."""
        self.run_search()
        (self.folder / "mine").mkdir()
        write(self.folder / "mine/scores.h5", {"data": self.tables["data"]})  # of an earlier day
        done = self.eddy("score", "run", "events.h5:data", "-o", "mine/scores.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)


class Names(Guarded):
    def test_lead_nowhere_else(self):
        (self.folder / "here").mkdir()
        self.write_config(CONFIG.replace('file = "', 'file = "../'), "here/search.toml")
        for name in ("../../x", "/tmp/x", "..", ".", "a/b", ""):
            with self.subTest(name=name):
                before = set(os.listdir(self.folder))
                done = self.eddy("run", "search.toml", "--quiet", "--set", f'search.name="{name}"', cwd=self.folder / "here")
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("name", done.stderr)
                self.assertEqual(set(os.listdir(self.folder)), before)
                self.assertEqual(os.listdir(self.folder / "here"), ["search.toml"])
        (self.folder / "study.toml").write_text(STUDY.replace("[study]", '[study]\nname = "../x"'))
        self.refused(["study", "study.toml", "--quiet"], "[study] name", "../x", "--out")

    def test_of_columns_are_checked_before_the_search(self):
        """A search must not end when its scores cannot be written under a name that was known from the start."""
        for name in ("score", "row", "z1", "background_efficiency", "a/b"):
            self.run_fails("[features] context", f'"{name}"', "scores.h5", "[columns]",
                           settings=[f"columns.{name}=met * 1", f'features.context=["{name}"]'])


if __name__ == "__main__":
    unittest.main()
