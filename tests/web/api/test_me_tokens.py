"""Tokens, with which programs act as a user without a cookie."""

from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from tests.client import People, Person
from ting.accounts.tokens import DEFAULT_DAYS
from ting.core.clock import DAY_MS, now
from ting.server import Server
from ting.store.database import Database


async def create_token(person: Person, **body: Any) -> Any:
    """Create a token, and return the answer of the API."""
    answer = await person.request("POST", "/api/me/tokens", {"name": "a bot", **body})
    assert answer.status == 201, answer.body
    return answer.json


async def enter_with_token(people: People, secret: str) -> Person:
    """A client without a cookie, which sends a token with every request."""
    person = people.stranger()
    request, connect = person.request, person.connect
    bearer = f"Bearer {secret}"
    person.request = lambda *given, **headers: request(*given, **{"Authorization": bearer, **headers})  # type: ignore[method-assign]
    person.connect = lambda **headers: connect(**{"Authorization": bearer, **headers})  # type: ignore[method-assign]
    return person


@pytest.mark.gen_test
async def test_a_program_can_do_what_its_user_can_do(people: People) -> None:
    ada = await people.enter("ada")
    made = await create_token(ada, days=30)
    bot = await enter_with_token(people, made["secret"])

    assert (await bot.get("/api/me")).json["id"] == ada.id
    foreign = {"Origin": "https://program.example", "Sec_Fetch_Site": "cross-site"}
    assert (await bot.request("PATCH", "/api/channels/music", {"topic": "x"}, **foreign)).status == 200
    socket = await bot.connect(Origin="https://program.example")
    assert (await socket.send("hello"))["type"] == "ack"
    assert (await ada.history())["messages"][0]["author"]["id"] == ada.id


@pytest.mark.gen_test
async def test_a_token_is_listed_without_its_secret_which_is_not_stored(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    made = await create_token(ada, name="  backup \n bot ", days=1)
    endless = await create_token(ada, days=None)
    token = made["token"]

    assert token["name"] == "backup bot"
    assert token["expires"] - token["created"] == 24 * 3600 * 1000
    assert endless["token"]["expires"] is None
    by_default = (await create_token(ada))["token"]
    assert by_default["expires"] - by_default["created"] == DEFAULT_DAYS * DAY_MS
    assert (await ada.request("DELETE", f"/api/me/tokens/{by_default['id']}")).status == 204
    listed = (await ada.get("/api/me/tokens")).json["tokens"]
    assert sorted(token["id"] for token in listed) == sorted((token["id"], endless["token"]["id"]))
    assert all(token["used"] is None for token in listed)
    assert len((await ada.get("/api/me/sessions")).json["sessions"]) == 1
    assert made["secret"] not in (await ada.get("/api/me/export")).body.decode()
    database = Database(server.settings.mongodb, server.settings.database)
    stored = str(await database.collection("sessions").find().to_list(None))
    database.close()
    assert made["secret"] not in stored


@pytest.mark.gen_test
async def test_an_invalid_token_is_refused_even_with_a_valid_cookie(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    secret = (await create_token(ada, days=1))["secret"]
    session = ada.cookie.partition("=")[2]
    database = Database(server.settings.mongodb, server.settings.database)
    await database.collection("sessions").update_one({"name": {"$exists": True}}, {"$set": {"expires": now() - 1}})
    database.close()

    for token in ("", "wrong", session, f"{secret}x", secret):  # the last one has expired
        for headers in ({}, {"Origin": "https://evil.example"}):
            answer = await ada.request("PATCH", "/api/me", {}, Authorization=f"Bearer {token}", **headers)
            assert (answer.status, answer.code) == (401, "no_session"), token
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        with pytest.raises(HTTPClientError):
            await ada.connect(Authorization=f"Bearer {token}")
    for other in ("Basic YWRhOmFkYQ==", "Bearer", "bearer"):  # other schemes are ignored: they may be for a proxy
        expected = 401 if other.lower() == "bearer" else 200
        assert (await ada.get("/api/me", Authorization=other)).status == expected, other
    stranger = people.stranger()
    stranger.cookie = f"ting_session={(await create_token(ada))['secret']}"
    assert (await stranger.get("/api/me")).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.gen_test
async def test_a_revoked_token_and_its_websockets_end_immediately(people: People) -> None:
    ada, eve = await people.enter("ada"), await people.enter("eve")
    made = await create_token(ada)
    bot = await enter_with_token(people, made["secret"])
    socket, own = await bot.connect(), await ada.connect()
    path = f"/api/me/tokens/{made['token']['id']}"

    assert (await eve.request("DELETE", path)).status == 404
    assert (await ada.request("DELETE", path)).status == 204

    assert await socket.closed() == (4002, "session_ended")
    assert (await bot.get("/api/me")).status == 401
    assert (await ada.request("DELETE", path)).status == 404
    assert (await own.send("still here"))["type"] == "ack"


@pytest.mark.gen_test
async def test_a_websocket_closes_when_its_token_expires(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    bot = await enter_with_token(people, (await create_token(ada, days=1))["secret"])
    database = Database(server.settings.mongodb, server.settings.database)
    end = {"$set": {"expires": now() + 600}}
    await database.collection("sessions").update_one({"name": {"$exists": True}}, end)
    database.close()

    socket = await bot.connect()

    assert await socket.closed() == (4002, "session_ended")
    assert (await ada.get("/api/me/tokens")).json == {"tokens": []}


@pytest.mark.gen_test
async def test_a_program_that_signs_out_ends_its_token_but_keeps_the_name(people: People) -> None:
    ada = await people.enter("ada")
    bot = await enter_with_token(people, (await create_token(ada))["secret"])

    assert (await bot.request("DELETE", "/api/session")).status == 204

    assert (await bot.get("/api/me")).status == 401
    assert (await ada.get("/api/me")).json["name"] == "ada"


@pytest.mark.gen_test
async def test_tokens_end_when_their_user_gives_up_the_name(people: People) -> None:
    ada = await people.enter("ada")
    bot = await enter_with_token(people, (await create_token(ada))["secret"])
    socket = await bot.connect()

    assert (await ada.request("DELETE", "/api/session")).status == 204

    assert await socket.closed() == (4002, "session_ended")
    again = await people.enter("ada")
    assert (await bot.get("/api/me")).status == 401
    assert (await again.get("/api/me/tokens")).json == {"tokens": []}


@pytest.mark.gen_test
async def test_the_first_use_of_a_token_is_recorded(people: People) -> None:
    ada = await people.enter("ada")
    made = await create_token(ada)

    await (await enter_with_token(people, made["secret"])).get("/api/me")

    (listed,) = (await ada.get("/api/me/tokens")).json["tokens"]
    assert listed["used"] is not None


@pytest.mark.gen_test
async def test_an_invalid_new_token_is_refused(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await people.enter("ada")
    monkeypatch.setattr("ting.accounts.tokens.MAX_TOKENS", 1)

    for body, field in (
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "\0\u200b"}, "name"),
        ({"name": "x", "days": 0}, "days"),
        ({"name": "x", "days": 3651}, "days"),
        ({"name": "x", "days": "1"}, "days"),
    ):
        answer = await ada.request("POST", "/api/me/tokens", body)
        assert (answer.status, answer.code, answer.json["error"].get("field")) == (400, "bad_request", field), body
    await create_token(ada)
    assert (await ada.request("POST", "/api/me/tokens", {"name": "x"})).code == "too_many"
