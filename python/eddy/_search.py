"""Searches: from a configuration, or from tables in memory."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from . import _eddy
from ._arguments import flag, listed, path_text, real_number, shown, text, whole_number
from ._executor import compute_search
from ._prepare import Config, config_of, needs_preparation, prepared, remove_stale, with_overrides
from ._progress import Progress, progress_of, tell
from ._run import Run
from ._tables import is_table, odd_column
from ._toml import override, to_toml
from .errors import ConfigError

__all__ = ["Search", "default_folder", "methods", "run", "search"]


def methods() -> dict[str, str]:
    """Name -> title of every method."""
    return dict(_eddy.methods())


def run(
    config: str | os.PathLike[str] | Mapping[str, Any],
    overrides: Mapping[str, Any] | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    store: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    threads: int = 0,
    progress: Progress = None,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Run:
    """Runs a search, or goes on with one that was stopped: what `eddy run` does, with the same bits.

    Parameters
    ----------
    config
        Path of a TOML file, or its sections as dictionaries.
    overrides
        "section.key" -> value, such as {"flow.members": 3}.
    out
        Run folder; None: runs/<name of the search>.
    store
        Folder of finished tasks that several runs share; None: that of the run.
    fresh
        Removes an earlier run in the folder first.
    threads
        To use; 0: all cores. The result does not depend on it.
    progress
        None: silent; True: a line of text; else called with (task, done, total, note) from the thread that called `run`.
    executor
        Any `concurrent.futures.Executor` (processes, Dask, MPI, Parsl) whose workers see the run folder and the events under the
        same paths: they compute the tasks, as `eddy run --tasks-only` does, and this process puts them together. Each uses
        `threads` threads, or one.
    workers
        How many of them at once; None: as many as the executor says it has.

    Returns
    -------
    Run

    Raises
    ------
    ConfigError, DataError, FileError, NumericError
        With the sentence of the command line.
    EddyError
        Where all workers of the executor were lost, or failed. Finished tasks are kept, as they are then:
    KeyboardInterrupt
        Finished tasks are kept; the same call goes on from there.
    """
    overrides = _checked_overrides(overrides)
    how = _How(store, fresh, threads, progress, executor, workers)
    if isinstance(config, Mapping):
        return _run_sections(dict(config), str(Path.cwd()), overrides, out, how)
    path = path_text(config, "config")
    if Path(path).is_file() and _has_foreign_events(path, overrides):
        folder = str(Path(path).resolve().parent)
        return _run_sections(config_of(path), folder, overrides, out, how)
    texts = [override(key, value) for key, value in overrides.items()]
    return _run_file(path, texts, "" if out is None else path_text(out, "out"), how)


class _How(NamedTuple):
    """Arguments of `run` that do not change what is found."""

    store: Any
    fresh: bool
    threads: int
    progress: Progress
    executor: Executor | None
    workers: int | None


def _checked_overrides(overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    if overrides is not None and not isinstance(overrides, Mapping):
        raise ConfigError(f'overrides are a {type(overrides).__name__}; give a dict such as {{"flow.members": 3}}')
    return dict(overrides or {})


def _has_foreign_events(path: str, overrides: dict[str, Any]) -> bool:
    try:
        config, _ = with_overrides(config_of(path), overrides)
    except ConfigError:
        return False  # the engine says what is wrong, and where
    return needs_preparation(config, str(Path(path).resolve().parent))


def _run_file(path: str, texts: list[str], out: str, how: _How) -> Run:
    store = "" if how.store is None else path_text(how.store, "store")
    threads, fresh = whole_number(how.threads, "threads"), flag(how.fresh, "fresh")
    if how.executor is not None:
        out = compute_search(how.executor, how.workers, path, out, store, texts, fresh, threads, how.progress)
        fresh = False  # what is there now is theirs
    return Run(_eddy.run(path, out, store, texts, fresh, threads, tell, progress_of(how.progress)))


def _run_sections(config: Config, folder: str, overrides: dict[str, Any], out: Any, how: _How) -> Run:
    out = path_text(out, "out") if out is not None else default_folder(config, overrides)
    with prepared(config, folder, overrides, out) as ready:
        run = _run_file(ready.config, ready.overrides, out, how)
        remove_stale(out)
    return run


def default_folder(config: Config, overrides: dict[str, Any]) -> str:
    options = config.get("search")
    name = overrides.get("search.name", options.get("name", "search") if isinstance(options, Mapping) else "search")
    if not isinstance(name, str) or not name or "/" in name or name in (".", ".."):
        raise ConfigError(f"[search] name {name!r} cannot name a folder; give the run folder with out")
    return os.path.join("runs", name)


class Search:
    """A search that is ready to run: its configuration, with tables where files would be named.

    Made by `eddy.search`; `config` holds its sections and may be looked at.
    """

    def __init__(self, config: Config) -> None:
        self.config = config

    def run(
        self,
        out: str | os.PathLike[str] | None = None,
        overrides: Mapping[str, Any] | None = None,
        *,
        store: str | os.PathLike[str] | None = None,
        fresh: bool = False,
        threads: int = 0,
        progress: Progress = None,
        executor: Executor | None = None,
        workers: int | None = None,
    ) -> Run:
        """Runs it; arguments as those of `eddy.run`. Events of tables are written to `out`/events, the columns in use alone, so
        that every command works on the run later."""
        overrides = _checked_overrides(overrides)
        how = _How(store, fresh, threads, progress, executor, workers)
        return _run_sections(self.config, str(Path.cwd()), overrides, out, how)

    def to_toml(self) -> str:
        """The configuration as TOML; a table stands as "<DataFrame of 1000 events>"."""
        shown = {}
        for section, options in self.config.items():
            entries = options if isinstance(options, list) else [options]
            cleaned = [{key: _named(value) for key, value in entry.items()} for entry in entries]
            shown[section] = cleaned if isinstance(options, list) else cleaned[0]
        return to_toml(shown)

    def __repr__(self) -> str:
        return f"Search:\n{self.to_toml()}"


def _named(value: Any) -> Any:
    if not is_table(value):
        return value
    n = len(next(iter(value.values()))) if isinstance(value, Mapping) else len(value)
    return f"<{type(value).__name__} of {n} events>"


def search(
    method: str,
    *,
    data: Any,
    x: Sequence[str],
    context: str | Sequence[str] = (),
    signal: str | tuple[float | None, float | None] | None = None,
    selection: str | None = None,
    name: str | None = None,
    seed: int | None = None,
    preset: str | None = None,
    blind: bool | None = None,
    label: str | None = None,
    identity: Sequence[str] | None = None,
    working_points: Sequence[float] | None = None,
    **sections: Any,
) -> Search:
    """A search of events in memory; `.run(out)` runs it.

    Parameters
    ----------
    method
        One of `eddy.methods()`.
    data
        A DataFrame, a dict of arrays, a structured array, an awkward record array, the path of a file, or the section [data] as a
        dict whose "file" is one of these.
    x
        Features in which anomalies are sought: names of columns, or of those that `columns` defines.
    context
        What the background is conditional on: the mass of a bump, the variable of a tail.
    signal
        The signal region: an expression, or (low, high) of the first context, either of which may be None.
    selection
        Expression that every event must fulfil.
    name, seed, preset, blind
        Of the section [search].
    label, identity
        Columns of the data: truth (1 = signal, for evaluation only), and what names an event.
    working_points
        Fractions that the cuts keep.
    **sections
        Any other section of a configuration as a dict (`flow={"members": 3}`, `columns={"m": "sqrt(e^2 - p^2)"}`); of those that
        name events (`template`, `simulation`, `background`), a table will do; `prior` and `evaluate` are lists of dicts, or
        dicts of name -> table.

    Returns
    -------
    Search
    """
    contexts = listed(context, "context")
    method = text(method, "method")
    config: Config = {
        "search": _without_none(
            {
                "method": method,
                "name": method if name is None or (isinstance(name, str) and not name) else name,
                "seed": seed,
                "preset": preset,
                "blind": blind,
            }
        ),
        "data": _events_section(data) | _without_none({"label": label, "identity": _listed(identity, "identity")}),
        "features": _without_none({"context": contexts or None, "x": _listed(x, "x")}),
    }
    regions = _without_none({"signal": _region(signal, contexts), "selection": selection})
    if regions:
        config["regions"] = regions
    if working_points is not None:
        config["working_points"] = {"efficiency": _listed(working_points, "working_points")}
    for section, options in sections.items():
        config[section] = _merged(config.get(section, {}), _section(section, options))
    return Search(config)


def _merged(before: Any, options: Any) -> Any:
    return before | options if isinstance(before, dict) and isinstance(options, dict) else options


def _section(section: str, options: Any) -> Any:
    if section in ("prior", "evaluate") and isinstance(options, Mapping):
        return [{"name": name} | _events_section(events) for name, events in options.items()]
    if section in ("template", "simulation", "background", "inject"):
        return _events_section(options)
    return [dict(entry) for entry in options] if isinstance(options, (list, tuple)) else _options(section, options)


def _options(section: str, options: Any) -> dict[str, Any]:
    if not isinstance(options, Mapping):
        near = _eddy.nearest_name(section, [name for name in inspect.signature(search).parameters if name != "sections"])
        hint = f"; did you mean '{near}'?" if near else ""
        raise ConfigError(f"{section} is a {type(options).__name__}; a section of a configuration is a dict of its options{hint}")
    return dict(options)


def _events_section(events: Any) -> dict[str, Any]:
    """{"file": ...} of a table, a path, or a section that says more."""
    if (
        isinstance(events, Mapping)
        and "file" in events
        and (isinstance(events["file"], (str, os.PathLike)) or is_table(events["file"]))
    ):
        return dict(events)
    if isinstance(events, Mapping) and "file" not in events and not is_table(events):
        raise odd_column(events, "a table of events")
    return {"file": events}


def _region(signal: Any, contexts: list[str]) -> str | None:
    if signal is None or isinstance(signal, str):
        return signal
    if not isinstance(signal, (tuple, list, np.ndarray)) or len(signal) != 2 or not contexts:
        raise ConfigError(f"signal is {shown(signal)}; give an expression, or (low, high) of the first context")
    low, high = (
        real_number(limit if edge is None else edge, "signal") for edge, limit in zip(signal, (-math.inf, math.inf), strict=True)
    )
    if not low < high or low == math.inf or high == -math.inf:
        raise ConfigError(f"signal is {shown(signal)}; give (low, high) with low below high, either of which may be None")
    cuts = [f"{contexts[0]} > {low!r}"] if low > -math.inf else []
    cuts += [f"{contexts[0]} < {high!r}"] if high < math.inf else []
    return " && ".join(cuts)


def _listed(values: Any, name: str) -> list[Any] | None:
    return None if values is None else listed(values, name)


def _without_none(options: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value is not None}
