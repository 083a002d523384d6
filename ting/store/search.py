"""The search index in the database: from a word to the messages that contain it, newest first.

Each message has one document with its tokens, and a key that sorts by time. A token is a word, the conversation or the
author. One multikey index over (token, key) answers all searches. A search scans it backwards and stops at its limit,
so a frequent word costs no more than a rare one. In direct conversations, each word is stored once per member, with
the member's id as a prefix. So a search never reads messages that its user cannot see.

The vocabulary has all words with the number of times each was seen. The counts are estimates. They decide which of
several words a search scans, and which words are used for a prefix that many words have.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from bson import Int64
from pymongo import DESCENDING, DeleteOne, ReplaceOne, UpdateOne, WriteConcern

from ting.core.conversation_ids import is_direct, member_ids
from ting.core.models import ConversationId, Message, MessageId, Milliseconds, UserId
from ting.store.database import Database, Document, or_busy, prefix_range

MAX_EXPANSIONS = 90  # words for one prefix; MongoDB merges at most 200 scans, and each word needs two
MAX_SCANNED = 10_000  # documents per round
MAX_ROUNDS = 5
MAX_CACHED_WORDS = 30_000
TIME_BYTES = 6
KEY_BYTES = TIME_BYTES + 16

Key = bytes


@dataclass(frozen=True)
class IndexEntry:
    """The index entry of a message. A message without words has no entry in the database."""

    key: Key
    words: frozenset[str] = frozenset()
    conversation: ConversationId = ""
    author: UserId = ""

    @property
    def tokens(self) -> list[str]:
        """The words (in a direct conversation, once for each member), and the tokens of the filters."""
        readers = member_ids(self.conversation) if is_direct(self.conversation) else [""]
        words = [_token(reader, word) for reader in readers for word in self.words]
        return [*words, self.conversation, author_token(self.author)]


@dataclass(frozen=True)
class IndexQuery:
    """A search: a message must have all words (a prefix of a word, if the flag is set) and match all filters.

    Its key must be from `from_key` up to but not including `before_key`.
    """

    reader: UserId
    words: Sequence[tuple[str, bool]]
    filters: Sequence[str] = ()
    from_key: Key = b""
    before_key: Key = b"\xff" * 22


@dataclass(frozen=True)
class _Alternatives:
    """Words of which a message must have at least one, and an estimate of the number of such messages."""

    words: list[str]
    count: int

    def tokens(self, reader: UserId) -> list[str]:
        return [token for word in self.words for token in (word, _token(reader, word))]


@dataclass(frozen=True)
class IndexPage:
    """Keys of messages, newest first, and the key before which the next page starts; None at the end."""

    keys: list[Key]
    next: Key | None = field(default=None)


class SearchIndexStore:
    """The search index, and how far each conversation is indexed."""

    def __init__(self, database: Database) -> None:
        self._words = database.collection("words")
        self._vocabulary = database.collection("vocabulary")
        self._indexed = database.collection("indexed")
        # The write of `indexed` is journaled and comes last. MongoDB's journal is written in order.
        unjournaled = WriteConcern(w="majority", j=False)
        self._new_words = self._words.with_options(write_concern=unjournaled)
        self._new_vocabulary = self._vocabulary.with_options(write_concern=unjournaled)
        self._cached_words: dict[str, None] = {}
        self._new_counts: Counter[str] = Counter()

    async def indexed(self, conversation: ConversationId) -> int:
        """The seq up to which a conversation is indexed."""
        document = await or_busy(lambda: self._indexed.find_one({"_id": conversation, "seq": {"$gte": 0}}))
        return int(document["seq"]) if document else 0  # a document without a number counts as missing

    async def put(self, conversation: ConversationId, entries: Sequence[IndexEntry], seq: int) -> None:
        """Write the entries of messages, and record that the conversation is indexed up to `seq`. Safe to repeat."""
        await self._add_to_vocabulary(Counter(word for entry in entries for word in _vocabulary_of(entry)))
        operations = [_operation(entry) for entry in entries]
        if operations:
            await or_busy(lambda: self._new_words.bulk_write(operations, ordered=False))
        update = {"$set": {"seq": Int64(seq)}}
        await or_busy(lambda: self._indexed.update_one({"_id": conversation}, update, upsert=True))

    async def count_seen(self) -> None:
        """Flush the new counts of words that are already in the vocabulary."""
        counts, self._new_counts = self._new_counts, Counter()
        await self._increment(counts)

    async def find(self, query: IndexQuery, limit: int) -> IndexPage:
        """The newest messages that match a query. A page can have fewer than `limit` without being the last one."""
        terms = [await self._alternatives(word, is_prefix) for word, is_prefix in query.words]
        terms += [_Alternatives([token], await self._count(token)) for token in query.filters]
        if not all(term.words for term in terms):
            return IndexPage([])
        tokens = [term.tokens(query.reader) for term in sorted(terms, key=lambda term: term.count)]
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

    async def _alternatives(self, word: str, is_prefix: bool) -> _Alternatives:
        """The words to search for: the word itself, or for a prefix the most frequent words that start with it."""
        if not is_prefix:
            return _Alternatives([word], await self._count(word))
        query = self._vocabulary.find({"_id": prefix_range(word)})
        ranked = query.sort("n", DESCENDING).limit(MAX_EXPANSIONS)
        documents = await or_busy(lambda: ranked.to_list(None))
        words = dict.fromkeys([word, *(document["_id"] for document in documents)]) if documents else {}
        return _Alternatives(list(words)[:MAX_EXPANSIONS], sum(_counted(document) for document in documents))

    async def _count(self, word: str) -> int:
        document = await or_busy(lambda: self._vocabulary.find_one({"_id": word}))
        return _counted(document)

    async def _add_to_vocabulary(self, seen: Counter[str]) -> None:
        """Store new words, before messages that contain them are indexed. Counts of known words stay in memory."""
        new = Counter({word: count for word, count in seen.items() if word not in self._cached_words})
        await self._increment(new)
        for word, count in seen.items():
            if word not in new:
                self._new_counts[word] += count
                del self._cached_words[word]
            self._cached_words[word] = None  # at the end: the order is that of the last use
        for word in list(islice(self._cached_words, max(0, len(self._cached_words) - MAX_CACHED_WORDS))):
            del self._cached_words[word]
        if len(self._new_counts) > MAX_CACHED_WORDS // 10:
            await self.count_seen()

    async def _increment(self, seen: Mapping[str, int]) -> None:
        updates = [UpdateOne({"_id": word}, {"$inc": {"n": count}}, upsert=True) for word, count in seen.items()]
        if updates:
            await or_busy(lambda: self._new_vocabulary.bulk_write(updates, ordered=False))


def key_of(message: Message) -> Key:
    """The key of a message: unique, constant, and sorted by the time of sending."""
    return _time(message.sent) + bytes(UUID(message.id).bytes)


def _counted(document: Document | None) -> int:
    """The count of a word; 0 for a word that is not in the vocabulary, or whose count is broken."""
    count = (document or {}).get("n", 0)
    return count if isinstance(count, int) else 0


def message_of(key: Key) -> MessageId:
    """The id of the message with a key."""
    return str(UUID(bytes=key[TIME_BYTES:]))


def earliest(sent: Milliseconds) -> Key:
    """The lowest key of a time: above the keys of all earlier messages, and not above those of later ones."""
    return _time(sent) + bytes(16)


def author_token(author: UserId) -> str:
    """The token of an author's messages. Words never contain `<`."""
    return f"<{author}"


def _token(reader: UserId, word: str) -> str:
    return f"{reader} {word}" if reader else word


def _time(sent: Milliseconds) -> bytes:
    limited: int = min(max(sent, 0), 2 ** (8 * TIME_BYTES) - 1)
    return limited.to_bytes(TIME_BYTES)


def _vocabulary_of(entry: IndexEntry) -> Sequence[str]:
    return [*entry.words, entry.conversation, author_token(entry.author)] if entry.words else ()


def _operation(entry: IndexEntry) -> ReplaceOne[Document] | DeleteOne:
    if not entry.words:
        return DeleteOne({"_id": entry.key})
    return ReplaceOne({"_id": entry.key}, {"t": entry.tokens}, upsert=True)
