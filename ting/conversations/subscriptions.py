"""Subscribing connections to conversations, and their drafts."""

from dataclasses import dataclass

from ting.core.clock import Clock
from ting.core.errors import Deserted, NotJoined
from ting.core.models import Conversation, ConversationId, Draft, MessageId, Person
from ting.core.text import check_draft
from ting.core.visibility import resolve_conversation
from ting.memberships.memberships import Memberships
from ting.moderation.restrictions import Restrictions
from ting.realtime.drafts import DraftInput, TypingClient
from ting.realtime.presence import Subscriber
from ting.realtime.services import RealtimeServices


@dataclass(frozen=True)
class Snapshot:
    """The live state of a conversation at the moment in which a connection subscribed."""

    conversation: Conversation
    head: int
    read: int
    people: list[Person]
    drafts: list[Draft]
    mine: Draft | None


class Subscriptions:
    """The use cases of connections: subscribe, unsubscribe, type."""

    def __init__(
        self, realtime: RealtimeServices, restrictions: Restrictions, memberships: Memberships, clock: Clock
    ) -> None:
        self._live = realtime.live
        self._presence = realtime.presence
        self._drafts = realtime.drafts
        self._restrictions = restrictions
        self._memberships = memberships
        self._clock = clock

    async def join(self, connection: Subscriber, conversation: ConversationId) -> Snapshot:
        """Subscribe a connection. The server then sends it every change after the head of the snapshot.

        Raises `BadConversation`, `NoSuchConversation`, `Kicked`, `Busy`.
        """
        user = connection.person.id
        conversation = resolve_conversation(conversation, user)
        mark = await self._memberships.read_mark(user, conversation)
        async with self._live.lease(conversation) as live:
            # No await from here on: what was broadcast before is in the snapshot, everything later is pushed.
            self._restrictions.check_join(user, live.id)
            self._live.join(live, connection)
            drafts, mine = self._drafts.seen_by(live.id, connection)
            read = live.head if mark is None else mark
            return Snapshot(live.stored, live.head, read, self._presence.people(live.id), drafts, mine)

    def leave(self, connection: Subscriber, conversation: ConversationId) -> None:
        """Unsubscribe a connection. No effect if it is not subscribed."""
        self._live.leave(resolve_conversation(conversation, connection.person.id), connection)

    def disconnect(self, connection: Subscriber) -> None:
        """Remove a closed connection from all conversations."""
        self._live.disconnect(connection)

    def draft(self, connection: Subscriber, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        """Update a connection's draft: the text in its composer changed.

        Raises `BadText` if the text is too long, `BadConversation`, `NotJoined`, `Muted`, `Kicked`, `Deserted`, and
        `IdTaken` for the id of another user's draft.
        """
        text = check_draft(text)
        conversation = resolve_conversation(conversation, connection.person.id)
        self._restrictions.check_write(connection.person.id, conversation)
        live = self._live.peek(conversation)
        if live is None or connection not in self._presence.subscribers(conversation):
            raise NotJoined
        if live.read_only:
            raise Deserted
        self._drafts.update(live.id, DraftInput(connection, message_id, text, self._clock()), live.take_position)

    async def draft_as(
        self, client: TypingClient, conversation: ConversationId, message_id: MessageId, text: str
    ) -> None:
        """Show a draft of an author without a connection, such as a plugin. Raises `BadText`, `IdTaken`, `Busy`."""
        text = check_draft(text)
        async with self._live.lease(resolve_conversation(conversation, client.person.id)) as live:
            self._drafts.update(live.id, DraftInput(client, message_id, text, self._clock()), live.take_position)
