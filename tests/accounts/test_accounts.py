"""Names and passwords: entering, keeping, signing in, leaving."""

import asyncio
import unicodedata
from collections.abc import Iterator
from itertools import count
from math import inf
from time import process_time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from ting.accounts.accounts import GUESSES_PER_NAME, Accounts
from ting.accounts.passwords import Passwords
from ting.accounts.sessions import Sessions
from ting.core.clock import DAY_MS
from ting.core.errors import BadPassword, Busy, NameReserved, NameTaken, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, Milliseconds, Person, Session
from ting.core.settings import Settings
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.store.sessions import SessionStore
from ting.store.stores import Stores

LAPTOP, PHONE = ClientInfo("laptop", "192.0.2.1"), ClientInfo("phone", "192.0.2.2")
GOOD, OTHER = "correct horse", "battery staple"


class House:
    """Accounts on a clock that is moved by hand, with cheap hashes."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self.now = 100 * DAY_MS
        stores, settings = Stores.of(database), Settings(reserved_names=["boss"])
        realtime = RealtimeServices.build(stores, settings, self.clock)
        self.users, self.presence = stores.users, realtime.presence
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.passwords = Passwords(hasher or cheap)
        self.sessions = Sessions(stores, self.presence, self.clock)
        self.accounts = Accounts(stores.users, realtime, self.sessions, self.passwords, settings, self.clock)

    def clock(self) -> Milliseconds:
        return self.now

    async def enter(self, name: str, password: str | None = None, device: ClientInfo = LAPTOP) -> Session:
        """Somebody who has entered, and perhaps set a password."""
        _, token = await self.accounts.register(name, device)
        if password is not None:
            await self.accounts.set_password(await self.opened(token), password, None, device.address)
        return await self.opened(token)

    async def opened(self, token: str, device: ClientInfo = LAPTOP) -> Session:
        session = await self.sessions.find(token)
        assert session is not None
        await self.sessions.record_use(session, device)
        return session

    async def sign_in(self, name: str, password: str, device: ClientInfo = PHONE) -> Session:
        _, token = await self.accounts.sign_in(name, password, device)
        return await self.opened(token, device)


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database)
    yield house
    house.passwords.close()


@pytest.mark.gen_test
async def test_a_name_with_a_password_is_signed_in_to_from_anywhere(house: House) -> None:
    ada = await house.enter("Ada", GOOD)

    for name in ("Ada", "ada", "ÁDA", "Αda"):
        assert (await house.sign_in(name, GOOD)).user.id == ada.user.id
    assert len(await house.sessions.views(ada)) == 5


@pytest.mark.gen_test
async def test_a_wrong_password_and_a_name_without_one_are_answered_alike(house: House) -> None:
    await house.enter("ada", GOOD)
    await house.enter("bob")

    for name in ("ada", "bob"):
        with pytest.raises(WrongPassword) as refused:
            await house.sign_in(name, OTHER)
        assert (refused.value.code, refused.value.field) == ("wrong_password", "password")
    with pytest.raises(UnknownName):
        await house.sign_in("eve", GOOD)


class Counting(PasswordHasher):
    """Counts how often it works."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.works = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.works += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.works += 1
        return super().verify(hash, password)


@pytest.mark.gen_test
async def test_a_guess_is_as_much_work_whatever_there_is_to_guess(database: Database) -> None:
    house = House(database, hasher := Counting())
    await house.enter("ada", GOOD)
    await house.enter("bob")
    works = []

    for name in ("ada", "bob", "eve"):
        before = hasher.works
        with pytest.raises((WrongPassword, UnknownName)):
            await house.sign_in(name, OTHER)
        works.append(hasher.works - before)

    assert works == [1, 1, 1]


@pytest.mark.gen_test(timeout=30)
async def test_a_guess_takes_as_long_whatever_there_is_to_guess(database: Database) -> None:
    # So much work that it is most of the time a guess takes.
    house = House(database, PasswordHasher(time_cost=2, memory_cost=16 * 1024, parallelism=1))
    names, quickest = 4, {"with": inf, "without": inf, "nobody": inf}
    for number in range(names):
        await house.enter(f"with{number}", GOOD)
        await house.enter(f"without{number}")

    # The time of this process alone. What else the machine does only ever adds to it: the quickest of many guesses is
    # the one that was not disturbed.
    for number in range(names * (GUESSES_PER_NAME.burst - 1)):
        for kind, before in quickest.items():
            begun = process_time()
            with pytest.raises((WrongPassword, UnknownName)):
                await house.sign_in(f"{kind}{number % names}", OTHER, ClientInfo("", f"198.51.100.{number}"))
            quickest[kind] = min(before, process_time() - begun)
        if max(quickest.values()) < 1.5 * min(quickest.values()) and number > names:
            break
    else:
        pytest.fail(f"it takes {quickest}")
    house.passwords.close()


