"""The users of one server, and a record of their secrets and of the ids of what they made."""

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
PATIENCE_S = 20.0


class Users:
    """Clients by the names of their users. The record is kept with the database, so that a test can go on from it."""

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
        """Register a user who has a password."""
        password = f"correct horse of {name}"
        person = await self.enter(name, password=password, create=True, **entry)
        self.record["persons"][name]["password"] = password
        return person

    async def sign_in(self, name: str) -> str:
        """The cookie of another session of a user."""
        entry = {"name": name, "password": self.record["persons"][name]["password"]}
        answer = await self.people.stranger().request("POST", "/api/session", entry)
        assert answer.status == 201, answer.body
        return answer.headers["Set-Cookie"].partition(";")[0]

    async def connect(self, name: str, *conversations: str) -> Socket:
        """Open the websocket of a user, in these conversations."""
        socket = self.sockets[name] = await self.persons[name].connect(join=None)
        for conversation in conversations:
            assert (await socket.ask("join", conversation=conversation))["type"] == "joined"
        return socket

    async def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request that succeeds."""
        answer = await self.persons[who].request(method, path, body, **headers)
        assert answer.status < 400, (who, method, path, answer.body)
        return answer

    async def frame(self, who: str, type: str, **fields: Any) -> None:
        """Send a frame that is acknowledged."""
        answer = await self.sockets[who].ask(type, **fields)
        assert answer["type"] == "ack", (who, type, fields, answer)

    async def say(self, who: str, label: str, text: str, conversation: str = "#ting", **fields: Any) -> str:
        """Send a message; its id, which is recorded under a label."""
        id = self.record["messages"][label] = message_id()
        await self.ask(who, "POST", f"{path_of(conversation)}/messages", {"id": id, "text": text, **fields})
        return id

    async def upload(self, who: str, name: str, data: bytes, conversation: str = "#ting") -> Any:
        """Upload a file, which is recorded under its name."""
        path = "/api/files?" + urlencode({"conversation": conversation, "name": name})
        file = self.record["files"][name] = (await self.ask(who, "POST", path, data)).json["file"]
        return file


def path_of(conversation: str) -> str:
    """The URL of a conversation."""
    return f"/api/conversations/{quote(conversation, safe='')}"


async def eventually(person: Person, path: str, wanted: Callable[[Answer], bool]) -> Answer:
    """The first wanted answer to a request that is repeated until then."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted(answer := await person.get(path)):
            await asyncio.sleep(0.05)
    return answer


def picture(kind: str, size: tuple[int, int]) -> bytes:
    """A small picture in a file format."""
    into = io.BytesIO()
    Image.new("RGB", size, (250, 140, 20)).save(into, kind)
    return into.getvalue()


def new_message(text: str = "Hello again.") -> dict[str, Any]:
    """The fields of a message that is sent."""
    return {"id": message_id(), "text": text}
