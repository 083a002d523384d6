"""Profile pictures: drawn initials, uploads, downloads, and invalid files."""

import asyncio
import struct
import threading
import zipfile
import zlib
from io import BytesIO
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.client import Answer, People, Person, until
from ting.core.settings import Settings
from ting.files.initials import initials_svg
from ting.server import Server
from ting.store.database import Database
from ting.web.api.files import SANDBOX

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 160, 40), (30, 60, 210), (128, 128, 128)
SCRIPT = b"<script>alert(document.domain)</script>"
MAX_AVATAR_BYTES = 200_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = msgspec.structs.replace(settings.limits, avatar_bytes=MAX_AVATAR_BYTES, picture_pixels=4_000_000)
    return msgspec.structs.replace(settings, limits=limits)


def encode(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def flag(mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    """An image with a red left half and a blue right half."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def rotated_jpeg() -> bytes:
    """The flag as stored by a camera held sideways: EXIF says to rotate it by 90 degrees."""
    image = flag().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    return encode(image, "JPEG", exif=exif, quality=95)


def png_claiming_size(width: int, height: int) -> bytes:
    """A small PNG file that claims to have this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def zip_archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return buffer.getvalue()


def png_with_comment() -> bytes:
    note = PngInfo()
    note.add_text("Comment", "taken at home")
    return encode(flag(), "PNG", pnginfo=note)


FRAMES = {"save_all": True, "append_images": [Image.new("RGB", (300, 200), GREEN)], "duration": 100}
VALID = {
    "PNG": encode(flag(), "PNG"),
    "JPEG": encode(flag(), "JPEG", quality=95),
    "WebP": encode(flag(), "WEBP", quality=95),
    "GIF": encode(flag("P"), "GIF"),
    "a PNG with a palette": encode(flag("P"), "PNG"),
    "a PNG with transparency": encode(flag("RGBA"), "PNG"),
    "an animated GIF": encode(flag(), "GIF", **FRAMES),
    "an animated WebP": encode(flag(), "WEBP", quality=95, **FRAMES),
    "an animated PNG": encode(flag(), "PNG", **FRAMES),
    "CMYK": encode(flag("CMYK"), "JPEG", quality=95),
    "turned by EXIF": rotated_jpeg(),
    "with a comment": png_with_comment(),
    "a JPEG that is a ZIP as well": encode(flag(), "JPEG", quality=95) + zip_archive(),
    "a GIF that is a script as well": encode(flag("P"), "GIF") + SCRIPT,
    "a wide image": encode(flag(size=(2000, 10)), "PNG"),
    "two pixels": encode(flag(size=(2, 1)), "PNG"),
}
INVALID = {
    "nothing": b"",
    "text": b"hello",
    "HTML": b"<!doctype html>" + SCRIPT,
    "an SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "a ZIP called .png": zip_archive(),
    "the first bytes of a PNG": encode(flag(), "PNG")[:8],
    "a truncated PNG": encode(Image.effect_noise((200, 200), 50), "PNG")[:15_000],
    "a truncated JPEG": encode(Image.effect_noise((200, 200), 50), "JPEG")[:3_000],
    "a truncated GIF": encode(Image.effect_noise((200, 200), 50), "GIF")[:15_000],
    "a truncated WebP": encode(Image.effect_noise((200, 200), 50), "WEBP")[:3_000],
    "a PNG with wrong checksums": encode(flag(), "PNG").replace(b"IDAT", b"IDAX"),
    "more pixels than allowed": encode(Image.new("1", (2001, 2000)), "PNG"),
    "a decompression bomb": png_claiming_size(100_000, 100_000),
    "the largest that PNG can say": png_claiming_size(2**31 - 1, 2**31 - 1),
    "no pixels": png_claiming_size(0, 10),
    "BMP": encode(flag(size=(30, 20)), "BMP"),
    "TIFF": encode(flag(size=(30, 20)), "TIFF"),
    "ICO": encode(flag(size=(30, 20)), "ICO"),
    "PDF": encode(flag(size=(30, 20)), "PDF"),
    "PPM": encode(flag(size=(30, 20)), "PPM"),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
}


async def upload_avatar(person: Person, data: bytes, kind: str = "image/png") -> Answer:
    return await person.request("PUT", "/api/me/avatar", data, Content_Type=kind)


async def get_avatar(person: Person, name: str, **query: str) -> Answer:
    parameters = "&".join(f"{key}={value}" for key, value in query.items())
    return await person.get(f"/api/users/{quote(name, safe='')}/avatar?{parameters}")


def similar(colour: Any, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(colour, other, strict=True))


@pytest.mark.gen_test(timeout=60)
async def test_a_profile_picture_is_cropped_resized_and_broadcast(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect(join=None)

    for kind, data in VALID.items():
        answer = await upload_avatar(ada, data)

        assert answer.status == 200, (kind, answer.body)
        version = answer.json["avatar"]
        assert (await adas.event("me"))["me"]["avatar"] == version
        assert (await bobs.event("person"))["person"] == {"id": ada.id, "name": "ada", "avatar": version}
        for size in (64, 256):
            shown = await get_avatar(bob, "ada", v=version, size=str(size))
            image = Image.open(BytesIO(shown.body))
            colours = image.convert("RGB")
            assert (shown.headers["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", (size, size))
            assert similar(colours.getpixel((size // 8, size // 2)), RED), kind
            assert similar(colours.getpixel((size - size // 8, size // 2)), BLUE), kind
            assert getattr(image, "n_frames", 1) == 1
            assert not {"exif", "xmp", "icc_profile"} & set(image.info)
            assert not [hidden for hidden in (SCRIPT, b"home", b"PK") if hidden in shown.body], kind


@pytest.mark.gen_test(timeout=60)
async def test_an_invalid_picture_is_refused_and_the_old_one_stays(people: People) -> None:
    ada = await people.enter("ada")
    version = (await upload_avatar(ada, VALID["PNG"])).json["avatar"]
    before = (await get_avatar(ada, "ada", v=version)).body

    for kind, data in INVALID.items():
        answer = await upload_avatar(ada, data)
        assert (answer.status, answer.code) == (400, "bad_picture"), kind
        assert answer.json["error"]["field"] == "picture"

    assert (await ada.get("/api/me")).json["avatar"] == version
    assert (await get_avatar(ada, "ada", v=version)).body == before


@pytest.mark.gen_test
async def test_greyscale_images_keep_their_shade(people: People) -> None:
    ada, plain = await people.enter("ada"), Image.new("L", (100, 100), 128)

    for grey in (Image.new("I;16", (100, 100), 0x8080), plain, plain.convert("LA"), plain.convert("1")):
        version = (await upload_avatar(ada, encode(grey, "PNG"))).json["avatar"]
        shown = Image.open(BytesIO((await get_avatar(ada, "ada", v=version)).body)).convert("RGB").resize((1, 1))
        assert similar(shown.getpixel((0, 0)), GREY), grey.mode


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [MAX_AVATAR_BYTES + 1, MAX_AVATAR_BYTES + 3_000_000])
async def test_a_picture_over_the_size_limit_is_refused(people: People, size: int) -> None:
    ada = await people.enter("ada")

    answer = await upload_avatar(ada, VALID["PNG"] + bytes(size - len(VALID["PNG"])))

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (413, "too_large", "picture")
    assert answer.json["error"]["limit"] == MAX_AVATAR_BYTES
    assert (await upload_avatar(ada, VALID["PNG"] + bytes(MAX_AVATAR_BYTES - len(VALID["PNG"])))).status == 200


@pytest.mark.gen_test
async def test_uploading_a_picture_needs_a_session(people: People) -> None:
    assert (await upload_avatar(people.stranger(), VALID["PNG"])).code == "no_session"


@pytest.mark.gen_test
async def test_old_pictures_are_deleted_and_a_reset_shows_the_initials(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    first = (await upload_avatar(ada, VALID["PNG"])).json["avatar"]
    other = encode(Image.new("RGB", (80, 80), GREEN), "PNG")

    second = (await upload_avatar(ada, other)).json["avatar"]
    again = (await upload_avatar(ada, other)).json["avatar"]
    kept = await stored_avatars(server)
    reset = await ada.request("DELETE", "/api/me/avatar")

    assert again == second != first
    assert kept == {f"{second}-64", f"{second}-256"}
    assert (reset.status, reset.json["avatar"], await stored_avatars(server)) == (200, "", set())
    for version in (first, second):
        shown = await get_avatar(ada, "ada", v=version)
        assert (shown.body, shown.headers["Cache-Control"]) == (initials_svg("ada"), "private, no-cache")


@pytest.mark.gen_test
async def test_concurrent_uploads_leave_only_the_current_picture(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    shades = [encode(Image.new("RGB", (10, 10), (shade, 0, 0)), "PNG") for shade in range(0, 200, 40)]

    await asyncio.gather(*(upload_avatar(ada, shade) for shade in shades))

    version = (await ada.get("/api/me")).json["avatar"]
    assert await stored_avatars(server) == {f"{version}-64", f"{version}-256"}


@pytest.mark.gen_test
async def test_pictures_are_cached_as_long_as_they_are_valid(people: People) -> None:
    ada = await people.enter("ada")
    drawing = await get_avatar(ada, "ada", v="")
    version = (await upload_avatar(ada, VALID["PNG"])).json["avatar"]

    named, unnamed = await get_avatar(ada, "ada", v=version), await get_avatar(ada, "ada", size="64")
    unchanged = await ada.get("/api/users/ada/avatar?size=64", If_None_Match=unnamed.headers["ETag"])

    assert "immutable" in named.headers["Cache-Control"]
    assert unnamed.headers["Cache-Control"] == "private, no-cache"
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert (drawing.body, drawing.headers["Content-Type"]) == (initials_svg("ada"), "image/svg+xml")
    assert drawing.headers["Cache-Control"] == "private, max-age=86400"
    for answer in (drawing, named, unnamed):
        assert answer.headers["Content-Security-Policy"] == SANDBOX
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.gen_test
async def test_initials_are_shown_for_a_picture_that_is_being_deleted(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    version = (await upload_avatar(ada, VALID["PNG"])).json["avatar"]
    database = Database(server.settings.mongodb, server.settings.database)
    await database.collection("avatars.chunks").delete_many({})
    database.close()

    shown = await get_avatar(ada, "ada", v=version)

    assert (shown.body, shown.headers["Cache-Control"]) == (initials_svg("ada"), "private, no-cache")


@pytest.mark.gen_test
async def test_a_former_user_keeps_the_picture_when_the_name_is_reused(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    version = (await upload_avatar(ada, VALID["PNG"])).json["avatar"]
    before = (await get_avatar(bob, "ada", v=version)).body

    await ada.request("DELETE", "/api/session")
    await people.enter("ada")

    assert (await get_avatar(bob, "ada", v=version)).body == before
    assert (await get_avatar(bob, "ada")).body == initials_svg("ada")


@pytest.mark.gen_test
async def test_any_name_in_the_url_leads_to_its_initials(people: People) -> None:
    ada = await people.enter("ada")

    for name in ("a/b", "?", "100%", "%2F", "a\\b", "...", "#", "it's", "Ελένη", "Éa"):
        assert (await get_avatar(ada, name, v="")).body == initials_svg(name), name


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("path", "field"), [("ada/avatar?size=65", "size"), ("ada/avatar?size=", "size"), ("a%20b/avatar", "name")]
)
async def test_an_invalid_picture_request_is_refused(people: People, path: str, field: str) -> None:
    answer = await (await people.enter("ada")).get(f"/api/users/{path}")

    assert (answer.status, answer.json["error"]["field"]) == (400, field)


@pytest.mark.gen_test
async def test_messages_are_sent_while_a_picture_is_processed(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    bobs = await bob.connect()
    started, may_go_on = threading.Event(), threading.Event()
    opened = Image.open

    def slowly(*args: Any, **options: Any) -> Image.Image:
        started.set()
        assert may_go_on.wait(10)
        return opened(*args, **options)

    monkeypatch.setattr(Image, "open", slowly)
    upload = asyncio.ensure_future(upload_avatar(ada, VALID["PNG"]))
    await until(started.is_set)
    sent = await bobs.send("Hello?")
    may_go_on.set()

    assert sent["type"] == "ack"
    assert (await upload).status == 200


async def stored_avatars(server: Server) -> set[str]:
    """The ids of all profile pictures in the database."""
    database = Database(server.settings.mongodb, server.settings.database)
    try:
        return {document["_id"] async for document in database.collection("avatars.files").find()}
    finally:
        database.close()
