"""The database schema: collections, validators, indexes, and the schema version.

A change of what is stored needs a new `SCHEMA_VERSION`, so that an older Ting refuses to use the database.
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

from ting.core.models.ids import MAX_TIME, MESSAGE_ID_PATTERN
from ting.store.buckets import AVATARS, FILES, PREVIEWS
from ting.store.collection import NUMBER, TEXT, TIME, TIME_OF_DAY, Collection

SCHEMA_VERSION = 3

MENTION_RANGE = {"bsonType": "array", "items": [NUMBER, NUMBER, TEXT], "minItems": 3, "maxItems": 3}
TYPING_VIEW = {"enum": ["letters", "indicator", "nothing"]}


MESSAGES = Collection(
    name="messages",
    properties={
        "_id": {**TEXT, "pattern": MESSAGE_ID_PATTERN.replace(r"\Z", "$")},
        "conversation": TEXT,
        "seq": {**NUMBER, "minimum": 1},
        "first": {**NUMBER, "minimum": 1},
        "position": {**NUMBER, "minimum": 1},
        "author": TEXT,
        "kind": {"enum": ["text", "action"]},
        "text": {"bsonType": "string", "maxLength": 4000},
        "started": TIME,
        "sent": TIME,
        "edited": TIME,
        "edited_from": NUMBER,
        "deleted": TIME,
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
        "mention_ranges": {"bsonType": "array", "items": MENTION_RANGE},
        "via": TEXT,
        "epoch": NUMBER,  # in which this version was written; missing before schema version 3
    },
    optional=frozenset(
        {"epoch", "edited", "edited_from", "deleted", "reply_to", "file", "reactions", "mentions", "mention_ranges"}
        | {"via"}
    ),
    essential=frozenset({"deleted"}),  # without it, a deleted message would be shown
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
    past_times=("created", "used"),
    properties={
        "_id": TEXT,
        "name": TEXT,
        "keys": {"bsonType": "array", "items": TEXT},
        "password": TEXT,
        "avatar": TEXT,
        "created": TIME,
        "used": TIME,
        "share_typing": TYPING_VIEW,
        "see_typing": TYPING_VIEW,
        "language": {"enum": ["el", "en"]},
        "theme": {"enum": ["light", "dark"]},
        "list_order": {"enum": ["sections", "activity"]},
        "email": {"bsonType": "string", "maxLength": 128},
        "birth_date": {"bsonType": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "gender": {"bsonType": "string", "maxLength": 40},
        "place": {"bsonType": "string", "maxLength": 80},
        "shown": {"bsonType": "array", "items": {"enum": ["age", "gender", "place", "last_seen"]}},
        "notifications": {
            "bsonType": "object",
            "properties": {
                "sound": {"bsonType": "bool"},
                "desktop": {"bsonType": "bool"},
                "quiet_from": TIME_OF_DAY,
                "quiet_to": TIME_OF_DAY,
                "preview": {"bsonType": "bool"},
            },
            "additionalProperties": False,
        },
        "leaving": {"enum": ["keep", "remove"]},
        "role": {"enum": ["moderator", "admin"]},
        "muted_until": TIME,
        "mute_reason": TEXT,
        "ignored": {"bsonType": "array", "items": TEXT, "maxItems": 500},
    },
    # A user who gave up the name has no keys. The document stays for the author of old messages.
    optional=frozenset(
        {"keys", "password", "avatar", "share_typing", "see_typing", "language", "theme", "list_order", "email"}
        | {"birth_date", "gender", "place", "shown", "notifications", "leaving", "role", "muted_until"}
        | {"mute_reason", "ignored"}
    ),
    # What cannot be read gives no right and shows nothing: no password matches, a mute lasts, little is shown.
    safe={
        "name": "?",
        "keys": [],
        "password": "",
        "created": 0,
        "used": 0,
        "share_typing": "nothing",
        "shown": [],
        "muted_until": MAX_TIME,
        "ignored": [],
    },
    essential=frozenset({"leaving"}),
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
    past_times=("created", "used"),
    properties={
        "_id": TEXT,
        "user": TEXT,
        "created": TIME,
        "used": TIME,
        "agent": {"bsonType": "string", "maxLength": 300},
        "address": TEXT,
        "name": {"bsonType": "string", "maxLength": 60},
        "expires": TIME,
    },
    # Only tokens of programs have a name. They can expire, and a ban makes all sessions of its user expire.
    optional=frozenset({"name", "expires"}),
    safe={"created": 0, "used": 0, "agent": "", "address": ""},
    essential=frozenset({"name", "expires"}),  # without them, a token would be a session of a browser, or never end
    indexes=(IndexModel([("user", ASCENDING)], name="user"),),
)

CONVERSATIONS = Collection(
    name="conversations",
    past_times=("active",),
    properties={
        "_id": TEXT,
        "topic": {"bsonType": "string", "maxLength": 200},
        "active": TIME,
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
    past_times=("active",),
    properties={
        "_id": TEXT,
        "user": TEXT,
        "conversation": TEXT,
        "read": NUMBER,
        "active": TIME,
        "listed": {"bsonType": "bool"},
        "pinned": {"bsonType": "bool"},
        "notify": {"enum": ["all", "mentions", "nothing"]},
    },
    optional=frozenset({"notify"}),
    safe={"read": 0, "active": 0, "listed": True, "pinned": False},
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
        "expires": TIME,
        "by": TEXT,
        "first": {"bsonType": "bool"},
    },
    indexes=(IndexModel([("token", ASCENDING)], name="token", unique=True),),
)

BANS = Collection(
    name="bans",
    past_times=("at",),
    properties={
        "_id": TEXT,
        "name": TEXT,
        "keys": {"bsonType": "array", "items": TEXT},
        "at": TIME,
        "until": TIME,
        "reason": TEXT,
        "by": TEXT,
        "networks": {"bsonType": "array", "items": TEXT},
        "networks_until": TIME,
    },
    optional=frozenset({"until", "networks_until"}),
    # A ban that cannot be read still bans: without a readable end, it is permanent.
    safe={"_id": "", "name": "?", "keys": [], "at": 0, "reason": "", "by": "", "networks": []}
    | {"networks_until": MAX_TIME},
)

AUDIT = Collection(
    name="audit",
    properties={
        "_id": TEXT,
        "at": TIME,
        "by": TEXT,
        "act": TEXT,
        "whom": TEXT,
        "conversation": TEXT,
        "message": TEXT,
        "role": TEXT,
        "until": TIME,
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
    properties={
        "_id": TEXT,
        "version": NUMBER,
        "passed": NUMBER,
        "url": TEXT,
        "ids": {"bsonType": "array", "items": TEXT},  # of epochs
    },
    optional=frozenset({"version", "passed", "url", "ids"}),
)


PLUGINS = Collection(
    name="plugins",
    properties={
        "_id": TEXT,
        "enabled": {"bsonType": "bool"},
        "ran": {"bsonType": "object", "additionalProperties": NUMBER},  # by timer
    },
    optional=frozenset({"enabled", "ran"}),
    safe={"enabled": False},
)

PLUGIN_VALUES = Collection(
    name="plugin_values",
    json_fields=("value",),
    properties={
        "_id": TEXT,
        "plugin": TEXT,
        "value": TEXT,
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
    json_fields=("payload",),
    properties={
        "_id": TEXT,
        "plugin": TEXT,
        "task": TEXT,
        "due": TIME,
        "payload": TEXT,
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
