"""Opening the database of a Ting that may be running: one's own, or the private one, with or without its mongod."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ting.core.errors import StartupError
from ting.store.database import Database
from ting.store.embedded.directory import unusable
from ting.store.embedded.mongod import EmbeddedMongo


async def start_or_share(mongod: EmbeddedMongo, database: str) -> str:
    """The URI of the private database: of the mongod of a Ting that runs, else of one that is started here.

    It is started only by the user to whom its directory belongs: files of another would keep Ting from starting later.
    Raises `StartupError`.
    """
    directory = mongod.directory
    try:
        if mongod.socket.exists() and await _is_answering(mongod.uri, database):
            return mongod.uri
        owner = directory.stat().st_uid if directory.exists() else os.geteuid()
    except OSError as problem:
        raise unusable(directory, problem) from problem
    if owner != os.geteuid():
        raise StartupError(
            f"No Ting is running in {directory}, which belongs to user {owner}. Run this command as that user."
        )
    return await mongod.start()


@asynccontextmanager
async def open_database(mongodb: str, database: str, private: EmbeddedMongo) -> AsyncIterator[Database]:
    """The database, prepared: at the URI `mongodb`, or else the private one, for the time it takes.

    Raises `StartupError`.
    """
    try:
        opened = Database(mongodb or await start_or_share(private, database), database)
        try:
            await opened.prepare()
            yield opened
        finally:
            opened.close()
    finally:
        await private.stop()


async def _is_answering(uri: str, name: str) -> bool:
    database = Database(uri, name)
    try:
        return await database.reachable()
    finally:
        database.close()
