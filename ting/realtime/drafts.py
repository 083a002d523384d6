"""The drafts of one conversation: which user types what, at which position. Only the rules are here.

Synchronous and in memory only. The clock is a parameter (seconds, monotonic), so that tests need not wait.
`draft_broadcast.py` sends drafts to other users.

Prior art: XEP-0301 (In-Band Real Time Text) and RFC 4103 send edits, and repair them when some are lost. Here every
update contains the whole text, so the latest one is always right.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct

from ting.core.models import Draft, MessageId, Milliseconds, Person, TypingPreferences, TypingView, UserId

REMEMBERED_IDS = 100


@dataclass(frozen=True)
class DraftRules:
    """When a ghost is hidden, when a draft loses its position, and when letters are shown."""

    hidden_after_s: float = 30.0
    lost_after_s: float = 120.0
    lost_after_messages: int = 50
    grace_s: float = 3.0
    paste_chars: int = 200
    most_with_letters: int = 5
    most_people_for_letters: int = 100


class TypingClient(Protocol):
    """The client that a draft is typed in: a connection, or a plugin."""

    @property
    def person(self) -> Person: ...

    @property
    def typing(self) -> TypingPreferences: ...


class DraftInput(Struct, frozen=True):
    """What a client's composer holds: the `text` of the draft `id`. `at` is the time of day."""

    client: TypingClient
    id: MessageId
    text: str
    at: Milliseconds


@dataclass(slots=True, weakref_slot=True)
class LiveDraft:
    """A draft as it is now. `client` is the one that updated it last."""

    id: MessageId
    position: int
    share: TypingView
    client: TypingClient
    updated: float
    started: Milliseconds
    text: str = ""
    held_back: bool = False
    later_messages: int = 0
    absent_since: float | None = None

    @property
    def author(self) -> Person:
        """The author, with their present name and avatar."""
        return self.client.person

    @property
    def own(self) -> Draft:
        """The draft as the author sees it in their other clients."""
        return Draft(self.id, self.author, self.position, self.text)


class DraftBoard:
    """At most one draft per user."""

    def __init__(self, rules: DraftRules, clock: Callable[[], float]) -> None:
        self._rules = rules
        self._clock = clock
        self._by_author: dict[UserId, LiveDraft] = {}
        # Sent, but not committed yet: other users still see the ghosts.
        self._sending: dict[MessageId, LiveDraft] = {}
        # A draft frame that arrives after its message was committed must not create a ghost.
        self._committed: OrderedDict[MessageId, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_author) + len(self._sending)

    def update(self, entered: DraftInput, take_position: Callable[[], int]) -> None:
        """A client's composer changed. The first text of a draft takes the next position."""
        client, text = entered.client, entered.text
        author, share = client.person, client.typing.shared
        draft = self._by_author.get(author.id)
        same = draft is not None and draft.id == entered.id
        if entered.id in self._committed or entered.id in self._sending:
            return
        if not text or text.startswith("/") or share == "nothing":
            # A reserved position without a ghost would surprise readers: a message would appear above read ones.
            if same:
                del self._by_author[author.id]
            return
        if draft is None or not same:
            draft = LiveDraft(entered.id, take_position(), share, client, self._clock(), entered.at)
            self._by_author[author.id] = draft
        self._set_text(draft, text)
        draft.share, draft.client = share, client
        draft.updated, draft.absent_since = self._clock(), None

    def begin_send(self, author: UserId, message_id: MessageId) -> LiveDraft | None:
        """Take the draft of a message that is being sent; its author may begin another. None if there is none."""
        draft = self._by_author.get(author)
        if draft is None or draft.id != message_id:
            return None
        del self._by_author[author]
        self._sending[message_id] = draft
        return draft

    def finish_send(self, draft: LiveDraft) -> bool:
        """Sending succeeded. Return whether the draft still had a ghost."""
        return self._sending.pop(draft.id, None) is not None

    def restore(self, draft: LiveDraft) -> None:
        """Sending failed: the draft keeps its position, unless its author has begun another."""
        if self._sending.pop(draft.id, None) is not None:
            self._by_author.setdefault(draft.author.id, draft)

    def drop(self, author: UserId) -> None:
        """A user left, or no longer shares what they type."""
        self._by_author.pop(author, None)

    def mark_absent(self, author: UserId) -> None:
        """The last connection of a user closed. The user may reconnect within the grace period."""
        draft = self._by_author.get(author)
        if draft is not None:
            draft.absent_since = self._clock()

    def mark_present(self, author: UserId) -> None:
        """A user reconnected."""
        draft = self._by_author.get(author)
        if draft is not None:
            draft.absent_since = None

    def reshare(self, author: UserId, share: TypingView) -> None:
        """A user changed what others may see of their typing."""
        if share == "nothing":
            self.drop(author)
        elif author in self._by_author:
            self._by_author[author].share = share

    def committed(self, message_id: MessageId, position: int) -> None:
        """A new message was committed at this position."""
        self._sending.pop(message_id, None)
        self._committed[message_id] = None
        if len(self._committed) > REMEMBERED_IDS:
            self._committed.popitem(last=False)
        for author, draft in list(self._by_author.items()):
            draft.later_messages += position > draft.position
            if draft.id == message_id or draft.later_messages >= self._rules.lost_after_messages:
                del self._by_author[author]

    def sweep(self) -> None:
        """Drop the drafts that have expired."""
        now, rules = self._clock(), self._rules
        for author, draft in list(self._by_author.items()):
            silent = now - draft.updated >= rules.lost_after_s
            gone = draft.absent_since is not None and now - draft.absent_since >= rules.grace_s
            if silent or gone:
                del self._by_author[author]

    def next_change(self) -> float | None:
        """When the result of `sweep` or `visible` changes next if no user does anything; None if it never does."""
        return min((moment for typing in self.all() for moment in self._moments(typing)), default=None)

    def visible(self, people_here: int) -> dict[MessageId, Draft]:
        """The drafts that other users may see, by ascending position: those not hidden, the first ones with letters."""
        now = self._clock()
        shown = [draft for draft in self.all() if not self._is_hidden(draft, now)]
        letters = self._rules.most_with_letters if people_here <= self._rules.most_people_for_letters else 0
        found: dict[MessageId, Draft] = {}
        for rank, typing in enumerate(sorted(shown, key=lambda typing: typing.position)):
            readable = rank < letters and typing.share == "letters" and not typing.held_back
            found[typing.id] = Draft(typing.id, typing.author, typing.position, typing.text if readable else "")
        return found

    def all(self) -> Iterator[LiveDraft]:
        """Every draft, including those that are being sent."""
        yield from self._sending.values()
        yield from self._by_author.values()

    def draft_of(self, author: UserId) -> LiveDraft | None:
        """The draft of a user."""
        return self._by_author.get(author)

    def _set_text(self, draft: LiveDraft, text: str) -> None:
        if text != draft.text:
            # A user may not have meant to show a long paste: it is shown from the next keystroke on.
            draft.held_back = len(text) - len(draft.text) > self._rules.paste_chars
            draft.text = text

    def _is_hidden(self, draft: LiveDraft, now: float) -> bool:
        return now - draft.updated >= self._rules.hidden_after_s

    def _moments(self, draft: LiveDraft) -> Iterator[float]:
        if not self._is_hidden(draft, self._clock()):
            yield draft.updated + self._rules.hidden_after_s
        if draft.id in self._sending:
            return  # it ends when the message is committed, or sending fails
        yield draft.updated + self._rules.lost_after_s
        if draft.absent_since is not None:
            yield draft.absent_since + self._rules.grace_s
