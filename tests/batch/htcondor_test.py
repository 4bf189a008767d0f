"""HTCondor's own parser reads the submit descriptions and the DAG file of `eddy submit --batch htcondor`, and finds in them the
commands that were meant, whatever is in the names of folders. Runs in build/venv/batch, which `./dev test` makes."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PYTHON = REPOSITORY / "build/venv/batch/bin/python"
os.environ["CONDOR_CONFIG"] = "/dev/null"  # there is no pool
os.environ["PATH"] += f":{Path(__file__).parent / 'fake'}"

try:
    import htcondor2
except ImportError:
    if Path(sys.prefix) != PYTHON.parent.parent and PYTHON.exists():
        # The modules of Debian too: the test's own files are written with h5py.
        environment = {**os.environ, "PYTHONPATH": "/usr/lib/python3/dist-packages"}
        os.execve(PYTHON, [str(PYTHON), *sys.argv], environment)
    print(f"skipped: there is no htcondor in {PYTHON.parent.parent}; ./dev test installs it")
    sys.exit(0)

sys.path.insert(0, str(REPOSITORY / "tests/cli"))

from workspace import Workspace  # noqa: E402


def split_arguments(text):
    """The manual of condor_submit, "arguments", new syntax: double quotes around all, single ones around words with blanks."""
    assert text[0] == text[-1] == '"', text
    words, word, quoted, i = [], None, False, 1
    while i < len(text) - 1:
        c = text[i]
        if c == '"':
            assert text[i + 1] == '"' and i + 1 < len(text) - 1, text
            i += 1
        if c == "'":
            if quoted and text[i + 1] == "'":
                i += 1
            else:
                quoted, word, c = not quoted, word or "", ""
        elif c == " " and not quoted:
            if word is not None:
                words.append(word)
            word, c = None, None
        if c is not None:
            word = (word or "") + c
        i += 1
    return words + ([word] if word is not None else [])


class HTCondor(Workspace):
    def files(self, *arguments):
        """What would be submitted, by name."""
        done = self.eddy("submit", *arguments, "--batch", "htcondor", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        text, _, command = done.stdout.rstrip().rpartition("\n\n")
        self.assertEqual(command, "condor_submit_dag -f eddy.dag")
        parts = [part.split("\n", 1) for part in text.split("==> ")[1:]]
        return {Path(path).name: content.rstrip() + "\n" for path, content in parts}

    def description(self, text):
        """A submit description as HTCondor reads it."""
        description = htcondor2.Submit(text)
        self.assertGreater(len(description), 5)
        return description

    def test_a_search_and_its_experiments(self):
        for name in ("plain", "my run", 'it\'s "quoted"', "$(HOME) $ENV(PATH)", "100%"):
            with self.subTest(name):
                run = self.folder / name
                files = self.files(
                    "search.toml",
                    "--out",
                    name,
                    "--experiments",
                    40,
                    "--processes",
                    8,
                    "--threads",
                    2,
                    "--memory",
                    3000,
                    "--time",
                    "7200",
                    "--batch-option",
                    '+JobFlavour = "longlunch"',
                )
                self.assertEqual(set(files), {"search.sub", "found.sub", "experiments.sub", "result.sub", "eddy.dag"})
                experiments = self.description(files["experiments.sub"])
                self.assertEqual(experiments.getQArgs(), "8")
                self.assertEqual(
                    split_arguments(experiments.expand("arguments")),
                    ["calibrate", str(run), "--experiments", "40", "--tasks-only", "--threads", "2"],
                )
                self.assertEqual(Path(experiments.expand("executable")), Path(os.environ["EDDY"]).resolve())
                self.assertEqual(Path(experiments.expand("output")).parent, run / "batch/log")
                self.assertEqual(experiments.expand("initialdir"), str(self.folder))
                self.assertEqual(
                    (experiments["request_cpus"], experiments["request_memory"], experiments["should_transfer_files"]),
                    ("2", "3000", "NO"),
                )
                self.assertIn("EDDY_BATCH_JOB=", experiments.expand("environment"))
                self.assertEqual(experiments["My.JobFlavour"], '"longlunch"')
                result = self.description(files["result.sub"])
                self.assertEqual(result.getQArgs(), "1")
                self.assertNotIn("--tasks-only", split_arguments(result.expand("arguments")))
                self.is_a_dag(files, [("search", "found"), ("found", "experiments"), ("experiments", "result")])
        self.assertEqual([path.name for path in self.folder.iterdir() if path.is_dir()], [], "a dry run wrote something")

    def is_a_dag(self, files, order):
        """HTCondor takes the DAG file, and it says this order."""
        folder = Path(tempfile.mkdtemp(prefix="eddy-dag-"))
        self.addCleanup(shutil.rmtree, folder)
        for name, text in files.items():
            (folder / name).write_text(text)
        dag = htcondor2.Submit.from_dag(str(folder / "eddy.dag"), {"force": True})  # raises for a line that is none
        self.assertIn("-Dag", dag["arguments"])
        lines = [line.split() for line in files["eddy.dag"].splitlines() if line]
        jobs = {line[1]: line[2] for line in lines if line[0] == "JOB"}
        self.assertEqual(set(jobs.values()), {name for name in files if name.endswith(".sub")})
        self.assertEqual([(line[1], line[3]) for line in lines if line[0] == "PARENT"], order)
        (folder / "eddy.dag").write_text(files["eddy.dag"] + "AFTERWARDS result\n")
        with self.assertRaises(htcondor2.HTCondorException):  # it does look
            htcondor2.Submit.from_dag(str(folder / "eddy.dag"), {"force": True})

    def test_a_run_and_a_study(self):
        self.run_search("run")
        files = self.files("run", "--experiments", 10)
        self.is_a_dag(files, [("experiments", "result")])
        self.write_config('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2, 3]\n', "study.toml")
        files = self.files("study.toml", "--out", "my study", "--set", "regions.signal=met > 710")
        self.assertEqual(self.description(files["points.sub"]).getQArgs(), "3")
        words = split_arguments(self.description(files["table.sub"]).expand("arguments"))
        self.assertEqual(words[words.index("--set") + 1], "regions.signal=met > 710")
        self.is_a_dag(files, [("points", "table")])


if __name__ == "__main__":
    unittest.main()
