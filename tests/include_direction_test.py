"""The include-direction check: it holds for this repository, and it catches what it is there to catch."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def check(root):
    """Exit code and error text of the checker on `root`."""
    done = subprocess.run([sys.executable, str(REPOSITORY / "tools/check_includes.py"), str(root)],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


class IncludeDirection(unittest.TestCase):
    def check_source(self, name, text):
        """The checker on a tree of one file, src/eddy/<name>."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "src/eddy" / name
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            return check(folder)

    def test_holds_for_this_repository(self):
        self.assertTrue(list((REPOSITORY / "src/eddy").rglob("*.cpp")), "there is nothing to check")
        self.assertEqual(check(REPOSITORY), (0, ""))

    def test_accepts_the_module_itself_and_those_above(self):
        text = "#include <eddy/flow/flow.hpp>\n#include <eddy/net/mlp.hpp>\n#include <eddy/base/error.hpp>\n#include <vector>\n"
        self.assertEqual(self.check_source("flow/flow.cpp", text), (0, ""))

    def test_names_file_line_and_rule_of_an_upward_include(self):
        code, message = self.check_source("net/mlp.hpp", "#pragma once\n#include <eddy/flow/flow.hpp>\n")
        self.assertEqual(code, 1)
        self.assertIn("src/eddy/net/mlp.hpp:2: 'net' includes 'flow'", message)
        self.assertIn("base < events < jets < net < flow", message)

    def test_catches_quotes_and_spaces(self):
        code, message = self.check_source("base/files.cpp", '  #  include "eddy/cli/main.hpp"\n')
        self.assertEqual(code, 1)
        self.assertIn("'base' includes 'cli'", message)

    def test_ignores_comments(self):
        self.assertEqual(self.check_source("base/files.cpp", "// #include <eddy/cli/main.hpp>\n"), (0, ""))

    def test_refuses_modules_it_does_not_know(self):
        code, message = self.check_source("utils/x.cpp", "")
        self.assertEqual(code, 1)
        self.assertIn("src/eddy/utils/x.cpp: 'utils' is no module", message)
        code, message = self.check_source("base/x.cpp", "#include <eddy/utils/x.hpp>\n")
        self.assertEqual(code, 1)
        self.assertIn("src/eddy/base/x.cpp:1: there is no module 'utils'", message)


if __name__ == "__main__":
    unittest.main()
