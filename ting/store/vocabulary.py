"""The vocabulary of the search index: all tokens that indexed messages have, each with an estimate of how many have it.

A token is kept as long as a message has it, and no longer: the words of a deleted or edited message leave no trace.
Tokens of direct conversations begin with the id of a member. So whatever a search reads here is scoped by the prefixes
and tokens that it asks for, and words that its user cannot read have no influence on its answer or its cost.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from pymongo import ASCENDING, DESCENDING, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError

from ting.store.database import Database, Document, or_busy, prefix_range

MAX_READ = 10_000  # tokens that one search reads to find the most frequent ones with a prefix
MAX_CACHED = 30_000
TYPE_MISMATCH = 14  # MongoDB's error for `$inc` of a value that is no number


class Vocabulary:
    """All tokens. Only one indexer may write at a time."""

    def __init__(self, database: Database) -> None:
        self._tokens = database.collection("vocabulary")
        # What the indexer writes last is journaled. MongoDB's journal is written in order.
        self._unjournaled = self._tokens.with_options(write_concern=WriteConcern(w="majority", j=False))
        self._cached: dict[str, None] = {}  # known to be stored; the least recently used first
        self._waiting: Counter[str] = Counter()  # changes of the counts of stored tokens

    async def look_up(
        self, tokens: Iterable[Collection[str]], prefixes: Sequence[str], limit: int
    ) -> tuple[dict[str, int], list[dict[str, int]]]:
        """Counts of those of `tokens` that exist, and for each prefix of its `limit` most frequent tokens. One query.

        `tokens` are grouped by audience. Between two tokens of different audiences there may be tokens of others, and a
        common scan would meet one of them. The query reads at most `MAX_READ` tokens with these prefixes, the first
        ones in alphabetical order.
        """
        pipelines: list[list[Document]] = [[{"$match": {"_id": {"$in": list(group)}}}] for group in tokens]
        for number, prefix in enumerate(prefixes):
            expansions: list[Document] = [
                {"$match": {"_id": prefix_range(prefix)}},
                {"$sort": {"_id": ASCENDING}},
                {"$limit": MAX_READ // len(prefixes)},
                {"$sort": {"n": DESCENDING}},
                {"$limit": limit},
                {"$set": {"prefix": {"$literal": number}}},
            ]
            pipelines.append(expansions)
        unions = [{"$unionWith": {"coll": self._tokens.name, "pipeline": pipeline}} for pipeline in pipelines[1:]]
        cursor = self._tokens.aggregate([*pipelines[0], *unions])
        counts: dict[str, int] = {}
        expanded: list[dict[str, int]] = [{} for _ in prefixes]
        for document in await or_busy(lambda: cursor.to_list(None)):
            found = expanded[document["prefix"]] if "prefix" in document else counts
            found[document["_id"]] = _counted(document)
        return counts, expanded

    async def add(self, tokens: Iterable[str], new: Mapping[str, int]) -> None:
        """Store those of `tokens` that are missing, and count the `new` ones. Call it after `words` was written."""
        unknown = {token for token in tokens if token not in self._cached}
        again = [token for token in unknown if not new.get(token)]
        stored = await self._stored(again) if again else set()
        missing = {token: new.get(token, 0) for token in unknown - stored}
        await self._change(missing, upsert=True)
        self._count({token: count for token, count in new.items() if token not in missing})
        self._cache([*unknown, *new])
        if len(self._waiting) > MAX_CACHED // 10:
            await self.flush()

    async def remove_unused(self, dropped: Mapping[str, int], kept: Collection[str], changed: Sequence[bytes]) -> None:
        """Messages lose these tokens, as often as given. Remove those that no other message has.

        `changed` are the keys of the messages, `kept` the tokens that one of them will have. Call it before `words` is
        written: after a kill, the same tokens are found and removed again.
        """
        candidates = [token for token in dropped if token not in kept]
        unused = await self._unused(candidates, changed) if candidates else []
        for token in unused:
            self._cached.pop(token, None)
            self._waiting.pop(token, None)
        if unused:
            await or_busy(lambda: self._unjournaled.delete_many({"_id": {"$in": unused}}))
        gone = set(unused)
        self._count({token: -count for token, count in dropped.items() if token not in gone})

    async def flush(self) -> None:
        """Write the changes of counts that were collected. Does not bring back a token that was removed."""
        waiting, self._waiting = self._waiting, Counter()
        await self._change({token: change for token, change in waiting.items() if change}, upsert=False)

    async def _stored(self, tokens: list[str]) -> set[str]:
        query = self._tokens.find({"_id": {"$in": tokens}}, {"_id": 1})
        return {document["_id"] for document in await or_busy(lambda: query.to_list(None))}

    async def _unused(self, tokens: list[str], changed: Sequence[bytes]) -> list[str]:
        """Those of the tokens that no message has, apart from the changed ones."""
        others = [{"$match": {"_id": {"$nin": list(changed)}}}, {"$limit": 1}, {"$project": {"_id": 1}}]
        lookup = {"from": "words", "localField": "_id", "foreignField": "t", "pipeline": others, "as": "others"}
        stages: list[Document] = [
            {"$match": {"_id": {"$in": tokens}}},
            {"$lookup": lookup},
            {"$match": {"others": []}},
            {"$project": {"_id": 1}},
        ]
        cursor = self._tokens.aggregate(stages)
        return [document["_id"] for document in await or_busy(lambda: cursor.to_list(None))]

    def _count(self, changes: Mapping[str, int]) -> None:
        for token, change in changes.items():
            self._waiting[token] += change

    def _cache(self, tokens: Iterable[str]) -> None:
        for token in tokens:
            self._cached.pop(token, None)
            self._cached[token] = None  # at the end: the order is that of the last use
        for token in list(islice(self._cached, max(0, len(self._cached) - MAX_CACHED))):
            del self._cached[token]

    async def _change(self, counts: Mapping[str, int], *, upsert: bool) -> None:
        """Add to the counts of tokens. A count that falls below 0, or is broken, is repaired."""
        operations = [
            UpdateOne({"_id": token}, _sum(count) if count < 0 else {"$inc": {"n": count}}, upsert=upsert)
            for token, count in counts.items()
        ]
        try:
            await self._write(operations)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != TYPE_MISMATCH for failure in failures):
                raise
            broken = [failure["op"]["q"]["_id"] for failure in failures]
            await self._write([UpdateOne({"_id": token}, _sum(counts[token])) for token in broken])

    async def _write(self, operations: Sequence[UpdateOne]) -> None:
        if operations:
            await or_busy(lambda: self._unjournaled.bulk_write(operations, ordered=False))


def _sum(change: int) -> list[Document]:
    """The update that changes a count and repairs it. `$inc` is faster, but it fails if the count is no number."""
    count = {"$cond": [{"$isNumber": "$n"}, "$n", 0]}
    return [{"$set": {"n": {"$max": [0, {"$add": [count, change]}]}}}]


def _counted(document: Document) -> int:
    """The count of a token; 0 if it is broken."""
    count = document.get("n", 0)
    return int(count) if isinstance(count, int) else 0
