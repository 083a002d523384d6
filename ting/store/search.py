"""The index of words in the database: which messages have a word, the newest first.

For each message there is one document with its words, under a key that sorts by time. One multikey index over
(word, key) answers everything: a search walks it backwards and stops when it has enough, so a word that is
everywhere costs no more than a rare one. The words of a private have the id of a reader before them, once for each
of its two people: what others wrote to each other does not stand under any word that somebody can ask for.

The vocabulary tells which words begin with some letters, and how often a word was seen. That is an estimate: it
chooses which word of several a search follows, and which words stand for a beginning that many have.
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

EXPANDED = 90  # words that stand for a beginning; MongoDB merges 200 scans at most, and each word is asked for twice
SCANNED = 10_000  # documents that are looked at in one round
MOST_ROUNDS = 5
REMEMBERED_WORDS = 30_000
TIME_BYTES = 6

Key = bytes


@dataclass(frozen=True)
class IndexEntry:
    """What stands in the index for a message; without words, nothing does."""

    key: Key
    words: frozenset[str] = frozenset()
    conversation: ConversationId = ""
    author: UserId = ""

    @property
    def tokens(self) -> list[str]:
        """In a channel, the words; in a private, the words for each of its two people. And what it is filtered by."""
        readers = member_ids(self.conversation) if is_direct(self.conversation) else [""]
        words = [_for(reader, word) for reader in readers for word in self.words]
        return [*words, self.conversation, author_token(self.author)]


@dataclass(frozen=True)
class IndexQuery:
    """What is searched for: words (or beginnings, where the flag is set) that a message all has, and the rest of it."""

    reader: UserId
    words: Sequence[tuple[str, bool]]
    filters: Sequence[str] = ()
    from_key: Key = b""
    before_key: Key = b"\xff" * 22


@dataclass(frozen=True)
class _Choice:
    """Words of which a message has to have one, and how many messages that is, more or less."""

    words: list[str]
    count: int

    def tokens(self, reader: UserId) -> list[str]:
        return [token for word in self.words for token in (word, _for(reader, word))]


@dataclass(frozen=True)
class IndexPage:
    """Keys of messages, the newest first, and from where to go on; None at the end."""

    keys: list[Key]
    next: Key | None = field(default=None)


class SearchIndexStore:
    """The index, and how far it has come in each conversation."""

    def __init__(self, database: Database) -> None:
        self._words = database.collection("words")
        self._vocabulary = database.collection("vocabulary")
        self._indexed = database.collection("indexed")
        # What says how far the index has come is journaled after all this, and the journal is written in order.
        later = WriteConcern(w="majority", j=False)
        self._new_words = self._words.with_options(write_concern=later)
        self._new_vocabulary = self._vocabulary.with_options(write_concern=later)
        self._known: dict[str, None] = {}
        self._seen: Counter[str] = Counter()

    async def indexed(self, conversation: ConversationId) -> int:
        """The seq up to which a conversation is in the index."""
        document = await or_busy(lambda: self._indexed.find_one({"_id": conversation}))
        return int(document["seq"]) if document else 0

    async def put(self, conversation: ConversationId, entries: Sequence[IndexEntry], seq: int) -> None:
        """Index messages of a conversation anew: with that, it is indexed up to this seq. Safe to repeat."""
        await self._learn(Counter(word for entry in entries for word in _vocabulary_of(entry)))
        changes = [_change(entry) for entry in entries]
        if changes:
            await or_busy(lambda: self._new_words.bulk_write(changes, ordered=False))
        update = {"$set": {"seq": Int64(seq)}}
        await or_busy(lambda: self._indexed.update_one({"_id": conversation}, update, upsert=True))

    async def count_seen(self) -> None:
        """Write down how often words were seen that are in the vocabulary already."""
        seen, self._seen = self._seen, Counter()
        await self._add(seen)

    async def find(self, query: IndexQuery, limit: int) -> IndexPage:
        """The newest messages with all that is wanted. Fewer than `limit` does not mean that it is the end."""
        choices = [await self._choice(word, beginning) for word, beginning in query.words]
        choices += [_Choice([token], await self._count(token)) for token in query.filters]
        if not all(choice.words for choice in choices):
            return IndexPage([])
        tokens = [choice.tokens(query.reader) for choice in sorted(choices, key=lambda choice: choice.count)]
        keys: list[Key] = []
        before = query.before_key
        for _ in range(MOST_ROUNDS):
            some, at_end = await self._round(tokens, query.from_key, before, limit + 1 - len(keys))
            keys += some
            if len(keys) > limit:
                return IndexPage(keys[:limit], keys[limit - 1])
            if at_end is None:
                return IndexPage(keys)
            before = at_end
        return IndexPage(keys, before)

    async def _round(
        self, tokens: Sequence[list[str]], start: Key, before: Key, limit: int
    ) -> tuple[list[Key], Key | None]:
        """Follow the rarest of the words for a while, and take what has the others as well; how far that went."""
        condition = {"t": {"$in": tokens[0]}, "_id": {"$gte": start, "$lt": before}}
        along: list[Document] = [{"$match": condition}, {"$sort": {"_id": DESCENDING}}]
        others = [{"$match": {"$and": [{"t": {"$in": other}} for other in tokens[1:]]}}] if tokens[1:] else []
        found = await self._keys([*along, {"$limit": SCANNED}, *others, {"$limit": limit}])
        if len(found) == limit or not others:
            return found, None
        last = await self._keys([*along, {"$skip": SCANNED - 1}, {"$limit": 1}])
        return found, last[0] if last else None

    async def _keys(self, pipeline: list[Document]) -> list[Key]:
        cursor = self._words.aggregate([*pipeline, {"$project": {"_id": 1}}], hint="t_id")
        return [bytes(document["_id"]) for document in await or_busy(lambda: cursor.to_list(None))]

    async def _choice(self, word: str, beginning: bool) -> _Choice:
        """The words that a word, or what begins with it, stands for: those that were seen most."""
        if not beginning:
            return _Choice([word], await self._count(word))
        query = self._vocabulary.find({"_id": prefix_range(word)})
        ranked = query.sort("n", DESCENDING).limit(EXPANDED)
        documents = await or_busy(lambda: ranked.to_list(None))
        words = dict.fromkeys([word, *(document["_id"] for document in documents)]) if documents else {}
        return _Choice(list(words)[:EXPANDED], sum(int(document["n"]) for document in documents))

    async def _count(self, word: str) -> int:
        document = await or_busy(lambda: self._vocabulary.find_one({"_id": word}))
        return int(document["n"]) if document else 0

    async def _learn(self, seen: Counter[str]) -> None:
        """Have words in the vocabulary before a message is in the index with them."""
        new = Counter({word: count for word, count in seen.items() if word not in self._known})
        await self._add(new)
        for word, count in seen.items():
            if word not in new:
                self._seen[word] += count
                del self._known[word]
            self._known[word] = None  # the last ones are those that were seen last
        for word in list(islice(self._known, max(0, len(self._known) - REMEMBERED_WORDS))):
            del self._known[word]
        if len(self._seen) > REMEMBERED_WORDS // 10:
            await self.count_seen()

    async def _add(self, seen: Mapping[str, int]) -> None:
        updates = [UpdateOne({"_id": word}, {"$inc": {"n": count}}, upsert=True) for word, count in seen.items()]
        if updates:
            await or_busy(lambda: self._new_vocabulary.bulk_write(updates, ordered=False))


def key_of(message: Message) -> Key:
    """Sorts by time of sending, is never that of another message, and never changes."""
    return _time(message.sent) + bytes(UUID(message.id).bytes)


def message_of(key: Key) -> MessageId:
    """The id of the message that a key belongs to."""
    return str(UUID(bytes=key[TIME_BYTES:]))


def earliest(sent: Milliseconds) -> Key:
    """Not above the key of any message of this time or later, and above those of all earlier ones."""
    return _time(sent) + bytes(16)


def author_token(author: UserId) -> str:
    """What messages of an author have in the index; no word has such a character."""
    return f"<{author}"


def _for(reader: UserId, word: str) -> str:
    return f"{reader} {word}" if reader else word


def _time(sent: Milliseconds) -> bytes:
    limited: int = min(max(sent, 0), 2 ** (8 * TIME_BYTES) - 1)
    return limited.to_bytes(TIME_BYTES)


def _vocabulary_of(entry: IndexEntry) -> Sequence[str]:
    return [*entry.words, entry.conversation, author_token(entry.author)] if entry.words else ()


def _change(entry: IndexEntry) -> ReplaceOne[Document] | DeleteOne:
    if not entry.words:
        return DeleteOne({"_id": entry.key})
    return ReplaceOne({"_id": entry.key}, {"t": entry.tokens}, upsert=True)
