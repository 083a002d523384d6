"""Users and sessions in the database."""

import asyncio

import pytest

from tests.app_parts import CLIENT
from ting.app import App
from ting.core.errors import BadName, NameTaken
from ting.core.models import Person, User, session_id
from ting.core.names import name_keys
from ting.store.database import Database
from ting.store.users import UserStore


def user(id: str, name: str) -> User:
    return User(id=id, name=name, created=1, used=1)


async def add(users: UserStore, id: str, name: str) -> None:
    await users.add(user(id, name), name_keys(name))


@pytest.mark.gen_test
async def test_of_many_concurrent_registrations_of_a_name_exactly_one_succeeds(app: App) -> None:
    names = ["ada", "Ada", "ADA", "áda"] * 13

    results = await asyncio.gather(
        *(app.accounts.accounts.register(name, CLIENT) for name in names[:50]), return_exceptions=True
    )

    registered = [result for result in results if not isinstance(result, BaseException)]
    assert len(registered) == 1
    assert all(isinstance(result, NameTaken) for result in results if isinstance(result, BaseException))
    database = app.web.database
    assert await database.collection("users").count_documents({}) == 1
    sessions = [document["_id"] async for document in database.collection("sessions").find()]
    assert sessions == [session_id(registered[0][1])]


@pytest.mark.gen_test
async def test_a_registration_with_a_bad_name_stores_nothing(app: App) -> None:
    with pytest.raises(BadName):
        await app.accounts.accounts.register("ada bob", CLIENT)

    assert await app.web.database.collection("sessions").count_documents({}) == 0


@pytest.mark.gen_test
async def test_a_token_is_not_stored_and_finds_its_session(app: App) -> None:
    ada, token = await app.accounts.accounts.register("ada", CLIENT)

    session = await app.accounts.sessions.find(token)

    assert session is not None
    assert session.user == ada
    stored = [document async for document in app.web.database.collection("sessions").find()]
    assert token not in str(stored)
    for other in ("", session.id, token[:-1], token + "x", "\0"):
        assert await app.accounts.sessions.find(other) is None


@pytest.mark.gen_test
async def test_leaving_ends_the_session_and_frees_the_name_but_keeps_the_user(app: App) -> None:
    ada, token = await app.accounts.accounts.register("ada", CLIENT)
    session = await app.accounts.sessions.find(token)
    assert session is not None

    await app.accounts.accounts.leave(session)
    await app.accounts.accounts.leave(session)

    assert await app.accounts.sessions.find(token) is None
    again, _ = await app.accounts.accounts.register("Ada", CLIENT)
    assert again.id != ada.id
    former = await UserStore(app.web.database).get(ada.id)
    assert former is not None
    assert former.name == "ada"


@pytest.mark.gen_test
async def test_two_former_users_can_have_the_same_name(database: Database) -> None:
    users = UserStore(database)
    for id in ("1", "2"):
        await add(users, id, "ada")
        await users.release(id)

    assert await users.persons(["1", "2"]) == {id: Person(id, "ada", former=True) for id in ("1", "2")}


@pytest.mark.gen_test
async def test_persons_are_read_cached_or_unknown(database: Database) -> None:
    users = UserStore(database, max_cached=2)
    for id in ("1", "2", "3"):
        await add(users, id, f"name{id}")

    persons = await users.persons(["1", "2", "3", "4", "1"])

    assert persons == {id: Person(id, f"name{id}") for id in "123"} | {"4": Person("4", "?")}
    assert len(users.cached) == 2
    await database.collection("users").drop()
    cached = users.cached
    assert await users.persons(cached) == {id: persons[id] for id in cached}
    assert await users.persons([]) == {}


@pytest.mark.gen_test
async def test_a_user_of_the_first_version_is_read_with_defaults(database: Database) -> None:
    old = {"_id": "1", "name": "ada", "keys": ["ada"], "created": 1, "used": 2, "see_typing": "nothing"}
    await database.collection("users").insert_one(old)

    assert await UserStore(database).get("1") == User(id="1", name="ada", created=1, used=2, see_typing="nothing")


@pytest.mark.gen_test
async def test_a_changed_user_replaces_the_cached_person(database: Database) -> None:
    users = UserStore(database)
    await add(users, "1", "ada")
    assert await users.persons(["1"]) == {"1": Person("1", "ada")}

    await users.change("1", avatar="0123456789abcdef")
    assert await users.persons(["1"]) == {"1": Person("1", "ada", "0123456789abcdef")}
    await UserStore(database).mark_deleted("1", "keep")
    await users.reread("1")
    assert await users.persons(["1"]) == {"1": Person("1", "", former=True)}
    for deleted in ("1", "2"):
        assert await users.change(deleted, avatar="x", email="ada@example.org") is None
    await database.collection("users").update_one({"_id": "1"}, {"$set": {"ignored": ["2"]}})
    await users.finish_deletion("1")
    assert await database.collection("users").find_one() == {"_id": "1", "name": "", "created": 1, "used": 1}
