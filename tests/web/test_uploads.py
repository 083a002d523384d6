"""Uploads over HTTP: streaming, limits, and interrupted uploads, which leave nothing behind."""

import asyncio
import os
import tracemalloc

import msgspec
import pytest

from tests.client import People, Person, until
from tests.web.files import MAX_FILE_BYTES, TEXT, begin_upload, count_documents, upload, upload_path, with_low_limits
from tests.web.roles import enter_as_admin
from ting.core.settings import Limits, Settings
from ting.server import Server
from ting.store.database import Database

AVATAR_REQUEST = "PUT /api/me/avatar"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_low_limits(settings)


@pytest.mark.gen_test
async def test_muted_users_cannot_upload_and_invalid_lengths_are_refused(people: People, server: Server) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    await ann.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "too loud"})

    answer = await bob.request("POST", upload_path(), TEXT, Content_Type="text/plain")
    assert (answer.status, answer.code) == (403, "muted")
    for request in (f"POST {upload_path()}", AVATAR_REQUEST):
        for size in ("x", "-1", "9" * 30):
            stream = await begin_upload(ann, size, request)
            assert (await stream.read_until(b"\r\n")).startswith(b"HTTP/1.1 4"), (request, size)
            stream.close()
    while await count_documents(
        server.settings, "files.files"
    ):  # an upload that ends before its first byte is deleted, too
        await asyncio.sleep(0.01)


@pytest.mark.gen_test
async def test_refused_and_broken_uploads_leave_nothing_behind(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    await ada.request("POST", upload_path(), bytes(MAX_FILE_BYTES + 1), Content_Type="text/plain")
    stream = await begin_upload(ada, MAX_FILE_BYTES)
    await stream.write(os.urandom(600_000))
    await wait_for_chunks(server, 2)

    stream.close()

    while await count_documents(server.settings, "files.files") or await count_documents(
        server.settings, "files.chunks"
    ):
        await asyncio.sleep(0.01)
    file = await upload(ada, TEXT)  # interrupted uploads do not count as running
    assert file["size"] == len(TEXT)


@pytest.mark.gen_test
async def test_an_avatar_upload_ends_when_its_sender_disconnects(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    in_progress = server.app.web.in_progress
    await until(lambda: not in_progress)
    stream = await begin_upload(ada, 10_000, AVATAR_REQUEST)
    await until(lambda: in_progress)

    stream.close()

    await until(lambda: not in_progress)


@pytest.mark.gen_test
async def test_concurrent_uploads_and_unsent_files_are_limited_per_user(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    streams = [await begin_upload(ada, MAX_FILE_BYTES) for _ in range(2)]
    for number, stream in enumerate(streams, 1):
        await stream.write(os.urandom(300_000))
        await wait_for_chunks(server, number)

    refused = await ada.request("POST", upload_path(), TEXT, Content_Type="text/plain")
    assert (refused.status, refused.code) == (429, "too_many")
    assert (await upload(bob, TEXT))["size"] == len(TEXT)
    for stream in streams:
        stream.close()
    while await count_documents(server.settings, "files.files") > 1:
        await asyncio.sleep(0.01)

    for _ in range(5):
        await upload(ada, TEXT)
    refused = await ada.request("POST", upload_path(), TEXT, Content_Type="text/plain")
    assert (refused.status, refused.code) == (429, "too_many")


@pytest.mark.gen_test(timeout=30)
async def test_large_uploads_need_little_memory_and_do_not_delay_other_requests(settings: Settings) -> None:
    """Three users upload 25 MB each at the same time, while a fourth user sends requests."""
    loop = asyncio.get_running_loop()
    server = Server(msgspec.structs.replace(settings, database=f"{settings.database}_large", limits=Limits()))
    await server.start()
    people = People(server.url)
    uploaders = [await people.enter(name) for name in ("ada", "bob", "eve")]
    ann, piece, slowest = await people.enter("ann"), os.urandom(256 * 1024), 0.0

    async def upload_large_file(person: Person) -> bytes:
        stream = await begin_upload(person, 100 * len(piece))
        for _ in range(100):
            await stream.write(piece)
        answer = await stream.read_until(b"}}")
        stream.close()
        return answer

    tracemalloc.start()
    try:
        uploads = asyncio.gather(*map(upload_large_file, uploaders))
        while not uploads.done():
            start = loop.time()
            assert (await ann.get("/api/me")).status == 200
            slowest = max(slowest, loop.time() - start)
            await asyncio.sleep(0.02)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await server.stop()
        await drop_database(server.settings)

    assert all(b"201 Created" in answer and b'"size":26214400' in answer for answer in await uploads)
    assert peak < 12 * 2**20, peak
    assert slowest < 1


@pytest.mark.gen_test
async def test_a_stopping_server_deletes_the_data_of_interrupted_uploads(
    people: People, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await people.enter("ada")
    stream = await begin_upload(ada, MAX_FILE_BYTES)
    await stream.write(os.urandom(600_000))
    await wait_for_chunks(server, 2)

    await server.stop()

    assert (
        await count_documents(server.settings, "files.files"),
        await count_documents(server.settings, "files.chunks"),
    ) == (
        0,
        0,
    )
    assert "removed later" not in caplog.text
    stream.close()


async def drop_database(settings: Settings) -> None:
    database = Database(settings.mongodb, settings.database)
    await database.drop()
    database.close()


async def wait_for_chunks(server: Server, count: int) -> None:
    """Wait until the database has this number of chunks."""
    while await count_documents(server.settings, "files.chunks") < count:
        await asyncio.sleep(0.01)


@pytest.mark.gen_test
@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "Multipart/Form-Data", "multipart/mixed"])
async def test_a_form_is_not_stored_as_a_file(people: People, server: Server, content_type: str) -> None:
    ada = await people.enter("ada")
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nbytes\r\n--x--\r\n'

    for method, path in (("POST", upload_path()), ("PUT", "/api/me/avatar")):
        answer = await ada.request(method, path, form, Content_Type=content_type)
        assert (answer.status, answer.code) == (415, "bad_content_type")
        assert "curl --data-binary @FILE" in answer.json["error"]["message"]
    assert await count_documents(server.settings, "files.files") == 0
