"""eddy finds what does not belong in collider data: complete, model-agnostic searches, from events to calibrated significances.

>>> import eddy
>>> sorted(eddy.methods())[:3]
['anode', 'cathode', 'cathode_lacathode']
"""

from . import _eddy, jets, stats
from ._cards import combine_shapes
from ._classifier import Classifier
from ._convert import convert
from ._flow import Flow
from ._points import WorkingPoints
from ._quak import QuakSpace
from ._run import Run, load
from ._search import Search, methods, run, search
from .errors import ConfigError, DataError, EddyError, FileError, NumericError

__version__: str = _eddy.__version__

__all__ = [
    "Classifier",
    "ConfigError",
    "DataError",
    "EddyError",
    "FileError",
    "Flow",
    "NumericError",
    "QuakSpace",
    "Run",
    "Search",
    "WorkingPoints",
    "__version__",
    "combine_shapes",
    "convert",
    "jets",
    "load",
    "methods",
    "run",
    "search",
    "stats",
]
