"""Users in the database. A name belongs to one user at a time: the unique index on `key` decides races."""

from collections import OrderedDict
from collections.abc import Iterable

from pymongo.errors import DuplicateKeyError

from ting.errors import NameTaken
from ting.models import Person, TypingChoices, User, UserId
from ting.store.database import Database, Document, answered

UNKNOWN_NAME = "?"


class UserStore:
    """Users, with a bounded memory of the persons who were asked for last."""

    def __init__(self, database: Database, *, remembered: int = 10_000) -> None:
        self._users = database.collection("users")
        self._persons: OrderedDict[UserId, Person] = OrderedDict()
        self._remembered = remembered

    async def add(self, user: User) -> None:
        """Raises `NameTaken` when somebody has the name."""
        document = {"_id": user.id, "name": user.name, "key": user.key, "created": user.created}
        try:
            await answered(lambda: self._insert(document))
        except DuplicateKeyError:
            raise NameTaken from None

    async def get(self, user_id: UserId) -> User | None:
        document = await answered(lambda: self._users.find_one({"_id": user_id}))
        return _user(document) if document else None

    async def choose_typing(self, user_id: UserId, choices: TypingChoices) -> None:
        """Keep what the user shares and sees of typing."""
        fields = {"share_typing": choices.share, "see_typing": choices.see}
        change = {"$set": {name: value for name, value in fields.items() if value is not None}}
        await answered(lambda: self._users.update_one({"_id": user_id}, change))

    async def release(self, user_id: UserId) -> None:
        """Free the user's name; the user stays as the author of what they wrote."""
        await answered(lambda: self._users.update_one({"_id": user_id}, {"$unset": {"key": ""}}))

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
    # A released user has no key; "" is nobody's.
    return User(
        id=document["_id"],
        name=document["name"],
        key=document.get("key", ""),
        created=int(document["created"]),
        share_typing=document.get("share_typing"),
        see_typing=document.get("see_typing", "letters"),
    )
