"""Damages HDF5 files in thousands of ways and lets eddy read each: no crash, no hang, no zeros that were not there.

    EDDY=build/release/eddy /usr/bin/python3 tests/fuzz/mutate_hdf5.py [--files 30000] [--seed 1] [--workers 2] [--keep FOLDER]

The originals are what people have: pandas frames in both formats (plain, zlib, Blosc), h5py columns, matrices and records
(plain, gzip, the newer chunk indices), virtual data sets, external storage. Each damaged file has some bits turned, bytes
replaced, a piece cut off, doubled, or put in from another file. Every value of the originals lies between 1 and 2, so a
column of which a quarter is zero shows values that are not in the file. Prints one line of figures, and keeps (with --keep)
the files that went wrong; exit code 1 if there are any.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

EDDY = os.path.abspath(os.environ.get("EDDY", "build/release/eddy"))
MEMORY = 4 << 30
SECONDS = 30
N = 60
warnings.filterwarnings("ignore")


def write_originals(folder):
    """Small files of every kind; their bytes by name."""
    os.chdir(folder)
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({name: rng.uniform(1, 2, N) for name in ("pt", "m")} | {"w": rng.uniform(1, 2, N).astype("f4"), "n": np.ones(N, "i8")})
    frame.to_hdf("fixed.h5", key="df")
    frame.to_hdf("fixed-zlib.h5", key="df", complib="zlib", complevel=3)
    frame.to_hdf("fixed-blosc.h5", key="df", complib="blosc:lz4", complevel=5)
    frame.to_hdf("table.h5", key="df", format="table", index=False)
    frame.to_hdf("table-blosc.h5", key="df", format="table", complib="blosc", complevel=9, data_columns=["pt"])
    styles = {"contiguous": {}, "chunked": {"chunks": (16,)}, "gzip": {"chunks": (16,), "compression": "gzip", "shuffle": True, "fletcher32": True}}
    for version in ("earliest", "latest"):
        for style, options in styles.items():
            with h5py.File(f"columns-{style}-{version}.h5", "w", libver=version) as file:
                for name in frame:
                    file.create_dataset(name, data=frame[name].to_numpy(), **options)
                    file[name].attrs["units"] = "GeV"
        with h5py.File(f"matrix-{version}.h5", "w", libver=version) as file:
            file.create_dataset("x", data=frame.to_numpy(), chunks=(16, 2), maxshape=(None, 4), compression="gzip")
    with h5py.File("records.h5", "w") as file:
        file.create_dataset("x", data=frame.to_records(index=False), chunks=(16,), compression="gzip")
    with h5py.File("virtual.h5", "w") as file:
        for name in frame:
            layout = h5py.VirtualLayout(shape=(N,), dtype=frame[name].dtype)
            layout[:30] = h5py.VirtualSource("columns-gzip-earliest.h5", name, shape=(N,))[:30]
            layout[30:] = h5py.VirtualSource("columns-chunked-latest.h5", name, shape=(N,))[30:]
            file.create_virtual_dataset(name, layout)
    frame["pt"].to_numpy().tofile("pt.bin")
    with h5py.File("external.h5", "w") as file:
        file.create_dataset("pt", shape=(N,), dtype="f8", external=[("pt.bin", 0, 8 * N)])
    return {path.name: path.read_bytes() for path in sorted(Path(".").glob("*.h5"))}


def damage(rng, whole, others, plain=False):
    """The bytes of a file, damaged in one of the ways that disks, transfers and programs have."""
    data = bytearray(whole)
    # Zeros that are copied over plain values would be in the file then, and rightly read.
    nonzero = lambda piece: bytes(byte or 0x3F for byte in piece) if plain else piece
    # Structure fills the start of most small files; half of the damage is aimed there.
    place = lambda size=1: int(rng.integers(0, max(1, (len(data) if rng.random() < 0.5 else min(len(data), 4096)) - size)))
    kind = rng.integers(0, 7)
    if kind <= 1:
        for _ in range(int(rng.integers(1, 9))):
            data[place()] ^= 1 << int(rng.integers(0, 8))
    elif kind == 2:
        for _ in range(int(rng.integers(1, 5))):
            data[place()] = int(rng.choice([0x00, 0xFF, 0x7F, 0x80, 0x01, int(rng.integers(0, 256))]))
    elif kind == 3:
        del data[place():]
    elif kind == 4:  # a piece of another file
        other = others[int(rng.integers(0, len(others)))]
        size = int(rng.integers(1, min(512, len(other), len(data))))
        start, target = int(rng.integers(0, len(other) - size + 1)), place(size)
        data[target : target + size] = nonzero(other[start : start + size])
    elif kind == 5:  # a piece of its own, elsewhere
        size = int(rng.integers(1, 256))
        start, target = place(size), place(size)
        data[target : target + size] = nonzero(data[start : start + size])
    else:  # an address or a size
        target = place(8)
        data[target : target + 8] = int(rng.integers(0, 1 << int(rng.integers(1, 63)))).to_bytes(8, "little")
    return bytes(data)


def is_plain(name):
    """True where the values of an original stand in it as they are."""
    return not re.search("zlib|blosc|gzip|matrix|records", name)


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def has_zeros(text):
    """True when a quarter of some column is exactly zero."""
    for line in text.splitlines()[3:]:
        numbers = re.split(r"\s+", line.strip())[-7:]
        if len(numbers) == 7 and numbers[2] in ("0", "-0"):
            return True
    return False


def read(path):
    """What eddy makes of a file: 'read', 'refused' or what went wrong, and its seconds."""
    started = time.monotonic()
    try:
        done = subprocess.run([EDDY, "inspect", path.name], cwd=path.parent, capture_output=True, text=True, errors="replace", timeout=SECONDS,
                              preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return "hang", SECONDS
    seconds = time.monotonic() - started
    if done.returncode not in (0, 1, 2):
        return f"exit code {done.returncode}", seconds
    if "not enough memory" in done.stderr or "internal error" in done.stderr:
        return "memory" if "memory" in done.stderr else "internal error", seconds
    if done.returncode == 0:
        return ("zeros" if has_zeros(done.stdout) else "read"), seconds
    what = re.search(r"libhdf5 (crashed|computed|gave)", done.stderr)
    return ("refused" if what is None else f"refused: its reader {what[1]}"), seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    keep = options.keep.absolute() if options.keep else None
    with tempfile.TemporaryDirectory(prefix="eddy-mutate-") as folder:
        originals = write_originals(folder)
        names, contents = list(originals), list(originals.values())
        for name in names:
            outcome = read(Path(folder) / name)[0]
            if outcome != "read":
                sys.exit(f"{name}, which is not damaged: {outcome}")
        counts, slowest = collections.Counter(), 0.0

        def attempt(k, data):
            path = Path(folder) / f"damaged-{k}.h5"
            path.write_bytes(data)
            outcome, seconds = read(path)
            if keep and not outcome.startswith(("read", "refused")):
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, keep / f"{outcome.replace(' ', '-')}-{options.seed}-{k}.h5")
            path.unlink()
            return outcome, seconds

        with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
            for first in range(0, options.files, 500):
                batch = [(k, damage(rng, contents[k % len(contents)], contents, is_plain(names[k % len(names)]))) for k in range(first, min(first + 500, options.files))]
                for outcome, seconds in pool.map(lambda item: attempt(*item), batch):
                    counts[outcome] += 1
                    slowest = max(slowest, seconds)
                print(f"{first + len(batch)}: {dict(counts)}, slowest {slowest:.1f} s", file=sys.stderr, flush=True)
    print(f"{options.files} damaged files, seed {options.seed}: {', '.join(f'{n} {outcome}' for outcome, n in sorted(counts.items()))}; slowest {slowest:.1f} s")
    return int(any(not outcome.startswith(("read", "refused")) for outcome in counts))


if __name__ == "__main__":
    sys.exit(main())
