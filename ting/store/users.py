"""Users in the database. A name belongs to one user at a time: the unique index on `keys` decides races."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from pymongo.errors import DuplicateKeyError

from ting.errors import NameTaken
from ting.models import Milliseconds, Person, TypingChoices, User, UserId
from ting.store.database import Database, Document, answered

UNKNOWN_NAME = "?"


class UserStore:
    """Users, with a bounded memory of the persons who were asked for last."""

    def __init__(self, database: Database, *, remembered: int = 10_000) -> None:
        self._users = database.collection("users")
        self._persons: OrderedDict[UserId, Person] = OrderedDict()
        self._remembered = remembered

    async def add(self, user: User, keys: Sequence[str]) -> None:
        """A new user, whose name has these keys. Raises `NameTaken` when somebody has one of them."""
        document = {"_id": user.id, "name": user.name, "keys": keys, "created": user.created, "used": user.used}
        try:
            await answered(lambda: self._insert(document))
        except DuplicateKeyError:
            raise NameTaken from None

    async def get(self, user_id: UserId) -> User | None:
        document = await answered(lambda: self._users.find_one({"_id": user_id}))
        return _user(document) if document else None

    async def named(self, keys: Sequence[str]) -> User | None:
        """Who has a name with one of these keys."""
        document = await answered(lambda: self._users.find_one({"keys": {"$in": keys}}))
        return _user(document) if document else None

    async def set_password(self, user_id: UserId, password: str) -> None:
        """Keep the hash of a password."""
        await answered(lambda: self._users.update_one({"_id": user_id}, {"$set": {"password": password}}))

    async def touch(self, user_id: UserId, now: Milliseconds) -> None:
        """The user is here."""
        await answered(lambda: self._users.update_one({"_id": user_id}, {"$max": {"used": now}}))

    async def choose_typing(self, user_id: UserId, choices: TypingChoices) -> None:
        """Keep what the user shares and sees of typing."""
        fields = {"share_typing": choices.share, "see_typing": choices.see}
        change = {"$set": {name: value for name, value in fields.items() if value is not None}}
        await answered(lambda: self._users.update_one({"_id": user_id}, change))

    async def release(self, user_id: UserId, unused_since: Milliseconds | None = None) -> None:
        """Free the name of a user without a password; the user stays as the author of what they wrote.

        With `unused_since`, only if they were not here since then.
        """
        condition: Document = {"_id": user_id, "password": {"$exists": False}}
        if unused_since is not None:
            condition["used"] = {"$lt": unused_since}
        await answered(lambda: self._users.update_one(condition, {"$unset": {"keys": ""}}))

    async def persons(self, ids: Iterable[UserId]) -> dict[UserId, Person]:
        """Who these users are. One whose document is gone is shown with the name "?"."""
        wanted = set(ids)
        unknown = [user_id for user_id in wanted if user_id not in self._persons]
        found = {user_id: self._persons[user_id] for user_id in wanted if user_id in self._persons}
        if unknown:
            query = self._users.find({"_id": {"$in": unknown}}, {"name": 1})
            for document in await answered(lambda: query.to_list(None)):
                found[document["_id"]] = Person(document["_id"], document["name"])
        for user_id in wanted:
            self._remember(found.setdefault(user_id, Person(user_id, UNKNOWN_NAME)))
        return found

    async def _insert(self, document: Document) -> None:
        await self._users.insert_one(document)

    def _remember(self, person: Person) -> None:
        self._persons[person.id] = person
        self._persons.move_to_end(person.id)
        if len(self._persons) > self._remembered:
            self._persons.popitem(last=False)


def _user(document: Document) -> User:
    return User(
        id=document["_id"],
        name=document["name"],
        created=int(document["created"]),
        used=int(document["used"]),
        password=document.get("password"),
        share_typing=document.get("share_typing"),
        see_typing=document.get("see_typing", "letters"),
        role=document.get("role", "member"),
        muted_until=_time(document.get("muted_until")),
        ignored=tuple(document.get("ignored", ())),
    )


def _time(stored: int | None) -> Milliseconds | None:
    return None if stored is None else int(stored)
