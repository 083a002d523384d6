"""Files over HTTP: streamed in, within their limits, and nothing left of what breaks off."""

import asyncio
import os
import tracemalloc

import msgspec
import pytest

from tests.client import People, Person, until
from tests.web.files import LARGEST, TEXT, begin, bring, in_database, lowered, path
from tests.web.roles import admin
from ting.core.settings import Limits, Settings
from ting.server import Server
from ting.store.database import Database

AVATAR = "PUT /api/me/avatar"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return lowered(settings)


@pytest.mark.gen_test
async def test_the_muted_bring_no_files_and_a_length_that_is_none_is_refused(people: People, server: Server) -> None:
    ann, bob = await admin(people, server), await people.enter("bob")
    await ann.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "too loud"})

    answer = await bob.request("POST", path(), TEXT, Content_Type="text/plain")
    assert (answer.status, answer.code) == (403, "muted")
    for asked in (f"POST {path()}", AVATAR):
        for size in ("x", "-1", "9" * 30):
            stream = await begin(ann, size, asked)
            assert (await stream.read_until(b"\r\n")).startswith(b"HTTP/1.1 4"), (asked, size)
            stream.close()
    while await in_database(server.settings, "files.files"):  # one that ended before it began is taken away again
        await asyncio.sleep(0.01)


@pytest.mark.gen_test
async def test_refused_and_broken_uploads_leave_nothing_behind(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    await ada.request("POST", path(), bytes(LARGEST + 1), Content_Type="text/plain")
    stream = await begin(ada, LARGEST)
    await stream.write(os.urandom(600_000))
    await until_chunks(server, 2)

    stream.close()

    while await in_database(server.settings, "files.files") or await in_database(server.settings, "files.chunks"):
        await asyncio.sleep(0.01)
    file = await bring(ada, TEXT)  # the broken ones do not count as being uploaded
    assert file["size"] == len(TEXT)


@pytest.mark.gen_test
async def test_nobody_waits_for_the_rest_of_a_picture_whose_sender_is_gone(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    in_progress = server.app.web.in_progress
    await until(lambda: not in_progress)
    stream = await begin(ada, 10_000, AVATAR)
    await until(lambda: in_progress)

    stream.close()

    await until(lambda: not in_progress)


@pytest.mark.gen_test
async def test_a_person_uploads_a_few_files_at_once_and_leaves_a_few_unsent(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    streams = [await begin(ada, LARGEST) for _ in range(2)]
    for number, stream in enumerate(streams, 1):
        await stream.write(os.urandom(300_000))
        await until_chunks(server, number)

    refused = await ada.request("POST", path(), TEXT, Content_Type="text/plain")
    assert (refused.status, refused.code) == (429, "too_many")
    assert (await bring(bob, TEXT))["size"] == len(TEXT)
    for stream in streams:
        stream.close()
    while await in_database(server.settings, "files.files") > 1:
        await asyncio.sleep(0.01)

    for _ in range(5):
        await bring(ada, TEXT)
    refused = await ada.request("POST", path(), TEXT, Content_Type="text/plain")
    assert (refused.status, refused.code) == (429, "too_many")


@pytest.mark.gen_test(timeout=30)
async def test_large_uploads_take_little_memory_and_leave_the_others_alone(settings: Settings) -> None:
    """Three people bring 25 MB each at the same time, while a fourth one asks for something."""
    loop = asyncio.get_running_loop()
    server = Server(msgspec.structs.replace(settings, database=f"{settings.database}_large", limits=Limits()))
    await server.start()
    people = People(server.url)
    crowd = [await people.enter(name) for name in ("ada", "bob", "eve")]
    ann, piece, slowest = await people.enter("ann"), os.urandom(256 * 1024), 0.0

    async def brought(person: Person) -> bytes:
        stream = await begin(person, 100 * len(piece))
        for _ in range(100):
            await stream.write(piece)
        answer = await stream.read_until(b"}}")
        stream.close()
        return answer

    tracemalloc.start()
    try:
        uploads = asyncio.gather(*map(brought, crowd))
        while not uploads.done():
            asked = loop.time()
            assert (await ann.get("/api/me")).status == 200
            slowest = max(slowest, loop.time() - asked)
            await asyncio.sleep(0.02)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await server.stop()
        await drop(server.settings)

    assert all(b"201 Created" in answer and b'"size":26214400' in answer for answer in await uploads)
    assert peak < 12 * 2**20, peak
    assert slowest < 1


@pytest.mark.gen_test
async def test_a_server_that_stops_leaves_nothing_of_an_upload_that_it_breaks_off(
    people: People, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await people.enter("ada")
    stream = await begin(ada, LARGEST)
    await stream.write(os.urandom(600_000))
    await until_chunks(server, 2)

    await server.stop()

    assert (await in_database(server.settings, "files.files"), await in_database(server.settings, "files.chunks")) == (
        0,
        0,
    )
    assert "removed later" not in caplog.text
    stream.close()


async def drop(settings: Settings) -> None:
    database = Database(settings.mongodb, settings.database)
    await database.drop()
    database.close()


async def until_chunks(server: Server, count: int) -> None:
    """Wait until so many chunks are in the database."""
    while await in_database(server.settings, "files.chunks") < count:
        await asyncio.sleep(0.01)
