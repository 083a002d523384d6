"""Broadcasts drafts to the other users in a conversation, as far as the preferences of both sides allow.

There are two audiences in a conversation: connections that see letters, and connections that see only that a user
types. Each audience gets at most one frame per interval, encoded once, with the changes since the last one. A user who
ignores an author gets a frame without that author's draft. Authors get their own draft in a separate frame, because
they see it whatever other users may see. Letters that an author does not share are never sent to other users.
"""

import asyncio
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ting.core.errors import IdTaken
from ting.core.models import ConversationId, Draft, Message, MessageId, TypingView, UserId
from ting.protocol import DraftChange
from ting.realtime.drafts import DraftBoard, DraftInput, DraftRules, LiveDraft
from ting.realtime.drafts_by_author import DraftsByAuthor
from ting.realtime.framing import encode_event
from ting.realtime.presence import Presence, Subscriber

INTERVAL_S = 0.1

ShownDrafts = dict[MessageId, Draft]


@dataclass
class DraftRoom:
    """The drafts of one conversation, and the state of them that was broadcast last."""

    board: DraftBoard
    letters: ShownDrafts = field(default_factory=dict)
    indicators: ShownDrafts = field(default_factory=dict)
    own: dict[Subscriber, ShownDrafts] = field(default_factory=dict)
    broadcast_at: float = float("-inf")
    due: float = 0.0
    timer: asyncio.TimerHandle | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.board or self.letters or self.indicators or self.own)


