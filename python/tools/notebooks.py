#!/usr/bin/env python3
"""Makes the notebooks of examples/notebooks from the scripts beside them: cells begin with "# %%" (code) or "# %% [markdown]".

usage: notebooks.py [NAME...]     executes them (all of them without a name), and writes what they show into NAME.ipynb

Needs the package eddy on the path. Needs no Jupyter: the last expression of a cell is shown as a notebook would show it.
"""

import ast
import base64
import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "notebooks"


def cells_of(script: str) -> list[tuple[str, str]]:
    """Kind ("code" or "markdown") and source of each cell."""
    cells = []
    for part in script.split("# %%")[1:]:
        head, _, body = part.partition("\n")
        if "[markdown]" in head:
            lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()]
            cells.append(("markdown", "\n".join(lines)))
        else:
            cells.append(("code", body.strip()))
    return cells


def shown(value: Any) -> dict[str, Any]:
    """A value as a notebook stores it."""
    data: dict[str, Any] = {"text/plain": repr(value)}
    if hasattr(value, "_repr_png_"):
        data["image/png"] = base64.b64encode(value._repr_png_()).decode()
        data["text/plain"] = "<Figure>"
    elif hasattr(value, "_repr_html_"):
        html = value._repr_html_()
        if html is not None:
            data["text/html"] = html
    return data


def execute(source: str, namespace: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs a cell; what it prints, and the value of its last expression."""
    tree = ast.parse(source)
    end = tree.body[-1] if tree.body else None
    last = end if isinstance(end, ast.Expr) else None
    if last is not None:
        tree.body.pop()
    said = io.StringIO()
    outputs: list[dict[str, Any]] = []
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "cell", "exec"), namespace)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace) if last is not None else None
    if said.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": said.getvalue()})
    if value is not None:
        outputs.append({"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": shown(value)})
    return outputs


def work_folder(folder: str) -> Path:
    """Where a notebook is executed: a folder in `folder` that has the examples above it, as that of the notebooks does."""
    for entry in FOLDER.parent.iterdir():
        if entry != FOLDER:
            (Path(folder) / entry.name).symlink_to(entry)
    work = Path(folder) / FOLDER.name
    work.mkdir()
    return work


def run_script(path: Path) -> dict[str, Any]:
    """The notebook of a script, executed beside the examples in a folder that is removed afterwards."""
    namespace: dict[str, Any] = {}
    cells: list[dict[str, Any]] = []
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(work_folder(folder))
        try:
            for kind, source in cells_of(path.read_text(encoding="utf-8")):
                cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
                if kind == "code":
                    cell |= {"execution_count": len(cells) + 1, "outputs": execute(source, namespace)}
                cells.append(cell)
        finally:
            os.chdir(before)
    return {
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.py"))
    for name in names:
        notebook = run_script(FOLDER / f"{name}.py")
        (FOLDER / f"{name}.ipynb").write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{name}.ipynb written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
