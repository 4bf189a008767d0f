"""Events that are no file that the engine reads become files in the run folder, so that every command works on the run later."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tomllib

from . import _eddy, _readers
from ._tables import Table, is_table, table_of
from ._toml import override, to_toml
from .errors import ConfigError, FileError

__all__ = ["Prepared", "config_of", "needs_preparation", "prepared"]

Config = dict[str, Any]
Key = tuple[str, ...]
_EVENTS: list[Key] = [
    ("data", "file"),
    ("template", "file"),
    ("simulation", "file"),
    ("background", "file"),
    ("inject", "file"),
    ("benchmarks", "background"),
    ("benchmarks", "signal"),
    ("bump_hunt", "template"),
]
_REPEATED = ("prior", "evaluate")
_OURS = re.compile(r".*-[0-9a-f]{12}\.h5")
FOLDER = "events"


class Prepared:
    """A configuration on disk: what the engine is given."""

    def __init__(self, config: str, overrides: list[str]) -> None:
        self.config = config
        self.overrides = overrides


def config_of(config: str | os.PathLike[str]) -> Config:
    """A TOML file as dictionaries. Raises FileError and ConfigError for what is no TOML file."""
    try:
        return tomllib.loads(Path(config).read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"cannot read '{os.fspath(config)}': {error.strerror}; check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{os.fspath(config)}: {error}") from error


def _places(config: Config) -> Iterator[tuple[Key, dict[str, Any], str]]:
    """Key, section and option of everything that names events."""
    for section, option in _EVENTS:
        options = config.get(section)
        if isinstance(options, dict) and option in options:
            yield (section, option), options, option
    for section in _REPEATED:
        entries = config.get(section)
        if isinstance(entries, list):
            for i, entry in enumerate(entries):
                if isinstance(entry, dict) and "file" in entry:
                    yield (section, str(i), "file"), entry, "file"


def with_overrides(config: Config, overrides: Mapping[str, Any]) -> tuple[Config, dict[str, Any]]:
    """Overrides that name events stand in the configuration, where they may be tables; the others are left."""
    rest = dict(overrides)
    copy = {section: _copied(options) for section, options in config.items()}
    for section, option in _EVENTS:
        key = f"{section}.{option}"
        if key in rest:
            copy.setdefault(section, {})[option] = rest.pop(key)
    return copy, rest


def _copied(options: Any) -> Any:
    if isinstance(options, dict):
        return dict(options)
    return [dict(entry) if isinstance(entry, dict) else entry for entry in options] if isinstance(options, list) else options


def _foreign_table(value: Any, folder: str, shown: str) -> Table | None:
    """The table behind an option that names events; None for a file that the engine reads."""
    return table_of(value, shown) if is_table(value) else _readers.foreign_table(value, folder, shown)


def needs_preparation(config: Config, folder: str) -> bool:
    """Whether there is a table, or a file of ROOT or parquet, among the events."""
    return any(_foreign_table(options[option], folder, ".".join(key)) is not None for key, options, option in _places(config))


def _absolute(value: Any, folder: str) -> Any:
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        return text if isinstance(text, bytes) or text.startswith("${") or not text else os.path.join(folder, text)
    return value


def _stem(key: Key) -> str:
    return "-".join(part for part in key if part != "file")


@contextlib.contextmanager
def _held(events: Path) -> Iterator[None]:
    """Nobody else writes events into the folder meanwhile: neither a process nor a thread."""
    descriptor = os.open(events, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_there = events.is_dir() and os.path.samestat(os.fstat(descriptor), events.stat())
        except OSError:
            is_there = False
        if not is_there:
            raise FileError(f"another search is at work in '{events.parent}'; wait for it, or choose another folder with out")
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def prepared(config: Config, folder: str, overrides: Mapping[str, Any], out: str) -> Iterator[Prepared]:
    """Writes the events of a configuration, and the configuration itself, into `out`/events.

    Only the columns that the search uses are written, each as it is. Files are named after their content, so that a run goes on
    where its events are the same, and refuses where they are not. What was written is removed again where the folder has no run
    of it afterwards.

    Parameters
    ----------
    config
        Section -> options, with tables or files of other programs where events are named.
    folder
        Where relative paths start.
    overrides
        "section.key" -> value.
    out
        The run folder.
    """
    config, rest = with_overrides(config, overrides)
    set_texts = [override(key, value) for key, value in rest.items()]
    events = Path(out) / FOLDER
    was_there = {path for path in (Path(out), events) if path.exists()}
    try:
        events.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot write in '{out}': {error.strerror}; choose another folder with out") from error
    with _held(events):
        before = set(events.iterdir())
        text_before = (events / "search.toml").read_bytes() if (events / "search.toml").is_file() else None
        try:
            yield Prepared(_write_all(config, folder, set_texts, events), set_texts)
        except BaseException:
            _remove_unused(events, before, text_before, was_there)
            raise


def _write_all(config: Config, folder: str, set_texts: list[str], events: Path) -> str:
    tables: dict[Key, Table] = {}
    for key, options, option in _places(config):
        table = _foreign_table(options[option], folder, _shown(key))
        if table is not None:
            tables[key] = table
            options[option] = f"{_stem(key)}.h5"
        else:
            options[option] = _absolute(options[option], folder)
    if any(isinstance(table, _readers.ForeignTable) for table in tables.values()):
        config = _readers.with_element_names(config)
    path = events / "search.toml"
    _write_text(path, to_toml(config))
    columns = {key: names for key, _, names in _eddy.read_config(str(path), set_texts)["events"]}
    for key, options, option in _places(config):
        if key in tables and key in columns:
            options[option] = _eddy.write_events(str(events), _stem(key), tables[key].written(columns[key]))
    _write_text(path, to_toml(config))
    return str(path)


def _shown(key: Key) -> str:
    return "the data" if key[0] == "data" else f"the {' '.join(part for part in key if part != 'file')}"


def _write_text(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def _remove_unused(events: Path, before: set[Path], text_before: bytes | None, was_there: set[Path]) -> None:
    """After a failure: what was written now and no run in the folder names."""
    config = events.parent / "config.toml"
    used = config.read_text(encoding="utf-8", errors="replace") if config.is_file() else ""
    new = {path for path in events.iterdir() if path not in before} if events.is_dir() else set()
    if any(path.name in used for path in new if _OURS.fullmatch(path.name)):
        return
    for path in new:
        path.unlink(missing_ok=True)
    if text_before is not None:
        (events / "search.toml").write_bytes(text_before)
    if events not in was_there:
        shutil.rmtree(events, ignore_errors=True)
    if events.parent not in was_there:
        with contextlib.suppress(OSError):
            events.parent.rmdir()


def remove_stale(out: str) -> None:
    """Events of earlier searches that the configuration of the run does not name any more."""
    config = Path(out) / "config.toml"
    events = Path(out) / FOLDER
    if not config.is_file() or not events.is_dir():
        return
    used = config.read_text(encoding="utf-8", errors="replace")
    for path in events.glob("*.h5"):
        if _OURS.fullmatch(path.name) and path.name not in used and not path.name.startswith("signal-"):
            path.unlink(missing_ok=True)
