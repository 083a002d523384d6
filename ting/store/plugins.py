"""Values and tasks of plugins, and which plugins are switched on.

The data of a user is found here, also if its plugin is not installed any more: values whose key contains the user's
id, and tasks that were scheduled for the user.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from bson.int64 import Int64
from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure

from ting.core.errors import StoreFull
from ting.core.models import ConversationId, Milliseconds, ScheduledTask, UserId
from ting.store.database import Database, Document, or_busy
from ting.store.reading import check_json
from ting.store.schema import PLUGIN_JOBS, PLUGIN_VALUES, PLUGINS
from ting.store.users import UserStore

MAX_KEYS = 100_000  # of one plugin
EXPORTED_AT_ONCE = 16  # values and tasks, which can be large
COUNT_AFTER = 100  # new keys: counting at each write would be slow
TYPE_MISMATCH = 14
BAD_VALUE = 2  # a sum that does not fit into 64 bits
NO_VALUE: Document = {"value": {"$not": {"$type": "string"}}, "number": {"$not": {"$type": "number"}}}
BROKEN_POSTPONED_MS = 24 * 60 * 60 * 1000


class ExportedValue(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that a plugin stores about a user, in the user's export."""

    plugin: str
    key: str
    value: Any
    expires: Milliseconds | None = None


class ExportedTask(msgspec.Struct, frozen=True):
    """A scheduled task of a user, in the user's export."""

    plugin: str
    task: str
    due: Milliseconds
    payload: Any
    conversation: ConversationId


class ValueStore:
    """Values by plugin and key. Expired values count as missing, also before MongoDB has removed them."""

    def __init__(self, database: Database, *, max_keys: int = MAX_KEYS) -> None:
        self._values = database.collection("plugin_values")
        self._reader = database.reader(PLUGIN_VALUES)
        self._max_keys = max_keys
        self._room: dict[str, int] = {}

    async def get(self, plugin: str, key: str, now: Milliseconds) -> bytes | int | None:
        document = await or_busy(lambda: self._values.find_one(_unexpired_value(plugin, key, now)))
        return self._reader.one(document, _value)

    async def put(
        self, plugin: str, key: str, value: bytes | int, expires: Milliseconds | None, now: Milliseconds
    ) -> None:
        await self._make_room(plugin)
        document = _document(plugin, key, value, expires)
        result = await or_busy(lambda: self._values.replace_one({"_id": document["_id"]}, document, upsert=True))
        self._room[plugin] -= result.upserted_id is not None

    async def swap(
        self, plugin: str, key: str, old: bytes | int | None, new: bytes | int, expires: Milliseconds | None, now: int
    ) -> bool:
        document = _document(plugin, key, new, expires)
        if old is not None:
            condition = {**_unexpired_value(plugin, key, now), **_stored(old)}
            return (await or_busy(lambda: self._values.replace_one(condition, document))).matched_count == 1
        await self._make_room(plugin)
        gone = {"_id": document["_id"], "$or": [{"expires": {"$lte": _date(now)}}, NO_VALUE]}
        try:  # replaces an expired value or inserts; the unique id decides races
            await or_busy(lambda: self._values.replace_one(gone, document, upsert=True))
        except DuplicateKeyError:
            return False
        self._room[plugin] -= 1
        return True

    async def add(self, plugin: str, key: str, by: int, now: Milliseconds) -> int | None:
        await self._make_room(plugin)
        await or_busy(lambda: self._values.delete_one({"_id": _id(plugin, key), "expires": {"$lte": _date(now)}}))
        change = {"$inc": {"number": Int64(by)}, "$setOnInsert": {"plugin": plugin}}
        condition = {"_id": _id(plugin, key), "value": {"$exists": False}}
        try:
            document = await or_busy(
                lambda: self._values.find_one_and_update(
                    condition, change, upsert=True, return_document=ReturnDocument.AFTER
                )
            )
        except DuplicateKeyError:
            return None  # the value is not a number
        except OperationFailure as error:
            if error.code in (TYPE_MISMATCH, BAD_VALUE):
                return None
            raise
        self._room[plugin] -= document["number"] == by  # an estimate: recounted before a refusal
        return int(document["number"])

    async def remove(self, plugin: str, key: str, now: Milliseconds) -> bool:
        return (await or_busy(lambda: self._values.delete_one(_unexpired_value(plugin, key, now)))).deleted_count == 1

    async def page(
        self, plugin: str, prefix: str, after: str, limit: int, now: Milliseconds
    ) -> list[tuple[str, bytes | int]]:
        start = _id(plugin, prefix)
        condition = {"_id": {"$gte": start, "$lt": start + "\U0010ffff"}}

        async def query(after: str, limit: int) -> list[Document]:
            return await self._after(after, limit, condition, now)

        return await self._reader.page(query, _key_and_value, after=_id(plugin, after), limit=limit)

    async def export_page(
        self, user: UserId, after: str, limit: int, now: Milliseconds
    ) -> list[tuple[str, ExportedValue]]:
        """The `limit` values about a user that follow an id, of any plugin, as pairs of id and value, by rising id."""

        async def query(after: str, limit: int) -> list[Document]:
            return await self._after(after, limit, _contains_id(user), now)

        return await self._reader.page(query, _exported, after=after, limit=min(limit, EXPORTED_AT_ONCE))

    async def delete_all(self, user: UserId) -> None:
        """Delete the values about a user, of any plugin."""
        await or_busy(lambda: self._values.delete_many(_contains_id(user)))

    async def _after(self, after: str, limit: int, condition: Document, now: Milliseconds) -> list[Document]:
        """The `limit` documents that follow an id, and meet a condition."""
        condition = {"$and": [{"_id": {"$gt": after}}, condition], **_not_expired(now)}
        return await or_busy(self._values.find(condition).sort("_id", ASCENDING).limit(limit).to_list)

    async def _make_room(self, plugin: str) -> None:
        """Ensure that a plugin can add a key. Counts its keys only now and then. Raises `StoreFull`."""
        if self._room.get(plugin, 0) > 0:
            return
        used = await or_busy(lambda: self._values.count_documents({"plugin": plugin}, limit=self._max_keys))
        if used >= self._max_keys:
            raise StoreFull(f"The plugin {plugin} has reached its limit of {used} keys.")
        self._room[plugin] = min(COUNT_AFTER, self._max_keys - used)


