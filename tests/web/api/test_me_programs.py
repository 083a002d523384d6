"""What a program with a token cannot do: decide about an account, its user's or another's."""

from typing import Any

import pytest

from tests.client import People, Person, message_id
from tests.web.api.test_me_tokens import create_token, enter_with_token
from tests.web.roles import enter_as_admin
from ting.server import Server

PASSWORD = "correct horse"

ACCOUNT_ACTS: list[tuple[str, str, Any]] = [
    ("PUT", "/api/me/password", {"password": "battery staple"}),
    ("PUT", "/api/me/name", {"name": "eve"}),
    ("DELETE", "/api/me", {"messages": "remove"}),
    ("PATCH", "/api/me", {"email": "eve@example.org"}),
    ("PATCH", "/api/me", {"email": None, "theme": "dark"}),
    ("GET", "/api/me/export", None),
    ("GET", "/api/me/sessions", None),
    ("DELETE", "/api/me/sessions/0123456789abcdef", None),
    ("GET", "/api/me/tokens", None),
    ("POST", "/api/me/tokens", {"name": "another"}),
    ("DELETE", "/api/me/tokens/0123456789abcdef", None),
    ("PUT", "/api/me/invitation", {"invitation": "any"}),
    ("PATCH", "/api/users/bob", {"role": "admin"}),
    ("POST", "/api/invitations", {"role": "admin"}),
    ("POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "/nick eve"}),
    ("POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "/nick:nick eve"}),
]


async def state(ann: Person) -> list[Any]:
    """Everything about the accounts that a program could have changed."""
    me = (await ann.get("/api/me")).ok_json
    bob = (await ann.get("/api/users/bob")).ok_json
    lists = [(await ann.get(f"/api/{path}")).ok_json for path in ("me/sessions", "me/tokens", "invitations")]
    for entry in [*lists[0]["sessions"], *lists[1]["tokens"]]:
        entry.pop("used")
    return [me, bob, *lists]


@pytest.mark.gen_test(timeout=30)
async def test_a_token_of_an_admin_without_a_password_decides_nothing_about_accounts(
    people: People, server: Server
) -> None:
    ann = await enter_as_admin(people, server)
    await people.enter("bob")
    bot = await enter_with_token(people, (await create_token(ann))["secret"])
    before = await state(ann)

    for method, path, body in ACCOUNT_ACTS:
        answer = await bot.request(method, path, body)
        assert (answer.status, answer.code) == (403, "not_allowed"), (method, path, body)
        assert "browser" in answer.json["error"]["message"]
    socket = await bot.connect()
    assert (await socket.send("/nick eve"))["code"] == "not_allowed"

    assert await state(ann) == before


@pytest.mark.gen_test
async def test_a_token_acts_for_its_user(people: People, server: Server) -> None:
    ann = await enter_as_admin(people, server)
    await people.enter("bob")
    bot = await enter_with_token(people, (await create_token(ann))["secret"])

    for method, path, body in (
        ("PATCH", "/api/me", {"theme": "dark", "place": "Patras"}),
        ("PATCH", "/api/channels/music", {"topic": "x"}),
        ("PUT", "/api/me/ignored/bob", {}),
        ("POST", "/api/users/bob/mute", {"minutes": 1}),
        ("POST", "/api/invitations", {}),
        ("POST", "/api/conversations/%23ting/messages", {"id": message_id(), "text": "/roll"}),
    ):
        assert (await bot.request(method, path, body)).status in (200, 201), path


@pytest.mark.gen_test
async def test_creating_a_token_needs_the_password_where_there_is_one(people: People) -> None:
    ada = await people.enter("ada", password=PASSWORD, create=True)

    for password in ({}, {"password": ""}, {"password": "battery staple"}):
        answer = await ada.request("POST", "/api/me/tokens", {"name": "a bot", **password})
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (403, "wrong_password", "password")
    assert (await ada.get("/api/me/tokens")).json == {"tokens": []}

    await create_token(ada, password=PASSWORD)


@pytest.mark.gen_test
async def test_a_session_that_ends_meanwhile_leaves_no_token(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob", password=PASSWORD, create=True)
    tokens = server.app.accounts.tokens
    create = tokens.create

    async def create_late(*given: Any, **options: Any) -> Any:
        assert (await ann.request("POST", "/api/users/bob/ban", {})).status == 200
        return await create(*given, **options)

    monkeypatch.setattr(tokens, "create", create_late)
    answer = await bob.request("POST", "/api/me/tokens", {"name": "a bot", "password": PASSWORD})

    assert (answer.status, answer.code) == (401, "no_session")
    assert await tokens.for_user(bob.id) == []
