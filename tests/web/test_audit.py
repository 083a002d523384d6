"""What the audit log records besides moderation: accounts, topics and plugins. It never contains a secret."""

from typing import Any

import pytest

from tests.client import People, Person
from tests.web.roles import enter_as_admin
from ting.server import Server
from ting.store.database import Database

PASSWORD, OTHER = "correct horse", "battery staple"


async def acts(server: Server) -> list[dict[str, Any]]:
    """The stored entries, the oldest first, without times and ids."""
    database = Database(server.settings.mongodb, server.settings.database)
    entries = await database.collection("audit").find().sort("_id", 1).to_list(None)
    database.close()
    return [{name: value for name, value in entry.items() if name not in ("_id", "at")} for entry in entries]


async def enter_with_password(people: People, name: str, password: str) -> Person:
    return await people.enter(name, password=password, create=True)


@pytest.mark.gen_test
async def test_every_change_of_an_account_is_recorded_without_its_secrets(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()

    assert (await ada.request("PUT", "/api/me/password", {"password": PASSWORD})).status == 200
    assert (await ada.request("PUT", "/api/me/password", {"password": OTHER, "current": "wrong"})).status == 403
    assert (await ada.request("PUT", "/api/me/password", {"password": OTHER, "current": PASSWORD})).status == 200
    token = (await ada.request("POST", "/api/me/tokens", {"name": "a bot", "password": OTHER, "days": None})).ok_json
    assert (await ada.request("DELETE", f"/api/me/tokens/{token['token']['id']}")).status == 204
    assert (await socket.send("/nick Bea"))["type"] == "ack"
    assert (await socket.send("/nick Bea"))["type"] == "ack"
    phone = await people.enter("bea", password=OTHER)
    (other,) = [entry for entry in (await ada.get("/api/me/sessions")).json["sessions"] if not entry["current"]]
    assert (await ada.request("DELETE", f"/api/me/sessions/{other['id']}")).status == 204

    own = {"by": ada.id, "whom": ada.id}
    recorded = await acts(server)
    assert recorded == [
        {"act": "password", **own},
        {"act": "password", **own},
        {"act": "token-create", **own, "reason": "a bot"},
        {"act": "token-revoke", **own, "reason": "a bot"},
        {"act": "rename", **own, "reason": "ada \N{RIGHTWARDS ARROW} Bea"},
        {"act": "end-session", **own},
    ]
    secrets = (PASSWORD, OTHER, token["secret"], ada.cookie.partition("=")[2], phone.cookie.partition("=")[2])
    assert not [secret for secret in secrets if secret in str(recorded)]


@pytest.mark.gen_test
async def test_a_deletion_is_recorded_and_removes_the_names_that_the_user_chose(people: People, server: Server) -> None:
    ada = await enter_with_password(people, "ada", PASSWORD)
    socket = await ada.connect()
    await socket.send("/nick Lovelace")
    await ada.request("POST", "/api/me/tokens", {"name": "lovelace bot", "password": PASSWORD, "days": None})
    deletion = server.app.accounts.deletion

    assert (await ada.request("DELETE", "/api/me", {"messages": "keep", "password": PASSWORD})).status == 204
    for erase in deletion.erasers:
        await erase(ada.id)

    own = {"by": ada.id, "whom": ada.id}
    assert await acts(server) == [{"act": act, **own} for act in ("rename", "token-create", "delete-account")]


@pytest.mark.gen_test
async def test_topics_and_plugins_are_recorded_once_per_change(people: People, server: Server) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    before = len(await acts(server))
    socket = await bob.connect()

    for topic in ("Tea", " Tea ", ""):
        assert (await bob.request("PATCH", "/api/channels/ting", {"topic": topic})).status == 200
    assert (await socket.send("/topic Coffee"))["type"] == "ack"
    assert (await ann.request("POST", "/api/plugins/roll", {"enabled": False})).status == 200
    assert (await ann.request("POST", "/api/plugins/roll", {"enabled": True})).status == 200
    assert (await ann.request("POST", "/api/plugins/nothing", {"enabled": True})).status == 404

    topics = {"by": bob.id, "act": "topic", "conversation": "#ting"}
    assert (await acts(server))[before:] == [
        {**topics, "reason": "Tea"},
        topics,
        {**topics, "reason": "Coffee"},
        {"by": ann.id, "act": "plugin-off", "reason": "roll"},
        {"by": ann.id, "act": "plugin-on", "reason": "roll"},
    ]
    assert [entry["act"] for entry in (await ann.get("/api/audit?limit=2")).json["acts"]] == ["plugin-on", "plugin-off"]
