"""The console script `eddy`: the command line of the engine, which also reads ROOT and parquet here, and `eddy convert`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import tomllib

from . import _eddy, _readers
from ._cards import combine_shapes
from ._convert import convert
from ._prepare import config_of, needs_preparation, prepared, remove_stale, with_overrides
from ._search import default_folder
from .errors import ConfigError, DataError, EddyError

FAILED, USAGE = 1, 2


_MORE_COMMANDS = """
Subcommands of the Python package, whose run, score, limit and inspect read ROOT and parquet, too:
  convert                     Write events of ROOT, parquet or another file as HDF5 that eddy reads
  shapes                      Write cards of 'eddy export --format combine' with histograms of ROOT
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in a sentence, as the engine does."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"'{self.prog}': {message}; see '{self.prog} --help'")


class _FailedError(Exception):
    """The engine said why a command failed; this is its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; the exit code is 0 (done), 1 (failed) or 2 (usage, configuration, data)."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["convert"]:
            return _convert_command(given[1:])
        if given[:1] == ["shapes"]:
            return _shapes_command(given[1:])
        with _prepared_arguments(given) as ready:
            code = int(_eddy.command_line(["eddy", *ready]))
            if given[:1] in (["-h"], ["--help"]):
                print(_MORE_COMMANDS, end="", flush=True)
            if code != 0:
                raise _FailedError(code)
    except _FailedError as failure:
        return failure.code
    except EddyError as error:
        print(f"eddy: {error}", file=sys.stderr)
        return USAGE if isinstance(error, (ConfigError, DataError)) else FAILED
    return 0


def _convert_command(arguments: list[str]) -> int:
    parser = _Parser(prog="eddy convert", description="Write events of ROOT, parquet or another file as HDF5 that eddy reads")
    parser.add_argument("events", nargs="+", help="file.root:tree, file.parquet, a pattern, or several of these")
    parser.add_argument("-o", "--output", required=True, help="HDF5 file to write")
    parser.add_argument("--columns", help="names, separated by commas; of jagged columns, elements such as FatJet_pt[0]")
    options = parser.parse_args(arguments)
    columns = None if options.columns is None else options.columns.split(",")
    events = options.events if len(options.events) > 1 else options.events[0]
    print(f"events written to {convert(events, options.output, columns=columns)}", file=sys.stderr)
    return 0


def _shapes_command(arguments: list[str]) -> int:
    parser = _Parser(prog="eddy shapes", description="Write cards of 'eddy export --format combine' with histograms of ROOT")
    parser.add_argument("cards", help="a card, or the folder of the export")
    parser.add_argument("-o", "--output", required=True, help="folder for the cards and their ROOT files")
    options = parser.parse_args(arguments)
    written = combine_shapes(options.cards, options.output)
    print(f"{len(written)} cards with shapes in {options.output}", file=sys.stderr)
    return 0


@contextlib.contextmanager
def _prepared_arguments(given: list[str]) -> Iterator[list[str]]:
    """The arguments with every file of ROOT or parquet converted."""
    command = given[0] if given else ""
    places = _PLACES.get(command)
    if command == "run":
        with _prepared_run(given) as ready:
            yield ready
    elif places is not None and any(_is_foreign(text) for text in given[1:]):
        with tempfile.TemporaryDirectory(prefix="eddy-") as folder:
            yield [command, *(_converted(text, folder, given) for text in given[1:])]
    else:
        yield given


# Commands that are given events beside a run.
_PLACES = {"score": "events", "limit": "--signal", "inspect": "file"}


def _is_foreign(text: str) -> bool:
    return not text.startswith("-") and _readers.foreign_table(text, str(Path.cwd()), "the events") is not None


def _converted(text: str, folder: str, given: list[str]) -> str:
    if not _is_foreign(text):
        return text
    table = _readers.foreign_table(text, str(Path.cwd()), f"'{text}'")
    assert table is not None
    command, run = given[0], given[1] if len(given) > 1 else ""
    wanted = table.names
    if command == "score":
        wanted = _eddy.columns_to_score(run)
    elif command == "limit":
        wanted = _eddy.columns_of_signal(run, _value_of("--weight", given))
        folder = os.path.join(run, "events")
        Path(folder).mkdir(exist_ok=True)
    return os.path.join(folder, _eddy.write_events(folder, "signal" if command == "limit" else "events", table.written(wanted)))


def _value_of(option: str, given: list[str]) -> str:
    for i, text in enumerate(given):
        if text == option and i + 1 < len(given):
            return given[i + 1]
        if text.startswith(f"{option}="):
            return text.removeprefix(f"{option}=")
    return ""


@contextlib.contextmanager
def _prepared_run(given: list[str]) -> Iterator[list[str]]:
    """`eddy run` of a configuration that names ROOT or parquet: its events are converted into the run folder."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("config", nargs="?")
    parser.add_argument("--out")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--seed")
    for option in ("--store", "--threads", "--stage"):
        parser.add_argument(option)
    try:
        options, others = parser.parse_known_args(given[1:])
    except argparse.ArgumentError:
        yield given  # the engine says what is wrong
        return
    overrides = _overrides(options.set)
    if options.config is None or overrides is None or not _names_foreign_events(options.config, overrides):
        yield given
        return
    config = config_of(options.config)
    folder = str(Path(options.config).resolve().parent)
    out = options.out or default_folder(config, overrides)
    with prepared(config, folder, overrides, out) as ready:
        kept = [(name, getattr(options, name)) for name in ("seed", "store", "threads", "stage")]
        arguments = [text for name, value in kept if value is not None for text in (f"--{name}", value)]
        sets = [text for override in ready.overrides for text in ("--set", override)]
        yield ["run", ready.config, "--out", out, *sets, *arguments, *others]
        remove_stale(out)


def _overrides(texts: list[str]) -> dict[str, Any] | None:
    """ "section.key" -> value of each --set; None where one is not of that form."""
    overrides: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or "." not in key:
            return None
        try:
            overrides[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            overrides[key.strip()] = value
    return overrides


def _names_foreign_events(config: str, overrides: dict[str, Any]) -> bool:
    if not Path(config).is_file():
        return False
    try:
        sections, _ = with_overrides(config_of(config), overrides)
    except ConfigError:
        return False  # the engine says what is wrong, and where
    return needs_preparation(sections, str(Path(config).resolve().parent))


if __name__ == "__main__":
    sys.exit(main())
