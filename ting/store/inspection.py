"""Looks for broken documents in a whole database, for `ting check --deep`.

MongoDB compares each document with the JSON schema of its collection, so only broken ones are transferred, a few at a
time. Texts that hold JSON are decoded here.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pymongo

from ting.store.collection import Collection
from ting.store.database import Database, Document
from ting.store.reading import UNREADABLE, check_json
from ting.store.schema import COLLECTIONS, SCHEMA_VERSION
from ting.store.validation import printable, problems

BATCH_SIZE = 100  # documents in memory
TIMEOUT_S = 24 * 3600  # of one query: it reads a whole collection
MAX_PROBLEMS = 20  # named for one document


@dataclass(frozen=True)
class Finding:
    """A broken document. Each of `problems` begins with a JSON path. No finding contains the content of a field."""

    collection: str
    id: str
    problems: Sequence[str]


@dataclass(frozen=True)
class Inspected:
    """A collection whose documents were all read, and how many of them are broken."""

    collection: str
    documents: int
    broken: int


async def inspect(database: Database) -> AsyncIterator[Finding | Inspected]:
    """Yield the broken documents of each collection, and then the collection. Raises `PyMongoError`."""
    for collection in COLLECTIONS:
        broken = 0
        with pymongo.timeout(TIMEOUT_S):
            async for finding in _broken(database, collection):
                broken += 1
                yield finding
            count = await database.collection(collection.name).estimated_document_count()
        yield Inspected(collection.name, count, broken)


async def _broken(database: Database, collection: Collection) -> AsyncIterator[Finding]:
    documents = database.collection(collection.name)
    invalid = documents.find({"$nor": [collection.validator]}, batch_size=BATCH_SIZE)
    async for document in invalid:
        yield _finding(collection, [*problems(collection.schema, document)], document)
    if collection.name == "meta":
        async for document in documents.find({"_id": "schema", "version": {"$not": {"$gte": 1}}}):
            yield _finding(collection, [f"$.version is not a number from 1 to {SCHEMA_VERSION}"], document)
    for field in collection.json_fields:
        async for document in documents.find({field: {"$type": "string"}}, {field: 1}, batch_size=BATCH_SIZE):
            if not _is_json(document[field]):
                yield _finding(collection, [f"$.{field} is not JSON"], document)


def _finding(collection: Collection, found: list[str], document: Document) -> Finding:
    named = found[:MAX_PROBLEMS] or ["$ does not match the schema"]
    return Finding(collection.name, printable(document.get("_id")), named)


def _is_json(text: str) -> bool:
    try:
        check_json(text)
    except UNREADABLE:
        return False
    return True
