#!/usr/bin/env python3
"""Do event weights repair a sample that was thinned out? The samples of real scale, family by family.

usage: EDDY_DATA=... bench/validity/weights.py [FAMILY...] [--out DIR] [--eddy FILE] [--set S]...

FAMILY is conrad, extrapolation, resonant or quak (default: all). An example at full scale runs three times: as it is; with the sample that
carries weights (template, simulation, background of the benchmarks, background of QUAK) thinned out, an event being kept with a
probability p(x) of 0.25 to 1 that follows a feature, and given the weight 1 / p(x); and thinned out without weights. The second
must agree with the first, the third shows that something was there to repair. Prints one line for each."""

import argparse
import json
import os
import subprocess
import tomllib
from pathlib import Path

import h5py
import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# Which configuration, which samples (section of the configuration and file), which column decides, at which value the
# probability is half way, how wide its step is, and which settings make it quick.
STUDIES = {
    "conrad": ("monojet-full.toml", {"template": "monojet/gjets_template.h5"}, "m_j1", 100, 40,
               ["flow.members=2", "benchmarks.background=", "benchmarks.signal=", "validation.experiments=0"]),
    "extrapolation": ("darkqcd-full.toml", {"simulation": "darkqcd/simulation.h5"}, "tau21_j1", 0.5, 0.1,
                      ["flow.members=2", "benchmarks.background=", "benchmarks.signal=", "validation.experiments=0"]),
    "resonant": ("dijet-full.toml", {"benchmarks": "dijet/background.h5"}, "mj1", 150, 60,
                 ["flow.members=1", "classifier.members=10", "validation.experiments=0", "bump_hunt.toys=100"]),
    "quak": ("quak-null.toml", {"background": "dijet/background.h5"}, "mj1", 200, 80,
             ["inject.file=${EDDY_DATA}/dijet/signal_2prong_4500_500_150.h5", "inject.count=1000", "quak.toys=100", "vae.epochs=25"]),
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="*", choices=[[], *STUDIES], default=[])
    parser.add_argument("--out", type=Path, default=Path("runs/weights"))
    parser.add_argument("--eddy", type=Path, default=REPOSITORY / "build/release/eddy")
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy run")
    return parser.parse_args()


def read_columns(path):
    """Columns of a file of data sets, or of a table of pandas, and their attributes."""
    with h5py.File(path) as file:
        if "df" in file:
            table = file["df"]
            names = [name.decode() for name in table["block0_items"][:]]
            return dict(zip(names, np.asarray(table["block0_values"]).T)), {}
        return {name: file[name][:] for name in file}, {name: dict(file[name].attrs) for name in file}


def thin_out(source, target, column, centre, width):
    """Keeps an event with a probability that follows `column`; its inverse becomes the column `w`."""
    columns, attributes = read_columns(source)
    probability = 0.25 + 0.75 / (1 + np.exp(-(np.float64(columns[column]) - centre) / width))
    kept = np.random.default_rng(1).random(len(probability)) < probability
    with h5py.File(target, "w") as file:
        for name, values in columns.items():
            file[name] = values[kept]
            file[name].attrs.update(attributes.get(name, {}))
        file["w"] = 1 / probability[kept]
    return kept


def settings_of(section, path, is_weighted, kept, rows):
    """What `eddy run --set` needs to take the thinned sample, with the rows that stand for `rows` of the whole."""
    prefix = {"benchmarks": "benchmarks.background"}.get(section)
    file, weight, chosen = (prefix, prefix + "_weight", prefix + "_rows") if prefix else (
        f"{section}.file", f"{section}.weight", f"{section}.rows")
    settings = [f"{file}={path}"] + ([f"{weight}=w"] if is_weighted else [])
    if rows:
        settings.append(f"{chosen}=[{int(kept[: rows[0]].sum())},{int(kept[: rows[1]].sum())}]")
    return settings


def run(eddy, config, out, settings):
    if not (out / "result.json").exists():
        command = [eddy, "run", config, "--out", out, *[part for s in settings for part in ("--set", s)]]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{out}: {done.stderr.strip()}")
    return json.loads((out / "result.json").read_text())


def numbers_of(result):
    """The numbers that weights may change, as text."""
    found = []
    for point in result["working_points"]:
        name = "categories" if point["efficiency"] is None else f"{point['efficiency']:g}"
        if point.get("predicted") is not None:
            found.append(f"{name}: {point['observed']:.0f} on {point['predicted']:.1f} ± {point['predicted_error']:.1f}")
        found.append(f"Z({name}) {point['z']:.2f}" + (f" at {point['mass']:.0f}" if point.get("mass") else ""))
    for evaluation in result.get("evaluation", []):
        sic = evaluation["sic"].get("at_1e-2")
        found.append(f"{evaluation['name']}: AUC {evaluation['auc']:.3f}" + (f", SIC at 1 % {sic:.2f}" if sic else ""))
    return "; ".join(found)


def rows_of(config, section):
    """The rows of the sample that the configuration takes, or None."""
    part = tomllib.loads(config.read_text()).get(section, {})
    return part.get("background_rows" if section == "benchmarks" else "rows")


def study(family, arguments):
    name, samples, column, centre, width, quick = STUDIES[family]
    config = REPOSITORY / "examples" / name
    folder = arguments.out / family
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"whole": [], "thinned, weighted": [], "thinned": []}
    for section, file in samples.items():
        thinned = (folder / f"{section}.h5").resolve()
        kept = thin_out(Path(os.environ["EDDY_DATA"]) / file, thinned, column, centre, width)
        print(f"{family}: {section} thinned out from {len(kept)} to {kept.sum()} events", flush=True)
        rows = rows_of(config, section)
        settings["thinned, weighted"] += settings_of(section, thinned, True, kept, rows)
        settings["thinned"] += settings_of(section, thinned, False, kept, rows)
    for kind, further in settings.items():
        result = run(arguments.eddy, config, folder / kind.replace(", ", "-"), quick + arguments.settings + further)
        print(f"{family}, {kind}: {numbers_of(result)}", flush=True)


def main():
    arguments = parse_arguments()
    for family in arguments.families or STUDIES:
        study(family, arguments)


if __name__ == "__main__":
    main()
