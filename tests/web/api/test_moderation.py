"""What moderators do, as everybody concerned sees it: mutes, kicks, bans, roles, deleted messages; the audit log."""

from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPClientError

from tests.client import People, Person, Socket, message_id
from tests.faults.raw_client import Gone, Wire, address_of
from tests.web.roles import admin, moderator
from ting.core.networks import Network
from ting.core.settings import Settings
from ting.server import Server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, trusted_proxies=[Network("127.0.0.1")])


class Cast:
    """ann is admin, ada moderator, bob and eve are members; each comes from an address of their own."""

    def __init__(self, ann: Person, ada: Person, bob: Person, eve: Person) -> None:
        self.ann, self.ada, self.bob, self.eve = ann, ada, bob, eve


async def everybody(people: People, server: Server) -> Cast:
    ann = await admin(people, server, address="192.0.2.1")
    ada = await moderator(people, ann, address="192.0.2.2")
    return Cast(ann, ada, await people.enter("bob", "192.0.2.3"), await people.enter("eve", "192.0.2.4"))


async def acts(ann: Person) -> list[dict[str, Any]]:
    """The audit log, oldest first, without times and ids."""
    logged = (await ann.get("/api/audit")).json["acts"]
    return [{name: value for name, value in act.items() if name not in ("id", "at")} for act in reversed(logged)]


async def draft(socket: Socket, text: str) -> str:
    id = message_id()
    await socket.tell({"type": "draft", "conversation": "#ting", "id": id, "text": text})
    return id


@pytest.mark.gen_test
async def test_the_muted_may_read_but_not_write(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    bobs, eves = await cast.bob.connect(), await cast.eve.connect()
    sent = await bobs.send("Before.")
    await draft(bobs, "I am typ")
    await eves.next(lambda frame: frame["type"] == "draft" and bool(frame["drafts"]))

    card = await cast.ada.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "too loud"})

    assert (card.status, card.json["name"]) == (200, "bob")
    me = (await bobs.event("me"))["me"]
    assert card.json["muted_until"] == me["muted_until"]
    assert me["mute_reason"] == "too loud"
    (gone,) = (await eves.event("draft"))["drafts"]
    assert gone["text"] is None
    await draft(bobs, "Still")
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
    over_rest = await cast.bob.request(
        "POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "Let me!"}
    )
    assert (over_rest.status, over_rest.code) == (403, "muted")
    assert (await cast.bob.request("PATCH", "/api/channels/ting", {"topic": "x"})).code == "muted"
    assert (await bobs.ask("delete", id=sent["id"]))["type"] == "ack"
    assert (await cast.ada.request("DELETE", "/api/users/bob/mute")).status == 200
    assert (await bobs.event("me", me=me | {"muted_until": None, "mute_reason": ""}))["me"]["muted_until"] is None
    assert (await bobs.send("Thanks."))["type"] == "ack"


