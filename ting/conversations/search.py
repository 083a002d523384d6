"""Finds messages by their words, in the conversations that a user may read.

The index only gives the ids of messages; each message is then read as it is now. So a message that was just edited or
deleted is not found by its old text, even if the index is not updated yet.
"""

import asyncio
from dataclasses import dataclass
from weakref import WeakValueDictionary

from ting.conversations import tokenizer
from ting.core import names, visibility
from ting.core.errors import BadQuery, BadRequest, UnknownName
from ting.core.models import ConversationId, Message, Milliseconds, User, UserId
from ting.realtime.live_conversations import LiveConversations
from ting.store.search import IndexPage, IndexQuery, Key, earliest, key_of, message_of
from ting.store.stores import Stores

MAX_QUERY_CHARS = 200
MAX_TERMS = 10
MAX_PAGE_CHARS = 20_000  # of the messages that are compared with the query for one page, plus one message
MAX_CONCURRENT_SEARCHES = 4  # of different users; further searches wait
KEY_BYTES = 22


@dataclass(frozen=True)
class SearchQuery:
    """A search query. `author` is a name; `cursor` comes from the previous page."""

    text: str
    conversation: str | None = None
    author: str | None = None
    before: Milliseconds | None = None
    after: Milliseconds | None = None
    cursor: str | None = None


@dataclass(frozen=True)
class Hit:
    """A message, and where its text matches: ranges of code points, in order."""

    message: Message
    marks: list[tokenizer.Span]


class Search:
    """The use case of searching."""

    def __init__(self, stores: Stores, live: LiveConversations) -> None:
        self._index = stores.search_index
        self._messages = stores.messages
        self._users = stores.users
        self._live = live
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_SEARCHES)
        self._turns: WeakValueDictionary[UserId, asyncio.Lock] = WeakValueDictionary()

    async def search(self, reader: User, query: SearchQuery, limit: int) -> tuple[list[Hit], str | None]:
        """Return the newest hits, at most `limit`, and the cursor of the next page; None after the last page.

        A page may have fewer hits than `limit`, or none, and still be followed by another.
        Raises `BadQuery`, `BadRequest`, `BadConversation`, `NoSuchConversation`, `UnknownName`, `Busy`.
        """
        terms = _terms(query.text)
        wanted = IndexQuery(
            reader=reader.id,
            words=[token for term in terms for token in term.tokens],
            conversation=_conversation(reader, query),
            author=await self._author(query),
            from_key=earliest(query.after or 0),
            before_key=min(_key(query.cursor), _before(query.before)),
        )
        turn = self._turns.setdefault(reader.id, asyncio.Lock())
        async with turn, self._slots:
            found = await self._index.find(wanted, limit)
            hits, following = await self._hits(reader, found, terms)
        return hits, following.hex() if following else None

    async def _author(self, query: SearchQuery) -> UserId | None:
        if query.author is None:
            return None
        author = await self._users.find_by_keys(names.name_keys(query.author))
        if author is None:
            raise UnknownName(field="from")
        return author.id

    async def _hits(self, reader: User, page: IndexPage, terms: list[tokenizer.Term]) -> tuple[list[Hit], Key | None]:
        """Return the hits among the messages of a page, and the key before which the next page starts.

        The page ends early after `MAX_PAGE_CHARS` characters. Other tasks run after each message.
        """
        if not page.keys:
            return [], page.next
        messages = await self._messages.by_id([message_of(key) for key in page.keys])
        await self._live.wait_all_durable(messages.values())
        hits, characters = [], 0
        for key in page.keys:
            message = messages.get(message_of(key))
            if message is None or key_of(message) != key or not visibility.can_see(reader.id, message.conversation):
                continue
            marks = tokenizer.highlight(message.text, terms)
            if marks:
                hits.append(Hit(message, marks))
            characters += len(message.text)
            if characters >= MAX_PAGE_CHARS:
                return hits, key if key != page.keys[-1] else page.next
            await asyncio.sleep(0)
        return hits, page.next


def _conversation(reader: User, query: SearchQuery) -> ConversationId | None:
    if query.conversation is None:
        return None
    return visibility.resolve_conversation(query.conversation, reader.id)


def _terms(text: str) -> list[tokenizer.Term]:
    if len(text) > MAX_QUERY_CHARS:
        raise BadQuery(f"A search can have at most {MAX_QUERY_CHARS} characters.")
    terms = tokenizer.terms(text)
    if not terms:
        raise BadQuery
    if len(terms) > MAX_TERMS:
        raise BadQuery(f"A search can have at most {MAX_TERMS} words.")
    return terms


def _key(cursor: str | None) -> Key:
    """Return the index key of a cursor. Raises `BadRequest`."""
    if cursor is None:
        return b"\xff" * KEY_BYTES
    try:
        key = bytes.fromhex(cursor)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadRequest("The cursor must come from the previous page of results.", field="cursor")
    return key


def _before(sent: Milliseconds | None) -> Key:
    return earliest(sent) if sent is not None else b"\xff" * KEY_BYTES
