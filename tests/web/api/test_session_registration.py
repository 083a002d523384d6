"""Registration: its modes, invitations, and the first admin."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.client import Answer, People, Person
from tests.web.roles import enter_as_admin, enter_as_moderator, first_token
from ting.core.settings import RegistrationMode, Settings
from ting.server import Server
from ting.store.database import Database

PASSWORD = "correct horse"


@pytest.fixture
def mode() -> RegistrationMode:
    return "open"


@pytest.fixture
def settings(settings: Settings, mode: RegistrationMode) -> Settings:
    return msgspec.structs.replace(settings, registration=mode, public_url="https://chat.example.org")


async def register(people: People, **entry: object) -> Answer:
    return await people.stranger().request("POST", "/api/session", entry)


async def registration(people: People, token: str) -> Any:
    """The registration mode and the effect of an invitation."""
    answer = await people.stranger().request("POST", "/api/registration", {"invitation": token})
    assert answer.status == 200
    return answer.json


async def enter_three(people: People, server: Server) -> list[Person]:
    """Register an admin with a password, and two users without."""
    ann = await enter_as_admin(people, server, password=PASSWORD, create=True)  # type: ignore[arg-type]
    return [ann, await people.enter("bob"), await people.enter("eve")]


async def free_name(server: Server, person: Person) -> None:
    """Free a user's name, as happens after two weeks without use."""
    database = Database(server.settings.mongodb, server.settings.database)
    await database.collection("users").update_one({"_id": person.id}, {"$unset": {"keys": ""}})
    database.close()


async def create_invitation(by: Person, **body: object) -> str:
    """Create an invitation, and return its token."""
    answer = await by.request("POST", "/api/invitations", body)
    assert answer.status == 201, answer.body
    return str(answer.json["token"])


@pytest.mark.gen_test
async def test_open_registration_needs_only_a_name(people: People) -> None:
    assert (await register(people, name="ada")).status == 201
    answer = (await people.stranger().get("/api/registration")).json
    assert answer == {"registration": "open", "users": True}


@pytest.mark.gen_test
async def test_a_name_can_be_registered_with_a_password(people: People) -> None:
    made = await register(people, name="ada", password=PASSWORD, create=True)
    again = await register(people, name="Ada", password=PASSWORD, create=True)
    bad = await register(people, name="bob", password="short", create=True)

    assert (made.status, made.json["has_password"]) == (201, True)
    assert (again.status, again.code) == (409, "name_taken")
    assert (bad.status, bad.code) == (400, "bad_password")
    assert (await register(people, name="ada", password=PASSWORD)).json["id"] == made.json["id"]


@pytest.mark.gen_test
@pytest.mark.parametrize("mode", ["password"])
async def test_registration_can_require_a_password(people: People, server: Server) -> None:
    without = await register(people, name="ada")
    invited_without = await register(people, name="ada", invitation=first_token(server))

    assert (without.status, without.code, without.json["error"]["field"]) == (403, "password_needed", "password")
    assert invited_without.code == "password_needed"
    assert (await register(people, name="ada", password=PASSWORD, create=True)).status == 201
    assert (await register(people, name="ada", password=PASSWORD)).status == 201


@pytest.mark.gen_test
@pytest.mark.parametrize("mode", ["invite"])
async def test_registration_can_require_an_invitation(people: People, server: Server) -> None:
    ann = await enter_as_admin(people, server, password=PASSWORD, create=True)  # type: ignore[arg-type]
    token = await create_invitation(ann, uses=1)

    without = await register(people, name="bob")
    wrong = await register(people, name="bob", invitation="wrong")
    with_it = await register(people, name="bob", invitation=token)
    once_more = await register(people, name="eve", invitation=token)

    assert (without.status, without.code) == (403, "invitation_needed")
    assert (wrong.status, wrong.code) == (403, "bad_invitation")
    assert (with_it.status, with_it.json["role"]) == (201, "member")
    assert (once_more.status, once_more.code) == (403, "bad_invitation")
    assert (await register(people, name="ann", password=PASSWORD)).status == 201


