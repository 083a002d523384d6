"""Documents that cannot be read give no rights, and lift no restriction."""

from typing import Any

import pytest

from tests.client import People
from tests.store.broken import MISSING, break_field
from tests.web.roles import enter_as_admin
from ting.server import Server
from ting.store.database import Database


@pytest.fixture
def database(server: Server) -> Database:
    return server.app.web.database


@pytest.mark.gen_test
@pytest.mark.parametrize("broken", [{"muted_until": "noon"}, {"muted_until": None}, {"muted_until": 2**62}], ids=str)
async def test_a_mute_that_cannot_be_read_lasts(
    server: Server, people: People, database: Database, broken: dict[str, Any]
) -> None:
    admin, ada = await enter_as_admin(people, server), await people.enter("ada")
    socket = await ada.connect()
    await break_field(database, "users", ada.id, **broken)

    await server.app.moderation.enforcement.reload(0)
    assert (await socket.send("Hello?"))["code"] == "muted"
    assert (await admin.request("DELETE", "/api/users/ada/mute")).status == 200
    assert (await socket.send("Hello."))["type"] == "ack"


BROKEN_BANS = [
    {"name": MISSING},
    {"keys": MISSING},
    {"keys": "ada"},
    {"until": "tomorrow"},
    {"until": None},
    {"until": -1},
    {"at": MISSING, "by": 5, "reason": None},
    {"networks": "10.0.0.0/8", "networks_until": "later"},
]


@pytest.mark.gen_test
@pytest.mark.parametrize("broken", BROKEN_BANS, ids=str)
async def test_a_ban_that_cannot_be_read_still_bans(
    server: Server, people: People, database: Database, broken: dict[str, Any]
) -> None:
    admin, ada = await enter_as_admin(people, server), await people.enter("ada")
    assert (await admin.request("POST", "/api/users/ada/ban", {"days": 1})).status < 300
    await break_field(database, "bans", ada.id, **broken)

    await server.app.moderation.enforcement.reload(0)

    assert (await ada.get("/api/conversations")).code == "banned"
    assert len((await admin.get("/api/bans")).ok_json["bans"]) == 1


@pytest.mark.gen_test
@pytest.mark.parametrize("broken", [{"role": "owner"}, {"role": ["admin"]}], ids=str)
async def test_a_role_that_cannot_be_read_gives_no_rights(
    server: Server, people: People, database: Database, broken: dict[str, Any]
) -> None:
    admin = await enter_as_admin(people, server)
    await break_field(database, "users", admin.id, **broken)

    await server.app.moderation.enforcement.reload(0)

    assert (await admin.get("/api/audit")).status == 403
    assert (await admin.get("/api/me")).ok_json["role"] == "member"


@pytest.mark.gen_test
@pytest.mark.parametrize("broken", [{"expires": "never"}, {"expires": None}, {"name": None}, {"name": 1}], ids=str)
async def test_a_token_that_cannot_be_read_ends_with_the_others(
    server: Server, people: People, database: Database, broken: dict[str, Any]
) -> None:
    ada = await people.enter("ada")
    made = (await ada.request("POST", "/api/me/tokens", {"name": "a bot", "days": 1})).ok_json
    secret = {"Authorization": f"Bearer {made['secret']}"}
    stranger = people.stranger()
    assert (await stranger.get("/api/me", **secret)).status == 200
    stored = await database.collection("sessions").find_one({"name": "a bot"})
    assert stored is not None
    await break_field(database, "sessions", stored["_id"], **broken)

    assert (await stranger.get("/api/me", **secret)).status == 401
    await server.app.accounts.sessions.end_all(ada.id)
    assert await database.collection("sessions").count_documents({"user": ada.id}) == 0
