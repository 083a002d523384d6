"""Message texts and secrets are never logged, at any level."""

import io
import logging

import pytest

from tests.client import People, message_id
from tests.web.raw import raw_connection
from ting.core import logs
from ting.core.logs import LogLimits
from ting.server import Server
from ting.store.messages import MessageStore, Unanswered, Write, Written

SECRET = "xyzzy-plugh"


@pytest.mark.gen_test
async def test_the_log_has_no_texts_tokens_or_cookies(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "ting")
    caplog.set_level(logging.DEBUG, "tornado")
    ada = await people.enter("ada")
    token = ada.cookie.partition("=")[2]
    assert (await ada.get("/api/me", Authorization=f"Bearer {SECRET}")).status == 401
    socket = await ada.connect()
    write, lost = MessageStore.write, 1

    async def lossy(store: MessageStore, batch: list[Write]) -> Written:
        nonlocal lost
        if lost:
            lost -= 1
            raise Unanswered("connection closed.")
        return await write(store, batch)

    monkeypatch.setattr(MessageStore, "write", lossy)
    id = (await socket.send(SECRET))["id"]
    await socket.ask("edit", id=id, text=f"{SECRET} {SECRET}")
    for text in (f"/me {SECRET}", f"/{SECRET} x", f"/nothing {SECRET}", SECRET * 500, f"{SECRET}\0"):
        await socket.send(text)
    await socket.send_frame({"type": "draft", "conversation": "#ting", "id": message_id(), "text": SECRET})
    await socket.send_frame({"type": SECRET, "ref": 1})
    url = "/api/conversations/%23ting/messages"
    await ada.request("POST", url, {"id": message_id(), "text": SECRET})
    await ada.request("POST", url, {"id": SECRET, "text": SECRET})
    await ada.get(f"{url}?before={SECRET}")
    await ada.request("PATCH", "/api/channels/ting", {"topic": SECRET})
    await ada.get("/api/me", Cookie="ting_session=" + SECRET)

    monkeypatch.setattr(MessageStore, "write", lambda *_: 1 / 0)
    assert (await socket.send(SECRET))["code"] == "internal"
    await socket.send_frame(SECRET)
    await socket.closed()
    await ada.request("DELETE", "/api/session")

    assert "GET /api/me" in caplog.text
    assert "changes are waiting" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    for secret in (SECRET, token):
        lines = [record.getMessage() for record in caplog.records if secret in logged(record)]
        assert lines == []


REFUSAL = "Refused at the door: wrong_password from 6.6.6.6"
HOSTILE = [
    f"GET / HTTP/1.1\r\nHost: localhost\r\nX: \x01 {REFUSAL}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ting_session={SECRET}\x01\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SECRET}\x01\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: {SECRET} {REFUSAL}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: a,{SECRET}\r\n\r\n",
    f"{REFUSAL}\r\n{SECRET}\r\n\r\n",
    f"{SECRET} /{SECRET} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    f"GET /{SECRET} HTTP/7.1\r\nHost: localhost\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: localhost\r\n{SECRET}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {SECRET * 10_000}\r\n\r\n",
    f"POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: {SECRET}\r\n\r\n",
    f"POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {SECRET}\r\n\r\n",
    f"POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
    f"GET /?{SECRET}={'&a' * 20_000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    f"GET /%FF{SECRET} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    f"GET /api/users/%FF{SECRET} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    f"GET /api/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {SECRET}\r\n\r\n",
]


@pytest.mark.gen_test
async def test_whatever_a_stranger_sends_the_log_stays_short_and_has_nothing_of_it(server: Server) -> None:
    log = io.StringIO()
    handler, root = logs.handler(log, LogLimits()), logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    try:
        for hostile in HOSTILE * 30:
            client = await raw_connection(server.url)
            client.send(hostile.encode("latin-1"))
            await client.answer()
            await client.close()
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()

    assert SECRET not in log.getvalue()
    assert "Refused at the door" not in log.getvalue()
    assert "Malformed HTTP message from 127.0.0.1: HTTPInputError" in log.getvalue()
    assert len(log.getvalue()) < 20_000


def logged(record: logging.LogRecord) -> str:
    """Everything that a record writes to the log."""
    return logging.Formatter("%(name)s %(message)s").format(record)
