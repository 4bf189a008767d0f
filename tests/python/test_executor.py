"""Searches and null experiments that the workers of an executor compute: the bits of one process, whatever happens to them."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import make_events, quick_search

import eddy

N = 12
"""Null experiments: a tenth of a second each."""
SLOW = {"classifier": {"members": 4}, "trees": {"max_iterations": 30, "patience": 30, "learning_rate": 0.01}}
"""Some times as long."""


def events():
    return make_events(3000, 100)


def same_bits(one: eddy.Run, other: eddy.Run) -> bool:
    return all(
        (one.path / name).read_bytes() == (other.path / name).read_bytes()
        for name in ("result.json", "figures.json", "scores.h5")
    )


def computed(run: Path) -> list[str]:
    """The null experiments of a run that are finished."""
    return sorted(path.name for path in (run / "models").glob("null-*.eddy"))


def left_over(run: Path) -> list[str]:
    return [
        path.name
        for path in run.rglob("*")
        if ".partial-" in path.name or path.name.startswith("call-") or path.suffix == ".lease"
    ]


def wait_for(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> eddy.Run:
    return quick_search(events()).run(tmp_path_factory.mktemp("alone") / "run").calibrate(N)


@pytest.fixture(scope="module")
def slow_alone(tmp_path_factory) -> eddy.Run:
    return quick_search(events(), **SLOW).run(tmp_path_factory.mktemp("alone") / "slow").calibrate(N)


def test_processes_find_the_bits_of_one(tmp_path, alone):
    with ProcessPoolExecutor(2) as executor:
        run = quick_search(events()).run(tmp_path / "run", executor=executor)
        calls = []
        assert run.calibrate(N, executor=executor, progress=lambda *state: calls.append(state)) is run
    assert same_bits(run, alone)
    assert run.calibration.experiments == N
    assert ("null experiments, all workers", N, N, "") in calls
    assert left_over(run.path) == []
    journals = [path.name for path in (run.path / "batch" / "work").iterdir()]
    assert sum(f"-{os.getpid()}-" not in name for name in journals) == 2  # each of the processes was at work


def test_a_configuration_with_experiments_and_a_store_in_one_call(tmp_path, alone):
    path = tmp_path / "search.toml"
    path.write_text((alone.path / "config.toml").read_text())
    with ThreadPoolExecutor(2) as executor:
        run = eddy.run(
            path, {"calibration.experiments": N}, out=tmp_path / "run", store=tmp_path / "store", executor=executor, workers=3
        )
    assert same_bits(run, alone)
    assert len(list((tmp_path / "store").glob("null-*.eddy"))) == N


def test_dask_with_a_killed_worker(tmp_path, slow_alone):
    distributed = pytest.importorskip("distributed")
    run = quick_search(events(), **SLOW).run(tmp_path / "run")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        pids = list(client.run(os.getpid).values())

        def kill():
            wait_for(lambda: len(list((run.path / "models").glob("*.lease"))) >= 2 and computed(run.path))
            os.kill(pids[0], signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        run.calibrate(N, executor=client.get_executor())
        killer.join()
        assert pids[0] not in client.run(os.getpid).values()
    assert same_bits(run, slow_alone)
    assert left_over(run.path) == []


MPI = """
import sys; sys.path.insert(0, {tests!r})
from conftest import make_events, quick_search
from mpi4py.futures import MPIPoolExecutor
if __name__ == "__main__":
    with MPIPoolExecutor() as executor:
        assert executor.num_workers == 2
        quick_search(make_events(3000, 100)).run({out!r}, executor=executor).calibrate({n}, executor=executor)
