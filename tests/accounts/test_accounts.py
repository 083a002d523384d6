"""Names and sessions: registering, signing in, keeping a name, signing out."""

import asyncio

import pytest

from tests.accounts.account_parts import GOOD, LAPTOP, OTHER, PHONE, AccountParts
from ting.core.clock import DAY_MS
from ting.core.errors import Busy, NameReserved, NameTaken, UnknownName, WrongPassword
from ting.core.models import Person
from ting.store.sessions import SessionStore


@pytest.mark.gen_test
async def test_a_user_with_a_password_can_sign_in_with_any_spelling_of_the_name(parts: AccountParts) -> None:
    ada = await parts.register("Ada", GOOD)

    for name in ("Ada", "ada", "ÁDA", "Αda"):
        assert (await parts.sign_in(name, GOOD)).user.id == ada.user.id
    assert len(await parts.sessions.views(ada)) == 5


@pytest.mark.gen_test
async def test_a_name_without_a_password_is_refused_like_a_wrong_password(parts: AccountParts) -> None:
    await parts.register("ada", GOOD)
    await parts.register("bob")

    for name in ("ada", "bob"):
        with pytest.raises(WrongPassword) as refused:
            await parts.sign_in(name, OTHER)
        assert (refused.value.code, refused.value.field) == ("wrong_password", "password")
    with pytest.raises(UnknownName):
        await parts.sign_in("eve", GOOD)


@pytest.mark.gen_test
async def test_only_one_of_fifty_concurrent_registrations_gets_a_lookalike_name(parts: AccountParts) -> None:
    names = ["ada", "Ada", "αda", "ÁDA", "ΑDΑ"] * 10

    results = await asyncio.gather(*(parts.accounts.register(name, LAPTOP) for name in names), return_exceptions=True)

    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert sum(isinstance(result, NameTaken) for result in results) == 49


@pytest.mark.gen_test
@pytest.mark.parametrize("name", ["admin", "ΤΙΝG", "B0SS"])
async def test_reserved_names_cannot_be_registered(parts: AccountParts, name: str) -> None:
    with pytest.raises(NameReserved):
        await parts.register(name)


@pytest.mark.gen_test
async def test_signing_out_frees_a_name_even_if_the_database_fails_meanwhile(
    parts: AccountParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await parts.register("ada")

    async def fail(*_: object, **__: object) -> None:
        raise Busy

    for method in ("remove", "remove_all"):
        monkeypatch.setattr(SessionStore, method, fail)
    with pytest.raises(Busy):
        await parts.accounts.leave(ada)

    assert (await parts.register("ada")).user.id != ada.user.id


@pytest.mark.gen_test
async def test_signing_out_frees_only_a_name_without_a_password(parts: AccountParts) -> None:
    await parts.accounts.leave(await parts.register("ada"))
    ada = await parts.register("ada", GOOD)
    await parts.accounts.leave(ada)

    with pytest.raises(NameTaken):
        await parts.register("ada")
    assert (await parts.sign_in("ada", GOOD)).user.id == ada.user.id


@pytest.mark.gen_test
async def test_an_unused_name_without_a_password_becomes_free_after_two_weeks(parts: AccountParts) -> None:
    _, token = await parts.accounts.register("ada", LAPTOP)
    ada = await parts.session(token)
    parts.now += 14 * DAY_MS - 1
    with pytest.raises(NameTaken):
        await parts.register("ada")
    parts.now += 2
    again = await parts.register("ada")

    assert again.user.id != ada.user.id
    assert (await parts.users.persons([ada.user.id]))[ada.user.id] == Person(ada.user.id, "ada", former=True)
    assert await parts.sessions.find(token) is None


@pytest.mark.gen_test
async def test_using_a_name_keeps_it(parts: AccountParts) -> None:
    _, token = await parts.accounts.register("ada", LAPTOP)
    parts.now += 13 * DAY_MS
    await parts.session(token, PHONE)
    parts.now += 13 * DAY_MS

    with pytest.raises(NameTaken):
        await parts.register("ada")
    (view,) = await parts.sessions.views(await parts.session(token, PHONE))
    assert (view.agent, view.address, view.current) == ("phone", "192.0.2.2", True)


@pytest.mark.gen_test
async def test_a_name_with_a_password_never_becomes_free(parts: AccountParts) -> None:
    await parts.register("ada", GOOD)
    parts.now += 1000 * DAY_MS

    with pytest.raises(NameTaken):
        await parts.register("ada")


@pytest.mark.gen_test
async def test_only_its_user_can_end_a_session_from_another_one(parts: AccountParts) -> None:
    laptop = await parts.register("ada", GOOD)
    _, token = await parts.accounts.sign_in("ada", GOOD, PHONE)
    bob = await parts.register("bob")
    (phone,) = [view for view in await parts.sessions.views(laptop) if not view.current]

    await parts.sessions.end_other(bob, phone.id)
    assert await parts.sessions.find(token) is not None
    await parts.sessions.end_other(laptop, phone.id)
    await parts.sessions.end_other(laptop, phone.id)

    assert await parts.sessions.find(token) is None
    assert len(await parts.sessions.views(laptop)) == 1


@pytest.mark.gen_test
async def test_over_the_limit_the_least_recently_used_sessions_end(
    parts: AccountParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ting.accounts.sessions.MAX_SESSIONS", 3)
    await parts.register("ada", GOOD)
    tokens = []
    for _ in range(4):
        parts.now += 1
        tokens.append((await parts.accounts.sign_in("ada", GOOD, PHONE))[1])

    assert [await parts.sessions.find(token) is not None for token in tokens] == [False, True, True, True]
    last = await parts.session(tokens[-1])
    assert len(await parts.sessions.views(last)) == 3
