"""Blind searches of every family from the command line: nothing of the signal region is in any file until it is opened, and then all is as if
it had never been closed."""

import json
import re
import shutil
import signal
import unittest

import h5py
import numpy as np

import extrapolation_test
from workspace import BUMP, CONFIG, RUN_FILES, Workspace, artefacts, events, write

# Validated by default: what was closed must be corrected as what never was.
EXTRAPOLATION = (extrapolation_test.CONFIG.replace("[validation]\nexperiments = 0\n", "").replace("events.h5:simulation", "events.h5:template")
                 .replace('["ht", "met"]', '["met"]').replace("ht > 300 && met > 50", "met > 700"))

QUAK = """
[search]
method = "quak"
name = "losses"
[data]
file = "events.h5:data"
label = "label"
[background]
file = "events.h5:template"
[[prior]]
name = "up"
file = "events.h5:signal"
[[evaluate]]
name = "upward"
file = "events.h5:signal"
[features]
context = ["met"]
x = ["m", "t"]
[vae]
hidden = [8]
latent = 1
flow_layers = 1
epochs = 2
[quak]
preselection = 0.5
categories = 2
scan = [550, 900]
scan_points = 3
fit_range = [520, 1000]
bins = 12
toys = 5
background_cuts = [0.5]
prior_cuts = [0.5]
[supervised]
epochs = 2
"""

# Of each family a configuration, the file of its data, their context and features, and the signal region.
TAIL = "events.h5", "data/met", ("data/m", "data/t")
MASS = "masses.h5", "mjj", ("x1", "x2"), (3300, 3700)
FAMILIES = {
    "conrad": (CONFIG, *TAIL, (700, 1e9)),
    "generate": (EXTRAPOLATION, *TAIL, (700, 1e9)),
    "quak": (QUAK + '[regions]\nsignal = "met > 550"\n', *TAIL, (550, 1e9)),
    "quak without a region": (QUAK, *TAIL, (0, 1e9)),
    "cwola": (BUMP, *MASS),
    "lacathode": (BUMP.replace("cwola", "lacathode") + "[gate]\nauc_limit = 0.6\n", *MASS),
    "anode": (BUMP.replace("cwola", "anode"), *MASS),
    "transport": (BUMP.replace("cwola", "transport"), *MASS),
    "r_anode": (BUMP.replace("cwola", "r_anode"), *MASS),
}
# What tells one run from another, whatever they found: times, and how fast it went.
TIMES = re.compile(rb'^.*\bprogress\b.*\n|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|\b\d+(\.\d+)? s\b|"(wall_seconds|cpu_seconds|peak_memory_mb)": [\d.]+'
                   rb'|<th scope="row">(wall_seconds|cpu_seconds|peak_memory_mb)</th><td>[^<]*</td>'
                   rb'|"cpu_stages": \{(?:[^{}]|\{[^{}]*\})*\}|<tr><th scope="row">cpu_stages[^<]*</th><td[^>]*>[^<]*</td></tr>\n?| of CPU: [^)]*', re.MULTILINE)


def closed(text):
    return text.replace("[search]\n", "[search]\nblind = true\n", 1)


