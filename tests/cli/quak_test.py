"""A search in a space of losses from the command line: what a run leaves, and that it comes out the same however it is made."""

import json
import unittest

import h5py
import numpy as np

from quak_case import CONFIG, QuakCase, events
from workspace import artefacts


class Quak(QuakCase):
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
        self.run_fails("no data event has a mass", "in the unit of the masses", settings=["quak.fit_range=[3000, 6000]", "quak.scan=[3000, 6000]"])
        self.run_fails("lies outside fit_range = [3000, 6000]", "move the scan", settings=["quak.fit_range=[3000, 6000]"])
        self.run_fails("order = 30 has 31 parameters for bins = 12", "raise bins", settings=["quak.order=30", "quak.bins=12"])
        self.run_fails("[quak] order = 6 does not fit shape", "3 to 5 parameters", settings=["quak.order=6", 'quak.shape="dijet"', "quak.sqrt_s=13000"])

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
        of_run, of_result = comparison["significance"][0]["points"][0]["simultaneous"], result["working_points"][0]["simultaneous"]
        self.assertEqual([common["name"] for common in of_run], ["free in each", "up", "down"])
        for mine, theirs in zip(of_run, of_result):
            self.assertEqual(mine, {key: value for key, value in theirs.items() if key not in ("scan", "shares")})
        self.assertTrue("<h2>Significance</h2>" in page and "All categories in one likelihood" in page)
        self.assertNotIn("random cut", page)

    def test_a_prior_without_events_behind_the_preselection_says_so(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            for name, values in events(13, 300, 0).items():
                file[f"ordinary/{name}"] = np.asarray(values, dtype="f4")
        self.write_config(CONFIG.replace("[[evaluate]]", '[[prior]]\nname = "ordinary"\nfile = "events.h5:ordinary"\n[[evaluate]]'))
        run = self.run_search("run", "--set", "quak.preselection=0.02", "--set", "quak.categories=1")
        result = json.loads((run / "result.json").read_text())
        [few] = [warning for warning in result["warnings"] if "behind the preselection, fewer than 20" in warning]
        self.assertIn("of the prior ordinary are", few)
        [point] = result["working_points"]
        self.assertEqual([common["prior"] for common in point["simultaneous"]], [None, "up", "down"])

    def test_a_study_over_settings_of_the_space_ranks_them_by_what_is_known(self):
        (self.folder / "study.toml").write_text("""
[study]
base = "search.toml"
set = ["quak.toys=5"]
[[axis]]
key = "quak.categories"
values = [1, 2]
[[axis]]
key = "vae.beta"
values = [0.1, 2]
""")
        done = self.eddy("study", "study.toml", "--out", "study", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        study = json.loads((self.folder / "study/study.json").read_text())
        paths = [column["path"] for column in study["columns"]]
        for path in ("working_points[1].z", "working_points[1].global_z", "working_points[1].simultaneous[up].events_per_sigma",
                     "separation[upward: QUAK 1-D].auc"):
            self.assertIn(path, paths)
        self.assertEqual(len(paths), len(set(paths)))
        ranked = {paths[order["column"]]: order for order in study["ranking"]}
        self.assertNotIn("working_points[1].observed", ranked)
        for path, better in (("working_points[1].z", "larger"), ("working_points[1].simultaneous[up].events_per_sigma", "smaller")):
            self.assertEqual(ranked[path]["better"], better)
            medians = [place["median"] for place in ranked[path]["places"]]
            self.assertEqual(medians, sorted(medians, reverse=better == "larger"))
            column = paths.index(path)
            by_place = {(point["axes"][0], point["axes"][1]): point["numbers"][column] for point in study["points"]}
            for place in ranked[path]["places"]:
                self.assertEqual(place["median"], by_place[(place["x"], place["group"][0]["value"])])
        self.assertTrue("<h2>Ranking</h2>" in (self.folder / "study/report.html").read_text())

    def test_a_prior_with_other_columns_is_refused(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["signal/c"]
        self.run_fails("events.h5:signal", "no column 'c'")
        self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    unittest.main()
