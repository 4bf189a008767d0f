#!/usr/bin/env python3
"""Writes python/eddy/_results.py and _limits.py: a frozen dataclass for each object of docs/{result,limit}.schema.json.

usage: generate_results.py [--check]     --check: writes nothing, fails where a file is not what it would write
"""

import json
import keyword
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "python" / "eddy"
HEAD = '''"""{title}

Written by python/tools/generate_results.py from docs/{schema}; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

'''
WIDTH = 130


def class_name(name: str) -> str:
    """conrad_working_point -> ConradWorkingPoint."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def attribute_name(key: str) -> str:
    """at_1e-2 -> at_1e_2, global -> global_."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", key)
    return f"{name}_" if keyword.iskeyword(name) else name


def one_line(text: str) -> str:
    """A docstring's sentence, without what would end or escape it."""
    line = " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split())
    return line[:-1] + '\\"' if line.endswith('"') else line


def docstring(text: str) -> list[str]:
    """Lines of an attribute's docstring."""
    return textwrap.wrap(f'"""{one_line(text)}"""', WIDTH, initial_indent="    ", subsequent_indent="    ")


class Generator:
    """Collects the classes of one schema, those that others use first."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.classes: dict[str, str] = {}

    def definition(self, reference: str) -> tuple[str, dict[str, Any]]:
        """The name of "#/$defs/quantity" or "#/$defs/evaluation/properties/sic", and what it says."""
        node: Any = self.schema
        parts = reference.removeprefix("#/").split("/")
        for part in parts:
            node = node[part]
        return "_".join(part for part in parts if part not in ("$defs", "properties")), node

    def type_of(self, node: dict[str, Any], name: str) -> str:
        """The annotation of a value that `node` describes; `name` is that of the class it may need."""
        if "$ref" in node:
            name, target = self.definition(node["$ref"])
            return self.type_of(target, name)
        if "anyOf" in node:
            return " | ".join(dict.fromkeys(self.type_of(choice, name) for choice in node["anyOf"]))
        if "enum" in node:
            return f"Literal[{', '.join('None' if value is None else json.dumps(value) for value in node['enum'])}]"
        if "const" in node:
            return f"Literal[{json.dumps(node['const']) if isinstance(node['const'], str) else repr(node['const'])}]"
        types = node.get("type", "object")
        types = types if isinstance(types, list) else [types]
        return " | ".join(self.simple_type(kind, node, name) for kind in types)

    def simple_type(self, kind: str, node: dict[str, Any], name: str) -> str:
        if kind == "array":
            items = node.get("items")
            return f"tuple[{self.type_of(items, name) if items else 'Any'}, ...]"
        if kind == "object":
            return self.object_type(node, name)
        return {"string": "str", "number": "float", "integer": "int", "boolean": "bool", "null": "None"}[kind]

    def object_type(self, node: dict[str, Any], name: str) -> str:
        if "properties" not in node:
            values = node.get("additionalProperties")
            return f"Mapping[str, {self.type_of(values, name) if isinstance(values, dict) else 'Any'}]"
        self.add_class(node, name)
        return class_name(name)

    def add_class(self, node: dict[str, Any], name: str, overrides: dict[str, str] | None = None) -> None:
        cls = class_name(name)
        if cls in self.classes:
            return
        required = node.get("required", [])
        lines = []
        for key, value in node["properties"].items():
            annotation = (overrides or {}).get(key) or self.type_of(value, f"{name}_{key}")
            optional = key not in required
            if optional and "None" not in annotation.split(" | "):
                annotation += " | None"
            attribute = attribute_name(key)
            arguments = (["default=None"] if optional else []) + ([f'metadata={{"key": "{key}"}}'] if attribute != key else [])
            line = f"{attribute}: {annotation}" + (f" = field({', '.join(arguments)})" if arguments else "")
            lines += textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent=" " * 8, break_long_words=False)
            if "description" in value:
                lines += docstring(value["description"])
        description = one_line(node.get("description", f"{name.replace('_', ' ')}"))
        head = "\n".join(docstring(description[:1].upper() + description[1:]))
        text = f"@dataclass(frozen=True, kw_only=True)\nclass {cls}:\n{head}\n\n"
        self.classes[cls] = text + "\n".join(lines) + "\n"


def families_of(schema: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Family -> names of the definitions of its setup and of its working points."""
    families = {}
    for branch in schema["allOf"]:
        family = branch["if"]["properties"]["family"]["const"]
        parts = branch["then"]["properties"]
        items = parts["working_points"]["items"]
        point = items.get("$ref") or items["allOf"][0]["$ref"]
        families[family] = (parts["setup"]["$ref"].split("/")[-1], point.split("/")[-1])
    return families


def generate_result() -> str:
    schema = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
    generator = Generator(schema)
    families = families_of(schema)
    for setup, point in families.values():
        generator.type_of({"$ref": f"#/$defs/{setup}"}, setup)
        generator.type_of({"$ref": f"#/$defs/{point}"}, point)
    overrides = {"setup": "Setup", "working_points": "tuple[WorkingPoint, ...]"}
    body = list(generator.classes.values())
    generator.classes = dict(generator.classes)
    known = len(generator.classes)
    generator.add_class(schema, "result", overrides)
    body += list(generator.classes.values())[known:-1]
    aliases = [
        "Setup = " + " | ".join(class_name(setup) for setup, _ in families.values()),
        "WorkingPoint = " + " | ".join(class_name(point) for _, point in families.values()),
        "PARTS: dict[str, tuple[type[Any], type[Any]]] = {\n"
        + "".join(f'    "{family}": ({class_name(s)}, {class_name(p)}),\n' for family, (s, p) in families.items())
        + '}\n"""Family: what its setup and its working points are."""',
    ]
    head = HEAD.format(title="What result.json holds.", schema="result.schema.json")
    return head + "\n" + "\n\n".join(body) + "\n\n" + "\n".join(aliases) + "\n\n\n" + generator.classes["Result"]


def generate_limit() -> str:
    schema = json.loads((ROOT / "docs" / "limit.schema.json").read_text(encoding="utf-8"))
    generator = Generator(schema)
    generator.add_class(schema, "limit", {"figures": "tuple[Any, ...]"})
    classes = list(generator.classes.values())
    return HEAD.format(title="What limit.json holds.", schema="limit.schema.json") + "\n" + "\n\n".join(classes)


def main() -> int:
    stale = []
    for name, text in (("_results.py", generate_result()), ("_limits.py", generate_limit())):
        path = PACKAGE / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(f"not what the schema says now: {', '.join(stale)}; run python/tools/generate_results.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
