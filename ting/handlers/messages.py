"""Messages over REST: history, catching up, and what the websocket can do as well."""

from typing import ClassVar

from msgspec import Struct

from ting.gate import Deed
from ting.handlers.base import Access, ApiHandler
from ting.models import Message, MessageId

LARGEST_NUMBER = 2**53 - 1  # what a JSON client can count to


class NewMessage(Struct):
    """The body of `POST /api/conversations/{id}/messages`."""

    id: MessageId
    text: str
    reply_to: MessageId | None = None


class NewText(Struct):
    """The body of `PATCH /api/messages/{id}`; `seq` is that of the version that was changed."""

    text: str
    seq: int | None = None


class MessagesHandler(ApiHandler):
    """`/api/conversations/{id}/messages`."""

    access = Access.SESSION
    deeds: ClassVar = {"POST": Deed.SEND}

    async def get(self, conversation: str) -> None:
        """A page of history."""
        before = self.number("before", default=None, least=1, most=LARGEST_NUMBER)
        limit = self.number("limit", default=100, least=1, most=200) or 100
        messages, more = await self.parts.reading.history(self.user.id, conversation, before, limit)
        self.reply({"messages": messages, "more": more})

    async def post(self, conversation: str) -> None:
        """The same as a `send` frame."""
        new = self.body(NewMessage)
        told: list[str] = []
        message = await self.parts.commands.submit(
            self.user.person, conversation, new.id, new.text, told.append, reply_to=new.reply_to
        )
        self.set_status(201)
        answer = stored_as(message) if message else {"id": new.id}
        self.reply({**answer, "notices": told} if told else answer)


class ChangesHandler(ApiHandler):
    """`/api/conversations/{id}/changes`."""

    access = Access.SESSION

    async def get(self, conversation: str) -> None:
        """What changed after a seq."""
        after = self.number("after", default=0, least=0, most=LARGEST_NUMBER) or 0
        limit = self.number("limit", default=500, least=1, most=1000) or 500
        messages, head = await self.parts.reading.changes(self.user.id, conversation, after, limit)
        self.reply({"messages": messages, "head": head})


class MessageHandler(ApiHandler):
    """`/api/messages/{id}`."""

    access = Access.SESSION
    deeds: ClassVar = {"PATCH": Deed.SEND, "DELETE": Deed.SEND}

    async def get(self, message_id: str) -> None:
        self.reply(await self.parts.reading.message(self.user.id, message_id))

    async def patch(self, message_id: str) -> None:
        new = self.body(NewText)
        self.reply(stored_as(await self.parts.chat.edit(self.user.person, message_id, new.text, new.seq)))

    async def delete(self, message_id: str) -> None:
        self.reply(stored_as(await self.parts.chat.delete(self.user.person, message_id)))


def stored_as(message: Message) -> dict[str, str | int]:
    """The answer to a change: under which numbers it is durable."""
    return {"id": message.id, "seq": message.seq, "position": message.position}
