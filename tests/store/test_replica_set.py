"""A MongoDB that runs as a replica set and cannot be used: the error says what to do."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ting.cli.check import check
from ting.core.errors import StartupError
from ting.core.settings import Settings
from ting.store import database as module
from ting.store.database import Database
from ting.store.embedded.mongod import EmbeddedMongo

INITIATE = r"^MongoDB was started as a replica set that was not initiated\. Run `mongosh --eval 'rs\.initiate\(\)'`"


class ReplicaSetMember(EmbeddedMongo):
    """A mongod that was started with the name of a replica set."""

    def _command(self) -> list[str]:
        return [*super()._command(), "--replSet", "rs0"]


@asynccontextmanager
async def not_initiated(directory: Path) -> AsyncIterator[str]:
    mongod = ReplicaSetMember(directory)
    try:
        yield await mongod.start()
    finally:
        await mongod.stop()


@pytest.mark.gen_test(timeout=60)
@pytest.mark.parametrize("options", ["", "?directConnection=true", "?replicaSet=rs0"])
async def test_a_replica_set_that_was_not_initiated(
    directory: Path, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SELECT_TIMEOUT_MS", 500)
    async with not_initiated(directory) as uri:
        address = uri.partition("?")[0] + options
        database = Database(address, "ting")
        output = io.StringIO()

        with pytest.raises(StartupError, match=INITIATE) as error:
            await database.prepare()
        passed = await check(Settings(mongodb=address), output, deep=True)

        assert "\n" not in str(error.value)
        assert not passed
        assert "that was not initiated" in output.getvalue()
        database.close()
