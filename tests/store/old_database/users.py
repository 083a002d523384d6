"""The users of one server, and a record of their secrets and of the ids of their messages and files."""

import asyncio
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from PIL import Image

from tests.client import Answer, People, Person, Socket, message_id
from tests.store.old_database.program import Program

Record = dict[str, Any]
PARTS = ("persons", "tokens", "invitations", "messages", "files", "direct")
EVENTUALLY_TIMEOUT_S = 20.0


class Users:
    """Clients by the names of their users. The record is saved with the database, so that a test can continue."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.people = People(program.url)
        self.persons: dict[str, Person] = {}
        self.sockets: dict[str, Socket] = {}
        self.record: Record = {part: {} for part in PARTS}

    async def enter(self, name: str, address: str = "", **entry: Any) -> Person:
        """Register a user."""
        person = self.persons[name] = await self.people.enter(name, address, **entry)
        self.record["persons"][name] = {"id": person.id, "cookie": person.cookie}
        return person

    async def enter_with_password(self, name: str, **entry: Any) -> Person:
        """Register a user with a password."""
        password = f"correct horse of {name}"
        person = await self.enter(name, password=password, create=True, **entry)
        self.record["persons"][name]["password"] = password
        return person

    async def sign_in(self, name: str) -> str:
        """Sign a user in on another client. Return the cookie of the new session."""
        entry = {"name": name, "password": self.record["persons"][name]["password"]}
        answer = await self.people.stranger().request("POST", "/api/session", entry)
        assert answer.status == 201, answer.body
        return answer.headers["Set-Cookie"].partition(";")[0]

    async def connect(self, name: str, *conversations: str) -> Socket:
        """Open a websocket for a user and join these conversations."""
        socket = self.sockets[name] = await self.persons[name].connect(join=None)
        for conversation in conversations:
            assert (await socket.ask("join", conversation=conversation))["type"] == "joined"
        return socket

    async def ask(self, user: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request that must succeed."""
        answer = await self.persons[user].request(method, path, body, **headers)
        assert answer.status < 400, (user, method, path, answer.body)
        return answer

    async def frame(self, user: str, type: str, **fields: Any) -> None:
        """Send a frame that must be acknowledged."""
        answer = await self.sockets[user].ask(type, **fields)
        assert answer["type"] == "ack", (user, type, fields, answer)

    async def say(self, user: str, label: str, text: str, conversation: str = "#ting", **fields: Any) -> str:
        """Send a message. Record its id under a label, and return it."""
        id = self.record["messages"][label] = message_id()
        await self.ask(user, "POST", f"{path_of(conversation)}/messages", {"id": id, "text": text, **fields})
        return id

    async def upload(self, user: str, name: str, data: bytes, conversation: str = "#ting") -> Any:
        """Upload a file. Record it under its name, and return it."""
        path = "/api/files?" + urlencode({"conversation": conversation, "name": name})
        file = self.record["files"][name] = (await self.ask(user, "POST", path, data)).json["file"]
        return file


def path_of(conversation: str) -> str:
    """The URL of a conversation."""
    return f"/api/conversations/{quote(conversation, safe='')}"


async def eventually(person: Person, path: str, wanted: Callable[[Answer], bool]) -> Answer:
    """Repeat a request until its answer is as wanted. Return that answer."""
    async with asyncio.timeout(EVENTUALLY_TIMEOUT_S):
        while not wanted(answer := await person.get(path)):
            await asyncio.sleep(0.05)
    return answer


def picture(kind: str, size: tuple[int, int]) -> bytes:
    """A small image in a file format."""
    into = io.BytesIO()
    Image.new("RGB", size, (250, 140, 20)).save(into, kind)
    return into.getvalue()


def animation(size: tuple[int, int]) -> bytes:
    """A small GIF of two frames."""
    into = io.BytesIO()
    first, second = (Image.new("RGB", size, colour) for colour in ((250, 140, 20), (20, 140, 250)))
    first.save(into, "GIF", save_all=True, append_images=[second], duration=100)
    return into.getvalue()


def new_message(text: str = "Hello again.") -> dict[str, Any]:
    """The fields of a message to send."""
    return {"id": message_id(), "text": text}
