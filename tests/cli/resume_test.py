"""A run that is killed or stopped at any moment resumes, and ends with the result of one that was not."""

import os
import signal
import unittest
from pathlib import Path

from workspace import CONFIG, RUN_FILES, Workspace, artefacts

# Longer than the other cases' runs, so that there is a moment between two tasks to stop at.
SLOWER = CONFIG.replace("epochs = 1", "epochs = 4").replace("members = 2\n[trees]", "members = 4\n[trees]").replace("max_iterations = 5",
                                                                                                               "max_iterations = 20")


class Resume(Workspace):
    def setUp(self):
        super().setUp()
        self.write_config(SLOWER)

    def stop_after(self, n_artefacts, how, out):
        """Starts a run, sends the signal once so many tasks are finished; returns (exit code, tasks finished)."""
        process = self.start("run", "search.toml", "--out", out, "--quiet")
        folder = self.folder / out
        self.wait_for(lambda: (folder / "log.txt").exists() and len(artefacts(folder)) >= n_artefacts, process)
        process.send_signal(how)
        code = process.wait(timeout=60)
        return code, artefacts(folder)

    def finishes_as(self, reference, out, finished):
        run = self.run_search(out)
        self.same_result(reference, run)
        after = artefacts(run)
        for name, time in finished.items():
            self.assertEqual(after[name], time, f"{name} was computed again")

    def test_after_kill(self):
        reference = self.run_search("reference")
        n_tasks = len(artefacts(reference))
        self.assertGreater(n_tasks, 8)
        n_killed = 0
        for n in (0, 1, 2, 5, n_tasks - 1):
            with self.subTest(finished=n):
                code, finished = self.stop_after(n, signal.SIGKILL, f"killed{n}")
                n_killed += code == -signal.SIGKILL
                self.finishes_as(reference, f"killed{n}", finished)
        self.assertGreater(n_killed, 2, "most runs ended before they could be killed")

    def test_after_two_kills(self):
        reference = self.run_search("reference")
        self.stop_after(1, signal.SIGKILL, "run")
        _, finished = self.stop_after(4, signal.SIGKILL, "run")
        self.finishes_as(reference, "run", finished)

    def test_after_interrupt(self):
        reference = self.run_search("reference")
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=how.name):
                code, finished = self.stop_after(1, how, how.name)
                said = self.output[1].read_text().splitlines()
                self.assertEqual(code, 1, said)
                self.assertEqual(said, ["eddy: stopped on request; finished tasks are kept, run the same command again to resume"])
                self.assertIn(said[0].removeprefix("eddy: "), (self.folder / how.name / "log.txt").read_text())
                self.assertNotIn("result.json", os.listdir(self.folder / how.name))
                self.finishes_as(reference, how.name, finished)

    def test_finished_run_computes_nothing_again(self):
        run = self.run_search()
        before = artefacts(run)
        result = (run / "result.json").read_bytes()
        self.run_search()
        self.assertEqual(artefacts(run), before)
        self.assertEqual((run / "result.json").read_bytes(), result)

    def test_from_another_folder(self):
        run = self.run_search()
        before = artefacts(run)
        for cwd in (run, "/"):
            done = self.eddy("run", os.path.relpath(self.folder / "search.toml", cwd), "--out", os.path.relpath(run, cwd), cwd=cwd)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(artefacts(run), before)

    def test_damaged_artefacts_are_computed_again_with_a_warning(self):
        run = self.run_search()
        reference = self.run_search("reference")
        damage = [lambda content: content[:-1], lambda content: b"", lambda content: content[:40] + b"x" + content[41:],
                  lambda content: content + b"\0", lambda content: content[: len(content) // 2]]
        before = artefacts(run)
        damaged = sorted(before)[: len(damage)]
        for name, change in zip(damaged, damage):
            path = run / "models" / name
            path.write_bytes(change(path.read_bytes()))
        done = self.eddy("run", "search.toml", "--out", "run", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in damaged:
            self.assertIn(f"warning: 'run/models/{name}' is not a complete eddy artefact", done.stderr)
            self.assertEqual((run / "models" / name).read_bytes(), (reference / "models" / name).read_bytes())
        after = artefacts(run)
        self.assertEqual({name for name in after if after[name] != before[name]}, set(damaged))
        self.same_result(reference, run)


class AnotherConfiguration(Workspace):
    def test_is_refused_by_name(self):
        run = self.run_search()
        before = {path: path.stat().st_mtime_ns for path in run.iterdir()}
        self.fails(["run", "search.toml", "--out", "run", "--set", "flow.epochs=2"], "'run'", "[flow] epochs = 1 there, [flow] epochs = 2 now",
                   "--out", "--fresh")
        self.fails(["run", "search.toml", "--out", "run", "--set", "columns.extra=m"], "[columns] extra = 'm' now")
        self.assertEqual({path: path.stat().st_mtime_ns for path in run.iterdir()}, before)

    def test_replaces_the_run_with_fresh(self):
        self.run_search()
        run = self.run_search("run", "--set", "flow.epochs=2", "--fresh")
        reference = self.run_search("reference", "--set", "flow.epochs=2")
        self.same_result(reference, run)
        self.assertEqual(set(artefacts(run)), set(artefacts(reference)))

    def test_is_welcome_while_nothing_is_finished(self):
        # A search that ended before its first task was finished: the corrected one needs no --fresh.
        process = self.start("run", "search.toml", "--out", "run", "--quiet", "--set", "flow.epochs=500")
        self.wait_for(lambda: (self.folder / "run/config.toml").exists(), process)
        process.kill()
        process.wait()
        self.assertEqual(artefacts(self.folder / "run"), {})
        # What it was writing at that moment is no finished task, and on another machine nobody can tell whether it goes on.
        (self.folder / "run/models").mkdir(exist_ok=True)
        unfinished = self.folder / "run/models/flow-1.eddy.partial-elsewhere-1-0"
        unfinished.touch()
        self.assertEqual(set(os.listdir(self.run_search())), RUN_FILES)
        self.assertTrue(unfinished.exists())


class ForeignFolder(Workspace):
    def test_is_left_alone(self):
        foreign = self.folder / "foreign"
        (foreign / "models").mkdir(parents=True)
        (foreign / "models/precious").write_text("x")
        for extra in ([], ["--fresh"]):
            self.fails(["run", "search.toml", "--out", "foreign", *extra], "'foreign'", "'models'", "no run of eddy", "choose another --out")
        (foreign / "config.toml").write_text("mine = 1\n")
        for extra in ([], ["--fresh"]):
            self.fails(["run", "search.toml", "--out", "foreign", *extra], "foreign/config.toml", "not written by eddy", "choose another --out")
        self.assertEqual((foreign / "models/precious").read_text(), "x")
        self.assertEqual((foreign / "config.toml").read_text(), "mine = 1\n")

    def test_other_files_are_kept_by_fresh(self):
        run = self.run_search()
        notes = Path(run) / "notes.txt"
        notes.write_text("keep")
        self.run_search("run", "--fresh")
        self.assertEqual(notes.read_text(), "keep")


if __name__ == "__main__":
    unittest.main()