class DraftBroadcaster:
    """The drafts of all conversations in which users type."""

    def __init__(
        self,
        presence: Presence,
        *,
        rules: DraftRules | None = None,
        interval_s: float = INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._presence = presence
        self._rules = rules or DraftRules()
        self._interval_s = interval_s
        self._clock = clock
        self._rooms: dict[ConversationId, DraftRoom] = {}
        # Weak: an id is removed together with its draft, for whatever reason the draft ends.
        self._by_id: weakref.WeakValueDictionary[MessageId, LiveDraft] = weakref.WeakValueDictionary()
        self._typed = DraftsByAuthor()

    def update(
        self,
        conversation: ConversationId,
        draft: DraftInput,
        take_position: Callable[[], int],
        *,
        most: int | None = None,
    ) -> None:
        """A client's composer changed. If its author then has more than `most` drafts, the oldest one is dropped.

        Raises `IdTaken` for the id of another user's draft.
        """
        author = draft.client.person.id
        if self.belongs_to_other(author, draft.id):
            raise IdTaken
        room = self._rooms.get(conversation)
        if room is None:
            room = self._rooms[conversation] = DraftRoom(DraftBoard(self._rules, self._clock))
        room.board.update(draft, take_position)
        live = room.board.draft_of(author)
        if live is not None and self._by_id.get(live.id) is not live:
            self._by_id[live.id] = live
            self._typed.add(author, conversation, live)
            if most is not None and self._typed.count(author) > most:
                self._drop_oldest(author)
        self._schedule(conversation, room)

    def belongs_to_other(self, author: UserId, message_id: MessageId) -> bool:
        """Whether another user types a draft with this id. Every user who sees the ghost knows the id."""
        draft = self._by_id.get(message_id)
        return draft is not None and draft.author.id != author

    def begin_send(self, conversation: ConversationId, author: UserId, message_id: MessageId) -> LiveDraft | None:
        """Take the draft of a message that is being sent. Its ghost stays until the message is broadcast."""
        room = self._rooms.get(conversation)
        return room.board.begin_send(author, message_id) if room else None

    def restore(self, conversation: ConversationId, draft: LiveDraft) -> None:
        """Sending failed: show the draft again."""
        room = self._rooms.setdefault(conversation, DraftRoom(DraftBoard(self._rules, self._clock)))
        room.board.restore(draft)
        self._schedule(conversation, room)

    def finish_send(self, conversation: ConversationId, draft: LiveDraft) -> None:
        """Sending succeeded. If `committed` has not dropped the draft yet, the message had been stored before."""
        room = self._rooms.get(conversation)
        if room is not None and room.board.finish_send(draft):
            self._schedule(conversation, room)

    def committed(self, conversation: ConversationId, messages: Iterable[Message]) -> None:
        """Messages were committed: drop their drafts without a broadcast. The message frame replaces the ghost."""
        room = self._rooms.get(conversation)
        if room is None:
            return
        for message in messages:
            if not message.is_new:
                continue
            room.board.committed(message.id, message.position)
            room.letters.pop(message.id, None)
            room.indicators.pop(message.id, None)
            for shown in room.own.values():
                shown.pop(message.id, None)
        self._schedule(conversation, room)

    def joined(self, conversation: ConversationId, connection: Subscriber) -> None:
        """A connection subscribed, perhaps after its user was disconnected for a moment."""
        room = self._rooms.get(conversation)
        if room is not None:
            room.board.mark_present(connection.person.id)
            self._schedule(conversation, room)

    def left(self, conversation: ConversationId, connection: Subscriber, *, on_purpose: bool) -> None:
        """A connection unsubscribed. Drop the user's draft at once if `on_purpose`, else after the grace period."""
        room = self._rooms.get(conversation)
        if room is None:
            return
        room.own.pop(connection, None)
        author = connection.person.id
        if not self._presence.user_subscribers(conversation, author):
            (room.board.drop if on_purpose else room.board.mark_absent)(author)
        self._schedule(conversation, room)

    def preferences_changed(self, user: UserId) -> None:
        """A user changed what they share or see. Their connections have the new preferences already."""
        for conversation, room in list(self._rooms.items()):
            for connection in self._presence.user_subscribers(conversation, user):
                room.board.reshare(user, connection.typing.shared)
                connection.push(self._full_state(conversation, connection))
            self._schedule(conversation, room)

    def author_changed(self, user: UserId) -> None:
        """A user has another name or avatar. Their connections have the new person already."""
        for conversation, room in self._rooms.items():
            if room.board.draft_of(user) is not None:
                self._schedule(conversation, room)

    def drop_all_of(self, user: UserId) -> None:
        """A user may no longer write: drop all their drafts and the positions of these."""
        for conversation, room in list(self._rooms.items()):
            room.board.drop(user)
            self._schedule(conversation, room)

    def __len__(self) -> int:
        """How many drafts there are."""
        return sum(len(room.board) for room in self._rooms.values())

    def last_position(self, conversation: ConversationId) -> int:
        """The highest position of a draft in a conversation that is not in memory; 0 if there is none."""
        room = self._rooms.get(conversation)
        return max((typing.position for typing in room.board.all()), default=0) if room else 0

    def seen_by(self, conversation: ConversationId, connection: Subscriber) -> tuple[list[Draft], Draft | None]:
        """What a connection may see: the ghosts of other users, and the draft of its own user.

        This is what was last broadcast to its audience, so that the next difference applies to it as well.
        """
        room = self._rooms.get(conversation)
        if room is None:
            return [], None
        me = connection.person.id
        shown: dict[TypingView, ShownDrafts] = {"letters": room.letters, "indicator": room.indicators, "nothing": {}}
        draft = room.board.draft_of(me)
        own = draft.own if draft else None
        room.own[connection] = {own.id: own} if own else {}
        unseen = connection.ignores | {me}
        return [draft for draft in shown[connection.typing.see].values() if draft.author.id not in unseen], own

    def _drop_oldest(self, author: UserId) -> None:
        conversation, draft = self._typed.pop_oldest(author)
        room = self._rooms.get(conversation)
        if room is not None and room.board.draft_of(author) is draft:  # else it is being sent
            room.board.drop(author)
            self._schedule(conversation, room)

    def _full_state(self, conversation: ConversationId, connection: Subscriber) -> bytes:
        """Everything that a connection may see. It replaces what was sent to the connection before."""
        ghosts, own = self.seen_by(conversation, connection)
        frames = _frame(conversation, ghosts, complete=True)
        return frames + _frame(conversation, [own] if own else [], mine=True, complete=True)

    def _schedule(self, conversation: ConversationId, room: DraftRoom) -> None:
        """Broadcast what changed as soon as the interval allows."""
        due = max(room.broadcast_at + self._interval_s, self._clock())
        self._schedule_at(conversation, room, due)

    def _schedule_at(self, conversation: ConversationId, room: DraftRoom, moment: float) -> None:
        if room.timer is not None:
            if room.due <= moment:
                return
            room.timer.cancel()
        room.due = moment
        delay_s = max(0.0, moment - self._clock())
        room.timer = asyncio.get_running_loop().call_later(delay_s, self._broadcast, conversation)

    def flush_now(self, conversation: ConversationId) -> None:
        """Broadcast the pending changes now. For tests, which set the clock themselves."""
        room = self._rooms.get(conversation)
        if room is not None:
            if room.timer is not None:
                room.timer.cancel()
            self._broadcast(conversation)

    def _broadcast(self, conversation: ConversationId) -> None:
        """Broadcast what changed in a conversation."""
        room = self._rooms[conversation]
        room.board.sweep()
        room.broadcast_at, room.timer = self._clock(), None
        letters = room.board.visible(self._presence.count(conversation))
        indicators = _without_letters(letters)
        changes: dict[TypingView, list[Draft]] = {
            "letters": _difference(room.letters, letters),
            "indicator": _difference(room.indicators, indicators),
            "nothing": [],
        }
        room.letters, room.indicators = letters, indicators
        self._broadcast_to_audiences(conversation, changes)
        self._broadcast_to_authors(conversation, room)
        self._schedule_next(conversation, room)

    def _broadcast_to_audiences(self, conversation: ConversationId, changes: dict[TypingView, list[Draft]]) -> None:
        """Send each audience the changes. Users who ignore an author get the changes of the other authors."""
        frames = {see: _frame(conversation, drafts) for see, drafts in changes.items()}
        authors = {draft.author.id for drafts in changes.values() for draft in drafts}
        for connection in self._presence.subscribers(conversation):
            see = connection.typing.see
            frame = frames[see]
            if connection.ignores and not connection.ignores.isdisjoint(authors):
                visible = [draft for draft in changes[see] if draft.author.id not in connection.ignores]
                frame = _frame(conversation, visible)
            if frame:
                connection.push_coalesced(conversation, frame, self._full_state)

    def _broadcast_to_authors(self, conversation: ConversationId, room: DraftRoom) -> None:
        """Send authors the positions of their own drafts, and the text to their other clients."""
        now: dict[Subscriber, ShownDrafts] = {}
        for draft in room.board.all():
            for connection in self._presence.user_subscribers(conversation, draft.author.id):
                text = "" if connection is draft.client else draft.text
                now.setdefault(connection, {})[draft.id] = Draft(draft.id, draft.author, draft.position, text)
        for connection in {**room.own, **now}:
            changes = _difference(room.own.get(connection, {}), now.get(connection, {}))
            if changes:
                connection.push_coalesced(conversation, _frame(conversation, changes, mine=True), self._full_state)
        room.own = now

    def _schedule_next(self, conversation: ConversationId, room: DraftRoom) -> None:
        """Schedule a broadcast for the next change that depends on time alone, or remove the empty room."""
        if room.is_empty:
            del self._rooms[conversation]
            return
        moment = room.board.next_change()
        if moment is not None:
            self._schedule_at(conversation, room, max(moment, room.broadcast_at + self._interval_s))


def _frame(conversation: ConversationId, drafts: list[Draft], *, mine: bool = False, complete: bool = False) -> bytes:
    """A frame with these drafts; empty where there is nothing to send."""
    if not drafts and not complete:
        return b""
    return encode_event(DraftChange(conversation=conversation, drafts=drafts, mine=mine, all=complete))


def _difference(before: ShownDrafts, after: ShownDrafts) -> list[Draft]:
    """The changes from `before` to `after`. A draft with the text None was removed."""
    gone = [Draft(draft.id, draft.author, draft.position, None) for key, draft in before.items() if key not in after]
    return gone + [draft for key, draft in after.items() if before.get(key) != draft]


def _without_letters(ghosts: ShownDrafts) -> ShownDrafts:
    return {key: Draft(draft.id, draft.author, draft.position, "") for key, draft in ghosts.items()}
