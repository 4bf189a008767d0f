"""Searches and null experiments through a real Slurm, with processes killed, jobs cancelled, a node drained and one lost: the
bits are those of one process alone. Needs root and the packages of the group "batch": `./dev batch` installs and runs this."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

os.environ["EDDY"] = str(Path(os.environ["EDDY"]).resolve())
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))

from cluster import Cluster, why_not  # noqa: E402
from workspace import CONFIG, Workspace  # noqa: E402

N_EXPERIMENTS = 200
# Long enough per experiment (some 0.3 s) that something can happen to one.
SLOWER = (
    CONFIG.replace("epochs = 1", "epochs = 4")
    .replace("members = 2\n[trees]", "members = 4\n[trees]")
    .replace("max_iterations = 5", "max_iterations = 20")
)


@unittest.skipIf(why_not(), why_not())
class Slurm(Workspace):
    @classmethod
    def setUpClass(cls):
        cls.cluster_folder = tempfile.TemporaryDirectory(prefix="eddy-slurm-")
        try:
            cls.cluster = Cluster(cls.cluster_folder.name)
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            cls.cluster_folder.cleanup()
            raise unittest.SkipTest(f"Slurm's own daemons do not start on this machine: {error}") from error

    @classmethod
    def tearDownClass(cls):
        cls.cluster.close()
        cls.cluster_folder.cleanup()

    def setUp(self):
        super().setUp()
        self.write_config(SLOWER)

    def eddy(self, *arguments, cwd=None, environment=None):
        return subprocess.run(
            [os.environ["EDDY"], *map(str, arguments)],
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            timeout=600,
            env=environment or self.cluster.environment,
        )

    def well(self, *arguments):
        done = self.eddy(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def status(self, run):
        return json.loads(self.well("status", run, "--json"))

    def experiments(self, run):
        """What is known of the null experiments of a run; None before any is begun."""
        return next((work for work in self.status(run)["work"] if work["work"] == "null experiments"), None)

    def wait(self, condition, what, seconds=240):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}: {self.cluster.queue()} {self.cluster.states()}")
            time.sleep(0.2)

    def wait_for_experiments(self, run, n):
        self.wait(lambda: (self.experiments(run) or {"finished": 0})["finished"] >= n, f"{n} experiments")

    def wait_for_end(self):
        self.wait(lambda: not self.cluster.queue(), "the end of all jobs")

    def at_work(self, run):
        return [worker for worker in self.status(run)["workers"] if worker["state"] == "at work"]

    def logs(self, run):
        return "\n".join(
            f"{path.name}: {path.read_text()[-400:]}" for path in sorted((self.folder / run / "batch/log").iterdir())
        )

    def local(self, experiments):
        """The same by one process after the other, without a batch system."""
        self.run_search("local")
        self.well("calibrate", "local", "--experiments", experiments)
        return self.folder / "local"

    def test_200_null_experiments_with_kills_a_drained_and_a_lost_node(self):
        local = self.local(N_EXPERIMENTS)
        said = self.eddy(
            "submit", "search.toml", "--out", "my run", "--experiments", N_EXPERIMENTS, "--processes", 4, "--time", "10"
        )
        self.assertEqual(said.returncode, 0, said.stderr)
        run = self.folder / "my run"
        self.wait_for_experiments("my run", 20)
        text = self.well("status", "my run")
        self.assertIn(f"of {N_EXPERIMENTS} finished", text)
        self.assertIn("can be used now: eddy calibrate 'my run' --experiments", text)

        os.kill(self.at_work("my run")[0]["process"], signal.SIGKILL)
        self.wait(lambda: any(worker["state"] == "died" for worker in self.status("my run")["workers"]), "a death that is seen")
        self.assertIn("ended without a word", self.well("status", "my run"))
        self.cluster.set_node("b", "drain")  # what is on it ends, nothing begins
        self.wait_for_experiments("my run", 50)
        on_b = [
            line.split()[0]
            for line in self.cluster.says("squeue", "-h", "-r", "-w", "b", "-t", "R", "-o", "%i").stdout.splitlines()
        ]
        self.cluster.set_node("b", "down")  # lost: Slurm begins its jobs anew elsewhere
        self.wait_for_experiments("my run", 80)
        running = [job for job, state in self.cluster.queue().items() if state == "RUNNING"]
        if running:
            self.cluster.says("scancel", running[0])
        self.cluster.set_node("b", "resume")
        self.wait_for_end()

        self.assertTrue((run / "result.json").exists(), self.logs("my run"))
        self.same_result(local, run)
        self.assertEqual(self.experiments("my run")["finished"], N_EXPERIMENTS)
        states = [worker["state"] for worker in self.status("my run")["workers"]]
        self.assertIn("died", states)
        counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
        print(
            f"\n{N_EXPERIMENTS} null experiments by {len(states)} processes ({counts}), {len(on_b)} on the lost node: same bits"
        )
        leftovers = [path.name for path in run.rglob("*") if path.name.endswith(".lease")]
        self.wait_for_end()
        self.well("calibrate", "my run", "--experiments", N_EXPERIMENTS)
        self.assertEqual([path.name for path in run.rglob("*") if path.name.endswith(".lease")], [], leftovers)

    def test_what_was_cancelled_is_usable_and_submitted_again(self):
        local = self.local(40)
        run = self.run_search("run")
        submit = ("submit", "run", "--experiments", 40, "--processes", 2)
        self.well(*submit)
        self.fails([*submit], "running", "waiting", "scancel")  # at least the last one is
        self.wait_for_experiments("run", 8)
        self.cluster.says("scancel", "--user", str(os.getuid()))
        self.wait_for_end()
        self.wait(lambda: not self.at_work("run"), "the end of all processes")
        text = self.well("status", "run")
        self.assertIn("nothing is at work: eddy submit run --resubmit", text)
        before = self.experiments("run")
        self.assertTrue(8 <= before["finished"] < 40, before)
        self.well("calibrate", "run", "--experiments", before["first_finished"])  # what is there can be used
        self.assertEqual(json.loads((run / "result.json").read_text())["calibration"]["experiments"], before["first_finished"])
        self.well("submit", "run", "--resubmit")
        self.wait_for_end()
        self.same_result(local, run)
        self.assertEqual(
            self.eddy("submit", "run", "--resubmit", "--dry-run").stdout.count("--tasks-only"), 0, "nothing is missing"
        )

    def test_a_study(self):
        self.write_config(
            '[study]\nname = "lines"\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2, 3, 4]\n', "study.toml"
        )
        self.well("study", "study.toml", "--out", "local", "--quiet")
        self.well("submit", "study.toml", "--out", "my study", "--processes", 3)
        self.wait_for_end()
        for name in ("table.csv", "study.json", "figures.json"):
            self.assertEqual(
                (self.folder / "my study" / name).read_bytes(), (self.folder / "local" / name).read_bytes(), self.logs("my study")
            )
        self.assertIn("searches: 4 of 4 finished", self.well("status", "my study"))

    def test_a_disk_that_is_full(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "eddy-test", str(disk)], capture_output=True).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=True)
        local = self.local(30)
        self.run_search("run")
        ballast = disk / "ballast"
        subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k", "count=200"], capture_output=True)
        self.well("submit", "run", "--experiments", 30, "--processes", 2, "--store", "disk")
        self.wait_for_end()
        status = self.well("status", "run")
        self.assertIn("No space left on device", status)
        self.assertIn("--resubmit", status)
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        self.well("submit", "run", "--resubmit")
        self.wait_for_end()
        self.same_result(local, self.folder / "run")

    def test_a_queue_that_refuses(self):
        self.run_search("run")
        for option, words in (
            (("--batch-option=--partition=nowhere",), ("invalid partition",)),
            (("--processes", 5000), ("array",)),
            (("--memory", 90000000), ("sbatch refused",)),
        ):
            with self.subTest(option=option):
                self.fails(["submit", "run", "--experiments", 6000, *option], "sbatch refused", "--batch-option", *words, code=1)
                self.assertEqual(self.cluster.queue(), {})
        self.assertFalse((self.folder / "run/batch/submitted.json").exists())
        done = self.eddy("submit", "run", environment={**self.cluster.environment, "PATH": str(self.folder)})
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (2, 1), done.stderr)
        self.assertIn("there is no sbatch on the PATH", done.stderr)


if __name__ == "__main__":
    unittest.main()
