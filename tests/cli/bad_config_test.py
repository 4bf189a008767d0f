"""What eddy says to configurations and command lines it cannot use: one line that names the value and the remedy."""

import json
import os
import unittest

from workspace import CONFIG, Workspace


class BadConfiguration(Workspace):
    def in_file(self, before, after, *words, **options):
        """The configuration with one text replaced must fail with a message that names file and line of the change."""
        self.assertEqual(CONFIG.count(before), 1)
        text = CONFIG.replace(before, after)
        self.write_config(text)
        line = 1 + CONFIG[: CONFIG.index(before)].count("\n")
        return self.run_fails(*words, **options), f"search.toml:{line}:"

    def test_syntax(self):
        line, _ = self.in_file('name = "small"', 'name = "small', "search.toml:3:", "correct the TOML there")
        self.assertRegex(line, r"search\.toml:3:\d+: ")
        self.in_file("[data]\n", "[data\n", "search.toml:4:6")
        self.in_file("k = 2", "k = 2\nk = 3", "search.toml:", "correct the TOML there")

    def test_unknown_names(self):
        line, place = self.in_file("epochs = 1", "epoch = 1", "unknown key 'epoch' in [flow]", "did you mean 'epochs'?")
        self.assertIn(place, line)
        line, place = self.in_file("[folds]", "[fold]", "unknown section [fold]", "did you mean 'folds'?")
        self.assertIn(place, line)
        self.in_file("[folds]", "[zzzzzz]", "unknown section [zzzzzz]", "known are: columns, units, search")

    def test_types(self):
        for before, after, given, remedy in [("k = 2", 'k = "2"', "k = '2'", "a whole number"), ("k = 2", "k = 2.5", "k = 2.5", "a whole number"),
                                      ('name = "small"', "name = 3", "name = 3", "a text in quotes"),
                                      ("[0.1, 0.05]", "0.1", "efficiency = 0.1", "a list of numbers"),
                                      ("[0.1, 0.05]", '["a"]', "efficiency = 'a'", "a number"),
                                      ('["met"]', "[1]", "context = 1", "a list of texts in quotes"),
                                      ('"m / t"', "1", "[columns] ratio", "an expression in quotes")]:
            with self.subTest(after=after):
                line, place = self.in_file(before, after, given, remedy)
                self.assertIn(place, line)

    def test_section_that_is_a_value(self):
        self.write_config("folds = 2\n" + CONFIG.replace("[folds]\nk = 2", ""))
        self.run_fails("search.toml:1:", "'folds' must be a section, [folds]")

    def test_ranges_and_choices(self):
        for before, after, words in [("k = 2", "k = 1", ["[folds] k = 1", "from 2 to 255"]), ("epochs = 1", "epochs = -1", ["epochs = -1", "at least 0"]),
                                     ("k = 2", "k = 1000", ["k = 1000", "from 2 to 255"]),
                                     ("[0.1, 0.05]", "[0.1, 1.5]", ["efficiency = 1.5", "from 0 to 1"]),
                                     ("[0.1, 0.05]", "[nan]", ["efficiency = nan", "from 0 to 1"]),
                                     ("[0.1, 0.05]", "[0.0]", ["efficiency 0", "(0, 1)"]), ("[0.1, 0.05]", "[]", ["efficiency is empty", "[0.01]"])]:
            with self.subTest(after=after):
                self.in_file(before, after, *words)
        self.run_fails('[search] method = "cwolla"', "one of: conrad", settings=["search.method=cwolla"])
        self.run_fails('[classifier] space = "y"', "one of: x, z, x_prime", settings=["classifier.space=y"])

    def test_combinations(self):
        for settings, words in [(["features.context=[]"], ["context names 0 variables", 'context = ["met"]']),
                                (['features.context=["met", "t"]'], ["context names 2 variables", "exactly one"]),
                                (["features.x=[]"], ["x is empty", 'x = ["m_j1"]']), (['features.x=["m", "m"]'], ["names 'm' twice", "remove one"]),
                                (['features.x=["m", "met"]'], ["'met' is both in", "keep it in one"]),
                                (['features.x=["m", "label"]'], ["'label' is the label", "remove one"]),
                                (["regions.signal="], ["[regions] signal is empty", "met > 1000"]), (["data.file="], ["no [data] file", "add file"]),
                                (["template.file="], ["no [template] file", "add file"]), (["search.name="], ["name is empty", "names the run folder"]),
                                (["inject.count=5"], ["[inject]", "add file"]),
                                (["inject.file=events.h5:data", "inject.count=5", "inject.s_over_sqrt_b=1"], ["count = 5", "s_over_sqrt_b = 1", "keep one"]),
                                (["classifier.members=3"], ["members = 3", "[flow] members = 2", "multiple"])]:
            with self.subTest(settings=settings):
                self.run_fails(*words, settings=settings)

    def test_expressions(self):
        for setting, words in [("regions.signal=met >", ["[regions] signal", "'met >' at its end", "column names"]),
                               ("regions.selection=met > 1 &&& t", ["[regions] selection", "'met > 1 &&& t'"]),
                               ("regions.signal=magic(met) > 1", ["'magic(met) > 1' at character 1", "functions such as sqrt"]),
                               ("regions.signal=met = 700", ["'met = 700'", "write '==' to compare"]),
                               ("columns.unused=m +", ["[columns] unused", "'m +' at its end"]),
                               ("columns.ratio=ratio2", ["no column 'ratio2'"]),
                               ("columns.ratio=2 * ratio", ["'ratio' depends on itself (ratio -> ratio)", "rename"])]:
            with self.subTest(setting=setting):
                self.run_fails(*words, settings=[setting])

    def test_circle_of_derived_columns(self):
        self.run_fails("'ratio' depends on itself (ratio -> other -> ratio)", settings=["columns.ratio=other + 1", "columns.other=ratio - 1"])

    def test_missing_file(self):
        self.run_fails("cannot read 'nothing.toml': No such file or directory", "check the path", config="nothing.toml", code=1)
        self.run_fails("cannot read '.': Is a directory", config=".", code=1)

    def test_what_is_no_file(self):
        """A pipe nobody writes to would be waited for."""
        os.mkfifo(self.folder / "pipe")
        self.run_fails("'pipe' is a pipe, not a file", "copy", config="pipe", code=1)
        self.run_fails("'/dev/zero' is a device, not a file", config="/dev/zero", code=1)
        self.run_fails("pipe' is not a regular file", settings=["data.file=pipe"], code=1)
        self.fails(["study", "pipe", "--out", "out", "--quiet"], "'pipe' is a pipe", code=1)
        (self.folder / "study.toml").write_text('[study]\nbase = "search.toml"\n[[axis]]\nkey = "data.file"\nvalues = ["pipe"]\n')
        self.fails(["study", "study.toml", "--out", "out", "--quiet"], "pipe' is not a regular file", code=1)

    def test_derived_column_as_label(self):
        self.run_fails("[data] label names 'label'", "[columns] derives label = 'm > 1'", "another name", settings=["columns.label=m > 1"])

    def test_environment_variable_that_is_not_set(self):
        self.assertNotIn("EDDY_NOT_SET", os.environ)
        self.run_fails("EDDY_NOT_SET", "not set", "export EDDY_NOT_SET=", settings=["data.file=${EDDY_NOT_SET}/a.h5"])


