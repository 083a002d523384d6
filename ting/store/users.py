"""Users in the database. A name belongs to one user at a time: the unique index on `keys` decides races."""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from ting.core.errors import Busy, NameTaken, TooMany, UnknownName
from ting.core.models import DEFAULT_SHOWN, MessageDisposal, Milliseconds, Notifications, Person, Profile, User, UserId
from ting.core.names import user_keys, user_name
from ting.store.database import Database, Document, or_busy

MAX_IGNORED = 500
UNKNOWN_NAME = "?"
PLUGIN_USER_PREFIX = "plugin-"  # begins the ids of what plugins speak as
PEOPLE: Document = {"keys": {"$exists": True}, "_id": {"$not": {"$regex": f"^{PLUGIN_USER_PREFIX}"}}}
# What stays of a user who left for good, so that it is known that there was one.
DELETED_USER: Document = {"_id": "$_id", "name": {"$literal": ""}, "created": "$created", "used": "$used"}


class UserStore:
    """Users, with a bounded memory of the persons who were asked for last."""

    def __init__(self, database: Database, *, remembered: int = 10_000) -> None:
        self._users = database.collection("users")
        self._persons: OrderedDict[UserId, Person] = OrderedDict()
        self._remembered = remembered

    @property
    def cached(self) -> list[UserId]:
        """The users whose persons are cached, the one that was looked up longest ago first."""
        return list(self._persons)

    async def add(self, user: User, keys: Sequence[str]) -> None:
        """A new user, whose name has these keys. Raises `NameTaken` when somebody has one of them, `Busy`."""
        document = {"_id": user.id, "name": user.name, "keys": keys, "created": user.created, "used": user.used}
        document |= {"password": user.password} if user.password is not None else {}
        document |= {"role": user.role} if user.role != "member" else {}
        try:
            await or_busy(lambda: self._insert(document))
        except DuplicateKeyError:
            raise NameTaken from None
        except Busy:
            # Perhaps it is the answer alone that was lost, and then the name would be taken for nobody.
            if not await self._is_durable(user):
                raise

    async def plugin_user(self, plugin: str, now: Milliseconds) -> Person:
        """The author of what a plugin says by itself. No person can have its name, for there is a space in it."""
        user_id, name = f"{PLUGIN_USER_PREFIX}{plugin}", f"{plugin} bot"
        update = {"$setOnInsert": {"name": name, "keys": [name], "created": now, "used": now}}
        await or_busy(lambda: self._users.update_one({"_id": user_id}, update, upsert=True))
        return Person(user_id, name)

    async def get(self, user_id: UserId) -> User | None:
        document = await or_busy(lambda: self._users.find_one({"_id": user_id}))
        return _user(document) if document else None

    async def reread(self, user_id: UserId) -> User | None:
        """A user who may have been changed by another process, whatever is remembered of them."""
        self._persons.pop(user_id, None)
        return await self.get(user_id)

    async def find_by_keys(self, keys: Sequence[str]) -> User | None:
        """Who has a name with one of these keys."""
        document = await or_busy(lambda: self._users.find_one({"keys": {"$in": keys}}))
        return _user(document) if document else None

    async def find_by_name(self, name: str) -> User:
        """The user of this name. Raises `BadName`, `UnknownName`, `Busy`."""
        user = await self.find_by_keys(user_keys(user_name(name)))
        if user is None:
            raise UnknownName
        return user

    async def change(self, user_id: UserId, **fields: Any) -> User | None:
        """Keep these fields of a user, in one step; None unsets. The user as they now are.

        None if their name is not theirs any more: nothing is kept of somebody who has just left.
        """
        kept = {name: value for name, value in fields.items() if value is not None}
        gone = {name: "" for name, value in fields.items() if value is None}
        update = {"$set": kept, "$unset": gone}
        whose = {"_id": user_id, "keys": {"$exists": True}}
        return await self._update(whose, {operator: what for operator, what in update.items() if what})

    async def rehash(self, user_id: UserId, old: str, new: str) -> None:
        """Keep another hash of the same password, unless it was changed meanwhile."""
        renewed = {"$set": {"password": new}}
        await or_busy(lambda: self._users.update_one({"_id": user_id, "password": old}, renewed))

    async def owners_of_keys(self, keys: Collection[str]) -> dict[str, UserId]:
        """Who has a name with one of these keys, by each key that they have."""
        query = self._users.find({"keys": {"$in": list(keys)}}, {"keys": 1})
        documents = await or_busy(lambda: query.to_list(None))
        return {key: document["_id"] for document in documents for key in document["keys"]}

    async def starting_with(self, keys: Iterable[str], limit: int) -> list[Person]:
        """People with a name of which a key begins with one of these, about in the order of their names."""
        begins = [{"keys": {"$regex": f"^{re.escape(key)}"}} for key in keys]
        query = self._users.find({"$or": begins, "_id": PEOPLE["_id"]}).hint("keys").limit(limit)
        return [_user(document).person for document in await or_busy(lambda: query.to_list(None))]

    async def get_many(self, ids: Iterable[UserId]) -> dict[UserId, User]:
        """Those of these users who are there."""
        query = self._users.find({"_id": {"$in": list(ids)}})
        return {document["_id"]: _user(document) for document in await or_busy(lambda: query.to_list(None))}

    async def rename(self, user_id: UserId, name: str, keys: Sequence[str]) -> User | None:
        """Give a user another name. The user as they now are; None if they are gone. Raises `NameTaken`."""
        try:
            return await self.change(user_id, name=name, keys=list(keys))
        except DuplicateKeyError:
            raise NameTaken from None

    async def record_use(self, user_id: UserId, now: Milliseconds) -> None:
        """The user is here."""
        await or_busy(lambda: self._users.update_one({"_id": user_id}, {"$max": {"used": now}}))

    async def has_users(self) -> bool:
        """Whether anybody has a name, who is no plugin."""
        return await or_busy(lambda: self._users.find_one(PEOPLE, {"_id": 1})) is not None

    async def has_admin(self) -> bool:
        """Whether there is an admin."""
        condition = {"role": "admin", "keys": {"$exists": True}}
        return await or_busy(lambda: self._users.find_one(condition, {"_id": 1})) is not None

    async def with_role_or_mute(self) -> list[User]:
        """Everybody with a role, or a mute."""
        query = self._users.find({"$or": [{"role": {"$exists": True}}, {"muted_until": {"$exists": True}}]})
        return [_user(document) for document in await or_busy(lambda: query.to_list(None))]

    async def all(self) -> list[User]:
        """Everybody who has a name now, by name; not what plugins speak as."""
        query = self._users.find(PEOPLE).sort("name", 1)
        return [_user(document) for document in await or_busy(lambda: query.to_list(None))]

    async def record_uses(self, ids: Iterable[UserId], now: Milliseconds) -> None:
        """All these users are here."""
        wanted = list(ids)
        await or_busy(lambda: self._users.update_many({"_id": {"$in": wanted}}, {"$max": {"used": now}}))

    async def release(self, user_id: UserId, unused_since: Milliseconds | None = None) -> User | None:
        """Free the name of a user without a password; the user stays as the author of what they wrote.

        With `unused_since`, only if they were not here since then and have no role. The former user; None if nothing
        was freed.
        """
        condition: Document = {"_id": user_id, "password": {"$exists": False}, "keys": {"$exists": True}}
        if unused_since is not None:
            condition |= {"used": {"$lt": unused_since}, "role": {"$exists": False}}
        return await self._update(condition, {"$unset": {"keys": ""}})

    async def mark_deleted(self, user_id: UserId, traces: MessageDisposal) -> User | None:
        """Forget all of a user but that there was one, and on record that the rest is to be removed."""
        rest = DELETED_USER | {"leaving": {"$literal": traces}}
        return await self._update({"_id": user_id}, [{"$replaceWith": rest}])

    async def pending_deletions(self) -> list[tuple[UserId, MessageDisposal]]:
        """Those of whom something may still be there."""
        query = self._users.find({"leaving": {"$exists": True}}, {"leaving": 1})
        return [(document["_id"], document["leaving"]) for document in await or_busy(lambda: query.to_list(None))]

    async def finish_deletion(self, user_id: UserId) -> None:
        """All of a user is removed, and what was just being kept of them, too."""
        await or_busy(lambda: self._users.update_one({"_id": user_id}, [{"$replaceWith": DELETED_USER}]))

    async def persons(self, ids: Iterable[UserId]) -> dict[UserId, Person]:
        """Who these users are. One whose document is gone is shown with the name "?"."""
        wanted = set(ids)
        known = await self.known_persons(wanted)
        return {user_id: known.get(user_id) or Person(user_id, UNKNOWN_NAME) for user_id in wanted}

    async def known_persons(self, ids: Iterable[UserId]) -> dict[UserId, Person]:
        """Those of these users that there are."""
        wanted = set(ids)
        unknown = [user_id for user_id in wanted if user_id not in self._persons]
        found = {user_id: self._persons[user_id] for user_id in wanted if user_id in self._persons}
        if unknown:
            query = self._users.find({"_id": {"$in": unknown}}, {"name": 1, "avatar": 1, "keys": 1})
            for document in await or_busy(lambda: query.to_list(None)):
                # Who changed while the database was asked is remembered as they are now.
                found[document["_id"]] = self._persons.get(document["_id"]) or _person(document)
        for person in found.values():
            self._remember(person)
        return found

    async def ignore(self, user_id: UserId, other: UserId) -> None:
        """Ignore another user. Raises `TooMany` if the user ignores as many as possible already."""
        has_room = {"_id": user_id, f"ignored.{MAX_IGNORED - 1}": {"$exists": False}}
        result = await or_busy(lambda: self._users.update_one(has_room, {"$addToSet": {"ignored": other}}))
        if not result.matched_count and not await self.has_ignored(user_id, other):
            raise TooMany(f"You can ignore at most {MAX_IGNORED} users.")

    async def unignore(self, user_id: UserId, other: UserId) -> None:
        """Stop ignoring a user."""
        await or_busy(lambda: self._users.update_one({"_id": user_id}, {"$pull": {"ignored": other}}))

    async def has_ignored(self, user_id: UserId, other: UserId) -> bool:
        """Whether a user, who need not be connected, ignores another one."""
        found = await or_busy(lambda: self._users.find_one({"_id": user_id, "ignored": other}, {"_id": 1}))
        return found is not None

    async def _update(self, condition: Document, update: Document | list[Document]) -> User | None:
        after = ReturnDocument.AFTER
        document = await or_busy(lambda: self._users.find_one_and_update(condition, update, return_document=after))
        if document is None:
            return None
        user = _user(document)
        self._remember(user.person)
        return user

    async def _is_durable(self, user: User) -> bool:
        """Whether a user is there for sure: a journaled write found them."""
        here = {"$max": {"used": user.used}}
        return bool((await or_busy(lambda: self._users.update_one({"_id": user.id}, here))).matched_count)

    async def _insert(self, document: Document) -> None:
        await self._users.insert_one(document)

    def _remember(self, person: Person) -> None:
        self._persons[person.id] = person
        self._persons.move_to_end(person.id)
        if len(self._persons) > self._remembered:
            self._persons.popitem(last=False)


def _person(document: Document) -> Person:
    return Person(document["_id"], document["name"], document.get("avatar", ""), "keys" not in document)


def _user(document: Document) -> User:
    return User(
        id=document["_id"],
        name=document["name"],
        created=int(document["created"]),
        used=int(document["used"]),
        password=document.get("password"),
        avatar=document.get("avatar", ""),
        former="keys" not in document,
        share_typing=document.get("share_typing"),
        see_typing=document.get("see_typing", "letters"),
        language=document.get("language"),
        theme=document.get("theme"),
        profile=Profile(**{name: document.get(name) for name in Profile.__struct_fields__}),
        shown=tuple(document.get("shown", DEFAULT_SHOWN)),
        notifications=Notifications(**document.get("notifications", {})),
        role=document.get("role", "member"),
        muted_until=_time(document.get("muted_until")),
        mute_reason=document.get("mute_reason", ""),
        ignored=tuple(document.get("ignored", ())),
    )


def _time(stored: int | None) -> Milliseconds | None:
    return None if stored is None else int(stored)
