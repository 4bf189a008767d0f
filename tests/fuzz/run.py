#!/usr/bin/env python3
"""Runs the fuzzers that the preset asan builds, several at once, each from its corpus (tests/fuzz/corpus/TARGET).

  tests/fuzz/run.py [--seconds N | --executions N | --quick] [--seed N] [--jobs N] [TARGET ...]

Ends with one line for each target; exit code 1 when one found something. What it found lies in build/asan/fuzz/TARGET/found;
with its cause repaired it goes into the corpus as 'found-...'."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent.parent
# A single allocation or all memory beyond these (MB), or an input that takes longer (s), is a finding too.
LIMITS = {"malloc_limit_mb": 512, "rss_limit_mb": 2048, "timeout": 20}
LONGEST_INPUT = 100_000
# --quick: executions that take about a minute under the sanitizers.
QUICK = {"hdf5": 1_500, "csv": 30_000, "pandas": 4_000, "compare": 5_000, "idx": 5_000, "report": 15_000, "classifier": 40_000, "flow": 40_000, "scorer": 40_000}
QUICK_ELSE = 100_000
# Undefined behaviour ends like any other finding: with its input kept.
SANITIZERS = {"UBSAN_OPTIONS": "print_stacktrace=1:abort_on_error=1"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--executions", type=int, help="for each target, however long it takes")
    parser.add_argument("--quick", action="store_true", help="a number of executions for each target that takes about a minute, of one seed: the same inputs each time")
    parser.add_argument("--seed", type=int, help="the same inputs each time (default: others each time)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="targets at once (default: one for each core)")
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build/asan/fuzz", help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all")
    options = parser.parse_args()
    if options.quick and options.seed is None:
        options.seed = 1
    return options


def programs_by_target(build):
    """Which program has which target."""
    found = {}
    for program in sorted(build.glob("eddy_fuzz_*")):
        listed = subprocess.run([program, "--target=list"], capture_output=True, text=True, check=True)
        found.update({target: program for target in listed.stdout.split()})
    if not found:
        sys.exit(f"there is no fuzzer in {build}; run ./dev fuzz")
    return found


class Outcome:
    def __init__(self, target, seconds, done, found):
        self.target, self.seconds, self.found = target, seconds, found
        self.failed = done.returncode != 0
        self.log = done.stdout
        executed = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stdout)
        progress = re.findall(r"^#(\d+)\s", done.stdout, re.MULTILINE)
        self.executions = int(executed[1]) if executed else int(progress[-1]) if progress else 0

    def line(self):
        verdict = f"FOUND something: {', '.join(map(str, self.found)) or 'see above'}" if self.failed else "nothing found"
        return f"{self.target:12} {self.executions:>10} executions in {self.seconds:>6.0f} s: {verdict}"


def fuzz(target, program, options):
    work = options.build / target
    for folder in ("corpus", "found"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    before = set((work / "found").iterdir())
    executions = QUICK.get(target, QUICK_ELSE) if options.quick else options.executions
    amount = {"runs": executions} if executions else {"max_total_time": options.seconds}
    if options.seed is not None:
        amount["seed"] = options.seed
    settings = {**LIMITS, **amount, "max_len": LONGEST_INPUT, "entropic": 0, "print_final_stats": 1, "artifact_prefix": f"{work}/found/"}
    begin = time.monotonic()
    done = subprocess.run([program, f"--target={target}", *(f"-{key}={value}" for key, value in settings.items()), work / "corpus",
                           FOLDER / "corpus" / target], env={**os.environ, **SANITIZERS}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          check=False)
    outcome = Outcome(target, time.monotonic() - begin, done, sorted(set((work / "found").iterdir()) - before))
    (work / "log.txt").write_text(outcome.log)
    if outcome.failed:
        print("\n".join(outcome.log.splitlines()[-60:]), file=sys.stderr)
    print(outcome.line(), flush=True)
    return outcome


def main():
    options = arguments()
    programs = programs_by_target(options.build)
    if unknown := set(options.targets) - set(programs):
        sys.exit(f"there is no target {', '.join(sorted(unknown))}; the targets are {', '.join(sorted(programs))}")
    if idle := {folder.name for folder in (FOLDER / "corpus").iterdir()} - set(programs):
        sys.exit(f"no program has a target for the corpus of {', '.join(sorted(idle))}; run ./dev fuzz, which builds all")
    chosen = options.targets or sorted(programs)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(lambda target: fuzz(target, programs[target], options), chosen))
    failed = [outcome for outcome in outcomes if outcome.failed]
    print(f"{len(outcomes)} targets, {sum(o.executions for o in outcomes)} executions, {len(failed)} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
