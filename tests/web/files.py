"""Files, for tests of bringing and of fetching them."""

import io
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from PIL import Image
from tornado.iostream import IOStream
from tornado.tcpclient import TCPClient

from tests.client import Person
from ting.core.settings import Settings
from ting.store.database import Database

LARGEST = 3 * 2**20
TEXT = b"Shopping: bread, milk, honey.\n"


def lowered(settings: Settings) -> Settings:
    """With limits that a test can reach."""
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


async def begin(person: Person, size: int | str, asked: str = f"POST {path()}") -> IOStream:
    """An upload of which only the headers were sent."""
    place = urlsplit(person.url)
    stream = await TCPClient().connect(place.hostname or "", place.port or 0)
    lines = (f"{asked} HTTP/1.1", f"Host: {place.netloc}", f"Cookie: {person.cookie}", f"Content-Length: {size}")
    await stream.write("\r\n".join((*lines, "", "")).encode())
    return stream
