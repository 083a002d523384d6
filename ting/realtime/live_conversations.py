"""The live state of conversations: the next position, the newest seq, and telling those who are here.

A conversation is in memory while somebody holds it: a subscribed connection, or an operation under way. At first
touch it continues from the database.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from ting.core import conversation_ids
from ting.core.errors import Busy, Deserted, NoSuchConversation, NotJoined
from ting.core.models import Conversation, ConversationId, Draft, Message, MessageId, Milliseconds, Person, UserId
from ting.protocol import ConversationChange, PresenceChange, encode
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.drafts import LiveDraft, TypingClient
from ting.realtime.framing import encode_frame
from ting.realtime.presence import Presence, Subscriber
from ting.store.conversations import ConversationStore
from ting.store.journal import Journal
from ting.store.messages import MessageStore
from ting.store.users import UserStore

DURABLE_WITHIN_S = 5.0

MessageListener = Callable[[ConversationId, Sequence[Message]], None]
PresenceListener = Callable[[ConversationId, Sequence[Person], Sequence[UserId]], None]


class LiveConversation:
    """One conversation, as long as it is in memory."""

    def __init__(self, stored: Conversation, head: int, last_position: int) -> None:
        self.id = stored.id
        self.members = conversation_ids.member_ids(stored.id)
        self.stored = stored
        self.read_only = False  # of a private: one of the two has left for good
        self.head = head  # moved by the journal
        self.editing = asyncio.Lock()  # held from reading a message to storing its change
        self._last_position = last_position

    def take_position(self) -> int:
        """The next place in the history. Given once, even if nothing ever stands there."""
        self._last_position += 1
        return self._last_position


class Lease:
    """A conversation for as long as a block lasts. On the path of a message: cheaper than a generator."""

    __slots__ = ("_conversation", "_conversations")

    def __init__(self, conversations: "LiveConversations", conversation: ConversationId) -> None:
        self._conversations = conversations
        self._conversation = conversation

    async def __aenter__(self) -> LiveConversation:
        return await self._conversations.acquire(self._conversation)

    async def __aexit__(self, *ending: object) -> None:
        self._conversations.release(self._conversation)


class LiveConversations:
    """All conversations that somebody holds."""

    def __init__(
        self,
        messages: MessageStore,
        conversations: ConversationStore,
        users: UserStore,
        journal: Journal,
        presence: Presence,
        drafts: DraftBroadcaster,
        *,
        presence_interval_s: float,
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._users = users
        self._journal = journal
        self._presence = presence
        self._drafts = drafts
        self._presence_interval_s = presence_interval_s
        self._live: dict[ConversationId, LiveConversation] = {}
        self._loading: dict[ConversationId, asyncio.Task[LiveConversation]] = {}
        self._holders: dict[ConversationId, int] = {}
        self._presence_timer: asyncio.TimerHandle | None = None
        self._presence_listeners: list[PresenceListener] = []
        self._message_listeners: list[MessageListener] = []
        journal.on_commit(self._broadcast_messages)

    def on_messages(self, listener: MessageListener) -> None:
        """`listener` is told of durable messages after those who are here: a conversation's, in order of seq.

        It must not raise and does not wait.
        """
        self._message_listeners.append(listener)

    def lease(self, conversation: ConversationId) -> "Lease":
        """The live conversation, for as long as an `async with` lasts. Raises `NoSuchConversation`, `Busy`."""
        return Lease(self, conversation)

    async def acquire(self, conversation: ConversationId) -> LiveConversation:
        """The live conversation, until `release`.

        Raises `NoSuchConversation` for a private with somebody who never was, `Busy` without the database.
        """
        self._holders[conversation] = self._holders.get(conversation, 0) + 1
        live = self._live.get(conversation)
        if live is not None:
            return live
        try:
            task = self._loading.get(conversation)
            if task is None:
                task = self._loading[conversation] = asyncio.create_task(self._load(conversation))
            # However many wait for it, it is loaded once; one of them giving up does not stop it for the others.
            return await asyncio.shield(task)
        except BaseException:
            self.release(conversation)
            raise

    def release(self, conversation: ConversationId) -> None:
        """The opposite of `hold`."""
        self._holders[conversation] -= 1
        if not self._holders[conversation]:
            del self._holders[conversation]
            self._live.pop(conversation, None)
            self._loading.pop(conversation, None)

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._live)

    def peek(self, conversation: ConversationId) -> LiveConversation | None:
        """The live conversation, if it is in memory, so that `hold` returns at once."""
        return self._live.get(conversation)

    def append(
        self, live: LiveConversation, message: Message, replaces: int | None = None, draft: LiveDraft | None = None
    ) -> asyncio.Future[Message]:
        """Store a message, and then tell everybody here. Raises `Busy` when too many wait to be stored.

        Whoever waits for it may give up: it is stored all the same.
        """
        stored = self._journal.append(live, message, replaces, partial(self._settled, live.id, draft))
        # Held until then, even if whoever asked gives up: loaded anew, the conversation would not know this change,
        # and give its position to another message.
        self._holders[live.id] += 1
        return stored

    def append_new(self, live: LiveConversation, message: Message) -> asyncio.Future[Message]:
        """Store a new message: at the place of its author's draft, or else at the next one. Raises `Busy`."""
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

    def inserting(self, message_id: str) -> "asyncio.Future[Message] | None":
        """A future of the message of this id that is waiting to be stored, if there is one."""
        change = self._journal.pending_insert(message_id)
        return change.stored() if change else None

    def is_anothers_draft(self, author: UserId, message_id: MessageId) -> bool:
        """Whether somebody else types a message of this id, wherever that is."""
        return self._drafts.belongs_to_other(author, message_id)

    async def wait_durable(self, live: LiveConversation, found: Iterable[Message]) -> None:
        """Return once nothing of what was read from the database can still be lost. Raises `Busy` if that takes long.

        MongoDB shows what it has applied, and that is more than what it has journaled.
        """
        newest = max((message.seq for message in found), default=0)
        try:
            async with asyncio.timeout(DURABLE_WITHIN_S):
                # What is above the head without us writing it was written, and answered for, by somebody else.
                while newest > live.head and self._journal.is_writing(live):
                    await self._journal.progress()
        except TimeoutError:
            raise Busy from None

    async def wait_all_durable(self, found: Iterable[Message]) -> None:
        """As `durable`, for messages of any conversations; of one that is not in memory, nothing waits."""
        by_conversation: dict[ConversationId, list[Message]] = {}
        for message in found:
            by_conversation.setdefault(message.conversation, []).append(message)
        for conversation, theirs in by_conversation.items():
            live = self.peek(conversation)
            if live is not None:
                await self.wait_durable(live, theirs)

    def join(self, live: LiveConversation, connection: Subscriber) -> None:
        """Subscribe a connection; from then on it holds the conversation itself."""
        if self._presence.join(live.id, connection):
            self._holders[live.id] += 1
            self._drafts.joined(live.id, connection)
            self._schedule_presence()

    def ghosts_seen_by(self, live: LiveConversation, connection: Subscriber) -> tuple[list[Draft], Draft | None]:
        """The ghosts that a connection may see now, and the draft of its own person."""
        return self._drafts.seen_by(live.id, connection)

    def draft(
        self, conversation: ConversationId, client: Subscriber, message_id: MessageId, text: str, now: Milliseconds
    ) -> None:
        """What the composer of somebody who is here holds now. Raises `NotJoined`, `Deserted`, `IdTaken`."""
        if client not in self._presence.subscribers(conversation):
            raise NotJoined
        live = self._live[conversation]  # held by this very connection
        if live.read_only:
            raise Deserted
        self._drafts.update(conversation, client, message_id, text, take_position=live.take_position, now=now)

    def leave(self, conversation: ConversationId, connection: Subscriber) -> None:
        """Unsubscribe a connection, if it is subscribed."""
        if self._presence.leave(conversation, connection):
            self._drafts.left(conversation, connection, on_purpose=True)
            self._schedule_presence()
            self.release(conversation)

    def disconnect(self, connection: Subscriber) -> None:
        """A connection is gone."""
        for conversation in self._presence.disconnect(connection):
            self._drafts.left(conversation, connection, on_purpose=False)
            self.release(conversation)
        self._schedule_presence()

    def person_changed(self, person: Person) -> None:
        """Somebody is not quite who they were: who has left for good reads nothing any more."""
        if person.former:
            for live in self._live.values():
                live.read_only |= person.id in live.members

    async def change_topic(self, live: LiveConversation, topic: str) -> None:
        """Store the topic, and tell everybody here."""
        changed = msgspec.structs.replace(live.stored, topic=topic)
        await self._conversations.put(changed)
        live.stored = changed
        self._broadcast(live.id, encode_frame(encode(ConversationChange(conversation=live.id, topic=topic))))

    def on_presence(self, watcher: PresenceListener) -> None:
        """`watcher` is told who came and who went, after those who are here. It must not raise and does not wait."""
        self._presence_listeners.append(watcher)

    def draft_as(
        self, live: LiveConversation, client: TypingClient, message_id: MessageId, text: str, now: Milliseconds
    ) -> None:
        """What somebody writes who is not connected: a plugin. Raises `IdTaken`."""
        self._drafts.update(live.id, client, message_id, text, take_position=live.take_position, now=now)

    def _settled(self, conversation: ConversationId, draft: LiveDraft | None, stored: Message | None) -> None:
        """A change is over. If a draft could not be stored, its place is kept for the next try."""
        if draft is not None:
            (self._drafts.restore if stored is None else self._drafts.finish_send)(conversation, draft)
        self.release(conversation)

    async def _load(self, conversation: ConversationId) -> LiveConversation:
        try:
            live = await self._read(conversation)
            if self._is_awaited(conversation):
                self._live[conversation] = live
            return live
        finally:
            if self._is_awaited(conversation):
                del self._loading[conversation]

    def _is_awaited(self, conversation: ConversationId) -> bool:
        """Whether anybody still wants what the current task loads. If it fails, the next one to ask tries again."""
        return self._loading.get(conversation) is asyncio.current_task()

    async def _read(self, conversation: ConversationId) -> LiveConversation:
        stored, (head, position) = await asyncio.gather(
            self._conversations.get(conversation), self._messages.last(conversation)
        )
        # Asked last, so that nobody leaves between this and being told of it (`person_changed`).
        members = conversation_ids.member_ids(conversation)
        persons = await self._users.known_persons(members) if members else {}
        if len(persons) < len(members):
            raise NoSuchConversation
        # Somebody whose connection is gone may still have a place, above all that is stored.
        live = LiveConversation(stored, head, max(position, self._drafts.last_position(conversation)))
        live.read_only = any(person.former for person in persons.values())
        return live

    def _broadcast_messages(self, messages: Sequence[Message]) -> None:
        """Tell durable messages to those who are here, in the order of their seqs: all of a turn in one piece."""
        by_conversation: dict[ConversationId, list[Message]] = {}
        for message in messages:
            by_conversation.setdefault(message.conversation, []).append(message)
        for conversation, theirs in by_conversation.items():
            self._drafts.committed(conversation, theirs)
            if self._presence.subscribers(conversation):
                self._broadcast(conversation, b"".join(encode_frame(encode(message)) for message in theirs))
            for listener in self._message_listeners:
                listener(conversation, theirs)

    def _broadcast(self, conversation: ConversationId, frames: bytes) -> None:
        for connection in self._presence.subscribers(conversation):
            connection.push(frames)

    def _schedule_presence(self) -> None:
        """Announce who came and went after an interval, however many they are."""
        if self._presence_timer is None and self._presence.has_changes:
            loop = asyncio.get_running_loop()
            self._presence_timer = loop.call_later(self._presence_interval_s, self._broadcast_presence)

    def _broadcast_presence(self) -> None:
        self._presence_timer = None
        for conversation, came, went in self._presence.drain_changes():
            change = PresenceChange(conversation=conversation, came=came, went=went)
            self._broadcast(conversation, encode_frame(encode(change)))
            for watcher in self._presence_listeners:
                watcher(conversation, came, went)
