"""Configurations as TOML."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .errors import ConfigError

__all__ = ["override", "to_toml", "value_text"]


def value_text(value: Any, place: str) -> str:
    """A value as TOML writes it. Raises ConfigError, with `place`, for what no option can be."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return "nan" if math.isnan(value) else "inf" if value == math.inf else "-inf" if value == -math.inf else repr(value)
    if isinstance(value, (str, os.PathLike)):
        return _text(os.fspath(value), place)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(entry, place) for entry in value) + "]"
    raise ConfigError(f"{place} is a {type(value).__name__}; give a text, a number, True, False or a list of these")


def _text(text: str | bytes, place: str) -> str:
    if isinstance(text, bytes):
        raise ConfigError(f"{place} is bytes; give a text")
    escaped = "".join(
        f"\\{letter}" if letter in '"\\' else letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in text
    )
    return f'"{escaped}"'


def override(key: str, value: Any) -> str:
    """`section.key=value`, as the option --set of the command line takes it."""
    if not isinstance(key, str):
        raise ConfigError(f"override {key!r} is no text; write it as 'section.key', such as 'flow.epochs'")
    return f"{key}={value_text(value, key)}"


def _key(key: str, place: str) -> str:
    return key if isinstance(key, str) and re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key, place)


def _table_text(heading: str, options: Mapping[str, Any], place: str) -> str:
    lines = [heading] + [f"{_key(key, place)} = {value_text(value, f'{place} {key}')}" for key, value in options.items()]
    return "\n".join(lines) + "\n"


def to_toml(config: Mapping[str, Any]) -> str:
    """A configuration: section -> options, or a list of them for sections that may stand several times."""
    parts = []
    for section, options in config.items():
        if isinstance(options, Mapping):
            parts.append(_table_text(f"[{_key(section, section)}]", options, f"[{section}]"))
        elif isinstance(options, Sequence) and not isinstance(options, str):
            for entry in options:
                if not isinstance(entry, Mapping):
                    raise ConfigError(f"[[{section}]] is a list of {type(entry).__name__}; give a dict of options for each")
                parts.append(_table_text(f"[[{_key(section, section)}]]", entry, f"[[{section}]]"))
        else:
            raise ConfigError(f"section [{section}] is a {type(options).__name__}; give a dict of its options")
    return "\n".join(parts)
