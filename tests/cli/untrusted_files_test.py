"""Files whose values are not there, that claim more than they hold, or that are damaged: one sentence, never zeros, a crash or all memory."""

import copy
import json
import os
import resource
import struct
import subprocess
import time
import unittest
import zipfile
import zlib

import h5py
import numpy as np
import pandas as pd
import tables
from workspace import EDDY, N_EVENTS, Workspace

N = 400


def columns(n=N):
    rng = np.random.default_rng(3)
    return {name: rng.normal(5, 0.5, n).astype("f4") for name in ("a", "b")}


class UntrustedFiles(Workspace):
    def inspect(self, name, *arguments):
        """Output of `eddy inspect`, which must succeed."""
        done = self.eddy("inspect", name, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, name, *words, code=2):
        return self.fails(["inspect", name], *words, code=code)

    def write_columns(self, name, data=None, **options):
        with h5py.File(self.folder / name, "w") as file:
            for column, values in (data or columns()).items():
                file.create_dataset(column, data=values, **options)

    def cheaply_refused(self, name, *words):
        """The same within 1 GB of memory and 8 s of processor, whatever limit the machine has."""
        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (8, 8))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        child = subprocess.Popen([EDDY, "inspect", name], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=limits)
        with child.stdout as stream:
            text = stream.read().decode()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = 0
        self.assertTrue(os.WIFEXITED(status) and os.WEXITSTATUS(status) in (1, 2), (name, status, text))
        if "ASAN_OPTIONS" not in os.environ:
            self.assertLess(used.ru_maxrss, 500_000, name)
        for word in words:
            self.assertIn(word, text)


