"""The list of tasks that `eddy run --plan` prints is what a run then computes, of every family and method."""

import json
import unittest
from collections import Counter

import extrapolation_test
import h5py
import numpy as np
import quak_case
import resonant_test
from workspace import CONFIG, Workspace, artefacts, events, write

BENCHMARKS = """
[inject]
file = "truth.h5:signal"
count = 30
[benchmarks]
background = "truth.h5:background"
signal = "truth.h5:signal"
members = 3
"""


class Plan(Workspace):
    def plan(self, *settings):
        done = self.eddy("run", "search.toml", "--plan", *settings)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def is_what_a_run_computes(self, name, *changes):
        """Returns the stages with their numbers of tasks."""
        settings = [part for change in changes for part in ("--set", change)]
        plan = self.plan(*settings)
        self.assertFalse((self.folder / "runs").exists(), "a plan wrote something")
        self.assertEqual(len({line["task"] for line in plan}), len(plan))
        stages = Counter(line["stage"] for line in plan)
        for line in plan:
            self.assertTrue(set(line["after"]) <= set(stages), line)
            before = [other["depth"] for other in plan if other["stage"] in line["after"]]
            self.assertEqual(line["depth"], 1 + max(before, default=0))
        run = self.run_search(name, *settings)
        computed = Counter(artefact.rsplit("-", 1)[0] for artefact in artefacts(run))
        self.assertEqual(Counter(line["kind"] for line in plan), computed, f"{name}: {dict(stages)}")
        return stages

    def test_of_conrad(self):
        signal = events(4, 1000)
        signal["m"] = 4 + signal["m"] / 10
        write(self.folder / "truth.h5", {"background": events(3, 3000), "signal": signal})
        stages = self.is_what_a_run_computes("conrad", "calibration.experiments=2", "validation.experiments=2")
        self.assertEqual(stages, {"flows": 2, "classifiers": 4, "latent gate": 4, "validation": 2, "validation windows": 2,
                                  "null experiments": 2})
        self.write_config(CONFIG + BENCHMARKS)
        self.assertIn("benchmark idealized (z)", self.is_what_a_run_computes("benchmarks"))
        self.is_what_a_run_computes("blind", "search.blind=true", "calibration.experiments=2", "inject.count=0")

    def test_of_resonant_methods(self):
        with h5py.File(self.folder / "events.h5", "w") as file:
            for group, columns in {
                "data": resonant_test.sample(1, 4000, 60),
                "background": resonant_test.sample(2, 4000, 0),
            }.items():
                for name, values in columns.items():
                    file[f"{group}/{name}"] = values
        # Validation windows are planned as they are asked for, and made where there is room: so few events have none.
        quick = resonant_test.CONFIG.replace("epochs = 3", "epochs = 1").replace("toys = 50", "toys = 10")
        quick = quick.replace("[validation]\n", "[validation]\nwindows = 0\n")
        methods = ("lacathode", "cathode", "cathode_lacathode", "anode", "r_anode", "cwola", "transport")
        for method in (*methods, "idealized", "supervised"):
            with self.subTest(method):
                self.write_config(
                    quick.replace('"lacathode"', f'"{method}"') + '[benchmarks]\nbackground = "events.h5:background"\n'
                )
                self.is_what_a_run_computes(
                    method, "validation.experiments=0" if method in ("idealized", "supervised") else "validation.experiments=2"
                )
        self.write_config(quick)
        self.is_what_a_run_computes("blind", "search.blind=true")
        self.is_what_a_run_computes("one", "folds.score=one", "calibration.experiments=1")

    def test_of_validation_windows(self):
        with h5py.File(self.folder / "events.h5", "w") as file:
            for name, values in resonant_test.sample(1, 20000, 0).items():
                file[f"data/{name}"] = values
        self.write_config(resonant_test.CONFIG.replace('"lacathode"', '"cwola"'))
        stages = self.is_what_a_run_computes("windows", "validation.experiments=2", "validation.windows=2")
        self.assertEqual(stages["validation windows"], 2)

    def test_of_extrapolations(self):
        data = extrapolation_test.events(3, 4000, 0) | {"label": np.random.default_rng(4).random(4000) < 0.01}
        write(self.folder / "events.h5", {"data": data, "simulation": extrapolation_test.events(5, 4000, 0.3)})
        for method in ("reweight", "generate", "morph"):
            with self.subTest(method):
                self.write_config(extrapolation_test.CONFIG.replace('"generate"', f'"{method}"'))
                self.is_what_a_run_computes(method, "search.blind=false", "validation.experiments=2")
        self.is_what_a_run_computes("blind", "search.blind=true")

    def test_of_a_space_of_losses(self):
        background, up, down = (quak_case.events(seed, 20000, kind) for seed, kind in ((1, 0), (2, 1), (3, -1)))
        write(self.folder / "events.h5", {"data": background, "background": background, "signal": quak_case.together(up, down)})
        self.write_config(quak_case.CONFIG)
        self.is_what_a_run_computes("losses")
        self.write_config(quak_case.CONFIG.split("[[evaluate]]")[0] + quak_case.CONFIG[quak_case.CONFIG.index("[units]") :])
        self.is_what_a_run_computes("plain", "calibration.experiments=1")


if __name__ == "__main__":
    unittest.main()
