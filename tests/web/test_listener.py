"""What one who is not signed in can hold: connections, headers and bodies, each within its limit and its time."""

import asyncio
import logging
import socket
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from tests.client import People, until
from tests.web.raw import RawConnection, raw_connection, request
from ting.core.settings import Limits, Pace, Settings
from ting.server import Server
from ting.store.database import Database
from ting.web import handler, listener
from ting.web.assets import ClientBundle
from ting.web.listener import ClientStream, Listener

JSON = "Content-Type: application/json"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = Limits(header_bytes=4096, stranger_connections=40, connections_per_address=8)
    return msgspec.structs.replace(settings, limits=limits, pace=Pace(presence_ms=10, drain_s=2.0, body_s=0.2))


async def connections(server: Server, count: int) -> list[RawConnection]:
    return [await raw_connection(server.url) for _ in range(count)]


async def close(connections: list[RawConnection]) -> None:
    for connection in connections:
        await connection.close()


@pytest.mark.gen_test
async def test_nothing_of_a_body_is_read_before_the_caller_is_known(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[int] = []
    monkeypatch.setattr(handler.Handler, "data_received", lambda _, chunk: received.append(len(chunk)))

    for path in ("/api/channels/music", "/api/me/tokens", "/api/files?conversation=%23ting", "/api/me/avatar", "/x"):
        client = await raw_connection(server.url)
        client.send(request("PUT", path, JSON, "Content-Length: 1050000", body=b"x" * 300_000))
        assert (await client.answer())[0] in (401, 404, 405, 413), path
        await client.closed()
        await client.close()

    assert received == []


@pytest.mark.gen_test
@pytest.mark.parametrize("length", ["Content-Length: 1050000", "Transfer-Encoding: chunked"])
async def test_the_body_of_a_stranger_is_small_and_the_answer_arrives(server: Server, length: str) -> None:
    client = await raw_connection(server.url)
    body = b"x" * 200_000
    client.send(request("POST", "/api/session", JSON, length))
    client.send(b"30d40\r\n" + body + b"\r\n0\r\n\r\n" if "chunked" in length else body)

    status, answer = await client.answer()

    assert (status, msgspec.json.decode(answer)["error"]["code"]) == (413, "too_large")
    await client.close()


@pytest.mark.gen_test
async def test_a_slow_body_has_a_time_limit(server: Server) -> None:
    client = await raw_connection(server.url)
    client.send(request("POST", "/api/session", JSON, "Content-Length: 100", body=b"{"))

    assert await client.closed() == b""
    await client.close()
    await until(lambda: server.app.web.connections.size == (0, 0))
    assert server.app.web.in_progress == set()


@pytest.mark.gen_test
async def test_a_connection_stays_open_after_a_refusal_without_a_body(server: Server) -> None:
    client = await raw_connection(server.url)

    for path, expected in (("/api/me", 401), ("/api/none", 404), ("/healthz", 200), ("/api/me", 401)):
        client.send(request("GET", path))
        assert (await client.answer())[0] == expected
    assert server.app.web.connections.size == (1, 1)
    await client.close()


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [4200, 70_000, 1_000_000])
async def test_a_header_that_is_too_large_is_answered(server: Server, size: int) -> None:
    client = await raw_connection(server.url)
    client.send(request("GET", "/api/me", "X-Large: " + "x" * size))

    status, answer = await client.answer()

    assert (status, msgspec.json.decode(answer)["error"]["code"]) == (431, "header_too_large")
    await client.close()


@pytest.mark.gen_test
@pytest.mark.parametrize("size", ["Z" * 10, "f" * 100])
async def test_a_bad_chunk_is_not_taken_for_a_header(server: Server, size: str) -> None:
    client = await raw_connection(server.url)
    client.send(request("POST", "/api/session", JSON, "Transfer-Encoding: chunked", body=size.encode() + b"\r\n"))

    assert b"431" not in await client.closed()
    await client.close()