class TaskStore:
    """Scheduled tasks, the last runs of timers, and which plugins are switched on or off."""

    def __init__(self, database: Database, users: UserStore) -> None:
        self._tasks = database.collection("plugin_jobs")
        self._plugins = database.collection("plugins")
        self._reader = database.reader(PLUGIN_JOBS)
        self._plugin_reader = database.reader(PLUGINS)
        self._users = users

    async def schedule(self, task: ScheduledTask) -> None:
        document = {
            "_id": task.id,
            "plugin": task.plugin,
            "task": task.task,
            "due": Int64(task.due),
            "payload": task.payload.decode(),
            "caller": task.caller.id,
            "conversation": task.conversation,
        }
        await or_busy(lambda: self._insert(document))

    async def due(self, until: Milliseconds, plugins: Sequence[str], limit: int) -> list[ScheduledTask]:
        condition = {"plugin": {"$in": list(plugins)}, "due": {"$lte": until}}
        query = self._tasks.find(condition).sort([("due", ASCENDING), ("_id", ASCENDING)]).limit(limit)
        documents = await or_busy(lambda: query.to_list(None))
        stored = self._reader.all(documents, _task)
        if len(stored) < len(documents):
            readable = {task.id for task in stored}
            broken = [document["_id"] for document in documents if document["_id"] not in readable]
            await self._postpone_broken(broken, until + BROKEN_POSTPONED_MS)
        persons = await self._users.persons(task.caller for task in stored)
        return [
            ScheduledTask(
                id=task.id,
                plugin=task.plugin,
                task=task.task,
                due=task.due,
                payload=task.payload.encode(),
                caller=persons[task.caller],
                conversation=task.conversation,
            )
            for task in stored
        ]

    async def next_due(self, plugins: Sequence[str]) -> Milliseconds | None:
        condition = {"plugin": {"$in": list(plugins)}, "due": {"$gte": 0}}
        document = await or_busy(lambda: self._tasks.find_one(condition, {"due": 1}, sort=[("due", ASCENDING)]))
        return int(document["due"]) if document else None

    async def count(self, plugin: str) -> int:
        return await or_busy(lambda: self._tasks.count_documents({"plugin": plugin}))

    async def export_page(self, user: UserId, after: str, limit: int) -> list[tuple[str, ExportedTask]]:
        """The `limit` tasks of a user that follow an id, as pairs of id and task, by rising id."""

        async def query(after: str, limit: int) -> list[Document]:
            condition = {"caller": user, "_id": {"$gt": after}}
            return await or_busy(self._tasks.find(condition).sort("_id", ASCENDING).limit(limit).to_list)

        tasks = await self._reader.page(query, _task, after=after, limit=min(limit, EXPORTED_AT_ONCE))
        return [
            (
                task.id,
                ExportedTask(
                    plugin=task.plugin,
                    task=task.task,
                    due=task.due,
                    payload=msgspec.json.decode(task.payload),
                    conversation=task.conversation,
                ),
            )
            for task in tasks
        ]

    async def delete_all(self, user: UserId) -> None:
        """Delete all tasks that were scheduled for a user."""
        await or_busy(lambda: self._tasks.delete_many({"caller": user}))

    async def postpone(self, task_id: str, due: Milliseconds) -> bool:
        change = {"$set": {"due": Int64(due)}}
        return (await or_busy(lambda: self._tasks.update_one({"_id": task_id}, change))).matched_count == 1

    async def remove(self, task_id: str) -> bool:
        return (await or_busy(lambda: self._tasks.delete_one({"_id": task_id}))).deleted_count == 1

    async def last_runs(self) -> Mapping[tuple[str, str], Milliseconds]:
        documents = await or_busy(lambda: self._plugins.find({}).to_list(None))
        plugins = self._plugin_reader.all(documents, _plugin)
        return {(plugin.id, timer): at for plugin in plugins for timer, at in plugin.ran.items()}

    async def record_run(self, plugin: str, timer: str, at: Milliseconds) -> None:
        await self._set(plugin, {f"ran.{timer}": Int64(at)})

    async def switches(self) -> Mapping[str, bool]:
        documents = await or_busy(lambda: self._plugins.find({"enabled": {"$exists": True}}).to_list(None))
        plugins = self._plugin_reader.all(documents, _plugin)
        return {plugin.id: plugin.enabled for plugin in plugins if plugin.enabled is not None}

    async def switch(self, plugin: str, on: bool) -> None:
        await self._set(plugin, {"enabled": on})

    async def _set(self, plugin: str, fields: Document) -> None:
        await or_busy(lambda: self._plugins.update_one({"_id": plugin}, {"$set": fields}, upsert=True))

    async def _postpone_broken(self, ids: list[Any], due: Milliseconds) -> None:
        """Keep tasks that cannot be read out of the way of the others."""
        await or_busy(lambda: self._tasks.update_many({"_id": {"$in": ids}}, {"$set": {"due": Int64(due)}}))

    async def _insert(self, document: Document) -> None:
        await self._tasks.insert_one(document)


