"""eddy features: from particle files as people have them to features that a search runs on."""

import json
import os
import subprocess
import sys
import unittest

import h5py
import numpy as np
import pandas as pd
from workspace import REPOSITORY, Workspace

sys.path.insert(0, str(REPOSITORY / "tests"))
import examples_test  # noqa: E402  (what the examples need)

DATA = os.environ.get("EDDY_DATA", REPOSITORY.parent / "shared/data")
LHCO = os.path.join(DATA, "lhco/events_anomalydetection_tiny.h5")
REFERENCE = os.path.join(DATA, "lhco/tiny_reference_features.csv")

# A search on the features of simulated dijets; small enough for seconds.
SEARCH = """
[search]
method = "cwola"
name = "dijets"
[data]
file = "features.h5"
label = "label"
[features]
context = ["mjj"]
x = ["mj1", "mj2", "tau21_j1", "tau21_j2"]
[regions]
selection = "pt_j1 > 500 && mjj > 1500 && mjj < 4500"
signal = "mjj > 2600 && mjj < 3200"
[flow]
members = 2
[classifier]
members = 2
[trees]
max_iterations = 5
[folds]
k = 2
[validation]
experiments = 0
[working_points]
efficiency = [0.5]
[bump_hunt]
bin_width = 100
"""


