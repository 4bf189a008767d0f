#!/usr/bin/env python3
"""Writes the seeds of the corpus and pandas-table.h5: small files of each format that eddy reads, as other programs and eddy
itself write them.

  tests/fuzz/make_corpus.py [FOLDER]    with a folder of tests/compat, also what is made of its runs: models and results

What fuzzing found later lies in the same folders under names that begin with 'found-' and is left alone."""
import hashlib
import io
import json
import pathlib
import pickle
import struct
import sys
import tarfile

import h5py
import numpy as np
import pandas as pd

FOLDER = pathlib.Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent.parent
TABLE = {"met": [700.5, 1e3, np.nan], "m_j1": [80.0, 91.2, 173.0], "label": [0, 1, 0]}
HASH_DIGITS = 64
MODELS = {"network": "vae", "supervised": "classifier"}  # kinds of artefacts -> targets
ARTEFACT_MAGIC = b"eddy-artefact-1\n"


def seed(target, name, content):
    folder = FOLDER / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def records():
    return np.rec.fromarrays([np.array(values) for values in TABLE.values()], names=list(TABLE))


def numpy_seeds():
    arrays = {"float64": np.arange(6.0).reshape(3, 2), "fortran": np.asfortranarray(np.arange(6, dtype="f4").reshape(3, 2)),
              "big-endian": np.arange(4, dtype=">i8"), "bool": np.array([True, False]), "half": np.ones((2, 2), "f2"),
              "records": records(), "objects": np.array([1, 2], dtype="u8")}
    for name, array in arrays.items():
        seed("npy", name, npy(array)[6:])  # the target puts the magic before it
    for save, name in ((np.savez, "stored"), (np.savez_compressed, "deflated")):
        file = io.BytesIO()
        save(file, **{key: np.array(values) for key, values in TABLE.items()})
        seed("npz", name, file.getvalue()[4:])
    file = io.BytesIO()
    np.savez(file, events=np.arange(6.0).reshape(3, 2))
    seed("npz", "table", file.getvalue()[4:])


def csv_seeds():
    frame = pd.DataFrame(TABLE)
    seed("csv", "pandas", frame.to_csv().encode())
    seed("csv", "plain", frame.to_csv(index=False).encode())
    seed("csv", "quotes", b'\xef\xbb\xbf"a","b,c"\r\n1, -2e3\r\n\r\n"3",.5\r\n')
    seed("csv", "savetxt", b"# a,b\n1.0e+00,2.0e+00\nnan,-inf\n")
    seed("csv", "strange", b"a,a,\n1,2,3\n,,\n1e999,0x10,--1\n")


def idx(array):
    return struct.pack(">BB" + "I" * array.ndim, 8, array.ndim, *array.shape) + array.astype("u1").tobytes()


def idx_seeds():
    seed("idx", "images", idx(np.arange(12).reshape(3, 2, 2)))
    seed("idx", "labels", idx(np.array([1, 2, 3])))
    seed("idx", "floats", struct.pack(">BBI2f", 13, 1, 2, 0.5, -1))


def hdf5(write):
    file = io.BytesIO()
    with h5py.File(file, "w", libver="earliest") as h5:
        write(h5)
    return file.getvalue()


def hdf5_seeds():
    def columns(h5):
        for name, values in TABLE.items():
            h5.create_dataset(name, data=values)

    def chunked(h5):
        h5.create_dataset("events", data=np.arange(6.0).reshape(3, 2), chunks=(2, 2), compression="gzip")

    seed("hdf5", "columns", hdf5(columns))
    seed("hdf5", "chunked", hdf5(chunked))
    seed("hdf5", "records", hdf5(lambda h5: h5.create_dataset("table", data=records())))


def pandas_seeds():
    names = [f"column_{i}" for i in range(24)]
    path = FOLDER / "pandas-table.h5"
    path.unlink(missing_ok=True)
    pd.DataFrame(np.ones((2, 24), "f4"), columns=names).to_hdf(path, key="t", format="table", index=False)
    for name, value in {"texts": names, "integers": list(range(12)), "tuple": ("a", "b"), "nested": [["a"], {"b": 1.5}],
                        "long": [2**70, True, None]}.items():
        seed("pickle", name, pickle.dumps(value, 0))
        seed("pandas", name, pickle.dumps(value, 0))
    for name, text in {"header": "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }",
                       "fields": "[('a', '<f8'), ('b', '>i4', (2,))]", "texts": "'a\\'b'", "long": "(1L, -2, None, True)",
                       "deep": "[[[[[[[[{1: [()]}]]]]]]]]"}.items():
        seed("literal", name, text.encode())


def text_seeds():
    for number, text in enumerate(["x > 0.5 && y < 2", "sqrt(x^2 + y^2)", "n == 1 || !(x >= 0)", "x < y ? n : -n", "min(x, y, n)",
                                   "0.1 * x - (y - 3e8) / n", "a <= b != (c && d)", "abs(sin(x)) + log10(_pi)", "1 < x < 3"]):
        seed("expression", f"formula-{number}", text.encode())
    for path in sorted((REPOSITORY / "examples").glob("*.toml")):
        lines = [line.split(" #")[0].rstrip() for line in path.read_text().splitlines() if not line.startswith("#")]
        text = "\n".join(line for line in lines if line) + "\n"
        seed("study" if "study" in path.name else "config", path.stem, text.encode())


def short(value):
    """The same document with at most two entries in each list: bytes that say nothing new slow the fuzzer down."""
    if isinstance(value, list):
        return [short(entry) for entry in value[:2]]
    return {key: short(entry) for key, entry in value.items()} if isinstance(value, dict) else value


def run_seeds(stored):
    """Documents and models of the runs in `stored`. Of each kind of model the smallest of each run."""
    compared = []
    for archive in sorted(stored.glob("*.tar.xz")):
        run = archive.name.removesuffix(".tar.xz")
        with tarfile.open(archive) as tar:
            files = {name.partition("/")[2]: tar.extractfile(name).read() for name in tar.getnames()}
        for name, content in sorted(files.items(), key=lambda item: -len(item[1])):
            kind = name.removeprefix("models/").partition("-")[0].removesuffix(".eddy")
            if name.endswith(".eddy") and content.startswith(ARTEFACT_MAGIC):
                seed(MODELS.get(kind, kind), f"{run}-{kind}", content[len(ARTEFACT_MAGIC) + HASH_DIGITS:])
        if "run.json" in files and "result.json" in files:
            document = {part: short(json.loads(files[f"{name}.json"])) for part, name in (("result", "result"), ("figures", "figures"), ("facts", "run"))}
            seed("report", run, json.dumps(document, separators=(",", ":")).encode())
            if run != "quak":
                del document["figures"]
                compared.append(document)
                seed("compare", run, json.dumps([document, document], separators=(",", ":")).encode())
    seed("compare", "all", json.dumps(compared, separators=(",", ":")).encode())
    payload = b"\xa1aa\x01"  # {"a": 1}
    seed("artefact", "small", ARTEFACT_MAGIC + hashlib.sha256(payload).hexdigest().encode() + payload)


def main():
    for write in (numpy_seeds, csv_seeds, idx_seeds, hdf5_seeds, pandas_seeds, text_seeds):
        write()
    if len(sys.argv) > 1:
        run_seeds(pathlib.Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
