"""A search in a space of losses from the command line: what a run leaves, and that it comes out the same however it is made."""

import json
import unittest

import h5py
import numpy as np

from workspace import Workspace, artefacts

CONFIG = """
[search]
method = "quak"
name = "losses"
[data]
file = "events.h5:data"
label = "label"
[background]
file = "events.h5:background"
[[prior]]
name = "up"
file = "events.h5:signal"
selection = "kind > 0"
[[prior]]
name = "down"
file = "events.h5:signal"
selection = "kind < 0"
[[evaluate]]
name = "upward"
file = "events.h5:signal"
selection = "kind > 0"
[units]
met = "TeV"
[features]
context = ["met"]
x = ["a", "b", "c"]
[vae]
hidden = [8]
latent = 1
flow_layers = 1
beta = 0.1
epochs = 3
[quak]
preselection = 0.2
categories = 2
scan = [3, 5]
scan_points = 5
fit_range = [2.8, 6.5]
bins = 20
toys = 10
background_cuts = [0.2]
prior_cuts = [0.5]
[supervised]
exclude = ["c"]
epochs = 2
"""


def events(seed, n, kind):
    """Background (kind 0) along one direction, signals up or down along another; the mass falls, or is 4 TeV."""
    rng = np.random.default_rng(seed)
    along = rng.normal(size=n) + 3 * kind
    features = {name: rng.normal(0, 0.3, n) + along * weight for name, weight in (("a", kind == 0), ("b", 1.0), ("c", kind != 0))}
    met = 2.8 + rng.exponential(0.6, n) if kind == 0 else rng.normal(4, 0.12, n)
    return {**features, "met": met, "label": np.full(n, kind != 0), "kind": np.full(n, kind)}


def columns_of(path):
    with h5py.File(path) as file:
        return {name: np.asarray(values) for name, values in file.items()}


def together(*samples):
    return {name: np.concatenate([sample[name] for sample in samples]) for name in samples[0]}


