"""A finished run, read from its folder."""

from __future__ import annotations

import html
import json
import os
import tempfile
import webbrowser
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _eddy
from ._arguments import flag, listed, path_text, real_number, shown, text, whole_number
from ._decode import decode
from ._executor import compute_experiments
from ._extras import needed
from ._limits import Limit
from ._points import WorkingPoints
from ._prepare import FOLDER
from ._progress import Progress, progress_of, tell
from ._readers import foreign_table
from ._results import PARTS, Calibration, Result, Validation, Verdict
from ._tables import is_table, table_of
from .errors import ConfigError, FileError

if TYPE_CHECKING:
    import pandas

__all__ = ["Run", "load"]

Columns = dict[str, npt.NDArray[Any]]


def load(path: str | os.PathLike[str]) -> Run:
    """A finished run.

    Parameters
    ----------
    path
        Run folder, as written by `eddy run` or `eddy.run`.

    Raises
    ------
    FileError
        Where there is no finished run in the folder.
    ConfigError
        Where its files do not belong together.
    """
    return Run(path)


class Run:
    """A finished run: result.json as frozen dataclasses, figures, and what can be done with it.

    It holds the path of the folder, reads it when it is made, and pickles as that path.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path_text(path, "the run folder"))
        self._read()

    def _read(self) -> None:
        self._words: dict[str, str] = _eddy.read_result(os.fspath(self.path))
        document = json.loads(self._words["json"])
        setup, point = PARTS[document["family"]]
        given = {
            "setup": decode(setup, document["setup"]),
            "working_points": tuple(decode(point, entry) for entry in document["working_points"]),
        }
        self.result: Result = decode(Result, document, given)

    @property
    def working_points(self) -> WorkingPoints:
        """Working points: `run.working_points[0.01].z`."""
        return WorkingPoints(self.result.working_points)

    @property
    def validation(self) -> Validation | None:
        """What the chain predicts where there is no signal; None without validation experiments."""
        return self.result.validation

    @property
    def calibration(self) -> Calibration | None:
        """What null experiments say; None without them."""
        return self.result.calibration

    @property
    def calibrated(self) -> bool:
        """Whether null experiments give the p-values their meaning."""
        return self.result.calibration is not None

    @property
    def verdict(self) -> Verdict:
        """What the search says, as judged by the engine."""
        return self.result.verdict

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything a reader of the result must know."""
        return self.result.warnings

    @property
    def method(self) -> str:
        """Name of the method."""
        return self.result.method

    @property
    def name(self) -> str:
        """Name of the search."""
        return self.result.name

    def scores(self) -> Columns:
        """The scored events of the data: row in the file, identity, context, score and so on, each of shape (n_scored)."""
        return _read_columns(self._file("scores.h5"))

    def to_pandas(self, what: str = "working_points") -> pandas.DataFrame:
        """A table as a DataFrame.

        Parameters
        ----------
        what
            "working_points" (a row each, by efficiency), "inputs" (a row for each file that was read) or "scores" (a row for each
            scored event).
        """
        pandas = needed("pandas", "pandas", "a DataFrame")
        if text(what, "what") == "scores":
            return pandas.DataFrame(self.scores())
        if what == "inputs":
            return pandas.DataFrame([_scalars(entry) for entry in self.result.inputs])
        if what == "working_points":
            frame = pandas.DataFrame([_scalars(point) for point in self.result.working_points])
            return frame.set_index("efficiency") if "efficiency" in frame else frame
        raise ConfigError(f"there is no table '{what}' of a run; there are working_points, inputs and scores")

    @property
    def figures(self) -> dict[str, str]:
        """Name -> title of every figure of the report, those of limits included."""
        return {figure["id"]: figure["title"] for figure in self._figures()}

    def plot(self, figure: str | None = None) -> Any:
        """Figures of the report, drawn with matplotlib.

        Parameters
        ----------
        figure
            Name of one, as in `figures`; None: all of them.

        Returns
        -------
        matplotlib.figure.Figure or dict of them
        """
        needed("matplotlib", "plot", "drawing figures")
        from ._plot import draw

        figures = {entry["id"]: entry for entry in self._figures()}
        if figure is None:
            return {name: draw(entry) for name, entry in figures.items()}
        if text(figure, "figure") not in figures:
            near = _eddy.nearest_name(figure, list(figures))
            hint = f"did you mean '{near}'?" if near else f"there are {', '.join(figures)}"
            raise ConfigError(f"there is no figure '{figure}' of '{self.path}'; {hint}")
        return draw(figures[figure])

    def report(self, *, show: bool = False) -> Path:
        """Writes report.html again and returns its path; `show` opens it in a browser."""
        _eddy.report(os.fspath(self.path))
        path = self.path / "report.html"
        if flag(show, "show"):
            webbrowser.open(path.resolve().as_uri())
        return path

    def score(self, events: Any, *, threads: int = 0, progress: Progress = None) -> Any:
        """Scores of any events.

        Parameters
        ----------
        events
            A DataFrame, a dict of arrays, a structured array, an awkward record array, or the path of a file.
        threads
            To use; 0: all cores.

        Returns
        -------
        pandas.DataFrame or dict of arrays
            A row for each event that passes the selection: `row`, the identity where configured, `score` (of QUAK
            the losses and the category) and what else `eddy score` writes. A DataFrame where a DataFrame was given,
            with its index.
        """
        with tempfile.TemporaryDirectory(prefix="eddy-") as folder:
            source = self._as_file(events, folder, "events", _eddy.columns_to_score(os.fspath(self.path)))
            output = os.path.join(folder, "scores.h5")
            _eddy.score(os.fspath(self.path), source, output, whole_number(threads, "threads"), tell, progress_of(progress))
            columns = _read_columns(Path(output))
        if hasattr(events, "iloc"):
            import pandas

            return pandas.DataFrame(columns, index=events.index[columns["row"]])
        return columns

    def limit(
        self,
        signal: Any = None,
        *,
        weight: str = "",
        injections: Sequence[float] = (),
        points: int = 6,
        repetitions: int = 3,
        nulls: int | None = None,
        into: str | None = None,
        cross_section: float | None = None,
        expected: float | None = None,
        unit: str = "fb",
        store: str | os.PathLike[str] = "",
        threads: int = 0,
        progress: Progress = None,
    ) -> Limit:
        """Limits on a signal, with the search trained anew at each strength; without `signal`, those that the run has.

        Parameters
        ----------
        signal
            Signal events: a table or a file. The other arguments are the options of `eddy limit`.
        """
        if signal is not None:
            options = _eddy.LimitOptions()
            options.run, options.store = os.fspath(self.path), path_text(store, "store")
            options.weight, options.unit = text(weight, "weight"), text(unit, "unit")
            options.injections = [real_number(x, "injections") for x in listed(injections, "injections")]
            options.points, options.repetitions = whole_number(points, "points", 1), whole_number(repetitions, "repetitions", 2)
            options.nulls = None if nulls is None else whole_number(nulls, "nulls")
            options.cross_section = None if cross_section is None else real_number(cross_section, "cross_section")
            options.expected = None if expected is None else real_number(expected, "expected")
            if into is not None and (not isinstance(into, str) or into not in ("data", "nulls")):
                raise ConfigError(f'into is {shown(into)}; give "data" or "nulls", or leave it out')
            options.into_nulls = None if into is None else into == "nulls"
            wanted = _eddy.columns_of_signal(os.fspath(self.path), weight)
            options.signal = self._as_file(signal, os.fspath(self.path / FOLDER), "signal", wanted)
            _eddy.limit(options, whole_number(threads, "threads"), tell, progress_of(progress))
        document = json.loads(self._file("limit.json").read_text(encoding="utf-8"))
        return decode(Limit, document)

    def calibrate(
        self,
        experiments: int = 50,
        *,
        store: str | os.PathLike[str] = "",
        threads: int = 0,
        progress: Progress = None,
        executor: Executor | None = None,
        workers: int | None = None,
    ) -> Run:
        """Adds null experiments: whole searches without signal, `experiments` in all. Returns this run, read again.

        Parameters
        ----------
        experiments
            In all; those that are there count.
        executor, workers
            Who computes them, one experiment after the other each, as in `eddy.run`; None: this process.
        """
        folder, where = os.fspath(self.path), path_text(store, "store")
        n, n_threads = whole_number(experiments, "experiments"), whole_number(threads, "threads")
        if executor is not None:
            compute_experiments(executor, workers, folder, where, n, n_threads, progress)
        _eddy.calibrate(folder, where, n, n_threads, tell, progress_of(progress))
        self._read()
        return self

    def unblind(self, *, store: str | os.PathLike[str] = "", threads: int = 0, progress: Progress = None) -> Run:
        """Opens the signal region of a blind run; that is recorded for good. Returns this run, read again."""
        _eddy.unblind(
            os.fspath(self.path), path_text(store, "store"), whole_number(threads, "threads"), tell, progress_of(progress)
        )
        self._read()
        return self

    def _file(self, name: str) -> Path:
        path = self.path / name
        if not path.is_file():
            raise FileError(f"there is no '{path}'; {_WHO_WRITES.get(name, 'search again with eddy.run')}")
        return path

    def _figures(self) -> list[dict[str, Any]]:
        figures: list[dict[str, Any]] = json.loads(self._file("figures.json").read_text(encoding="utf-8"))["figures"]
        limit = self.path / "limit.json"
        return figures + (json.loads(limit.read_text(encoding="utf-8"))["figures"] if limit.is_file() else [])

    @staticmethod
    def _as_file(events: Any, folder: str, stem: str, wanted: list[str]) -> str:
        shown = f"the {stem}"
        table = table_of(events, shown) if is_table(events) else foreign_table(events, str(Path.cwd()), shown)
        if table is None:
            return path_text(events, shown)
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, _eddy.write_events(folder, stem, table.written(wanted)))

    def __eq__(self, other: object) -> bool:
        return self.result == other.result if isinstance(other, Run) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._words["json"])

    def __reduce__(self) -> tuple[type[Run], tuple[str]]:
        return (Run, (os.fspath(self.path),))

    def __repr__(self) -> str:
        return f"Run('{self.path}'): {self._words['verdict']}\n{self._words['searched']} {self._words['found']}"

    def _repr_html_(self) -> str:
        words = self._words
        level = {"none": "#4477AA", "mild": "#DDAA33", "excess": "#CC3311"}.get(words["level"], "#777777")
        warnings = "".join(f"<li>{html.escape(text)}</li>" for text in self.warnings)
        n_warnings = "1 warning" if len(self.warnings) == 1 else f"{len(self.warnings)} warnings"
        return (
            f'<div style="max-width:60em"><h3>{html.escape(self.name)} '
            f'<span style="color:{level}">{html.escape(words["verdict"])}</span></h3>'
            f"<p>{html.escape(words['searched'])} {html.escape(words['found'])}</p>"
            + (f"<details><summary>{n_warnings}</summary><ul>{warnings}</ul></details>" if warnings else "")
            + words["findings"]
            + self._figures_html()
            + f"<p><code>{html.escape(os.fspath(self.path / 'report.html'))}</code></p></div>"
        )

    def _figures_html(self) -> str:
        """The first two figures of the report, where matplotlib is there to draw them."""
        try:
            from ._plot import draw, to_svg
        except ImportError:
            return ""
        figures = self._figures()[:2] if (self.path / "figures.json").is_file() else []
        return "".join(f"<figure>{to_svg(draw(f))}<figcaption>{html.escape(f['caption'])}</figcaption></figure>" for f in figures)


_WHO_WRITES = {
    "scores.h5": "blind searches and searches in spaces of losses have none",
    "limit.json": "give signal events to find limits with",
}


def _read_columns(path: Path) -> Columns:
    return {name: values for name, (_, values) in _eddy.read_events(os.fspath(path), "", []).items()}


def _scalars(entry: Any) -> Mapping[str, Any]:
    """The numbers and texts of a dataclass, without what has parts of its own."""
    kept = {}
    for name in entry.__dataclass_fields__:
        value = getattr(entry, name)
        if value is None or isinstance(value, (str, bool, int, float)):
            kept[name] = np.nan if value is None else value
    return kept
