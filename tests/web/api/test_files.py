"""Files over HTTP: validation, display, downloads, ranges and permissions."""

import io
import os

import pytest
from PIL import Image

from tests.client import People, message_id
from tests.web.files import MAX_FILE_BYTES, TEXT, file_url, image, upload, upload_path, with_low_limits
from tests.web.url_table import MUTATING, ROUTES
from ting.core.settings import Settings
from ting.web.api.files import SANDBOX


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_low_limits(settings)


@pytest.mark.gen_test
async def test_a_downloaded_file_equals_the_uploaded_one(people: People) -> None:
    ada = await people.enter("ada")
    data = os.urandom(700_000)  # several chunks, the last one not full

    file = await upload(ada, data, "data.bin")
    answer = await ada.get(file_url(file))

    assert file == {"id": file["id"], "name": "data.bin", "type": "application/octet-stream", "size": 700_000}
    assert answer.body == data
    assert answer.headers["Content-Length"] == "700000"
    assert (await ada.request("HEAD", file_url(file))).headers["Content-Length"] == "700000"
    assert (await ada.get(file_url(file), If_None_Match=answer.headers["ETag"])).status == 304


@pytest.mark.gen_test
async def test_a_range_of_a_file_can_be_downloaded(people: People) -> None:
    ada = await people.enter("ada")
    data = os.urandom(600_000)
    file = await upload(ada, data)

    for range, status, first, last in (
        ("bytes=0-0", 206, 0, 0),
        ("Bytes=10-19", 206, 10, 19),
        ("bytes=261110-261130", 206, 261_110, 261_130),  # across the end of a chunk
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
        answer = await ada.get(file_url(file), Range=range)
        assert answer.status == status, range
        if status == 416:
            assert answer.code == "bad_range"
            assert answer.headers["Content-Range"] == "bytes */600000"
            continue
        assert answer.body == data[first : last + 1], range
        content_range = f"bytes {first}-{last}/600000" if status == 206 else None
        assert answer.headers.get("Content-Range") == content_range


@pytest.mark.gen_test
async def test_a_range_is_sent_only_if_the_etag_matches(people: People) -> None:
    ada = await people.enter("ada")
    file = await upload(ada, TEXT)
    etag = (await ada.get(file_url(file))).headers["ETag"]

    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        (f"W/{etag}", 200),
        ("Sat, 01 Jan 2022 00:00:00 GMT", 200),
    ):
        assert (await ada.get(file_url(file), Range="bytes=0-3", If_Range=condition)).status == status, condition


@pytest.mark.gen_test
async def test_an_image_has_a_size_and_a_preview(people: People) -> None:
    ada = await people.enter("ada")

    for format in ("PNG", "JPEG", "WEBP", "GIF"):
        type = f"image/{format.lower()}"
        file = await upload(ada, image(format, (1600, 400)), "wide.txt")
        whole, preview = await ada.get(file_url(file)), await ada.get(f"/files/{file['id']}/preview")
        assert (file["type"], file["width"], file["height"], file["preview"]) == (type, 1600, 400, True)
        assert whole.headers["Content-Type"] == type
        assert whole.headers["Content-Disposition"].startswith("inline")
        assert preview.headers["Content-Type"] == "image/webp"
        assert Image.open(io.BytesIO(preview.body)).size == (1280, 320)


@pytest.mark.gen_test
async def test_a_preview_is_upright_and_has_no_metadata(people: People) -> None:
    ada = await people.enter("ada")
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    exif[0x010E] = "in the garden of Ada"
    data = image("JPEG", (300, 200), exif=exif)
    assert b"garden" in data

    file = await upload(ada, data)
    preview = (await ada.get(f"/files/{file['id']}/preview")).body

    assert (file["width"], file["height"]) == (200, 300)
    assert Image.open(io.BytesIO(preview)).size == (200, 300)
    assert b"garden" not in preview
    assert b"EXIF" not in preview


