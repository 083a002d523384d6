"""What changes while a websocket opens: after the database was asked who it is, and before it is told of changes."""

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


async def welcomed(person: Person) -> Frame:
    """The first frame of a new websocket."""
    request = HTTPRequest(person.url.replace("http", "ws", 1) + "/api/socket", headers={"Cookie": person.cookie})
    connection = await websocket_connect(request, subprotocols=["ting.v1"])
    frame: Frame = json.loads(await connection.read_message() or "null")
    connection.close()
    return frame


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Awaitable[object]]) -> None:
    """Have this happen as soon as the next request was told by the database whose it is."""
    read, changes = Sessions.find, iter([change])

    async def slow(*given: Any, **more: Any) -> Any:
        now = next(changes, None)
        session = await read(*given, **more)
        if now is not None:
            await now()
        return session

    monkeypatch.setattr(Sessions, "find", slow)


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
async def test_a_change_on_another_device_holds_for_a_websocket_that_opens(
    people: People, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object, field: str
) -> None:
    ada, _ = await people.enter("ada"), await people.enter("bob")
    before = (await ada.get("/api/me")).json
    meanwhile(monkeypatch, lambda: ada.request(method, path, body))

    welcome = await welcomed(ada)

    assert welcome["me"] == (await ada.get("/api/me")).json
    assert welcome["me"][field] != before[field]


async def leave(ada: Person, server: Server) -> None:
    assert (await ada.request("DELETE", "/api/session")).status == 204


async def sign_out(ada: Person, server: Server) -> None:
    """As an operator does, in another process."""
    database = Database(server.settings.mongodb, server.settings.database)
    await database.collection("sessions").delete_many({"user": ada.id})
    database.close()
    enforcement: Enforcement = server.app.moderation.enforcement
    await enforcement.apply(ada.id)


@pytest.mark.gen_test
@pytest.mark.parametrize("end", [leave, sign_out])
async def test_a_session_that_ends_while_its_websocket_opens_opens_none(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, end: Callable[[Person, Server], Awaitable[None]]
) -> None:
    ada = await people.enter("ada")
    meanwhile(monkeypatch, lambda: end(ada, server))

    with pytest.raises(HTTPClientError) as refused:
        await welcomed(ada)

    assert refused.value.code == 401
