"""Two commands in one folder, standard streams that are gone, and commands that are told to stop."""

import hashlib
import json
import os
import pty
import re
import signal
import subprocess
import time
import unittest
from pathlib import Path

import numpy as np

from workspace import CONFIG, EDDY, RUN_FILES, Workspace, events, write

# Long enough to be met at work.
SLOWER = CONFIG.replace("epochs = 1", "epochs = 12").replace("max_iterations = 5", "max_iterations = 50").replace("members = 2", "members = 4")


def reach():
    """What the names of temporary files say of the processes that may remove them."""
    machine = os.uname().nodename
    space = " ".join([machine, Path("/proc/sys/kernel/random/boot_id").read_text().strip(), os.readlink("/proc/self/ns/pid")])
    return f"{machine}.{hashlib.sha256(space.encode()).hexdigest()[:12]}"


class OneFolder(Workspace):
    def setUp(self):
        super().setUp()
        self.write_config(SLOWER)

    def start_search(self, *arguments):
        process = self.start("run", "search.toml", "--out", "run", "--quiet", *arguments)
        self.wait_for(lambda: (self.folder / "run/config.toml").exists(), process)
        self.assertIsNone(process.poll(), self.output[1].read_text())
        return process

    def belong_together(self):
        config = (self.folder / "run/config.toml").read_text()
        result = json.loads((self.folder / "run/result.json").read_text())
        self.assertEqual(int(re.search(r"^seed = (\d+)", config, re.M).group(1)), result["seed"])

    def test_has_one_search_at_a_time(self):
        first = self.start_search()
        for extra in ([], ["--seed", "2"], ["--fresh"], ["--seed", "2", "--fresh"]):
            self.fails(["run", "search.toml", "--out", "run", "--quiet", *extra], "'eddy run'", f"process {first.pid} on ", "since 20",
                       "at work in the folder 'run'", "choose another", code=1)
        for command in (["score", "run", "events.h5:data", "-o", "scores.h5", "--quiet"], ["report", "run"],
                        ["compare", "run", "other", "-o", "both", "--quiet"]):
            self.fails(command, f"process {first.pid} on ", "wait", code=1)
        self.assertEqual(first.wait(timeout=120), 0, self.output[1].read_text())
        self.belong_together()
        self.assertEqual(set(os.listdir(self.folder / "run")), RUN_FILES)
        self.same_result(self.run_search("alone"), self.folder / "run")

    def test_is_free_after_a_kill(self):
        reference = self.run_search("alone")
        process = self.start_search()
        process.kill()
        process.wait()
        self.assertIn("eddy.lock", os.listdir(self.folder / "run"))
        leftover = self.folder / "run/models" / f"flow-1.eddy.partial-{reach()}-17-{process.pid}-3"
        leftover.parent.mkdir(exist_ok=True)
        leftover.write_text("half")
        self.same_result(reference, self.run_search())
        self.assertEqual(set(os.listdir(self.folder / "run")), RUN_FILES)
        self.assertFalse(leftover.exists())

    def test_with_a_store_beside_another(self):
        searches = [self.start("run", "search.toml", "--out", f"run{i}", "--store", "store", "--quiet", "--threads", "1") for i in range(3)]
        for search in searches:
            self.assertEqual(search.wait(timeout=240), 0, self.output[1].read_text())
        for i in (1, 2):
            self.same_result(self.folder / "run0", self.folder / f"run{i}")

    def test_of_a_study(self):
        (self.folder / "study.toml").write_text('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2]\n')
        process = self.start("study", "study.toml", "--out", "all", "--quiet")
        self.wait_for(lambda: (self.folder / "all/study.toml").exists(), process)
        self.fails(["study", "study.toml", "--out", "all", "--fresh", "--quiet"], "'eddy study'", f"process {process.pid} on ", code=1)
        self.assertEqual(process.wait(timeout=240), 0)

    def test_changes_of_the_configuration_are_noticed(self):
        self.run_search()
        config = self.folder / "run/config.toml"
        before = config.read_text()
        score = ["score", "run", "events.h5:data", "-o", "scores.h5", "--quiet"]
        for old, new in (("m / t", "m / t + 1"), ("met > 510", "met > 520"), ("seed = 1", "seed = 2")):
            self.assertIn(old, before)
            config.write_text(before.replace(old, new))
            self.fails(score, "'run/config.toml' is not the configuration", "changed afterwards")
        # Where the files are kept is not what was searched for, and comments are no settings.
        config.write_text("# Written by eddy, and moved\n" + before.replace(str(self.folder), "/elsewhere"))
        self.assertEqual(self.eddy(*score).returncode, 0)

    def test_another_file_with_the_same_group_is_noticed(self):
        write(self.folder / "events.h5", {"deep/data": self.tables["data"], "template": self.tables["template"]})
        self.run_search("run", "--set", "data.file=events.h5:deep/data")
        config = self.folder / "run/config.toml"
        before = config.read_text()
        score = ["score", "run", "events.h5:deep/data", "-o", "scores.h5", "--quiet"]
        config.write_text(before.replace("events.h5:deep/data", "other.h5:deep/data"))
        self.fails(score, "'run/config.toml' is not the configuration")
        config.write_text(before.replace(str(self.folder), "/elsewhere"))
        self.assertEqual(self.eddy(*score).returncode, 0)


