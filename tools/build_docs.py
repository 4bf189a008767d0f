"""The documentation site: README, docs/*.md, the Python API from its docstrings, and a gallery of figures. Needs no network.

usage: build_docs.py FOLDER     (the Python environment of tools/requirements/docs.txt; FOLDER is replaced)
"""

import ast
import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")


def public_names(path):
    """__all__ of a module of the package."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "__all__":
            return ast.literal_eval(statement.value)
    raise SystemExit(f"{path} has no __all__")


def api_page():
    """Directives for mkdocstrings: every public name, once."""
    package = REPOSITORY / "python" / "eddy"
    names = [name for name in public_names(package / "__init__.py") if name != "__version__"]
    modules = [name for name in names if (package / f"{name}.py").exists()]
    classes = [name for name in names if name not in modules and name[0].isupper()]
    functions = [name for name in names if name not in modules and not name[0].isupper()]
    lines = ["# Python API", "", "What [the package](docs/python.md) shows, from its docstrings.", ""]
    lines += [f"::: eddy.{name}\n" for name in (*functions, *classes)]
    for module in modules:
        lines += [f"::: eddy.{module}\n    options: {{show_root_heading: false, members: false}}\n"]
        lines += [f"::: eddy.{module}.{name}\n    options: {{show_root_full_path: true}}\n" for name in sorted(public_names(package / f"{module}.py"), key=str.lower)]
    return "\n".join(lines)


def images_of(notebook, folder):
    """The figures that a notebook shows, written into `folder`."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    names = []
    for i, figure in enumerate(one["image/png"] for one in data if "image/png" in one):
        names.append(f"{notebook.stem}-{i + 1}.png")
        (folder / names[-1]).write_bytes(base64.b64decode("".join(figure)))
    return names


def title_of(notebook):
    first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"]
    return "".join(first).splitlines()[0].lstrip("# ")


def gallery_page(source):
    """Reports, and the figures of the notebooks."""
    folder = source / "gallery"
    folder.mkdir()
    lines = ["# Gallery", "", "Reports as `eddy run` writes them, and what the notebooks draw; every figure of a report is one of `run.plot()` too.", ""]
    for image in sorted((REPOSITORY / "docs" / "images").glob("*.png")):
        lines += [f"## Report: {image.stem}", "", f"![{image.stem}](docs/images/{image.name})", ""]
    for notebook in sorted((REPOSITORY / "examples" / "notebooks").glob("*.ipynb")):
        lines += [f"## {title_of(notebook)}", "", f"[{notebook.name}](examples/notebooks/{notebook.name})", ""]
        lines += [f"![{name}](gallery/{name})" for name in images_of(notebook, folder)] + [""]
    return "\n".join(lines)


def with_files(page, source):
    """The text of a page of the repository; files that it names outside the documentation are copied beside it, folders are only named."""

    def link(match):
        target, hash_mark, anchor = match[2].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        path = (page.parent / target).resolve()
        if path.is_dir():
            return match[0].split("](")[0].lstrip("![")
        if path == REPOSITORY / "README.md":
            target = "../" * len(page.parent.relative_to(REPOSITORY).parts) + "index.md"
        elif path.is_file():
            copy = source / path.relative_to(REPOSITORY)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix != ".md":
                shutil.copyfile(path, copy)
        return f"{match[1]}{target}{hash_mark}{anchor}{match[3]}"

    return LINK.sub(link, page.read_text(encoding="utf-8"))


def write_pages(source):
    pages = {"index.md": REPOSITORY / "README.md"}
    pages |= {page.name: page for page in REPOSITORY.glob("*.md") if page.name != "README.md"}
    pages |= {f"docs/{page.name}": page for page in (REPOSITORY / "docs").glob("*.md")}
    (source / "docs").mkdir()
    shutil.copytree(REPOSITORY / "docs" / "images", source / "docs" / "images")
    for name, page in pages.items():
        (source / name).write_text(with_files(page, source), encoding="utf-8")
    (source / "api.md").write_text(api_page(), encoding="utf-8")
    (source / "gallery.md").write_text(gallery_page(source), encoding="utf-8")


def build(folder):
    with tempfile.TemporaryDirectory(prefix="eddy-docs-") as temporary:
        source = Path(temporary) / "pages"
        source.mkdir()
        write_pages(source)
        settings = (REPOSITORY / "tools" / "docs" / "mkdocs.yml").read_text(encoding="utf-8")
        settings = settings.replace("paths: [python]", f"paths: ['{REPOSITORY / 'python'}']")
        config = Path(temporary) / "mkdocs.yml"
        config.write_text(f"{settings}docs_dir: '{source}'\n", encoding="utf-8")
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--quiet", "--config-file", config, "--site-dir", folder.resolve()]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"mkdocs failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