@pytest.mark.gen_test
async def test_files_that_are_not_displayable_images_are_downloads(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    too_many_pixels = image("PNG", (2000, 1001))
    damaged = image("PNG", (64, 64))[:60]
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
        file = await upload(person, data, "picture.png")
        answer = await person.get(file_url(file))
        assert not file.get("preview")
        assert file["type"] not in ("text/html", "image/svg+xml", "image/png")
        assert answer.headers["Content-Type"] == file["type"]
        assert answer.headers["Content-Disposition"] == 'attachment; filename="picture.png"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == SANDBOX
        assert (await person.get(f"/files/{file['id']}/preview")).status == 404


@pytest.mark.gen_test
async def test_file_names_are_cleaned_and_can_contain_any_letters(people: People) -> None:
    # Several users, because unsent files are limited per user.
    uploaders = [await people.enter(name) for name in ("ada", "bob", "eve")]

    names = (
        ("Καλημέρα κόσμε.txt", "Καλημέρα κόσμε.txt", "filename=\"________ _____.txt\"; filename*=UTF-8''%CE%9A"),
        ("../../etc/passwd", "passwd", 'filename="passwd"'),
        (".gitignore", ".gitignore", 'filename=".gitignore"'),
        ("..", "file", 'filename="file"'),
        ("C:\\temp\\a.txt", "a.txt", 'filename="a.txt"'),
        ('a"b\r\nX: y.txt', 'a"bX: y.txt', "filename=\"a_bX: y.txt\"; filename*=UTF-8''a%22bX%3A%20y.txt"),
        ("photo\u202egnp.exe", "photognp.exe", 'filename="photognp.exe"'),
        ("", "file", 'filename="file"'),
        ("...", "file", 'filename="file"'),
        ("preview", "_preview", 'filename="_preview"'),
        ("x" * 300 + ".tar", "x" * 116 + ".tar", 'filename="' + "x" * 116 + '.tar"'),
    )
    for number, (entered, kept, header) in enumerate(names):
        person = uploaders[number % 3]
        file = await upload(person, TEXT, entered)
        answer = await person.get(file_url(file))
        assert file["name"] == kept
        assert answer.headers["Content-Disposition"].startswith(f"attachment; {header}")
        assert answer.body == TEXT


@pytest.mark.gen_test
async def test_an_invalid_upload_is_refused(people: People) -> None:
    ada = await people.enter("ada")

    for url, data, status, code in (
        (upload_path(), b"", 400, "bad_file"),
        (upload_path(), bytes(MAX_FILE_BYTES + 1), 413, "too_large"),
        (upload_path("#api"), TEXT, 400, "bad_conversation"),
        ("/api/files?name=x", TEXT, 400, "bad_request"),
    ):
        answer = await ada.request("POST", url, data, Content_Type="text/plain")
        assert (answer.status, answer.code) == (status, code), url
        assert answer.json["error"].get("limit") == (MAX_FILE_BYTES if code == "too_large" else None)
    assert (await ada.get("/files/nothing/x")).status == 404


@pytest.mark.gen_test
async def test_an_unsent_file_is_visible_only_to_its_uploader(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    file = await upload(ada, image("PNG", (10, 10)))

    for url in (file_url(file), f"/files/{file['id']}/preview"):
        assert (await ada.get(url)).status == 200
        assert (await bob.get(url)).status == 404
        assert (await bob.get(url)).json == (await bob.get("/files/nothing/x")).json
        assert (await people.stranger().get(url)).status == 401


@pytest.mark.gen_test
async def test_users_who_can_read_a_message_can_download_its_file(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    writing, reading = await ada.connect(), await bob.connect()
    file, id = await upload(ada, image("PNG", (20, 10)), "cat.png"), message_id()

    for _ in range(2):  # a retry is the same message
        ack = await writing.ask("send", conversation="#ting", id=id, text="", file=file["id"])
        assert (ack["type"], ack["id"]) == ("ack", id)
    message = await reading.event("message", id=id)
    assert (message["text"], message["file"]) == ("", file)
    assert (await ada.history())["messages"][0]["file"] == file
    for url in (file_url(file), f"/files/{file['id']}/preview"):
        assert (await bob.get(url)).status == 200

    assert (await writing.ask("edit", id=id, text=" "))["type"] == "ack"  # a message without a file needs text:
    plain = (await writing.send("hello"))["id"]
    assert (await writing.ask("edit", id=plain, text=" ")).get("code") == "bad_text"
    await writing.ask("delete", id=id)
    for person in (ada, bob):
        assert (await person.get(file_url(file))).status == 404
    again = await writing.ask("send", conversation="#ting", id=id, text="", file=file["id"])
    assert again["position"] == ack["position"]


@pytest.mark.gen_test
async def test_only_an_own_unsent_file_can_be_attached(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    mine, his = await upload(ada, TEXT), await upload(bob, TEXT)
    socket = await ada.connect()
    await socket.ask("send", conversation="#ting", id=message_id(), text="x", file=mine["id"])

    for conversation, text, file in (
        ("#ting", "x", his["id"]),
        ("#ting", "x", mine["id"]),  # already attached to another message
        ("#music", "x", (await upload(ada, TEXT))["id"]),
        ("#ting", "x", "nothing"),
        ("#ting", "", "nothing"),
        ("#ting", "/me x", (await upload(ada, TEXT))["id"]),
    ):
        answer = await socket.ask("send", conversation=conversation, id=message_id(), text=text, file=file)
        assert (answer["type"], answer.get("code"), answer.get("field")) == ("error", "bad_file", "file"), text
    body = {"id": message_id(), "text": "x", "file": his["id"]}
    assert (await ada.request("POST", "/api/conversations/%23ting/messages", body)).code == "bad_file"
    assert len((await ada.history())["messages"]) == 1


@pytest.mark.gen_test
async def test_other_users_learn_nothing_of_files_in_a_direct_conversation(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    conversation = "@" + "~".join(sorted((ada.id, bob.id)))
    file = await upload(ada, image("PNG", (20, 10)), "secret.png", conversation)
    socket = await ada.connect(join=conversation)
    await socket.ask("send", conversation=conversation, id=message_id(), text="", file=file["id"])

    files = [endpoint for endpoint in ROUTES if endpoint.path.startswith("/files")]
    assert len(files) == 2
    for endpoint in files:
        url = endpoint.path.replace("0123456789abcdef", file["id"])
        for method in endpoint.methods:
            if method not in MUTATING:
                assert (await bob.request(method, url)).status == (204 if method == "OPTIONS" else 200), method
            existing, missing = [await eve.request(method, path) for path in (url, endpoint.path)]
            assert (existing.status, existing.body) == (missing.status, missing.body)
            assert method == "OPTIONS" or existing.status == 404
    answer = await eve.request("POST", upload_path(conversation), TEXT, Content_Type="text/plain")
    assert (answer.status, answer.code) == (404, "no_such_conversation")
