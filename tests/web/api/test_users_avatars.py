"""Pictures of people: drawn, brought, shown, and what becomes of files that are no good."""

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
LARGEST = 200_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = msgspec.structs.replace(settings.limits, avatar_bytes=LARGEST, picture_pixels=4_000_000)
    return msgspec.structs.replace(settings, limits=limits)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    into = BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def flag(mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    """The left half is red, the right half is blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def turned() -> bytes:
    """The flag as a camera that was held sideways stores it: the viewer has to turn it by a quarter."""
    image = flag().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    return saved(image, "JPEG", exif=exif, quality=95)


def huge(width: int, height: int) -> bytes:
    """A PNG that says it is this large, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def zipped() -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return into.getvalue()


def described() -> bytes:
    note = PngInfo()
    note.add_text("Comment", "taken at home")
    return saved(flag(), "PNG", pnginfo=note)


FRAMES = {"save_all": True, "append_images": [Image.new("RGB", (300, 200), GREEN)], "duration": 100}
GOOD = {
    "PNG": saved(flag(), "PNG"),
    "JPEG": saved(flag(), "JPEG", quality=95),
    "WebP": saved(flag(), "WEBP", quality=95),
    "GIF": saved(flag("P"), "GIF"),
    "one with a palette": saved(flag("P"), "PNG"),
    "one with transparency": saved(flag("RGBA"), "PNG"),
    "an animated GIF": saved(flag(), "GIF", **FRAMES),
    "an animated WebP": saved(flag(), "WEBP", quality=95, **FRAMES),
    "an animated PNG": saved(flag(), "PNG", **FRAMES),
    "CMYK": saved(flag("CMYK"), "JPEG", quality=95),
    "turned by EXIF": turned(),
    "with a comment": described(),
    "a JPEG that is a ZIP as well": saved(flag(), "JPEG", quality=95) + zipped(),
    "a GIF that is a script as well": saved(flag("P"), "GIF") + SCRIPT,
    "a wide one": saved(flag(size=(2000, 10)), "PNG"),
    "two pixels": saved(flag(size=(2, 1)), "PNG"),
}
BAD = {
    "nothing": b"",
    "text": b"hello",
    "HTML": b"<!doctype html>" + SCRIPT,
    "an SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "a ZIP called .png": zipped(),
    "the first bytes of a PNG": saved(flag(), "PNG")[:8],
    "a truncated PNG": saved(Image.effect_noise((200, 200), 50), "PNG")[:15_000],
    "a truncated JPEG": saved(Image.effect_noise((200, 200), 50), "JPEG")[:3_000],
    "a truncated GIF": saved(Image.effect_noise((200, 200), 50), "GIF")[:15_000],
    "a truncated WebP": saved(Image.effect_noise((200, 200), 50), "WEBP")[:3_000],
    "one with wrong checksums": saved(flag(), "PNG").replace(b"IDAT", b"IDAX"),
    "more pixels than allowed": saved(Image.new("1", (2001, 2000)), "PNG"),
    "a decompression bomb": huge(100_000, 100_000),
    "the largest that PNG can say": huge(2**31 - 1, 2**31 - 1),
    "no pixels": huge(0, 10),
    "BMP": saved(flag(size=(30, 20)), "BMP"),
    "TIFF": saved(flag(size=(30, 20)), "TIFF"),
    "ICO": saved(flag(size=(30, 20)), "ICO"),
    "PDF": saved(flag(size=(30, 20)), "PDF"),
    "PPM": saved(flag(size=(30, 20)), "PPM"),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
}


async def bring(person: Person, data: bytes, kind: str = "image/png") -> Answer:
    return await person.request("PUT", "/api/me/avatar", data, Content_Type=kind)


async def picture(person: Person, name: str, **query: str) -> Answer:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return await person.get(f"/api/users/{quote(name, safe='')}/avatar?{asked}")


def alike(one: Any, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(one, other, strict=True))


@pytest.mark.gen_test(timeout=60)
async def test_a_picture_is_made_square_and_small_and_everybody_hears_of_it(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect(join=None)

    for kind, data in GOOD.items():
        answer = await bring(ada, data)

        assert answer.status == 200, (kind, answer.body)
        version = answer.json["avatar"]
        assert (await adas.event("me"))["me"]["avatar"] == version
        assert (await bobs.event("person"))["person"] == {"id": ada.id, "name": "ada", "avatar": version}
        for size in (64, 256):
            shown = await picture(bob, "ada", v=version, size=str(size))
            image = Image.open(BytesIO(shown.body))
            colours = image.convert("RGB")
            assert (shown.headers["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", (size, size))
            assert alike(colours.getpixel((size // 8, size // 2)), RED), kind
            assert alike(colours.getpixel((size - size // 8, size // 2)), BLUE), kind
            assert getattr(image, "n_frames", 1) == 1
            assert not {"exif", "xmp", "icc_profile"} & set(image.info)
            assert not [hidden for hidden in (SCRIPT, b"home", b"PK") if hidden in shown.body], kind


@pytest.mark.gen_test(timeout=60)
async def test_what_is_no_picture_is_refused_and_the_old_one_stays(people: People) -> None:
    ada = await people.enter("ada")
    version = (await bring(ada, GOOD["PNG"])).json["avatar"]
    before = (await picture(ada, "ada", v=version)).body

    for kind, data in BAD.items():
        answer = await bring(ada, data)
        assert (answer.status, answer.code) == (400, "bad_picture"), kind
        assert answer.json["error"]["field"] == "picture"

    assert (await ada.get("/api/me")).json["avatar"] == version
    assert (await picture(ada, "ada", v=version)).body == before


@pytest.mark.gen_test
async def test_shades_of_grey_stay_what_they_are(people: People) -> None:
    ada, plain = await people.enter("ada"), Image.new("L", (100, 100), 128)

    for grey in (Image.new("I;16", (100, 100), 0x8080), plain, plain.convert("LA"), plain.convert("1")):
        version = (await bring(ada, saved(grey, "PNG"))).json["avatar"]
        shown = Image.open(BytesIO((await picture(ada, "ada", v=version)).body)).convert("RGB").resize((1, 1))
        assert alike(shown.getpixel((0, 0)), GREY), grey.mode


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [LARGEST + 1, LARGEST + 3_000_000])
async def test_what_is_too_large_is_said_to_be(people: People, size: int) -> None:
    ada = await people.enter("ada")

    answer = await bring(ada, GOOD["PNG"] + bytes(size - len(GOOD["PNG"])))

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (413, "too_large", "picture")
    assert (await bring(ada, GOOD["PNG"] + bytes(LARGEST - len(GOOD["PNG"])))).status == 200


@pytest.mark.gen_test
async def test_somebody_without_a_session_brings_nothing(people: People) -> None:
    assert (await bring(people.stranger(), GOOD["PNG"])).code == "no_session"


@pytest.mark.gen_test
async def test_the_old_picture_is_removed_and_giving_up_shows_the_drawing(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    first = (await bring(ada, GOOD["PNG"])).json["avatar"]
    other = saved(Image.new("RGB", (80, 80), GREEN), "PNG")

    second = (await bring(ada, other)).json["avatar"]
    again = (await bring(ada, other)).json["avatar"]
    kept = await stored(server)
    given_up = await ada.request("DELETE", "/api/me/avatar")

    assert again == second != first
    assert kept == {f"{second}-64", f"{second}-256"}
    assert (given_up.status, given_up.json["avatar"], await stored(server)) == (200, "", set())
    for version in (first, second):
        shown = await picture(ada, "ada", v=version)
        assert (shown.body, shown.headers["Cache-Control"]) == (initials_svg("ada"), "private, no-cache")


@pytest.mark.gen_test
async def test_many_new_pictures_at_once_leave_the_one_that_is_shown(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    shades = [saved(Image.new("RGB", (10, 10), (shade, 0, 0)), "PNG") for shade in range(0, 200, 40)]

    await asyncio.gather(*(bring(ada, shade) for shade in shades))

    version = (await ada.get("/api/me")).json["avatar"]
    assert await stored(server) == {f"{version}-64", f"{version}-256"}


@pytest.mark.gen_test
async def test_a_picture_is_kept_by_browsers_for_as_long_as_it_is_right(people: People) -> None:
    ada = await people.enter("ada")
    drawing = await picture(ada, "ada", v="")
    version = (await bring(ada, GOOD["PNG"])).json["avatar"]

    named, unnamed = await picture(ada, "ada", v=version), await picture(ada, "ada", size="64")
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
async def test_of_a_picture_that_is_being_removed_nothing_is_shown(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    version = (await bring(ada, GOOD["PNG"])).json["avatar"]
    database = Database(server.settings.mongodb, server.settings.database)
    await database.collection("avatars.chunks").delete_many({})
    database.close()

    shown = await picture(ada, "ada", v=version)

    assert (shown.body, shown.headers["Cache-Control"]) == (initials_svg("ada"), "private, no-cache")


@pytest.mark.gen_test
async def test_a_former_one_keeps_the_picture_and_the_next_of_that_name_has_their_own(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    version = (await bring(ada, GOOD["PNG"])).json["avatar"]
    before = (await picture(bob, "ada", v=version)).body

    await ada.request("DELETE", "/api/session")
    await people.enter("ada")

    assert (await picture(bob, "ada", v=version)).body == before
    assert (await picture(bob, "ada")).body == initials_svg("ada")


@pytest.mark.gen_test
async def test_whatever_stands_in_a_name_leads_to_its_picture(people: People) -> None:
    ada = await people.enter("ada")

    for name in ("a/b", "?", "100%", "%2F", "a\\b", "...", "#", "it's", "Ελένη", "Éa"):
        assert (await picture(ada, name, v="")).body == initials_svg(name), name


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("path", "field"), [("ada/avatar?size=65", "size"), ("ada/avatar?size=", "size"), ("a%20b/avatar", "name")]
)
async def test_what_cannot_be_a_picture_of_anybody_is_refused(people: People, path: str, field: str) -> None:
    answer = await (await people.enter("ada")).get(f"/api/users/{path}")

    assert (answer.status, answer.json["error"]["field"]) == (400, field)


@pytest.mark.gen_test
async def test_the_chat_goes_on_while_a_picture_is_worked_on(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    bobs = await bob.connect()
    begun, may_go_on = threading.Event(), threading.Event()
    opened = Image.open

    def slowly(*args: Any, **options: Any) -> Image.Image:
        begun.set()
        assert may_go_on.wait(10)
        return opened(*args, **options)

    monkeypatch.setattr(Image, "open", slowly)
    upload = asyncio.ensure_future(bring(ada, GOOD["PNG"]))
    await until(begun.is_set)
    sent = await bobs.send("Hello?")
    may_go_on.set()

    assert sent["type"] == "ack"
    assert (await upload).status == 200


async def stored(server: Server) -> set[str]:
    """The ids of all pictures in the database."""
    database = Database(server.settings.mongodb, server.settings.database)
    try:
        return {document["_id"] async for document in database.collection("avatars.files").find()}
    finally:
        database.close()
