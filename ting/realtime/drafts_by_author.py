"""Which drafts each author has, in all conversations, the oldest first.

It holds no draft alive: a draft is gone from here when its conversation has dropped it, for whatever reason.
"""

import weakref

from ting.core.models import ConversationId, UserId
from ting.realtime.drafts import LiveDraft

FORGET_EVERY = 1_000  # authors; those without drafts are then forgotten


class DraftsByAuthor:
    """The drafts by author."""

    def __init__(self) -> None:
        self._drafts: dict[UserId, list[tuple[ConversationId, weakref.ref[LiveDraft]]]] = {}
        self._forget_at = FORGET_EVERY

    def __len__(self) -> int:
        """The number of authors that are remembered."""
        return len(self._drafts)

    def add(self, author: UserId, conversation: ConversationId, draft: LiveDraft) -> None:
        """Add a new draft."""
        self._drafts[author] = [*self._alive(author), (conversation, weakref.ref(draft))]
        if len(self._drafts) > self._forget_at:
            self._drafts = {author: alive for author in self._drafts if (alive := self._alive(author))}
            self._forget_at = max(FORGET_EVERY, 2 * len(self._drafts))

    def count(self, author: UserId) -> int:
        """How many drafts an author had when the last one was added."""
        return len(self._drafts.get(author, ()))

    def pop_oldest(self, author: UserId) -> tuple[ConversationId, LiveDraft | None]:
        """Remove and return the oldest draft of an author who has one."""
        conversation, reference = self._drafts[author].pop(0)
        return conversation, reference()

    def _alive(self, author: UserId) -> list[tuple[ConversationId, weakref.ref[LiveDraft]]]:
        return [(conversation, draft) for conversation, draft in self._drafts.get(author, ()) if draft() is not None]
