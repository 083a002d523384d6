"""Documents that Ting would never write: broken ones never fail an answer, give no rights, and are named once."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from pymongo import MongoClient
from pymongo.collection import Collection as SyncCollection
from pymongo.database import Database as SyncDatabase
from pymongo.errors import BulkWriteError

from tests.client import People, message_id
from tests.store.broken import MISSING, break_field
from tests.store.old_database import dump, views
from tests.store.test_old_database import OLD
from tests.web.files import TEXT, upload
from ting.core.errors import StartupError
from ting.core.models import Person as Author
from ting.core.models import ScheduledTask
from ting.core.settings import Settings
from ting.server import Server
from ting.store.collection import Collection
from ting.store.database import Database, Document
from ting.store.schema import COLLECTIONS
from ting.store.search import KEY_BYTES, IndexEntry, IndexQuery, SearchIndexStore
from ting.store.stores import Stores
from ting.store.validation import problems

Start = Callable[[Settings], Server]
SECRET = "marker-of-content"
BAD_VALUES = (MISSING, SECRET, None, 2**62, -1, 1.5, True, [SECRET, None], {SECRET: SECRET}, b"\xff")
NAMES = [collection.name for collection in COLLECTIONS if not collection.name.endswith(".chunks")]
BREAKABLE = [name for name in NAMES if name != "meta"]


def insert_broken(documents: SyncCollection[Document], broken: list[Document]) -> int:
    """Insert documents that MongoDB would refuse, as another program can. Return how many were inserted."""
    try:
        documents.insert_many(broken, ordered=False, bypass_document_validation=True)
    except BulkWriteError as error:  # another document has the same value under a unique index
        return int(error.details["nInserted"])
    return len(broken)


def broken_copies(collection: Collection, samples: list[Document]) -> Iterator[Document]:
    """Copies of stored documents, each with one field that is missing, or has a value of another type."""
    for field in {name for document in samples for name in document} - {"_id"}:
        sample = next(document for document in samples if field in document)
        for number, value in enumerate(BAD_VALUES):
            copy = {**sample, "_id": other_id(collection, sample["_id"], f"{field} {number}"), field: value}
            if "seq" in copy and field != "seq" and collection.name == "messages":
                copy["seq"] = sample["seq"] + 100 + number
            if "keys" in copy and field != "keys":
                copy["keys"] = [f"{copy['_id']}-key"]
            yield {name: found for name, found in copy.items() if found is not MISSING}


def other_id(collection: Collection, id: Any, suffix: str) -> Any:
    if collection.name == "messages":
        return message_id()
    return f"{id}/{suffix}" if isinstance(id, str) else suffix


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings with a database that does not exist yet."""
    return msgspec.structs.replace(settings, database=f"broken_{secrets.token_hex(6)}")


@pytest.fixture
def old(mongodb: str, settings: Settings) -> Iterator[SyncDatabase[Document]]:
    """A database with documents of every kind. No server uses it yet."""
    with MongoClient[Document](mongodb, tz_aware=True) as client:
        database = client[settings.database]
        dump.write(OLD["collections"], database)
        yield database
        client.drop_database(database)


def test_the_recorded_database_has_documents_of_every_kind() -> None:
    assert {name for name in NAMES if OLD["collections"][name]["documents"]} >= {*NAMES} - {"bulletin", "meta"}


@pytest.mark.parametrize("names", [BREAKABLE, *(pytest.param([name], marks=pytest.mark.slow) for name in BREAKABLE)])
def test_a_server_starts_and_answers_whatever_is_broken(
    old: SyncDatabase[Document],
    settings: Settings,
    start_server: Start,
    names: list[str],
    caplog: pytest.LogCaptureFixture,
    io_loop: Any,
) -> None:
    for collection in COLLECTIONS:
        if (name := collection.name) in names:
            assert insert_broken(old[name], list(broken_copies(collection, OLD["collections"][name]["documents"])))

    with caplog.at_level(logging.WARNING):
        server = start_server(settings)
        answered = io_loop.run_sync(lambda: views.answers(server.url, OLD["record"], OLD["answers"]))

    failed = {view["path"] for view in answered if view["answer"].get("status", 200) >= 400}
    assert not failed, [record.getMessage() + str(record.exc_info) for record in caplog.records]
    assert SECRET not in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