@pytest.mark.gen_test
@pytest.mark.parametrize("mode", ["closed"])
async def test_closed_registration_accepts_only_the_first_admin(people: People, server: Server) -> None:
    before = await registration(people, first_token(server))
    refused = await register(people, name="bob")
    ann = await enter_as_admin(people, server)
    useless = await ann.request("POST", "/api/invitations", {})
    by_command = await (await ann.connect()).send("/invite")
    token = await create_invitation(ann, role="moderator")

    after = await registration(people, token)
    invited_too = await register(people, name="bob", invitation=token)

    assert before == {"registration": "closed", "users": False, "invitation": {"role": "admin", "admits": True}}
    assert (useless.status, useless.code) == (403, "closed"), "nobody could use it"
    assert (by_command["type"], by_command["code"]) == ("error", "closed")
    assert after["invitation"] == {"role": "moderator", "admits": False}
    assert (refused.status, refused.code) == (403, "closed")
    assert (invited_too.status, invited_too.code) == (403, "closed")
    assert (await ann.get("/api/me")).json["role"] == "admin"


@pytest.mark.parametrize("later", ["password", "closed"])
def test_renaming_follows_the_rules_of_registration(
    start_server: Callable[[Settings], Server], settings: Settings, io_loop: object, later: RegistrationMode
) -> None:
    run = io_loop.run_sync  # type: ignore[attr-defined]
    first = start_server(settings)
    ann, bob, eve = run(lambda: enter_three(People(first.url), first))
    run(first.stop)
    second = start_server(msgspec.structs.replace(settings, registration=later))
    for person in (ann, bob, eve):
        person.url = second.url.rstrip("/")

    async def renamed() -> None:
        assert (await ann.request("POST", "/api/users/eve/ban", {})).status == 200
        await free_name(second, eve)
        socket, anns = await bob.connect(), await ann.connect()
        answers = [await socket.send(f"/nick {name}") for name in ("BOB", "\N{GREEK CAPITAL LETTER EPSILON}ve", "rob")]
        new = "password_needed" if later == "password" else None
        assert [answer.get("code") for answer in answers] == [None, "name_reserved", new]
        assert (await anns.send("/nick Anna"))["type"] == "ack"
        names = [(await person.get("/api/me")).json["name"] for person in (ann, bob)]
        assert names == ["Anna", "BOB" if new else "rob"]
        for opened in (socket, anns):
            opened.connection.close()

    run(renamed)


@pytest.mark.gen_test(timeout=20)
async def test_an_invitation_for_three_uses_admits_three_of_twenty(people: People, server: Server) -> None:
    ann = await enter_as_admin(people, server)
    token = await create_invitation(ann, uses=3, role="moderator")

    answers = await asyncio.gather(*(register(people, name=f"guest{i}", invitation=token) for i in range(20)))

    assert sorted(answer.status for answer in answers) == [201] * 3 + [403] * 17
    assert {answer.code for answer in answers if answer.status == 403} == {"bad_invitation"}
    assert {answer.json["role"] for answer in answers if answer.status == 201} == {"moderator"}
    assert (await ann.get("/api/invitations")).json == {"invitations": []}
    assert (await registration(people, token))["invitation"] is None


@pytest.mark.gen_test
async def test_a_refused_name_does_not_use_up_an_invitation(people: People, server: Server) -> None:
    ann = await enter_as_admin(people, server)
    token = await create_invitation(ann, uses=1)

    for name, code in (("ANN", "name_taken"), ("system", "name_reserved"), ("a b", "bad_name")):
        assert (await register(people, name=name, invitation=token)).code == code

    assert [invitation["left"] for invitation in (await ann.get("/api/invitations")).json["invitations"]] == [1]
    assert (await register(people, name="bob", invitation=token)).status == 201


@pytest.mark.gen_test
async def test_an_existing_user_can_redeem_an_invitation_for_its_role_once(people: People, server: Server) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    socket = await bob.connect()
    token = await create_invitation(ann, uses=2, role="moderator")

    taken = await bob.request("PUT", "/api/me/invitation", {"invitation": token})
    again = await bob.request("PUT", "/api/me/invitation", {"invitation": token})
    wrong = await bob.request("PUT", "/api/me/invitation", {"invitation": "wrong"})

    assert (taken.status, taken.json["role"]) == (200, "moderator")
    assert (await socket.event("me"))["me"]["role"] == "moderator"
    assert (again.status, wrong.code) == (200, "bad_invitation")
    assert [invitation["left"] for invitation in (await ann.get("/api/invitations")).json["invitations"]] == [1]
    assert (await bob.get("/api/invitations")).status == 200


