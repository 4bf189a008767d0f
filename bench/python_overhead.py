#!/usr/bin/env python3
"""What the Python package adds to a search: `eddy run`, `eddy.run` on the same file, and `eddy.search` on a table.

usage: python_overhead.py [--build build/release] [--events N] [--repetitions N]

CPU seconds, all threads together, of whole processes (those of Python begin with importing numpy and eddy; a table and the
numpy that made it are not counted), by turns, and the least of each: other work on the machine only adds to them. The search is CWoLa with four
short boosted classifiers, less than anybody would run on so many events, so that little hides what is added. All three must
find the same numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SECTIONS = {
    "search": {"method": "cwola", "name": "overhead"},
    "features": {"context": ["mjj"], "x": ["a", "b"]},
    "regions": {"signal": "mjj > 3300 && mjj < 3700"},
    "working_points": {"efficiency": [0.1]},
    "folds": {"k": 2},
    "flow": {"members": 1},
    "classifier": {"members": 2},
    "trees": {"max_iterations": 50},
    "validation": {"experiments": 0},
    "bump_hunt": {"toys": 0},
}

MAKE = """
import numpy as np
random = np.random.default_rng(1)
n, n_signal = {n}, {n} // 1000
is_signal = np.arange(n) < n_signal
mass = np.where(is_signal, random.normal(3500, 60, n), 2500 + np.fmod(random.exponential(700, n), 3000))
table = {{"mjj": mass.astype("f4"), "a": random.normal(is_signal, 1).astype("f4"), "b": random.normal(is_signal, 1).astype("f4")}}
"""

WAYS = {
    "eddy.run": "import sys, eddy; eddy.run(sys.argv[1], out=sys.argv[2])",
    "eddy.search": MAKE
    + """
import sys, time
print(time.process_time())  # up to here it is not ours, but for numpy
import eddy
sections = {sections!r}
others = {{name: sections[name] for name in ("folds", "flow", "classifier", "trees", "validation", "bump_hunt")}}
eddy.search(
    "cwola", data=table, name="overhead", context="mjj", x=["a", "b"], signal=sections["regions"]["signal"],
    working_points=[0.1], **others,
).run(sys.argv[2])
""",
}


def cpu_seconds(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """Of a process and those that it started, and what it printed."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, said


def found(folder: Path) -> Any:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))["working_points"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    package = str(Path(options.build, "python").resolve())
    environment = {**os.environ, "PYTHONPATH": package, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    sys.path.insert(0, package)
    from eddy import _eddy
    from eddy._toml import to_toml

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made: dict[str, Any] = {}
        exec(MAKE.format(n=options.events), made)
        _eddy.write_table(str(folder / "data.h5"), [(column, "", values) for column, values in made["table"].items()])
        config = folder / "search.toml"
        config.write_text(to_toml({**SECTIONS, "data": {"file": "data.h5"}}), encoding="utf-8")
        programs = {"eddy run": [str(Path(options.build, "eddy").resolve()), "run", str(config), "--quiet", "--out"]}
        for way, program in WAYS.items():
            text = program.format(n=options.events, sections=SECTIONS) if way == "eddy.search" else program
            programs[way] = [sys.executable, "-c", text, str(config)]
        seconds: dict[str, list[float]] = {way: [] for way in programs}
        for i in range(options.repetitions):
            results = []
            for way, command in programs.items():
                out = folder / f"{way.replace(' ', '-')}-{i}"
                used, said = cpu_seconds([*command, str(out)], environment)
                seconds[way].append(used - (float(said) if way == "eddy.search" else 0.0))
                results.append(found(out))
            if results[1:] != results[:-1]:
                sys.exit("the three ways found different numbers")
    base = min(seconds["eddy run"])
    print(f"{options.events} events, CPU seconds, least of {options.repetitions}")
    for way, values in seconds.items():
        print(f"{way:12} {min(values):8.2f} s  {100 * (min(values) / base - 1):+6.2f} %   (to {max(values):.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
