"""Writes one small table in every format that eddy reads, as pandas, PyTables, h5py and numpy write them.

The table (300 events) is given by formulas that read_test.cpp repeats: see `table`.
Usage: make_files.py FOLDER
"""

import os
import sys
import warnings

import h5py
import numpy as np
import pandas as pd

N = 300
warnings.filterwarnings("ignore")


def table():
    i = np.arange(N)
    return pd.DataFrame(
        {
            "pt": i * 0.25 - 3.0,
            "mass": (i * 0.5).astype("f4"),
            "charge": i * 7 - 100,
            "n": (i % 251).astype("u1"),
            "flag": i % 3 == 0,
        }
    )


def write_pandas(df):
    df.to_hdf("fixed.h5", key="df")
    for complib in ("zlib", "blosc", "blosc:lz4", "blosc:zstd"):
        df.to_hdf(f"fixed_{complib.replace(':', '_')}.h5", key="df", complib=complib, complevel=5)
    df.to_hdf("table.h5", key="a/b", format="table")
    df.to_hdf("table_blosc.h5", key="df", format="table", complib="blosc", complevel=9)
    df.to_hdf("table_some.h5", key="df", format="table", data_columns=["mass", "flag"])
    df.to_hdf("table_all.h5", key="df", format="table", data_columns=True)
    df.set_axis(range(5), axis=1).to_hdf("integer_fixed.h5", key="df", complib="blosc", complevel=1)
    df.set_axis(range(5), axis=1).to_hdf("integer_table.h5", key="df", format="table")
    accents = df.rename(columns={"pt": "p_\u03c4", "mass": "masse_\u00e9", "n": "back\\slash"})
    accents.to_hdf("unicode_fixed.h5", key="df")
    accents.to_hdf("unicode_table.h5", key="df", format="table")
    other = df.assign(text="x", when=pd.Timestamp("2020-01-01"))
    other.to_hdf("text_fixed.h5", key="df")
    other.assign(kind=pd.Categorical(["p", "q"] * (N // 2))).to_hdf("text_table.h5", key="df", format="table")
    df.to_hdf("two_keys.h5", key="data")
    df.to_hdf("two_keys.h5", key="template", format="table", mode="a")
    df["pt"].to_hdf("series.h5", key="s")
    levels = df.copy()
    levels.columns = pd.MultiIndex.from_product([["x"], df.columns])
    levels.to_hdf("levels.h5", key="df")


def write_h5py(df):
    options = {"chunks": (64,), "compression": "gzip", "shuffle": True}
    with h5py.File("columns.h5", "w") as file:
        for name in df:
            data = file.create_dataset(name, data=df[name].to_numpy(), **options)
            data.attrs["units"] = "GeV" if name in ("pt", "mass") else ""
        file.create_dataset("comment", data=np.array([b"text"] * N))
        file["pt"].attrs["units"] = np.bytes_("TeV")
    with h5py.File("group.h5", "w", track_order=True) as file:
        group = file.create_group("data")
        for name, dtype in zip(df, ("f2", ">f4", "i2", "u8", "i1")):
            group.create_dataset(name, data=df[name].to_numpy().astype(dtype))
        file["nowhere"] = h5py.SoftLink("/does/not/exist")
        group["circle"] = h5py.SoftLink("/")
    with h5py.File("arrays.h5", "w") as file:
        matrix = df.to_numpy(dtype="f8")
        file.create_dataset("rows", data=matrix, chunks=(7, 5), compression="gzip")
        file.create_dataset("narrow", data=matrix, chunks=(64, 1))
        file.create_dataset("plain", data=matrix.astype("f4"))
        file.create_dataset("flags", data=matrix > 0)
        file.create_dataset("records", data=df.to_records(index=False))
    with h5py.File("user_block.h5", "w", userblock_size=1024) as file:
        file["rows"] = matrix
    with h5py.File("lzf.h5", "w") as file:
        file.create_dataset("pt", data=np.arange(float(N)), compression="lzf")
    with h5py.File("lengths.h5", "w") as file:
        file["a"], file["b"] = np.arange(3.0), np.arange(4.0)
    with h5py.File("nothing.h5", "w") as file:
        file["text"] = np.array([b"a", b"b"])
    with h5py.File("root_and_group.h5", "w") as file:
        file["pt"], file["deep/pt"] = np.arange(3.0), np.arange(4.0)
    with h5py.File("empty_columns.h5", "w") as file:
        file["pt"] = np.zeros(0)


def write_numpy(df):
    matrix = df.to_numpy(dtype="f8")
    columns = {name: df[name].to_numpy() for name in df}
    records = df.to_records(index=False)
    np.save("c_order.npy", matrix)
    np.save("fortran.npy", np.asfortranarray(matrix.astype("f4")))
    np.save("big_endian.npy", matrix.astype(">f8"))
    np.save("half.npy", matrix.astype("f2"))
    np.save("integers.npy", matrix.astype("i4"))
    np.save("records.npy", records)
    np.save("aligned.npy", records.astype(np.dtype(records.dtype.descr, align=True)))
    with open("version2.npy", "wb") as file:
        np.lib.format.write_array(file, matrix, version=(2, 0))
    np.save("one.npy", df["pt"].to_numpy())
    np.save("text.npy", np.array(["a", "b"]))
    np.save("cube.npy", np.zeros((2, 3, 4)))
    np.save("complex.npy", np.zeros((2, 3), "c16"))
    np.save("object.npy", np.array([{}, None], dtype=object))
    np.savez("array.npz", data=matrix, version=np.array(3))
    np.savez_compressed("array_deflated.npz", data=np.asfortranarray(matrix))
    np.savez_compressed("columns.npz", **columns)
    np.savez("columns_stored.npz", **columns)
    np.savez("several.npz", data=matrix, template=matrix[:10])


def write_zip64(df):
    """An archive whose directory keeps sizes and offsets in zip64 fields, as for members above 4 GiB."""
    import struct
    import zlib

    np.save("part.npy", df.to_numpy(dtype="f8"))
    with open("part.npy", "rb") as file:
        payload = file.read()
    os.remove("part.npy")
    name, crc, size = b"data.npy", zlib.crc32(payload), len(payload)
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 0, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra))
    local += name + extra + payload
    extra = struct.pack("<HHQQQ", 1, 24, size, size, 0)
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 0, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name),
                        len(extra), 0, 0, 0, 0, 0xFFFFFFFF) + name + extra
    end64 = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(entry), len(local))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(local) + len(entry), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    with open("zip64.npz", "wb") as file:
        file.write(local + entry + end64 + locator + end)