@pytest.mark.gen_test
async def test_of_fifty_who_want_names_that_look_the_same_one_gets_it(house: House) -> None:
    looks = ["ada", "Ada", "αda", "ÁDA", "ΑDΑ"] * 10

    entered = await asyncio.gather(*(house.accounts.register(name, LAPTOP) for name in looks), return_exceptions=True)

    assert sum(not isinstance(one, BaseException) for one in entered) == 1
    assert sum(isinstance(one, NameTaken) for one in entered) == 49


@pytest.mark.gen_test
@pytest.mark.parametrize("name", ["admin", "ΤΙΝG", "B0SS"])
async def test_reserved_names_are_not_for_people(house: House, name: str) -> None:
    with pytest.raises(NameReserved):
        await house.enter(name)


@pytest.mark.gen_test
@pytest.mark.parametrize("password", ["short", "x" * 257, "password123", "PASSWORD1", "ada-lovelace", "ΑDA-LOVELACE"])
async def test_a_bad_password_is_refused(house: House, password: str) -> None:
    with pytest.raises(BadPassword):
        await house.enter("Ada-Lovelace", password)


@pytest.mark.gen_test
async def test_changing_a_password_needs_the_current_one_and_ends_the_other_sessions(house: House) -> None:
    laptop = await house.enter("ada", GOOD)
    phone = await house.sign_in("ada", GOOD)

    for wrong in (None, OTHER):
        with pytest.raises(WrongPassword) as refused:
            await house.accounts.set_password(laptop, OTHER, wrong, "192.0.2.1")
        assert refused.value.field == "current"
    await house.accounts.set_password(laptop, OTHER, GOOD, "192.0.2.1")

    assert [one.current for one in await house.sessions.views(laptop)] == [True]
    assert phone.id != laptop.id
    with pytest.raises(WrongPassword):
        await house.sign_in("ada", GOOD)
    assert (await house.sign_in("ada", OTHER)).user.id == laptop.user.id


@pytest.mark.gen_test
async def test_a_password_is_the_same_on_every_keyboard(house: House) -> None:
    await house.enter("ada", unicodedata.normalize("NFC", "ψάρι με λεμόνι"))

    await house.sign_in("ada", unicodedata.normalize("NFD", "ψάρι με λεμόνι"))


