"""Cards of `eddy export --format combine` as cards with shapes: histograms in a ROOT file, a bin of the card for each channel."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arguments import path_text
from .errors import ConfigError, DataError, FileError

__all__ = ["combine_shapes"]


@dataclass
class _CountingCard:
    """What a card of eddy says, by bin."""

    comments: list[str] = field(default_factory=list)
    edges: dict[str, list[float]] = field(default_factory=dict)
    observed: dict[str, float] = field(default_factory=dict)
    columns: list[tuple[str, str, float]] = field(default_factory=list)
    """Bin, process and rate."""
    sizes: dict[str, list[str]] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    """Lines of free parameters and pulls, as they are."""
    formulae: dict[tuple[str, str], tuple[str, list[str]]] = field(default_factory=dict)

    def sizes_of(self, column: int) -> tuple[tuple[str, str], ...]:
        return tuple((name, cells[column]) for name, cells in self.sizes.items() if cells[column] != "-")


@dataclass
class _Process:
    """What is scaled alike in all bins of a channel: a histogram."""

    is_signal: bool
    formula: str
    """Of @0, @1, ...; empty: none."""
    arguments: tuple[str, ...]
    sizes: tuple[tuple[str, str], ...]
    events: npt.NDArray[np.float64]


def combine_shapes(source: str | os.PathLike[str], output: str | os.PathLike[str]) -> list[Path]:
    """Writes the counting cards of an export again as cards with shapes (needs uproot).

    The likelihood is the same: each term of a bin's background formula that is scaled alike in all bins becomes a process with a
    histogram, its parameters a rateParam of that process. Nothing is interpolated.

    Parameters
    ----------
    source
        A card, or the folder of `eddy export RUN --format combine`.
    output
        Folder for NAME.txt and NAME.root of each; it is made, and files of these names are replaced.

    Returns
    -------
    list of Path
        The cards: `text2workspace.py NAME.txt` in their folder.

    Raises
    ------
    FileError, DataError
        For a path without cards, and for cards that are not of eddy.
    """
    folder, cards = Path(path_text(output, "output")), _cards_in(Path(path_text(source, "source")))
    for path in cards:
        if (folder / path.name).exists() and (folder / path.name).samefile(path):
            raise ConfigError(f"output '{folder}' is the folder of the cards, which would be replaced; give another one")
    written = []
    for path in cards:
        try:
            card = _read(path.read_text(encoding="utf-8"))
            channels = {name: _processes(card, bins) for name, bins in _channels(card).items()}
        except (LookupError, ValueError) as error:
            raise DataError(f"'{path}' is no counting card as eddy exports it ({error}); give one of eddy export") from error
        folder.mkdir(parents=True, exist_ok=True)
        _write_histograms(folder / f"{path.stem}.root", card, channels)
        (folder / path.name).write_text(_text(path.stem, card, channels), encoding="utf-8")
        written.append(folder / path.name)
    return written


def _cards_in(source: Path) -> list[Path]:
    cards = sorted(source.glob("*.txt")) if source.is_dir() else [source]
    if not cards or not cards[0].is_file():
        raise FileError(f"there is no card in '{source}'; write them with eddy export RUN --format combine")
    return cards


def _read(text: str) -> _CountingCard:
    card = _CountingCard()
    rows: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        words = line.split()
        if line.startswith("# edges "):
            card.edges[words[2]] = [float(edge) for edge in words[3:]]
        elif line.startswith("#"):
            card.comments.append(line)
        elif words[:1] and words[0] in ("bin", "observation", "process", "rate"):
            rows.setdefault(words[0], []).append(words[1:])
        elif len(words) > 1 and words[1] == "lnN":
            card.sizes[words[0]] = words[2:]
        elif len(words) > 1 and words[1] in ("param", "extArg"):
            card.parameters.append(line)
        elif len(words) == 6 and words[1] == "rateParam":
            card.formulae[(words[2], words[3])] = (words[4], words[5].split(","))
    card.observed = dict(zip(rows["bin"][0], map(float, rows["observation"][0]), strict=True))
    card.columns = list(zip(rows["bin"][1], rows["process"][0], map(float, rows["rate"][0]), strict=True))
    return card


def _channels(card: _CountingCard) -> dict[str, list[str]]:
    """The bins of each channel, in their order."""
    channels = {name: [f"{name}_{i + 1}" for i in range(len(edges) - 1)] for name, edges in card.edges.items()}
    within = {bin_name for bins in channels.values() for bin_name in bins}
    if not within <= set(card.observed):
        raise ValueError("edges are given of bins that are not there")
    return channels | {name: [name] for name in card.observed if name not in within}


def _terms(formula: str) -> Iterator[str]:
    """The terms of a sum in parentheses; the + of an exponent, as in 1e+20, separates none."""
    depth, start, inner = 0, 0, formula[1:-1]
    for i, letter in enumerate(inner):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "+" and depth == 0 and not re.search(r"\d[eE]$", inner[:i]):
            yield inner[start:i]
            start = i + 1
    yield inner[start:]


_COEFFICIENT = re.compile(r"\(?(-?[0-9.]+(?:[eE][-+]?[0-9]+)?)\)?(\*.*)?$")


def _scaled_terms(card: _CountingCard, bin_name: str, process: str, rate: float) -> Iterator[tuple[float, str, tuple[str, ...]]]:
    """Events, formula and arguments of everything that makes up a process in a bin."""
    if (bin_name, process) not in card.formulae:
        yield rate, "", ()
        return
    formula, arguments = card.formulae[(bin_name, process)]
    if process == "signal":  # one factor of the whole, whatever it is made of
        yield rate, formula, tuple(arguments)
        return
    for term in _terms(formula):
        parts = _COEFFICIENT.match(term)
        if parts is None:
            raise ValueError(f"the term '{term}' does not begin with a number")
        events, rest = rate * float(parts[1]), (parts[2] or "")[1:]
        used: list[str] = []
        for number in re.findall(r"@(\d+)", rest):
            if arguments[int(number)] not in used:
                used.append(arguments[int(number)])
        places = {f"@{arguments.index(name)}": f"@{i}" for i, name in enumerate(used)}
        text = re.sub(r"@\d+", lambda match, places=places: places[match[0]], rest)
        sign = "-1*" if events < 0 else ""  # histograms hold no negative events
        yield abs(events), f"({sign}{text})" if text else "", tuple(used)


def _processes(card: _CountingCard, bins: list[str]) -> list[_Process]:
    processes: dict[Any, _Process] = {}
    for column, (bin_name, process, rate) in enumerate(card.columns):
        if bin_name not in bins:
            continue
        for events, formula, arguments in _scaled_terms(card, bin_name, process, rate):
            key = (process == "signal", formula, arguments, card.sizes_of(column))
            of_key = processes.setdefault(key, _Process(*key, np.zeros(len(bins))))
            of_key.events[bins.index(bin_name)] += events
    return sorted(processes.values(), key=lambda process: not process.is_signal)


def _named(processes: list[_Process]) -> list[tuple[str, _Process]]:
    named = []
    for kind in ("signal", "background"):
        of_kind = [process for process in processes if process.is_signal == (kind == "signal")]
        named += [(kind if len(of_kind) == 1 else f"{kind}_{i + 1}", process) for i, process in enumerate(of_kind)]
    return named


def _numbers(columns: list[tuple[str, str, _Process]]) -> dict[str, int]:
    """A number for each name, whatever the channel: signal 0, -1, ..., background 1, 2, ..."""
    numbers: dict[str, int] = {}
    for _, name, process in columns:
        n = sum((number <= 0) == process.is_signal for number in numbers.values())
        numbers.setdefault(name, -n if process.is_signal else n + 1)
    return numbers


def _write_histograms(path: Path, card: _CountingCard, channels: dict[str, list[_Process]]) -> None:
    try:
        import uproot
    except ImportError as error:
        raise ConfigError("histograms of ROOT are written with uproot: pip install 'eddy-hep[root]'") from error
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with uproot.recreate(temporary) as file:
            for channel, bins in _channels(card).items():
                edges = np.array(card.edges.get(channel, [0.0, 1.0]))
                file[f"{channel}/data_obs"] = (np.array([card.observed[name] for name in bins]), edges)
                for name, process in _named(channels[channel]):
                    file[f"{channel}/{name}"] = (process.events, edges)
        temporary.replace(path)
    except OSError as error:
        raise FileError(f"cannot write '{path}': {error.strerror}; choose another folder") from error
    finally:
        temporary.unlink(missing_ok=True)


def _text(stem: str, card: _CountingCard, channels: dict[str, list[_Process]]) -> str:
    columns = [(channel, *named) for channel, processes in channels.items() for named in _named(processes)]
    numbers = _numbers(columns)
    sizes = []
    for nuisance in card.sizes:
        cells = [dict(process.sizes).get(nuisance, "-") for _, _, process in columns]
        sizes.append(f"{nuisance} lnN {' '.join(cells)}")
    formulae = [
        f"rate_{channel}_{name} rateParam {channel} {name} {process.formula} {','.join(process.arguments)}"
        for channel, name, process in columns
        if process.formula
    ]
    lines = [
        *card.comments,
        f"imax {len(channels)} number of channels",
        f"jmax {len(numbers) - 1} number of processes minus 1",
        "kmax * number of nuisance parameters",
        "------------",
        f"shapes * * {stem}.root $CHANNEL/$PROCESS",
        "------------",
        f"bin {' '.join(channels)}",
        f"observation {' '.join('-1' for _ in channels)}",
        "------------",
        f"bin {' '.join(channel for channel, _, _ in columns)}",
        f"process {' '.join(name for _, name, _ in columns)}",
        f"process {' '.join(str(numbers[name]) for _, name, _ in columns)}",
        f"rate {' '.join('-1' for _ in columns)}",
        "------------",
        *sizes,
        *card.parameters,
        *formulae,
    ]
    return "\n".join(lines) + "\n"
