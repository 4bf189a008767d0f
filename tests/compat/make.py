#!/usr/bin/env python3
"""Stores what this version of eddy writes, for later versions to read: tests/compat/make.py EDDY

For each family of searches a small run, a study and a comparison: tests/compat/VERSION/NAME.tar.xz, with the samples they
were made of and the scores of other events. Run once for each released version, never again for an old one: what is stored
stays as it was written."""
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
# Left out: the page, which can be made again and holds a plotting library of a megabyte; what names this machine's clock.
LEFT_OUT = {"report.html", "compare.html", "log.txt", ".lock"}
TINY = """
[flow]
members = 2
epochs = 1
layers = 1
hidden = 8
[classifier]
members = 2
[trees]
max_iterations = 5
[folds]
k = 2
"""

CONRAD = """
[search]
name = "conrad"
[data]
file = "events.h5:data"
label = "label"
[template]
file = "events.h5:template"
[columns]
ratio = "a / b"
[features]
context = ["met"]
x = ["a", "ratio"]
[regions]
selection = "met > 510"
signal = "met > 700"
[working_points]
efficiency = [0.1]
""" + TINY

GENERATE = """
[search]
method = "generate"
name = "generate"
[data]
file = "events.h5:data"
[simulation]
file = "events.h5:template"
[features]
context = ["met", "ht"]
x = ["a", "b"]
[regions]
signal = "met > 600 && ht > 300"
[extrapolation]
closure_runs = 2
stage = "sr"
[weights]
epochs = 2
hidden = 8
[working_points]
efficiency = [0.1]
""" + TINY

RESONANT = """
[search]
method = "METHOD"
name = "METHOD"
[data]
file = "events.h5:bump"
label = "label"
[units]
mjj = "TeV"
[features]
context = ["mjj"]
x = ["a", "b"]
[regions]
signal = "mjj > 3.3 && mjj < 3.7"
[working_points]
efficiency = [0.2]
[bump_hunt]
sqrt_s = 13
toys = 20
scan_points = 5
[sculpting]
bins = 20
subsets = 5
""" + TINY

QUAK = """
[search]
method = "quak"
name = "quak"
[data]
file = "events.h5:bump"
label = "label"
[background]
file = "events.h5:simulated"
[[prior]]
name = "up"
file = "events.h5:prior"
[units]
mjj = "TeV"
[features]
context = ["mjj"]
x = ["a", "b"]
[vae]
hidden = [8]
latent = 1
flow_layers = 1
epochs = 2
[quak]
preselection = 0.2
categories = 2
scan = [3, 5]
scan_points = 3
fit_range = [2.6, 6.5]
bins = 20
toys = 5
"""

STUDY = """
[study]
base = "conrad.toml"
metrics = ["working_points[0.1].z", "working_points[0.1].observed"]
[[axis]]
key = "search.seed"
count = 2
repeat = true
"""

CONFIGS = {"conrad": CONRAD, "generate": GENERATE, "lacathode": RESONANT.replace("METHOD", "lacathode"),
           "cwola": RESONANT.replace("METHOD", "cwola"), "quak": QUAK}
COMPARED = ("lacathode", "cwola")
SCORED = {"conrad": "data", "generate": "data", "lacathode": "bump", "cwola": "bump"}


def tail_events(rng, n):
    met, ht = 500 + rng.exponential(200, n), 200 + rng.exponential(200, n)
    return {"met": met, "ht": ht, "a": rng.normal(1 + met / 1000, 0.5), "b": 1 + rng.exponential(met / 1000), "label": rng.random(n) < 0.02}


def bump_events(rng, n, n_signal):
    mass = np.concatenate([2.5 * (1 - rng.random(n)) ** -0.25, rng.normal(3.5, 0.1, n_signal)])
    label = np.repeat([0, 1], [n, n_signal])
    a, b = (np.where(label, rng.normal(3.2 * sign, 0.3, mass.size), rng.normal(0.2 * mass, 1)) for sign in (1, -1))
    order = rng.permutation(mass.size)
    return {"mjj": mass[order], "a": a[order], "b": b[order], "label": label[order]}


def write_samples(path):
    rng = np.random.default_rng(1)
    samples = {"data": tail_events(rng, 800), "template": tail_events(rng, 800), "bump": bump_events(rng, 1500, 40),
               "simulated": bump_events(rng, 800, 0), "prior": bump_events(rng, 0, 400)}
    with h5py.File(path, "w") as file:
        for group, columns in samples.items():
            for name, values in columns.items():
                file.create_dataset(f"{group}/{name}", data=np.asarray(values, "f4"), compression="gzip", shuffle=True)
            if "mjj" in columns:
                file[f"{group}/mjj"].attrs["units"] = "TeV"


def pack(folder, archive):
    """Without times and owners: packing the same files again gives the same archive."""
    with tarfile.open(archive, "w:xz", preset=9) as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in LEFT_OUT:
                entry = tarfile.TarInfo(str(path.relative_to(folder.parent)))
                content = path.read_bytes()
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    eddy = str(pathlib.Path(sys.argv[1]).resolve())
    version = subprocess.run([eddy, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    target = FOLDER / version
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)

        def run(*arguments):
            subprocess.run([eddy, *map(str, arguments)], cwd=folder, check=True)

        write_samples(folder / "events.h5")
        for method, text in CONFIGS.items():
            (folder / f"{method}.toml").write_text(text.lstrip())
            run("run", f"{method}.toml", "--out", method, "--quiet")
            if method in SCORED:
                run("score", method, f"events.h5:{SCORED[method]}", "-o", f"{method}-scored.h5")
                (folder / f"{method}-scored.h5").rename(folder / method / "scored-again.h5")
            pack(folder / method, target / f"{method}.tar.xz")
        (folder / "study.toml").write_text(STUDY.lstrip())
        run("study", "study.toml", "--out", "study", "--quiet")
        pack(folder / "study", target / "study.tar.xz")
        run("compare", *COMPARED, "-o", "comparison")
        pack(folder / "comparison", target / "comparison.tar.xz")
        for path in ("events.h5", *(f"{method}.toml" for method in CONFIGS), "study.toml"):
            (target / path).write_bytes((folder / path).read_bytes())
    print(f"{target}: {sum(path.stat().st_size for path in target.iterdir()) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
