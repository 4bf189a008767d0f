"""The documentation site: it is built without a network, every link and image leads somewhere, and the API is all there.

usage: site_test.py     (the Python environment of tools/requirements/docs.txt)
"""

import re
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tools"))

import build_docs


class Page(HTMLParser):
    """What a page refers to, what it loads, and what may be referred to in it."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loaded, self.anchors = [], [], {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        self.anchors |= {of[key] for key in ("id", "name") if of.get(key)}
        if tag == "a" and "href" in of:
            self.links.append(of["href"])
        elif tag in ("img", "script", "iframe", "source") and of.get("src"):
            self.loaded.append(of["src"])
        elif tag == "link" and of.get("rel") not in ("canonical", "prev", "next"):
            self.loaded.append(of["href"])


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="eddy-site-")
        cls.addClassCleanup(folder.cleanup)
        cls.site = Path(folder.name) / "site"
        subprocess.run([sys.executable, REPOSITORY / "tools" / "build_docs.py", cls.site], check=True)
        cls.pages = {path: Page(path) for path in cls.site.rglob("*.html") if path.name != "404.html"}

    def target(self, page, link):
        """The file that a link leads to, and the place in it."""
        parts = urlsplit(link)
        path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        return (path / "index.html" if path.is_dir() else path), unquote(parts.fragment)

    def test_all_pages_are_there(self):
        for page in (*REPOSITORY.glob("docs/*.md"), REPOSITORY / "CHANGELOG.md"):
            self.assertIn(self.site / page.relative_to(REPOSITORY).with_suffix(".html"), self.pages)
        self.assertIn(self.site / "index.html", self.pages)

    def test_links_and_images_lead_somewhere(self):
        dead = []
        n_links = 0
        for path, page in self.pages.items():
            for link in (*page.links, *page.loaded):
                if urlsplit(link).scheme in ("http", "https", "mailto"):
                    continue
                n_links += 1
                file, anchor = self.target(path, link)
                if not file.is_file() or (file in self.pages and anchor not in self.pages[file].anchors):
                    dead.append(f"{path.relative_to(self.site)}: {link}")
        self.assertEqual(dead, [])
        self.assertGreater(n_links, 500)

    def test_nothing_is_fetched_from_elsewhere(self):
        loaded = {link for page in self.pages.values() for link in page.loaded if urlsplit(link).scheme or link.startswith("//")}
        self.assertEqual({link for link in loaded if not link.startswith("data:")}, set())
        styles = "".join(path.read_text(encoding="utf-8") for path in self.site.rglob("*.css"))
        self.assertEqual(re.findall(r"url\(['\"]?https?:[^)]*|@import[^;]*", styles), [])

    def test_every_public_name_has_an_entry(self):
        package = REPOSITORY / "python" / "eddy"
        names = {f"eddy.{name}" for name in build_docs.public_names(package / "__init__.py")} - {"eddy.__version__"}
        for module in ("stats", "jets"):
            names |= {f"eddy.{module}.{name}" for name in build_docs.public_names(package / f"{module}.py")}
        api = self.pages[self.site / "api.html"]
        self.assertEqual(names - api.anchors, set())
        text = (self.site / "api.html").read_text(encoding="utf-8")
        for words in ("Parameters", "Raises", "Examples", "whatever the background"):
            self.assertIn(words, text)

    def test_the_gallery_has_the_figures_of_every_notebook(self):
        gallery = self.pages[self.site / "gallery.html"]
        for notebook in (REPOSITORY / "examples" / "notebooks").glob("*.ipynb"):
            images = [link for link in gallery.loaded if link.startswith(f"gallery/{notebook.stem}-")]
            self.assertTrue(images, notebook)


if __name__ == "__main__":
    unittest.main()
