"""Large answers: bounded in bytes, in number for each user, and in time for a client that does not read."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from tests.app_parts import message
from tests.client import People, Person, message_id, until
from tests.web.files import upload
from ting.conversations.history import History
from ting.core.settings import Settings
from ting.server import Server
from ting.store.messages import Write
from ting.store.pages import PAGE_BYTES

EMOJI = "😀" * 4000  # 16,000 bytes
CHANGES = f"/api/conversations/{quote('#tea')}/changes?limit=1000"
HISTORY = f"/api/conversations/{quote('#tea')}/messages?limit=200"
AT_ONCE = 3


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = msgspec.structs.replace(settings.limits, requests_at_once=AT_ONCE, downloads_at_once=AT_ONCE)
    pace = msgspec.structs.replace(settings.pace, answer_s=30.0)
    return msgspec.structs.replace(settings, limits=limits, pace=pace)


async def store_emoji(server: Server, author: Person, count: int = 200) -> list[str]:
    """Store long messages, past the rate limits. Returns their ids."""
    written = [message(message_id(), EMOJI, "#tea", position=seq, seq=seq, first=seq) for seq in range(1, count + 1)]
    by_author = [
        msgspec.structs.replace(each, author=msgspec.structs.replace(each.author, id=author.id)) for each in written
    ]
    await server.app.stores.messages.write([Write(each) for each in by_author])
    return [each.id for each in written]


@pytest.mark.gen_test
async def test_pages_are_bounded_in_bytes_and_lead_to_all_messages(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    ids = await store_emoji(server, ada)
    pages: list[list[dict[str, Any]]] = []

    after = 0
    while (answer := await ada.get(f"{CHANGES}&after={after}")).json["messages"]:
        assert len(answer.body) < PAGE_BYTES + 50_000
        pages.append(answer.json["messages"])
        after = pages[-1][-1]["seq"]
    assert after == answer.json["head"] == 200
    assert [one["id"] for page in pages for one in page] == ids
    assert len(pages) == 4

    newest: list[str] = []
    path = HISTORY
    more = True
    while more:
        answer = await ada.get(path)
        assert len(answer.body) < PAGE_BYTES + 50_000
        more, page = answer.json["more"], answer.json["messages"]
        newest = [one["id"] for one in page] + newest
        path = f"{HISTORY}&before={page[0]['position']}"
    assert newest == ids

    middle = (await ada.get(f"{HISTORY}&around={ids[100]}")).json
    found = [one["id"] for one in middle["messages"]]
    assert ids[100] in found
    assert middle["more"]
    assert middle["newer"]
    start = ids.index(found[0])
    assert found == ids[start : start + len(found)]


@pytest.mark.gen_test
async def test_the_export_is_read_in_bounded_pages(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    ids = await store_emoji(server, ada)
    session = await server.app.accounts.sessions.find(ada.cookie.partition("=")[2])
    assert session is not None

    pieces = [piece async for piece in server.app.accounts.export.chunks(session)]

    assert max(map(len, pieces)) < PAGE_BYTES + 50_000
    exported = msgspec.json.decode(b"".join(pieces))
    assert sorted(one["id"] for one in exported["messages"]) == sorted(ids)


class Deaf:
    """Clients that send requests and never read."""

    def __init__(self, person: Person) -> None:
        location = urlsplit(person.url)
        self._address = (location.hostname or "", location.port or 0)
        self._host = location.netloc
        self._person = person
        self.sockets: list[socket.socket] = []

    async def ask(self, path: str, *headers: str) -> None:
        asking = socket.socket()
        asking.setblocking(False)
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(asking, self._address)
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {self._address[0]}:{self._address[1]}",
            f"Cookie: {self._person.cookie}",
            *headers,
        )
        await loop.sock_sendall(asking, "\r\n".join((*lines, "", "")).encode())
        self.sockets.append(asking)

    def hang_up(self) -> None:
        for each in self.sockets:
            each.close()


@pytest.fixture
def deaf_clients() -> Iterator[list[Deaf]]:
    clients: list[Deaf] = []
    yield clients
    for each in clients:
        each.hang_up()


@pytest.mark.gen_test
async def test_answers_that_are_not_read_are_held_back_and_others_do_not_wait(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, deaf_clients: list[Deaf]
) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await store_emoji(server, ada)
    asked: list[str] = []
    changes = History.changes

    async def counted(history: History, reader: str, *arguments: Any) -> Any:
        asked.append(reader)
        return await changes(history, reader, *arguments)

    monkeypatch.setattr(History, "changes", counted)
    deaf = Deaf(ada)
    deaf_clients.append(deaf)
    for _ in range(40):
        await deaf.ask(CHANGES)
    reading = server.app.web.reading
    await until(lambda: len(asked) == AT_ONCE)

    for _ in range(5):
        assert (await bob.get(CHANGES)).status == 200
    assert asked.count(ada.id) == AT_ONCE  # the others wait, and hold nothing but a request
    assert len(reading) == 1

    deaf.hang_up()
    await until(lambda: len(reading) == 0)
    assert (await ada.get(CHANGES)).status == 200


@pytest.mark.gen_test
async def test_a_request_that_is_never_complete_gives_its_slot_back(
    people: People, server: Server, deaf_clients: list[Deaf]
) -> None:
    ada = await people.enter("ada")
    deaf = Deaf(ada)
    deaf_clients.append(deaf)
    for _ in range(AT_ONCE):
        await deaf.ask(CHANGES, "Content-Length: 5")
    await until(lambda: len(server.app.web.reading) == 1)

    deaf.hang_up()

    await until(lambda: len(server.app.web.reading) == 0)


@pytest.mark.gen_test
async def test_too_many_waiting_requests_are_refused(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    reading = server.app.web.reading
    for _ in range(AT_ONCE):
        await reading.acquire(ada.id)
    waiting = [asyncio.ensure_future(reading.acquire(ada.id)) for _ in range(256)]
    await asyncio.sleep(0)

    answer = await ada.get(CHANGES)

    assert (answer.status, answer.code) == (429, "too_many")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for _ in range(AT_ONCE):
        reading.release(ada.id)
    assert (await ada.get(CHANGES)).status == 200
    assert len(reading) == 0


class TestInTime:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, pace=msgspec.structs.replace(settings.pace, answer_s=0.2))

    @pytest.mark.gen_test
    async def test_a_client_that_does_not_read_is_disconnected(
        self, people: People, server: Server, deaf_clients: list[Deaf]
    ) -> None:
        ada = await people.enter("ada")
        await store_emoji(server, ada)
        file = await upload(ada, bytes(20_000_000))
        web = server.app.web
        for path, slots in ((CHANGES, web.reading), (f"/files/{file['id']}/x", web.downloads)):
            deaf = Deaf(ada)
            deaf_clients.append(deaf)
            for _ in range(AT_ONCE + 2):
                await deaf.ask(path)
            await until(slots.__len__)
            while len(slots):  # the clients are still there
                await asyncio.sleep(0.01)
        await until(lambda: not web.in_progress)
        assert (await ada.get(CHANGES)).status == 200

    @pytest.mark.gen_test
    async def test_errors_and_unchanged_files_give_their_slots_back(self, people: People, server: Server) -> None:
        ada = await people.enter("ada")
        file = await upload(ada, b"x" * 100)
        path = f"/files/{file['id']}/x"
        etag = (await ada.get(path)).headers["ETag"]
        for headers in ({"If_None_Match": etag}, {"Range": "bytes=200-"}, {"Range": "bytes=1-5"}):
            for _ in range(AT_ONCE + 1):
                assert (await ada.get(path, **headers)).status in (206, 304, 416)
        for _ in range(AT_ONCE + 1):
            assert (await ada.get(f"{CHANGES}&after=x")).status == 400
            assert (await ada.request("HEAD", path)).status == 200
        web = server.app.web
        await until(lambda: not len(web.downloads) and not len(web.reading))