def write_csv(df):
    numbers = df.astype("f8")
    numbers.to_csv("plain.csv", index=False)
    numbers.to_csv("index.csv")
    numbers.to_csv("quoted.csv", index=False, quoting=1, lineterminator="\r\n")
    np.savetxt("savetxt.csv", numbers.to_numpy(), delimiter=", ", header=", ".join(df.columns))


def write_exact():
    """What float32 cannot hold: 64-bit integers, decimals in float64."""
    i = np.arange(N)
    df = pd.DataFrame(
        {
            "event": 2**60 + i,
            "hash": np.uint64(2**64 - 1) - i.astype("u8"),
            "wp": i / 10,
            "run": (2**24 + i).astype("i4"),
            "flag": i % 3 == 0,
        }
    )
    df.to_hdf("exact_fixed.h5", key="df")
    df.to_hdf("exact_table.h5", key="df", format="table")
    df.to_csv("exact.csv", index=False)
    np.savez("exact.npz", **{name: df[name].to_numpy() for name in df})
    records = df.to_records(index=False)
    np.save("exact.npy", records.astype(records.dtype.newbyteorder(">")))
    with h5py.File("exact_columns.h5", "w") as file:
        for name in df:
            file[name] = df[name].to_numpy()
    with h5py.File("exact_records.h5", "w") as file:
        file["t"] = records
    with h5py.File("exact_array.h5", "w") as file:
        file["t"] = df[["event", "run"]].to_numpy()


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    frame = table()
    write_pandas(frame)
    write_h5py(frame)
    write_numpy(frame)
    write_zip64(frame)
    write_csv(frame)
    write_exact()
    print("pandas", pd.__version__, "h5py", h5py.__version__, "numpy", np.__version__)
