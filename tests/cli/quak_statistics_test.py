"""What a search in a space of losses makes of its categories: one likelihood of all, null experiments, limits."""

import json
import unittest

import h5py
import numpy as np
from scipy.optimize import minimize
from scipy.stats import beta, norm

from quak_case import QuakCase, columns_of, events
from workspace import artefacts


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


class QuakStatistics(QuakCase):
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
        counted = (reached + 1) / (len(best["null_z"]) + 1)
        # Counted where there is something to count; else the tail is fitted, and what was seldom reached is seldom.
        self.assertLess(abs(best["calibrated"]["p_value"] - counted), 0.02 if reached >= 5 else 0.15)
        self.assertLess(best["calibrated"]["z"], best["observed_z"])
        self.assertTrue("method 1: the best of all cuts and masses" in (run / "report.html").read_text())

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


if __name__ == "__main__":
    unittest.main()
