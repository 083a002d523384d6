"""Removes direct conversations of which nothing is left but deleted messages of a deleted account.

The other member keeps a conversation as long as it has a message.
"""

import asyncio

from ting.core.conversation_ids import member_ids
from ting.core.errors import Busy
from ting.core.models import ConversationId, UserId
from ting.memberships.memberships import Memberships
from ting.store.stores import Stores

INDEXED_WITHIN_S = 10.0
CHECK_EVERY_S = 0.1


class Leftovers:
    """The direct conversations of deleted accounts."""

    def __init__(self, stores: Stores, memberships: Memberships) -> None:
        self._messages = stores.messages
        self._stored_memberships = stores.memberships
        self._index = stores.search_index
        self._memberships = memberships

    async def remove_all_of(self, user: UserId) -> None:
        """Remove the empty direct conversations of a user whose messages were deleted. Safe to repeat.

        Raises `Busy`.
        """
        for store in (self._messages, self._stored_memberships, self._index):
            for conversation in await store.direct_conversations(user):
                if await self._messages.is_empty(conversation):
                    await self._remove(conversation, user)

    async def _remove(self, conversation: ConversationId, user: UserId) -> None:
        await self._wait_until_indexed(conversation)
        for member in member_ids(conversation):
            if member != user:
                await self._memberships.forget(member, conversation)
        await self._messages.delete_tombstones(conversation)
        await self._index.forget(conversation)

    async def _wait_until_indexed(self, conversation: ConversationId) -> None:
        """Wait until the index has no words of the deleted messages any more. Raises `Busy` after a while."""
        head, _ = await self._messages.last(conversation)
        try:
            async with asyncio.timeout(INDEXED_WITHIN_S):
                while await self._index.indexed(conversation) < head:  # noqa: ASYNC110 - it is in the database
                    await asyncio.sleep(CHECK_EVERY_S)
        except TimeoutError:
            raise Busy("The search index is behind.") from None