@pytest.mark.gen_test
async def test_strangers_who_hold_connections_keep_nobody_out(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()
    half = request("GET", "/api/me")[:-2]
    held = await connections(server, 30)
    for client in held:
        client.send(half)
    await until(lambda: server.app.web.connections.size[1] <= 9)

    assert server.app.web.connections.size[1] <= 8
    assert (await people.stranger().get("/healthz")).status == 200
    assert (await socket.ask("ping"))["type"] == "ack"
    assert (await ada.get("/api/me")).status == 200
    await close(held)
    await until(lambda: server.app.web.connections.size[1] == 0)


@pytest.mark.gen_test
async def test_refused_connections_are_answered_and_logged_once(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    slow = request("POST", "/api/session", JSON, "Content-Length: 100")
    held = await connections(server, 8)
    for client in held:
        client.send(slow)
    await until(lambda: not server.app.web.connections._idle_strangers)

    refused = await connections(server, 5)

    assert [(await client.answer())[0] for client in refused] == [503] * 5
    assert server.app.web.connections.refused["address"] == 5
    assert [record.levelno for record in caplog.records if "refused" in record.getMessage()] == [logging.WARNING]
    await close(held + refused)


@pytest.mark.gen_test
async def test_lingering_connections_are_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MAX_LINGERING", 2)
    clients = await connections(server, 6)
    for client in clients:
        client.send(request("PUT", "/api/me/avatar", "Content-Length: 1000000", body=b"x"))
        await client.answer()

    assert server._listener is not None
    assert len(server._listener._lingering) <= 2
    await close(clients)
    await until(lambda: server.app.web.connections.size == (0, 0))


@pytest.mark.gen_test
async def test_who_does_not_read_holds_no_copy_of_a_file(server: Server) -> None:
    name, largest = max(ClientBundle().assets.items(), key=lambda item: len(item[1].body))
    path, clients = ClientBundle().prefix + name, await connections(server, 8)
    tracemalloc.start()
    try:
        for client in clients:
            client.pause()
            client.send(request("GET", path) * 100)
        await until(lambda: sum(stream.writing() for stream in streams(server)) == len(clients))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()

    assert held < len(clients) * len(largest.body) / 2
    await close(clients)


def streams(server: Server) -> list[ClientStream]:
    return [cast(ClientStream, cast(Any, client.close).__self__) for client in server.app.web.connections._open]


@pytest.mark.gen_test
async def test_nothing_is_received_ahead_of_a_slow_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Database) -> bool:
        begun.set()
        await go_on.wait()
        return True

    monkeypatch.setattr(Database, "reachable", slow)
    client = await raw_connection(server.url)
    client.send(request("GET", "/readyz") + b"x" * 4_000_000)
    await begun.wait()
    for _ in range(100):
        await asyncio.sleep(0)

    assert max(stream._read_buffer_size for stream in streams(server)) <= 2 * listener.READ_BYTES
    go_on.set()
    assert (await client.answer())[0] == 200
    await client.close()


@pytest.mark.gen_test
async def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    client = await raw_connection(server.url)
    client.send(
        request("GET", "/api/me") + request("GET", "/healthz") + request("HEAD", "/x/y") + request("GET", "/x/y")
    )

    assert [(await client.answer())[0] for _ in range(2)] == [401, 200]
    assert (await client.head())[9:12] == b"404"
    assert (await client.answer())[0] == 404
    await client.close()


class OutOfDescriptors:
    """A listening socket whose `accept` fails at first."""

    def __init__(self, bound: socket.socket, failures: int) -> None:
        self._bound = bound
        self.failures = failures
        self.calls = 0

    def accept(self) -> tuple[socket.socket, object]:
        self.calls += 1
        if self.calls <= self.failures:
            raise OSError(24, "Too many open files")
        return self._bound.accept()

    def __getattr__(self, name: str) -> object:
        return getattr(self._bound, name)


@pytest.mark.gen_test
async def test_without_descriptors_accepting_pauses_and_the_log_has_one_line(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener, "ACCEPT_PAUSE_S", 0.01)
    idle = await connections(server, 3)
    await until(lambda: server.app.web.connections.size[1] == 3)
    accepting = server._listener
    assert isinstance(accepting, Listener)
    accepting._stop_accepting()
    failing = OutOfDescriptors(accepting._sockets[0], failures=5)
    accepting._sockets[0] = failing  # type: ignore[call-overload]
    accepting._accept_again()

    client = await raw_connection(server.url)
    client.send(request("GET", "/healthz"))

    assert (await client.answer())[0] == 200
    assert failing.calls <= 5 + 3  # once in each pause, not over and over
    assert [await other.closed() for other in idle] == [b""] * 3  # to have descriptors again
    logged = [record.getMessage() for record in caplog.records if record.name == listener.__name__]
    assert len(logged) == 1
    assert logged[0].startswith("No connection can be accepted (Too many open files)")
    await close([client, *idle])


@pytest.mark.gen_test
async def test_during_the_pause_nothing_is_tried(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "ACCEPT_PAUSE_S", 3600)
    accepting = server._listener
    assert isinstance(accepting, Listener)
    accepting._stop_accepting()
    failing = OutOfDescriptors(accepting._sockets[0], failures=1_000_000)
    accepting._sockets[0] = failing  # type: ignore[call-overload]
    accepting._accept_again()
    client = await raw_connection(server.url)
    await until(lambda: failing.calls)

    for _ in range(200):
        await asyncio.sleep(0)

    assert failing.calls == 1
    await client.close()


LIMITED = "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256));"
SERVE = f"{LIMITED} from ting.__main__ import main; sys.exit(main())"


@pytest.mark.gen_test(timeout=60)
async def test_with_few_file_descriptors_operators_still_get_in(
    mongodb: str, settings: Settings, tmp_path: Path
) -> None:
    environment = {"TING_DATABASE": settings.database, "TING_LIMITS_CONNECTIONS_PER_ADDRESS": "10000"}
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", "0", "--mongodb", mongodb],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        )
    try:
        assert process.stdout
        url = process.stdout.readline().decode().strip()
        held = [await raw_connection(url) for _ in range(306)]
        for client in held:
            client.send(b"GET / HTTP/1.1\r\n")
        people = People(url)

        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await people.stranger().get(path)).status == 200
        ada = await people.enter("ada")
        assert (await (await ada.connect()).ask("ping"))["type"] == "ack"
        assert log.stat().st_size < 10_000
        await people.close()
        await close(held)
    finally:
        process.terminate()
        process.communicate(timeout=20)