class Streams(Workspace):
    """However they end, the search is the same."""

    def setUp(self):
        super().setUp()
        self.reference = self.run_search("reference")

    def shell(self, redirection, out):
        done = subprocess.run(["sh", "-c", f'"$EDDY" run search.toml --out {out} {redirection}'], cwd=self.folder, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, (redirection, done.stderr))
        self.same_result(self.reference, self.folder / out)

    def test_closed_or_full(self):
        inputs = (self.folder / "events.h5").read_bytes()
        for i, redirection in enumerate(("2>/dev/full", "2>&-", "2>&- >&- <&-", ">&-", ">/dev/full", "2>/dev/full >&-")):
            with self.subTest(redirection=redirection):
                self.shell(redirection, f"run{i}")
        self.assertEqual((self.folder / "events.h5").read_bytes(), inputs)

    def test_a_pipe_that_nobody_reads_any_more(self):
        read, write_end = os.pipe()
        process = subprocess.Popen([EDDY, "run", "search.toml", "--out", "run"], cwd=self.folder, stderr=write_end)
        os.close(write_end)
        os.close(read)
        self.assertEqual(process.wait(timeout=120), 0)
        self.same_result(self.reference, self.folder / "run")

    def test_a_terminal_that_goes_away(self):
        for i, ignores in enumerate((True, False)):
            pid, terminal = pty.fork()
            if pid == 0:
                os.chdir(self.folder)
                signal.signal(signal.SIGHUP, signal.SIG_IGN if ignores else signal.SIG_DFL)
                os.execv(EDDY, ["eddy", "run", "search.toml", "--out", f"run{i}"])
            while not (self.folder / f"run{i}").exists():
                time.sleep(0.005)
            os.close(terminal)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
            self.same_result(self.reference, self.folder / f"run{i}")

    def test_full_standard_output_is_an_error(self):
        for command in ("inspect events.h5:data", "options", "--help", "--version", "run --help"):
            for stream, reason in (("/dev/full", "No space left on device"), ("&-", "Bad file descriptor")):
                with self.subTest(command=command, stream=stream):
                    done = subprocess.run(["sh", "-c", f'"$EDDY" {command} >{stream}'], cwd=self.folder, capture_output=True, text=True, timeout=60)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                    self.assertTrue(done.stderr.startswith("eddy: cannot write to the standard output: " + reason), done.stderr)

    def test_a_reader_that_has_enough(self):
        done = subprocess.run(["bash", "-c", '"$EDDY" options | head -n 1; echo ${PIPESTATUS[0]}'], cwd=self.folder, capture_output=True, text=True,
                              timeout=60)
        self.assertIn(done.stdout.splitlines()[-1], ("0", "1"), done.stderr)  # 0 where the pipe took it all at once


class Signals(Workspace):
    """Every command ends within two seconds, with exit code 1 and nothing half-written."""

    def setUp(self):
        super().setUp()
        self.run_search()

    def stop(self, arguments, how, wait):
        """The exit code and what was said, or None where the command had done its work before the signal reached it."""
        process = self.start(*arguments)
        time.sleep(wait)
        process.send_signal(how)
        begin = time.monotonic()
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
        self.assertLess(time.monotonic() - begin, 2, arguments)
        return (process.returncode, self.output[1].read_text()) if process.returncode != 0 else None

    def test_big_files(self):
        n = 4_000_000
        rng = np.random.default_rng(7)
        met = (510 + rng.exponential(200, n)).astype("f4")
        write(self.folder / "big.h5", {"data": {"met": met, "m": rng.normal(size=n), "t": 1 + rng.random(n)}})
        n_stopped = 0
        for command in (["score", "run", "big.h5:data", "-o", "scored.h5", "--threads", "1", "--quiet"], ["inspect", "big.h5:data"]):
            for how in (signal.SIGTERM, signal.SIGINT):
                for wait in (0.1, 0.5, 1.5):
                    stopped = self.stop(command, how, wait)
                    if stopped and stopped[0] != -how:  # else so early that main had not begun
                        n_stopped += 1
                        self.assertEqual(stopped, (1, "eddy: stopped on request; nothing was written\n"), command)
                        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("scored")], [])
                    (self.folder / "scored.h5").unlink(missing_ok=True)
        self.assertGreater(n_stopped, 2)

    def test_a_search_in_each_phase(self):
        self.write_config(SLOWER)
        reference = self.run_search("reference")
        resume = "eddy: stopped on request; finished tasks are kept, run the same command again to resume\n"
        n_stopped = 0
        for i in range(12):
            was_there = (self.folder / "stopped").exists()  # of the start before
            stopped = self.stop(["run", "search.toml", "--out", "stopped", "--quiet"], (signal.SIGTERM, signal.SIGINT)[i % 2], 0.03 * i)
            if stopped is None:
                break
            n_stopped += 1
            if stopped[0] < 0:  # so early that main had not begun
                self.assertEqual((self.folder / "stopped").exists(), was_there)
                continue
            self.assertEqual(stopped[0], 1, stopped)
            if stopped[1] != resume:
                self.assertIn("the result is written", stopped[1])
            left = [path for path in self.folder.glob("stopped/**/*") if ".partial" in path.name or path.name == "eddy.lock"]
            self.assertEqual(left, [])
        self.assertGreater(n_stopped, 1)
        self.same_result(reference, self.run_search("stopped"))

    def test_twice_is_at_once(self):
        self.write_config(SLOWER)
        process = self.start("run", "search.toml", "--out", "twice", "--quiet", "--set", "flow.epochs=500")
        self.wait_for(lambda: (self.folder / "twice/models").exists(), process)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=2), 1)

    def test_a_reader_of_messages_that_sleeps(self):
        """Standard error is a pipe that is full and that nobody reads: the search stands still, and yet it can be stopped."""
        read, write_end = os.pipe()
        os.set_blocking(write_end, False)
        try:
            while True:
                os.write(write_end, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(write_end, True)
        process = subprocess.Popen([EDDY, "run", "search.toml", "--out", "stuck"], cwd=self.folder, stderr=write_end)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=2), 1)
        os.close(read)
        os.close(write_end)


if __name__ == "__main__":
    unittest.main()