class Quak(Workspace):
    def setUp(self):
        super().setUp()
        tables = {"data": together(events(1, 3000, 0), events(2, 60, 1)), "background": events(3, 3000, 0),
                  "signal": together(events(4, 1000, 1), events(5, 1000, -1))}
        with h5py.File(self.folder / "events.h5", "w") as file:
            for group, columns in tables.items():
                for name, values in columns.items():
                    file[f"{group}/{name}"] = np.asarray(values, dtype="f4")
                file[f"{group}/event"] = np.arange(len(columns["met"]))
        self.write_config(CONFIG)

    def test_a_run_leaves_losses_categories_and_a_report(self):
        run = self.run_search("run")
        result = json.loads((run / "result.json").read_text())
        self.assertEqual(result["setup"]["losses"], ["background", "up", "down"])
        [point] = result["working_points"]
        self.assertEqual(len(point["categories"]), 8)
        self.assertEqual(sum(category["n_events"] for category in point["categories"]), point["observed"])
        self.assertGreater(point["true_signal"], 0)
        self.assertTrue(result["cuts"]["biased"])
        self.assertEqual({separation["signal"] for separation in result["separation"]}, {"upward"})
        with h5py.File(run / "scores.h5") as scores:
            self.assertEqual(set(scores), {"row", "met", "loss_background", "loss_up", "loss_down", "category", "in_spectrum"})
            self.assertEqual(len(scores["row"]), 3060)
        self.assertIn("biased: the best of", (run / "report.html").read_text())

    def test_the_terminal_says_that_method_one_is_biased(self):
        done = self.eddy("run", "search.toml", "--out", "run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr + done.stdout, r"method 2, \d categories of \d+ events .*global Z [=>] ")
        self.assertIn("method 1 (biased: the best of", done.stderr + done.stdout)

    def test_threads_and_a_finished_store_do_not_change_a_bit(self):
        one = self.run_search("one", "--threads", 1)
        two = self.run_search("two", "--threads", 2)
        self.same_result(one, two)
        self.assertGreater(len(artefacts(one)), 4)
        again = self.run_search("again", "--store", one / "models")
        self.same_result(one, again)
        self.assertEqual(artefacts(again), {})

    def test_the_resolved_configuration_is_one_like_any_other(self):
        run = self.run_search("run")
        text = (run / "config.toml").read_text()
        self.assertEqual(text.count("[[prior]]"), 2)
        again = self.run_search("again", config=run / "config.toml")
        self.same_result(run, again)

    def test_other_categories_train_nothing_again(self):
        one = self.run_search("one")
        before = artefacts(one)
        self.run_search("two", "--store", one / "models", "--set", "quak.categories=1")
        self.assertEqual(artefacts(one), before)

    def test_without_mass_nothing_but_separation(self):
        run = self.run_search("run", "--set", "features.context=[]")
        result = json.loads((run / "result.json").read_text())
        self.assertEqual(result["working_points"], [])
        self.assertGreater(len(result["separation"]), 3)

    def test_bad_configurations_are_refused(self):
        self.write_config(CONFIG.replace('name = "down"', 'nmae = "down"'))
        self.run_fails("unknown key 'nmae' in [[prior]]", "did you mean 'name'?")
        self.write_config(CONFIG.replace("[[evaluate]]", "[evaluate]"))
        self.run_fails("'evaluate' may stand several times", "[[evaluate]]")
        self.write_config(CONFIG.replace('name = "down"', 'name = "up"'))
        self.run_fails("two [[prior]]", '"up"', "rename")
        self.write_config(CONFIG + '[flow]\nepochs = 3\n')
        self.run_fails("[flow] has no meaning for method \"quak\"", "remove it")
        self.write_config(CONFIG)
        self.run_fails("prior.name=x", "not a section", settings=["prior.name=x"])
        self.run_fails("no data event has a mass", "in the unit of the masses", settings=["quak.fit_range=[3000, 6000]"])

    def test_a_prior_belongs_to_quak_alone(self):
        self.write_config(CONFIG.replace('"quak"', '"conrad"', 1))
        self.run_fails("has no meaning for method \"conrad\"")

    def test_stands_beside_other_runs(self):
        self.run_search("run")
        self.run_search("other", "--store", "run/models", "--set", "search.name=other")
        done = self.eddy("compare", "run", "other", "-o", "both")
        self.assertEqual(done.returncode, 0, done.stderr)
        comparison = json.loads((self.folder / "both/compare.json").read_text())
        self.assertEqual([run["evidence"] for run in comparison["runs"]], ["categories", "categories"])
        result = json.loads((self.folder / "run/result.json").read_text())
        self.assertEqual([p["z"] for p in comparison["significance"][0]["points"]], [p["z"] for p in result["working_points"]])
        page = (self.folder / "both/compare.html").read_text()
        self.assertIn("all categories", page)
        self.assertNotIn("random cut", page)

    def test_further_events_get_the_losses_and_the_category_that_the_run_gave_its_own(self):
        run = self.run_search("run", "--set", 'data.identity=["event"]', "--set", "quak.fit_range=[3, 6.5]")
        result = json.loads((run / "result.json").read_text())
        own = columns_of(run / "scores.h5")
        with h5py.File(self.folder / "events.h5") as file:
            data = {name: np.asarray(values) for name, values in file["data"].items()}
        rows = np.random.default_rng(6).permutation(len(data["met"]))[:1001]
        with h5py.File(self.folder / "further.h5", "w") as file:
            for name in reversed(list(data)):
                file[name] = data[name][rows]
        (self.folder / "events.h5").unlink()  # nothing that was trained on is needed
        for threads in (1, 2):
            done = self.eddy("score", run, "further.h5", "-o", "further-scores.h5", "--threads", threads)
            self.assertEqual(done.returncode, 0, done.stderr)
            scores = columns_of(self.folder / "further-scores.h5")
            self.assertEqual(set(scores), {"row", "event", "loss_background", "loss_up", "loss_down", "category", "in_spectrum"})
            np.testing.assert_array_equal(scores["row"], np.arange(1001))
            np.testing.assert_array_equal(scores["event"], rows)
            at = np.searchsorted(own["row"], rows)
            for name in ("loss_background", "loss_up", "loss_down", "category", "in_spectrum"):
                np.testing.assert_array_equal(scores[name].view(f"i{scores[name].itemsize}"),
                                              own[name][at].view(f"i{own[name].itemsize}"), name)
        [point] = result["working_points"]
        for number, category in enumerate(point["categories"], 1):
            self.assertEqual(((own["category"] == number) & (own["in_spectrum"] == 1)).sum(), category["n_events"])
        np.testing.assert_array_equal(own["category"] > 0, own["loss_background"] >= point["threshold"])
        self.assertGreater((own["category"] == 0).sum(), 0)
        self.assertGreater(((own["category"] > 0) & (own["in_spectrum"] == 0)).sum(), 0)

    def test_further_events_of_a_space_without_mass_get_losses_alone(self):
        self.run_search("run", "--set", "features.context=[]", "--set", "quak.scaler=minmax")
        done = self.eddy("score", "run", "events.h5:signal", "-o", "out.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        scores = columns_of(self.folder / "out.h5")
        self.assertEqual(set(scores), {"row", "loss_background", "loss_up", "loss_down"})
        self.assertGreater(min(scores[f"loss_{name}"].min() for name in ("background", "up", "down")), 0)
        self.assertIn("and were clipped to it", done.stderr)

    def test_events_that_cannot_be_scored_are_refused(self):
        run = self.run_search("run")
        with h5py.File(self.folder / "events.h5") as file, h5py.File(self.folder / "other.h5", "w") as other:
            for name in ("a", "c", "met"):
                other[name] = np.asarray(file[f"data/{name}"])
        self.fails(["score", "run", "other.h5", "-o", "out.h5"], "other.h5", "no column 'b'")
        self.assertFalse((self.folder / "out.h5").exists())
        (run / "models/scorer.eddy").unlink()
        self.fails(["score", "run", "events.h5:data", "-o", "out.h5"], "models/scorer.eddy", "run it again")

    def test_a_prior_with_other_columns_is_refused(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["signal/c"]
        self.run_fails("events.h5:signal", "no column 'c'")
        self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    unittest.main()
