"""In the kernel of a notebook: what a cell shows, progress, and the button that interrupts."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from conftest import ROOT

manager = pytest.importorskip("jupyter_client.manager")
pytest.importorskip("ipykernel")
nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("matplotlib")

SETUP = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "tests" / "python")!r})
from conftest import eddy, make_events, quick_search
"""


class Kernel:
    def __init__(self, folder: Path) -> None:
        self.manager = manager.KernelManager(kernel_name="python3", connection_file=str(folder / "kernel.json"))
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, "IPYTHONDIR": str(folder / "ipython")})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        assert self.run(SETUP)[0]["status"] == "ok"

    def run(self, cell, listen=lambda message: None):
        """The reply to a cell, and what it showed."""
        messages = []

        def hear(message):
            messages.append(message)
            listen(message)

        reply = self.client.execute_interactive(cell, output_hook=hear, timeout=120)
        return reply["content"], messages

    def cpu_seconds(self) -> float:
        """Of the kernel: on a busy machine the clock says nothing."""
        fields = Path(f"/proc/{self.manager.provisioner.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def streamed(messages):
    return "".join(message["content"]["text"] for message in messages if message["msg_type"] == "stream")


def test_a_cell_shows_progress_and_the_run(kernel):
    reply, messages = kernel.run("quick_search(make_events(3000, 100)).run('shown', progress=True)")
    assert reply["status"] == "ok", reply
    lines = streamed(messages).split("\n")
    assert any(line.endswith("bump hunt: 3 of 3") for line in lines), lines
    assert len(lines) < 30, "one line is written again and again"
    (shown,) = [message["content"]["data"] for message in messages if message["msg_type"] == "execute_result"]
    assert shown["text/plain"].startswith("Run('shown'): ")
    assert shown["text/html"].count("<svg") == 2 and "<table" in shown["text/html"]


@pytest.mark.parametrize(
    "work",
    [
        "quick_search(make_events(20000, 400), classifier={'members': 40}, trees={'max_iterations': 2000, 'patience': 2000, "
        "'learning_rate': 0.001}).run('long', progress=tell)",
        "eddy.Flow(epochs=1000, progress=tell).fit({'a': range(20000), 'b': range(20000)})",
    ],
    ids=["search", "flow"],
)
def test_the_button_that_interrupts_answers_within_a_second(kernel, work):
    sent = []

    def interrupt(message):
        """Once the work tells that it is under way."""
        if message["msg_type"] == "stream" and "under way" in message["content"]["text"] and not sent:
            time.sleep(0.2)
            sent.append(kernel.cpu_seconds())
            kernel.manager.interrupt_kernel()

    cell = f"""
told = False
def tell(*_):
    global told
    if not told:
        told = True
        print("under way", flush=True)
try:
    {work}
except KeyboardInterrupt:
    print("answered at", time.process_time())
"""
    reply, messages = kernel.run(cell, interrupt)
    assert reply["status"] == "ok", reply
    answered = float(re.search(r"answered at ([\d.]+)", streamed(messages))[1])
    assert answered - sent[0] < 1
    assert kernel.run("eddy.stats.abcd(3, 10, 100, 1000, n_toys=100)")[0]["status"] == "ok", "the kernel goes on"


def test_a_notebook_of_the_examples_runs_where_it_lies(tmp_path):
    """In Jupyter itself: the cells need nothing that only `notebooks.py` would define."""
    for entry in ("data", "notebooks/resonant_search.ipynb"):
        target = tmp_path / entry
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(ROOT / "examples" / entry)
    notebook = nbformat.read(tmp_path / "notebooks" / "resonant_search.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path / "notebooks")}}).execute()
    images = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(images) == 3