@pytest.fixture
def database(server: Server) -> Database:
    return server.app.web.database


@pytest.mark.gen_test(timeout=30)
async def test_a_broken_message_is_left_out_and_named_once(
    server: Server, people: People, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    sent = [await socket.send(f"message {number}") for number in range(9)]
    faults: dict[int, Document] = {
        1: {"text": MISSING},
        3: {"kind": "shout"},
        4: {"sent": "noon"},
        5: {"seq": "six"},
    }
    for number, broken in faults.items():
        await break_field(database, "messages", sent[number]["id"], **broken)
    await socket.ask("visit", conversation="#ting")
    whole = [f"message {number}" for number in (0, 2, 6, 7, 8)]

    for _ in range(2):
        assert [found["text"] for found in (await ada.history())["messages"]] == whole
    assert [found["text"] for found in (await ada.changes(0))["messages"]] == whole
    # Pages are filled up, so that no client takes a short page for the last one.
    assert [found["text"] for found in (await ada.changes(0, limit=3))["messages"]] == whole[:3]
    newest = await ada.history(limit=4)
    assert [found["text"] for found in newest["messages"]] == whole[1:]
    assert newest["more"]
    assert [found["text"] for found in (await ada.history(before=newest["messages"][0]["position"]))["messages"]] == [
        "message 0"
    ]
    assert (await ada.get(f"/api/messages/{sent[1]['id']}")).code == "no_such_message"
    assert (await ada.get("/api/conversations")).ok_json["conversations"][0]["head"] == 9
    named = [record.getMessage() for record in caplog.records if sent[1]["id"] in record.getMessage()]
    assert named == [
        f"The document {sent[1]['id']} of the collection messages is broken: $.text is missing. "
        "It is left out. `ting check --deep` names all such documents."
    ]
    metrics = (await ada.get("/metrics")).body.decode()
    assert 'ting_broken_documents_total{collection="messages"} 4.0' in metrics


@pytest.mark.gen_test
async def test_an_optional_part_that_is_broken_leaves_the_rest_of_a_message(people: People, database: Database) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    quoted, reply, deleted = await socket.send("one"), message_id(), await socket.send("three")
    await socket.ask("send", conversation="#ting", id=reply, text="two", reply_to=quoted["id"])
    await break_field(database, "messages", quoted["id"], author=5)
    await break_field(database, "messages", reply, reactions="many", mentions=[1, "x"], mention_ranges=[[0]])
    await break_field(database, "messages", deleted["id"], deleted="yes")

    (found,) = (await ada.history())["messages"]

    assert (found["text"], found.get("reactions"), found.get("reply_to")) == ("two", None, None)


@pytest.mark.gen_test
async def test_a_message_under_the_id_of_a_broken_one_is_refused_and_the_next_is_stored(
    people: People, database: Database
) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    first = await socket.send("one")
    await break_field(database, "messages", first["id"], text=5)

    assert (await socket.send("one", id=first["id"]))["code"] == "internal"
    assert (await socket.send("two"))["type"] == "ack"


@pytest.mark.gen_test
async def test_a_user_with_broken_settings_comes_in_and_can_correct_them(
    server: Server, people: People, database: Database
) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await break_field(database, "users", ada.id, notifications={"quiet_from": 7}, theme=8, shown="all", created="x")

    me = (await ada.get("/api/me")).ok_json
    assert (me["notifications"]["sound"], me["theme"], me["shown"]) == (True, None, [])
    assert (await bob.get("/api/users/ada")).ok_json["name"] == "ada"
    assert (await ada.request("PATCH", "/api/me", {"theme": "dark"})).ok_json["theme"] == "dark"
    socket = await ada.connect()
    assert (await socket.send("I am here."))["type"] == "ack"
    await server.app.realtime.last_seen.save()
    assert (await bob.get("/api/users/bob")).status == 200


@pytest.mark.gen_test
async def test_the_file_of_a_message_that_cannot_be_read_is_kept(
    server: Server, people: People, database: Database
) -> None:
    ada = await people.enter("ada")
    socket, file, id = await ada.connect(), await upload(ada, TEXT), message_id()
    await socket.ask("send", conversation="#ting", id=id, text="see", file=file["id"])
    await break_field(database, "messages", id, kind="shout")
    await break_field(database, "files.files", file["id"], **{"metadata.touched": 1})

    assert await server.app.files.cleanup.remove(pause_s=0) == 0


@pytest.mark.gen_test(timeout=30)
async def test_messages_that_cannot_be_read_are_removed_with_the_account(
    server: Server, people: People, database: Database
) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket, other = await ada.connect(), await bob.connect()
    sent = [(await socket.send(f"{SECRET} {number}"))["id"] for number in range(3)]
    await break_field(database, "messages", sent[0], kind="shout")
    await break_field(database, "messages", sent[1], mood="fine")
    kept = (await other.send("by another"))["id"]
    await break_field(database, "messages", kept, kind="shout")

    await server.app.conversations.messages.delete_all_of(ada.id)

    stored = await database.collection("messages").find().to_list(None)
    assert SECRET not in str(stored)
    assert {document["_id"] for document in stored} == {sent[1], sent[2], kept}


@pytest.mark.gen_test
async def test_search_works_with_a_broken_index(server: Server, people: People, database: Database) -> None:
    ada = await people.enter("ada")
    sent = await (await ada.connect()).send("an apple")
    async with asyncio.timeout(10):
        while not (await ada.get("/api/search?q=apple")).ok_json["hits"]:
            await asyncio.sleep(0.05)
    await break_field(database, "vocabulary", "apple", n="many")
    await database.collection("words").insert_one({"_id": b"\xfe" * 9, "t": ["apple"]}, bypass_document_validation=True)
    await database.collection("words").insert_one(
        {"_id": b"\xfe" * 30, "t": ["apple"]}, bypass_document_validation=True
    )

    for query in ("apple", "app"):
        hits = (await ada.get(f"/api/search?q={query}")).ok_json["hits"]
        assert [hit["message"]["id"] for hit in hits] == [sent["id"]]


@pytest.mark.gen_test
async def test_broken_entries_of_the_index_are_written_over(database: Database) -> None:
    first = IndexEntry(bytes([1] * KEY_BYTES), frozenset({"apple"}), "#ting", "ada-id")
    second = IndexEntry(bytes([2] * KEY_BYTES), frozenset({"apple"}), "#ting", "ada-id")
    index, without_cache = SearchIndexStore(database), SearchIndexStore(database)
    await index.put("#ting", [first], 1)

    for store, entries in (index, [first, second]), (without_cache, [first]):
        await break_field(database, "vocabulary", "apple", n="many")
        await break_field(database, "words", first.key, t="apple")
        await store.put("#ting", entries, 2)
        await store.count_seen()

        word = await database.collection("vocabulary").find_one({"_id": "apple"})
        assert word
        assert isinstance(word["n"], int)
        found = await store.find(IndexQuery("eve-id", [("apple", False)]), 10)
        assert found.keys == [second.key, first.key]


@pytest.mark.gen_test
async def test_sessions_without_a_readable_user_are_cleaned_up(
    server: Server, people: People, database: Database
) -> None:
    ada, sessions = await people.enter("ada"), database.collection("sessions")
    session = await sessions.find_one({"user": ada.id})
    assert session
    await break_field(database, "sessions", session["_id"], user=[ada.id], used=0)
    entry = {"_id": "1", "at": 1, "by": ["ada"], "act": "mute"}
    await database.collection("audit").insert_one(entry, bypass_document_validation=True)

    await server.app.accounts.cleanup.remove()

    assert await sessions.find_one({"_id": session["_id"]}) is None


@pytest.mark.gen_test
async def test_a_list_in_the_place_of_a_conversation_affects_no_list_of_conversations(
    server: Server, people: People, database: Database
) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    broken, _ = await socket.send("one"), await socket.send("two")
    direct = f"@{ada.id}~zz"
    await break_field(database, "messages", broken["id"], conversation=["#ting", direct], seq=9)
    await socket.ask("visit", conversation="#ting")

    assert [found["text"] for found in (await ada.history())["messages"]] == ["two"]
    assert [found["conversation"] for found in (await ada.get("/api/conversations")).ok_json["conversations"]] == [
        "#ting"
    ]
    assert await server.app.stores.messages.direct_conversations(ada.id) == []


@pytest.mark.gen_test
async def test_a_file_with_a_broken_chunk_ends_early(server: Server, people: People, database: Database) -> None:
    ada = await people.enter("ada")
    file = await server.app.stores.files.get((await upload(ada, TEXT))["id"])
    assert file
    chunks = database.collection("files.chunks")
    await chunks.update_one({"files_id": file.id}, {"$set": {"data": "text"}}, bypass_document_validation=True)

    assert await server.app.stores.files.read_all(file) == b""


@pytest.mark.gen_test
async def test_a_broken_task_of_a_plugin_does_not_hold_up_the_others(app_stores: Stores, database: Database) -> None:
    tasks = app_stores.tasks
    for number in range(3):
        caller = Author("ada", "ada")
        await tasks.schedule(ScheduledTask(f"t{number}", "gone", "go", number, b"[1]", caller, "#ting"))
    await break_field(database, "plugin_jobs", "t0", payload="[1")
    await break_field(database, "plugin_jobs", "t1", due="soon")

    assert [task.id for task in await tasks.due(10, ["gone"], 5)] == ["t2"]
    await tasks.remove("t2")
    assert await tasks.due(10, ["gone"], 5) == []
    assert (await tasks.next_due(["gone"]) or 0) > 10


@pytest.mark.gen_test
async def test_a_broken_value_of_a_plugin_counts_as_missing(app_stores: Stores, database: Database) -> None:
    values = app_stores.values
    for key in ("a", "b", "c"):
        await values.put("roll", key, b"1", None, 0)
    await break_field(database, "plugin_values", "roll/a", value="{")
    await break_field(database, "plugin_values", "roll/b", value=MISSING)

    assert [await values.get("roll", key, 0) for key in ("a", "b", "c")] == [None, None, b"1"]
    assert await values.page("roll", "", "", 2, 0) == [("c", b"1")]
    assert await values.swap("roll", "b", None, b"2", None, 0)
    await values.put("roll", "a", b"3", None, 0)
    assert [await values.get("roll", key, 0) for key in ("a", "b")] == [b"3", b"2"]


@pytest.fixture
def app_stores(server: Server) -> Stores:
    return server.app.stores


@pytest.mark.gen_test
@pytest.mark.parametrize("version", ["3", None, 2.5, True, 0, MISSING], ids=str)
async def test_a_broken_schema_version_stops_the_start_with_one_line(database: Database, version: Any) -> None:
    await break_field(database, "meta", "schema", version=version)

    with pytest.raises(StartupError, match=r'^The document "schema" of the collection "meta" is broken') as error:
        await database.prepare()

    assert "\n" not in str(error.value)
    assert "Restore a backup" in str(error.value)


@pytest.mark.gen_test
async def test_other_broken_documents_of_meta_are_replaced(server: Server, database: Database) -> None:
    await database.barrier()
    await break_field(database, "meta", "barrier", passed="often")
    await break_field(database, "meta", "address", url=5)
    await break_field(database, "meta", "epochs", ids="none")

    await database.prepare()
    await database.begin_epoch(1)

    await database.barrier()
    assert await server.app.stores.changes.address() is None
    assert len(database.epochs.chain["ids"]) == 1


def test_a_problem_names_its_path_and_no_content() -> None:
    schema = next(found for found in COLLECTIONS if found.name == "messages").schema
    document = {"_id": "x\n", "text": SECRET * 300, "kind": SECRET, "seq": 0, "mentions": [SECRET, 1], SECRET: 1}
    document["file"] = {"id": "f", "size": -1}
    document["mention_ranges"] = [[0, 4, SECRET], [0, SECRET, SECRET], [0]]

    found = list(problems(schema, document, masked=True))

    assert {problem.partition(" ")[0] for problem in found} >= {
        *("$._id", "$.conversation", "$.text", "$.kind", "$.seq", "$.mentions[1]", "$.*"),
        *("$.file.size", "$.file.name", "$.file.type", "$.mention_ranges[1][1]", "$.mention_ranges[2]"),
    }
    assert SECRET not in str(found)
    assert f"$.{SECRET} is not a known field" in list(problems(schema, document))
