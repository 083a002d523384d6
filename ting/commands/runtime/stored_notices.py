"""Replies of tasks and event handlers. A user who is not connected gets them when they come back.

They are stored like the values of a plugin, under the id of the user: they are in the user's export, and are deleted
with the account.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from ting.commands.ports import Services
from ting.core.errors import Refused
from ting.core.models import PLUGIN_USER_PREFIX, ConversationId, Milliseconds, Person, UserId

OWNER = "ting.notices"  # no plugin can have this name
KEPT = timedelta(days=30)
MAX_KEPT = 50  # for one user
PAGE = 500

logger = logging.getLogger(__name__)


class StoredNotice(msgspec.Struct, frozen=True):
    """A notice that its user has not seen yet."""

    conversation: ConversationId
    text: str
    at: Milliseconds


class StoredNotices:
    """Shows notices, now or when their users come back."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: set[UserId] = set()  # the users with stored notices
        self._deliveries: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Find the users with stored notices. Raises `Busy`."""
        after = ""
        while True:
            page = await self._services.values.page(OWNER, "", after, PAGE, self._services.clock.now())
            self._waiting.update(key.partition(" ")[0] for key, _ in page)
            if len(page) < PAGE:
                return
            after = page[-1][0]

    def for_user(
        self, plugin: str, person: Person, conversation: ConversationId
    ) -> Callable[[str, str], Coroutine[Any, Any, None]]:
        """The function that shows a notice of a plugin (its id and text) to a user."""
        return partial(self._show, plugin, person, conversation)

    def joined(self, conversation: ConversationId, persons: Iterable[Person]) -> None:
        """Users came to a conversation: show the notices that wait for them, in the background."""
        for person in persons:
            if person.id in self._waiting:
                self._waiting.discard(person.id)
                task = asyncio.get_running_loop().create_task(self._deliver(person.id, conversation))
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)

    async def settle(self) -> None:
        """Wait until no delivery is in progress."""
        await asyncio.gather(*self._deliveries)

    async def stop(self) -> None:
        """End the deliveries. What they have not shown stays stored."""
        for task in self._deliveries:
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _show(self, plugin: str, person: Person, conversation: ConversationId, notice_id: str, text: str) -> None:
        """Show a notice, or store it if the user is not connected. An empty text removes it. Raises `Busy`."""
        key = f"{person.id} {notice_id}"
        values, now = self._services.values, self._services.clock.now()
        if person.id.startswith(PLUGIN_USER_PREFIX):
            logger.warning("Plugin %s: a reply to %s, which is a plugin, was dropped", plugin, person.name)
        elif self._services.messaging.notify(person.id, conversation, notice_id, text) or not text:
            if person.id in self._waiting:  # this notice may be stored
                await values.remove(OWNER, key, now)
        elif person.name and await self._has_room(plugin, person.id, key):  # the account is not deleted
            notice = msgspec.json.encode(StoredNotice(conversation, text, now))
            await values.put(OWNER, key, notice, now + int(KEPT.total_seconds() * 1000), now)
            self._waiting.add(person.id)
            if self._services.people.is_online(person.id):  # since the notice could not be shown
                self.joined(conversation, [person])

    async def _has_room(self, plugin: str, user: UserId, key: str) -> bool:
        stored = await self._services.values.page(OWNER, f"{user} ", "", MAX_KEPT, self._services.clock.now())
        if len(stored) < MAX_KEPT or key in dict(stored):
            return True
        logger.warning("Plugin %s: a reply was dropped, since %d others wait for its user", plugin, MAX_KEPT)
        return False

    async def _deliver(self, user: UserId, conversation: ConversationId) -> None:
        try:
            await self._show_stored(user, conversation)
        except Refused as refused:
            self._waiting.add(user)
            logger.warning("Stored replies of plugins could not be shown: %s", refused.message)

    async def _show_stored(self, user: UserId, conversation: ConversationId) -> None:
        values, now = self._services.values, self._services.clock.now()
        stored = await values.page(OWNER, f"{user} ", "", MAX_KEPT, now)
        notices = [(key, notice) for key, value in stored if (notice := _decoded(value)) is not None]
        for key, notice in sorted(notices, key=lambda pair: pair[1].at):
            _, _, notice_id = key.partition(" ")
            if not self._services.messaging.notify(user, notice.conversation or conversation, notice_id, notice.text):
                self._waiting.add(user)
                return
            await values.remove(OWNER, key, now)


def _decoded(value: bytes | int) -> StoredNotice | None:
    """A stored notice; None if it cannot be read, so that the others are shown."""
    try:
        return msgspec.json.decode(value, type=StoredNotice) if isinstance(value, bytes) else None
    except msgspec.MsgspecError:
        return None
