"""Users in the database. A name belongs to one user at a time: the unique index on `keys` decides races for it."""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from ting.core.errors import Busy, NameTaken, TooMany, UnknownName
from ting.core.models import (
    PLUGIN_USER_PREFIX,
    MessageDisposal,
    Milliseconds,
    Person,
    Profile,
    User,
    UserId,
)
from ting.core.names import name_keys, user_name
from ting.store.database import Database, Document, or_busy
from ting.store.schema import USERS

MAX_IGNORED = 500
UNKNOWN_NAME = "?"
NAMED_USERS: Document = {"keys": {"$exists": True}, "_id": {"$not": {"$regex": f"^{PLUGIN_USER_PREFIX}"}}}
FORMER_USER: Document = {"keys": {"$exists": False}, "leaving": {"$exists": False}}
CLEANED_UP = 0  # when such a user was last online: only the name is left
# The document of a deleted user. It stays, so that messages and the audit log can still refer to it.
DELETED_USER: Document = {"_id": "$_id", "name": {"$literal": ""}, "created": "$created", "used": "$used"}


class UserStore:
    """Users, with a bounded cache of the persons that were looked up last."""

    def __init__(self, database: Database, *, max_cached: int = 10_000) -> None:
        self._users = database.collection("users")
        self._reader = database.reader(USERS)
        self._person_reader = database.reader(USERS.only(("name", "avatar", "keys")))
        self._deletion_reader = database.reader(USERS.only(("leaving",)))
        self._persons: OrderedDict[UserId, Person] = OrderedDict()
        self._max_cached = max_cached

    @property
    def cached(self) -> list[UserId]:
        """The ids of the cached persons, the least recently used first."""
        return list(self._persons)

    async def add(self, user: User, keys: Sequence[str]) -> None:
        """Add a user whose name has these keys. Raises `NameTaken` if another user has one of them, `Busy`."""
        document = {"_id": user.id, "name": user.name, "keys": keys, "created": user.created, "used": user.used}
        document |= {"password": user.password} if user.password is not None else {}
        document |= {"role": user.role} if user.role != "member" else {}
        try:
            await or_busy(lambda: self._insert(document))
        except DuplicateKeyError:
            raise NameTaken from None
        except Busy:
            # If only the answer was lost, the user exists. An error would leave the name taken, but without a session.
            if not await self._is_durable(user):
                raise

    async def plugin_user(self, plugin: str, now: Milliseconds) -> Person:
        """The author of the messages that a plugin sends by itself. Its name has a space, so no person can have it."""
        user_id, name = f"{PLUGIN_USER_PREFIX}{plugin}", f"{plugin} bot"
        update = {"$setOnInsert": {"name": name, "keys": [name], "created": now, "used": now}}
        await or_busy(lambda: self._users.update_one({"_id": user_id}, update, upsert=True))
        return Person(user_id, name)

    async def get(self, user_id: UserId) -> User | None:
        document = await or_busy(lambda: self._users.find_one({"_id": user_id}))
        return self._reader.one(document, _user)

    async def reread(self, user_id: UserId) -> User | None:
        """Read a user who may have been changed by another process, and drop the cached person."""
        self._persons.pop(user_id, None)
        return await self.get(user_id)

    async def find_by_keys(self, keys: Sequence[str]) -> User | None:
        """The user whose name has one of these keys."""
        document = await or_busy(lambda: self._users.find_one({"keys": {"$in": keys}}))
        return self._reader.one(document, _user)

    async def find_by_name(self, name: str) -> User:
        """The user with this name. Raises `BadName`, `UnknownName`, `Busy`."""
        user = await self.find_by_keys(name_keys(user_name(name)))
        if user is None:
            raise UnknownName
        return user

    async def change(self, user_id: UserId, **fields: Any) -> User | None:
        """Set fields of a user in one step; None unsets a field. Return the updated user.

        None if the user no longer owns a name: nothing is stored for a user who was just deleted.
        """
        values = {name: value for name, value in fields.items() if value is not None}
        removed = {name: "" for name, value in fields.items() if value is None}
        update = {"$set": values, "$unset": removed}
        condition = {"_id": user_id, "keys": {"$exists": True}}
        return await self._update(condition, {operator: operand for operator, operand in update.items() if operand})

    async def rehash(self, user_id: UserId, old: str, new: str) -> None:
        """Replace the hash of a password by another hash of it, unless the password was changed in the meantime."""
        update = {"$set": {"password": new}}
        await or_busy(lambda: self._users.update_one({"_id": user_id, "password": old}, update))

    async def owners_of_keys(self, keys: Collection[str]) -> dict[str, UserId]:
        """The users whose names have one of these keys, by each of their keys."""
        query = self._users.find({"keys": {"$in": list(keys)}}, {"keys": 1})
        documents = await or_busy(lambda: query.to_list(None))
        # Broken keys are not a list: then they are the one that was found.
        owned = [(doc["_id"], doc["keys"] if isinstance(doc["keys"], list) else [doc["keys"]]) for doc in documents]
        return {key: user_id for user_id, found in owned for key in keys if key in found}

    async def starting_with(self, keys: Iterable[str], limit: int) -> list[Person]:
        """Users whose names have a key that starts with one of these, roughly sorted by name. No plugins' users."""
        prefixes = [{"keys": {"$regex": f"^{re.escape(key)}"}} for key in keys]
        query = self._users.find({"$or": prefixes, "_id": NAMED_USERS["_id"]}).hint("keys").limit(limit)
        return [user.person for user in self._reader.all(await or_busy(lambda: query.to_list(None)), _user)]

    async def get_many(self, ids: Iterable[UserId]) -> dict[UserId, User]:
        """The users with these ids. Missing ones are left out."""
        query = self._users.find({"_id": {"$in": list(ids)}})
        return {user.id: user for user in self._reader.all(await or_busy(lambda: query.to_list(None)), _user)}

    async def rename(self, user_id: UserId, name: str, keys: Sequence[str]) -> User | None:
        """Rename a user. Return the updated user; None if the user no longer owns a name. Raises `NameTaken`."""
        try:
            return await self.change(user_id, name=name, keys=list(keys))
        except DuplicateKeyError:
            raise NameTaken from None

    async def record_use(self, user_id: UserId, now: Milliseconds) -> None:
        """Record that a user is online."""
        await or_busy(lambda: self._users.update_one({"_id": user_id}, {"$max": {"used": now}}))

    async def has_users(self) -> bool:
        """Whether there is a user with a name, other than plugins' users."""
        return await or_busy(lambda: self._users.find_one(NAMED_USERS, {"_id": 1})) is not None

    async def has_admin(self) -> bool:
        """Whether there is an admin with a name."""
        condition = {"role": "admin", "keys": {"$exists": True}}
        return await or_busy(lambda: self._users.find_one(condition, {"_id": 1})) is not None

    async def with_role_or_mute(self) -> list[User]:
        """All users with a role or a mute."""
        query = self._users.find({"$or": [{"role": {"$exists": True}}, {"muted_until": {"$exists": True}}]})
        return self._reader.all(await or_busy(lambda: query.to_list(None)), _user)

    async def all(self) -> list[User]:
        """All users with a name, sorted by name, without plugins' users."""
        query = self._users.find(NAMED_USERS).sort("name", 1)
        return self._reader.all(await or_busy(lambda: query.to_list(None)), _user)

    async def record_uses(self, ids: Iterable[UserId], now: Milliseconds) -> None:
        """Record that these users are online."""
        wanted = list(ids)
        await or_busy(lambda: self._users.update_many({"_id": {"$in": wanted}}, {"$max": {"used": now}}))

    async def release(self, user_id: UserId, unused_since: Milliseconds | None = None) -> User | None:
        """Free the name of a user without a password. The user stays in the database as the author of old messages.

        With `unused_since`, only if the user was not online since then and has no role. Return the former user; None
        if the name was not freed.
        """
        condition: Document = {"_id": user_id, "password": {"$exists": False}, "keys": {"$exists": True}}
        if unused_since is not None:
            condition |= {"used": {"$lt": unused_since}, "role": {"$exists": False}}
        return await self._update(condition, {"$unset": {"keys": ""}})

    async def mark_deleted(self, user_id: UserId, messages: MessageDisposal) -> User | None:
        """Delete all data in a user's document, and record that the rest of the user's data must be removed.

        The rest depends on `messages`. Return the deleted user; None if there is no such user.
        """
        document = DELETED_USER | {"leaving": {"$literal": messages}}
        return await self._update({"_id": user_id}, [{"$replaceWith": document}])

    async def pending_deletions(self) -> list[tuple[UserId, MessageDisposal]]:
        """The deleted users whose data may not be completely removed yet."""
        query = self._users.find({"leaving": {"$exists": True}}, {"leaving": 1})
        return self._deletion_reader.all(await or_busy(lambda: query.to_list(None)), _deletion)

    async def finish_deletion(self, user_id: UserId) -> None:
        """Record that all data of a user is removed. Also removes fields that were stored in the meantime."""
        await or_busy(lambda: self._users.update_one({"_id": user_id}, [{"$replaceWith": DELETED_USER}]))

    async def former(self, before: Milliseconds, limit: int) -> list[UserId]:
        """Some users who have no name any more and were last online before a time, and were not cleaned up yet."""
        query = self._users.find(FORMER_USER | {"used": {"$gt": CLEANED_UP, "$lt": before}}, {"_id": 1}).limit(limit)
        return [document["_id"] for document in await or_busy(lambda: query.to_list(None))]

    async def reduce_to_name(self, user_id: UserId) -> None:
        """Remove everything of a former user but the name, which messages show."""
        kept = {"_id": "$_id", "name": "$name", "created": "$created", "used": {"$literal": CLEANED_UP}}
        self._persons.pop(user_id, None)
        condition = FORMER_USER | {"_id": user_id}
        await or_busy(lambda: self._users.update_one(condition, [{"$replaceWith": kept}]))

    async def remove_former(self, user_id: UserId) -> None:
        """Remove a former user, to which nothing refers."""
        self._persons.pop(user_id, None)
        await or_busy(lambda: self._users.delete_one(FORMER_USER | {"_id": user_id}))

    async def persons(self, ids: Iterable[UserId]) -> dict[UserId, Person]:
        """The persons with these ids. A missing one gets the name "?"."""
        wanted = set(ids)
        known = await self.known_persons(wanted)
        return {user_id: known.get(user_id) or Person(user_id, UNKNOWN_NAME) for user_id in wanted}

    async def known_persons(self, ids: Iterable[UserId]) -> dict[UserId, Person]:
        """The persons with these ids. Missing ones are left out."""
        wanted = set(ids)
        unknown = [user_id for user_id in wanted if user_id not in self._persons]
        found = {user_id: self._persons[user_id] for user_id in wanted if user_id in self._persons}
        if unknown:
            query = self._users.find({"_id": {"$in": unknown}}, {"name": 1, "avatar": 1, "keys": 1})
            for person in self._person_reader.all(await or_busy(lambda: query.to_list(None)), _person):
                # A person that was cached during the query is newer than its answer.
                found[person.id] = self._persons.get(person.id) or person
        for person in found.values():
            self._cache_person(person)
        return found

    async def ignore(self, user_id: UserId, ignored_id: UserId) -> None:
        """Ignore another user. Raises `TooMany` if the user already ignores `MAX_IGNORED` users."""
        below_limit = {"_id": user_id, f"ignored.{MAX_IGNORED - 1}": {"$exists": False}}
        result = await or_busy(lambda: self._users.update_one(below_limit, {"$addToSet": {"ignored": ignored_id}}))
        if not result.matched_count and not await self.has_ignored(user_id, ignored_id):
            raise TooMany(f"You can ignore at most {MAX_IGNORED} users.")

    async def unignore(self, user_id: UserId, ignored_id: UserId) -> None:
        """Stop ignoring a user."""
        await or_busy(lambda: self._users.update_one({"_id": user_id}, {"$pull": {"ignored": ignored_id}}))

    async def unignore_everywhere(self, user_id: UserId) -> None:
        """Remove a user from the lists of all users who ignore them."""
        await or_busy(lambda: self._users.update_many({"ignored": user_id}, {"$pull": {"ignored": user_id}}))

    async def has_ignored(self, user_id: UserId, ignored_id: UserId) -> bool:
        """Whether a user ignores another one. Reads the database, so it also works for users who are offline."""
        found = await or_busy(lambda: self._users.find_one({"_id": user_id, "ignored": ignored_id}, {"_id": 1}))
        return found is not None

    async def _update(self, condition: Document, update: Document | list[Document]) -> User | None:
        after = ReturnDocument.AFTER
        document = await or_busy(lambda: self._users.find_one_and_update(condition, update, return_document=after))
        user = self._reader.one(document, _user)
        if user is None:
            return None
        self._cache_person(user.person)
        return user

    async def _is_durable(self, user: User) -> bool:
        """Whether a user is durably stored: a journaled write found the document."""
        update = {"$max": {"used": user.used}}
        return bool((await or_busy(lambda: self._users.update_one({"_id": user.id}, update))).matched_count)

    async def _insert(self, document: Document) -> None:
        await self._users.insert_one(document)

    def _cache_person(self, person: Person) -> None:
        self._persons[person.id] = person
        self._persons.move_to_end(person.id)
        if len(self._persons) > self._max_cached:
            self._persons.popitem(last=False)


def _person(document: Document) -> Person:
    return msgspec.convert({**document, "id": document["_id"], "former": "keys" not in document}, Person)


def _user(document: Document) -> User:
    profile = {name: document[name] for name in Profile.__struct_fields__ if name in document}
    fields = {**document, "id": document["_id"], "former": "keys" not in document, "profile": profile}
    return msgspec.convert(fields, User)


def _deletion(document: Document) -> tuple[UserId, MessageDisposal]:
    return msgspec.convert((document["_id"], document["leaving"]), tuple[UserId, MessageDisposal])