@pytest.mark.gen_test
async def test_who_signs_in_while_the_password_is_changed_does_not_stay_in_with_the_old_one(
    house: House, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await house.enter("ada", GOOD)
    begun = house.sessions.begin

    async def late(*given: object) -> str:
        await house.accounts.set_password(ada, OTHER, GOOD, "192.0.2.1")
        return await begun(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(house.sessions, "begin", late)
    with pytest.raises(WrongPassword):
        await house.sign_in("ada", GOOD)

    assert [one.current for one in await house.sessions.views(ada)] == [True]


@pytest.mark.gen_test
async def test_a_password_is_never_stored(house: House, database: Database) -> None:
    await house.enter("ada", GOOD)

    stored = await database.collection("users").find_one({"name": "ada"})

    assert stored is not None
    assert stored["password"].startswith("$argon2id$")
    assert GOOD not in str(stored)


@pytest.mark.gen_test
async def test_a_hash_with_weaker_parameters_is_renewed_at_sign_in(house: House, database: Database) -> None:
    ada = await house.enter("ada", GOOD)
    stronger = House(database, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    await stronger.sign_in("ada", GOOD)

    renewed = await house.users.get(ada.user.id)
    assert renewed is not None
    assert renewed.password is not None
    assert "m=16,t=2" in renewed.password
    stronger.passwords.close()


@pytest.mark.gen_test
async def test_renewing_a_hash_does_not_undo_a_change_of_the_password_meanwhile(
    house: House, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await house.enter("ada", GOOD)
    stronger = House(database, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    hashed = stronger.passwords.hash

    async def slow(password: str) -> str:
        await house.accounts.set_password(ada, OTHER, GOOD, "192.0.2.1")
        return await hashed(password)

    monkeypatch.setattr(stronger.passwords, "hash", slow)
    await stronger.accounts.sign_in("ada", GOOD, PHONE)

    with pytest.raises(WrongPassword):
        await house.sign_in("ada", GOOD)
    await house.sign_in("ada", OTHER)
    stronger.passwords.close()


@pytest.mark.gen_test
async def test_a_password_is_never_changed_without_ending_the_other_sessions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = await house.enter("ada", GOOD)
    _, phone = await house.accounts.sign_in("ada", GOOD, PHONE)
    change = house.users.change

    async def lost(*given: object, **fields: object) -> None:
        await change(*given, **fields)  # type: ignore[arg-type]
        raise Busy

    monkeypatch.setattr(house.users, "change", lost)
    with pytest.raises(Busy):
        await house.accounts.set_password(laptop, OTHER, GOOD, "192.0.2.1")

    assert await house.sessions.find(phone) is None
    await house.sign_in("ada", OTHER)


@pytest.mark.gen_test
async def test_leaving_frees_a_name_even_when_the_database_goes_away_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await house.enter("ada")

    async def gone(*_: object, **__: object) -> None:
        raise Busy

    for end in ("remove", "remove_all"):
        monkeypatch.setattr(SessionStore, end, gone)
    with pytest.raises(Busy):
        await house.accounts.leave(ada)

    assert (await house.enter("ada")).user.id != ada.user.id


@pytest.mark.gen_test
async def test_leaving_frees_a_name_without_a_password_and_keeps_one_with(house: House) -> None:
    await house.accounts.leave(await house.enter("ada"))
    ada = await house.enter("ada", GOOD)
    await house.accounts.leave(ada)

    with pytest.raises(NameTaken):
        await house.enter("ada")
    assert (await house.sign_in("ada", GOOD)).user.id == ada.user.id


@pytest.mark.gen_test
async def test_an_unused_name_without_a_password_is_free_after_two_weeks(house: House) -> None:
    _, token = await house.accounts.register("ada", LAPTOP)
    ada = await house.opened(token)
    house.now += 14 * DAY_MS - 1
    with pytest.raises(NameTaken):
        await house.enter("ada")
    house.now += 2
    again = await house.enter("ada")

    assert again.user.id != ada.user.id
    assert (await house.users.persons([ada.user.id]))[ada.user.id] == Person(ada.user.id, "ada", former=True)
    assert await house.sessions.find(token) is None


@pytest.mark.gen_test
async def test_using_a_name_keeps_it(house: House) -> None:
    _, token = await house.accounts.register("ada", LAPTOP)
    house.now += 13 * DAY_MS
    await house.opened(token, PHONE)
    house.now += 13 * DAY_MS

    with pytest.raises(NameTaken):
        await house.enter("ada")
    (view,) = await house.sessions.views(await house.opened(token, PHONE))
    assert (view.agent, view.address, view.current) == ("phone", "192.0.2.2", True)


@pytest.mark.gen_test
async def test_a_name_with_a_password_is_never_free(house: House) -> None:
    await house.enter("ada", GOOD)
    house.now += 1000 * DAY_MS

    with pytest.raises(NameTaken):
        await house.enter("ada")


@pytest.mark.gen_test
async def test_a_session_is_ended_from_another_one_and_only_by_its_user(house: House) -> None:
    laptop = await house.enter("ada", GOOD)
    _, token = await house.accounts.sign_in("ada", GOOD, PHONE)
    bob = await house.enter("bob")
    (phone,) = [one for one in await house.sessions.views(laptop) if not one.current]

    await house.sessions.end_other(bob, phone.id)
    assert await house.sessions.find(token) is not None
    await house.sessions.end_other(laptop, phone.id)
    await house.sessions.end_other(laptop, phone.id)

    assert await house.sessions.find(token) is None
    assert len(await house.sessions.views(laptop)) == 1


@pytest.mark.gen_test
async def test_of_very_many_sessions_those_end_that_were_not_used_for_longest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ting.accounts.sessions.MAX_SESSIONS", 3)
    await house.enter("ada", GOOD)
    tokens = []
    for _ in range(4):
        house.now += 1
        tokens.append((await house.accounts.sign_in("ada", GOOD, PHONE))[1])

    assert [await house.sessions.find(token) is not None for token in tokens] == [False, True, True, True]
    last = await house.opened(tokens[-1])
    assert len(await house.sessions.views(last)) == 3


@pytest.mark.gen_test
async def test_guessing_is_slowed_per_name_and_does_not_lock_out_who_is_in(house: House) -> None:
    _, token = await house.accounts.register("ada", LAPTOP)
    addresses = (ClientInfo("", f"198.51.100.{number}") for number in count(1))
    for _ in range(GUESSES_PER_NAME.burst):
        with pytest.raises(WrongPassword):
            await house.sign_in("ada", OTHER, next(addresses))

    with pytest.raises(TooMany) as refused:
        await house.sign_in("ada", OTHER, next(addresses))

    assert refused.value.retry_after
    assert await house.sessions.find(token) is not None


@pytest.mark.gen_test
async def test_the_right_password_costs_no_guess(house: House) -> None:
    await house.enter("ada", GOOD)

    for _ in range(3 * GUESSES_PER_NAME.burst):
        await house.sign_in("ada", GOOD)
