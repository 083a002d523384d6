"""Reads documents that may be broken: by another program, an older fault, or a damaged disk.

A broken document never fails the answer that contains it. Where a safe value can take the place of its broken fields
(`Collection.safe`, or leaving out an optional field), the document is read with it; otherwise it is left out. Each one
is named once in the log, with its collection and id, and reported to a listener that counts it.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from ting.store.collection import Collection
from ting.store.validation import is_valid, printable, problems

Document = dict[str, Any]
_Value = TypeVar("_Value")
Decode = Callable[[Document], _Value]
OnBroken = Callable[[str], None]

MAX_COUNTED = 10_000  # documents; further ones are not counted, so that memory stays bounded
MAX_NAMED = 100  # documents of one collection: a log stays readable, whatever happened
MAX_PROBLEMS = 5  # named for one document
UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, msgspec.MsgspecError)

logger = logging.getLogger(__name__)


def check_json(text: object) -> None:
    """Raises `ValueError`, `TypeError`, `msgspec.MsgspecError` for anything but a text that is JSON."""
    if not isinstance(text, str):
        raise TypeError
    msgspec.json.decode(text, type=msgspec.Raw)


class BrokenDocuments:
    """The broken documents that were found since the start, each named once."""

    def __init__(self) -> None:
        self._found: set[tuple[str, str]] = set()
        self._named: Counter[str] = Counter()
        self._listeners: list[OnBroken] = []

    def on_broken(self, listener: OnBroken) -> None:
        """Call `listener` with the name of the collection of each broken document, once per document."""
        self._listeners.append(listener)

    def report(self, collection: Collection, document: Document, *, left_out: bool) -> None:
        """Name a broken document in the log, unless it was named before."""
        key = collection.name, printable(document.get("_id"))
        if key in self._found or len(self._found) >= MAX_COUNTED:
            return
        self._found.add(key)
        for listener in self._listeners:
            listener(collection.name)
        self._named[collection.name] += 1
        if self._named[collection.name] <= MAX_NAMED:
            self._name(collection, key[1], document, left_out=left_out)
        elif self._named[collection.name] == MAX_NAMED + 1:
            logger.error(
                "More documents of the collection %s are broken. `ting check --deep` names all", collection.name
            )

    @staticmethod
    def _name(collection: Collection, id: str, document: Document, *, left_out: bool) -> None:
        found = [*problems(collection.schema, document, masked=True)][:MAX_PROBLEMS] or ["it cannot be decoded"]
        logger.error(
            "The document %s of the collection %s is broken: %s. %s. `ting check --deep` names all such documents.",
            id,
            collection.name,
            "; ".join(found),
            "It is left out" if left_out else "Safe values take the place of these fields",
        )


class Reader:
    """Decodes the documents of one collection."""

    def __init__(self, broken: BrokenDocuments, collection: Collection) -> None:
        self._broken = broken
        self._collection = collection

    def one(self, document: Document | None, decode: Decode[_Value]) -> _Value | None:
        """The decoded document; None if there is none, or if it cannot be read."""
        if document is None:
            return None
        if None not in document.values():  # Ting never stores null as the value of a field
            try:
                return decode(document)
            except UNREADABLE:
                pass
        repaired = _repaired(self._collection, document)
        try:
            value = None if repaired is None else decode(repaired)
        except UNREADABLE:
            value = None
        self._broken.report(self._collection, document, left_out=value is None)
        return value

    def all(self, documents: Iterable[Document], decode: Decode[_Value]) -> list[_Value]:
        """The decoded documents, without those that cannot be read."""
        read = (self.one(document, decode) for document in documents)
        return [value for value in read if value is not None]

    async def page(
        self,
        query: Callable[[Any, int], Awaitable[Sequence[Document]]],
        decode: Decode[_Value],
        *,
        after: Any,
        limit: int,
        key: str = "_id",
    ) -> list[_Value]:
        """The first `limit` readable documents after a key. Fewer only if there are no more.

        `query` returns the documents after a value of `key`, at most as many as its second argument.
        """
        found: list[_Value] = []
        while (wanted := limit - len(found)) > 0:
            documents = await query(after, wanted)
            found += self.all(documents, decode)
            if len(documents) < wanted:
                break
            after = documents[-1][key]
        return found


def _repaired(collection: Collection, document: Document) -> Document | None:
    """The document with safe values for its broken fields; None if one of them has none."""
    repaired: Document = {}
    for name, schema in collection.properties.items():
        is_present, value = name in document, document.get(name)
        if not is_present and name in collection.optional:
            continue
        if is_present and is_valid(schema, value):
            repaired[name] = value
        elif name in collection.safe:
            items = value if isinstance(value, list) and "items" in schema else []
            repaired[name] = [item for item in items if is_valid(schema["items"], item)] or collection.safe[name]
        elif name in collection.essential or name not in collection.optional:
            return None
    return repaired
