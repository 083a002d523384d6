"""The use cases of tokens, with a clock that advances whenever it is read."""

from itertools import count

import pytest

from ting.accounts.tokens import Tokens
from ting.core.clock import DAY_MS
from ting.core.models import ClientInfo, UserId, session_id
from ting.store.database import Database
from ting.store.stores import Stores

ADA = "ada-0123456789abcdef"


@pytest.mark.gen_test
async def test_only_expired_tokens_are_deleted(database: Database) -> None:
    stores, times = Stores.of(database), count(1)
    sessions = stores.sessions
    ended: list[str] = []

    async def end(user: UserId, session: str) -> None:
        assert user == ADA
        ended.append(session)
        await sessions.remove(session)

    tokens = Tokens(stores, end, lambda: next(times))
    await sessions.add("of a browser", ADA, ClientInfo("Firefox", "127.0.0.1"), 0)
    endless, _ = await tokens.create(ADA, "endless", None, by=ADA)
    _, secret = await tokens.create(ADA, "short", 1, by=ADA)
    times = count(DAY_MS * 2)

    for _ in range(3):
        assert await tokens.for_user(ADA) == [endless]
        await tokens.delete_expired(ADA)

    assert ended == [session_id(secret)]
    left = {stored.id[: len(endless.id)] for stored in await sessions.for_user(ADA)}
    assert left == {"of a browser", endless.id}