@pytest.mark.gen_test
async def test_the_kicked_are_out_of_the_channel_for_a_minute(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    phone, laptop, eves = await cast.bob.connect(), await cast.bob.connect(), await cast.eve.connect()
    await phone.ask("join", conversation="#music")

    kicked = await cast.ada.request("POST", "/api/users/bob/kick", {"conversation": "#Ting", "reason": "off topic"})

    assert kicked.status == 200
    for socket in (phone, laptop):
        told = await socket.event("removed")
        assert (told["how"], told["conversation"], told["reason"]) == ("kicked", "#ting", "off topic")
    await eves.event("presence", went=[cast.bob.id])
    for refusal in (await phone.ask("join", conversation="#ting"), await laptop.send("Let me!")):
        assert refusal["code"] == "kicked"
        assert 50 < refusal["retry_after"] <= 60
    assert (await phone.send("Here then.", "#music"))["type"] == "ack"
    private = await cast.ada.request("POST", "/api/users/bob/kick", {"conversation": f"@{cast.ada.id}~{cast.bob.id}"})
    assert private.status in (400, 404)


@pytest.mark.gen_test
async def test_the_banned_are_told_why_and_do_not_come_back(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    socket = await cast.bob.connect()

    banned = await cast.ada.request("POST", "/api/users/bob/ban", {"days": 2, "reason": "spam"})

    assert banned.status == 200
    assert await socket.closed() == (4004, "banned")
    told = await socket.event("removed")
    assert (told["how"], told["reason"], told["until"] > 0) == ("banned", "spam", True)
    refused = await cast.bob.get("/api/me")
    assert (refused.status, refused.code) == (403, "banned")
    assert "spam" in refused.json["error"]["message"]
    assert refused.json["error"]["reason"] == "spam"
    assert 2 * 86400 - 10 < refused.json["error"]["retry_after"] <= 2 * 86400
    with pytest.raises(HTTPClientError) as refusal:
        await cast.bob.connect()
    assert refusal.value.code == 403
    for name in ("bob", "BOB", "Bοb"):
        assert (await people.stranger().request("POST", "/api/session", {"name": name})).code == "banned"
    (listed,) = (await cast.ada.get("/api/bans")).json["bans"]
    assert (listed["name"], listed["reason"], listed["by"]["name"], listed["address"]) == ("bob", "spam", "ada", False)
    assert (await cast.ada.request("DELETE", "/api/users/bob/ban")).status == 200
    assert (await cast.bob.get("/api/me")).status == 200
    assert (await cast.ada.request("DELETE", "/api/users/bob/ban")).code == "unknown_name"


@pytest.mark.gen_test
async def test_with_an_address_everybody_there_is_kept_out_but_moderators(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    neighbour, ida = await people.enter("dan", cast.bob.address), await moderator(people, cast.ann, "ida")
    ida.address = cast.bob.address
    theirs, others = await neighbour.connect(), await cast.eve.connect()

    banned = await cast.ada.request("POST", "/api/users/bob/ban", {"reason": "flood", "address": True})

    assert banned.status == 200
    assert await theirs.closed() == (4004, "banned")
    assert (await neighbour.get("/api/me")).code == "banned"
    newcomer = people.stranger()
    newcomer.address = cast.bob.address
    assert (await newcomer.request("POST", "/api/session", {"name": "new"})).code == "banned"
    assert (await ida.get("/api/me")).status == 200
    assert (await others.send("Still here."))["type"] == "ack"
    neighbour.address = "192.0.2.77"
    assert (await neighbour.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_what_the_banned_send_after_the_goodbye_is_not_heard(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    wire = await Wire.open(address_of(server.url), cast.bob.cookie)
    await cast.ada.request("POST", "/api/users/bob/ban", {"reason": "spam"})

    wire.send({"type": "send", "ref": 1, "conversation": "#ting", "id": message_id(), "text": "One more thing."})
    with pytest.raises(Gone) as gone:
        while True:
            assert (await wire.receive())["type"] in ("welcome", "removed")
    await wire.hung_up()

    assert gone.value.code == 4004
    assert (await cast.ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_nobody_is_banned_from_the_address_of_the_one_who_bans(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    neighbour = await people.enter("dan", cast.ada.address)

    await cast.ada.request("POST", "/api/users/dan/ban", {"address": True})

    assert (await neighbour.get("/api/me")).code == "banned"
    assert (await people.enter("new", cast.ada.address)).id


@pytest.mark.gen_test
async def test_power_ends_at_equals_and_at_oneself(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    ida = await moderator(people, cast.ann, "ida")
    bodies = {"mute": {"minutes": 1}, "kick": {"conversation": "#ting"}, "ban": {}}

    for by, names in ((cast.ada, ("ann", "ida", "ada")), (cast.ann, ("ann",)), (cast.bob, ("eve", "bob"))):
        for name in names:
            for act, body in bodies.items():
                answer = await by.request("POST", f"/api/users/{name}/{act}", body)
                assert (answer.status, answer.code) == (403, "not_allowed"), (by.name, name, act)
    for by, name in ((cast.ada, "bob"), (cast.ann, "ann"), (cast.bob, "bob")):
        assert (await by.request("PATCH", f"/api/users/{name}", {"role": "admin"})).code == "not_allowed"
    for by in (cast.ada, cast.bob):
        assert (await by.get("/api/audit")).code == "not_allowed"
    assert (await ida.get("/api/me")).json["role"] == "moderator"
    assert (await cast.ada.request("POST", "/api/users/nobody/mute", {"minutes": 1})).code == "unknown_name"
    assert [act["act"] for act in await acts(cast.ann)] == ["accept", "role", "role"]


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("act", "body", "code"),
    [
        ("mute", {}, "bad_request"),
        ("mute", {"minutes": 0}, "bad_request"),
        ("mute", {"minutes": 1, "reason": "x" * 201}, "bad_reason"),
        ("kick", {"conversation": "ting"}, "bad_conversation"),
        ("ban", {"days": -1}, "bad_request"),
        ("ban", {"reason": "a\0b"}, "bad_reason"),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(
    people: People, server: Server, act: str, body: dict[str, object], code: str
) -> None:
    ann = await admin(people, server)
    await people.enter("bob")

    answer = await ann.request("POST", f"/api/users/bob/{act}", body)

    assert (answer.status, answer.code) == (400, code)


@pytest.mark.gen_test
async def test_a_role_holds_at_once_on_open_sockets(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    bobs, eves = await cast.bob.connect(), await cast.eve.connect()
    sent = await eves.send("Mine.")

    before = await bobs.ask("delete", id=sent["id"])
    await cast.ann.request("PATCH", "/api/users/bob", {"role": "moderator"})
    after = await bobs.ask("delete", id=sent["id"])

    assert before["code"] == "not_yours"
    assert (await bobs.event("me"))["me"]["role"] == "moderator"
    assert after["type"] == "ack"
    assert (await eves.next(lambda frame: "deleted" in frame))["text"] == ""
    await cast.ann.request("PATCH", "/api/users/bob", {"role": "member"})
    assert (await bobs.ask("delete", id=(await eves.send("Again."))["id"]))["code"] == "not_yours"


@pytest.mark.gen_test
async def test_every_act_is_in_the_audit_log(people: People, server: Server) -> None:
    cast = await everybody(people, server)
    sent = await (await cast.eve.connect()).send("Mine.")
    await cast.ada.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "loud"})
    await cast.ada.request("DELETE", "/api/users/bob/mute")
    await cast.ada.request("POST", "/api/users/bob/kick", {"conversation": "#ting"})
    await cast.ada.request("DELETE", f"/api/messages/{sent['id']}")
    await cast.ada.request("POST", "/api/users/bob/ban", {"address": True, "reason": "spam"})
    await cast.ada.request("DELETE", "/api/users/bob/ban")
    own = await (await cast.ada.connect()).send("Mine.")
    await cast.ada.request("DELETE", f"/api/messages/{own['id']}")

    logged = (await acts(cast.ann))[2:]

    assert [act["act"] for act in logged] == ["mute", "unmute", "kick", "delete", "ban", "unban"]
    assert {act["by"]["name"] for act in logged} == {"ada"}
    assert [act["whom"]["name"] for act in logged] == ["bob", "bob", "bob", "eve", "bob", "bob"]
    assert (logged[0]["reason"], logged[4]["reason"], logged[4]["address"]) == ("loud", "spam", True)
    assert (logged[2]["conversation"], logged[3]["message"]) == ("#ting", sent["id"])
    newest = (await cast.ann.get("/api/audit?limit=1")).json
    older = (await cast.ann.get(f"/api/audit?limit=500&before={newest['acts'][0]['id']}")).json
    assert (newest["more"], newest["acts"][0]["act"], older["more"], len(older["acts"])) == (True, "unban", False, 7)


@pytest.mark.gen_test
async def test_mutes_and_bans_outlive_the_server(people: People, server: Server, start_server: Any) -> None:
    cast = await everybody(people, server)
    await cast.ada.request("POST", "/api/users/bob/ban", {"reason": "spam"})
    await cast.ada.request("POST", "/api/users/eve/mute", {"minutes": 5})
    await server.stop()

    again = Server(server.settings)
    await again.start()
    try:
        for person in (cast.ann, cast.bob, cast.eve):
            person.url = again.url.rstrip("/")
        said = await cast.eve.request(
            "POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "Let me!"}
        )
        assert (await cast.bob.get("/api/me")).code == "banned"
        assert said.code == "muted"
        assert (await cast.ann.get("/api/audit")).status == 200
    finally:
        await again.stop()
