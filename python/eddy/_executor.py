"""Tasks of a run, computed by the workers of an executor: what `eddy run --tasks-only` and `eddy calibrate --tasks-only` do."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import _eddy
from ._arguments import whole_number
from ._progress import Progress, logger, progress_of, tell
from .errors import ConfigError, EddyError, FileError

__all__ = ["compute_experiments", "compute_search"]

Report = Callable[[str, int, int, str], Any]
_LOOK_SECONDS = 0.2
"""How often the caller looks for workers that ended, and a worker whether it is still wanted."""
_TELL_SECONDS = 1.0


class _RecalledError(Exception):
    """Nobody waits for this worker any more."""


@dataclass(frozen=True)
class _Job:
    """What one worker is given: all paths are absolute."""

    folder: str
    store: str
    threads: int
    call: str
    """A file that is there as long as the caller waits."""
    environment: tuple[tuple[str, str], ...]
    experiments: int | None = None
    """Null experiments in all; None: the search itself."""
    number: int = 0


def compute_search(
    executor: Any,
    workers: int | None,
    config: str,
    out: str,
    store: str,
    set_texts: list[str],
    fresh: bool,
    threads: int,
    progress: Progress,
) -> str:
    """Has the tasks of a search computed by the workers of an executor, and returns the run folder, where `eddy.run` finds them.

    Raises
    ------
    ConfigError
        For what is no executor, or a search that cannot begin.
    EddyError
        Where no worker came to its end: what the first one said.
    """
    n, report = _size(executor, workers), progress_of(progress)
    folder = _eddy.prepare_run(config, out, store, set_texts, fresh)
    _compute(executor, n, _job(folder, store, threads), report)
    return folder


def compute_experiments(
    executor: Any, workers: int | None, folder: str, store: str, experiments: int, threads: int, progress: Progress
) -> None:
    """The same for null experiments of a finished run, `experiments` in all."""
    n, report = _size(executor, workers), progress_of(progress)
    _eddy.prepare_calibration(folder, store, experiments)
    _compute(executor, n, replace(_job(folder, store, threads), experiments=experiments), report)


def _job(folder: str, store: str, threads: int) -> _Job:
    folder = str(Path(folder).absolute())
    config = Path(folder, "config.toml").read_text(encoding="utf-8", errors="replace")
    named = re.findall(r"\$\{([^}]*)\}", config)
    environment = {name: os.environ[name] for name in named if name in os.environ}
    environment["EDDY_INSTRUCTIONS"] = _eddy.instruction_set()
    call = os.path.join(folder, "batch", f"call-{uuid.uuid4().hex}")
    return _Job(folder, str(Path(store).absolute()) if store else "", threads or 1, call, tuple(environment.items()))


def _compute(executor: Any, n: int, job: _Job, report: Report | None) -> None:
    with _call(job.call):
        waiting = set()
        try:
            for i in range(n):
                waiting.add(_submitted(executor, replace(job, number=i)))
            _wait(waiting, job, report)
        finally:
            for future in waiting:
                future.cancel()


def _submitted(executor: Any, job: _Job) -> futures.Future[None]:
    try:
        future: futures.Future[None] = executor.submit(work, job)
    except RuntimeError as error:  # broken or shut down, of every kind of executor
        raise EddyError(
            f"the executor takes no work ({_words(error)}); finished tasks are kept in '{job.folder}': give a new one, or none"
        ) from error
    return future


def _size(executor: Any, workers: int | None) -> int:
    """How many workers are asked for, or how many the executor says it has: else as many as this machine has cores."""
    if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
        raise ConfigError(
            f"executor is {executor!r}; give a concurrent.futures.Executor, such as ProcessPoolExecutor(), or leave it out"
        )
    if workers is not None:
        return whole_number(workers, "workers", 1)
    for name in ("num_workers", "_max_workers"):  # of mpi4py; of those of Python
        n = getattr(executor, name, None)
        if isinstance(n, int) and n > 0:
            return n
    threads = getattr(getattr(executor, "_client", None), "nthreads", None)  # of Dask
    if callable(threads):
        return max(1, sum(int(n) for n in threads().values()))
    return os.cpu_count() or 1


@contextmanager
def _call(path: str) -> Iterator[None]:
    """The file that tells workers that they are wanted."""
    try:
        Path(path).touch(exist_ok=False)
    except OSError as error:
        raise FileError(f"cannot write '{path}': {error.strerror}; make room, or choose another folder with out") from error
    try:
        yield
    finally:
        Path(path).unlink(missing_ok=True)


def _wait(waiting: set[futures.Future[None]], job: _Job, report: Report | None) -> None:
    """Until all workers have ended. Those that failed are told of; their tasks are left to the others."""
    failures: list[BaseException] = []
    told = time.monotonic()
    pending = set(waiting)
    while pending:
        ended, pending = futures.wait(pending, _LOOK_SECONDS, futures.FIRST_COMPLETED)
        failures += [error for error in map(_failure, ended) if error is not None]
        if report is not None and (time.monotonic() - told > _TELL_SECONDS or not pending):
            told = time.monotonic()
            _report(job.folder, report)
    if len(failures) == len(waiting):
        _raise(failures[0], job)
    for error in failures:
        logger.warning("a worker of the executor failed (%s); the others went on with its tasks", _words(error))


def _failure(future: futures.Future[None]) -> BaseException | None:
    try:
        error = future.exception()
    except futures.CancelledError as cancelled:
        return cancelled
    if isinstance(error, KeyboardInterrupt):  # Ctrl-C reaches all processes of a terminal
        raise KeyboardInterrupt
    return error


def _report(folder: str, report: Report) -> None:
    for task, done, total in _eddy.tasks_done(folder):
        if done > 0:
            report(f"{task}, all workers", done, total, "")


def _raise(error: BaseException, job: _Job) -> None:
    if isinstance(error, EddyError):
        raise error
    is_lost = isinstance(error, (futures.BrokenExecutor, futures.CancelledError)) or type(error).__name__ == "KilledWorker"
    what = "the workers of the executor were lost" if is_lost else "the workers of the executor failed"
    raise EddyError(
        f"{what} ({_words(error)}); finished tasks are kept in '{job.folder}': the same call with a new one, or none, goes on"
    ) from error


def _words(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def work(job: _Job) -> None:
    """What a worker does, in whatever process: computes tasks that no other is at, until none is left."""
    os.environ.update(job.environment)
    looked = 0.0

    def watch() -> None:
        nonlocal looked
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            if not Path(job.call).exists():
                raise _RecalledError

    try:
        watch()
        if job.experiments is None:
            _eddy.compute_run_tasks(os.path.join(job.folder, "config.toml"), job.folder, job.store, job.threads, tell, watch)
        else:
            _eddy.compute_experiments(job.folder, job.store, job.experiments, job.threads, tell, watch)
    except _RecalledError:
        logger.info("the work in '%s' was called off", job.folder)
