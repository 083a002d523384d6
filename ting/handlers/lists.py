"""One's own list of conversations."""

from msgspec import Struct

from ting.handlers.base import Access, ApiHandler
from ting.memberships import MOST_LISTED, Choices
from ting.models import Notify


class NewPrivate(Struct):
    """The body of `POST /api/conversations`: the name of whom to talk to."""

    user: str


class Change(Struct):
    """The body of `PATCH /api/conversations/{id}`; what is left out stays as it is."""

    pinned: bool | None = None
    notify: Notify | None = None


class ListHandler(ApiHandler):
    """`/api/conversations`."""

    access = Access.SESSION

    async def get(self) -> None:
        """All of it, the most recently active first."""
        self.reply({"conversations": await self.parts.memberships.list(self.user.id), "limit": MOST_LISTED})

    async def post(self) -> None:
        """The private with somebody."""
        entry = await self.parts.memberships.open(self.user.id, self.body(NewPrivate).user)
        self.set_status(201)
        self.reply(entry)


class EntryHandler(ApiHandler):
    """`/api/conversations/{id}`."""

    access = Access.SESSION

    async def patch(self, conversation: str) -> None:
        """Pin it, or say of what to be notified."""
        change = self.body(Change)
        self.reply(
            await self.parts.memberships.choose(self.user.id, conversation, Choices(change.pinned, change.notify))
        )

    async def delete(self, conversation: str) -> None:
        """Off the list."""
        await self.parts.memberships.remove(self.user.id, conversation)
        self.set_status(204)
        self.finish()
