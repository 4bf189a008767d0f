#!/usr/bin/env python3
"""How long a run takes on many processes, before it is begun: the tasks that `eddy run CONFIG --plan` prints, shared out as
`eddy submit` has it.

    eddy run search.toml --plan > plan.jsonl
    tools/simulate_batch.py plan.jsonl costs.json --processes 20 --processes 500

costs.json has the seconds of a task of each stage ("*" for all others), what every process does alone before it finds work in the
first array (read events, judge the search again: "begin"), what the job that puts the search together does ("found"), what each
process of the second array does before its first experiment ("begin experiments"), and the last job ("result"):

    {"sideband flows": 26, "classifiers": 4.5, "null experiments": 700,
     "begin": 30, "found": 60, "begin experiments": 60, "result": 65}

Processes of a search go through its stages in their order and wait for one another between stages that need each other;
experiments are taken one after the other. `eviction` in costs.json is the chance per hour that a process is killed: the task at
hand is lost, and the process begins anew.
"""

import argparse
import heapq
import json
import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

EXPERIMENTS = "null experiments"
HOUR = 3600.0


@dataclass(frozen=True)
class Task:
    """One line of the plan."""

    name: str
    stage: str
    after: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What a run costs with so many processes."""

    processes: int
    wall: float
    busy: float
    useful: float

    @property
    def efficiency(self) -> float:
        """The part of the time of all processes that was spent on tasks that were kept."""
        return self.useful / self.busy if self.busy > 0 else 1.0


def read_plan(text: str, costs: dict[str, float]) -> list[Task]:
    """The tasks with their costs. Raises KeyError for a stage whose cost is not known."""
    tasks = []
    for line in text.splitlines():
        task = json.loads(line)
        stage = task["stage"]
        if stage not in costs and "*" not in costs:
            raise KeyError(stage)
        tasks.append(Task(task["task"], stage, tuple(task["after"]), costs.get(stage, costs.get("*", 0.0))))
    return tasks


def critical_path(tasks: list[Task]) -> float:
    """Seconds of the longest chain of stages, one task each: no number of processes is faster."""
    longest: dict[str, float] = {}
    for task in tasks:  # in their order: what a stage needs stands before it
        before = max((longest[stage] for stage in task.after), default=0.0)
        longest[task.stage] = max(longest.get(task.stage, 0.0), before + task.seconds)
    return max(longest.values(), default=0.0)


class Evictions:
    """Kills processes at random; the same ones for the same seed."""

    def __init__(self, per_hour: float, seed: int) -> None:
        self.rate = per_hour / HOUR
        self.random = random.Random(seed)

    def before(self, seconds: float) -> float | None:
        """When a process that works so long is killed; None where it is not."""
        if self.rate <= 0:
            return None
        moment = self.random.expovariate(self.rate)
        return moment if moment < seconds else None


def share_out(tasks: list[Task], processes: int, begin: float, waits: bool, evictions: Evictions) -> tuple[float, float]:
    """Wall time and the time of all processes for one array. Each takes the first task that is free and whose stages are done;
    where there is none it waits for the others: to the end where `waits`, else as long as anything is left to begin."""
    left: dict[str, list[Task]] = defaultdict(list)
    unfinished: dict[str, int] = defaultdict(int)
    for one in tasks:
        left[one.stage].append(one)
        unfinished[one.stage] += 1
    for waiting in left.values():
        waiting.reverse()
    clock: list[tuple[float, int, Task | None, bool]] = []
    for process in range(processes):
        heapq.heappush(clock, (begin, process, None, True))
    idle: list[int] = []
    ended = [0.0] * processes
    now = 0.0

    def next_task() -> Task | None:
        for waiting in left.values():
            if waiting and all(unfinished[stage] == 0 for stage in waiting[-1].after):
                return waiting.pop()
        return None

    def employ(process: int) -> bool:
        found = next_task()
        if found is None:
            return False
        killed = evictions.before(found.seconds)
        heapq.heappush(clock, (now + (found.seconds if killed is None else killed), process, found, killed is None))
        return True

    while clock:
        now, process, task, is_well = heapq.heappop(clock)
        if task is not None and is_well:
            unfinished[task.stage] -= 1
        if task is not None and not is_well:  # the task is free again, the process begins anew
            left[task.stage].append(task)
            heapq.heappush(clock, (now + begin, process, None, True))
        else:
            idle.append(process)
        idle = [p for p in idle if not employ(p)]
        for p in idle:
            ended[p] = now
        if not any(left.values()):
            idle = []
    wall = max(ended, default=now)
    return wall, processes * wall if waits else sum(ended)


def simulate(tasks: list[Task], costs: dict[str, float], processes: int, seed: int = 1) -> Outcome:
    """A whole submission: search, what puts it together, experiments, result."""
    evictions = Evictions(costs.get("eviction", 0.0), seed)
    wall = busy = 0.0
    search = [task for task in tasks if task.stage != EXPERIMENTS]
    experiments = [task for task in tasks if task.stage == EXPERIMENTS]
    for part, begin, end in ((search, "begin", "found"), (experiments, "begin experiments", "result")):
        if not part:
            continue
        widest = max(sum(1 for task in part if task.stage == stage) for stage in {task.stage for task in part})
        used = min(processes, widest)
        part_wall, part_busy = share_out(part, used, costs.get(begin, 0.0), part is search, evictions)
        wall += part_wall + costs.get(end, 0.0)
        busy += part_busy + costs.get(end, 0.0)
    return Outcome(processes, wall, busy, sum(task.seconds for task in tasks))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Simulate a run on many processes.")
    parser.add_argument("plan", type=Path, help="what eddy run --plan printed")
    parser.add_argument("costs", type=Path, help="seconds of each stage (JSON)")
    parser.add_argument("--processes", type=int, action="append", required=True)
    arguments = parser.parse_args()
    costs = json.loads(arguments.costs.read_text(encoding="utf-8"))
    try:
        tasks = read_plan(arguments.plan.read_text(encoding="utf-8"), costs)
    except KeyError as error:
        print(f"simulate_batch: the cost of the stage {error} is not in '{arguments.costs}'; add it, or \"*\"", file=sys.stderr)
        return 2
    total = sum(task.seconds for task in tasks)
    print(f"{len(tasks)} tasks of {total / HOUR:.1f} core-hours, critical path {critical_path(tasks) / HOUR:.2f} h")
    print("processes   wall h   core-hours   useful")
    for processes in arguments.processes:
        outcome = simulate(tasks, costs, processes)
        print(f"{processes:9}   {outcome.wall / HOUR:6.2f}   {outcome.busy / HOUR:10.1f}   {100 * outcome.efficiency:5.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
