"""Moderation as all affected users see it: mutes, kicks, bans, roles, deleted messages; and the audit log."""

import asyncio
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPClientError

from tests.client import People, Person, Socket, message_id
from tests.faults.raw_client import ConnectionLost, RawWebSocket, address_of
from tests.web.roles import enter_as_admin, enter_as_moderator
from ting.core.clock import DAY_MS, now
from ting.core.networks import Network
from ting.core.settings import Settings
from ting.server import Server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, trusted_proxies=[Network("127.0.0.1")])


class Users:
    """Ann is admin, Ada is moderator, Bob and Eve are members. Each has a different address."""

    def __init__(self, ann: Person, ada: Person, bob: Person, eve: Person) -> None:
        self.ann, self.ada, self.bob, self.eve = ann, ada, bob, eve


async def enter_all(people: People, server: Server) -> Users:
    ann = await enter_as_admin(people, server, address="192.0.2.1")
    ada = await enter_as_moderator(people, ann, address="192.0.2.2")
    return Users(ann, ada, await people.enter("bob", "192.0.2.3"), await people.enter("eve", "192.0.2.4"))


async def audit_log(ann: Person) -> list[dict[str, Any]]:
    """The entries of the audit log, the oldest first, without times and ids."""
    entries = (await ann.get("/api/audit")).json["acts"]
    return [{name: value for name, value in entry.items() if name not in ("id", "at")} for entry in reversed(entries)]


async def type_text(socket: Socket, text: str) -> str:
    id = message_id()
    await socket.send_frame({"type": "draft", "conversation": "#ting", "id": id, "text": text})
    return id


@pytest.mark.gen_test
async def test_muted_users_can_read_but_not_write(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    bobs, eves = await users.bob.connect(), await users.eve.connect()
    sent = await bobs.send("Before.")
    await type_text(bobs, "I am typ")
    await eves.next(lambda frame: frame["type"] == "draft" and bool(frame["drafts"]))

    card = await users.ada.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "too loud"})

    assert (card.status, card.json["name"]) == (200, "bob")
    me = (await bobs.event("me"))["me"]
    assert card.json["muted_until"] == me["muted_until"]
    assert me["mute_reason"] == "too loud"
    (gone,) = (await eves.event("draft"))["drafts"]
    assert gone["text"] is None
    await type_text(bobs, "Still")
    reaction = {"id": sent["id"], "emoji": "👍", "on": True}
    refusals = [
        await bobs.next(lambda frame: frame["type"] == "error"),
        await bobs.send("Let me!"),
        await bobs.ask("edit", id=sent["id"], text="After."),
        await bobs.ask("react", **reaction),
    ]
    for refusal in refusals:
        assert refusal["code"] == "muted"
        assert "too loud" in refusal["message"]
        assert refusal["reason"] == "too loud"
        assert 290 < refusal["retry_after"] <= 300
    over_rest = await users.bob.request(
        "POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "Let me!"}
    )
    assert (over_rest.status, over_rest.code) == (403, "muted")
    assert (await users.bob.request("PATCH", "/api/channels/ting", {"topic": "x"})).code == "muted"
    assert (await bobs.ask("delete", id=sent["id"]))["type"] == "ack"
    assert (await users.ada.request("DELETE", "/api/users/bob/mute")).status == 200
    assert (await bobs.event("me", me=me | {"muted_until": None, "mute_reason": ""}))["me"]["muted_until"] is None
    assert (await bobs.send("Thanks."))["type"] == "ack"


