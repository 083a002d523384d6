"""Monitoring over HTTP, and unexpected errors."""

import asyncio

import pytest

from tests.client import People
from ting.server import Server
from ting.store.database import Database
from ting.store.messages import MessageStore


@pytest.mark.gen_test
async def test_a_healthy_server_reports_ok_without_a_session(people: People) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await people.stranger().get(path)
        assert (answer.status, answer.json) == (200, {"status": "ok"})
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.gen_test
async def test_without_its_database_a_server_is_alive_but_not_ready(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(database: Database) -> bool:
        return False

    monkeypatch.setattr(Database, "reachable", gone)

    alive, ready = await people.stranger().get("/healthz"), await people.stranger().get("/readyz")

    assert alive.status == 200
    assert (ready.status, ready.json) == (503, {"status": "not ready", "reasons": ["The database does not answer."]})


@pytest.mark.gen_test
async def test_a_stopping_server_is_not_ready(people: People, server: Server) -> None:
    assert not await _ready_reasons(people)

    server.app.web.stopping = True

    assert await _ready_reasons(people) == ["The server is stopping."]


async def _ready_reasons(people: People) -> list[str]:
    answer = await people.stranger().get("/readyz")
    reasons: list[str] = answer.json.get("reasons", [])
    return reasons


@pytest.mark.gen_test
async def test_an_unexpected_error_has_a_number_that_is_in_the_log(
    people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(store: MessageStore, *args: object) -> None:
        raise RuntimeError("a bug with secrets")

    ada = await people.enter("ada")
    socket = await ada.connect()
    monkeypatch.setattr(MessageStore, "page", fail)
    monkeypatch.setattr(MessageStore, "get", fail)

    answer = await ada.get("/api/conversations/%23ting/messages")
    frame = await socket.ask("delete", id="01890a5d-ac96-774b-bcce-b302099a8057")

    for error in (answer.json["error"], frame):
        assert error["code"] == "internal"
        assert "secrets" not in error["message"]
        number = error["message"].partition("(error ")[2].rstrip(").")
        assert len(number) == 8
        assert number in caplog.text
    assert answer.status == 500
    assert "a bug with secrets" in caplog.text
    assert (await socket.ask("ping"))["type"] == "ack"


@pytest.mark.gen_test
async def test_a_busy_server_sends_a_retry_time(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    journal = server.app.realtime.journal
    await asyncio.wait_for(journal.drain(), 5)

    frame = await socket.send("x")
    answer = await ada.request(
        "POST", "/api/conversations/%23ting/messages", {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "text": "x"}
    )

    assert (frame["code"], frame["retry_after"]) == ("busy", 1.0)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "busy", "1")


@pytest.mark.gen_test
async def test_head_is_answered_like_get(people: People) -> None:
    ada = await people.enter("ada")

    for path in ("/healthz", "/readyz", "/metrics", "/api/me", "/api/channels", "/api/users/ada/avatar", "/music", "/"):
        got, head = await ada.get(path), await ada.request("HEAD", path)
        assert (head.status, head.body) == (200, b""), path
        for name in ("Content-Type", "Cache-Control", "Etag"):
            if path != "/metrics":
                assert head.headers.get(name) == got.headers.get(name), (path, name)


@pytest.mark.gen_test
@pytest.mark.parametrize("content_type", ["Application/JSON", "APPLICATION/JSON;Charset=UTF-8", " application/json "])
async def test_a_content_type_is_the_same_in_capitals(people: People, content_type: str) -> None:
    answer = await people.stranger().request("POST", "/api/session", {"name": "ada"}, Content_Type=content_type)

    assert answer.status == 201