@pytest.mark.gen_test
async def test_an_invitation_token_is_shown_once_and_stored_as_a_hash(people: People, server: Server) -> None:
    ann = await enter_as_admin(people, server)

    made = (await ann.request("POST", "/api/invitations", {"uses": 5, "days": 2})).json
    (listed,) = (await ann.get("/api/invitations")).json["invitations"]

    assert made["link"] == f"https://chat.example.org/#invitation={made['token']}"
    assert listed == {name: value for name, value in made.items() if name not in ("token", "link")}
    assert (listed["uses"], listed["left"], listed["by"]["name"]) == (5, 5, "ann")
    database = Database(server.settings.mongodb, server.settings.database)
    stored = [await database.collection(name).find().to_list(None) for name in ("invitations", "audit", "bulletin")]
    database.close()
    assert made["token"] not in str(stored)


@pytest.mark.gen_test
async def test_moderators_can_invite_members_and_only_admins_can_grant_roles(people: People, server: Server) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    ada = await enter_as_moderator(people, ann)
    await create_invitation(ann, role="admin")

    for_member = await ada.request("POST", "/api/invitations", {})
    for_more = await ada.request("POST", "/api/invitations", {"role": "moderator"})
    by_member = await bob.request("POST", "/api/invitations", {})
    invitations = (await ada.get("/api/invitations")).json["invitations"]
    ids = {invitation["role"]: invitation["id"] for invitation in invitations}

    assert (for_member.status, for_more.code, by_member.code) == (201, "not_allowed", "not_allowed")
    assert (await ada.request("DELETE", f"/api/invitations/{ids['admin']}")).code == "not_allowed"
    assert (await ada.request("DELETE", f"/api/invitations/{ids['member']}")).status == 204
    assert (await ada.request("DELETE", f"/api/invitations/{ids['member']}")).status == 404
    assert (await register(people, name="eve", invitation=for_member.json["token"])).code == "bad_invitation"


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "wanted", [{"uses": 0}, {"uses": 1001}, {"days": 0}, {"days": 366}, {"role": "king"}, {"use": 1}], ids=str
)
async def test_an_invalid_invitation_is_refused(people: People, server: Server, wanted: dict[str, object]) -> None:
    answer = await (await enter_as_admin(people, server)).request("POST", "/api/invitations", wanted)

    assert (answer.status, answer.code) == (400, "bad_request")


def test_the_first_admin_link_is_new_at_every_start_until_there_is_an_admin(
    start_server: Callable[[Settings], Server], settings: Settings, io_loop: object
) -> None:
    run = io_loop.run_sync  # type: ignore[attr-defined]
    first = start_server(settings)
    old = first_token(first)
    run(first.stop)
    second = start_server(settings)
    people = People(second.url)

    late = run(lambda: register(people, name="bob", invitation=old))
    ann = run(lambda: enter_as_admin(people, second))
    again = run(lambda: register(people, name="bob", invitation=first_token(second)))
    run(second.stop)

    assert (late.code, again.code) == ("bad_invitation", "bad_invitation")
    assert second.first_link == f"https://chat.example.org/#invitation={first_token(second)}"
    assert start_server(settings).first_link is None
    assert ann.id


@pytest.mark.gen_test
async def test_failed_sign_ins_are_logged_with_the_address_and_without_the_name(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ting.web.api.session")
    await register(people, name="ada", password=PASSWORD, create=True)

    await register(people, name="ada", password="hunter2!")
    await register(people, name="hunter3", password="hunter2!")
    await register(people, name="hunter3", invitation="wrong")

    logged = [record.getMessage() for record in caplog.records if record.name == "ting.web.api.session"]
    assert logged == [
        f"Refused at the door: {code} from 127.0.0.1" for code in ("wrong_password", "unknown_name", "bad_invitation")
    ]