def dijets(seed, n, n_slots=80, resonance=2900, threshold=1200):
    """Back-to-back jets of two sprays each as rows of (pt, eta, phi), zero padded, with the label of a resonance (GeV)."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.1
    mass = np.where(label, rng.normal(resonance, 60, n), threshold + rng.exponential(700, n))
    angle = np.where(label, 0.5, rng.exponential(0.12, n))  # between the two prongs of a jet
    phi = rng.uniform(-np.pi, np.pi, n)
    rows = np.zeros((n, n_slots, 3))
    for event in range(n):
        used = rng.integers(n_slots // 2, n_slots)
        jet, prong = np.arange(used) % 2, np.arange(used) // 2 % 2
        share = rng.exponential(1, used)
        share[jet == 0] /= share[jet == 0].sum()
        share[jet == 1] /= share[jet == 1].sum()
        rows[event, :used, 0] = share * mass[event] / 2
        rows[event, :used, 1] = rng.normal(0, 0.05, used)
        azimuth = phi[event] + np.pi * jet + angle[event] * (prong - 0.5) + rng.normal(0, 0.05, used)
        rows[event, :used, 2] = (azimuth + np.pi) % (2 * np.pi) - np.pi
    return np.column_stack([rows.reshape(n, -1), label])


def columns_of(path):
    with h5py.File(path) as file:
        return {name: file[name][:] for name in file}


class Features(Workspace):
    def features(self, *arguments):
        """A run that must succeed; returns its lines on the terminal."""
        done = self.eddy("features", *arguments)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        return done.stderr

    def features_fail(self, arguments, *words, code=2):
        """It fails with one line and leaves nothing."""
        before = set(os.listdir(self.folder))
        self.fails(["features", *arguments], *words, code=code)
        self.assertEqual(set(os.listdir(self.folder)) - before, set(), "something was left behind")

    def write_rows(self, name, rows, **options):
        """As the LHC Olympics files: pandas fixed format, integer column names, Blosc."""
        pd.DataFrame(rows).to_hdf(self.folder / name, key="df", mode="w", complib="blosc", complevel=5, **options)


class ParticleFiles(Features):
    def test_formats_give_the_same_features(self):
        rows = dijets(1, 120).astype("f4")
        self.write_rows("fixed.h5", rows)
        self.write_rows("table.h5", rows, format="table")
        with_integer_label = pd.DataFrame(rows[:, :-1].astype("f8"))  # two blocks of different type
        with_integer_label["label"] = rows[:, -1].astype(int)
        with_integer_label.columns = range(rows.shape[1])
        with_integer_label.to_hdf(self.folder / "blocks.h5", key="df", mode="w")
        with h5py.File(self.folder / "array.h5", "w") as file:
            file.create_dataset("events", data=rows, chunks=(7, 100), compression="gzip")
        np.save(self.folder / "array.npy", rows)
        pd.DataFrame(rows).to_csv(self.folder / "rows.csv", index=False)
        for name in ("fixed.h5", "table.h5", "blocks.h5", "array.h5:events", "array.npy", "rows.csv"):
            self.features(name, "-o", "out.h5", "--quiet")
            with self.subTest(name=name):
                features = columns_of(self.folder / "out.h5")
                if name == "fixed.h5":
                    reference = features
                self.assertEqual(set(features), set(reference))
                for column, values in reference.items():
                    np.testing.assert_array_equal(features[column], values, column)
        np.testing.assert_array_equal(reference["label"], rows[:, -1])
        np.testing.assert_array_equal(reference["n_particles"], np.sum(rows[:, :-1:3] > 0, axis=1))

    def test_blocks_and_threads_do_not_show(self):
        rows = np.zeros((5000, 2101))  # three blocks of 16 MiB
        few = dijets(2, len(rows), n_slots=8)
        rows[:, : few.shape[1] - 1] = few[:, :-1]
        rows[:, -1] = np.arange(len(rows))
        self.write_rows("wide.h5", rows)
        self.write_rows("narrow.h5", few)
        for threads in (1, 2, 7):
            self.features("wide.h5", "-o", f"{threads}.h5", "--threads", threads)
        first = (self.folder / "1.h5").read_bytes()
        self.assertEqual((self.folder / "2.h5").read_bytes(), first)
        self.assertEqual((self.folder / "7.h5").read_bytes(), first)
        self.features("narrow.h5", "-o", "narrow_features.h5")
        wide, narrow = columns_of(self.folder / "1.h5"), columns_of(self.folder / "narrow_features.h5")
        np.testing.assert_array_equal(wide.pop("label"), np.arange(len(rows)))
        for column, values in wide.items():
            np.testing.assert_array_equal(values, narrow[column], column)

    def test_settings(self):
        self.write_rows("raw.h5", dijets(3, 50))
        (self.folder / "jets.toml").write_text("[jets]\nradius = 0.4\ndescribed = 3\n[nsubjettiness]\nbeta = [2.0, 1.0]\nn_max = 2\n")
        text = self.features("raw.h5", "-o", "small.h5", "--config", "jets.toml", "--set", "soft_drop.z_cut=0")
        self.assertIn("of 50 events have fewer than 3 jets", text)
        self.features("raw.h5", "-o", "plain.h5", "--set", "nsubjettiness.beta=[1.0, 2.0]")
        small, plain = columns_of(self.folder / "small.h5"), columns_of(self.folder / "plain.h5")
        self.assertIn("pxj3", small)
        self.assertIn("tau21_b1_j1", small)
        self.assertNotIn("tau3j1", small)
        self.assertGreater(np.mean(small["n_jets"]), np.mean(plain["n_jets"]))
        with h5py.File(self.folder / "small.h5") as file:
            settings = json.loads(file.attrs["settings"])
        self.assertEqual(settings["jets"], {"algorithm": "antikt", "radius": 0.4, "pt_min": 20, "eta_max": None, "described": 3})
        self.assertEqual((settings["nsubjettiness"]["beta"], settings["soft_drop"]["z_cut"]), ([2.0, 1.0], 0))
        np.testing.assert_allclose(small["m_sd_j1"], small["m_j1"], rtol=1e-4)
        self.assertIn("tau2_b2_j1", plain)

    def test_warns_of_what_a_search_cannot_use(self):
        rows = dijets(3, 50)
        rows[7, 0] = rows[7, 3] = 3e38
        rows[8, -1] = 5
        self.write_rows("raw.h5", rows)
        text = self.features("raw.h5", "-o", "out.h5", "--quiet")
        self.assertIn("1 of 50 events have features that are no finite numbers, the first", text)
        self.assertIn("1 of 50 events have a label, the last column of 'raw.h5', that is neither 0 nor 1, the first 5 in row 8", text)

    def test_a_search_from_particles(self):
        self.write_rows("raw.h5", dijets(4, 2500))
        self.features("raw.h5", "-o", "features.h5", "--set", "nsubjettiness.n_max=3")
        self.write_config(SEARCH, "dijets.toml")
        run = self.run_search("run", config="dijets.toml")
        self.assertTrue((run / "report.html").exists())

    def test_every_example_finds_its_columns(self):
        self.write_rows("raw.h5", dijets(8, 20))
        self.features("raw.h5", "-o", "features.h5", "--quiet")
        available = set(columns_of(self.folder / "features.h5"))
        configs = {path.name: examples_test.load(path) for path in examples_test.EXAMPLES.glob("*.toml")
                   if not examples_test.is_study(path)}
        # The toy has no jets, CATHODE's arrays no momenta, the dark-QCD files ratios instead of N-subjettiness, QUAK's the
        # number of tracks (or pixels).
        of_events = {name: config for name, config in configs.items()
                     if not name.startswith(("toy", "darkqcd", "quak")) and "columns" not in config["data"]}
        self.assertGreaterEqual(len(of_events), 7)
        for name, config in of_events.items():
            with self.subTest(config=name):
                self.assertLessEqual(examples_test.columns_used(config), available)

    def test_the_documented_sequence(self):
        self.write_rows("events_anomalydetection_v2.h5", dijets(7, 3000, resonance=3500, threshold=2500))
        fast = {"folds.k": 2, "flow.members": 1, "flow.epochs": 1, "flow.hidden": 16, "classifier.members": 1, "trees.max_iterations": 5,
                "working_points.efficiency": "[0.5]"}
        command = [REPOSITORY / "examples/lhco-raw.sh", "out", *(word for key, value in fast.items() for word in ("--set", f"{key}={value}"))]
        done = subprocess.run(command, cwd=self.folder, env={**os.environ, "EDDY_DATA": str(self.folder)}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3000 events, 241 columns", done.stdout)
        self.assertTrue((self.folder / "out/run/report.html").exists())
        self.assertIn("mj1", columns_of(self.folder / "out/features.h5"))


class BadParticles(Features):
    def setUp(self):
        super().setUp()
        self.rows = dijets(5, 300)

    def refuse(self, *words, code=2, name="raw.h5"):
        self.features_fail([name, "-o", "out.h5"], *words, code=code)

    def with_value(self, row, column, value):
        rows = self.rows.copy()
        rows[row, column] = value
        self.write_rows("raw.h5", rows)

    def test_values(self):
        self.with_value(120, 3, -5)
        self.refuse("particle 1 of row 120 of 'raw.h5' has the negative pt -5 GeV")
        self.with_value(7, 1, np.nan)
        self.refuse("particle 0 of row 7 of 'raw.h5'", "nan", "not all of them finite")
        self.with_value(7, 238, np.inf)
        self.refuse("particle 79 of row 7 of 'raw.h5'", "inf")
        self.with_value(8, 240, np.nan)
        self.refuse("the label in the last column of row 8 of 'raw.h5' is nan")
        self.with_value(slice(30, 32), slice(0, 240), 0)
        self.refuse("row 30 of 'raw.h5' has no particles", '[particles] empty_events = "keep"')
        self.features("raw.h5", "-o", "kept.h5", "--quiet", "--set", "particles.empty_events=keep")  # the remedy
        self.assertEqual(columns_of(self.folder / "kept.h5")["n_jets"][30], 0)

    def test_columns(self):
        self.write_rows("raw.h5", self.rows[:, :239])
        self.refuse("'raw.h5' has 239 columns", "3 numbers per particle", "[particles] layout")
        frame = pd.DataFrame(self.rows)
        frame["name"] = "event"
        frame.columns = [str(name) for name in frame.columns]
        frame.to_hdf(self.folder / "raw.h5", key="df", mode="w", format="table")
        self.refuse("column 'name' of 'raw.h5' holds no numbers")

    def test_files(self):
        self.refuse("there is no file 'none.h5'", code=1, name="none.h5")
        self.write_rows("raw.h5", self.rows)
        whole = (self.folder / "raw.h5").read_bytes()
        for size in (5, 1000, len(whole) // 2, len(whole) - 1):
            (self.folder / "cut.h5").write_bytes(whole[:size])
            self.refuse("cut.h5", "copy", code=1, name="cut.h5")
        self.write_rows("empty.h5", self.rows[:0])
        self.refuse("empty.h5", name="empty.h5")
        with h5py.File(self.folder / "damaged.h5", "w") as file:
            data = file.create_dataset("events", data=self.rows, chunks=(100, 241), compression="gzip")
            offset = data.id.get_chunk_info(2).byte_offset
        with open(self.folder / "damaged.h5", "r+b") as file:  # found when most of the work is done
            file.seek(offset)
            file.write(b"\xff" * 200)
        self.refuse("cannot read 'damaged.h5:/events'", "damaged", code=1, name="damaged.h5")

    def test_output(self):
        self.write_rows("raw.h5", self.rows)
        self.features_fail(["raw.h5", "-o", "raw.h5"], "is the input", "-o")
        self.features_fail(["raw.h5", "-o", "no/folder/out.h5"], "there is no folder 'no/folder'", "-o")

    def test_settings(self):
        self.write_rows("raw.h5", self.rows)
        for setting, words in {"jet.radius=1": ["unknown section [jet]", "did you mean 'jets'?"],
                               "jets.radus=1": ["unknown key 'radus' in [jets]", "did you mean 'radius'?"],
                               "jets.radius=0": ["[jets] radius = 0 is out of range", "from 0.01 to 3"],
                               "jets.algorithm=anti": ['"anti" is not a choice', "antikt, cambridge_aachen, kt"],
                               "nsubjettiness.beta=[]": ["[nsubjettiness] beta is empty"]}.items():
            with self.subTest(setting=setting):
                self.features_fail(["raw.h5", "-o", "out.h5", "--set", setting], *words)
        self.features_fail(["raw.h5"], "-o", "eddy features --help")
        self.features_fail(["raw.h5", "-o", "out.h5", "--config", "none.toml"], "none.toml", code=1)


class FullDisk(Features):
    def test_is_found_before_the_work_and_leaves_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk], capture_output=True).returncode != 0:
            self.skipTest("only root can mount a small disk here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.write_rows("raw.h5", dijets(6, 1000, n_slots=6))
        for size in ("16k", "64k", "128k", "200k"):  # the file takes some 230 kB, 20 of them without values
            subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)
            with self.subTest(size=size):
                self.fails(["features", "raw.h5", "-o", "disk/out.h5", "--quiet"], "cannot write 'disk/out.h5'", "No space left", "free some space", code=1)
                self.assertEqual(os.listdir(disk), [])


@unittest.skipUnless(os.path.exists(LHCO), "the LHC Olympics events are not here")
class LhcOlympics(Features):
    def test_real_events(self):
        self.features(LHCO, "-o", "features.h5")
        features, reference = columns_of(self.folder / "features.h5"), pd.read_csv(REFERENCE)
        self.assertEqual(features["label"].sum(), 93)
        names = {"mjj": "mjj", "met": "met", "delta_r": "delta_r", "n_particles": "n_particles"}
        for j in "12":
            names |= {f"{name}j{j}": f"{name}j{j}" for name in ("px", "py", "pz", "m")}
            names |= {f"n_const_j{j}": f"nconstj{j}"}
            names |= {f"tau{n}j{j}": f"tau{n}j{j}_kt_onepass_b1" for n in "1234"}
        for ours, theirs in names.items():
            np.testing.assert_allclose(features[ours], reference[theirs], rtol=1e-6, err_msg=ours)  # float32 and eight digits

    def test_winner_take_all_axes(self):
        self.features(LHCO, "-o", "features.h5", "--set", "nsubjettiness.axes=wta_kt")
        features, reference = columns_of(self.folder / "features.h5"), pd.read_csv(REFERENCE)
        for j in "12":
            for n in "1234":
                np.testing.assert_allclose(features[f"tau{n}j{j}"], reference[f"tau{n}j{j}_wta_kt_b1"], rtol=1e-6)


if __name__ == "__main__":
    unittest.main()