class Holes(UntrustedFiles):
    def test_never_written(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            file["a"] = columns()["a"]
            file.create_dataset("b", shape=(N,), dtype="f4")
        self.refused("f.h5", "'f.h5:/b'", "never written", "write the file again", code=1)

    def test_chunks_never_written(self):
        for options in ({}, {"compression": "gzip"}, {"fillvalue": 0.0}):
            with self.subTest(options), h5py.File(self.folder / "f.h5", "w") as file:
                file.create_dataset("a", shape=(N,), dtype="f4", chunks=(100,), **options)[:200] = 1
                file.create_dataset("b", data=columns()["b"])
            self.refused("f.h5", "'f.h5:/a'", "never written", "(200)", code=1)

    def test_hole_in_a_matrix_and_in_records(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            file.create_dataset("x", shape=(N, 6), dtype="f4", chunks=(100, 2))[:, :4] = 1
        self.refused("f.h5", "'f.h5:/x'", "never written", "(0, 4)", code=1)
        with h5py.File(self.folder / "f.h5", "w") as file:
            file.create_dataset("x", shape=(N,), dtype=[("a", "f4"), ("b", "i8")], chunks=(100,), maxshape=(None,))[:300] = (1, 2)
        self.refused("f.h5", "'f.h5:/x'", "never written", "(300)", code=1)

    def test_new_kinds_of_chunk_index(self):
        for maxshape in ((N,), (None,)):
            for written in (N, 200):
                with self.subTest(maxshape=maxshape, written=written):
                    with h5py.File(self.folder / "f.h5", "w", libver="latest") as file:
                        file.create_dataset("a", shape=(N,), dtype="f4", chunks=(100,), maxshape=maxshape, compression="gzip")[:written] = 7
                    if written == N:
                        self.assertIn(f"{N} events", self.inspect("f.h5"))
                    else:
                        self.refused("f.h5", "never written", "(200)", code=1)

    def test_a_chosen_fill_value_is_a_value(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            file.create_dataset("a", shape=(N,), dtype="f4", chunks=(100,), fillvalue=-9)[:200] = 1
        self.assertIn("-9", self.inspect("f.h5"))

    def test_unused_columns_may_have_holes(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            file["data"].create_dataset("later", shape=(N_EVENTS,), dtype="f4")
        self.run_search()

    def test_a_search_says_it_too(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["template/m"]
            file["template"].create_dataset("m", shape=(N_EVENTS,), dtype="f4", chunks=(1000,))[:1000] = 1
        self.run_fails("events.h5:/template/m'", "never written", code=1)

    def write_virtual(self, sources=("one.h5", "two.h5")):
        os.makedirs(self.folder / "parts", exist_ok=True)
        data = columns()
        for k, name in enumerate(sources):
            self.write_columns(f"parts/{name}", {c: v[k * N // 2 : (k + 1) * N // 2] for c, v in data.items()}, chunks=(50,))
        with h5py.File(self.folder / "virtual.h5", "w") as file:
            for c in data:
                layout = h5py.VirtualLayout(shape=(N,), dtype="f4")
                for k, name in enumerate(sources):
                    layout[k * N // 2 : (k + 1) * N // 2] = h5py.VirtualSource(f"parts/{name}", c, shape=(N // 2,))
                file.create_virtual_dataset(c, layout)

    def test_virtual_data_sets(self):
        self.write_virtual()
        self.write_columns("plain.h5")
        self.assertEqual(self.inspect("virtual.h5").splitlines()[1:], self.inspect("plain.h5").splitlines()[1:])
        os.rename(self.folder / "parts/two.h5", self.folder / "kept.h5")
        self.refused("virtual.h5", "'virtual.h5:/a'", "two.h5' is missing", code=1)
        with h5py.File(self.folder / "parts/two.h5", "w") as file:  # there, but without one of the data sets
            file["a"] = columns()["a"][N // 2 :]
        self.refused("virtual.h5", "two.h5:b' cannot be opened", code=1)
        with h5py.File(self.folder / "parts/two.h5", "w") as file:  # never written itself
            for c in "ab":
                file.create_dataset(c, shape=(N // 2,), dtype="f4")
        self.refused("virtual.h5", "two.h5:a'", "never written", code=1)
        self.write_columns("parts/two.h5", {c: np.ones(N // 2 - 1, "f4") for c in "ab"})  # cut by one
        self.refused("virtual.h5", "two.h5:a'", f"({N // 2 - 1})", code=1)

    def test_virtual_data_sets_with_gaps(self):
        self.write_columns("one.h5")
        with h5py.File(self.folder / "virtual.h5", "w") as file:
            layout = h5py.VirtualLayout(shape=(2 * N,), dtype="f4")
            layout[:N] = h5py.VirtualSource("one.h5", "a", shape=(N,))
            file.create_virtual_dataset("a", layout)
        self.refused("virtual.h5", "give only 400 of its 800 values", code=1)

    def test_strided_virtual_data_set(self):
        self.write_columns("one.h5")
        with h5py.File(self.folder / "virtual.h5", "w") as file:
            layout = h5py.VirtualLayout(shape=(2 * N,), dtype="f4")
            layout[::2] = h5py.VirtualSource("one.h5", "a", shape=(N,))
            layout[1::2] = h5py.VirtualSource("one.h5", "b", shape=(N,))
            file.create_virtual_dataset("a", layout)
        self.assertIn(f"{2 * N} events", self.inspect("virtual.h5"))

    def test_files_behind_belong_to_the_inputs(self):
        data = self.tables["data"]
        os.makedirs(self.folder / "parts")
        with h5py.File(self.folder / "virtual.h5", "w") as file:
            for name, values in data.items():
                with h5py.File(self.folder / "parts/data.h5", "a") as part:
                    part[name] = np.asarray(values, "f4")
                layout = h5py.VirtualLayout(shape=(N_EVENTS,), dtype="f4")
                layout[:] = h5py.VirtualSource("parts/data.h5", name, shape=(N_EVENTS,))
                file.create_virtual_dataset(name, layout)
        digests = []
        for run in ("first", "second"):
            folder = self.run_search(run, "--set", "data.file=virtual.h5")
            digests.append(json.loads((folder / "result.json").read_text())["inputs"][0]["sha256"])
            with h5py.File(self.folder / "parts/data.h5", "a") as part:
                part["m"][5] += 1
        self.assertNotEqual(*digests)

    def test_external_storage(self):
        values = columns()["a"]
        values.tofile(self.folder / "raw.bin")
        with h5py.File(self.folder / "f.h5", "w") as file:
            file.create_dataset("a", shape=(N,), dtype="f4", external=[("raw.bin", 0, 4 * N)])
        self.assertIn(f"{N} events", self.inspect("f.h5"))
        elsewhere = self.folder / "elsewhere"
        os.mkdir(elsewhere)  # beside the file, not in the current folder
        done = self.eddy("inspect", "../f.h5", cwd=elsewhere)
        self.assertEqual((done.returncode, f"{values.min():.5g}"[:4] in done.stdout), (0, True), done.stderr)
        (elsewhere / "raw.bin").write_bytes(b"other" * 1000)
        done = self.eddy("inspect", "../f.h5", cwd=elsewhere)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("remove or rename", done.stderr)
        values[: N // 2].tofile(self.folder / "raw.bin")
        self.refused("f.h5", "'f.h5:/a'", "'raw.bin'", "ends at byte 800", code=1)
        os.remove(self.folder / "raw.bin")
        self.refused("f.h5", "'f.h5:/a'", "'raw.bin', which is missing", code=1)

    def test_external_link(self):
        self.write_columns("target.h5")
        with h5py.File(self.folder / "f.h5", "w") as file:
            for c in "ab":
                file[c] = h5py.ExternalLink("target.h5", c)
        self.assertIn(f"{N} events", self.inspect("f.h5"))
        with h5py.File(self.folder / "target.h5", "w") as file:
            file.create_dataset("a", shape=(N,), dtype="f4")
            file["b"] = columns()["b"]
        self.refused("f.h5", "never written", code=1)


class Claims(UntrustedFiles):
    def npy(self, name, shape, descr="<f8", body=b""):
        header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
        header += b" " * (-(len(header) + 11) % 64) + b"\n"
        (self.folder / name).write_bytes(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + body)

    def test_many_columns(self):
        self.npy("f.npy", (0, 1 << 24))
        self.cheaply_refused("f.npy", "16777216 columns", "100000")
        (self.folder / "f.idx").write_bytes(bytes([0, 0, 8, 2]) + struct.pack(">II", 0, 1 << 24))
        self.cheaply_refused("f.idx", "16777216")
        with h5py.File(self.folder / "f.h5", "w") as file:
            file.create_dataset("a", shape=(0, 1 << 40), maxshape=(None, 1 << 40), dtype="f4", chunks=(1, 1000))
        self.cheaply_refused("f.h5", "1099511627776 columns", "100000")
        self.npy("inner.npy", (0, 1 << 24))
        with zipfile.ZipFile(self.folder / "f.npz", "w") as archive:
            archive.write(self.folder / "inner.npy", "a.npy")
        self.cheaply_refused("f.npz:a", "16777216 columns")

    def test_many_rows(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            file.create_dataset("a", shape=(1 << 40,), dtype="f4", chunks=(1 << 20,), compression="gzip")
        self.cheaply_refused("f.h5", "never written")
        with h5py.File(self.folder / "f.h5", "w") as file:  # a value that was chosen needs no storage at all
            file.create_dataset("a", shape=(1 << 32,), dtype="f4", chunks=(1 << 26,), fillvalue=3)
        self.cheaply_refused("f.h5", "4294967296 events", "GB in memory")

    def test_compressed_zeros(self):
        zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = zeros.compress(bytes([0, 0, 8, 2]) + struct.pack(">II", 1 << 28, 1))
        block = bytes(1 << 20)
        packed += b"".join(zeros.compress(block) for _ in range(256)) + zeros.flush()
        (self.folder / "f.idx.gz").write_bytes(packed)
        self.cheaply_refused("f.idx.gz", "268435456 events")
        self.npy("inner.npy", (1 << 28,), "|u1")
        with zipfile.ZipFile(self.folder / "f.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.npy", "w") as member:
            member.write((self.folder / "inner.npy").read_bytes())
            for _ in range(256):
                member.write(block)
        self.cheaply_refused("f.npz", "268435456 events")

    def test_zip_members_that_share_their_bytes(self):
        with zipfile.ZipFile(self.folder / "f.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("a.npy", "w") as member:
                np.save(member, np.zeros(100000))
            entry = archive.filelist[0]
            for k in range(50):
                other = copy.copy(entry)
                other.filename = f"b{k}.npy"
                archive.filelist.append(other)
        self.cheaply_refused("f.npz", "more bytes than the archive")

    def test_deep_groups(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            group = file
            for _ in range(3000):
                group = group.create_group("g")
            group["a"] = columns()["a"]
        self.cheaply_refused("f.h5", "deep", "f.h5:GROUP")

    def test_deep_pickle(self):
        frame = pd.DataFrame(columns()).astype("f8")
        frame.to_hdf(self.folder / "f.h5", key="df", format="table")
        depth = 20000
        with tables.open_file(str(self.folder / "f.h5"), "a") as file:
            file.root.df.table.attrs.values_block_0_kind = "(l" * depth + "a" * (depth - 1) + "."
        self.cheaply_refused("f.h5", "only Python can read")

    def test_endless_line(self):
        with open(self.folder / "f.csv", "wb") as file:
            for _ in range(70):
                file.write(b"a" * (1 << 20))
        self.cheaply_refused("f.csv", "longer than 64 MiB")

    def test_short_lines_below_a_wide_header(self):
        (self.folder / "f.csv").write_text(",".join(f"c{k}" for k in range(50000)) + "\n" + "1\n" * 200000)
        self.cheaply_refused("f.csv", "50000")


class Shapes(UntrustedFiles):
    def test_columns_of_width_one(self):
        data = columns()
        with h5py.File(self.folder / "f.h5", "w") as file:
            file["a"], file["label"] = data["a"], (data["b"] > 5).astype("i4")[:, None]
        out = self.inspect("f.h5")
        self.assertIn("HDF5 columns, 400 events, 2 columns", out)
        np.savez(self.folder / "f.npz", a=data["a"], label=data["b"][:, None])
        self.assertIn("npz columns, 400 events, 2 columns", self.inspect("f.npz"))
        np.savez(self.folder / "f.npz", a=data["a"][:, None], label=data["b"][:, None])
        self.assertIn("npz columns, 400 events, 2 columns", self.inspect("f.npz"))

    def test_labels_of_width_one_in_a_search(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            label = file["data/label"][:]
            del file["data/label"]
            file["data/label"] = label[:, None]
        self.run_search()

    def test_no_width(self):
        np.save(self.folder / "f.npy", np.zeros((N, 0)))
        self.refused("f.npy", "without columns")
        with h5py.File(self.folder / "f.h5", "w") as file:
            file["a"] = np.zeros((N, 0))
        self.refused("f.h5", "without columns")

    def test_no_dimension(self):
        np.save(self.folder / "f.npy", np.array(3.0))
        self.refused("f.npy", "one or two dimensions")
        with h5py.File(self.folder / "f.h5", "w") as file:
            file["a"] = 3.0
        self.refused("f.h5", "no table of numbers", "'/a' has the shape ()")
        self.fails(["inspect", "f.h5:a"], "no table of numbers", "the shape ()")

    def test_images(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            file["images"] = np.zeros((10, 28, 28))
        self.refused("f.h5", "'/images' has the shape (10, 28, 28)")


class Frames(UntrustedFiles):
    def frame(self):
        return pd.DataFrame({name: values for name, values in self.tables["data"].items()}).astype("f8")

    def test_empty(self):
        frame = self.frame()
        frame[:0].to_hdf(self.folder / "f.h5", key="df")
        self.assertIn("pandas fixed, 0 events, 4 columns", self.inspect("f.h5"))
        frame.assign(n=1, flag=True)[:0].to_hdf(self.folder / "f.h5", key="df", mode="w")
        self.assertIn("pandas fixed, 0 events, 6 columns", self.inspect("f.h5"))
        self.run_fails("f.h5", "no events", settings=["data.file=f.h5"])
        frame[:0].to_hdf(self.folder / "f.h5", key="df", format="table", mode="w")
        self.refused("f.h5", "has no events", "empty frame")
        self.run_fails("f.h5", "no events", settings=["data.file=f.h5"])

    def test_numbers_as_names(self):
        frame = self.frame()
        names = list(frame)
        for form in ("fixed", "table"):
            frame.set_axis(range(4), axis=1).to_hdf(self.folder / "f.h5", key="df", format=form, mode="w")
            with self.subTest(form):
                self.assertIn("\n0 ", self.inspect("f.h5"))
                run = self.run_search(form, "--set", f"data.columns={names}", "--set", "data.file=f.h5")
                self.assertTrue((run / "result.json").exists())
        self.run_fails("4 columns but 2 names", settings=["data.file=f.h5", "data.columns=['a','b']"])

    def test_names_for_a_file_that_has_names(self):
        self.run_fails("have names (label, m, met, t)", "[data] columns", settings=["data.columns=['a','b','c','d']"])
        self.frame().to_csv(self.folder / "f.csv", index=False)
        self.run_fails("have names", settings=["data.file=f.csv", "data.columns=['a','b','c','d']"])


class Damage(UntrustedFiles):
    def test_fields_outside_their_record(self):
        with h5py.File(self.folder / "f.h5", "w") as file:
            file["x"] = np.ones(N, dtype=[("first", "f8"), ("second", "f8")])
        whole = (self.folder / "f.h5").read_bytes()
        place = whole.index(b"second\0\0") + 8
        self.assertEqual(whole[place : place + 4], struct.pack("<I", 8))
        (self.folder / "f.h5").write_bytes(whole[:place] + struct.pack("<I", 65544) + whole[place + 4 :])
        self.refused("f.h5", "f.h5:/x' is damaged", "fields of its records", code=1)
        for name in (b"\0econd", b"first\0"):  # libhdf5 passes over fields without a name, or with that of another
            (self.folder / "f.h5").write_bytes(whole[: place - 8] + name + whole[place - 2 :])
            self.refused("f.h5", "f.h5:/x' is damaged", "fields of its records", code=1)

    def test_chunks_of_another_size(self):
        # A shuffle for other values, and chunks that unpack to less than their shape: libhdf5 reads behind them.
        self.write_columns("f.h5", chunks=(N,), shuffle=True, compression="gzip")
        whole = (self.folder / "f.h5").read_bytes()
        shuffled = whole.replace(b"shuffle\0" + struct.pack("<I", 4), b"shuffle\0" + struct.pack("<I", 68))
        self.assertNotEqual(shuffled, whole)
        (self.folder / "f.h5").write_bytes(shuffled)
        self.refused("f.h5", "shuffled for values of 68 bytes", code=1)
        layout = struct.pack("<II", N, 4)  # a chunk of values of 4 bytes
        larger = whole.replace(layout, struct.pack("<II", 560, 4))
        self.assertNotEqual(larger, whole)
        (self.folder / "f.h5").write_bytes(larger)
        self.refused("f.h5", "f.h5:/a' is damaged", "unpacks to 1600 bytes instead of 2240", code=1)

    def test_damaged_structure_ends_in_a_sentence(self):
        """A few hundred of the files of tests/fuzz/mutate_hdf5.py, which makes thousands."""
        frame = pd.DataFrame(columns(60)).astype("f8")
        frame.to_hdf(self.folder / "whole.h5", key="df", complib="zlib", complevel=3)
        whole = (self.folder / "whole.h5").read_bytes()
        rng = np.random.default_rng(11)
        started = time.monotonic()
        for k in range(60):
            damaged = bytearray(whole)
            for place in rng.integers(0, len(whole), rng.integers(1, 6)):
                damaged[place] = rng.integers(0, 256)
            (self.folder / "f.h5").write_bytes(damaged)
            done = self.eddy("inspect", "f.h5")
            self.assertIn(done.returncode, (0, 1, 2), (k, done.stderr))
            self.assertNotIn("not enough memory", done.stderr)
        self.assertLess(time.monotonic() - started, 120)


if __name__ == "__main__":
    unittest.main()
