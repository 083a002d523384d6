"""Files over HTTP: streamed in, checked, shown or downloaded, whole or in parts, to those who may."""

import asyncio
import io
import os
import tracemalloc
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import pytest
from PIL import Image
from tornado.iostream import IOStream
from tornado.tcpclient import TCPClient

from tests.client import People, Person, message_id
from tests.handlers.order import admin
from ting.handlers.files import SANDBOX
from ting.server import Server
from ting.settings import Limits, Settings
from ting.store.database import Database

LARGEST = 3 * 2**20
TEXT = b"Shopping: bread, milk, honey.\n"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = msgspec.structs.replace(
        settings.limits, file_bytes=LARGEST, uploads_at_once=2, unsent_files=5, picture_pixels=2_000_000
    )
    return msgspec.structs.replace(settings, limits=limits)


def path(conversation: str = "#ting", name: str = "notes.txt") -> str:
    return "/api/files?" + urlencode({"conversation": conversation, "name": name})


async def bring(person: Person, data: bytes, name: str = "notes.txt", conversation: str = "#ting") -> Any:
    """A file, as the answer describes it."""
    answer = await person.request("POST", path(conversation, name), data, Content_Type="application/octet-stream")
    assert answer.status == 201, answer.body
    return answer.json["file"]


def url(file: Any) -> str:
    return f"/files/{file['id']}/{quote(file['name'], safe='')}"


def picture(kind: str, size: tuple[int, int], **options: Any) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", size, (250, 140, 20)).save(into, kind, **options)
    return into.getvalue()


async def in_database(settings: Settings, name: str) -> int:
    database = Database(settings.mongodb, settings.database)
    try:
        return await database.collection(name).count_documents({})
    finally:
        database.close()


@pytest.mark.gen_test
async def test_a_file_comes_back_as_it_was(people: People) -> None:
    ada = await people.enter("ada")
    data = os.urandom(700_000)  # several chunks, the last one not full

    file = await bring(ada, data, "data.bin")
    answer = await ada.get(url(file))

    assert file == {"id": file["id"], "name": "data.bin", "type": "application/octet-stream", "size": 700_000}
    assert answer.body == data
    assert answer.headers["Content-Length"] == "700000"
    assert (await ada.request("HEAD", url(file))).headers["Content-Length"] == "700000"
    assert (await ada.get(url(file), If_None_Match=answer.headers["ETag"])).status == 304


@pytest.mark.gen_test
async def test_a_part_of_a_file(people: People) -> None:
    ada = await people.enter("ada")
    data = os.urandom(600_000)
    file = await bring(ada, data)

    for asked, status, first, last in (
        ("bytes=0-0", 206, 0, 0),
        ("bytes=10-19", 206, 10, 19),
        ("bytes=261110-261130", 206, 261_110, 261_130),  # over the end of a chunk
        ("bytes=599990-", 206, 599_990, 599_999),
        ("bytes=-10", 206, 599_990, 599_999),
        ("bytes=-900000", 206, 0, 599_999),
        ("bytes=599999-900000", 206, 599_999, 599_999),
        ("bytes=600000-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=5-4", 200, 0, 599_999),
        ("bytes=-", 200, 0, 599_999),
        ("bytes=0-1,5-6", 200, 0, 599_999),
        ("lines=1-2", 200, 0, 599_999),
    ):
        answer = await ada.get(url(file), Range=asked)
        assert answer.status == status, asked
        if status == 416:
            assert answer.code == "bad_range"
            assert answer.headers["Content-Range"] == "bytes */600000"
            continue
        assert answer.body == data[first : last + 1], asked
        told = f"bytes {first}-{last}/600000" if status == 206 else None
        assert answer.headers.get("Content-Range") == told


@pytest.mark.gen_test
async def test_a_part_is_only_given_of_the_file_that_was_meant(people: People) -> None:
    ada = await people.enter("ada")
    file = await bring(ada, TEXT)
    etag = (await ada.get(url(file))).headers["ETag"]

    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        (f"W/{etag}", 200),
        ("Sat, 01 Jan 2022 00:00:00 GMT", 200),
    ):
        assert (await ada.get(url(file), Range="bytes=0-3", If_Range=condition)).status == status, condition


