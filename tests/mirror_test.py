"""The mirror check: it holds for this repository, and it catches what it is there to catch."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def check(root):
    """Exit code and error text of the checker on `root`."""
    done = subprocess.run([sys.executable, str(REPOSITORY / "tools/check_mirror.py"), str(root)],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


class Mirror(unittest.TestCase):
    def check_tree(self, files, through=""):
        """The checker on a tree of empty `files` and the list `through`."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name in files:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).touch()
            (root / "tools").mkdir(exist_ok=True)
            (root / "tools/tested_through.txt").write_text("# source   test\n\n" + through, encoding="utf-8")
            (root / "tests").mkdir(exist_ok=True)
            return check(folder)

    def refused(self, files, through, *words):
        code, message = self.check_tree(files, through)
        self.assertEqual(code, 1)
        self.assertEqual(len(message.splitlines()), 1, message)
        for word in words:
            self.assertIn(word, message)

    def test_holds_for_this_repository(self):
        self.assertTrue(list((REPOSITORY / "src/eddy").rglob("*.cpp")), "there is nothing to check")
        self.assertEqual(check(REPOSITORY), (0, ""))

    def test_accepts_tests_in_either_language_and_the_list(self):
        files = ["src/eddy/net/adam.cpp", "tests/net/adam_test.cpp", "src/eddy/cli/run.cpp", "tests/cli/run_test.py",
                 "src/eddy/events/zip.cpp", "tests/events/read_test.cpp"]
        self.assertEqual(self.check_tree(files, "events/zip.cpp   events/read_test.cpp\n"), (0, ""))

    def test_headers_and_kernels_need_none(self):
        self.assertEqual(self.check_tree(["src/eddy/net/simd.hpp", "src/eddy/net/kernels/dense.cpp"]), (0, ""))

    def test_names_a_source_without_a_test_and_the_remedy(self):
        self.refused(["src/eddy/net/adam.cpp", "tests/events/adam_test.cpp"], "", "src/eddy/net/adam.cpp has no test",
                     "write tests/net/adam_test.cpp", "tools/tested_through.txt")

    def test_names_lines_of_the_list_that_are_out_of_date(self):
        both = ["src/eddy/net/adam.cpp", "tests/net/adam_test.cpp"]
        self.refused(both, "net/adam.cpp net/adam_test.cpp\n", "has a test of its own now", "remove it")
        self.refused(both, "net/sgd.cpp net/adam_test.cpp\n", "src/eddy/net/sgd.cpp, which is not there")
        self.refused(["src/eddy/net/adam.cpp"], "net/adam.cpp net/training_test.cpp\n",
                     "tests/net/training_test.cpp, which is not there")


if __name__ == "__main__":
    unittest.main()