@pytest.mark.gen_test
async def test_kicked_users_are_removed_from_the_channel_for_a_minute(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    phone, laptop, eves = await users.bob.connect(), await users.bob.connect(), await users.eve.connect()
    await phone.ask("join", conversation="#music")

    kicked = await users.ada.request("POST", "/api/users/bob/kick", {"conversation": "#Ting", "reason": "off topic"})

    assert kicked.status == 200
    for socket in (phone, laptop):
        event = await socket.event("removed")
        assert (event["how"], event["conversation"], event["reason"]) == ("kicked", "#ting", "off topic")
    await eves.event("presence", went=[users.bob.id])
    for refusal in (await phone.ask("join", conversation="#ting"), await laptop.send("Let me!")):
        assert refusal["code"] == "kicked"
        assert 50 < refusal["retry_after"] <= 60
    assert (await phone.send("Here then.", "#music"))["type"] == "ack"
    direct = await users.ada.request("POST", "/api/users/bob/kick", {"conversation": f"@{users.ada.id}~{users.bob.id}"})
    assert direct.status in (400, 404)


@pytest.mark.gen_test
async def test_banned_users_get_the_reason_and_cannot_sign_in(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    socket = await users.bob.connect()

    banned = await users.ada.request("POST", "/api/users/bob/ban", {"days": 2, "reason": "spam"})

    assert banned.status == 200
    assert (banned.json["ban"]["reason"], banned.json["ban"]["until"] > 0) == ("spam", True)
    assert "ban" not in (await users.eve.get("/api/users/bob")).json
    assert await socket.closed() == (4004, "banned")
    event = await socket.event("removed")
    assert (event["how"], event["reason"], event["until"] > 0) == ("banned", "spam", True)
    refused = await users.bob.get("/api/me")
    assert (refused.status, refused.code) == (403, "banned")
    assert "spam" in refused.json["error"]["message"]
    assert refused.json["error"]["reason"] == "spam"
    assert 2 * 86400 - 10 < refused.json["error"]["retry_after"] <= 2 * 86400
    with pytest.raises(HTTPClientError) as refusal:
        await users.bob.connect()
    assert refusal.value.code == 403
    for name in ("bob", "BOB", "Bοb"):
        assert (await people.stranger().request("POST", "/api/session", {"name": name})).code == "banned"
    (listed,) = (await users.ada.get("/api/bans")).json["bans"]
    assert (listed["name"], listed["reason"], listed["by"]["name"], listed["address"]) == ("bob", "spam", "ada", False)
    assert (await users.ada.request("DELETE", "/api/users/bob/ban")).status == 204
    assert (await users.bob.get("/api/me")).status == 401
    assert (await users.ada.request("DELETE", "/api/users/bob/ban")).code == "unknown_name"
    assert (await people.enter("bob")).id != users.bob.id, "without a password, nobody could use the name any more"


@pytest.mark.gen_test
@pytest.mark.parametrize("lifted", [True, False], ids=["lifted", "expired"])
async def test_sessions_and_tokens_from_before_a_ban_stay_ended_after_it(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, lifted: bool
) -> None:
    users = await enter_all(people, server)
    password = "correct horse"
    bob = await people.enter("robert", users.bob.address, password=password, create=True)
    token = await bob.request("POST", "/api/me/tokens", {"name": "a bot", "password": password})
    bearer = f"Bearer {token.json['secret']}"
    assert (await users.ada.request("POST", "/api/users/robert/ban", {"days": 1, "reason": "spam"})).status == 200
    for headers in ({}, {"Authorization": bearer}):
        assert (await bob.get("/api/me", **headers)).code == "banned"

    if lifted:
        assert (await users.ada.request("DELETE", "/api/users/robert/ban")).status == 200
    else:
        restrictions = server.app.moderation.restrictions
        monkeypatch.setattr(restrictions, "_clock", lambda: now() + 2 * DAY_MS)

    for headers in ({}, {"Authorization": bearer}):
        assert (await bob.get("/api/me", **headers)).code == "no_session"
    again = await people.enter("robert", users.bob.address, password=password)
    assert again.id == bob.id
    assert (await again.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_a_sign_in_that_meets_a_ban_leaves_no_session(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = await enter_all(people, server)
    entry = {"name": "robert", "password": "correct horse"}
    bob = await people.enter(create=True, **entry)
    sessions = server.app.accounts.sessions
    begin = sessions.begin

    async def begin_late(*given: Any) -> str:
        assert (await users.ada.request("POST", "/api/users/robert/ban", {})).status == 200
        return await begin(*given)

    monkeypatch.setattr(sessions, "begin", begin_late)
    assert (await people.stranger().request("POST", "/api/session", entry)).code == "banned"

    stored = await server.app.stores.sessions.for_user(bob.id)
    assert [session.is_expired(now()) for session in stored] == [True]


@pytest.mark.gen_test
async def test_no_request_during_a_ban_is_told_only_that_the_session_has_ended(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    for number in range(10):
        name = f"newcomer{number}"
        person = await people.enter(name, users.bob.address)
        ban = asyncio.create_task(users.ada.request("POST", f"/api/users/{name}/ban", {}))

        codes = {""}
        while "banned" not in codes:
            answers = await asyncio.gather(*(person.get("/api/me") for _ in range(4)))
            codes |= {"" if answer.status == 200 else answer.code for answer in answers}

        assert codes == {"", "banned"}
        assert (await ban).status == 200


@pytest.mark.gen_test
async def test_an_address_ban_applies_to_everyone_there_except_moderators(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    neighbour, ida = await people.enter("dan", users.bob.address), await enter_as_moderator(people, users.ann, "ida")
    ida.address = users.bob.address
    neighbours, others = await neighbour.connect(), await users.eve.connect()

    banned = await users.ada.request("POST", "/api/users/bob/ban", {"reason": "flood", "address": True})

    assert banned.status == 200
    assert await neighbours.closed() == (4004, "banned")
    assert (await neighbour.get("/api/me")).code == "banned"
    newcomer = people.stranger()
    newcomer.address = users.bob.address
    assert (await newcomer.request("POST", "/api/session", {"name": "new"})).code == "banned"
    assert (await ida.get("/api/me")).status == 200
    assert (await others.send("Still here."))["type"] == "ack"
    neighbour.address = "192.0.2.77"
    assert (await neighbour.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_frames_sent_after_a_ban_are_ignored(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    websocket = await RawWebSocket.open(address_of(server.url), users.bob.cookie)
    await users.ada.request("POST", "/api/users/bob/ban", {"reason": "spam"})

    websocket.send({"type": "send", "ref": 1, "conversation": "#ting", "id": message_id(), "text": "One more thing."})
    with pytest.raises(ConnectionLost) as lost:
        while True:
            assert (await websocket.receive())["type"] in ("welcome", "removed")
    await websocket.closed()

    assert lost.value.code == 4004
    assert (await users.ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_an_address_ban_does_not_include_the_moderators_own_address(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    neighbour = await people.enter("dan", users.ada.address)

    await users.ada.request("POST", "/api/users/dan/ban", {"address": True})

    assert (await neighbour.get("/api/me")).code == "banned"
    assert (await people.enter("new", users.ada.address)).id


@pytest.mark.gen_test
async def test_moderators_cannot_act_on_equals_or_themselves(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    ida = await enter_as_moderator(people, users.ann, "ida")
    bodies = {"mute": {"minutes": 1}, "kick": {"conversation": "#ting"}, "ban": {}}

    for by, names in ((users.ada, ("ann", "ida", "ada")), (users.ann, ("ann",)), (users.bob, ("eve", "bob"))):
        for name in names:
            for act, body in bodies.items():
                answer = await by.request("POST", f"/api/users/{name}/{act}", body)
                assert (answer.status, answer.code) == (403, "not_allowed"), (by.name, name, act)
    for by, name in ((users.ada, "bob"), (users.ann, "ann"), (users.bob, "bob")):
        assert (await by.request("PATCH", f"/api/users/{name}", {"role": "admin"})).code == "not_allowed"
    for by in (users.ada, users.bob):
        assert (await by.get("/api/audit")).code == "not_allowed"
    assert (await ida.get("/api/me")).json["role"] == "moderator"
    assert (await users.ada.request("POST", "/api/users/nobody/mute", {"minutes": 1})).code == "unknown_name"
    assert [entry["act"] for entry in await audit_log(users.ann)] == ["accept", "role", "role"]


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("act", "body", "code"),
    [
        ("mute", {}, "bad_request"),
        ("mute", {"minutes": 0}, "bad_request"),
        ("mute", {"minutes": 1, "reason": "x" * 201}, "bad_reason"),
        ("kick", {"conversation": "ting"}, "bad_conversation"),
        ("ban", {"days": -1}, "bad_request"),
        ("ban", {"reason": "x" * 301}, "bad_reason"),
    ],
    ids=str,
)
async def test_invalid_moderation_requests_are_refused(
    people: People, server: Server, act: str, body: dict[str, object], code: str
) -> None:
    ann = await enter_as_admin(people, server)
    await people.enter("bob")

    answer = await ann.request("POST", f"/api/users/bob/{act}", body)

    assert (answer.status, answer.code) == (400, code)


@pytest.mark.gen_test
async def test_a_new_role_applies_immediately_on_open_websockets(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    bobs, eves = await users.bob.connect(), await users.eve.connect()
    sent = await eves.send("Mine.")

    before = await bobs.ask("delete", id=sent["id"])
    await users.ann.request("PATCH", "/api/users/bob", {"role": "moderator"})
    after = await bobs.ask("delete", id=sent["id"])

    assert before["code"] == "not_yours"
    assert (await bobs.event("me"))["me"]["role"] == "moderator"
    assert after["type"] == "ack"
    assert (await eves.next(lambda frame: "deleted" in frame))["text"] == ""
    await users.ann.request("PATCH", "/api/users/bob", {"role": "member"})
    assert (await bobs.ask("delete", id=(await eves.send("Again."))["id"]))["code"] == "not_yours"


@pytest.mark.gen_test
async def test_every_moderation_action_is_in_the_audit_log(people: People, server: Server) -> None:
    users = await enter_all(people, server)
    sent = await (await users.eve.connect()).send("Mine.")
    await users.ada.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "loud"})
    await users.ada.request("DELETE", "/api/users/bob/mute")
    await users.ada.request("POST", "/api/users/bob/kick", {"conversation": "#ting"})
    await users.ada.request("DELETE", f"/api/messages/{sent['id']}")
    await users.ada.request("POST", "/api/users/bob/ban", {"address": True, "reason": "spam"})
    await users.ada.request("DELETE", "/api/users/bob/ban")
    own = await (await users.ada.connect()).send("Mine.")
    await users.ada.request("DELETE", f"/api/messages/{own['id']}")

    entries = (await audit_log(users.ann))[2:]

    assert [entry["act"] for entry in entries] == ["mute", "unmute", "kick", "delete", "ban", "unban"]
    assert {entry["by"]["name"] for entry in entries} == {"ada"}
    assert [entry["whom"]["name"] for entry in entries] == ["bob", "bob", "bob", "eve", "bob", "bob"]
    assert (entries[0]["reason"], entries[4]["reason"], entries[4]["address"]) == ("loud", "spam", True)
    assert (entries[2]["conversation"], entries[3]["message"]) == ("#ting", sent["id"])
    newest = (await users.ann.get("/api/audit?limit=1")).json
    older = (await users.ann.get(f"/api/audit?limit=500&before={newest['acts'][0]['id']}")).json
    assert (newest["more"], newest["acts"][0]["act"], older["more"], len(older["acts"])) == (True, "unban", False, 7)


@pytest.mark.gen_test
async def test_mutes_and_bans_survive_a_restart(people: People, server: Server, start_server: Any) -> None:
    users = await enter_all(people, server)
    await users.ada.request("POST", "/api/users/bob/ban", {"reason": "spam"})
    await users.ada.request("POST", "/api/users/eve/mute", {"minutes": 5})
    await server.stop()

    again = Server(server.settings)
    await again.start()
    try:
        for person in (users.ann, users.bob, users.eve):
            person.url = again.url.rstrip("/")
        sent = await users.eve.request(
            "POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "Let me!"}
        )
        assert (await users.bob.get("/api/me")).code == "banned"
        assert sent.code == "muted"
        assert (await users.ann.get("/api/audit")).status == 200
    finally:
        await again.stop()
