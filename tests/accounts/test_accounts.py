"""Names and passwords: registering, signing in, keeping a name, signing out."""

import asyncio
import unicodedata
from collections.abc import Iterator
from itertools import count
from math import inf
from time import process_time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from ting.accounts.accounts import Accounts
from ting.accounts.guesses import GUESSES_PER_NAME
from ting.accounts.hashing_queue import Requester
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


class AccountParts:
    """Accounts with a clock that the test moves, and with cheap hashes."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self.now = 100 * DAY_MS
        stores, settings = Stores.of(database), Settings(reserved_names=["boss"])
        realtime = RealtimeServices.build(stores, settings, self.clock)
        self.users, self.presence = stores.users, realtime.presence
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.passwords = Passwords(hasher or cheap)
        self.sessions = Sessions(stores, self.presence, self.clock)
        self.accounts = Accounts(stores, realtime, self.sessions, self.passwords, settings, self.clock)

    def clock(self) -> Milliseconds:
        return self.now

    async def register(self, name: str, password: str | None = None, device: ClientInfo = LAPTOP) -> Session:
        """Register a user, and set a password if one is given. Return the user's session."""
        _, token = await self.accounts.register(name, device)
        if password is not None:
            await self.accounts.set_password(await self.session(token), password, None)
        return await self.session(token)

    async def session(self, token: str, device: ClientInfo = LAPTOP) -> Session:
        """Return the session of a token, and record that a device uses it."""
        session = await self.sessions.find(token)
        assert session is not None
        await self.sessions.record_use(session, device)
        return session

    async def sign_in(self, name: str, password: str, device: ClientInfo = PHONE) -> Session:
        _, token = await self.accounts.sign_in(name, password, device)
        return await self.session(token, device)


@pytest.fixture
def parts(database: Database) -> Iterator[AccountParts]:
    parts = AccountParts(database)
    yield parts
    parts.passwords.close()


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