@pytest.mark.gen_test
async def test_a_picture_has_a_size_and_a_preview(people: People) -> None:
    ada = await people.enter("ada")

    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        type = f"image/{kind.lower()}"
        file = await bring(ada, picture(kind, (1600, 400)), "wide.txt")
        whole, preview = await ada.get(url(file)), await ada.get(f"/files/{file['id']}/preview")
        assert (file["type"], file["width"], file["height"], file["preview"]) == (type, 1600, 400, True)
        assert whole.headers["Content-Type"] == type
        assert whole.headers["Content-Disposition"].startswith("inline")
        assert preview.headers["Content-Type"] == "image/webp"
        assert Image.open(io.BytesIO(preview.body)).size == (1280, 320)


@pytest.mark.gen_test
async def test_a_preview_is_upright_and_knows_nothing_of_where_it_was_taken(people: People) -> None:
    ada = await people.enter("ada")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "in the garden of Ada"
    data = picture("JPEG", (300, 200), exif=exif)
    assert b"garden" in data

    file = await bring(ada, data)
    preview = (await ada.get(f"/files/{file['id']}/preview")).body

    assert (file["width"], file["height"]) == (200, 300)
    assert Image.open(io.BytesIO(preview)).size == (200, 300)
    assert b"garden" not in preview
    assert b"EXIF" not in preview


@pytest.mark.gen_test
async def test_what_is_no_picture_that_can_be_shown_is_a_download(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    too_many_pixels = picture("PNG", (2000, 1001))
    damaged = picture("PNG", (64, 64))[:60]
    page = b"<!doctype html><script>alert(1)</script>"
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

    for person, data in (
        (ada, too_many_pixels),
        (ada, damaged),
        (ada, page),
        (bob, drawing),
        (bob, b"%PDF-1.7\n"),
        (bob, b"\x7fELF\x02\x01\x01" + bytes(64)),
    ):
        file = await bring(person, data, "picture.png")
        answer = await person.get(url(file))
        assert not file.get("preview")
        assert file["type"] not in ("text/html", "image/svg+xml", "image/png")
        assert answer.headers["Content-Type"] == file["type"]
        assert answer.headers["Content-Disposition"] == 'attachment; filename="picture.png"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == SANDBOX
        assert (await person.get(f"/files/{file['id']}/preview")).status == 404


@pytest.mark.gen_test
async def test_a_name_is_cleaned_and_may_have_any_letters(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")  # how much one may leave unsent is limited

    names = (
        ("Καλημέρα κόσμε.txt", "Καλημέρα κόσμε.txt", "filename=\"________ _____.txt\"; filename*=UTF-8''%CE%9A"),
        ("../../etc/passwd", "passwd", 'filename="passwd"'),
        ("C:\\temp\\a.txt", "a.txt", 'filename="a.txt"'),
        ('a"b\r\nX: y.txt', 'a"bX: y.txt', "filename=\"a_bX: y.txt\"; filename*=UTF-8''a%22bX%3A%20y.txt"),
        ("photo\u202egnp.exe", "photognp.exe", 'filename="photognp.exe"'),
        ("", "file", 'filename="file"'),
        ("...", "file", 'filename="file"'),
        ("preview", "_preview", 'filename="_preview"'),
        ("x" * 300 + ".tar", "x" * 116 + ".tar", 'filename="' + "x" * 116 + '.tar"'),
    )
    for number, (entered, kept, header) in enumerate(names):
        person = (ada, bob)[number % 2]
        file = await bring(person, TEXT, entered)
        answer = await person.get(url(file))
        assert file["name"] == kept
        assert answer.headers["Content-Disposition"].startswith(f"attachment; {header}")
        assert answer.body == TEXT


@pytest.mark.gen_test
async def test_what_cannot_be_a_file_is_refused(people: People) -> None:
    ada = await people.enter("ada")

    for asked, data, status, code in (
        (path(), b"", 400, "bad_file"),
        (path(), bytes(LARGEST + 1), 413, "too_large"),
        (path("#api"), TEXT, 400, "bad_conversation"),
        ("/api/files?name=x", TEXT, 400, "bad_request"),
    ):
        answer = await ada.request("POST", asked, data, Content_Type="text/plain")
        assert (answer.status, answer.code) == (status, code), asked
    assert (await ada.get("/files/nothing/x")).status == 404


@pytest.mark.gen_test
async def test_the_muted_bring_no_files_and_a_length_that_is_none_is_refused(people: People, server: Server) -> None:
    ann, bob = await admin(people, server), await people.enter("bob")
    await ann.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "too loud"})

    answer = await bob.request("POST", path(), TEXT, Content_Type="text/plain")
    assert (answer.status, answer.code) == (403, "muted")
    for size in ("x", "-1", "9" * 30):
        stream = await begin(ann, size)
        assert (await stream.read_until(b"\r\n")).startswith(b"HTTP/1.1 4"), size
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


