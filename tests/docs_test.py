"""The documentation shows what is there: links lead somewhere, and README's configuration is the example's."""

import re
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])


def links(page):
    """Targets of the links and images of a page that point into the repository."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path = target.split("#")[0]
        if path and not re.match(r"[a-z]+:", path):
            yield path


def code_blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def settings(text):
    """The lines of a TOML text without comments and blank lines."""
    lines = (re.sub(r"\s+#.*$", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


class Docs(unittest.TestCase):
    def test_links_lead_somewhere(self):
        dead = [f"{page.relative_to(REPOSITORY)}: {path}" for page in PAGES for path in links(page)
                if not (page.parent / path).exists()]
        self.assertEqual(dead, [])

    def test_readme_shows_the_example(self):
        (block,) = code_blocks(REPOSITORY / "README.md", "toml")
        example = (REPOSITORY / "examples/monojet.toml").read_text(encoding="utf-8")
        self.assertEqual(settings(block), settings(example))


if __name__ == "__main__":
    unittest.main()
