"""The check of helpers' names: it holds for this repository, and it catches what it is there to catch."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def check(root):
    """Exit code and error text of the checker on `root`."""
    done = subprocess.run([sys.executable, str(REPOSITORY / "tools/check_helpers.py"), str(root)],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def source(*lines):
    """A source with `lines` in its anonymous namespace, and a function outside it."""
    return "\n".join(["namespace {", "", *lines, "", "}  // namespace", "", "int size() { return 1; }"])


class Helpers(unittest.TestCase):
    def check_tree(self, files):
        """The checker on a tree of `files`, name -> text."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / "src/eddy" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return check(folder)

    def test_holds_for_this_repository(self):
        self.assertTrue(list((REPOSITORY / "src/eddy").rglob("*.cpp")), "there is nothing to check")
        self.assertEqual(check(REPOSITORY), (0, ""))

    def test_names_both_sources_and_the_remedy(self):
        code, message = self.check_tree({
            "stats/abcd.cpp": source("double sum_of(double a, double b) { return a + b; }"),
            "stats/cls.cpp": source("/// Of all.", "std::vector<double> sum_of(const Toys& toys,",
                                    "                           std::size_t first) {", "  return {};", "}")})
        self.assertEqual(code, 1)
        self.assertEqual(len(message.splitlines()), 1, message)
        for words in ("src/eddy/stats: abcd.cpp and cls.cpp", "'sum_of'", "rename one"):
            self.assertIn(words, message)

    def test_sees_templates(self):
        template = source("template <class T>", "std::optional<T> first_of(const std::vector<T>& values) {",
                          "  return {};", "}")
        self.assertEqual(self.check_tree({"net/a.cpp": template, "net/b.cpp": template})[0], 1)

    def test_a_type_with_parentheses_is_no_name(self):
        files = {f"net/{name}.cpp": source(f"std::function<double(double)> {name}(int n) {{ return {{}}; }}")
                 for name in ("rising", "falling")}
        self.assertEqual(self.check_tree(files), (0, ""))

    def test_what_each_source_may_have(self):
        text = source("constexpr double kTie = std::max(1.0, 2.0);", "using Size = decltype(size());",
                      "static_assert(true);", "", "struct Walk {", "  void add(int value);", "};")
        self.assertEqual(self.check_tree({"base/a.cpp": text, "base/b.cpp": text}), (0, ""))

    def test_folders_and_modules_of_their_own(self):
        text = source("int count() { return 1; }")
        files = {"search/a.cpp": text, "search/quak/a.cpp": text, "report/a.cpp": text}
        self.assertEqual(self.check_tree(files), (0, ""))
        singly = {"net/CMakeLists.txt": "eddy_module(net SINGLY\n  SOURCES a.cpp b.cpp)", "net/a.cpp": text,
                  "net/b.cpp": text}
        self.assertEqual(self.check_tree(singly), (0, ""))


if __name__ == "__main__":
    unittest.main()
