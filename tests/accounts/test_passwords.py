"""Passwords: setting and changing them, their hashes, and limits on guessing."""

import unicodedata
from itertools import count
from math import inf
from time import process_time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tests.accounts.account_parts import GOOD, LAPTOP, OTHER, PHONE, AccountParts
from ting.accounts.guesses import GUESSES_PER_NAME
from ting.accounts.hashing_queue import Requester
from ting.core.errors import BadPassword, Busy, NameTaken, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo
from ting.store.database import Database


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