class Blind(Workspace):
    def setUp(self):
        super().setUp()
        self.tables["signal"] = events(7, 1500)
        self.tables["signal"]["m"] = self.tables["signal"]["m"] + 2
        write(self.folder / "events.h5", self.tables)
        self.write_masses()

    def change_signal_region(self, file, context, features, window):
        """Other features for the data of the signal region, in place, and other contexts inside of it."""
        rng = np.random.default_rng(11)
        with h5py.File(self.folder / file, "r+") as table:
            values = table[context][:]
            inside = (values > window[0]) & (values < window[1])
            self.assertTrue(inside.any())
            for name in features:
                table[name][:] = np.where(inside, rng.normal(50, 3, inside.size), table[name][:]).astype("f4")
            lowest, highest = values[inside].min(), values[inside].max()
            table[context][:] = np.where(inside, rng.uniform(lowest, highest, inside.size), values).astype("f4")

    def result(self, run="run"):
        return json.loads((self.folder / run / "result.json").read_text())

    def files(self, run, hashes):
        """Every file of a run folder, without times and hashes of its inputs."""
        contents = {}
        for path in sorted((self.folder / run).rglob("*")):
            if path.is_file():
                content = TIMES.sub(b"", path.read_bytes())
                for sha256 in hashes:
                    content = content.replace(sha256.encode(), b"").replace(sha256[:12].encode(), b"")
                contents[str(path.relative_to(self.folder / run))] = content
        return contents

    def unblind(self, run="run"):
        done = self.eddy("unblind", run)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def same_numbers(self, first, second):
        """Two results but for what they say of the opening."""
        results = [self.result(run) for run in (first, second)]
        for result in results:
            result.pop("blinding")
        self.assertEqual(*results)
        for name in ("figures.json", "scores.h5"):
            self.assertEqual((self.folder / first / name).read_bytes(), (self.folder / second / name).read_bytes(), name)

    def test_nothing_of_the_signal_region_is_in_any_file(self):
        for name, (config, file, context, features, window) in FAMILIES.items():
            with self.subTest(name):
                shutil.rmtree(self.folder / "first", ignore_errors=True)
                shutil.rmtree(self.folder / "other", ignore_errors=True)
                self.write_config(closed(config))
                original = (self.folder / file).read_bytes()
                self.run_search("run", "--threads", "2").rename(self.folder / "first")
                first = self.result("first")
                self.assertEqual(first["setup"]["blind"], True)
                self.assertEqual(first["blinding"], {"state": "blind", "unblinded": None, "changed": []})
                self.assertEqual(first["verdict"]["kind"], "blind")
                self.assertEqual(first["working_points"], [])
                self.assertIsNone(first["inputs"][0]["n_read"])  # less those that are left: the closed ones
                self.assertFalse((self.folder / "first" / "scores.h5").exists())
                self.assertIn("The signal region is closed", (self.folder / "first" / "report.html").read_text(encoding="utf-8"))
                self.change_signal_region(file, context, features, window)
                self.run_search("run", "--threads", "2").rename(self.folder / "other")
                other = self.result("other")
                hashes = {record["sha256"] for result in (first, other) for record in result["inputs"]}
                for run in ("first", "other"):  # of results with those of the inputs in them
                    hashes |= set(json.loads((self.folder / run / "run.json").read_text())["sha256"].values())
                self.assertNotEqual(first["inputs"][0]["sha256"], other["inputs"][0]["sha256"])
                a, b = self.files("first", hashes), self.files("other", hashes)
                self.assertEqual(set(a), set(b))
                for path, content in a.items():
                    self.assertEqual(content, b[path], path)
                (self.folder / file).write_bytes(original)

    def test_opened_searches_are_as_if_they_had_never_been_closed(self):
        for name, (config, *_) in FAMILIES.items():
            with self.subTest(name):
                for run in ("run", "open"):
                    shutil.rmtree(self.folder / run, ignore_errors=True)
                self.write_config(closed(config))
                blind = self.run_search()
                config_before = self.result()["config_sha256"]
                trained = artefacts(blind)
                self.unblind()
                after = artefacts(blind)
                for task, time in trained.items():
                    self.assertEqual(after[task], time, f"{task} was trained again")
                self.run_search("open", "--set", "search.blind=false")
                self.same_numbers("run", "open")
                opened, never = self.result(), self.result("open")
                self.assertEqual(never["blinding"], {"state": "never_blinded", "unblinded": None, "changed": []})
                self.assertEqual(opened["blinding"]["state"], "unblinded")
                self.assertEqual(opened["blinding"]["changed"], [])
                record = opened["blinding"]["unblinded"]
                self.assertEqual(record["config_sha256"], config_before)
                self.assertEqual(record["config_sha256"], opened["config_sha256"])
                self.assertRegex(record["time"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$")
                self.assertEqual(json.loads((blind / "unblinding.json").read_text())["time"], record["time"])
                self.assertIn("was opened " + record["time"], (blind / "report.html").read_text(encoding="utf-8"))
                self.assertIn("never blinded", (self.folder / "open" / "report.html").read_text(encoding="utf-8"))

    def test_windows_are_tried_beside_the_closed_region(self):
        """They are what the opened search finds, and know nothing of the region."""
        odd = BUMP.replace("mjj > 3300 && mjj < 3700", "mjj > 3333.33 && mjj < 3666.66")  # sparse data know rounder borders
        families = {**{name: FAMILIES[name] for name in ("conrad", "lacathode", "generate")}, "odd borders": (odd, *MASS[:3], (3333.33, 3666.66))}
        for name, (config, file, context, features, window) in families.items():
            with self.subTest(name):
                for run in ("run", "other"):
                    shutil.rmtree(self.folder / run, ignore_errors=True)
                self.write_config(closed(config).replace("[validation]\nexperiments = 0\n", ""))
                settings = ["--set", "validation.experiments=2", "--set", "validation.windows=2"]
                plan = self.eddy("run", "search.toml", *settings, "--plan")
                self.assertIn("validation windows", plan.stdout)
                run = self.run_search("run", *settings)
                validation = self.result()["validation"]
                self.assertEqual(validation["experiments"], 0)
                self.assertEqual([cut["correction"] for cut in validation["cuts"]], [None] * len(validation["cuts"]))
                tried = validation["windows"]
                self.assertTrue(any(one["cuts"] for one in tried), tried)
                self.assertTrue(any(cut["windows"] for cut in validation["cuts"]), validation)
                self.assertIn("beside the closed signal region see", (run / "log.txt").read_text(encoding="utf-8"))
                self.assertIn("once the region is opened", (run / "report.html").read_text(encoding="utf-8"))
                computed = {task: time for task, time in artefacts(run).items() if "window" in str(task)}
                self.assertEqual(len(computed), len(tried))
                self.unblind()
                self.assertEqual(self.result()["validation"]["windows"], tried)
                after = artefacts(run)
                self.assertEqual({task: time for task, time in after.items() if "window" in str(task)}, computed)
                self.change_signal_region(file, context, features, window)
                self.run_search("other", *settings)
                self.assertEqual(self.result("other")["validation"]["windows"], tried)

    def test_what_cannot_be_opened(self):
        self.fails(["unblind", "nowhere"], "'nowhere' is not a finished run")
        self.run_search("open")
        self.fails(["unblind", "open"], "'open' was never blind", "nothing to open")
        self.write_config(closed(CONFIG))
        run = self.run_search()
        (run / "result.json").rename(run / "away.json")
        self.fails(["unblind", "run"], "'run' is not a finished run", "result.json")
        (run / "away.json").rename(run / "result.json")
        before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
        events_before = (self.folder / "events.h5").read_bytes()
        self.change_signal_region("events.h5", "data/met", ("data/m",), (700, 1e9))
        self.fails(["unblind", "run", "--quiet"], "the data", "is not what 'run' was searched with")
        self.assertEqual({path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}, before)
        (self.folder / "events.h5").write_bytes(events_before)
        config = (run / "config.toml").read_text()
        (run / "config.toml").write_text(config.replace("epochs = 1", "epochs = 2", 1))
        self.fails(["unblind", "run"], "config.toml", "it was changed afterwards")
        (run / "config.toml").write_text(config)
        self.unblind()
        self.fails(["unblind", "run"], "is open since", "UTC")

    def test_a_changed_setting_is_stated_whatever_removed_the_run(self):
        self.write_config(closed(CONFIG))
        run = self.run_search()
        self.unblind()
        record = (run / "unblinding.json").read_bytes()
        self.fails(["run", "search.toml", "--out", "run"], "holds a run with another configuration", "cannot be closed again")
        self.run_search("run", "--fresh", "--set", "search.blind=false", "--set", "flow.epochs=2")
        self.assertEqual((run / "unblinding.json").read_bytes(), record)
        blinding = self.result()["blinding"]
        self.assertEqual(blinding["state"], "unblinded")
        self.assertEqual(blinding["changed"], ["[flow] epochs = 2, before: 1"])
        self.assertIn("[flow] epochs = 2, before: 1", (run / "report.html").read_text(encoding="utf-8"))
        # Blind in name only.
        self.run_search("run", "--fresh", "--set", "flow.epochs=3")
        again = self.result()["blinding"]
        self.assertEqual(again["state"], "blind")
        self.assertEqual(again["unblinded"], blinding["unblinded"])
        self.assertEqual(again["changed"], ["[flow] epochs = 3, before: 1"])
        self.unblind()
        self.assertEqual((run / "unblinding.json").read_bytes(), record)
        self.assertEqual(self.result()["blinding"]["changed"], ["[flow] epochs = 3, before: 1"])
        # Other events are a change too.
        self.change_signal_region("events.h5", "data/met", ("data/m",), (700, 1e9))
        self.run_search("run", "--fresh", "--set", "search.blind=false")
        changed = self.result()["blinding"]["changed"]
        self.assertTrue(changed)
        self.assertTrue(all(line.startswith("[inputs] ") and "before: events.h5" in line for line in changed), changed)
        (run / "unblinding.json").write_text("{}")
        self.fails(["run", "search.toml", "--out", "run", "--set", "search.blind=false", "--quiet"], "unblinding.json", "restore it", code=1)

    def test_a_region_that_was_open_is_not_forgotten(self):
        self.run_search()
        self.assertEqual({path.name for path in (self.folder / "run").iterdir()}, RUN_FILES)
        self.run_search("run", "--fresh", "--set", "search.blind=true")
        blinding = self.result()["blinding"]
        self.assertEqual(blinding["state"], "blind")
        self.assertEqual(blinding["unblinded"]["was_blind"], False)
        self.assertIn("by a search that was not blind", (self.folder / "run" / "report.html").read_text(encoding="utf-8"))

    def test_opening_that_is_killed_leaves_the_blind_or_the_open_result(self):
        self.write_config(closed(CONFIG))
        self.run_search("blind")
        self.run_search("open", "--set", "search.blind=false")
        n_tasks = len(artefacts(self.folder / "open"))
        for moment in range(len(artefacts(self.folder / "blind")), n_tasks + 1):
            shutil.rmtree(self.folder / "run", ignore_errors=True)
            shutil.copytree(self.folder / "blind", self.folder / "run")
            process = self.start("unblind", "run", "--quiet")
            self.wait_for(lambda: (self.folder / "run" / "unblinding.json").exists() and len(artefacts(self.folder / "run")) >= moment, process)
            process.send_signal(signal.SIGKILL)
            process.wait()
            result = self.result()
            if result["setup"]["blind"]:
                self.assertEqual(result, self.result("blind"))
                self.fails(["score", "run", "events.h5:data", "-o", "x.h5"], "'run' is blind")
                self.unblind()
            else:
                self.assertEqual(self.eddy("run", "run/config.toml", "--out", "run").returncode, 0)
            self.same_numbers("run", "open")
            self.assertEqual(self.result()["blinding"]["state"], "unblinded")

    def test_the_record_is_written_before_anything_of_the_region_is_looked_at(self):
        self.write_config(closed(CONFIG))
        run = self.run_search()
        done = self.eddy("unblind", "run", "--store", "/proc/nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("in the signal region", done.stdout + done.stderr)
        self.assertFalse((run / "unblinding.json").exists())
        log = (run / "log.txt").read_text()
        (run / "log.txt").unlink()
        (run / "log.txt").mkdir()
        done = self.eddy("run", "search.toml", "--out", "run", "--set", "search.blind=false")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("in the signal region", done.stdout + done.stderr)
        (run / "log.txt").rmdir()
        (run / "log.txt").write_text(log)
        self.run_search("run", "--set", "search.blind=false")  # as after a kill: config.toml says that it is open
        self.assertEqual(self.result()["blinding"]["state"], "unblinded")

    def test_an_edited_configuration_opens_on_record(self):
        self.write_config(closed(CONFIG))
        run = self.run_search()
        config = (run / "config.toml").read_text()
        self.assertIn("blind = true", config)
        (run / "config.toml").write_text(config.replace("blind = true", "blind = false"))
        done = self.eddy("run", "run/config.toml", "--out", "run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.result()["blinding"]["state"], "unblinded")
        said = done.stdout + done.stderr
        self.assertLess(said.index("is open from here on"), said.index("in the signal region)"))

    def test_no_setting_counts_the_closed_events(self):
        self.write_config(closed(CONFIG))
        with h5py.File(self.folder / "events.h5", "r+") as table:
            inside = np.flatnonzero(table["data/met"][:] > 700)
            for row in inside[:-3]:
                table["data/m"][row] = np.nan
        self.assertEqual(self.run_search("run").name, "run")
        self.fails(["unblind", "run", "--quiet"], "NaN or infinite")
        self.assertTrue((self.folder / "run" / "unblinding.json").exists())

    def test_a_study_that_opens_says_so(self):
        self.write_config(closed(CONFIG))
        self.write_config('[study]\nname = "s"\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2]\n', "study.toml")
        self.assertEqual(self.eddy("study", "study.toml", "--out", "study").returncode, 0)
        self.assertFalse((self.folder / "study" / "unblinding.json").exists())
        done = self.eddy("study", "study.toml", "--out", "study", "--set", "search.blind=false")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("is open from here on", done.stdout + done.stderr)
        self.assertTrue(json.loads((self.folder / "study" / "unblinding.json").read_text())["was_blind"])

    def test_stage_is_another_name_of_the_same(self):
        self.write_config(EXTRAPOLATION)
        self.assertEqual(self.result(self.run_search("default"))["blinding"]["state"], "blind")
        run = self.run_search("default", "--stage", "sr")
        self.assertEqual(self.result(run)["blinding"]["state"], "unblinded")
        self.write_config(EXTRAPOLATION.replace("[extrapolation]", '[extrapolation]\nstage = "sr"'))
        self.assertEqual(self.result(self.run_search("file"))["blinding"]["state"], "never_blinded")
        self.assertEqual(self.result(self.run_search("cr", "--set", "extrapolation.stage=cr"))["blinding"]["state"], "blind")
        self.write_config(closed(EXTRAPOLATION).replace("[extrapolation]", '[extrapolation]\nstage = "sr"'))
        self.run_fails('stage = "sr" contradicts [search] blind = true', "remove the stage")
        self.write_config(EXTRAPOLATION.replace("[extrapolation]", '[extrapolation]\nstage = "half"'))
        self.run_fails('stage must be "cr" or "sr"', "[search] blind")
        self.write_config(CONFIG)
        self.fails(["run", "search.toml", "--stage", "sr", "--set", "search.blind=true"], "--stage sr contradicts --set search.blind=true")
        self.assertEqual(self.result(self.run_search("tail", "--stage", "cr"))["blinding"]["state"], "blind")

    def test_other_commands_say_so(self):
        self.write_config(closed(CONFIG))
        run = self.run_search()
        self.fails(["score", "run", "events.h5:data", "-o", "x.h5"], "the run 'run' is blind", "eddy unblind run")
        self.fails(["calibrate", "run"], "signal region of 'run' is closed", "eddy unblind run")
        self.assertEqual(self.eddy("report", "run").returncode, 0)
        self.assertIn("blinded</td>", (run / "report.html").read_text(encoding="utf-8"))
        self.run_search("open", "--set", "search.blind=false")
        done = self.eddy("compare", "run", "open", "-o", "both")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("is blind: the signal region is closed", (self.folder / "both" / "compare.html").read_text(encoding="utf-8"))
        self.write_config('[study]\nname = "s"\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2]\n', "study.toml")
        done = self.eddy("study", "study.toml", "--out", "study")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 of 2 searches are blind", done.stderr + done.stdout)
        self.fails(["run", "search.toml", "--out", "new", "--quiet", "--set", "inject.file=events.h5:signal", "--set", "inject.s_over_sqrt_b=2"],
                   "[inject] s_over_sqrt_b = 2", "which is closed")


if __name__ == "__main__":
    unittest.main()
