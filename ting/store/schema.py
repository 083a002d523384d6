"""The database schema: collections, validators, indexes, and the schema version.

A change of what is stored needs a new `SCHEMA_VERSION`, so that an older Ting refuses to use the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

SCHEMA_VERSION = 3

TEXT = {"bsonType": "string"}
NUMBER = {"bsonType": ["int", "long"], "minimum": 0}
TYPING_VIEW = {"enum": ["letters", "indicator", "nothing"]}


@dataclass(frozen=True)
class Collection:
    """A collection. MongoDB refuses documents that do not match `properties`."""

    name: str
    properties: dict[str, Any]
    optional: frozenset[str] = frozenset()
    indexes: Sequence[IndexModel] = ()
    capped_bytes: int | None = None

    @property
    def validator(self) -> dict[str, Any]:
        required = [name for name in self.properties if name not in self.optional]
        schema = {"bsonType": "object", "required": required, "properties": self.properties}
        return {"$jsonSchema": {**schema, "additionalProperties": False}}

    @property
    def index_names(self) -> list[str]:
        return [index.document["name"] for index in self.indexes]


MESSAGES = Collection(
    name="messages",
    properties={
        "_id": TEXT,
        "conversation": TEXT,
        "seq": {**NUMBER, "minimum": 1},
        "first": {**NUMBER, "minimum": 1},
        "position": {**NUMBER, "minimum": 1},
        "author": TEXT,
        "kind": {"enum": ["text", "action"]},
        "text": {"bsonType": "string", "maxLength": 4000},
        "started": NUMBER,
        "sent": NUMBER,
        "edited": NUMBER,
        "edited_from": NUMBER,
        "deleted": NUMBER,
        "reply_to": TEXT,
        "file": {
            "bsonType": "object",
            "required": ["id", "name", "type", "size"],
            "properties": {
                "id": TEXT,
                "name": TEXT,
                "type": TEXT,
                "size": NUMBER,
                "width": NUMBER,
                "height": NUMBER,
                "preview": {"bsonType": "bool"},
                "animated": {"bsonType": "bool"},
            },
            "additionalProperties": False,
        },
        "reactions": {"bsonType": "object", "additionalProperties": {"bsonType": "array", "items": TEXT}},
        "mentions": {"bsonType": "array", "items": TEXT},
        "mention_ranges": {"bsonType": "array", "items": {"bsonType": "array", "items": [NUMBER, NUMBER, TEXT]}},
        "via": TEXT,
    },
    optional=frozenset(
        {"edited", "edited_from", "deleted", "reply_to", "file", "reactions", "mentions", "mention_ranges", "via"}
    ),
    indexes=(
        IndexModel([("conversation", ASCENDING), ("seq", ASCENDING)], name="conversation_seq", unique=True),
        IndexModel([("conversation", ASCENDING), ("position", DESCENDING)], name="conversation_position"),
        IndexModel([("author", ASCENDING), ("_id", ASCENDING)], name="author_id"),
        # Unread messages are counted in this index alone.
        IndexModel(
            [("conversation", ASCENDING), ("first", ASCENDING), ("author", ASCENDING), ("deleted", ASCENDING)],
            name="conversation_first",
        ),
        IndexModel(
            [("mentions", ASCENDING), ("conversation", ASCENDING), ("first", ASCENDING)],
            name="mentions",
            partialFilterExpression={"mentions": {"$exists": True}},
        ),
    ),
)

USERS = Collection(
    name="users",
    properties={
        "_id": TEXT,
        "name": TEXT,
        "keys": {"bsonType": "array", "items": TEXT},
        "password": TEXT,
        "avatar": TEXT,
        "created": NUMBER,
        "used": NUMBER,
        "share_typing": TYPING_VIEW,
        "see_typing": TYPING_VIEW,
        "language": {"enum": ["el", "en"]},
        "theme": {"enum": ["light", "dark"]},
        "email": {"bsonType": "string", "maxLength": 128},
        "birth_date": {"bsonType": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "gender": {"bsonType": "string", "maxLength": 40},
        "place": {"bsonType": "string", "maxLength": 80},
        "shown": {"bsonType": "array", "items": {"enum": ["age", "gender", "place", "last_seen"]}},
        "notifications": {"bsonType": "object"},
        "leaving": {"enum": ["keep", "remove"]},
        "role": {"enum": ["moderator", "admin"]},
        "muted_until": NUMBER,
        "mute_reason": TEXT,
        "ignored": {"bsonType": "array", "items": TEXT, "maxItems": 500},
    },
    # A user who gave up the name has no keys. The document stays for the author of old messages.
    optional=frozenset(
        {"keys", "password", "avatar", "share_typing", "see_typing", "language", "theme", "email", "birth_date"}
        | {"gender", "place", "shown", "notifications", "leaving", "role", "muted_until", "mute_reason", "ignored"}
    ),
    indexes=(
        # Unique for each key of the list: names that share a key count as the same name.
        IndexModel(
            [("keys", ASCENDING)], name="keys", unique=True, partialFilterExpression={"keys": {"$exists": True}}
        ),
        IndexModel([("leaving", ASCENDING)], name="leaving", partialFilterExpression={"leaving": {"$exists": True}}),
    ),
)

SESSIONS = Collection(
    name="sessions",
    properties={
        "_id": TEXT,
        "user": TEXT,
        "created": NUMBER,
        "used": NUMBER,
        "agent": {"bsonType": "string", "maxLength": 300},
        "address": TEXT,
        "name": {"bsonType": "string", "maxLength": 60},
        "expires": NUMBER,
    },
    # Only tokens of programs have a name. They can expire, and a ban makes all sessions of its user expire.
    optional=frozenset({"name", "expires"}),
    indexes=(IndexModel([("user", ASCENDING)], name="user"),),
)

CONVERSATIONS = Collection(
    name="conversations",
    properties={
        "_id": TEXT,
        "topic": {"bsonType": "string", "maxLength": 200},
        "active": NUMBER,
        "folded": TEXT,  # of a channel: its id without accents, for searching by prefix
        "keys": {"bsonType": "array", "items": TEXT},  # of a channel: names that share a key look alike
    },
    optional=frozenset({"topic", "active", "folded", "keys"}),
    indexes=(
        IndexModel([("active", DESCENDING)], name="active"),
        IndexModel([("folded", ASCENDING)], name="folded"),
        IndexModel([("keys", ASCENDING)], name="keys"),
    ),
)

MEMBERSHIPS = Collection(
    name="memberships",
    properties={
        "_id": TEXT,
        "user": TEXT,
        "conversation": TEXT,
        "read": NUMBER,
        "active": NUMBER,
        "listed": {"bsonType": "bool"},
        "pinned": {"bsonType": "bool"},
        "notify": {"enum": ["all", "mentions", "nothing"]},
    },
    optional=frozenset({"notify"}),
    indexes=(
        IndexModel([("user", ASCENDING), ("listed", ASCENDING)], name="user_listed"),
        IndexModel([("conversation", ASCENDING), ("listed", ASCENDING)], name="conversation_listed"),
    ),
)

INVITATIONS = Collection(
    name="invitations",
    properties={
        "_id": TEXT,
        "token": TEXT,
        "role": {"enum": ["member", "moderator", "admin"]},
        "uses": NUMBER,
        "left": NUMBER,
        "expires": NUMBER,
        "by": TEXT,
        "first": {"bsonType": "bool"},
    },
    indexes=(IndexModel([("token", ASCENDING)], name="token", unique=True),),
)

BANS = Collection(
    name="bans",
    properties={
        "_id": TEXT,
        "name": TEXT,
        "keys": {"bsonType": "array", "items": TEXT},
        "at": NUMBER,
        "until": NUMBER,
        "reason": TEXT,
        "by": TEXT,
        "networks": {"bsonType": "array", "items": TEXT},
        "networks_until": NUMBER,
    },
    optional=frozenset({"until", "networks_until"}),
)

AUDIT = Collection(
    name="audit",
    properties={
        "_id": TEXT,
        "at": NUMBER,
        "by": TEXT,
        "act": TEXT,
        "whom": TEXT,
        "conversation": TEXT,
        "message": TEXT,
        "role": TEXT,
        "until": NUMBER,
        "address": {"bsonType": "bool"},
        "invitation": TEXT,
        "reason": TEXT,
    },
    optional=frozenset({"whom", "conversation", "message", "role", "until", "address", "invitation", "reason"}),
)

# The change feed, for changes made by the command line. MongoDB removes the oldest entries of a capped collection.
BULLETIN = Collection(
    name="bulletin",
    properties={"_id": {"bsonType": "objectId"}, "user": TEXT},
    capped_bytes=1024 * 1024,
)

META = Collection(
    name="meta",
    properties={"_id": TEXT, "version": NUMBER, "passed": NUMBER, "url": TEXT},
    optional=frozenset({"version", "passed", "url"}),
)


def bucket(
    name: str,
    metadata: dict[str, Any],
    optional: frozenset[str] = frozenset(),
    indexes: Sequence[IndexModel] = (),
) -> tuple[Collection, ...]:
    """The two collections of a GridFS bucket (MongoDB's GridFS specification), with these fields of metadata."""
    files = Collection(
        name=f"{name}.files",
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
        "touched": NUMBER,
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

PLUGINS = Collection(
    name="plugins",
    properties={
        "_id": TEXT,
        "enabled": {"bsonType": "bool"},
        "ran": {"bsonType": "object", "additionalProperties": NUMBER},  # by timer
    },
    optional=frozenset({"enabled", "ran"}),
)

PLUGIN_VALUES = Collection(
    name="plugin_values",
    properties={
        "_id": TEXT,
        "plugin": TEXT,
        "value": TEXT,  # JSON
        "number": {"bsonType": ["int", "long"]},
        "expires": {"bsonType": "date"},
    },
    optional=frozenset({"value", "number", "expires"}),
    indexes=(
        IndexModel([("plugin", ASCENDING)], name="plugin"),
        IndexModel([("expires", ASCENDING)], name="expires", expireAfterSeconds=0),
    ),
)

PLUGIN_JOBS = Collection(
    name="plugin_jobs",
    properties={
        "_id": TEXT,
        "plugin": TEXT,
        "task": TEXT,
        "due": NUMBER,
        "payload": TEXT,  # JSON
        "caller": TEXT,
        "conversation": TEXT,
    },
    indexes=(
        IndexModel([("due", ASCENDING)], name="due"),
        IndexModel([("plugin", ASCENDING)], name="plugin"),
    ),
)

MODERATION = (INVITATIONS, BANS, AUDIT, BULLETIN)

WORDS = Collection(
    name="words",
    properties={"_id": {"bsonType": "binData"}, "t": {"bsonType": "array", "items": TEXT}},
    indexes=(IndexModel([("t", ASCENDING), ("_id", DESCENDING)], name="t_id"),),
)
VOCABULARY = Collection(name="vocabulary", properties={"_id": TEXT, "n": NUMBER})
INDEXED = Collection(name="indexed", properties={"_id": TEXT, "seq": NUMBER})
SEARCH = (WORDS, VOCABULARY, INDEXED)

PLUGIN_DATA = (PLUGINS, PLUGIN_VALUES, PLUGIN_JOBS)
CHAT = (MESSAGES, USERS, SESSIONS, CONVERSATIONS, MEMBERSHIPS, META)
COLLECTIONS = (*CHAT, *MODERATION, *FILES, *PREVIEWS, *AVATARS, *SEARCH, *PLUGIN_DATA)
