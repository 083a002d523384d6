"""Exporting the user's data and deleting the account, over REST."""

import asyncio
import json

import pytest
from PIL import Image
from tornado.simple_httpclient import HTTPStreamClosedError

from tests.client import TIMEOUT_S, People, message_id
from tests.web.api.test_users_avatars import encode, stored_avatars, upload_avatar
from ting.core.errors import Busy
from ting.server import Server
from ting.store.database import Database
from ting.store.plugins import ValueStore

PASSWORD = "correct horse"


@pytest.mark.gen_test
async def test_the_export_contains_everything_stored_about_the_user(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PATCH", "/api/me", {"email": "ada@example.org", "birth_date": "1990-12-10", "shown": []})
    socket, bobs = await ada.connect(), await bob.connect()
    texts = [f"message {number}" for number in range(250)]
    ids = sorted(message_id() for _ in texts)
    for id, text in zip(ids, texts, strict=True):
        await socket.begin("send", conversation="#ting", id=id, text=text)
    await socket.send("taken back", id=(deleted := message_id()))
    await socket.ask("delete", id=deleted)
    await bobs.send("not yours")
    await socket.ask("visit", conversation="#ting")
    await wait_for_document(server, "memberships", user=ada.id)

    answer = await ada.get("/api/me/export")
    export = json.loads(answer.body)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="ting.json"'
    assert answer.headers["Content-Type"].startswith("application/json")
    assert export["account"] == (await ada.get("/api/me")).json
    assert [session["current"] for session in export["sessions"]] == [True]
    assert [membership["conversation"] for membership in export["memberships"]] == ["#ting"]
    assert [message["text"] for message in export["messages"]] == texts
    assert (await people.stranger().get("/api/me/export")).code == "no_session"


@pytest.mark.gen_test
async def test_plugin_data_is_exported_and_deleted_with_the_account(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    for socket in (adas, bobs):
        for typed in ("/poll Tea? yes no", "/vote 1", "/remind 1h drink it"):
            assert (await socket.send(typed))["type"] == "ack"
    database = Database(server.settings.mongodb, server.settings.database)
    values, jobs = database.collection("plugin_values"), database.collection("plugin_jobs")
    await values.insert_one({"_id": f"gone/score {ada.id}", "plugin": "gone", "value": '{"best":[7]}'})

    export = json.loads((await ada.get("/api/me/export")).body)

    kept = {(value["plugin"], value["key"].split()[0]): value["value"] for value in export["plugin_values"]}
    assert kept == {("gone", "score"): {"best": [7]}, ("poll", "vote"): 1, ("remind", "count"): 1}
    assert {value["plugin"] for value in export["plugin_values"] if "expires" in value} == {"poll"}
    (task,) = export["plugin_tasks"]
    assert (task["plugin"], task["task"], task["conversation"]) == ("remind", "remind", "#ting")
    assert task["payload"] == {"what": "drink it", "here": False}
    assert bob.id not in str(export)

    assert (await ada.request("DELETE", "/api/me", {"messages": "keep"})).status == 204
    async with asyncio.timeout(TIMEOUT_S):
        while await values.count_documents({"_id": {"$regex": ada.id}}) or await jobs.find_one({"caller": ada.id}):
            await asyncio.sleep(0.02)
    left = {document["_id"].split()[0] async for document in values.find({"_id": {"$regex": bob.id}})}
    assert left == {"poll/vote", "remind/count"}
    assert await jobs.count_documents({"caller": bob.id}) == 1
    database.close()


@pytest.mark.gen_test
async def test_a_user_without_messages_can_export(people: People) -> None:
    export = json.loads((await (await people.enter("ada")).get("/api/me/export")).body)

    assert (export["messages"], export["plugin_values"], export["plugin_tasks"]) == ([], [], [])


@pytest.mark.gen_test
async def test_an_interrupted_export_does_not_look_complete(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await people.enter("ada")

    async def fail(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(ValueStore, "export_page", fail)

    with pytest.raises(HTTPStreamClosedError):
        await ada.get("/api/me/export")
    assert "was interrupted" in caplog.text
    await server.stop()
    assert not server.app.web.in_progress


@pytest.mark.gen_test
async def test_an_account_is_deleted_with_all_that_belongs_to_it(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PUT", "/api/me/password", {"password": PASSWORD})
    await upload_avatar(ada, encode(Image.new("RGB", (10, 10)), "PNG"))
    mine, bobs = await ada.connect(), await bob.connect()
    sent = await mine.send("Goodbye.")
    await mine.ask("visit", conversation="#ting")
    await wait_for_document(server, "memberships", user=ada.id)

    deleted = await ada.request("DELETE", "/api/me", {"messages": "remove", "password": PASSWORD})

    assert deleted.status == 204
    assert 'ting_session=""' in deleted.headers["Set-Cookie"]
    assert await mine.closed() == (4002, "session_ended")
    former = {"id": ada.id, "name": "", "former": True}
    assert (await bobs.next(lambda frame: frame["type"] == "person" and not frame["person"]["name"]))[
        "person"
    ] == former
    tombstone = await bobs.next(lambda frame: frame["type"] == "message" and "deleted" in frame)
    assert (tombstone["id"], tombstone["author"], tombstone["text"]) == (sent["id"], former, "")
    assert (await ada.get("/api/me")).code == "no_session"
    assert await wait_for_document(server, "memberships", exists=False, user=ada.id)
    assert await wait_for_document(server, "sessions", exists=False, user=ada.id)
    assert (await bob.get("/api/users/ada")).code == "unknown_name"
    assert await stored_avatars(server) == set()
    assert (await people.enter("ada")).id != ada.id


@pytest.mark.gen_test
async def test_only_the_owner_can_delete_an_account(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": PASSWORD})
    bodies: list[tuple[object, str]] = [
        ({"messages": "keep"}, "wrong_password"),
        ({"messages": "keep", "password": "battery staple"}, "wrong_password"),
        ({"password": PASSWORD}, "bad_request"),
        ({"messages": "all", "password": PASSWORD}, "bad_request"),
        ({"messages": "keep", "password": PASSWORD, "now": True}, "bad_request"),
    ]

    for body, code in bodies:
        assert (await ada.request("DELETE", "/api/me", body)).code == code
    assert (await ada.get("/api/me")).json["name"] == "ada"


@pytest.mark.gen_test
async def test_deleting_an_account_without_a_password_needs_none(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await (await ada.connect()).send("I was here.")

    assert (await ada.request("DELETE", "/api/me", {"messages": "keep"})).status == 204

    (message,) = (await bob.history())["messages"]
    assert (message["text"], message["author"]) == ("I was here.", {"id": ada.id, "name": "", "former": True})


async def wait_for_document(server: Server, collection: str, *, exists: bool = True, **condition: str) -> bool:
    """Wait until the database has a matching document, or none."""
    database = Database(server.settings.mongodb, server.settings.database)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while (await database.collection(collection).find_one(condition) is not None) != exists:
                await asyncio.sleep(0.02)
    finally:
        database.close()
    return True