class CountingHasher(PasswordHasher):
    """Counts how often it hashes or verifies."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.calls = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.calls += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.calls += 1
        return super().verify(hash, password)


@pytest.mark.gen_test
async def test_a_guess_costs_one_hash_whether_or_not_the_name_has_a_password(database: Database) -> None:
    parts = AccountParts(database, hasher := CountingHasher())
    await parts.register("ada", GOOD)
    await parts.register("bob")
    calls = []

    for name in ("ada", "bob"):
        before = hasher.calls
        with pytest.raises(WrongPassword):
            await parts.sign_in(name, OTHER)
        calls.append(hasher.calls - before)

    assert calls == [1, 1]
    parts.passwords.close()


@pytest.mark.gen_test
async def test_no_hash_is_computed_for_nothing(database: Database) -> None:
    parts = AccountParts(database, hasher := CountingHasher())
    await parts.register("ada", GOOD)
    await parts.register("bob")
    before = hasher.calls

    for name in ("ada", "bob", "ADA", "boss"):
        with pytest.raises(NameTaken):
            await parts.accounts.register(name, LAPTOP, OTHER)
    with pytest.raises(UnknownName):
        await parts.sign_in("eve", OTHER)
    for impossible in ("", "x" * 257):
        with pytest.raises(WrongPassword):
            await parts.sign_in("ada", impossible)

    assert hasher.calls == before
    parts.passwords.close()


@pytest.mark.gen_test(timeout=30)
async def test_a_guess_takes_equally_long_whether_or_not_the_name_has_a_password(database: Database) -> None:
    # Parameters so expensive that hashing is most of the time of a guess.
    parts = AccountParts(database, PasswordHasher(time_cost=2, memory_cost=16 * 1024, parallelism=1))
    names, shortest = 4, {"with": inf, "without": inf}
    for number in range(names):
        await parts.register(f"with{number}", GOOD)
        await parts.register(f"without{number}")

    # Measure the processor time of this process. Other load on the machine only ever adds to it, so the shortest of
    # many guesses is the one that was not disturbed.
    for number in range(names * (GUESSES_PER_NAME.burst - 1)):
        for kind, before in shortest.items():
            started = process_time()
            with pytest.raises(WrongPassword):
                await parts.sign_in(f"{kind}{number % names}", OTHER, ClientInfo("", f"198.51.100.{number}"))
            shortest[kind] = min(before, process_time() - started)
        if max(shortest.values()) < 1.5 * min(shortest.values()) and number > names:
            break
    else:
        pytest.fail(f"it takes {shortest}")
    parts.passwords.close()


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
@pytest.mark.parametrize("password", ["short", "x" * 257, "password123", "PASSWORD1", "ada-lovelace", "ΑDA-LOVELACE"])
async def test_a_bad_password_is_refused(parts: AccountParts, password: str) -> None:
    with pytest.raises(BadPassword):
        await parts.register("Ada-Lovelace", password)


@pytest.mark.gen_test
async def test_changing_a_password_needs_the_current_one_and_ends_the_other_sessions(parts: AccountParts) -> None:
    laptop = await parts.register("ada", GOOD)
    phone = await parts.sign_in("ada", GOOD)

    for wrong in (None, OTHER):
        with pytest.raises(WrongPassword) as refused:
            await parts.accounts.set_password(laptop, OTHER, wrong)
        assert refused.value.field == "current"
    await parts.accounts.set_password(laptop, OTHER, GOOD)

    assert [view.current for view in await parts.sessions.views(laptop)] == [True]
    assert phone.id != laptop.id
    with pytest.raises(WrongPassword):
        await parts.sign_in("ada", GOOD)
    assert (await parts.sign_in("ada", OTHER)).user.id == laptop.user.id


@pytest.mark.gen_test
async def test_a_password_matches_in_composed_and_decomposed_form(parts: AccountParts) -> None:
    await parts.register("ada", unicodedata.normalize("NFC", "ψάρι με λεμόνι"))

    await parts.sign_in("ada", unicodedata.normalize("NFD", "ψάρι με λεμόνι"))


@pytest.mark.gen_test
async def test_signing_in_with_the_old_password_fails_if_it_is_changed_meanwhile(
    parts: AccountParts, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await parts.register("ada", GOOD)
    begin = parts.sessions.begin

    async def begin_late(*args: object) -> str:
        await parts.accounts.set_password(ada, OTHER, GOOD)
        return await begin(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(parts.sessions, "begin", begin_late)
    with pytest.raises(WrongPassword):
        await parts.sign_in("ada", GOOD)

    assert [view.current for view in await parts.sessions.views(ada)] == [True]


@pytest.mark.gen_test
async def test_a_password_is_never_stored(parts: AccountParts, database: Database) -> None:
    await parts.register("ada", GOOD)

    stored = await database.collection("users").find_one({"name": "ada"})

    assert stored is not None
    assert stored["password"].startswith("$argon2id$")
    assert GOOD not in str(stored)


@pytest.mark.gen_test
async def test_a_hash_with_weaker_parameters_is_renewed_at_sign_in(parts: AccountParts, database: Database) -> None:
    ada = await parts.register("ada", GOOD)
    stronger = AccountParts(database, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    await stronger.sign_in("ada", GOOD)

    renewed = await parts.users.get(ada.user.id)
    assert renewed is not None
    assert renewed.password is not None
    assert "m=16,t=2" in renewed.password
    stronger.passwords.close()


@pytest.mark.gen_test
async def test_renewing_a_hash_does_not_undo_a_concurrent_password_change(
    parts: AccountParts, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await parts.register("ada", GOOD)
    stronger = AccountParts(database, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    hash_password = stronger.passwords.hash

    async def hash_late(password: str, requester: Requester) -> str:
        await parts.accounts.set_password(ada, OTHER, GOOD)
        return await hash_password(password, requester)

    monkeypatch.setattr(stronger.passwords, "hash", hash_late)
    await stronger.accounts.sign_in("ada", GOOD, PHONE)

    with pytest.raises(WrongPassword):
        await parts.sign_in("ada", GOOD)
    await parts.sign_in("ada", OTHER)
    stronger.passwords.close()


@pytest.mark.gen_test
async def test_a_password_is_never_changed_without_ending_the_other_sessions(
    parts: AccountParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = await parts.register("ada", GOOD)
    _, phone = await parts.accounts.sign_in("ada", GOOD, PHONE)
    change = parts.users.change

    async def change_and_fail(*args: object, **fields: object) -> None:
        await change(*args, **fields)  # type: ignore[arg-type]
        raise Busy

    monkeypatch.setattr(parts.users, "change", change_and_fail)
    with pytest.raises(Busy):
        await parts.accounts.set_password(laptop, OTHER, GOOD)

    assert await parts.sessions.find(phone) is None
    await parts.sign_in("ada", OTHER)


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


@pytest.mark.gen_test
async def test_guesses_are_limited_per_name_and_do_not_end_the_sessions_of_the_user(parts: AccountParts) -> None:
    _, token = await parts.accounts.register("ada", LAPTOP)
    addresses = (ClientInfo("", f"198.51.100.{number}") for number in count(1))
    for _ in range(GUESSES_PER_NAME.burst):
        with pytest.raises(WrongPassword):
            await parts.sign_in("ada", OTHER, next(addresses))

    with pytest.raises(TooMany) as refused:
        await parts.sign_in("ada", OTHER, next(addresses))

    assert refused.value.retry_after
    assert await parts.sessions.find(token) is not None


@pytest.mark.gen_test
async def test_the_right_password_does_not_count_as_a_guess(parts: AccountParts) -> None:
    await parts.register("ada", GOOD)

    for _ in range(3 * GUESSES_PER_NAME.burst):
        await parts.sign_in("ada", GOOD)
