"""Says what is wrong with a stored document, by the JSON schema of its collection.

The rules are those by which MongoDB refuses a write: the part of its `$jsonSchema` that `schema.py` uses. The findings
name fields and types, never the content of a document.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from bson.datetime_ms import DatetimeMS

Schema = Mapping[str, Any]

MAX_NAME_CHARS = 100

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "date": lambda value: isinstance(value, datetime | DatetimeMS),
    "objectId": lambda value: isinstance(value, ObjectId),
    "binData": lambda value: isinstance(value, bytes),
}


def problems(schema: Schema, value: Any, path: str = "$", *, masked: bool = False) -> Iterator[str]:
    """What is wrong with a value: a sentence for each problem, which begins with its JSON path (RFC 9535).

    `masked`: for a log. Names of fields that the schema does not have become `*`, since they can be content.
    """
    wanted = schema.get("bsonType")
    types = [wanted] if isinstance(wanted, str) else wanted
    if types and not any(TYPES[name](value) for name in types):
        yield f"{path} is {_kind(value)}, and must be {' or '.join(types)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is none of the allowed values"
    yield from _bounds(schema, value, path)
    if isinstance(value, dict):
        yield from _fields(schema, value, path, masked=masked)
    elif isinstance(value, list) and "items" in schema:
        items = schema["items"]  # one schema for all of them, or a list with one for each of the first ones
        each = zip(value, items, strict=False) if isinstance(items, list) else ((item, items) for item in value)
        for index, (item, wanted) in enumerate(each):
            yield from problems(wanted, item, f"{path}[{index}]", masked=masked)


def is_valid(schema: Schema, value: Any) -> bool:
    """Whether nothing is wrong with a value."""
    return next(problems(schema, value), None) is None


def printable(name: object, max_chars: int = MAX_NAME_CHARS) -> str:
    """A name or an id for a log: one line of ASCII of bounded length."""
    text = name if isinstance(name, str) else f"{type(name).__name__} {name!r}"
    escaped = text.encode("unicode_escape").decode("ascii")
    return escaped if len(escaped) <= max_chars else escaped[:max_chars] + "..."


def _bounds(schema: Schema, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, int):
        if value < schema.get("minimum", value):
            yield f"{path} is lower than {schema['minimum']}"
        if value > schema.get("maximum", value):
            yield f"{path} is higher than {schema['maximum']}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{path} is longer than {schema['maxLength']} characters"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{path} does not have the right form"
    if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        yield f"{path} has more than {schema['maxItems']} items"
    if isinstance(value, list) and len(value) < schema.get("minItems", len(value)):
        yield f"{path} has fewer than {schema['minItems']} items"


def _fields(schema: Schema, value: dict[str, Any], path: str, *, masked: bool) -> Iterator[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name} is missing"
    for name, field in value.items():
        inner = f"{path}.{'*' if masked and name not in properties else printable(name)}"
        if name in properties:
            yield from problems(properties[name], field, inner, masked=masked)
        elif others is False:
            yield f"{inner} is not a known field"
        elif others is not True:
            yield from problems(others, field, inner, masked=masked)


def _kind(value: object) -> str:
    """The BSON type of a value; Python's name for types that Ting does not store."""
    return next((name for name, has_type in TYPES.items() if has_type(value)), type(value).__name__)
