"""A collection of the database: what its documents are, and how broken ones are read."""

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pymongo import IndexModel

from ting.core.models.ids import MAX_NUMBER, MAX_TIME

TEXT = {"bsonType": "string"}
NUMBER = {"bsonType": ["int", "long"], "minimum": 0, "maximum": MAX_NUMBER}
TIME = {**NUMBER, "maximum": MAX_TIME}  # in milliseconds since 1970
TIME_OF_DAY = {"bsonType": ["string", "null"], "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True)
class Collection:
    """A collection. MongoDB refuses documents that do not match `properties`.

    A broken document, which was written without this check, is read with the values in `safe` for its broken fields.
    It is left out if another required field is broken, or an optional one in `essential`.
    """

    name: str
    properties: dict[str, Any]
    optional: frozenset[str] = frozenset()
    indexes: Sequence[IndexModel] = ()
    capped_bytes: int | None = None
    safe: Mapping[str, Any] = field(default_factory=dict)
    essential: frozenset[str] = frozenset()
    json_fields: Sequence[str] = ()  # texts that are JSON
    past_times: Sequence[str] = ()  # times of events that happened: one in the future counts as now

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of a document."""
        required = [name for name in self.properties if name not in self.optional]
        schema = {"bsonType": "object", "required": required, "properties": self.properties}
        return {**schema, "additionalProperties": False}

    @property
    def validator(self) -> dict[str, Any]:
        return {"$jsonSchema": self.schema}

    def only(self, names: Names[str]) -> "Collection":
        """The same collection, for documents of which only these fields and the id are read."""
        properties = {name: schema for name, schema in self.properties.items() if name == "_id" or name in names}
        return replace(self, properties=properties)

    @property
    def index_names(self) -> list[str]:
        return [index.document["name"] for index in self.indexes]
