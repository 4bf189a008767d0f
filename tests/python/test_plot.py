"""Every figure of a report as a matplotlib figure: what is drawn is what figures.json holds."""

from __future__ import annotations

import json

import numpy as np
import pytest

import eddy

matplotlib = pytest.importorskip("matplotlib")
from eddy import _plot  # noqa: E402


def figures_of(run):
    return json.loads((run.path / "figures.json").read_text())["figures"]


def test_all_figures_are_drawn(quick_run):
    drawn = quick_run.plot()
    assert list(drawn) == list(quick_run.figures) == [figure["id"] for figure in figures_of(quick_run)]
    for name, figure in drawn.items():
        assert figure.get_suptitle() == quick_run.figures[name]
    assert drawn["bump"]._repr_png_().startswith(b"\x89PNG")
    svg = _plot.to_svg(drawn["bump"])
    assert svg.startswith("<svg") and 'width="100%"' in svg
    assert 'pt"' not in svg[: svg.index(">")]


def test_steps_points_and_lines_hold_the_numbers(quick_run):
    for figure in figures_of(quick_run):
        drawn = quick_run.plot(figure["id"])
        values = [
            np.asarray(patch.get_data().values, float)
            for axes in drawn.axes
            for patch in axes.patches
            if hasattr(patch, "get_data")
        ]
        curves = [np.asarray(line.get_ydata(), float) for axes in drawn.axes for line in axes.lines]
        for panel in figure["panels"]:
            for trace in panel["traces"] + panel.get("below", {}).get("traces", []):
                if trace["kind"] in ("step", "points", "line"):
                    y = _plot.floats(trace["y"])
                    among = values if trace["kind"] == "step" else curves
                    assert any(len(y) == len(other) and np.array_equal(y, other, equal_nan=True) for other in among), figure["id"]


def test_axes_say_their_units_and_scales(quick_run):
    panel = next(figure for figure in figures_of(quick_run) if figure["id"] == "bump")["panels"][0]
    axes = quick_run.plot("bump").axes[0]
    assert axes.get_yscale() == panel["y"]["scale"]
    assert _plot.title_of({"label": "N_A at ε_B", "unit": "GeV"}) == "$N_{A}$ at $ε_{B}$ [GeV]"


def test_every_role_of_the_report_has_its_colour():
    from conftest import ROOT

    script = (ROOT / "src" / "eddy" / "report" / "assets" / "report.js").read_text()
    table = script[script.index("const kColors = {") : script.index("const kDiverging")]
    import re

    colors = dict(re.findall(r'(\w+): "(#[0-9A-Fa-f]{6})"', table))
    assert len(colors) > 25
    for role, color in colors.items():
        assert _plot.color_of(role) == color
    assert _plot.color_of("template_band") == colors["template"]


def test_long_notes_stay_in_their_panel():
    note = {"kind": "note", "role": "note", "frame": "panel", "x": [0.02], "y": [0.02], "text": "local Z = 2.7 at 4829 GeV, " * 6}
    axis = {"label": "mass", "unit": "GeV", "range": [0, 1]}
    right = note | {"anchor": "right bottom", "x": [0.98], "y": [0.5]}
    panel = {"row": 0, "column": 0, "x": axis, "y": axis, "traces": [note, right]}
    drawn = _plot.draw({"title": "Scan", "panels": [panel]})
    drawn.draw_without_rendering()
    (axes,) = drawn.axes
    for text in axes.texts:
        inside, own = axes.get_window_extent(), text.get_window_extent()
        assert inside.x0 <= own.x0 < own.x1 <= inside.x1


def test_an_unknown_figure_names_the_nearest(quick_run):
    with pytest.raises(eddy.ConfigError, match="there is no figure 'bumb' of .*; did you mean 'bump'"):
        quick_run.plot("bumb")


def test_the_summary_of_a_notebook_has_figures(quick_run):
    html = quick_run._repr_html_()
    assert html.count("<svg") == 2
