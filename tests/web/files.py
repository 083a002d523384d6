"""Helpers for tests of uploads and downloads."""

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

MAX_FILE_BYTES = 3 * 2**20
TEXT = b"Shopping: bread, milk, honey.\n"


def with_low_limits(settings: Settings) -> Settings:
    """The settings with limits that a test can reach."""
    limits = msgspec.structs.replace(
        settings.limits, file_bytes=MAX_FILE_BYTES, uploads_at_once=2, unsent_files=5, picture_pixels=2_000_000
    )
    return msgspec.structs.replace(settings, limits=limits)


def upload_path(conversation: str = "#ting", name: str = "notes.txt") -> str:
    return "/api/files?" + urlencode({"conversation": conversation, "name": name})


async def upload(person: Person, data: bytes, name: str = "notes.txt", conversation: str = "#ting") -> Any:
    """Upload a file, and return its description in the answer."""
    answer = await person.request(
        "POST", upload_path(conversation, name), data, Content_Type="application/octet-stream"
    )
    assert answer.status == 201, answer.body
    return answer.json["file"]


def file_url(file: Any) -> str:
    return f"/files/{file['id']}/{quote(file['name'], safe='')}"


def image(format: str, size: tuple[int, int], **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (250, 140, 20)).save(buffer, format, **options)
    return buffer.getvalue()


async def count_documents(settings: Settings, name: str) -> int:
    database = Database(settings.mongodb, settings.database)
    try:
        return await database.collection(name).count_documents({})
    finally:
        database.close()


async def begin_upload(person: Person, size: int | str, request: str = f"POST {upload_path()}") -> IOStream:
    """Open a connection and send only the headers of an upload."""
    location = urlsplit(person.url)
    stream = await TCPClient().connect(location.hostname or "", location.port or 0)
    lines = (f"{request} HTTP/1.1", f"Host: {location.netloc}", f"Cookie: {person.cookie}", f"Content-Length: {size}")
    await stream.write("\r\n".join((*lines, "", "")).encode())
    return stream
