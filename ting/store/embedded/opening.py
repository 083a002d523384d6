"""Opens the database for a command, whether or not a server runs: an external one or the embedded one."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ting.core.errors import StartupError
from ting.store.database import Database
from ting.store.embedded.directory import unusable_error
from ting.store.embedded.mongod import EmbeddedMongo


async def start_or_share(embedded: EmbeddedMongo, database: str) -> str:
    """The URI of the embedded database. Uses the mongod of a running Ting, else starts one.

    Only the owner of the directory can start it, since files of another user would prevent later starts.
    Raises `StartupError`.
    """
    directory = embedded.directory
    try:
        if embedded.socket.exists() and await _is_answering(embedded.uri, database):
            return embedded.uri
        owner = directory.stat().st_uid if directory.exists() else os.geteuid()
    except OSError as problem:
        raise unusable_error(directory, problem) from problem
    if owner != os.geteuid():
        raise StartupError(
            f"No Ting is running in {directory}, which belongs to user {owner}. Run this command as that user."
        )
    return await embedded.start()


@asynccontextmanager
async def open_database(mongodb: str, database: str, embedded: EmbeddedMongo) -> AsyncIterator[Database]:
    """Open and prepare the database at the URI `mongodb`, or the embedded one if that is "". Closed after the block.

    Raises `StartupError`.
    """
    try:
        opened = Database(mongodb or await start_or_share(embedded, database), database)
        try:
            await opened.prepare()
            yield opened
        finally:
            opened.close()
    finally:
        await embedded.stop()


async def _is_answering(uri: str, name: str) -> bool:
    database = Database(uri, name)
    try:
        return await database.reachable()
    finally:
        database.close()