"""


def test_mpi(tmp_path, alone):
    """Three processes of a real MPI: one that asks, two that work."""
    pytest.importorskip("mpi4py")
    mpiexec = Path(sys.executable).with_name("mpiexec")
    if not mpiexec.exists():
        pytest.skip("there is no mpiexec beside this Python: pip install mpich")
    script = tmp_path / "search.py"
    script.write_text(MPI.format(tests=str(Path(__file__).parent), out=str(tmp_path / "run"), n=N))
    command = [mpiexec, "-n", "3", sys.executable, "-m", "mpi4py.futures", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    said = [line for line in (done.stdout + done.stderr).splitlines() if " UCX " not in line]  # MPI, of the network it finds
    assert (done.returncode, said) == (0, [])
    assert same_bits(eddy.load(tmp_path / "run"), alone)


def test_a_killed_process_is_told_and_the_same_call_goes_on(tmp_path, slow_alone):
    run = quick_search(events(), **SLOW).run(tmp_path / "run")
    executor = ProcessPoolExecutor(2)
    pids = list(executor.map(own_pid, range(2)))

    def kill():
        wait_for(lambda: computed(run.path))
        os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(
        eddy.EddyError, match=r"the workers of the executor were lost \(BrokenProcessPool: .*\); finished tasks are kept in"
    ) as told:
        run.calibrate(N, executor=executor)
    killer.join()
    assert "\n" not in str(told.value)
    before = {name: (run.path / "models" / name).stat().st_mtime_ns for name in computed(run.path)}
    assert 0 < len(before) < N
    with pytest.raises(eddy.EddyError, match="the executor takes no work"):
        run.calibrate(N, executor=executor)
    with ProcessPoolExecutor(2) as executor:
        run.calibrate(N, executor=executor)
    assert same_bits(run, slow_alone)
    assert {name: (run.path / "models" / name).stat().st_mtime_ns for name in before} == before, "computed again"
    assert left_over(run.path) == []


def own_pid(_) -> int:
    time.sleep(0.1)  # so that each process has one to answer
    return os.getpid()


class SomeFail(Executor):
    """Every worker but the first fails in a way of its own."""

    num_workers = 2

    def __init__(self, n_well: int) -> None:
        self.n_well = n_well
        self.inner = ThreadPoolExecutor(1)

    def submit(self, function, /, *arguments, **named):
        self.n_well -= 1
        if self.n_well >= 0:
            return self.inner.submit(function, *arguments, **named)
        future: Future = Future()
        future.set_exception(ImportError("No module named 'eddy'\nand more"))
        return future


def test_workers_that_fail_leave_their_tasks_to_the_others(tmp_path, alone, caplog):
    run = quick_search(events()).run(tmp_path / "run", executor=SomeFail(1))
    assert (
        "a worker of the executor failed (ImportError: No module named 'eddy'); the others went on with its tasks" in caplog.text
    )
    with pytest.raises(
        eddy.EddyError, match=r"the workers of the executor failed \(ImportError: No module named 'eddy'\); finished tasks"
    ):
        run.calibrate(N, executor=SomeFail(0))
    run.calibrate(N)
    assert same_bits(run, alone)


def test_what_the_engine_refuses_in_a_worker(tmp_path, alone):
    """With the class and the sentence of the command line; the folder serves the corrected search."""
    run = quick_search(events()).run(tmp_path / "run")
    lost = next((tmp_path / "run" / "events").glob("data-*.h5"))
    lost.rename(tmp_path / "aside.h5")
    with ProcessPoolExecutor(2) as executor:
        with pytest.raises(eddy.EddyError, match=f"(?s)^(?!.*executor).*{lost.name}"):
            run.calibrate(N, executor=executor)
        (tmp_path / "aside.h5").rename(lost)
        run.calibrate(N, executor=executor)
    assert same_bits(run, alone)


def test_bad_executors(tmp_path, alone):
    search = quick_search(events())
    for value in (3, "processes", ProcessPoolExecutor):
        with pytest.raises(eddy.ConfigError, match="give a concurrent.futures.Executor"):
            search.run(tmp_path / "run", executor=value)
    with pytest.raises(eddy.ConfigError, match="workers is 0; give a whole number from 1 on"):
        search.run(tmp_path / "run", executor=ThreadPoolExecutor(1), workers=0)
    over = ThreadPoolExecutor(1)
    over.shutdown()
    with pytest.raises(eddy.EddyError, match="the executor takes no work"):
        search.run(tmp_path / "run", executor=over)
    blind = search.run(tmp_path / "blind", {"search.blind": True})
    with pytest.raises(eddy.ConfigError, match="is closed"):
        blind.calibrate(2, executor=ThreadPoolExecutor(1))
    assert not (tmp_path / "run").exists() or not (tmp_path / "run" / "result.json").exists()


INTERRUPTED = """
import sys; sys.path.insert(0, {tests!r})
from concurrent.futures import ProcessPoolExecutor
from conftest import make_events, quick_search
import time
if __name__ == "__main__":
    run = quick_search(make_events(20000, 400), classifier={{"members": 40}},
                       trees={{"max_iterations": 2000, "patience": 2000, "learning_rate": 0.001}})
    with ProcessPoolExecutor(2) as executor:
        try:
            run.run({out!r}, executor=executor)
        except KeyboardInterrupt:
            print(time.time(), flush=True)
    print(time.time())
"""


def test_an_interrupt_ends_the_call_and_its_workers_within_a_second(tmp_path):
    """The signal reaches the caller alone: workers notice that nobody waits for them."""
    out = tmp_path / "run"
    code = INTERRUPTED.format(tests=str(Path(__file__).parent), out=str(out))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: len(list((out / "batch" / "work").glob("*.jsonl"))) == 2 or process.poll() is not None)
    time.sleep(0.5)
    sent = time.time()
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and errors == ""
    raised, ended = map(float, said.split())
    assert raised - sent < 1
    assert ended - sent < 2
    assert left_over(out) == []
