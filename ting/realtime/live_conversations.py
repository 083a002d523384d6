"""Open conversations: the next position, the newest seq, and broadcasting to the subscribed connections.

A conversation is in memory while something holds it: a subscribed connection, or an operation in progress. When it is
loaded, it continues from the database.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from ting.core.conversation_ids import Lookalikes, is_channel, member_ids
from ting.core.errors import Busy, NoSuchConversation, SimilarChannel
from ting.core.held_cache import HeldCache, Lease
from ting.core.models import Conversation, ConversationId, Message, Person, UserId
from ting.protocol import ConversationChange, PresenceChange
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.drafts import LiveDraft
from ting.realtime.framing import broadcast
from ting.realtime.presence import Presence, Subscriber
from ting.store.journal import Journal
from ting.store.stores import Stores

DURABLE_WITHIN_S = 5.0
MAX_WRITTEN_CHANNELS = 1_000  # far more than begin between two flushes of the names of channels

MessageListener = Callable[[ConversationId, Sequence[Message]], None]
PresenceListener = Callable[[ConversationId, Sequence[Person], Sequence[UserId]], None]


class LiveConversation:
    """One conversation, while it is in memory."""

    def __init__(self, stored: Conversation, head: int, last_position: int) -> None:
        self.id = stored.id
        self.members = member_ids(stored.id)
        self.stored = stored
        self.read_only = False  # a direct conversation of which one member deleted their account
        self.head = head  # advanced by the journal
        self._last_position = last_position

    def take_position(self) -> int:
        """The next position in the history. No position is returned twice, even if no message is ever stored there."""
        self._last_position += 1
        return self._last_position


class LiveConversations:
    """All conversations that are in memory."""

    def __init__(
        self, stores: Stores, journal: Journal, presence: Presence, drafts: DraftBroadcaster, presence_interval_s: float
    ) -> None:
        self._conversations = stores.conversations
        self._messages = stores.messages
        self._users = stores.users
        self._journal = journal
        self._presence = presence
        self._drafts = drafts
        self._presence_interval_s = presence_interval_s
        self._live: HeldCache[ConversationId, LiveConversation] = HeldCache(self._read, on_dropped=self._dropped)
        # Names of channels that may not be stored yet: channels in memory, and channels that were in memory before.
        self._new_channels: dict[ConversationId, Lookalikes] = {}
        self._written_channels: dict[ConversationId, Lookalikes] = {}
        self._presence_timer: asyncio.TimerHandle | None = None
        self._presence_listeners: list[PresenceListener] = []
        self._message_listeners: list[MessageListener] = []
        journal.on_commit(self._broadcast_messages)

    def on_messages(self, listener: MessageListener) -> None:
        """Call `listener` with durable messages of a conversation in order of seq, after they were broadcast.

        It must not raise and does not wait.
        """
        self._message_listeners.append(listener)

    def on_presence(self, listener: PresenceListener) -> None:
        """Call `listener` with the users who joined and who left, after that was broadcast.

        It must not raise and does not wait.
        """
        self._presence_listeners.append(listener)

    def __len__(self) -> int:
        """How many conversations are in memory."""
        return len(self._live)

    @property
    def ids(self) -> set[ConversationId]:
        """The ids of the conversations in memory."""
        return {live.id for live in self._live.values}

    def lease(self, conversation: ConversationId) -> Lease[ConversationId, LiveConversation]:
        """The live conversation, for as long as an `async with` block lasts.

        Raises `NoSuchConversation` for a direct conversation with a user who never existed, `SimilarChannel` for a new
        channel whose name looks like that of another one, and `Busy`.
        """
        return self._live.lease(conversation)

    async def acquire(self, conversation: ConversationId) -> LiveConversation:
        """Like `lease`, but held until `release`."""
        return await self._live.acquire(conversation)

    def release(self, conversation: ConversationId) -> None:
        """Release a conversation that `acquire` holds."""
        self._live.release(conversation)

    def peek(self, conversation: ConversationId) -> LiveConversation | None:
        """The live conversation, if it is in memory."""
        return self._live.peek(conversation)

    def append(
        self, live: LiveConversation, message: Message, replaces: int | None = None, draft: LiveDraft | None = None
    ) -> asyncio.Future[Message]:
        """Store a message, then broadcast it. Raises `Busy` if too many messages wait to be stored.

        Cancelling the future does not cancel the write: the message is stored nevertheless.
        """
        stored = self._journal.append(live, message, replaces, partial(self._settled, live.id, draft))
        # Held until it is stored, even if the caller is cancelled. A conversation that is loaded again would not
        # contain this message, and would assign its position to another one.
        self._live.hold(live.id)
        return stored

    def append_new(self, live: LiveConversation, message: Message) -> asyncio.Future[Message]:
        """Store a new message at the position of its author's draft, or else at the next one. Raises `Busy`."""
        draft = self._drafts.begin_send(live.id, message.author.id, message.id)
        position = draft.position if draft else live.take_position()
        started = draft.started if draft else message.started
        try:
            placed = msgspec.structs.replace(message, position=position, started=started)
            return self.append(live, placed, draft=draft)
        except Busy:
            if draft is not None:
                self._drafts.restore(live.id, draft)
            raise

    async def wait_durable(self, live: LiveConversation, found: Iterable[Message]) -> None:
        """Return once these messages from the database are durable. Raises `Busy` if that takes long.

        MongoDB returns what it has applied, which is more than what it has journaled.
        """
        newest = max((message.seq for message in found), default=0)
        try:
            async with asyncio.timeout(DURABLE_WITHIN_S):
                # A seq above the head that this process is not writing was written, and confirmed, by another process.
                while newest > live.head and self._journal.is_writing(live):
                    await self._journal.progress()
        except TimeoutError:
            raise Busy from None

    async def wait_all_durable(self, found: Iterable[Message]) -> None:
        """Like `wait_durable`, for any conversations. One that is not in memory has no message waiting to be stored."""
        by_conversation: dict[ConversationId, list[Message]] = {}
        for message in found:
            by_conversation.setdefault(message.conversation, []).append(message)
        for conversation, messages in by_conversation.items():
            live = self.peek(conversation)
            if live is not None:
                await self.wait_durable(live, messages)

    def join(self, live: LiveConversation, connection: Subscriber) -> None:
        """Subscribe a connection. While it is subscribed, it holds the conversation."""
        if self._presence.join(live.id, connection):
            self._live.hold(live.id)
            self._drafts.joined(live.id, connection)
            self._schedule_presence()

    def leave(self, conversation: ConversationId, connection: Subscriber) -> None:
        """Unsubscribe a connection, if it is subscribed."""
        if self._presence.leave(conversation, connection):
            self._drafts.left(conversation, connection, on_purpose=True)
            self._schedule_presence()
            self._live.release(conversation)

    def disconnect(self, connection: Subscriber) -> None:
        """A connection closed: unsubscribe it from all its conversations."""
        for conversation in self._presence.disconnect(connection):
            self._drafts.left(conversation, connection, on_purpose=False)
            self._live.release(conversation)
        self._schedule_presence()

    def person_changed(self, person: Person) -> None:
        """A user changed: the direct conversations of a deleted user become read-only."""
        if person.former:
            for live in self._live.values:
                live.read_only |= person.id in live.members

    async def change_topic(self, live: LiveConversation, topic: str) -> None:
        """Store the topic, then broadcast it."""
        changed = msgspec.structs.replace(live.stored, topic=topic)
        await self._conversations.put(changed)
        live.stored = changed
        broadcast(self._presence.subscribers(live.id), ConversationChange(conversation=live.id, topic=topic))

    def _settled(self, conversation: ConversationId, draft: LiveDraft | None, stored: Message | None) -> None:
        """A message was stored, or storing it failed. If it failed, the draft keeps its position for the next try."""
        if draft is not None:
            (self._drafts.restore if stored is None else self._drafts.finish_send)(conversation, draft)
        self._live.release(conversation)

    async def _read(self, conversation: ConversationId) -> LiveConversation:
        stored, (head, position) = await asyncio.gather(
            self._conversations.get(conversation), self._messages.last(conversation)
        )
        if is_channel(conversation) and head == 0:
            await self._check_new_channel(conversation)
        # Read last, so that no account is deleted between this read and being reached by `person_changed`.
        members = member_ids(conversation)
        persons = await self._users.known_persons(members) if members else {}
        if len(persons) < len(members):
            raise NoSuchConversation
        # A user whose connection closed may still have a draft, at a position above all stored messages.
        live = LiveConversation(stored, head, max(position, self._drafts.last_position(conversation)))
        live.read_only = any(person.former for person in persons.values())
        return live

    async def _check_new_channel(self, channel: ConversationId) -> None:
        """Raise `SimilarChannel` if the name of a channel without messages looks like that of another channel.

        The last check does not wait, so of two new names that look alike, only the first one is loaded.
        """
        names = Lookalikes(channel)
        stored = await self._conversations.lookalike(names)
        loaded = [new for new in self._new_channels.values() if self._live.is_held(new.id)]
        in_memory = (new.id for new in (*loaded, *self._written_channels.values()) if names.include(new))
        other = stored or next(in_memory, None)
        if other is not None:
            raise SimilarChannel(f"This name looks like {other}, which is another channel.", conversation=other)
        self._new_channels = {new.id: new for new in (*loaded, names)}

    def _dropped(self, live: LiveConversation) -> None:
        """Free the name of a new channel, unless a message was stored in it."""
        names = self._new_channels.pop(live.id, None)
        if names is not None and live.head > 0:
            self._written_channels[live.id] = names
            if len(self._written_channels) > MAX_WRITTEN_CHANNELS:
                del self._written_channels[next(iter(self._written_channels))]

    def _broadcast_messages(self, messages: Sequence[Message]) -> None:
        """Broadcast messages that are durable now, in order of seq; those of one turn of the event loop together."""
        by_conversation: dict[ConversationId, list[Message]] = {}
        for message in messages:
            by_conversation.setdefault(message.conversation, []).append(message)
        for conversation, committed in by_conversation.items():
            self._drafts.committed(conversation, committed)
            broadcast(self._presence.subscribers(conversation), *committed)
            for listener in self._message_listeners:
                listener(conversation, committed)

    def _schedule_presence(self) -> None:
        """Broadcast the users who joined and left, once per interval, however many they are."""
        if self._presence_timer is None and self._presence.changed_conversations:
            loop = asyncio.get_running_loop()
            self._presence_timer = loop.call_later(self._presence_interval_s, self._broadcast_presence)

    def _broadcast_presence(self) -> None:
        self._presence_timer = None
        for conversation, came, went in self._presence.drain_changes():
            change = PresenceChange(conversation=conversation, came=came, went=went)
            broadcast(self._presence.subscribers(conversation), change)
            for listener in self._presence_listeners:
                listener(conversation, came, went)
