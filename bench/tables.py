"""Tables of text: aligned for the terminal, or as markdown."""

from dataclasses import dataclass


@dataclass
class Table:
    """`rows` of texts under `header`; the first column is aligned left, the others right. `note` follows it."""

    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""

    def to_text(self) -> str:
        widths = [max(len(row[i]) for row in [self.header, *self.rows]) for i in range(len(self.header))]
        lines = ["  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
                 for row in [self.header, ["-" * width for width in widths], *self.rows]]
        return "\n".join([self.title, *lines] + ([self.note] if self.note else []))

    def to_markdown(self) -> str:
        rule = ["---"] + ["---:"] * (len(self.header) - 1)
        lines = [f"| {' | '.join(row)} |" for row in [self.header, rule, *self.rows]]
        return "\n".join([f"## {self.title}", "", *lines] + (["", self.note] if self.note else []))


def number(value: float) -> str:
    """Four significant digits, thousands apart: 12 340 000."""
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{float(f'{value:.4g}'):,.{digits}f}".replace(",", " ")
