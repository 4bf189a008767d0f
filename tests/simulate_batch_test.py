"""The simulation of a run on many processes obeys the laws of lists of tasks."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from simulate_batch import Task, critical_path, read_plan, simulate  # noqa: E402

FLOWS = [Task(f"flow {i}", "flows", (), 30.0) for i in range(10)]
TREES = [Task(f"tree {i}", "trees", ("flows",), 4.0) for i in range(40)]
GATE = [Task("gate", "gate", ("flows",), 7.0)]
NULLS = [Task(f"null {i}", "null experiments", ("trees", "gate"), 100.0) for i in range(50)]
ALL = FLOWS + TREES + GATE + NULLS


class SimulateBatch(unittest.TestCase):
    def test_one_process_takes_the_sum(self):
        outcome = simulate(ALL, {}, 1)
        self.assertAlmostEqual(outcome.wall, sum(task.seconds for task in ALL))
        self.assertAlmostEqual(outcome.efficiency, 1)

    def test_the_critical_path_is_the_longest_chain(self):
        self.assertAlmostEqual(critical_path(FLOWS + TREES + GATE), 37)
        self.assertAlmostEqual(critical_path(ALL), 137)
        self.assertEqual(critical_path([]), 0)

    def test_no_schedule_is_faster_than_the_bounds_nor_slower_than_twice_them(self):
        """Graham (1966): a list schedule needs at most the mean load and the critical path together."""
        search = FLOWS + TREES + GATE
        total = sum(task.seconds for task in search)
        for processes in (1, 2, 3, 7, 10, 39, 1000):
            outcome = simulate(search, {}, processes)
            self.assertGreaterEqual(outcome.wall + 1e-9, max(critical_path(search), total / processes))
            used = min(processes, 40)  # there are never more than tasks side by side
            self.assertLessEqual(outcome.wall, total / used + critical_path(search) + 1e-9)

    def test_whole_numbers_of_rounds(self):
        self.assertAlmostEqual(simulate(NULLS, {}, 25).wall, 200)
        self.assertAlmostEqual(simulate(NULLS, {}, 26).wall, 200)
        self.assertAlmostEqual(simulate(NULLS, {}, 500).wall, 100)
        self.assertAlmostEqual(simulate(NULLS, {}, 500).busy, 5000, msg="no more processes than tasks")

    def test_what_every_process_does_alone_counts_for_each(self):
        outcome = simulate(NULLS, {"begin experiments": 20, "result": 5}, 25)
        self.assertAlmostEqual(outcome.wall, 225)
        self.assertAlmostEqual(outcome.busy, 25 * 220 + 5)
        self.assertAlmostEqual(outcome.efficiency, 5000 / 5505)

    def test_evictions_cost_time_and_lose_no_task(self):
        calm = simulate(NULLS, {}, 10)
        rough = simulate(NULLS, {"eviction": 10.0}, 10)
        self.assertGreater(rough.busy, calm.busy)
        self.assertAlmostEqual(rough.useful, calm.useful)
        # A task of length t is begun exp(rate t) times on average, of which each loses some part.
        self.assertLess(rough.busy, 2 * calm.busy)

    def test_costs_are_those_of_the_stages(self):
        plan = '{"task": "flows 1/1", "stage": "flows", "after": [], "kind": "flow", "depth": 1}'
        self.assertEqual(read_plan(plan, {"flows": 3})[0].seconds, 3)
        self.assertEqual(read_plan(plan, {"*": 4})[0].seconds, 4)
        with self.assertRaises(KeyError):
            read_plan(plan, {"trees": 3})


if __name__ == "__main__":
    unittest.main()
