"""What eddy raises. Every message is the sentence of the command line: what is wrong, the value, where it stands, the remedy."""

__all__ = ["ConfigError", "DataError", "EddyError", "FileError", "NumericError"]


class EddyError(Exception):
    """Base of all that eddy raises on purpose."""


class ConfigError(EddyError, ValueError):
    """A setting, an argument or a run folder cannot be used as it is."""


class DataError(EddyError, ValueError):
    """Events cannot be used as they are: a column is missing, a value is NaN, a region is empty."""


class NumericError(EddyError, ArithmeticError):
    """A computation failed: a loss became NaN, a fit did not converge. No number is returned then."""


class FileError(EddyError, OSError):
    """A file cannot be read or written, or another process has the folder."""
