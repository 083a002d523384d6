"""The search index in the database: from a word to the messages that contain it, newest first.

Each message has one document with its tokens, and a key that sorts by time. A token is a word, the conversation or the
author. One multikey index over (token, key) answers all searches. A search scans it backwards and stops at its limit,
so a frequent word costs no more than a rare one.

A token belongs to an audience: all users, or one member of direct conversations. In direct conversations, each word,
the author and the conversation are stored once per member, with the member's id as a prefix. A search asks only for
tokens of its own user's audiences. So for what it reads, counts and returns, messages that its user cannot see do not
exist.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bson import Int64
from bson.errors import BSONError
from pymongo import DESCENDING, DeleteOne, ReplaceOne, WriteConcern
from pymongo.errors import BulkWriteError, DocumentTooLarge

from ting.core.conversation_ids import is_direct, member_ids
from ting.core.models import ConversationId, Message, MessageId, Milliseconds, UserId
from ting.store.database import DOCUMENT_REFUSED, Database, Document, direct_conversations, or_busy
from ting.store.texts import StoredText
from ting.store.vocabulary import Vocabulary

MAX_EXPANSIONS = 90  # tokens for one prefix and audience; MongoDB merges at most 200 scans
MAX_SCANNED = 10_000  # documents per round
MAX_ROUNDS = 5
TIME_BYTES = 6
KEY_BYTES = TIME_BYTES + 16
PUBLIC = ""  # the audience of all users

Key = bytes


class BadEntry(Exception):
    """The database will never accept one of the entries."""


@dataclass(frozen=True)
class IndexEntry:
    """The index entry of a message. A message without words has no entry in the database.

    `is_first`: the message is in its first version. So the database has no entry of another version of it.
    """

    key: Key
    words: frozenset[str] = frozenset()
    conversation: ConversationId = ""
    author: UserId = ""
    is_first: bool = False

    @property
    def tokens(self) -> frozenset[str]:
        """The tokens of the words, the author and the conversation, for each audience of the message."""
        if not self.words:
            return frozenset()
        audiences = member_ids(self.conversation) if is_direct(self.conversation) else [PUBLIC]
        terms = [*self.words, author_token(self.author), self.conversation]
        return frozenset(_token(audience, term) for audience in audiences for term in terms)


@dataclass(frozen=True)
class IndexQuery:
    """A search: a message must have all words (a prefix of a word, if the flag is set) and match the filters.

    `reader` must be able to see `conversation`. Keys must be from `from_key` up to but not including `before_key`.
    """

    reader: UserId
    words: Sequence[tuple[str, bool]]
    conversation: ConversationId | None = None
    author: UserId | None = None
    from_key: Key = b""
    before_key: Key = b"\xff" * 22

    @property
    def audiences(self) -> Sequence[UserId]:
        """The audiences of which the searched conversations can be."""
        if self.conversation is None:
            return PUBLIC, self.reader
        return [self.reader if is_direct(self.conversation) else PUBLIC]

    @property
    def terms(self) -> Iterator[tuple[Sequence[str], bool]]:
        """For each condition, the tokens of which one is enough, and whether those that start with one are, too."""
        filters = [author_token(self.author)] if self.author is not None else []
        filters += [self.conversation] if self.conversation is not None else []
        for term, is_prefix in [*self.words, *((each, False) for each in filters)]:
            yield [_token(audience, term) for audience in self.audiences], is_prefix


@dataclass(frozen=True)
class IndexPage:
    """Keys of messages, newest first, and the key before which the next page starts; None at the end."""

    keys: list[Key]
    next: Key | None = field(default=None)


class SearchIndexStore:
    """The search index, and how far each conversation is indexed."""

    def __init__(self, database: Database) -> None:
        self._words = database.collection("words")
        self._indexed = database.collection("indexed")
        self._vocabulary = Vocabulary(database)
        # The write of `indexed` is journaled and comes last. MongoDB's journal is written in order.
        self._new_words = self._words.with_options(write_concern=WriteConcern(w="majority", j=False))

    async def indexed(self, conversation: ConversationId) -> int:
        """The seq up to which a conversation is indexed."""
        document = await or_busy(lambda: self._indexed.find_one({"_id": conversation, "seq": {"$gte": 0}}))
        return int(document["seq"]) if document else 0  # a document without a number counts as missing

    async def put(self, conversation: ConversationId, entries: Sequence[IndexEntry], seq: int) -> None:
        """Write the entries of messages, and record that the conversation is indexed up to `seq`. Safe to repeat.

        A token leaves the vocabulary before the last message that has it does, and enters it after the first one. So
        after a kill in between, the difference is found again. Raises `BadEntry`, `Busy`.
        """
        before = await self._stored([entry.key for entry in entries if not entry.is_first])
        after = {entry.key: entry.tokens for entry in entries}
        changed = [key for key, tokens in after.items() if tokens != before.get(key, frozenset())]
        kept = frozenset().union(*after.values())
        dropped = _differences(before, after, changed)
        if dropped:
            await self._vocabulary.remove_unused(dropped, kept, changed)
        await self._write([_operation(key, after[key]) for key in changed])
        await self._vocabulary.add(kept, _differences(after, before, changed))
        update = {"$set": {"seq": Int64(seq)}}
        await or_busy(lambda: self._indexed.update_one({"_id": conversation}, update, upsert=True))

    async def direct_conversations(self, user: UserId) -> list[ConversationId]:
        """The direct conversations of a user of which the index knows."""
        return await direct_conversations(self._indexed, "_id", user)

    async def forget(self, conversation: ConversationId) -> None:
        """Remove the record of how far a conversation is indexed. It must not have a message."""
        await or_busy(lambda: self._indexed.delete_one({"_id": conversation}))

    async def count_seen(self) -> None:
        """Flush the new counts of tokens that are already in the vocabulary."""
        await self._vocabulary.flush()

    async def find(self, query: IndexQuery, limit: int) -> IndexPage:
        """The newest messages that match a query. A page can have fewer than `limit` without being the last one."""
        tokens = await self._alternatives(query)
        if not all(tokens):
            return IndexPage([])
        keys: list[Key] = []
        before = query.before_key
        for _ in range(MAX_ROUNDS):
            page, resume = await self._round(tokens, query.from_key, before, limit + 1 - len(keys))
            keys += page
            if len(keys) > limit:
                return IndexPage(keys[:limit], keys[limit - 1])
            if resume is None:
                return IndexPage(keys)
            before = resume
        return IndexPage(keys, before)

    async def _round(
        self, tokens: Sequence[list[str]], start: Key, before: Key, limit: int
    ) -> tuple[list[Key], Key | None]:
        """Scan up to `MAX_SCANNED` messages with the rarest term, and keep those that match the other terms too.

        Return their keys, and the key at which the scan stopped; None if it is complete.
        """
        condition = {"t": {"$in": tokens[0]}, "_id": {"$gte": start, "$lt": before}}
        newest: list[Document] = [{"$match": condition}, {"$sort": {"_id": DESCENDING}}]
        others = [{"$match": {"$and": [{"t": {"$in": other}} for other in tokens[1:]]}}] if tokens[1:] else []
        found = await self._keys([*newest, {"$limit": MAX_SCANNED}, *others, {"$limit": limit}])
        if len(found) == limit or not others:
            return found, None
        last = await self._keys([*newest, {"$skip": MAX_SCANNED - 1}, {"$limit": 1}])
        return found, last[0] if last else None

    async def _keys(self, pipeline: list[Document]) -> list[Key]:
        cursor = self._words.aggregate([*pipeline, {"$project": {"_id": 1}}], hint="t_id")
        keys = [bytes(document["_id"]) for document in await or_busy(lambda: cursor.to_list(None))]
        return [key for key in keys if len(key) == KEY_BYTES]  # others belong to no message

    async def _alternatives(self, query: IndexQuery) -> list[list[str]]:
        """For each term, the tokens of which one is enough, the rarest term first. Empty if no message has it.

        For a prefix and each audience, these are the word itself and at most `MAX_EXPANSIONS` words, the most frequent
        ones that start with it.
        """
        terms = list(query.terms)
        exact = [tokens for tokens, is_prefix in terms if not is_prefix]
        prefixes = list(dict.fromkeys(token for tokens, is_prefix in terms if is_prefix for token in tokens))
        by_audience = list(zip(*exact, strict=True))
        counts, expanded = await self._vocabulary.look_up(by_audience, prefixes, MAX_EXPANSIONS)
        expansions = dict(zip(prefixes, expanded, strict=True))
        found = []
        for tokens, is_prefix in terms:
            alternatives: dict[str, int] = {}
            for token in tokens:
                known = _with_word(token, expansions[token]) if is_prefix else _only(counts, token)
                alternatives.update(known)
            found.append(alternatives)
        return [list(alternatives) for alternatives in sorted(found, key=lambda counted: sum(counted.values()))]

    async def _stored(self, keys: list[Key]) -> dict[Key, frozenset[str]]:
        """The tokens that messages have in the index."""
        if not keys:
            return {}
        query = self._words.find({"_id": {"$in": keys}})
        documents = await or_busy(lambda: query.to_list(None))
        return {bytes(found["_id"]): _tokens(found) for found in documents}

    async def _write(self, operations: list[ReplaceOne[Document] | DeleteOne]) -> None:
        if not operations:
            return
        try:
            await or_busy(lambda: self._new_words.bulk_write(operations, ordered=False))
        except BulkWriteError as error:
            if any(failure["code"] in DOCUMENT_REFUSED for failure in error.details.get("writeErrors", [])):
                raise BadEntry from error
            raise
        except (BSONError, DocumentTooLarge) as error:
            raise BadEntry from error


def key_of(message: Message | StoredText) -> Key:
    """The key of a message: unique, constant, and sorted by the time of sending."""
    return _time(message.sent) + bytes(UUID(message.id).bytes)


def message_of(key: Key) -> MessageId:
    """The id of the message with a key."""
    return str(UUID(bytes=key[TIME_BYTES:]))


def earliest(sent: Milliseconds) -> Key:
    """The lowest key of a time: above the keys of all earlier messages, and not above those of later ones."""
    return _time(sent) + bytes(16)


def author_token(author: UserId) -> str:
    """The token of an author's messages. Words never contain `<`."""
    return f"<{author}"