class _Task(msgspec.Struct, frozen=True):
    id: str
    plugin: str
    task: str
    due: Milliseconds
    payload: str
    caller: UserId
    conversation: ConversationId


class _Plugin(msgspec.Struct, frozen=True):
    id: str
    enabled: bool | None = None
    ran: dict[str, Milliseconds] = {}


def _task(document: Document) -> _Task:
    task = msgspec.convert({**document, "id": document["_id"]}, _Task)
    check_json(task.payload)
    return task


def _plugin(document: Document) -> _Plugin:
    return msgspec.convert({**document, "id": document["_id"]}, _Plugin)


def _id(plugin: str, key: str) -> str:
    return f"{plugin}/{key}"  # plugin names have no slash


def _contains_id(user: UserId) -> Document:
    """The condition for values whose key contains a user's id. Ids have 80 random bits: nothing else matches."""
    return {"_id": {"$regex": re.escape(user)}}


def _key_and_value(document: Document) -> tuple[str, bytes | int]:
    return document["_id"].partition("/")[2], _value(document)


def _exported(document: Document) -> tuple[str, ExportedValue]:
    plugin, _, key = document["_id"].partition("/")
    stored, expires = _value(document), document.get("expires")
    value = stored if isinstance(stored, int) else msgspec.json.decode(stored)
    expires_ms = None if expires is None else int(expires.replace(tzinfo=UTC).timestamp() * 1000)
    return document["_id"], ExportedValue(plugin=plugin, key=key, value=value, expires=expires_ms)


def _unexpired_value(plugin: str, key: str, now: Milliseconds) -> Document:
    return {"_id": _id(plugin, key), **_not_expired(now)}


def _not_expired(now: Milliseconds) -> Document:
    return {"expires": {"$not": {"$lte": _date(now)}}}


def _document(plugin: str, key: str, value: bytes | int, expires: Milliseconds | None) -> Document:
    document = {"_id": _id(plugin, key), "plugin": plugin, **_stored(value)}
    return document if expires is None else {**document, "expires": _date(expires)}


def _stored(value: bytes | int) -> Document:
    return {"number": Int64(value)} if isinstance(value, int) else {"value": value.decode()}


def _value(document: Document) -> bytes | int:
    """The stored value. Raises `ValueError` if it is neither a number nor JSON."""
    if "value" not in document:
        return msgspec.convert(document["number"], int)
    check_json(document["value"])
    return str(document["value"]).encode()


def _date(moment: Milliseconds) -> datetime:
    """A time as a BSON date, which MongoDB needs to remove expired values."""
    return datetime.fromtimestamp(moment / 1000, UTC)
