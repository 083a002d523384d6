"""The schema of the GridFS buckets: files, their previews, and avatars."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel

from ting.store.collection import NUMBER, TEXT, TIME, Collection


def bucket(
    name: str,
    metadata: dict[str, Any],
    optional: frozenset[str] = frozenset(),
    indexes: Sequence[IndexModel] = (),
) -> tuple[Collection, ...]:
    """The two collections of a GridFS bucket (MongoDB's GridFS specification), with these fields of metadata."""
    files = Collection(
        name=f"{name}.files",
        past_times=("metadata.touched",) if "touched" in metadata else (),
        properties={
            "_id": TEXT,
            "length": NUMBER,
            "chunkSize": NUMBER,
            "uploadDate": {"bsonType": "date"},
            "metadata": {
                "bsonType": "object",
                "required": ["complete", *(field for field in metadata if field not in optional)],
                "properties": {"complete": {"bsonType": "bool"}, **metadata},
                "additionalProperties": False,
            },
        },
        indexes=indexes,
    )
    chunks = Collection(
        name=f"{name}.chunks",
        properties={"_id": {}, "files_id": TEXT, "n": NUMBER, "data": {"bsonType": "binData"}},
        indexes=(IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], name="files_id_1_n_1", unique=True),),
    )
    return files, chunks


FILES = bucket(
    "files",
    {
        "conversation": TEXT,
        "uploader": TEXT,
        "name": {"bsonType": "string", "maxLength": 200},
        "touched": TIME,
        "type": TEXT,
        "width": NUMBER,
        "height": NUMBER,
        "preview": {"bsonType": "bool"},
        "animated": {"bsonType": "bool"},
        "message": TEXT,
    },
    optional=frozenset({"type", "width", "height", "preview", "animated", "message"}),
    indexes=(IndexModel([("metadata.uploader", ASCENDING), ("metadata.message", ASCENDING)], name="uploader_message"),),
)
PREVIEWS = bucket("previews", {})
AVATARS = bucket("avatars", {"user": TEXT}, indexes=(IndexModel([("metadata.user", ASCENDING)], name="user"),))

BUCKETS = {"files": FILES[0], "previews": PREVIEWS[0], "avatars": AVATARS[0]}
