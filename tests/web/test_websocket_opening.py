"""Changes while a websocket opens: after its session was loaded, and before it is registered for broadcasts."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from tests.client import Frame, People, Person
from ting.accounts.sessions import Sessions
from ting.moderation.enforcement import Enforcement
from ting.server import Server
from ting.store.database import Database


async def first_frame(person: Person) -> Frame:
    """The first frame of a new websocket."""
    request = HTTPRequest(person.url.replace("http", "ws", 1) + "/api/socket", headers={"Cookie": person.cookie})
    connection = await websocket_connect(request, subprotocols=["ting.v1"])
    frame: Frame = json.loads(await connection.read_message() or "null")
    connection.close()
    return frame


def change_after_next_lookup(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Awaitable[object]]) -> None:
    """Make a change as soon as the session of the next request was loaded."""
    find, changes = Sessions.find, iter([change])

    async def find_then_change(*args: Any, **options: Any) -> Any:
        change = next(changes, None)
        session = await find(*args, **options)
        if change is not None:
            await change()
        return session

    monkeypatch.setattr(Sessions, "find", find_then_change)


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "/api/me", {"share_typing": "nothing"}, "share_typing"),
        ("PUT", "/api/me/ignored/bob", None, "ignored"),
        ("PUT", "/api/me/password", {"password": "correct horse"}, "has_password"),
    ],
    ids=["typing", "ignoring", "password"],
)
async def test_an_opening_websocket_sees_a_concurrent_change_of_its_user(
    people: People, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object, field: str
) -> None:
    ada, _ = await people.enter("ada"), await people.enter("bob")
    before = (await ada.get("/api/me")).json
    change_after_next_lookup(monkeypatch, lambda: ada.request(method, path, body))

    welcome = await first_frame(ada)

    assert welcome["me"] == (await ada.get("/api/me")).json
    assert welcome["me"][field] != before[field]


async def sign_out(ada: Person, server: Server) -> None:
    assert (await ada.request("DELETE", "/api/session")).status == 204


async def sign_out_as_operator(ada: Person, server: Server) -> None:
    """End the session as a command of an operator does, in another process."""
    database = Database(server.settings.mongodb, server.settings.database)
    await database.collection("sessions").delete_many({"user": ada.id})
    database.close()
    enforcement: Enforcement = server.app.moderation.enforcement
    await enforcement.apply(ada.id)


@pytest.mark.gen_test
@pytest.mark.parametrize("end", [sign_out, sign_out_as_operator])
async def test_a_session_that_ends_while_its_websocket_opens_is_refused(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, end: Callable[[Person, Server], Awaitable[None]]
) -> None:
    ada = await people.enter("ada")
    change_after_next_lookup(monkeypatch, lambda: end(ada, server))

    with pytest.raises(HTTPClientError) as refused:
        await first_frame(ada)

    assert refused.value.code == 401
