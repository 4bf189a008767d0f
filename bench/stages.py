#!/usr/bin/env python3
"""Where the CPU time of runs went: one row for each part of each run, from their run.json.

usage: bench/stages.py RUN..."""

import json
import sys
from pathlib import Path


def parts(run):
    """(name of the run and part, seconds of each kind of work) of each part."""
    facts = json.loads((run / "run.json").read_text())
    if "cpu_stages" not in facts:
        sys.exit(f"'{run}' was made before run.json told stages apart; run it again with --fresh")
    return [(f"{run.name}: {part}", stages) for part, stages in facts["cpu_stages"].items() if sum(stages.values()) > 0.1]


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    rows = [row for run in sys.argv[1:] for row in parts(Path(run))]
    stages = [stage for stage in ("flows", "mapping", "classifiers", "scoring", "fits", "keys", "reading", "figures", "other")
              if any(stage in spent for _, spent in rows)]
    print(f"| CPU-seconds | all | {' | '.join(stages)} |")
    print("|---|" + "---:|" * (len(stages) + 1))
    for name, spent in rows:
        cells = [f"{spent.get(stage, 0):.1f}" for stage in stages]
        print(f"| {name} | {sum(spent.values()):.1f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
