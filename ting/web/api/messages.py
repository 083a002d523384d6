"""Messages over REST: history and changes; sending, editing and deleting, as over the websocket."""

from typing import ClassVar

from msgspec import Struct

from ting.conversations.history import Page
from ting.core.errors import BadRequest
from ting.core.models import Message, MessageId
from ting.web.handler import Access, ApiHandler
from ting.web.rate_limits import Action

MAX_SEQ = 2**53 - 1  # larger integers are not exact in JavaScript


class NewMessage(Struct):
    """The body of `POST /api/conversations/{id}/messages`."""

    id: MessageId
    text: str
    reply_to: MessageId | None = None
    file: str | None = None


class NewText(Struct):
    """The body of `PATCH /api/messages/{id}`. `seq` is that of the version that the client edited."""

    text: str
    seq: int | None = None


class MessagesHandler(ApiHandler):
    """`/api/conversations/{id}/messages`."""

    access = Access.SESSION
    rate_limited: ClassVar = {"POST": Action.SEND}

    async def get(self, conversation: str) -> None:
        """Send a page of history."""
        limit = self.number("limit", default=100, minimum=1, maximum=200) or 100
        page = await self._page(conversation, limit)
        newer = {} if page.newer is None else {"newer": page.newer}
        self.reply({"messages": page.messages, "more": page.more, **newer})

    async def _page(self, conversation: str, limit: int) -> Page:
        given = [name for name in ("before", "after", "around") if self.get_query_argument(name, None) is not None]
        if len(given) > 1:
            raise BadRequest("Only one of before, after and around can be given.", field=given[1])
        reader, history = self.user.id, self.services.conversations.history
        if "around" in given:
            return await history.around(reader, conversation, self.get_query_argument("around"), limit)
        if "after" in given:
            after = self.number("after", default=0, minimum=0, maximum=MAX_SEQ) or 0
            return await history.after(reader, conversation, after, limit)
        before = self.number("before", default=None, minimum=1, maximum=MAX_SEQ)
        return await history.before(reader, conversation, before, limit)

    async def post(self, conversation: str) -> None:
        """Send a message, or run a command, as the frame `send` does."""
        new = self.body(NewMessage)
        notices: dict[str, str] = {}
        message = await self.services.commands.dispatch(
            self.user.person,
            conversation,
            new.id,
            new.text,
            notices.__setitem__,
            reply_to=new.reply_to,
            file=new.file,
            by_program=self.current_session.program,
        )
        self.set_status(201)
        answer = ack(message) if message else {"id": new.id}
        texts = [text for text in notices.values() if text]
        self.reply({**answer, "notices": texts} if texts else answer)


class ChangesHandler(ApiHandler):
    """`/api/conversations/{id}/changes`."""

    access = Access.SESSION

    async def get(self, conversation: str) -> None:
        """List the messages that changed after a seq."""
        after = self.number("after", default=0, minimum=0, maximum=MAX_SEQ) or 0
        limit = self.number("limit", default=500, minimum=1, maximum=1000) or 500
        epoch = self.get_query_argument("epoch", None)
        history = self.services.conversations.history
        if epoch is not None:
            await history.check_cursor(self.user.id, conversation, epoch, after)
        messages, head = await history.changes(self.user.id, conversation, after, limit)
        self.reply({"messages": messages, "head": head, "epoch": history.epoch})


class MessageHandler(ApiHandler):
    """`/api/messages/{id}`."""

    access = Access.SESSION
    rate_limited: ClassVar = {"PATCH": Action.SEND, "DELETE": Action.SEND}

    async def get(self, message_id: str) -> None:
        self.reply(await self.services.conversations.history.get(self.user.id, message_id))

    async def patch(self, message_id: str) -> None:
        new = self.body(NewText)
        self.reply(
            ack(await self.services.conversations.messages.edit(self.user.person, message_id, new.text, new.seq))
        )

    async def delete(self, message_id: str) -> None:
        self.reply(ack(await self.services.conversations.messages.delete(self.user.person, message_id)))


def ack(message: Message) -> dict[str, str | int]:
    """The answer to a durable change."""
    return {"id": message.id, "seq": message.seq, "position": message.position}
