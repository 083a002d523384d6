"""A client for tests, which uses REST and websockets over real HTTP."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

Frame = dict[str, Any]
TIMEOUT_S = 10.0
AN_ID = "01980000-0000-7000-8000-000000000001"  # for test parameters, which must be the same in every worker


def message_id() -> str:
    """A new UUIDv7 (RFC 9562, 5.7)."""
    milliseconds, random = time.time_ns() // 1_000_000, secrets.randbits(74)
    number = milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (2**62 - 1)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition of the server, which runs in the same process. Checks it in every turn of the event loop."""
    async with asyncio.timeout(TIMEOUT_S):
        while not condition():
            await asyncio.sleep(0)


class Answer:
    """An HTTP response."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.code
        self.headers = response.headers
        self.body = response.body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def ok_json(self) -> Any:
        """The JSON body of a response that must not be an error."""
        assert self.status < 400, self.body
        return self.json

    @property
    def code(self) -> str:
        """The error code of an error response."""
        return str(self.json["error"]["code"])


class Socket:
    """An open websocket. Received frames stay in `frames` until a test consumes them."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self._ref = 0

    async def send_frame(self, frame: Frame | str | bytes) -> None:
        """Send a frame as it is."""
        text = json.dumps(frame) if isinstance(frame, dict) else frame
        await self.connection.write_message(text, binary=isinstance(text, bytes))

    async def begin(self, type: str, **fields: Any) -> int:
        """Send a request without waiting for the answer, and return its ref."""
        self._ref += 1
        await self.send_frame({"type": type, "ref": self._ref, **fields})
        return self._ref

    async def ask(self, type: str, **fields: Any) -> Frame:
        """Send a request and wait for its answer: `ack`, `joined` or `error`."""
        return await self.answer(await self.begin(type, **fields))

    async def answer(self, ref: int) -> Frame:
        """Wait for the answer to the request with this ref."""
        return await self.next(lambda frame: frame.get("ref") == ref and frame["type"] != "notice")

    async def event(self, type: str, **fields: Any) -> Frame:
        """Wait for the next frame of this type with these fields."""
        return await self.next(lambda frame: {"type": type, **fields}.items() <= frame.items())

    async def next(self, matches: Callable[[Frame], bool]) -> Frame:
        """Wait for the first matching frame, among those already received and those to come."""
        for index, frame in enumerate(self.frames):
            if matches(frame):
                return self.frames.pop(index)
        while True:
            frame = await self._receive()
            if matches(frame):
                return frame
            self.frames.append(frame)

    async def send(self, text: str, conversation: str = "#ting", id: str | None = None) -> Frame:
        """Send a message and wait until it is acknowledged."""
        return await self.ask("send", conversation=conversation, id=id or message_id(), text=text)

    async def closed(self) -> tuple[int | None, str | None]:
        """Wait until the server closes the websocket, and return the close code and reason."""
        while (message := await self._read()) is not None:
            self.frames.append(json.loads(message))
        return self.connection.close_code, self.connection.close_reason

    async def _receive(self) -> Frame:
        message = await self._read()
        if message is None:
            raise ConnectionError(f"closed with {self.connection.close_code} {self.connection.close_reason}")
        frame: Frame = json.loads(message)
        return frame

    async def _read(self) -> str | bytes | None:
        async with asyncio.timeout(TIMEOUT_S):
            return await self.connection.read_message()


class Person:
    """A user with a session cookie, or a visitor without one before registration."""

    def __init__(self, url: str, cookie: str = "") -> None:
        self.url = url.rstrip("/")
        self.cookie = cookie
        self.id = ""
        self.name = ""
        self.address = ""
        self.sockets: list[Socket] = []

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send any request. In header names, `_` stands for `-`."""
        sent_headers = {"Content-Type": "application/json"} if body is not None else {}
        sent_headers |= {"Cookie": self.cookie} if self.cookie else {}
        sent_headers |= {"X-Forwarded-For": self.address} if self.address else {}
        sent_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = HTTPRequest(
            self.url + path,
            method=method,
            headers=sent_headers,
            body=body if isinstance(body, bytes | str | None) else json.dumps(body),
            allow_nonstandard_methods=True,
            follow_redirects=False,
            decompress_response="Accept-Encoding" not in sent_headers,
            request_timeout=TIMEOUT_S,
        )
        return Answer(await AsyncHTTPClient().fetch(request, raise_error=False))

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.request("GET", path, **headers)

    async def history(self, conversation: str = "#ting", **query: int | str) -> Any:
        """A page of history from the API."""
        parameters = "&".join(f"{name}={value}" for name, value in query.items())
        return (await self.get(f"/api/conversations/{quote(conversation, safe='')}/messages?{parameters}")).ok_json

    async def changes(self, after: int, conversation: str = "#ting", **query: int) -> Any:
        """The changes after a seq from the API."""
        parameters = "&".join(f"{name}={value}" for name, value in {"after": after, **query}.items())
        return (await self.get(f"/api/conversations/{quote(conversation, safe='')}/changes?{parameters}")).ok_json

    async def connect(self, *, join: str | None = "#ting", **headers: str) -> Socket:
        """Open a websocket, wait for its `welcome`, and join a conversation."""
        forwarded = {"X-Forwarded-For": self.address} if self.address else {}
        sent_headers = {"Cookie": self.cookie, **forwarded} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        request = HTTPRequest(
            self.url.replace("http", "ws", 1) + "/api/socket", headers=sent_headers, connect_timeout=TIMEOUT_S
        )
        connection = await websocket_connect(request, subprotocols=["ting.v1"])
        assert connection.protocol is not None
        connection.protocol.set_nodelay(True)  # as browsers do: no delay until earlier frames are acknowledged by TCP
        socket = Socket(connection)
        self.sockets.append(socket)
        await socket.event("welcome")
        if join is not None:
            await socket.ask("join", conversation=join)
        return socket


class People:
    """Creates clients of one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.persons: list[Person] = []

    def stranger(self) -> Person:
        """A visitor without a session."""
        person = Person(self.url)
        self.persons.append(person)
        return person

    async def enter(self, name: str, address: str = "", **entry: Any) -> Person:
        """Register a user with a free name, or as `entry` says.

        `address` is the forwarded address of the client, for servers that trust proxies on this machine.
        """
        person = self.stranger()
        person.address = address
        answer = await person.request("POST", "/api/session", {"name": name, **entry})
        assert answer.status == 201, answer.body
        person.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        person.id, person.name = answer.json["id"], answer.json["name"]
        return person

    async def close(self) -> None:
        for person in self.persons:
            for socket in person.sockets:
                socket.connection.close()
