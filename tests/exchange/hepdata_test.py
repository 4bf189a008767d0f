"""Records of runs are valid for the validator of HEPData, and their tables hold the numbers of the figures.

usage: hepdata_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt)
"""

import json
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import yaml
from hepdata_validator.full_submission_validator import FullSubmissionValidator

FOLDER = Path(sys.argv.pop())
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C, where there is one
RUNS = ("conrad", "dijet", "generate", "quak")


def record(run):
    return FOLDER / run / "export" / "hepdata" / "record"


def tables(run):
    """Name of each table -> its data, and the descriptions in submission.yaml."""
    documents = list(yaml.load_all((record(run) / "submission.yaml").read_text(), Loader=LOADER))
    return {one["name"]: yaml.load((record(run) / one["data_file"]).read_text(), Loader=LOADER) for one in documents[1:]}


class Hepdata(unittest.TestCase):
    def test_the_validator_takes_records_of_every_family(self):
        for run in RUNS:
            with self.subTest(run=run):
                validator = FullSubmissionValidator()
                valid = validator.validate(directory=str(record(run)))
                self.assertTrue(valid, validator.get_messages())

    def test_the_archive_is_the_record(self):
        with tempfile.TemporaryDirectory() as folder, tarfile.open(record("conrad").parent / "record.tar.gz") as archive:
            archive.extractall(folder)
            files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        self.assertEqual(files, {path.name: path.read_bytes() for path in record("conrad").iterdir()})

    def test_the_validator_refuses_what_is_wrong(self):
        with tempfile.TemporaryDirectory() as folder:
            for path in record("conrad").iterdir():
                (Path(folder) / path.name).write_bytes(path.read_bytes())
            text = (Path(folder) / "sic.yaml").read_text()
            (Path(folder) / "sic.yaml").write_text(text.replace('"dependent_variables"', '"dependent"', 1))
            self.assertFalse(FullSubmissionValidator().validate(directory=folder))

    def test_every_figure_with_numbers_has_tables(self):
        for run in ("dijet", "quak"):
            figures = json.loads((FOLDER / run / "figures.json").read_text())["figures"]
            names = set(tables(run))
            for figure in figures:
                self.assertIn(figure["id"], names, run)

    def test_columns_have_one_length_and_numbers_are_those_of_the_figure(self):
        for run in ("conrad", "quak"):
            for name, table in tables(run).items():
                lengths = {len(column["values"]) for key in table for column in table[key]}
                self.assertEqual(len(lengths), 1, f"{run}: {name}")
        figure = next(one for one in json.loads((FOLDER / "conrad/figures.json").read_text())["figures"] if one["id"] == "excess")
        data = next(trace for trace in figure["panels"][0]["traces"] if trace["name"] == "data")
        table = tables("conrad")["excess"]
        column = next(one for one in table["dependent_variables"] if one["qualifiers"][0]["value"] == "data")
        self.assertEqual([value["value"] for value in column["values"]], [y if y is not None else "-" for y in data["y"]])
        first = column["values"][0]
        self.assertAlmostEqual(first["value"] + first["errors"][0]["asymerror"]["plus"], data["high"][0], places=6)
        self.assertAlmostEqual(first["value"] + first["errors"][0]["asymerror"]["minus"], data["low"][0], places=6)
        self.assertEqual(set(table["independent_variables"][0]["values"][0]), {"low", "high"})

    def test_working_points_are_those_of_the_result(self):
        table = tables("conrad")["working points"]
        points = json.loads((FOLDER / "conrad/result.json").read_text())["working_points"]
        columns = {column["header"]["name"]: column["values"] for column in table["dependent_variables"]}
        for i, point in enumerate(points):
            self.assertEqual(columns["Z"][i]["value"], point["z"])
            self.assertEqual(columns["Predicted background"][i]["errors"][0]["symerror"], point["predicted_error"])
            expected = columns["Expected upper limit at 95 % CL"][i]
            self.assertAlmostEqual(
                expected["value"] + expected["errors"][1]["asymerror"]["plus"],
                point["expected_upper_limit"]["plus_2_sigma"],
                places=9,
            )

    def test_limit_and_configuration_are_there(self):
        self.assertIn("limits", tables("conrad"))
        config = (FOLDER / "conrad/config.toml").read_text()
        self.assertIn(f"'{FOLDER}/", config)
        self.assertEqual((record("conrad") / "config.toml").read_text(), config.replace(f"'{FOLDER}/", "'"))


if __name__ == "__main__":
    unittest.main()
