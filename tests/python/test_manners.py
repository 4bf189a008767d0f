"""How the package behaves: Ctrl-C, other threads, forks, progress and the logger."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import make_events, quick_search

import eddy

LONG = {
    "classifier": {"members": 40},
    "trees": {"max_iterations": 2000, "patience": 2000, "learning_rate": 0.001},
}
"""Minutes, if nobody stops it."""


def n_threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def threads_left(expected: int) -> int:
    """How many threads there are, a little later: the system still lists one for a moment after it was joined."""
    end = time.monotonic() + 2
    while n_threads() > expected and time.monotonic() < end:
        time.sleep(0.01)
    return n_threads()


def interrupt_within_a_second(work: Callable[[], object]) -> None:
    """Ctrl-C half a second after `work` began, which answers within one that all threads work together: on a busy machine
    the clock says nothing."""
    sent = []

    def interrupt():
        time.sleep(0.5)
        sent.append(time.process_time())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.process_time() - sent[0] < 1
    thread.join()


def z_of(folder: str) -> float:
    """A search in another process."""
    run = quick_search(make_events(3000, 100)).run(folder)
    assert threads_left(1) == 1
    return run.working_points[0.1].z


@pytest.fixture(scope="module")
def z(tmp_path_factory):
    return quick_search(make_events(3000, 100)).run(tmp_path_factory.mktemp("z") / "run").working_points[0.1].z


def test_interrupts_are_answered_within_a_second_and_the_search_goes_on_later(tmp_path):
    search = quick_search(make_events(20000, 400), **LONG)
    search.run(tmp_path / "warm", {"classifier.members": 2, "trees.max_iterations": 2})  # nothing else starts for the first time
    before = n_threads()
    interrupt_within_a_second(lambda: search.run(tmp_path / "run"))
    assert threads_left(before) == before
    assert not (tmp_path / "run" / "result.json").exists()
    assert "stopped on request" in (tmp_path / "run" / "log.txt").read_text()
    run = search.run(tmp_path / "run", {"classifier.members": 2, "trees.max_iterations": 2}, fresh=True)
    assert len(run.working_points) == 3


MASSES = 2000 + np.random.default_rng(1).exponential(600, 20000)


@pytest.mark.parametrize(
    "work",
    [
        lambda: eddy.stats.bump_hunt(MASSES[MASSES < 6500], (3300, 3700), toys=100_000),
        lambda: eddy.stats.abcd(3, 10, 100, 1000, n_toys=10_000_000),
        lambda: eddy.stats.abcd(3, 10, 100, 1000, n_toys=100, n_limit_toys=10_000_000),
        lambda: eddy.stats.sculpting(MASSES, MASSES > 3000, n_bins=20, n_subsets=1_000_000),
    ],
    ids=["bump hunt", "abcd", "limit of abcd", "sculpting"],
)
def test_interrupts_reach_pseudo_experiments_within_a_second(work):
    interrupt_within_a_second(work)


def test_other_threads_go_on(tmp_path):
    """The interpreter is free: a thread of Python counts while the engine works."""
    counted, done = [], threading.Event()

    def count():
        while not done.is_set():
            counted.append(None)
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    begin = time.monotonic()
    quick_search(make_events(20000, 400)).run(tmp_path / "run")
    seconds = time.monotonic() - begin
    done.set()
    thread.join()
    assert len(counted) > 100 * seconds


def test_in_threads_side_by_side(tmp_path, z):
    found = {}

    def search(i):
        found[i] = quick_search(make_events(3000, 100)).run(tmp_path / str(i)).working_points[0.1].z

    threads = [threading.Thread(target=search, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(3), z)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_in_other_processes(tmp_path, z, method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        results = pool.map_async(z_of, [str(tmp_path / str(i)) for i in range(4)]).get(timeout=120)
    assert results == [z] * 4


def test_progress_is_called_in_the_thread_that_asked(tmp_path):
    calls = []
    quick_search(make_events(3000, 100)).run(
        tmp_path / "run", progress=lambda *state: calls.append((*state, threading.get_ident()))
    )
    assert calls
    by_task = {}
    for task, done, total, note, thread in calls:
        assert isinstance(note, str) and 0 < done <= total
        assert done >= by_task.get(task, (0, 0))[0]
        assert thread == threading.get_ident()
        by_task[task] = (done, total)
    assert all(done == total for done, total in by_task.values())


def test_what_progress_raises_stops_the_search(tmp_path):
    class EnoughError(Exception):
        pass

    def stop(*_):
        raise EnoughError("enough")

    with pytest.raises(EnoughError, match="enough"):
        quick_search(make_events(20000, 400), classifier={"members": 40}).run(tmp_path / "run", progress=stop)
    with pytest.raises(eddy.ConfigError, match="progress is 3"):
        quick_search(make_events(3000, 100)).run(tmp_path / "run", progress=3)


def test_progress_as_a_line(tmp_path, capsys):
    quick_search(make_events(3000, 100)).run(tmp_path / "run", progress=True)
    said = capsys.readouterr()
    assert said.out == "" and "bump hunt: 3 of 3\n" in said.err


def test_silent_by_default(tmp_path):
    """Not a word on the streams, warnings included: in a process where nobody configured logging."""
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from conftest import make_events, quick_search
run = quick_search(make_events(3000, 100)).run({str(tmp_path / "run")!r})
assert run.warnings
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (said.stdout, said.stderr) == ("", "")


def test_the_logger_hears_everything(tmp_path, caplog):
    with caplog.at_level(logging.INFO, logger="eddy"):
        quick_search(make_events(3000, 100)).run(tmp_path / "run")
    levels = {record.levelno for record in caplog.records}
    assert levels == {logging.INFO, logging.WARNING}
    assert any("3000 events read from 'data-" in record.message for record in caplog.records)


def test_help_names_the_commands_of_python(program):
    ours, theirs = (
        subprocess.run([*start, "--help"], capture_output=True, text=True, check=True).stdout
        for start in ([sys.executable, "-m", "eddy._command"], [program])
    )
    assert (
        ours.startswith(theirs.replace(f"Usage: {program} ", "Usage: eddy ")) and "  convert  " in ours and "  shapes  " in ours
    )


def test_the_command_is_the_program(program):
    for arguments in (["--version"], ["options"], ["run"], ["run", "nowhere.toml"]):
        command = [sys.executable, "-m", "eddy._command"]
        ours, theirs = (subprocess.run([*start, *arguments], capture_output=True) for start in (command, [program]))
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), arguments
