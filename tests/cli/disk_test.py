"""Folders that cannot be written and disks that are full: a clear message, nothing half-written, and a run that resumes."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from workspace import RUN_FILES, Workspace, artefacts


class UnwritableFolder(Workspace):
    def test_below_a_file(self):
        # Root may write anywhere, but nobody below a regular file.
        self.fails(["run", "search.toml", "--quiet", "--out", "events.h5/run"], "cannot create the folder 'events.h5/run'", "Not a directory",
                   "choose another one with --out", code=1)

    def test_that_is_a_file(self):
        self.fails(["run", "search.toml", "--quiet", "--out", "events.h5"], "'events.h5'", "choose another one with --out", code=1)

    def test_of_the_store_leaves_no_run(self):
        (self.folder / "study.toml").write_text('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2]\n')
        for command in (["run", "search.toml"], ["study", "study.toml"]):
            before = set(os.listdir(self.folder))
            line = self.fails([*command, "--quiet", "--out", "out", "--store", "events.h5/store"], "'events.h5/store'", "--store", code=1)
            self.assertNotIn("--out", line)
            self.assertEqual(set(os.listdir(self.folder)), before)

    @unittest.skipIf(os.geteuid() == 0, "root may write into any folder")
    def test_read_only(self):
        (self.folder / "locked").mkdir(mode=0o555)
        self.fails(["run", "search.toml", "--quiet", "--out", "locked"], "'locked' is not writable", "--out", code=1)


class FullDisk(Workspace):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounted = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", self.disk], capture_output=True).returncode == 0
        if not mounted:
            self.skipTest("only root can mount a small disk here")
        self.addCleanup(subprocess.run, ["umount", self.disk], check=True)

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.disk], check=True)

    def result_stands(self, reference, said):
        """Where there was room for the result, it is there and names what is not."""
        path = self.disk / "run/result.json"
        self.assertEqual(path.exists(), "the result is written ('disk/run/result.json')" in said, said)
        if path.exists():
            result, expected = (json.loads((run / "result.json").read_text()) for run in (self.disk / "run", reference))
            self.assertEqual((self.disk / "run/scores.h5").read_bytes(), (reference / "scores.h5").read_bytes())
            added = result.pop("warnings")[len(expected.pop("warnings")) :]
            self.assertEqual(result, expected)
            for warning in added:
                self.assertIn("could not be made, the numbers are as they should be: cannot write", warning)

    def test_run_resumes_once_there_is_room(self):
        reference = self.run_search("reference")
        total = sum(path.stat().st_size for path in reference.rglob("*") if path.is_file())
        finished = {}
        out = Path("disk/run")
        for share in (0.05, 0.1, 0.2, 0.4, 0.8):  # full while flows, classifiers, scores and the report are written
            self.resize(f"{max(16384, int(share * total))}")
            with self.subTest(share=share):
                done = self.eddy("run", "search.toml", "--out", out, "--quiet")
                self.assertEqual(done.returncode, 1, done.stderr)
                for word in ("cannot write '", "No space left on device", "free some space"):
                    self.assertIn(word, done.stderr.splitlines()[-1])
                self.result_stands(reference, done.stderr)
                left = [path.name for path in (self.disk / "run").rglob("*") if ".partial" in path.name]
                self.assertEqual(left, [])
                now = artefacts(self.disk / "run")
                self.assertEqual({name: now.get(name) for name in finished}, finished, "a finished task was computed again")
                for name in now:
                    self.assertEqual((self.disk / "run/models" / name).read_bytes(), (reference / "models" / name).read_bytes())
                finished = now
        self.assertGreater(len(finished), 3)
        self.resize("64m")
        run = self.run_search(out)
        self.same_result(reference, run)
        self.assertEqual(set(os.listdir(run)), RUN_FILES)
        now = artefacts(run)
        self.assertEqual({name: now[name] for name in finished}, finished)

    def test_score_leaves_no_half_file(self):
        self.run_search()
        self.resize("16k")
        self.fails(["score", "run", "events.h5:data", "-o", "disk/scores.h5", "--quiet"], "cannot write 'disk/scores.h5'", "No space left", code=1)
        self.assertEqual(os.listdir(self.disk), [])


if __name__ == "__main__":
    unittest.main()
