"""Other users over REST, and the frames that notify clients of their changes."""

import pytest
from PIL import Image

from tests.client import People, message_id, until
from tests.web.api.test_users_avatars import encode, upload_avatar
from ting.realtime.last_seen import LastSeen
from ting.server import Server
from ting.store.database import Database
from ting.store.users import UserStore


@pytest.mark.gen_test
async def test_users_can_be_looked_up_by_id(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")

    persons = (await ada.get(f"/api/persons?ids={bob.id},nobody,{ada.id},{bob.id}")).json["persons"]

    assert sorted(persons, key=lambda person: person["name"]) == [
        {"id": ada.id, "name": "ada"},
        {"id": bob.id, "name": "bob"},
    ]


@pytest.mark.gen_test
@pytest.mark.parametrize("ids", ["", ",", ",".join(map(str, range(101)))], ids=len)
async def test_no_ids_or_too_many_are_refused(people: People, ids: str) -> None:
    answer = await (await people.enter("ada")).get(f"/api/persons?ids={ids}")

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, "bad_request", "ids")


@pytest.mark.gen_test
async def test_a_freed_name_is_broadcast(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    bobs, eves = await bob.connect(), await eve.connect(join=None)
    await (await ada.connect()).send("Mine.")
    former = {"id": ada.id, "name": "ada", "former": True}

    await ada.request("DELETE", "/api/session")

    for socket in (bobs, eves):
        assert (await socket.event("person"))["person"] == former
    assert (await bob.history())["messages"][0]["author"] == former
    assert (await bob.get(f"/api/persons?ids={ada.id}")).json["persons"] == [former]


@pytest.mark.gen_test
async def test_drafts_and_the_roster_show_the_current_profile(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PATCH", "/api/me", {"share_typing": "letters"})
    adas, bobs = await ada.connect(), await bob.connect()
    await adas.send_frame({"type": "draft", "conversation": "#ting", "id": message_id(), "text": "Hello"})
    await bobs.event("draft")

    version = (await upload_avatar(ada, encode(Image.new("RGB", (10, 10)), "PNG"))).json["avatar"]

    shown = {"id": ada.id, "name": "ada", "avatar": version}
    assert (await bobs.event("draft"))["drafts"][0]["author"] == shown
    joined = await bobs.ask("join", conversation="#ting")
    assert shown in joined["people"]
    assert joined["drafts"][0]["author"] == shown
    await adas.send("Hello!")
    assert (await bobs.event("message"))["author"] == shown


@pytest.mark.gen_test
async def test_the_last_seen_time_is_stored_while_a_user_is_online(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket = await ada.connect()
    database = Database(server.settings.mongodb, server.settings.database)
    presence = server.app.realtime.presence
    later = (await ada.get("/api/me")).json["created"] + 3_600_000

    await LastSeen(UserStore(database), presence, lambda: later).save()
    socket.connection.close()
    await until(lambda: not presence.user_connections(ada.id))
    database.close()

    assert (await bob.get("/api/users/ada")).json["last_seen"] == later
