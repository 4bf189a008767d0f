"""A search in a space of losses from the command line: what a run leaves, and that it comes out the same however it is made."""

import json
import unittest

import h5py
import numpy as np
from scipy.optimize import minimize
from scipy.stats import beta, norm

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


def spectrum_parts(point):
    """Fractions of each Bernstein polynomial, and of the Gaussian signal at `mass`, in the bins: what docs/quak.md says is fitted."""
    edges = np.array(point["edges"])
    order = point["model"]["background"]["order"]
    place = (edges - edges[0]) / (edges[-1] - edges[0])
    polynomials = np.array([np.diff(beta.cdf(place, k + 1, order - k + 1)) for k in range(order + 1)])
    return polynomials, lambda mass: np.diff(norm.cdf(edges, mass, point["model"]["signal_width"] * mass))


def fit_by_scipy(counts, shares, polynomials, signal, strength=None):
    """-ln L at its smallest and the common strength there, by another minimiser; `strength`: held there."""
    shape = (len(counts), len(polynomials))

    def with_gradient(parameters):
        mean = parameters[:-1].reshape(shape) @ polynomials + parameters[-1] * np.outer(shares, signal)
        if mean.min() <= 0:
            return 1e10, np.zeros_like(parameters)
        slope = 1 - counts / mean
        return (mean - counts * np.log(mean)).sum(), np.append((slope @ polynomials.T).ravel(), (slope * np.outer(shares, signal)).sum())

    start = np.repeat(counts.sum(axis=1, keepdims=True), shape[1], axis=1) / shape[1]
    bounds = [(1e-12, None)] * start.size + [(0, None) if strength is None else (strength, strength)]
    best = minimize(with_gradient, np.append(start.ravel(), strength or 1), jac=True, method="L-BFGS-B", bounds=bounds,
                    options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-9})
    return best.fun, best.x[-1]


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
        of_run, of_result = comparison["significance"][0]["points"][0]["simultaneous"], result["working_points"][0]["simultaneous"]
        self.assertEqual([common["name"] for common in of_run], ["free in each", "up", "down"])
        for mine, theirs in zip(of_run, of_result):
            self.assertEqual(mine, {key: value for key, value in theirs.items() if key not in ("scan", "shares")})
        self.assertTrue("<h2>Significance</h2>" in page and "All categories in one likelihood" in page)
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

    def test_one_likelihood_of_all_categories_is_that_of_another_fit(self):
        run = self.run_search("run", "--set", "quak.toys=20")
        [point] = json.loads((run / "result.json").read_text())["working_points"]
        free, up, down = point["simultaneous"]
        self.assertEqual([common["prior"] for common in (free, up, down)], [None, "up", "down"])
        self.assertIsNone(free["shares"])
        self.assertAlmostEqual(sum(up["shares"]), 1)
        self.assertGreater(up["z"], 2)
        polynomials, signal_at = spectrum_parts(point)
        used = [i for i, category in enumerate(point["categories"]) if category["left_out"] is None]
        counts = np.array([point["categories"][i]["counts"] for i in used])
        for common in (up, down):
            shares = np.array(common["shares"])[used]
            for at in common["scan"]:
                if at["z"] > 0 and at["n_categories"] == len(used):
                    signal = signal_at(at["mass"])
                    without, _ = fit_by_scipy(counts, shares, polynomials, signal, 0)
                    best, strength = fit_by_scipy(counts, shares, polynomials, signal)
                    self.assertAlmostEqual(np.sqrt(2 * (without - best)), at["z"], delta=0.01)
                    self.assertAlmostEqual(strength, at["strength"], delta=0.05 * at["strength_error"])
        self.assertEqual((free["name"], free["passing"], free["events_per_sigma"]), ("free in each", None, None))
        at = next(at for at in up["scan"] if at["mass"] == up["prior_mass"])
        self.assertEqual(up["prior_mass"], 4)
        self.assertAlmostEqual(up["events_per_sigma"], at["strength_error"] / up["passing"])
        for common in (free, up, down):
            at = max(common["scan"], key=lambda at: -9 if at["z"] is None else at["z"])
            self.assertEqual((common["mass"], common["z"], common["strength"]), (at["mass"], at["z"], at["strength"]))
            self.assertLessEqual(common["p_value"], common["global_p_value"] + 3 * common["global_p_error"])
        report = (run / "report.html").read_text()
        self.assertIn("All categories in one likelihood", report)
        self.assertIn("shared as in up", report)

    def test_a_prior_without_events_behind_the_preselection_says_so(self):
        run = self.run_search("run", "--set", "quak.preselection=0.02", "--set", "quak.categories=1")
        result = json.loads((run / "result.json").read_text())
        [point] = result["working_points"]
        few = [warning for warning in result["warnings"] if "behind the preselection, fewer than 20" in warning]
        self.assertEqual(len(few) + len(point["simultaneous"]), 3)

    def test_null_experiments_say_what_the_biased_best_cut_is_worth(self):
        self.cubic_data(9000)
        run = self.run_search("run", "--set", "quak.categories=1")
        done = self.eddy("calibrate", "run", "--experiments", 30, "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads((run / "result.json").read_text())
        best = result["calibration"]["best_cut"]
        self.assertEqual(best["observed_z"], result["cuts"]["best"]["z"])
        self.assertEqual(best["calibrated"]["experiments"], len(best["null_z"]))
        self.assertGreater(len(best["null_z"]), 25)
        reached = sum(z >= best["observed_z"] for z in best["null_z"])
        if reached >= 5:  # else the tail is fitted
            self.assertAlmostEqual(best["calibrated"]["p_value"], (reached + 1) / (len(best["null_z"]) + 1), delta=0.02)
        self.assertLess(best["calibrated"]["z"], best["observed_z"])
        self.assertTrue("method 1: the best of all cuts and masses" in (run / "report.html").read_text())

    def cubic_data(self, n):
        """Data without signal, whose masses fall as (6.6 - m)^3."""
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["data"]
            data = events(11, n, 0)
            data["met"] = 6.6 - 3.8 * np.random.default_rng(12).uniform(size=n) ** 0.25
            for name, values in data.items():
                file[f"data/{name}"] = np.asarray(values, dtype="f4")

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

    def write_signal(self, name, mass, kind=1, n=1200):
        with h5py.File(self.folder / name, "w") as file:
            columns = events(9, n, kind)
            columns["met"] = np.random.default_rng(10).normal(mass, 0.12, n)
            for column, values in columns.items():
                file[column] = np.asarray(values, dtype="f4")
            file["met"].attrs["units"] = "TeV"

    def test_limits_on_a_signal(self):
        self.cubic_data(9000)
        run = self.run_search("run", "--set", "quak.categories=1")
        before = (run / "result.json").read_bytes()
        self.write_signal("signal.h5", 4.4)
        done = self.eddy("limit", "run", "--signal", "signal.h5", "--nulls", 12, "--points", 4, "--cross-section", 5, "--expected", 100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((run / "result.json").read_bytes(), before)
        limit = json.loads((run / "limit.json").read_text())
        self.assertFalse(any(injection["failure"] for injection in limit["injections"]), limit["injections"])
        self.assertEqual(limit["cross_section"], {"per_event": 0.05, "unit": "fb"})
        self.assertTrue(limit["into_nulls"])
        self.assertIn("networks of the search", limit["made_anew"])
        [cut] = limit["cuts"]
        self.assertIsNone(cut["efficiency"])
        self.assertIsNone(cut["no_limit"])
        self.assertGreater(cut["observed"], cut["signal"]["upper_limit"], "not all of the signal passes")
        self.assertEqual(cut["expected"], sorted(cut["expected"]))
        self.assertGreater(cut["expected_of_nulls"]["experiments"], 9)
        median = cut["expected_of_nulls"]["limits"][2]
        self.assertTrue(0.5 * cut["expected"][1] < median < 2 * cut["expected"][3], (median, cut["expected"]))
        self.assertTrue(cut["response"]["measured"])
        self.assertAlmostEqual(cut["response"]["slope"], 1, delta=0.3)
        self.assertFalse(any("without signal the fit finds" in warning for warning in limit["warnings"]), limit["warnings"])
        strong = max(limit["injections"], key=lambda injection: injection["strength"])["cuts"][0]
        self.assertGreater(strong["passed"], 0)
        self.assertAlmostEqual(strong["signal"]["fitted"], strong["passed"], delta=5 * strong["signal"]["error"])
        report = (run / "report.html").read_text()
        self.assertIn("<h2>Limit</h2>", report)
        self.assertNotIn("nan", report.split("<h2>Limit</h2>")[1].split("</section>")[0].lower().replace("nano", ""))
        exported = self.eddy("export", "run", "--format", "pyhf", "-o", "workspace")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        kept = artefacts(run)
        again = self.eddy("limit", "run", "--signal", "signal.h5", "--nulls", 12, "--points", 4, "--cross-section", 5, "--expected", 100,
                          "--threads", 1)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(json.loads((run / "limit.json").read_text()), limit)
        self.assertEqual(artefacts(run), kept)

    def test_a_background_that_no_polynomial_describes_is_a_warning_of_the_limit(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["data"]
            for name, values in events(11, 9000, 0).items():
                file[f"data/{name}"] = np.asarray(values, dtype="f4")
        run = self.run_search("run", "--set", "quak.categories=1", "--set", "quak.order=1")
        self.write_signal("signal.h5", 4.4)
        done = self.eddy("limit", "run", "--signal", "signal.h5", "--nulls", 12, "--points", 1, "--repetitions", 2)
        self.assertEqual(done.returncode, 0, done.stderr)
        warnings = json.loads((run / "limit.json").read_text())["warnings"]
        self.assertTrue(any("without signal the fit finds" in warning and "[quak] order" in warning for warning in warnings), warnings)

    def test_of_a_signal_file_what_networks_know_is_left_out(self):
        self.run_search("run", "--set", "quak.categories=1")
        done = self.eddy("limit", "run", "--signal", "events.h5:signal", "--points", 1, "--repetitions", 2, "--into", "data")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr + done.stdout, r"1\d\d\d events of 'events.h5:signal' are left out: networks are trained on them")

    def test_a_signal_that_the_search_cannot_see_is_refused(self):
        run = self.run_search("run", "--set", "quak.categories=1")
        files = sorted({"batch", *(path.name for path in run.iterdir())})  # a limit keeps the journal of its tasks
        self.write_signal("light.h5", 1.5)
        self.fails(["limit", "run", "--signal", "light.h5", "--quiet"], "none of 1200 events", "'light.h5'", "fit_range")
        with h5py.File(self.folder / "events.h5") as file, h5py.File(self.folder / "ordinary.h5", "w") as other:
            loss = columns_of(run / "scores.h5")
            ordinary = loss["row"][loss["category"] == 0][:1000]
            for name in ("a", "b", "c", "met"):
                other[name] = np.asarray(file[f"data/{name}"])[ordinary] * (1 + 1e-6)
            other["met"].attrs["units"] = "TeV"
        self.fails(["limit", "run", "--signal", "ordinary.h5", "--quiet"], "of 1000 events", "behind the preselection", "raise [quak] preselection")
        self.assertEqual(sorted({"batch", *(path.name for path in run.iterdir())}), files)
        self.run_search("massless", "--set", "features.context=[]")
        self.fails(["limit", "massless", "--signal", "light.h5"], "no mass is configured", "[features] context")

    def test_a_prior_with_other_columns_is_refused(self):
        with h5py.File(self.folder / "events.h5", "a") as file:
            del file["signal/c"]
        self.run_fails("events.h5:signal", "no column 'c'")
        self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    unittest.main()
