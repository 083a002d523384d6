"""Message texts and secrets are never logged, at any level."""

import logging

import pytest

from tests.client import People, message_id
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


def logged(record: logging.LogRecord) -> str:
    """Everything that a record writes to the log."""
    return logging.Formatter("%(name)s %(message)s").format(record)