def _token(audience: UserId, term: str) -> str:
    """The token of a term. Private ones come before all public ones, so that no search for a public one meets them."""
    return f"!{audience} {term}" if audience else term


def _time(sent: Milliseconds) -> bytes:
    limited: int = min(max(sent, 0), 2 ** (8 * TIME_BYTES) - 1)
    return limited.to_bytes(TIME_BYTES)


def _with_word(word: str, expansions: Mapping[str, int]) -> Mapping[str, int]:
    """The expansions of a prefix, and the word itself if many others are more frequent."""
    is_complete = word in expansions or len(expansions) < MAX_EXPANSIONS
    return expansions if is_complete else {word: 0, **expansions}


def _only(counts: Mapping[str, int], token: str) -> Mapping[str, int]:
    return {token: counts[token]} if token in counts else {}


def _differences(
    more: Mapping[Key, frozenset[str]], less: Mapping[Key, frozenset[str]], keys: Iterable[Key]
) -> Counter[str]:
    """How often a message with one of these keys has a token in `more` and not in `less`."""
    nothing: frozenset[str] = frozenset()
    return Counter(token for key in keys for token in more.get(key, nothing) - less.get(key, nothing))


def _tokens(document: Document) -> frozenset[str]:
    """The tokens of a message, as far as they can be read."""
    tokens = document.get("t")
    return frozenset(token for token in tokens if isinstance(token, str)) if isinstance(tokens, list) else frozenset()


def _operation(key: Key, tokens: frozenset[str]) -> ReplaceOne[Document] | DeleteOne:
    if not tokens:
        return DeleteOne({"_id": key})
    return ReplaceOne({"_id": key}, {"t": sorted(tokens)}, upsert=True)
