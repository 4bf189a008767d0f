"""eddy compare."""

import json
import shutil
import unittest

from workspace import Workspace


class Compare(Workspace):
    def setUp(self):
        super().setUp()
        self.run_search("first")
        self.run_search("second", "--set", "search.name=other", "--set", "classifier.reference=template")

    def compare(self, *arguments):
        """A comparison that must succeed; returns what was said on the terminal."""
        done = self.eddy("compare", *arguments)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        return done.stderr

    def read(self, folder="comparison"):
        return json.loads((self.folder / folder / "compare.json").read_text())

    def test_two_runs(self):
        said = self.compare("first", "second/")
        self.assertEqual(said, "comparison: comparison/compare.html\n")
        comparison = self.read()
        self.assertEqual([run["label"] for run in comparison["runs"]], ["small (CONRAD)", "other (CONRAD)"])
        self.assertEqual(comparison["differences"], [])
        result = json.loads((self.folder / "second/result.json").read_text())
        points = comparison["significance"][1]["points"]
        self.assertEqual([point["z"] for point in points], [point["z"] for point in result["working_points"]])
        self.assertEqual({path.name for path in (self.folder / "comparison").iterdir()}, {"compare.html", "compare.json"})
        page = (self.folder / "comparison/compare.html").read_text()
        for word in ("Comparison of 2 runs", "small (CONRAD)", "other (CONRAD)", "Same data, same region"):
            self.assertIn(word, page)

    def test_the_same_pages_from_anywhere_and_again(self):
        self.compare("first", "second", "-o", "here", "--quiet")
        page = (self.folder / "here/compare.html").read_bytes()
        self.assertEqual(self.compare("first", "second", "--output", "here", "--quiet"), "")
        self.assertEqual((self.folder / "here/compare.html").read_bytes(), page)

    def test_warns_of_other_data(self):
        self.run_search("third", "--set", "search.name=third", "--set", "regions.selection=met > 520")
        said = self.compare("first", "second", "third", "--quiet")
        self.assertRegex(said, r"^warning: The selections differ: “met > 510” in small \(CONRAD\) and other \(CONRAD\); “met > 520” in third \(CONRAD\)\.\n$")
        self.assertIn("The selections differ", (self.folder / "comparison/compare.html").read_text())
        self.assertEqual(len(self.read()["differences"]), 1)

    def test_equal_names_get_their_folders(self):
        shutil.copytree(self.folder / "first", self.folder / "copy")
        self.compare("first", "copy")
        self.assertEqual([run["label"] for run in self.read()["runs"]], ["small (CONRAD), first", "small (CONRAD), copy"])

    def test_refuses_one_run_and_none(self):
        self.fails(["compare", "first"], "'eddy compare' has one run, 'first'", "two run folders or more")
        self.fails(["compare"], "'eddy compare': runs is required")

    def test_refuses_a_run_twice(self):
        self.fails(["compare", "first", "second", "second/../first/"], "'first' and 'second/../first/' are the same run")
        (self.folder / "link").symlink_to("second")
        self.fails(["compare", "link", "second"], "'link' and 'second' are the same run")

    def test_refuses_what_is_not_finished_or_damaged(self):
        self.fails(["compare", "first", "nothing"], "'nothing' is not a finished run", "no result.json")
        result = self.folder / "second/result.json"
        whole = result.read_text()
        result.write_text(whole[:200])
        self.fails(["compare", "first", "second"], "'second/result.json' is damaged", "run 'eddy run' again", code=1)
        for text in ("{}", "[]", "1", json.dumps({**json.loads(whole), "working_points": [{}]})):
            result.write_text(text)
            self.fails(["compare", "first", "second"], "the JSON files in 'second' are not those of one run", code=1)
        result.write_text(whole)
        (self.folder / "second/run.json").unlink()
        self.fails(["compare", "first", "second"], "'second' is not a finished run", "no run.json")
        self.assertFalse((self.folder / "comparison").exists())

    def test_does_not_overwrite_foreign_files(self):
        (self.folder / "mine").mkdir()
        for text in ('{"format": "mine"}', "not even JSON"):
            (self.folder / "mine/compare.json").write_text(text)
            self.fails(["compare", "first", "second", "-o", "mine"], "'mine/compare.json' was not written by 'eddy compare'", "-o")
            self.assertEqual((self.folder / "mine/compare.json").read_text(), text)

    def test_refuses_a_folder_that_cannot_be_written(self):
        (self.folder / "file").write_text("")
        self.fails(["compare", "first", "second", "-o", "file/folder"], "file/folder", "choose another one with -o", code=1)


if __name__ == "__main__":
    unittest.main()
