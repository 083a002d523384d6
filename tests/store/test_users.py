"""Users and sessions in the database."""

import asyncio

import pytest

from tests.app_parts import CLIENT
from ting.app import App
from ting.core.errors import BadName, NameTaken
from ting.core.models import Person, User, session_id
from ting.core.names import user_keys
from ting.store.database import Database
from ting.store.users import UserStore


def user(id: str, name: str) -> User:
    return User(id=id, name=name, created=1, used=1)


async def add(users: UserStore, id: str, name: str) -> None:
    await users.add(user(id, name), user_keys(name))


@pytest.mark.gen_test
async def test_of_many_who_want_a_name_at_once_exactly_one_gets_it(app: App) -> None:
    names = ["ada", "Ada", "ADA", "áda"] * 13

    entered = await asyncio.gather(
        *(app.accounts.accounts.register(name, CLIENT) for name in names[:50]), return_exceptions=True
    )

    got = [one for one in entered if not isinstance(one, BaseException)]
    assert len(got) == 1
    assert all(isinstance(one, NameTaken) for one in entered if isinstance(one, BaseException))
    database = app.web.database
    assert await database.collection("users").count_documents({}) == 1
    assert [one["_id"] async for one in database.collection("sessions").find()] == [session_id(got[0][1])]


@pytest.mark.gen_test
async def test_a_bad_name_leaves_nothing_in_the_database(app: App) -> None:
    with pytest.raises(BadName):
        await app.accounts.accounts.register("ada bob", CLIENT)

    assert await app.web.database.collection("sessions").count_documents({}) == 0


@pytest.mark.gen_test
async def test_a_token_is_never_stored_and_opens_its_session(app: App) -> None:
    ada, token = await app.accounts.accounts.register("ada", CLIENT)

    session = await app.accounts.sessions.find(token)

    assert session is not None
    assert session.user == ada
    stored = [document async for document in app.web.database.collection("sessions").find()]
    assert token not in str(stored)
    for other in ("", session.id, token[:-1], token + "x", "\0"):
        assert await app.accounts.sessions.find(other) is None


@pytest.mark.gen_test
async def test_leaving_ends_the_session_and_frees_the_name_but_not_the_authorship(app: App) -> None:
    ada, token = await app.accounts.accounts.register("ada", CLIENT)
    session = await app.accounts.sessions.find(token)
    assert session is not None

    await app.accounts.accounts.leave(session)
    await app.accounts.accounts.leave(session)

    assert await app.accounts.sessions.find(token) is None
    again, _ = await app.accounts.accounts.register("Ada", CLIENT)
    assert again.id != ada.id
    gone = await UserStore(app.web.database).get(ada.id)
    assert gone is not None
    assert gone.name == "ada"


@pytest.mark.gen_test
async def test_two_who_left_may_have_had_the_same_name(database: Database) -> None:
    users = UserStore(database)
    for id in ("1", "2"):
        await add(users, id, "ada")
        await users.release(id)

    assert await users.persons(["1", "2"]) == {id: Person(id, "ada", former=True) for id in ("1", "2")}


@pytest.mark.gen_test
async def test_persons_are_found_remembered_or_unknown(database: Database) -> None:
    users = UserStore(database, max_cached=2)
    for id in ("1", "2", "3"):
        await add(users, id, f"name{id}")

    everybody = await users.persons(["1", "2", "3", "4", "1"])

    assert everybody == {id: Person(id, f"name{id}") for id in "123"} | {"4": Person("4", "?")}
    assert len(users.cached) == 2
    await database.collection("users").drop()
    remembered = users.cached
    assert await users.persons(remembered) == {id: everybody[id] for id in remembered}
    assert await users.persons([]) == {}


@pytest.mark.gen_test
async def test_a_user_of_the_first_version_is_read_with_what_is_right_for_everybody(database: Database) -> None:
    old = {"_id": "1", "name": "ada", "keys": ["ada"], "created": 1, "used": 2, "see_typing": "nothing"}
    await database.collection("users").insert_one(old)

    assert await UserStore(database).get("1") == User(id="1", name="ada", created=1, used=2, see_typing="nothing")


@pytest.mark.gen_test
async def test_who_changes_is_remembered_as_they_are_now(database: Database) -> None:
    users = UserStore(database)
    await add(users, "1", "ada")
    assert await users.persons(["1"]) == {"1": Person("1", "ada")}

    await users.change("1", avatar="0123456789abcdef")
    assert await users.persons(["1"]) == {"1": Person("1", "ada", "0123456789abcdef")}
    await UserStore(database).mark_deleted("1", "keep")
    await users.reread("1")
    assert await users.persons(["1"]) == {"1": Person("1", "", former=True)}
    for gone in ("1", "2"):
        assert await users.change(gone, avatar="x", email="ada@example.org") is None
    await database.collection("users").update_one({"_id": "1"}, {"$set": {"ignored": ["2"]}})
    await users.finish_deletion("1")
    assert await database.collection("users").find_one() == {"_id": "1", "name": "", "created": 1, "used": 1}
