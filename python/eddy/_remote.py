"""Files at addresses, mostly on other machines: what a place such as http://host/file.root is, and how its bytes are got at."""

from __future__ import annotations

import re
from typing import Any

from .errors import DataError, FileError

__all__ = ["address", "expanded", "is_remote", "opened", "require_kind", "unopened"]

_REMOTE = re.compile(r"^[a-z][a-z0-9+]*://")
_READ = re.compile(r"\.(root|parquet|pq)(\?[^:]*)?(:.*)?$")
_OF_ARROW = ("file", "s3", "gs", "gcs", "hdfs", "viewfs", "abfs", "abfss")
"""Protocols that pyarrow reads by itself."""


def is_remote(place: str) -> bool:
    return _REMOTE.match(place) is not None


def require_kind(place: str) -> None:
    """Raises DataError for a place elsewhere that is neither ROOT nor parquet by its name: nothing else is read from there."""
    if _READ.search(place) is None:
        raise DataError(
            f"'{place}' is an address, and of those only files named .root, .parquet and .pq are read; copy the file here first"
        )


def unopened(path: str, error: Exception) -> FileError:
    """What to say of a file that could not be opened: it is damaged or, elsewhere, out of reach."""
    cause = error.__cause__ or error if isinstance(error, FileNotFoundError) else error  # a server that is not there, too
    said = next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)
    if not is_remote(path):
        return FileError(f"'{path}' cannot be read: {said}; copy or write it again")
    remedy = "install that" if isinstance(error, ImportError) else "check the address"
    return FileError(f"'{path}' cannot be read: {said}; {remedy}, or copy the file here first")


def expanded(path: str) -> list[str]:
    """Files that a pattern finds on another machine, where its protocol can list them; without a star, the path itself."""
    if "*" not in path:
        return [path]
    try:
        import fsspec

        system, pattern = fsspec.core.url_to_fs(path)
        found = [system.unstrip_protocol(name) for name in sorted(system.glob(pattern))]
    except Exception as error:
        raise unopened(path, error) from error
    if not found:
        raise FileError(f"there are no files '{path}', or none that the server lists; check the address, or give a list of files")
    return found


def address(path: str) -> str:
    """What fsspec is asked for: servers that hand out no part of a file are asked for all of it, which is kept on disk."""
    if not path.startswith(("http://", "https://")):
        return path
    import fsspec

    with fsspec.open(path, "rb", cache_type="none") as file:
        try:
            file.seek(4)
            file.read(4)
        except ValueError:
            return f"simplecache::{path}"
    return path


def opened(path: str) -> Any:
    """What pyarrow opens: a path, or a file of fsspec for protocols that it does not know."""
    if not is_remote(path) or path.partition("://")[0] in _OF_ARROW:
        return path
    import fsspec

    return fsspec.open(address(path), "rb").open()