class BadOverride(Workspace):
    def test_names_the_override(self):
        for setting, words in [("nonsense", ["is not of the form section.key=value", "flow.epochs=10"]), ("flow=1", ["section.key=value"]),
                               ("=1", ["section.key=value"]), ("flow.epochs", ["section.key=value"]),
                               ("flow.epoch=1", ["unknown key 'epoch'", "did you mean 'epochs'?"]), ("flwo.epochs=1", ["[flwo]", "did you mean 'flow'?"]),
                               ("flow.epochs=many", ["epochs = 'many'", "a whole number"]), ("flow.epochs=", ["epochs = ''", "a whole number"]),
                               ("flow.batch_size=0", ["batch_size = 0", "at least 1"]), ("features.x=m", ["x = 'm'", "a list of texts in quotes"])]:
            with self.subTest(setting=setting):
                self.run_fails(f"--set {setting}", *words, settings=[setting])

    def test_of_several_lines_is_one_value(self):
        """The lines behind the first were read as TOML, and lost."""
        line = self.eddy("run", "search.toml", "--out", "run", "--quiet", "--set", "search.seed=2\nname = 'other'")
        self.assertEqual(line.returncode, 2)
        self.assertIn("a whole number", line.stderr)
        run = self.run_search("run", "--set", "search.name=two\nseed = 3", "--set", "features.x=[\n'm',\n't'\n]")
        result = json.loads((run / "result.json").read_text())
        self.assertEqual((result["name"], result["seed"]), ("two\nseed = 3", 1))

    def test_integers_that_no_double_holds(self):
        self.run_fails("rows = [0, 9.223372036854776e+18]", "3000", settings=["data.rows=[0, 9223372036854775807]"])

    def test_that_is_good_is_used(self):
        run = self.run_search("run", "--set", "flow.epochs=2", "--set", 'features.x=["m", "t"]', "--set", "search.name=bare text", "--set",
                              "columns.new col=m", "--set", "inject.seed=7")
        text = (run / "config.toml").read_text()
        for line in ("epochs = 2", "x = ['m', 't']", "name = 'bare text'", "'new col' = 'm'", "seed = 7"):
            self.assertIn(line, text.splitlines())


class BadCommandLine(Workspace):
    def test_commands(self):
        self.fails([], "no command is given", "run, unblind, calibrate, limit, study, tune, submit, status, features, score, inspect, report, compare, export, options", "eddy --help")
        self.fails(["rnu"], "there is no command 'rnu'", "did you mean 'run'?")
        self.fails(["xyzzy"], "there is no command 'xyzzy'", "run, unblind, calibrate, limit, study, tune, submit, status, features, score, inspect, report, compare, export, options")

    def test_options(self):
        self.fails(["run", "search.toml", "--thread", "2"], "no option '--thread'", "did you mean 'threads'?")
        self.fails(["run", "search.toml", "--threads", "two"], "--threads", "'two' is not a whole number")
        self.fails(["run", "search.toml", "--threads", "-1"], "--threads", "'-1' is not a whole number")
        self.fails(["run", "search.toml", "--seed", "1.5"], "--seed", "'1.5' is not a whole number")
        self.fails(["run", "search.toml", "--out"], "--out", "eddy run --help")
        self.fails(["run"], "config is required", "eddy run --help")
        self.fails(["run", "search.toml", "more"], "not expected: more", "eddy run --help")
        self.fails(["score", "run", "events.h5"], "--output is required", "eddy score --help")

    def test_help_and_version_are_no_errors(self):
        for arguments in (["--help"], ["run", "--help"], ["--version"]):
            done = self.eddy(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"eddy|--fresh|^\d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
