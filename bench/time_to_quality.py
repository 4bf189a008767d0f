#!/usr/bin/env python3
"""What a recipe of training costs, and what it gives: whole searches with several settings and seeds, side by side.

usage: bench/time_to_quality.py CONFIG [--recipe NAME SETTING...]... [--seeds N] [--out DIR] [--eddy FILE] [--set S]...

    bench/time_to_quality.py examples/dijet-full.toml --seeds 10 --set flow.members=2 --set classifier.members=10 \\
        --set validation.experiments=0 \\
        --recipe 'before' flow.epochs=15 flow.batch_size=256 flow.learning_rate=1e-3 --recipe 'now'

Each search is `eddy run CONFIG` with the settings of a recipe and search.seed = 1 ... N, so that recipes see the same folds and the
same events of validation. Prints for each recipe, as mean ± standard deviation over the seeds: CPU-seconds of the training of
flows, their best validation loss (mean over the flows of a search; negative log-density in scaled space), its difference from the
first recipe's for the same seed with the error of the mean, AUC of the gate, and, where truth is given, the maximal SIC and that
at a background efficiency of 1 %. Finished searches are kept in DIR and not run again."""

import argparse
import json
import statistics
import subprocess
from pathlib import Path


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--recipe", nargs="+", action="append", metavar=("NAME", "SETTING"), required=True)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("runs/time-to-quality"))
    parser.add_argument("--eddy", type=Path, default=Path("build/release/eddy"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy run, for all recipes")
    return parser.parse_args()


def best_losses(figures):
    """The lowest validation loss of each flow."""
    training = next(figure for figure in figures["figures"] if figure["id"] == "training")
    traces = [trace for panel in training["panels"] for trace in panel["traces"]]
    return [min(trace["y"]) for trace in traces if "flow" in trace["name"] and trace["name"].endswith("validation")]


def sic_of(result):
    """Maximal SIC and SIC at 1 % of the search's own method; nothing without truth."""
    evaluations = [e for e in result.get("evaluation") or [] if e.get("sic")]
    sic = evaluations[0]["sic"] if evaluations else {}
    return {name: sic[key] for name, key in (("max SIC", "max"), ("SIC at 1 %", "at_1e-2")) if sic.get(key) is not None}


def search(arguments, recipe, seed):
    """Numbers of one search, from its run folder."""
    out = arguments.out / f"{arguments.config.stem}-{recipe[0].replace(' ', '-')}-{seed}"
    if not (out / "report.html").exists():
        settings = [f"search.seed={seed}", *arguments.settings, *recipe[1:]]
        command = [arguments.eddy, "run", arguments.config, "--out", out, "--fresh", "--quiet"]
        subprocess.run(command + [word for s in settings for word in ("--set", s)], check=True)
    result, facts, figures = (json.loads((out / f"{name}.json").read_text()) for name in ("result", "run", "figures"))
    found = {"flows, CPU s": facts["cpu_stages"]["search"]["flows"], "loss": statistics.mean(best_losses(figures))}
    if result.get("gate"):
        found["gate AUC"] = result["gate"]["auc"]
    return found | sic_of(result)


def cell(values):
    spread = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.4f} ± {spread:.4f}"


def main():
    arguments = parse_arguments()
    found = {recipe[0]: [search(arguments, recipe, seed) for seed in range(1, arguments.seeds + 1)]
             for recipe in arguments.recipe}
    first = found[arguments.recipe[0][0]]
    columns = [name for name in first[0] if all(name in run for runs in found.values() for run in runs)]
    print(f"| recipe | {' | '.join(columns)} | loss − first | CPU, first / this |")
    print("|---" * (len(columns) + 3) + "|")
    for name, runs in found.items():
        differences = [run["loss"] - other["loss"] for run, other in zip(runs, first)]
        error = statistics.stdev(differences) / len(differences) ** 0.5 if len(differences) > 1 else 0
        ratio = statistics.mean(r["flows, CPU s"] for r in first) / statistics.mean(r["flows, CPU s"] for r in runs)
        cells = [cell([run[column] for run in runs]) for column in columns]
        print(f"| {name} | {' | '.join(cells)} | {statistics.mean(differences):+.4f} ± {error:.4f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
