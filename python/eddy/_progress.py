"""Who is told what a search does: the logger "eddy", and who asks for progress."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from .errors import ConfigError

__all__ = ["Progress", "logger", "progress_of", "tell"]

logger = logging.getLogger("eddy")
logger.addHandler(logging.NullHandler())

Progress = None | bool | Callable[[str, int, int, str], Any]
"""None or False: silent. True: a line of text. Else called with the task, how many of its parts are done, how many there are, and
a note such as the current loss."""


def tell(level: str, message: str) -> None:
    """Messages of the engine go to the logger."""
    logger.log(logging.WARNING if level == "warning" else logging.INFO, message)


class Line:
    """Progress as one line of text that is written again and again: in a terminal, and in a notebook."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.width = 0
        self.last = 0.0

    def __call__(self, task: str, done: int, total: int, note: str) -> None:
        now = time.monotonic()
        if done < total and now - self.last < 0.1:
            return
        self.last = now
        text = f"{task}: {done} of {total}" + (f"  {note}" if note else "")
        end = "\n" if done >= total else ""
        self.stream.write("\r" + text.ljust(self.width) + end)
        self.stream.flush()
        self.width = 0 if end else len(text)


def progress_of(progress: Progress) -> Callable[[str, int, int, str], Any] | None:
    """What is called, or None. Raises ConfigError for anything else."""
    if progress is None or progress is False:
        return None
    if progress is True:
        return Line()
    if callable(progress):
        return progress
    raise ConfigError(f"progress is {progress!r}; give None, True or something to call with (task, done, total, note)")
