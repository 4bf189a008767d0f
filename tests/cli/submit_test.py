"""`eddy submit` and `eddy status` without a batch system: what would be submitted, and what a stand-in for sbatch is told.

The real ones are in tests/batch."""

import json
import os
import shutil
import signal
import subprocess
import unittest

from workspace import CONFIG, EDDY, Workspace, artefacts

# Numbers jobs, keeps what it was told; refuses the third where asked to.
SBATCH = """#!/bin/sh
echo "$@" >> "{folder}/told"
n=$(wc -l < "{folder}/told")
if [ "$n" = "$REFUSE" ]; then echo "sbatch: error: Batch job submission failed: too many jobs" >&2; exit 1; fi
echo "$n"
"""
SQUEUE = '#!/bin/sh\ncat "{folder}/queue" 2>/dev/null\nexit 0\n'
SCANCEL = '#!/bin/sh\necho "$@" >> "{folder}/cancelled"\n'


class Submit(Workspace):
    def setUp(self):
        super().setUp()
        tools = self.folder / "tools"
        tools.mkdir()
        for name, text in {"sbatch": SBATCH, "squeue": SQUEUE, "scancel": SCANCEL}.items():
            (tools / name).write_text(text.format(folder=tools))
            (tools / name).chmod(0o755)
        self.tools = tools
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}

    def eddy(self, *arguments, cwd=None, **environment):
        return subprocess.run(
            [EDDY, *map(str, arguments)],
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            env={**self.environment, **environment},
        )

    def told(self):
        return (self.tools / "told").read_text().splitlines()

    def test_a_dry_run_shows_all_and_writes_nothing(self):
        before = sorted(self.folder.rglob("*"))
        done = self.eddy(
            "submit",
            "search.toml",
            "--out",
            "it's a run",
            "--experiments",
            30,
            "--processes",
            7,
            "--threads",
            2,
            "--memory",
            1500,
            "--time",
            "1:00:00",
            "--batch-option=--partition=short",
            "--dry-run",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(self.folder.rglob("*")), before)
        for line in (
            "#SBATCH --array=1-7",
            "#SBATCH --cpus-per-task=2",
            "#SBATCH --mem=1500M",
            "#SBATCH --time=1:00:00",
            "#SBATCH --partition=short",
            "sbatch --dependency=afterany:experiments result.sh",
            "sbatch --dependency=afterok:found experiments.sh",
        ):
            self.assertIn(line, done.stdout.splitlines())
        # The shell reads what was meant.
        command = next(line for line in done.stdout.splitlines() if line.startswith("exec ") and "calibrate" in line)
        words = subprocess.run(
            ["bash", "-c", "printf '%s\\n' " + command.removeprefix("exec ")], capture_output=True, text=True
        ).stdout.splitlines()
        self.assertEqual(
            words[1:], ["calibrate", str(self.folder / "it's a run"), "--experiments", "30", "--tasks-only", "--threads", "2"]
        )
        # No more processes than there are tasks side by side that take longer than what each does for itself.
        few = self.eddy("submit", "search.toml", "--processes", 500, "--dry-run").stdout
        self.assertIn("--array=1-2\n", few)
        networks = self.eddy("submit", "search.toml", "--processes", 500, "--set", "classifier.kind=mlp", "--dry-run").stdout
        self.assertIn("--array=1-4\n", networks)

    def test_jobs_are_submitted_in_their_order_and_recorded(self):
        done = self.eddy("submit", "search.toml", "--out", "run", "--experiments", 30)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            self.told(),
            [
                "--parsable search.sh",
                "--parsable --dependency=afterany:1 --kill-on-invalid-dep=yes found.sh",
                "--parsable --dependency=afterok:2 --kill-on-invalid-dep=yes experiments.sh",
                "--parsable --dependency=afterany:3 --kill-on-invalid-dep=yes result.sh",
            ],
        )
        run = self.folder / "run"
        (record,) = json.loads((run / "batch/submitted.json").read_text())["submissions"]
        self.assertEqual(record["jobs"], {"search": "1", "found": "2", "experiments": "3", "result": "4"})
        (self.tools / "queue").write_text(
            "1|RUNNING|None|1_1\n1|PENDING|Resources|1_2\n2|PENDING|Dependency|2\n77|RUNNING|None|77\n"
        )
        self.assertIn("queue: 1 running, 2 waiting (Resources)", self.eddy("status", "run").stdout)
        self.fails(["submit", "run", "--resubmit"], "1 jobs of 'run' are running and 2 are waiting", "scancel")
        before = (run / "config.toml").read_bytes()
        for command in (["--seed", "7"], []):
            self.fails(["run", "search.toml", "--out", "run", "--fresh", "--quiet", *command], "1 jobs of 'run' are running", "scancel")
        self.assertEqual((run / "config.toml").read_bytes(), before)
        # As the jobs would: the scripts are plain commands.
        (self.tools / "queue").unlink()
        self.assertIn("eddy submit run --resubmit", self.eddy("status", "run").stdout)
        for job in ("search", "found", "experiments", "result"):
            subprocess.run(["bash", str(run / f"batch/{job}.sh")], check=True, capture_output=True, cwd=self.folder)
        self.assertEqual(json.loads((run / "result.json").read_text())["calibration"]["experiments"], 30)
        self.same_result(self.run_search("alone", "--set", "calibration.experiments=30"), run)
        status = json.loads(self.eddy("status", "run", "--json").stdout)
        self.assertEqual(
            [(work["work"], work["tasks"], work["finished"], work["first_finished"]) for work in status["work"]],
            [("null experiments", 30, 30, 30)],
        )
        self.assertTrue(all(worker["state"] == "finished" for worker in status["workers"]))
        self.assertNotIn("--resubmit", self.eddy("status", "run").stdout)
        self.fails(["submit", "run", "--resubmit"], "nothing of 'run' is missing")

    def test_variables_of_the_configuration_are_passed_on(self):
        self.write_config(CONFIG.replace('"events.h5:', '"${MY_DATA}/events.h5:'))
        done = self.eddy("submit", "search.toml", "--dry-run", MY_DATA="/a folder/$x")
        self.assertIn("export MY_DATA='/a folder/$x'\n", done.stdout)
        done = self.eddy("submit", "search.toml", "--batch", "htcondor", "--dry-run", MY_DATA="/a folder")
        self.assertIn("MY_DATA='/a folder' EDDY_BATCH_JOB=", done.stdout)

    def test_what_is_missing_is_submitted_again(self):
        run = self.run_search("run")
        self.assertEqual(self.eddy("submit", "run", "--experiments", 20, "--processes", 6, "--time", "30").returncode, 0)
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 20, "--tasks-only").returncode, 0)
        tasks = json.loads((run / "batch/tasks-null-experiments.json").read_text())["tasks"]
        for lost in (3, 17):
            (run / "models" / f"{tasks[lost]}.eddy").unlink()
        status = json.loads(self.eddy("status", "run", "--json").stdout)["work"][0]
        self.assertEqual((status["finished"], status["first_finished"]), (18, 3))
        self.assertEqual(self.eddy("submit", "run", "--resubmit").returncode, 0)
        script = (run / "batch/experiments.sh").read_text()
        self.assertIn("--array=1-2\n", script)
        self.assertIn("--time=30\n", script)
        self.assertEqual(len(artefacts(run)), len(set(artefacts(run))))

    def test_a_search_without_experiments_has_none_missing(self):
        self.assertEqual(self.eddy("submit", "search.toml", "--out", "run").returncode, 0)
        self.assertEqual(
            self.told(), ["--parsable search.sh", "--parsable --dependency=afterany:1 --kill-on-invalid-dep=yes result.sh"]
        )
        self.assertEqual(
            self.eddy("submit", "run", "--resubmit", "--dry-run").stdout.count("sbatch "), 2, "the search is missing"
        )
        for job in ("search", "result"):
            subprocess.run(["bash", str(self.folder / f"run/batch/{job}.sh")], check=True, capture_output=True, cwd=self.folder)
        self.fails(["submit", "run", "--resubmit"], "nothing of 'run' is missing")

    def test_where_one_job_is_refused_none_is_submitted(self):
        done = self.eddy("submit", "search.toml", "--out", "run", "--experiments", 30, REFUSE="3")
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
        for word in ("sbatch refused", "experiments.sh", "too many jobs", "nothing of this run is submitted"):
            self.assertIn(word, done.stderr)
        self.assertEqual(sorted((self.tools / "cancelled").read_text().split()), ["1", "2"])
        self.assertFalse((self.folder / "run/batch/submitted.json").exists())
        (self.tools / "told").unlink()
        self.assertEqual(self.eddy("submit", "search.toml", "--out", "run", "--experiments", 30).returncode, 0)

    def test_other_settings_never_take_the_place_of_what_was_submitted(self):
        """Also where the queue looks empty, and nothing is finished yet: jobs read the configuration when they begin."""
        self.assertEqual(self.eddy("submit", "search.toml", "--out", "run").returncode, 0)
        before = (self.folder / "run/config.toml").read_bytes()
        for command in (["submit", "search.toml", "--out", "run", "--set", "flow.epochs=7"],
                        ["run", "search.toml", "--out", "run", "--seed", "7", "--quiet"],
                        ["run", "search.toml", "--out", "run", "--seed", "7", "--tasks-only", "--quiet"]):
            self.fails(command, "'run' was submitted to a batch system with another configuration", "7 now", "another --out")
        self.assertEqual((self.folder / "run/config.toml").read_bytes(), before)
        self.assertEqual(self.eddy("submit", "search.toml", "--out", "run").returncode, 0, "the same settings are submitted again")
        study = '[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2]\n'
        self.write_config(study, "study.toml")
        self.assertEqual(self.eddy("submit", "study.toml", "--out", "study").returncode, 0)
        self.fails(["submit", "study", "--resubmit", "--set", "flow.epochs=7"], "'study' was submitted to a batch system")
        self.fails(["study", "study.toml", "--out", "study", "--set", "flow.epochs=7", "--quiet"], "'study' was submitted")

    def test_status_counts_the_experiments_of_a_plain_calibration(self):
        run = self.run_search("run")
        self.assertEqual(json.loads(self.eddy("status", "run", "--json").stdout)["work"], [])
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 6).returncode, 0)
        status = self.eddy("status", "run").stdout
        self.assertIn("null experiments: 6 of 6 finished;", status)
        self.assertIn("processes: 1 finished", status)
        # One that was stopped, as another process sees it.
        tasks = json.loads((run / "batch/tasks-null-experiments.json").read_text())["tasks"]
        for lost in (2, 5):
            (run / "models" / f"{tasks[lost]}.eddy").unlink()
        self.assertIn("null experiments: 4 of 6 finished, 0 running, 2 waiting", self.eddy("status", "run").stdout)
        # Of a run that was calibrated by an earlier version, which left no list.
        shutil.rmtree(run / "batch")
        self.assertIn("null experiments: 6 of 6 finished\n", self.eddy("status", "run").stdout)

    def test_status_sees_a_plain_calibration_at_work(self):
        run = self.run_search("run")
        process = self.start("calibrate", "run", "--experiments", 40)
        self.wait_for(lambda: list((run / "models").glob("null-*.eddy")), process)
        status = json.loads(self.eddy("status", "run", "--json").stdout)
        process.send_signal(signal.SIGINT)
        process.wait()
        (work,) = status["work"]
        self.assertEqual((work["work"], work["tasks"]), ("null experiments", 40))
        self.assertGreater(work["finished"], 0)
        self.assertLess(work["finished"], 40)
        self.assertEqual([worker["state"] for worker in status["workers"]], ["at work"])
        self.assertIn("processes: 1 failed", self.eddy("status", "run").stdout)

    def test_what_cannot_be_submitted_says_so(self):
        self.run_search("run")
        self.fails(["submit", "nowhere.toml"], "nowhere.toml", code=1)
        self.fails(["submit", "search.toml", "--processes", 0, "--dry-run"], "--processes 0", "1 to 10000")
        self.fails(["submit", "run", "--experiments", 0, "--dry-run"], "--experiments 0")
        self.fails(["submit", "run", "--set", "flow.epochs=2", "--dry-run"], "--set")
        self.fails(["submit", "run", "--batch", "pbs"], "pbs", "slurm")
        self.fails(
            ["submit", "run", "--batch-option", "partition=short", "--dry-run"],
            "partition=short",
            "--batch-option=--partition=short",
        )
        self.fails(
            ["submit", "run", "--batch", "htcondor", "--batch-option=--partition=short", "--dry-run"], "no line of a submit file"
        )
        for time in ("abc", "8h", "1:00:00:00", "-5", "1-", "1:2:", ":", " 5", "8:00:00 --mem=1"):
            self.fails(["submit", "run", f"--time={time}", "--dry-run"], f"--time '{time}' is no time of Slurm", "8:00:00")
        for time in ("90", "1:30", "8:00:00", "1-12", "1-12:30", "1-12:30:00", "UNLIMITED"):
            self.assertEqual(self.eddy("submit", "run", f"--time={time}", "--dry-run").returncode, 0, time)
        condor = ["submit", "run", "--batch", "htcondor", "--dry-run"]
        for time in ("8:00:00", "abc", "1e3", "-5"):
            self.fails([*condor, f"--time={time}"], f"--time '{time}' is no time of HTCondor", "seconds")
        self.fails(["submit", "run", "--resubmit"], "nothing of 'run' was submitted yet")
        self.fails(["submit", "run", "--time", ""], "--time", "it is empty")
        self.fails(["submit", "search.toml", "--resubmit"], "--resubmit", "folder")
        self.fails(["submit", "search.toml", "--out", 'quoted"run', "--dry-run"], 'quoted"run', "--out")
        self.fails(["status", "nowhere"], "'nowhere'")
        self.write_config(CONFIG.replace("[data]", "blind = true\n[data]"))
        self.fails(["submit", "search.toml", "--out", "blind", "--experiments", 10, "--dry-run"], "blind", "--experiments")
        self.run_search("blind")
        self.fails(["submit", "blind", "--dry-run"], "eddy unblind blind")
        done = self.eddy("submit", "run", PATH=str(self.folder))
        self.assertIn("there is no sbatch on the PATH", done.stderr)
        done = self.eddy("submit", "run", "--batch", "htcondor", PATH=str(self.folder))
        self.assertIn("there is no condor_submit_dag on the PATH", done.stderr)
        (self.folder / "run/batch/submitted.json").write_text("{}")
        self.fails(["status", "run"], "submitted.json", "damaged", code=1)


if __name__ == "__main__":
    unittest.main()
