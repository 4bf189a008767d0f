"""eddy finds what does not belong in collider data: complete, model-agnostic searches, from events to calibrated significances.

>>> import eddy
>>> sorted(eddy.methods())[:3]
['anode', 'cathode', 'conrad']
"""

from . import _eddy
from ._points import WorkingPoints
from ._run import Run, load
from ._search import Search, methods, run, search
from .errors import ConfigError, DataError, EddyError, FileError, NumericError

__version__: str = _eddy.__version__

__all__ = [
    "ConfigError",
    "DataError",
    "EddyError",
    "FileError",
    "NumericError",
    "Run",
    "Search",
    "WorkingPoints",
    "__version__",
    "load",
    "methods",
    "run",
    "search",
]