@pytest.mark.gen_test
async def test_before_it_is_sent_a_file_is_its_uploaders_alone(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    file = await bring(ada, picture("PNG", (10, 10)))

    for place in (url(file), f"/files/{file['id']}/preview"):
        assert (await ada.get(place)).status == 200
        assert (await bob.get(place)).status == 404
        assert (await bob.get(place)).json == (await bob.get("/files/nothing/x")).json
        assert (await people.stranger().get(place)).status == 401


@pytest.mark.gen_test
async def test_a_message_brings_a_file_and_shows_it_to_those_who_may_read_it(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    writing, reading = await ada.connect(), await bob.connect()
    file, id = await bring(ada, picture("PNG", (20, 10)), "cat.png"), message_id()

    for _ in range(2):  # a retry is the same message
        ack = await writing.ask("send", conversation="#ting", id=id, text="", file=file["id"])
        assert (ack["type"], ack["id"]) == ("ack", id)
    message = await reading.event("message", id=id)
    assert (message["text"], message["file"]) == ("", file)
    assert (await ada.history())["messages"][0]["file"] == file
    for place in (url(file), f"/files/{file['id']}/preview"):
        assert (await bob.get(place)).status == 200

    assert (await writing.ask("edit", id=id, text=" "))["type"] == "ack"  # but a message without a file has a text:
    alone = (await writing.send("hello"))["id"]
    assert (await writing.ask("edit", id=alone, text=" ")).get("code") == "bad_text"
    await writing.ask("delete", id=id)
    for person in (ada, bob):
        assert (await person.get(url(file))).status == 404
    again = await writing.ask("send", conversation="#ting", id=id, text="", file=file["id"])
    assert again["position"] == ack["position"]


@pytest.mark.gen_test
async def test_a_file_that_is_not_ones_own_new_one_goes_with_no_message(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    mine, his = await bring(ada, TEXT), await bring(bob, TEXT)
    socket = await ada.connect()
    await socket.ask("send", conversation="#ting", id=message_id(), text="x", file=mine["id"])

    for conversation, text, file in (
        ("#ting", "x", his["id"]),
        ("#ting", "x", mine["id"]),  # in another message already
        ("#music", "x", (await bring(ada, TEXT))["id"]),
        ("#ting", "x", "nothing"),
        ("#ting", "", "nothing"),
        ("#ting", "/me x", (await bring(ada, TEXT))["id"]),
    ):
        answer = await socket.ask("send", conversation=conversation, id=message_id(), text=text, file=file)
        assert (answer["type"], answer.get("code"), answer.get("field")) == ("error", "bad_file", "file"), text
    body = {"id": message_id(), "text": "x", "file": his["id"]}
    assert (await ada.request("POST", "/api/conversations/%23ting/messages", body)).code == "bad_file"
    assert len((await ada.history())["messages"]) == 1


@pytest.mark.gen_test
async def test_a_third_person_learns_nothing_of_the_files_of_a_private(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    private = "@" + "~".join(sorted((ada.id, bob.id)))
    file = await bring(ada, picture("PNG", (20, 10)), "secret.png", private)
    socket = await ada.connect(join=private)
    await socket.ask("send", conversation=private, id=message_id(), text="", file=file["id"])

    for place in (url(file), f"/files/{file['id']}/preview"):
        assert (await bob.get(place)).status == 200
        assert (await eve.get(place)).json == (await eve.get("/files/nothing/x")).json
    answer = await eve.request("POST", path(private), TEXT, Content_Type="text/plain")
    assert (answer.status, answer.code) == (404, "no_such_conversation")


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


async def begin(person: Person, size: int | str) -> IOStream:
    """An upload of which only the headers were sent."""
    place = urlsplit(person.url)
    stream = await TCPClient().connect(place.hostname or "", place.port or 0)
    lines = (f"POST {path()} HTTP/1.1", f"Host: {place.netloc}", f"Cookie: {person.cookie}", f"Content-Length: {size}")
    await stream.write("\r\n".join((*lines, "", "")).encode())
    return stream


async def drop(settings: Settings) -> None:
    database = Database(settings.mongodb, settings.database)
    await database.drop()
    database.close()


async def until_chunks(server: Server, count: int) -> None:
    """Wait until so many chunks are in the database."""
    while await in_database(server.settings, "files.chunks") < count:
        await asyncio.sleep(0.01)
