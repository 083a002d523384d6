"""The database: validators, indexes and startup checks."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure, WriteError

from tests.app_parts import message
from tests.client import message_id
from ting.core.conversation_ids import Lookalikes
from ting.core.errors import Busy, StartupError
from ting.store import database as module
from ting.store.conversations import ConversationStore
from ting.store.database import Database, NewerSchema, first_line, or_busy
from ting.store.messages import MessageStore, Write
from ting.store.schema import COLLECTIONS, SCHEMA_VERSION
from ting.store.users import UserStore

MISSING = ...  # the field is left out


def document(**changed: Any) -> dict[str, Any]:
    """A valid message, with some fields changed or left out."""
    valid = {
        "_id": message_id(),
        "conversation": "#ting",
        "seq": 1,
        "first": 1,
        "position": 1,
        "author": "ada",
        "kind": "text",
        "text": "hello",
        "started": 1,
        "sent": 1,
    }
    return {name: value for name, value in {**valid, **changed}.items() if value is not MISSING}


@pytest.mark.gen_test
async def test_valid_documents_are_accepted(database: Database) -> None:
    messages = database.collection("messages")

    await messages.insert_one(document())
    await messages.insert_one(document(seq=2, edited=2**45, deleted=3, kind="action", text="", sent=2**45))
    await database.collection("users").insert_one({"_id": "u", "name": "ada", "created": 1, "used": 1})

    assert await messages.count_documents({}) == 2


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "bad",
    [
        {"seq": 0},
        {"seq": 1.5},
        {"seq": "1"},
        {"first": MISSING},
        {"position": 0},
        {"conversation": MISSING},
        {"author": None},
        {"author": {"id": "ada"}},
        {"kind": "shout"},
        {"text": MISSING},
        {"text": "x" * 4001},
        {"text": 5},
        {"sent": -1},
        {"edited": None},
        {"mood": "fine"},
        {"_id": 5},
    ],
    ids=str,
)
async def test_a_bad_message_is_refused(database: Database, bad: dict[str, Any]) -> None:
    with pytest.raises(WriteError, match="Document failed validation"):
        await database.collection("messages").insert_one(document(**bad))


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("collection", "bad"),
    [
        ("users", {"_id": "u", "name": "ada"}),
        ("users", {"_id": "u", "name": "ada", "keys": "ada", "created": 1, "used": 1}),
        ("users", {"_id": "u", "name": "ada", "keys": ["ada"], "created": 1, "used": 1, "secret": "x"}),
        ("sessions", {"_id": "s", "created": 1}),
        ("sessions", {"_id": "s", "user": "u", "created": 1, "token": "x"}),
        ("conversations", {"_id": "#ting", "active": -1}),
        ("conversations", {"_id": "#ting", "topic": "x" * 201}),
        ("meta", {"_id": "schema", "version": "1"}),
    ],
    ids=str,
)
async def test_a_bad_document_is_refused(database: Database, collection: str, bad: dict[str, Any]) -> None:
    with pytest.raises(WriteError, match="Document failed validation"):
        await database.collection(collection).insert_one(bad)


@pytest.mark.gen_test
async def test_two_messages_never_share_a_seq_or_an_id(database: Database) -> None:
    messages, id = database.collection("messages"), message_id()
    await messages.insert_one(document(_id=id))

    for twin in (document(), document(_id=id, seq=2)):
        with pytest.raises(DuplicateKeyError):
            await messages.insert_one(twin)
    await messages.insert_one(document(conversation="#music"))


@pytest.mark.gen_test
async def test_history_and_changes_are_read_through_indexes(database: Database) -> None:
    messages = database.collection("messages")

    for condition, order in (
        ({"conversation": "#ting", "position": {"$lt": 5}}, ("position", -1)),
        ({"conversation": "#ting", "seq": {"$gt": 5}}, ("seq", 1)),
    ):
        plan = await messages.find(condition).sort([order]).explain()
        assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
        assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])


@pytest.mark.gen_test
async def test_preparing_is_repeatable_and_creates_what_is_missing(database: Database) -> None:
    assert await database.missing_indexes() == []
    await database.collection("messages").drop_index("conversation_seq")
    await database.collection("users").drop()
    assert await database.missing_indexes() == ["messages.conversation_seq", "users.keys", "users.leaving"]

    await database.prepare()
    await database.prepare()

    assert await database.missing_indexes() == []
    with pytest.raises(WriteError):
        await database.collection("users").insert_one({"_id": "u"})
    assert {collection.name for collection in COLLECTIONS} == {
        *("messages", "users", "sessions", "conversations", "memberships", "meta"),
        *("invitations", "bans", "audit", "bulletin"),
        *("files.files", "files.chunks", "previews.files", "previews.chunks", "avatars.files", "avatars.chunks"),
        *("words", "vocabulary", "indexed"),
        *("plugins", "plugin_values", "plugin_jobs"),
    }


@pytest.mark.gen_test
async def test_preparing_keeps_documents(database: Database) -> None:
    await database.collection("messages").insert_one(document())

    await database.prepare()

    assert await database.collection("messages").count_documents({}) == 1


@pytest.mark.gen_test
async def test_the_database_of_a_newer_ting_is_refused(database: Database) -> None:
    await database.check_schema_version()
    await database.collection("meta").update_one({"_id": "schema"}, {"$set": {"version": 99}})

    message = f"has schema version 99, but this Ting only knows {SCHEMA_VERSION}. Use a newer Ting"
    with pytest.raises(NewerSchema, match=message):
        await database.prepare()
    with pytest.raises(NewerSchema):
        await database.check_schema_version()


class OtherVersion(Database):
    """A MongoDB that reports a given version."""

    def __init__(self, version: str) -> None:
        self._client = type("Client", (), {"admin": self})()
        self._version = version

    def _replica_set_problem(self) -> None:
        """It is no replica set."""

    async def command(self, name: str) -> dict[str, str]:
        assert name == "buildInfo"
        return {"version": self._version}


@pytest.mark.gen_test
async def test_a_mongodb_that_is_too_old_is_refused() -> None:
    with pytest.raises(StartupError, match=r"This is MongoDB 4\.4\.29; Ting needs 5\.0 or newer\."):
        await OtherVersion("4.4.29").server_version()
    assert await OtherVersion("5.0.0").server_version() == "5.0.0"
    assert await OtherVersion("10.1.0-rc0").server_version() == "10.1.0-rc0"


@pytest.mark.gen_test
async def test_an_unreachable_mongodb_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SELECT_TIMEOUT_MS", 50)
    database = Database("mongodb://%2Fnowhere%2Fmongod.sock", "ting")

    with pytest.raises(StartupError, match=r"^MongoDB cannot be reached: .*/nowhere/mongod\.sock") as error:
        await database.prepare()

    assert "\n" not in str(error.value)
    assert not await database.reachable()
    database.close()


@pytest.mark.gen_test
@pytest.mark.parametrize("uri", ["", "http://localhost", "mongodb://", "mongodb://localhost:port"])
async def test_an_invalid_uri_is_refused(uri: str) -> None:
    with pytest.raises(StartupError, match="The MongoDB URI is not valid"):
        Database(uri, "ting")


@pytest.mark.gen_test
async def test_a_query_without_an_answer_is_busy_but_an_error_stays_an_error(database: Database) -> None:
    async def lost() -> None:
        raise AutoReconnect("connection closed")

    with pytest.raises(Busy):
        await or_busy(lost)
    with pytest.raises(OperationFailure):
        await or_busy(lambda: database.collection("users").find_one({"$nonsense": 1}))


def test_the_description_of_the_topology_is_removed() -> None:
    assert first_line(AutoReconnect("no answer, Timeout: 2.0s, Topology Description: <...>")) == "no answer."
    assert first_line(AutoReconnect("one.\ntwo")) == "one."


@pytest.mark.gen_test
async def test_the_last_activity_of_channels_is_computed_for_an_older_database(database: Database) -> None:
    messages = MessageStore(database, UserStore(database))
    for number, (conversation, sent) in enumerate([("#ting", 5), ("#ting", 7), ("#music", 3), ("@a~b", 9)], start=1):
        new = message(message_id(), conversation=conversation, position=number, seq=number, first=number, sent=sent)
        await messages.write([Write(new)])
    await database.collection("conversations").insert_one({"_id": "#music", "topic": "la"})
    await database.collection("meta").update_one({"_id": "schema"}, {"$set": {"version": 1}})

    for _ in range(2):
        await database.prepare()

    found = await database.collection("conversations").find({}, {"folded": 0, "keys": 0}).sort("_id").to_list(None)
    assert found == [{"_id": "#music", "topic": "la", "active": 3}, {"_id": "#ting", "active": 7}]


@pytest.mark.gen_test
async def test_channels_of_an_older_database_are_found_by_name(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ting.store.channel_names.BATCH", 2)
    names = ["#cafe", "#music", "#ting", "#zoo"]
    await database.collection("conversations").insert_many([{"_id": id, "active": 1} for id in [*names, "@a~b"]])
    await database.collection("meta").update_one({"_id": "schema"}, {"$set": {"version": 2}})

    await database.prepare()

    store = ConversationStore(database)
    assert sorted(id for id, _, _ in await store.channels("#", 10)) == names
    assert [id for id, _, _ in await store.channels("#mu", 10)] == ["#music"]
    assert await store.lookalike(Lookalikes("#café")) == "#cafe"
    assert await store.lookalike(Lookalikes("#cafe")) is None
