"""Several processes compute the tasks of one run together (--tasks-only).

The plain command then finds the bits that it would have found alone."""

import json
import os
import signal
import subprocess
import unittest
from collections import Counter

import limit_test
from workspace import BUMP, CONFIG, EDDY, Workspace, artefacts

# Longer than the other cases' runs, so that processes meet.
SLOWER = CONFIG.replace("epochs = 1", "epochs = 3").replace("members = 2\n[trees]", "members = 4\n[trees]")
VALIDATED = SLOWER.replace("experiments = 0", "experiments = 3")


def journal(run):
    """Per process: the lines that it wrote."""
    return {
        path.name: [json.loads(line) for line in path.read_text().splitlines()]
        for path in sorted((run / "batch/work").glob("*.jsonl"))
    }


def computed(run):
    """The tasks that processes computed, and how often."""
    return Counter(line["task"] for lines in journal(run).values() for line in lines if line.get("outcome") == "computed")


class Work(Workspace):
    def at_once(self, n, *arguments, environment=None):
        """Starts `n` processes of one command."""
        processes = []
        for i in range(n):
            with open(self.folder / f"worker{i}", "w") as log:
                processes.append(
                    subprocess.Popen(
                        [EDDY, *map(str, arguments), "--tasks-only", "--threads", "1"],
                        cwd=self.folder,
                        stdout=log,
                        stderr=log,
                        env={**os.environ, **(environment or {})},
                    )
                )
        return processes

    def all_well(self, processes):
        for i, process in enumerate(processes):
            self.assertEqual(process.wait(timeout=300), 0, (self.folder / f"worker{i}").read_text())

    def leftovers(self, run):
        return [
            path.name
            for path in run.rglob("*")
            if ".partial-" in path.name or path.name.endswith(".lease") or path.name == "eddy.lock"
        ]

    def test_a_search_of_three_processes_is_that_of_one(self):
        self.write_config(VALIDATED)
        alone = self.run_search("alone")
        self.all_well(self.at_once(3, "run", "search.toml", "--out", "run"))
        run = self.folder / "run"
        self.assertFalse((run / "result.json").exists())
        done = computed(run)
        self.assertEqual(set(done.values()), {1}, "a task was computed twice")
        self.assertEqual({f"{task}.eddy" for task in done}, set(artefacts(run)))
        self.assertEqual(set(artefacts(run)), set(artefacts(alone)))
        self.assertGreater(
            sum(any("outcome" in line for line in lines) for lines in journal(run).values()), 1, "one process did all"
        )
        before = artefacts(run)
        self.run_search("run")
        self.same_result(alone, run)
        self.assertEqual(artefacts(run), before, "something was computed again")
        self.assertEqual(self.leftovers(run), [])

    def test_other_families(self):
        self.write_masses()
        flows = BUMP.replace('"cwola"', '"cathode"').replace("[flow]\n", "[flow]\nepochs = 1\nhidden = 8\n")
        for name, config in {"bump": BUMP, "cathode": flows}.items():
            with self.subTest(name):
                self.write_config(config)
                alone = self.run_search(f"{name}-alone")
                self.all_well(self.at_once(2, "run", "search.toml", "--out", name))
                run = self.folder / name
                before = artefacts(run)
                self.assertEqual(set(before), set(artefacts(alone)))
                self.run_search(name)
                self.same_result(alone, run)
                self.assertEqual(artefacts(run), before)

    def test_null_experiments_with_a_killed_process(self):
        alone = self.run_search("alone")
        self.assertEqual(self.eddy("calibrate", "alone", "--experiments", 12).returncode, 0)
        run = self.run_search("run")
        before = (run / "result.json").read_bytes()
        processes = self.at_once(3, "calibrate", "run", "--experiments", 12)
        self.wait_for(
            lambda: len(list((run / "models").glob("null-*.eddy"))) >= 2 and list((run / "models").glob("*.lease")), processes[0]
        )
        processes[1].send_signal(signal.SIGKILL)
        processes[1].wait()
        self.all_well([processes[0]])
        self.assertEqual(processes[2].wait(timeout=300), 0)
        self.assertEqual(len(list((run / "models").glob("null-*.eddy"))), 12, "what the dead process was at was not taken over")
        self.assertEqual((run / "result.json").read_bytes(), before)
        tasks = json.loads((run / "batch/tasks-null-experiments.json").read_text())
        self.assertEqual(len(tasks["tasks"]), 12)
        self.assertTrue(all((run / "models" / f"{task}.eddy").exists() for task in tasks["tasks"]))
        finished = artefacts(run)
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 12).returncode, 0)
        self.same_result(alone, run)
        self.assertEqual(artefacts(run), finished)
        # Those that are there can be used before the others are.
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 5).returncode, 0)
        self.assertEqual(artefacts(run), finished)

    def test_a_study_of_three_processes_is_that_of_one(self):
        study = '[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2, 3, 4]\n'
        self.write_config(study, "study.toml")
        self.assertEqual(self.eddy("study", "study.toml", "--out", "alone").returncode, 0)
        self.all_well(self.at_once(3, "study", "study.toml", "--out", "study"))
        run = self.folder / "study"
        self.assertFalse((run / "table.csv").exists())
        points = {path.name: path.stat().st_mtime_ns for path in (run / "points").iterdir()}
        self.assertEqual(len(points), 4)
        self.assertEqual(self.eddy("study", "study.toml", "--out", "study").returncode, 0)
        self.assertEqual({path.name: path.stat().st_mtime_ns for path in (run / "points").iterdir()}, points, "searched again")
        for name in ("table.csv", "study.json", "figures.json"):
            self.assertEqual((run / name).read_bytes(), (self.folder / "alone" / name).read_bytes())
        self.assertEqual(self.leftovers(run), [])

    def test_a_point_that_fails_is_left_to_the_plain_command(self):
        study = '[study]\nbase = "search.toml"\n[[axis]]\nkey = "regions.signal"\nvalues = ["met > 700", "met > 99999"]\n'
        self.write_config(study, "study.toml")
        self.all_well(self.at_once(1, "study", "study.toml", "--out", "study"))
        status = json.loads(self.eddy("status", "study", "--json").stdout)
        (work,) = status["work"]
        self.assertEqual((work["finished"], work["failed"], work["tasks"]), (1, 1, 2))
        done = self.eddy("study", "study.toml", "--out", "study", "--quiet")
        self.assertEqual(done.returncode, 1)
        self.assertIn("1 of 2 searches failed", done.stderr)

    def test_limits_of_two_processes_are_those_of_one(self):
        limit_test.Limit.write_signal(self)
        alone, run = self.run_search("alone"), self.run_search("run")
        asked = ("--signal", "signal.h5", "--points", 2, "--repetitions", 2, "--nulls", 5)
        self.assertEqual(self.eddy("limit", "alone", *asked).returncode, 0)
        self.all_well(self.at_once(2, "limit", "run", *asked))
        self.assertFalse((run / "limit.json").exists())
        before = artefacts(run)
        self.assertEqual(self.eddy("limit", "run", *asked).returncode, 0)
        self.assertEqual(artefacts(run), before, "something was computed again")
        self.assertEqual((run / "limit.json").read_bytes(), (alone / "limit.json").read_bytes())

    def test_null_experiments_that_begin_with_the_flows_of_the_search(self):
        self.write_masses()
        warm = BUMP.replace('"cwola"', '"cathode"').replace("[flow]\n", "[flow]\nepochs = 2\nhidden = 8\n")
        self.write_config(warm + "[calibration]\nwarm_epochs = 1\n")
        alone, run = self.run_search("alone"), self.run_search("run")
        self.assertEqual(self.eddy("calibrate", "alone", "--experiments", 4).returncode, 0)
        self.all_well(self.at_once(2, "calibrate", "run", "--experiments", 4))
        before = artefacts(run)
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 4).returncode, 0)
        self.assertEqual(artefacts(run), before, "something was computed again")
        self.same_result(alone, run)

    def test_a_stopped_process_gives_back_what_it_was_at(self):
        self.write_config(SLOWER)
        run = self.run_search()
        (process,) = self.at_once(1, "calibrate", "run", "--experiments", 50)
        self.wait_for(lambda: list((run / "models").glob("*.lease")), process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 1)
        self.assertEqual(self.leftovers(run), [])
        self.assertIn("stopped on request", (self.folder / "worker0").read_text())
        work = json.loads(self.eddy("status", "run", "--json").stdout)["work"][0]
        self.assertEqual((work["failed"], work["running"]), (0, 0))

    def test_a_shared_store_elsewhere(self):
        self.all_well(self.at_once(2, "run", "search.toml", "--out", "my run", "--store", "my store"))
        run = self.folder / "my run"
        self.assertEqual(artefacts(run), {})
        self.run_search("my run", "--store", "my store")
        self.same_result(self.run_search("alone"), run)

    def test_what_cannot_be_shared_says_so(self):
        self.write_config(CONFIG.replace("[data]", "blind = true\n[data]"))
        run = self.run_search("blind")
        self.fails(
            ["run", "search.toml", "--out", "blind", "--stage", "sr", "--tasks-only", "--quiet"], "eddy unblind blind", "closed"
        )
        self.assertFalse((run / "unblinding.json").exists())
        self.write_config(CONFIG)
        self.fails(["run", "search.toml", "--out", "run", "--tasks-only", "--fresh"], "--fresh", "--tasks-only")
        self.fails(["calibrate", "run", "--tasks-only"], "'run' is not a finished run")
        run = self.run_search()
        self.fails(
            ["run", "search.toml", "--out", "run", "--set", "flow.epochs=2", "--tasks-only", "--quiet"],
            "another configuration",
            "epochs",
        )

    def test_all_processes_have_one_instruction_set(self):
        self.run_search()
        self.all_well(self.at_once(1, "calibrate", "run", "--experiments", 1))
        machine = self.folder / "run/batch/machine.json"
        own = json.loads(machine.read_text())["instructions"]
        machine.write_text(json.dumps({"instructions": "avx1024"}))
        self.fails(
            ["calibrate", "run", "--experiments", 2, "--tasks-only", "--quiet"],
            "avx1024",
            own,
            "EDDY_INSTRUCTIONS=avx1024",
            "machine.json",
        )

    def test_a_full_disk_loses_nothing(self):
        run = self.run_search()
        (run / "batch").write_text("no folder")
        self.fails(["calibrate", "run", "--experiments", 2, "--tasks-only", "--quiet"], "run/batch", code=1)
        (run / "batch").unlink()
        self.assertEqual(self.eddy("calibrate", "run", "--experiments", 2).returncode, 0)


if __name__ == "__main__":
    unittest.main()
