"""A database as one value: read from and written to a mongod or a file, and compared with another one."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bson import Int64, json_util
from pymongo import IndexModel
from pymongo.database import Database

Document = dict[str, Any]
Collections = dict[str, Document]
Shape = frozenset[str]

# An integer between these is a time in milliseconds, from 2017 to 2096. Ting stores no other numbers of this size.
EARLIEST, LATEST = 1_500_000_000_000, 4_000_000_000_000
TIME_BYTES = 6  # at the start of a key of the search index
MAPS = {"reactions", "ran"}  # objects whose keys are not names of fields
JSON_TEXTS = {"value", "payload"}
# Texts with few different values, compared without the ids in them. For other texts, only the type is compared.
NAMES = {
    *(f"messages.{field}" for field in ("kind", "via", "mentions[]")),
    *(f"users.{field}" for field in ("role", "language", "theme", "shown[]", "share_typing", "see_typing")),
    *(f"audit.{field}" for field in ("act", "role")),
    *(f"plugin_jobs.{field}" for field in ("plugin", "task")),
    "memberships.notify",
    "users.list_order",
    "invitations.role",
    "plugin_values.plugin",
    "files.files.metadata.type",
    "words.t[]",
}
INDEXED = {"words", "vocabulary"}  # the search index: words of messages, and ids


def read(database: Database[Document]) -> Collections:
    """All collections with their options, indexes and documents."""
    return {
        str(found["name"]): {
            "options": found["options"],
            "indexes": sorted(
                (dict(index) for index in database[found["name"]].list_indexes()), key=lambda index: index["name"]
            ),
            "documents": list(database[found["name"]].find().sort("$natural", 1)),
        }
        for found in sorted(database.list_collections(), key=lambda found: str(found["name"]))
    }


def write(collections: Collections, database: Database[Document]) -> None:
    """Create the same collections in an empty database."""
    for name, collection in collections.items():
        database.create_collection(name, **collection["options"])
        if collection["documents"]:
            database[name].insert_many(collection["documents"])
        indexes = [index for index in collection["indexes"] if index["name"] != "_id_"]
        if indexes:
            database[name].create_indexes([_index(**index) for index in indexes])


def save(content: Document, file: Path) -> None:
    """Write a value with BSON's types to a file. The same value gives the same bytes."""
    text = json_util.dumps(content, json_options=json_util.CANONICAL_JSON_OPTIONS, ensure_ascii=False)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def load(file: Path) -> Document:
    """The opposite of `save`."""
    loaded: Document = json_util.loads(gzip.decompress(file.read_bytes()))
    return loaded


def later(value: Any, by: int) -> Any:
    """The same value with all times moved by a number of milliseconds."""
    if isinstance(value, dict):
        return {key: later(item, by) for key, item in value.items()}
    if isinstance(value, list):
        return [later(item, by) for item in value]
    if isinstance(value, datetime):
        return value + timedelta(milliseconds=by)
    if isinstance(value, int) and EARLIEST <= value <= LATEST:
        return type(value)(value + by)
    return value


def collections_later(collections: Collections, by: int) -> Collections:
    """The same database with all times moved by a number of milliseconds, also in the keys of the search index."""
    moved: Collections = later(collections, by)
    for document in moved["words"]["documents"]:
        time, rest = document["_id"][:TIME_BYTES], document["_id"][TIME_BYTES:]
        document["_id"] = (int.from_bytes(time) + by).to_bytes(TIME_BYTES) + rest
    return moved


def layout(collections: Collections) -> Document:
    """Validators, other options and indexes of all collections."""
    return {
        name: {"options": collection["options"], "indexes": collection["indexes"]}
        for name, collection in collections.items()
    }


def shapes(collections: Collections) -> dict[str, set[Shape]]:
    """For each collection, the different sets of fields and types of its documents."""
    return {
        name: {frozenset(_fields(document, name, "")) for document in collection["documents"]}
        for name, collection in collections.items()
    }


def _fields(value: Any, collection: str, path: str) -> Iterator[str]:
    """Yield each field with its type, like "file.size: int"."""
    name = path.rpartition(".")[2]
    if name in JSON_TEXTS and isinstance(value, str):
        yield from _fields({"json": json.loads(value)}, collection, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            within = "*" if name in MAPS else key
            yield from _fields(item, collection, f"{path}.{within}" if path else within)
    elif isinstance(value, list):
        yield f"{path}: list"
        for item in value:
            yield from _fields(item, collection, f"{path}[]")
    elif isinstance(value, str) and (path == "_id" or f"{collection}.{path}" in NAMES):
        yield f"{path}: {_pattern(value, collection)!r}"
    else:
        yield f"{path}: {'long' if isinstance(value, Int64) else type(value).__name__}"


def _pattern(text: str, collection: str) -> str:
    """A text without its ids and, in the search index, without its words."""
    text = re.sub(r"[0-9a-f]{8}(-?[0-9a-f]{4,})*", "ID", text)
    return re.sub(r"\b(?!ID\b)\w+", "word", text) if collection in INDEXED else text


def _index(key: Document, name: str, v: int, **options: Any) -> IndexModel:
    return IndexModel(list(key.items()), name=name, **options)
