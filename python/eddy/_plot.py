"""Figures of figures.json (docs/figures.md), drawn with matplotlib in the grammar of the report."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import Figure

__all__ = ["draw", "to_svg"]

INK = "#1b2430"
# One colour per role, the same in every figure and in the report; the sets are Paul Tol's colour-blind-safe schemes.
COLORS = {
    "data": "#111111", "template": "#4477AA", "signal": "#CC3311", "signal_region": "#DDAA33", "control": "#88A0B8",
    "expectation": "#4477AA", "method": "#AA3377", "benchmark_1": "#009988", "benchmark_2": "#EE7733", "benchmark_3": "#33AADD",
    "benchmark_4": "#999933", "closure_1": "#111111", "closure_2": "#4477AA", "closure_3": "#AA3377", "closure_4": "#009988",
    "context_1": "#C2A5CF", "context_2": "#9970AB", "context_3": "#5AAE61", "context_4": "#1B7837", "series_1": "#4477AA",
    "series_2": "#AA3377", "series_3": "#009988", "series_4": "#EE7733", "series_5": "#33AADD", "series_6": "#999933",
    "series_7": "#882255", "series_8": "#666666", "reference": "#777777", "guide": "#9aa5b1", "cut": "#444444", "note": INK,
}  # fmt: skip
MAPS = {
    "diverging": ["#2166AC", "#92C5DE", "#FAFAFA", "#F4A582", "#B2182B"],
    "sequential": ["#EEF3F8", "#C5D8EA", "#8DB4D6", "#4C86B8", "#1E4E79"],
}
DASHES = {"dash": "--", "dot": ":", "dashdot": "-.", "longdash": (0, (8, 3))}
MARKERS: dict[str, dict[str, Any]] = {
    "": {"marker": "o", "markersize": 3.6},
    "open": {"marker": "o", "markersize": 6.5, "markerfacecolor": "none"},
    "dots": {"marker": "o", "markersize": 2.8, "alpha": 0.55},
}
STYLE = {
    "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK,
    "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True, "ytick.right": True, "axes.linewidth": 0.8,
    "font.size": 9, "axes.titlesize": 9.5, "axes.titlelocation": "left", "legend.fontsize": 8, "svg.fonttype": "none",
    "xtick.minor.visible": True, "ytick.minor.visible": True, "mathtext.default": "regular",
}  # fmt: skip

Trace = Mapping[str, Any]


def color_of(role: str) -> str:
    """The colour of what a trace stands for; that of its uncertainty is the same."""
    return COLORS.get(role) or COLORS.get(role.removesuffix("_band"), INK)


def rich(text: str) -> str:
    """Plain text to the mathematics that the report writes with subscripts; a dollar is a dollar."""
    text = text.replace("$", r"\$")
    text = re.sub(r"ε_([BS])", r"$ε_{\1}$", text)
    text = re.sub(r"\b([NR])_([ABCDc])\b", r"$\1_{\2}$", text)
    return text.replace("log10", r"log$_{10}$")


def title_of(axis: Mapping[str, Any]) -> str:
    return rich(f"{axis['label']} [{axis['unit']}]" if axis.get("unit") else axis["label"])


def floats(values: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


class Drawing(Figure):
    """A figure that a notebook shows, whether or not pyplot is in use."""

    def _repr_png_(self) -> bytes:
        image = io.BytesIO()
        self.savefig(image, format="png", dpi=90)
        return image.getvalue()


def draw(figure: Mapping[str, Any]) -> Figure:
    """One figure of figures.json.

    Parameters
    ----------
    figure
        As docs/figures.md describes; of alternatives for an x axis, the first is drawn.
    """
    with matplotlib.rc_context(STYLE):
        panels = figure["panels"]
        rows, columns = (1 + max(panel[side] for panel in panels) for side in ("row", "column"))
        has_below = any("below" in panel for panel in panels)
        width = {1: 6.4, 2: 8.6}.get(columns, 11.0)
        height = rows * ({1: 3.6, 2: 3.0}.get(columns, 2.8) + (1.1 if has_below else 0.0)) + 0.8
        drawn = Drawing(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(drawn)
        drawn.suptitle(figure["title"], x=0.01, ha="left", fontsize=11, fontweight="bold")
        grid = drawn.add_gridspec(rows, columns)
        for panel in panels:
            _draw_panel(drawn, grid[panel["row"], panel["column"]], panel, figure.get("colors"))
        _add_legend(drawn)
        _fit_notes(drawn)
    return drawn


def to_svg(figure: Figure) -> str:
    """The drawing as an <svg> element that scales with its page."""
    text = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    return re.sub(
        r'<svg([^>]*?) (?:width|height)="[^"]*pt"([^>]*?) (?:width|height)="[^"]*pt"', r'<svg\1\2 width="100%"', svg, count=1
    )


def _draw_panel(figure: Figure, place: Any, panel: Mapping[str, Any], colors: Mapping[str, Any] | None) -> None:
    below = panel.get("below")
    parts = place.subgridspec(2 if below else 1, 1, height_ratios=[3, 1] if below else [1], hspace=0.03)
    main = figure.add_subplot(parts[0])
    main.set_title(rich(panel.get("title", "")))
    x_axis = panel["x_choices"][0]["axis"] if panel.get("x_choices") else panel["x"]
    _draw_part(main, panel["traces"], x_axis, panel["y"], colors)
    lowest = main
    if below:
        lowest = figure.add_subplot(parts[1], sharex=main)
        _draw_part(lowest, below["traces"], x_axis, below["y"], colors)
        main.tick_params(labelbottom=False)
    lowest.set_xlabel(title_of(x_axis), loc="right")


def _draw_part(axes: Any, traces: Sequence[Trace], x_axis: Mapping[str, Any], y_axis: Mapping[str, Any], colors: Any) -> None:
    for axis, scale, ticks in ((x_axis, axes.set_xscale, axes.set_xticks), (y_axis, axes.set_yscale, axes.set_yticks)):
        if axis.get("scale") == "log":
            scale("log", nonpositive="clip")
        if axis.get("ticks"):
            ticks(range(1, 1 + len(axis["ticks"])), [rich(text) for text in axis["ticks"]])
    for trace in traces:
        _DRAW[trace["kind"]](axes, trace, colors)
    if x_axis.get("range"):
        axes.set_xlim(*x_axis["range"])
    if y_axis.get("range"):
        axes.set_ylim(*y_axis["range"])
    axes.set_ylabel(title_of(y_axis), loc="top")


def _x_of(trace: Trace) -> np.ndarray[Any, np.dtype[np.float64]]:
    return floats(trace["x_choices"][0] if "x_choices" in trace else trace["x"])


def _label(trace: Trace) -> str | None:
    text = trace.get("legend") or trace.get("name") or ""
    return rich(text) if text else None


def _line_style(trace: Trace, width: float) -> dict[str, Any]:
    style = trace.get("style", "")
    return {
        "color": color_of(trace["role"]), "linestyle": DASHES.get(style, "-"), "linewidth": 1.0 if style == "thin" else width
    }  # fmt: skip


def _step(axes: Any, trace: Trace, colors: Any) -> None:
    axes.stairs(floats(trace["y"]), _x_of(trace), baseline=None, label=_label(trace), **_line_style(trace, 1.3))


def _points(axes: Any, trace: Trace, colors: Any) -> None:
    y = floats(trace["y"])
    errors = None
    if trace.get("high"):
        errors = np.nan_to_num(np.maximum([y - floats(trace["low"]), floats(trace["high"]) - y], 0))
    marker = MARKERS.get(trace.get("style", ""), MARKERS[""])
    axes.errorbar(
        _x_of(trace),
        y,
        yerr=errors,
        label=_label(trace),
        color=color_of(trace["role"]),
        linestyle="none",
        elinewidth=0.9,
        **marker,
    )


def _line(axes: Any, trace: Trace, colors: Any) -> None:
    axes.plot(_x_of(trace), floats(trace["y"]), label=_label(trace), **_line_style(trace, 1.4))


def _band(axes: Any, trace: Trace, colors: Any) -> None:
    x, low, high = _x_of(trace), floats(trace["low"]), floats(trace["high"])
    shade = {"color": color_of(trace["role"]), "alpha": 0.18, "linewidth": 0, "label": _label(trace)}
    if len(x) == len(low) + 1:
        axes.fill_between(x, np.append(low, low[-1:]), np.append(high, high[-1:]), step="post", **shade)
    else:
        axes.fill_between(x, low, high, **shade)


def _heatmap(axes: Any, trace: Trace, colors: Any) -> None:
    z = np.array([floats(row) for row in trace["z"]])
    colors = colors or {}
    low, high = colors.get("range") or (np.nanmin(z), np.nanmax(z))
    is_log = colors.get("scale") == "log"
    norm = LogNorm(max(low, np.nanmin(z[z > 0], initial=1.0) if low <= 0 else low), high) if is_log else Normalize(low, high)
    shades = LinearSegmentedColormap.from_list("eddy", MAPS[colors.get("kind", "sequential")])
    mesh = axes.pcolormesh(_x_of(trace), floats(trace["y"]), z, cmap=shades, norm=norm, rasterized=True)
    axes.figure.colorbar(mesh, ax=axes, label=rich(colors.get("label", "")), pad=0.02)


def _vertical_line(axes: Any, trace: Trace, colors: Any) -> None:
    axes.axvline(trace["x"][0], **_line_style(trace, 1.0))
    if trace.get("text"):
        axes.annotate(
            rich(trace["text"]), (trace["x"][0], 0.98), xycoords=("data", "axes fraction"), xytext=(3, 0), va="top",
            textcoords="offset points", fontsize=8, color=color_of(trace["role"]), bbox=_PAPER,
        )  # fmt: skip


def _horizontal_line(axes: Any, trace: Trace, colors: Any) -> None:
    axes.axhline(trace["y"][0], zorder=0.5 if trace["role"] == "guide" else 2.0, **_line_style(trace, 1.0))
    if trace.get("text"):
        axes.annotate(
            rich(trace["text"]), (0.995, trace["y"][0]), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=8,
            bbox=_PAPER,
        )  # fmt: skip


def _note(axes: Any, trace: Trace, colors: Any) -> None:
    horizontal, vertical = (trace.get("anchor") or "left bottom").split(" ")
    frame = trace.get("frame", "")
    systems = ("axes fraction" if frame else "data", "axes fraction" if frame == "panel" else "data")
    note = axes.annotate(
        rich(trace["text"]), (trace["x"][0], trace["y"][0]), xycoords=systems,
        ha={"middle": "center"}.get(horizontal, horizontal),
        va={"middle": "center"}.get(vertical, vertical), fontsize=8.5, color=color_of(trace["role"]),
    )  # fmt: skip
    note.set_in_layout(False)


_PAPER = {"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.75, "edgecolor": "none"}
_DRAW = {
    "step": _step, "points": _points, "line": _line, "band": _band, "heatmap": _heatmap, "vertical_line": _vertical_line,
    "horizontal_line": _horizontal_line, "note": _note,
}  # fmt: skip


def _fit_notes(figure: Figure) -> None:
    """Long notes of a panel in letters so small that all end where it does."""
    long = 50
    drawn: list[tuple[Any, list[Any]]] = [
        (axes, [note for note in axes.texts if len(note.get_text()) > long]) for axes in figure.axes
    ]
    if any(notes for _, notes in drawn):
        figure.draw_without_rendering()
    for axes, notes in drawn:
        size = min((_share_inside(axes, note) for note in notes), default=1.0)
        for note in notes:
            note.set_fontsize(size * note.get_fontsize())


def _share_inside(axes: Any, note: Any) -> float:
    """By how much a note must shrink to end where its panel does."""
    panel, own = axes.get_window_extent(), note.get_window_extent()
    room = own.x1 - panel.x0 if note.get_ha() == "right" else panel.x1 - own.x0
    hinting = 0.97  # letters are not of one width at every resolution
    return float(min(1.0, hinting * room / own.width))


def _add_legend(figure: Figure) -> None:
    """One legend for all panels, each entry once."""
    entries: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    if entries:
        columns = min(4, len(entries))
        figure.legend(list(entries.values()), list(entries), loc="outside lower left", ncols=columns, frameon=False)
