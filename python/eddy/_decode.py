"""From documents of JSON to the dataclasses that describe them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


_known_fields: dict[type[Any], tuple[tuple[str, str, Any], ...]] = {}


def _fields_of(cls: type[Any]) -> tuple[tuple[str, str, Any], ...]:
    """Attribute, key in the document, and type of each field."""
    if cls not in _known_fields:
        hints = typing.get_type_hints(cls)
        fields = dataclasses.fields(cls)
        _known_fields[cls] = tuple((f.name, f.metadata.get("key", f.name.rstrip("_")), hints[f.name]) for f in fields)
    return _known_fields[cls]


def decode(cls: type[T], document: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> T:
    """The dataclass that `document` describes; fields in `given` are taken as they are, those that it lacks are None."""
    values = {}
    for name, key, annotation in _fields_of(cls):
        values[name] = given[name] if given and name in given else decode_value(annotation, document.get(key))
    return cls(**values)


def decode_value(annotation: Any, value: Any) -> Any:
    """A value of JSON as `annotation` says: lists are tuples, objects are dataclasses or read-only mappings."""
    if value is None:
        return None
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        choices = [choice for choice in typing.get_args(annotation) if choice is not type(None)]
        return decode_value(choices[0], value)
    if origin is tuple:
        item = typing.get_args(annotation)[0]
        return tuple(decode_value(item, entry) for entry in value)
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return decode(annotation, value)
    if annotation is float and isinstance(value, int):
        return float(value)
    return freeze(value)


def freeze(value: Any) -> Any:
    """A value of JSON that nobody can change."""
    if isinstance(value, dict):
        return types.MappingProxyType({key: freeze(entry) for key, entry in value.items()})
    if isinstance(value, list):
        return tuple(freeze(entry) for entry in value)
    return value
