"""Small runs of every kind of evidence, with limits, exported in every format: what the judges of this folder read.

usage: make_runs.py FOLDER     (EDDY names the program; Debian's python3, which has h5py)
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))

import extrapolation_test
import quak_case
import workspace

FORMATS = ("pyhf", "hs3", "combine", "hepdata")
# Families and models, for ONNX.
SCORED = ("conrad", "dijet", "generate", "lacathode", "affine", "anode", "r_anode", "steps", "quak", "quak_pixels")
VALIDATED = "\n[validation]\nexperiments = 2\n"


def eddy(*arguments):
    done = subprocess.run([os.environ["EDDY"], *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"eddy {' '.join(map(str, arguments))}: {done.stderr}")


def validated(config):
    return config.replace("\n[validation]\nexperiments = 0\n", VALIDATED)


def write_spectrum(path, seed, n_signal):
    """A falling spectrum with two features; signal stands out in them, at 3.5 TeV."""
    rng = np.random.default_rng(seed)
    mjj = (rng.pareto(8, 80000) + 1) * 2500
    mjj = np.concatenate([mjj[mjj < 7000][:30000], rng.normal(3500, 100, n_signal)])
    x = rng.normal(size=(2, len(mjj)))
    x[:, 30000:] = rng.normal(2, 0.3, (2, n_signal))
    tracks = rng.poisson(5, len(mjj))
    with workspace.h5py.File(path, "w") as file:
        file["mjj"] = mjj.astype("f4")
        file["mjj"].attrs["units"] = "GeV"
        for name, values in zip(("x1", "x2", "tracks"), (*x, tracks)):
            file[name] = values.astype("f4")


def write_signals(folder):
    """signal.h5 of the tail search and peak.h5 of the resonant one."""
    rng = np.random.default_rng(7)
    n = 3000
    columns = {
        "tail": {"met": rng.uniform(600, 1200, n), "m": rng.normal(5, 0.2, n), "t": rng.normal(2, 0.05, n)},
        "peak": {"mjj": rng.normal(3500, 100, n), "x1": rng.normal(2, 0.3, n), "x2": rng.normal(2, 0.3, n)},
    }
    for name, of_signal in columns.items():
        with workspace.h5py.File(folder / f"{name}.h5", "w") as file:
            for column, values in of_signal.items():
                file[column] = values.astype("f4")
                if column in ("met", "mjj"):
                    file[column].attrs["units"] = "GeV"


def write_inputs(folder):
    workspace.write(folder / "tail_events.h5", {"data": workspace.events(1, 12000), "template": workspace.events(2, 12000)})
    write_spectrum(folder / "masses.h5", 5, 100)
    data = extrapolation_test.events(3, 8000, 0) | {"label": np.random.default_rng(4).random(8000) < 0.01}
    workspace.write(folder / "regions.h5", {"data": data, "simulation": extrapolation_test.events(5, 8000, 0.3)})
    with workspace.h5py.File(folder / "losses.h5", "w") as file:
        tables = {
            "data": quak_case.together(quak_case.events(1, 3000, 0), quak_case.events(2, 60, 1)),
            "background": quak_case.events(3, 3000, 0),
            "signal": quak_case.together(quak_case.events(4, 1000, 1), quak_case.events(5, 1000, -1)),
        }
        for group, columns in tables.items():
            for name, values in columns.items():
                file[f"{group}/{name}"] = np.asarray(values, dtype="f4")
    write_signals(folder)


def networks(method, classifier, **flow):
    """A resonant search with flows, and classifiers of another kind."""
    settings = "".join(f"{key} = {value}\n" for key, value in flow.items())
    config = workspace.BUMP.replace('"cwola"', f'"{method}"').replace(
        "[flow]\nmembers = 2\n", f"[flow]\nmembers = 2\nepochs = 2\nhidden = 16\n{settings}"
    )
    return config.replace(
        "[classifier]\nmembers = 2\n", f'[classifier]\nmembers = 2\nkind = "{classifier}"\n[mlp]\nepochs = 2\nhidden = 16\n'
    )


def in_pixels(config):
    """The same events as images of three pixels, without a mass: probabilities, of which nothing is fitted."""
    columns = "".join(f'p{name} = "255 / (1 + exp(0 - {name}))"\n' for name in "abc")
    of_masses = 'categories scan scan_points fit_range bins toys background_cuts prior_cuts'.split()
    lines = [line for line in config.splitlines() if line.split(" ")[0] not in (*of_masses, "context", "met", "exclude")]
    config = "\n".join(lines).replace('x = ["a", "b", "c"]', 'x = ["pa", "pb", "pc"]').replace("[units]\n", f"[columns]\n{columns}")
    return config.replace("[quak]", '[quak]\nscaler = "pixels"').replace("[vae]", '[vae]\nreconstruction = "bce"')


def score_many(folder, name):
    """100,000 further events with the scores that eddy gives them, as NAME/many.npz."""
    rng = np.random.default_rng(11)
    n = 100_000
    if name == "conrad":
        columns = {key: value for key, value in workspace.events(9, n).items() if key != "label"}
        columns["met"] = columns["met"] + 10.5
    elif name == "generate":
        columns = extrapolation_test.events(9, n, 0)
    elif name.startswith("quak"):
        columns = quak_case.together(quak_case.events(9, n // 2, 0), quak_case.events(10, n // 2, 1))
    else:
        mjj = (rng.pareto(8, 3 * n) + 1) * 2500
        columns = {"mjj": mjj[(mjj > 2501) & (mjj < 7000)][:n], "x1": rng.normal(0.3, 1.2, n), "x2": rng.normal(0.3, 1.2, n)}
        columns["tracks"] = rng.poisson(5, len(columns["mjj"]))
    columns = {key: np.asarray(value, "f4") for key, value in columns.items()}
    with workspace.h5py.File(folder / f"{name}_many.h5", "w") as file:
        for key, values in columns.items():
            file[key] = values
            if key in ("met", "mjj") and name != "generate":
                file[key].attrs["units"] = "GeV"
    eddy("score", folder / name, folder / f"{name}_many.h5", "-o", folder / f"{name}_scores.h5", "--quiet")
    with workspace.h5py.File(folder / f"{name}_scores.h5") as file:
        scores = {key: file[key][...] for key in file if key not in columns}
    np.savez(folder / name / "many.npz", **{f"in_{key}": values[scores["row"]] for key, values in columns.items()}, **scores)


def configurations():
    bump = validated(workspace.BUMP).replace("efficiency = [0.1]", "efficiency = [0.3, 0.1]")
    return {
        "conrad": validated(workspace.CONFIG).replace("events.h5", "tail_events.h5"),
        "dijet": bump,
        "bernstein": bump.replace(
            "[bump_hunt]\n",
            '[bump_hunt]\nshape = "bernstein"\nrange = [2600, 5100]\nsignal_uncertainty = 0.1\nclosure_error = 0.05\n',
        ),
        "generate": validated(extrapolation_test.CONFIG).replace("events.h5", "regions.h5"),
        "quak": quak_case.CONFIG.replace("events.h5", "losses.h5"),
        "quak_pixels": in_pixels(quak_case.CONFIG.replace("events.h5", "losses.h5")),
        "lacathode": networks("lacathode", "mlp"),
        "affine": networks("lacathode", "linear", transform='"affine"', batch_norm="true", feature_scaler='"logit"'),
        "anode": networks("anode", "trees", feature_scaler='"standard"'),
        "r_anode": networks("r_anode", "trees", feature_scaler='"standard"'),
        "steps": networks("lacathode", "trees").replace('x = ["x1", "x2"]', 'x = ["x1", "tracks"]'),
        "blind": workspace.CONFIG.replace("events.h5", "tail_events.h5").replace("[search]\n", "[search]\nblind = true\n"),
    }


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_inputs(folder)
    for name, config in configurations().items():
        (folder / f"{name}.toml").write_text(config, encoding="utf-8")
        stage = ("--stage", "sr") if name == "generate" else ()
        eddy("run", folder / f"{name}.toml", "--out", folder / name, "--quiet", *stage)
    for name, signal in (("conrad", "tail"), ("bernstein", "peak")):
        eddy("limit", folder / name, "--signal", folder / f"{signal}.h5", "--points", 4, "--repetitions", 2, "--quiet")
    for name in configurations():
        for format_name in FORMATS if name not in ("blind", "lacathode", "affine", "anode", "r_anode", "steps", "quak_pixels") else ():
            eddy("export", folder / name, "--format", format_name, "--quiet")
    for name in SCORED:
        eddy("export", folder / name, "--format", "onnx", "--quiet")
        score_many(folder, name)
    eddy("export", folder / "bernstein", "--format", "pyhf", "--spurious-signal", 20, "-o", folder / "spurious", "--quiet")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
