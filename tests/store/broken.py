"""Breaks stored documents, as another program could."""

import enum
from typing import Any

from ting.store.database import Database


class Missing(enum.Enum):
    """A value with a constant name, so that the names of tests are the same in each process."""

    MISSING = "missing"


MISSING = Missing.MISSING  # the field is left out


async def break_field(database: Database, collection: str, id: Any, **fields: Any) -> None:
    """Set fields of a document to values that MongoDB would refuse. MISSING removes a field."""
    set_fields = {name: value for name, value in fields.items() if value is not MISSING}
    removed = {name: "" for name, value in fields.items() if value is MISSING}
    update = {"$set": set_fields} if set_fields else {}
    update |= {"$unset": removed} if removed else {}
    documents = database.collection(collection)
    assert (await documents.update_one({"_id": id}, update, bypass_document_validation=True)).matched_count == 1
