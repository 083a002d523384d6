"""Write a database with all that this version stores: `python -m tests.store.write_database FILE`.

`test_old_database.py` opens it with later versions. `data/README.md` explains when and how to create one.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient

from tests.store.old_database import dump, scenario, views
from tests.store.old_database.program import Program
from tests.store.old_database.users import Record, Users, eventually

DATABASE = "written"
FINISHED_WITHIN_S = 60.0


async def main(file: Path) -> None:
    """Run this version on a temporary mongod, and save its database."""
    directory = Path(tempfile.mkdtemp(prefix="ting-"))  # short, since it contains a Unix socket
    server = Program(data=str(directory))  # only its mongod is used
    uri = f"mongodb://{quote(str(directory / 'mongod.sock'), safe='')}/?directConnection=true"
    try:
        await server.start()
        with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
            content = await written(Program(mongodb=uri, database=DATABASE), client)
    finally:
        server.stop()
        shutil.rmtree(directory)
    dump.save(content, file)
    print(f"{file}: {file.stat().st_size} bytes")


async def written(program: Program, client: MongoClient[dict[str, Any]]) -> dict[str, Any]:
    """The database, the record of its users, and the answers of the server that wrote it."""
    try:
        await program.start()
        users = Users(program)
        await scenario.run(users)
        await deletions_finished(client, users)
        await indexing_finished(client)
        program.stop()
        await scenario.run_when_stopped(users)
        at, collections = time.time_ns() // 1_000_000, dump.read(client[DATABASE])
        answers = await answered(program, users.record)
    finally:
        program.stop()
    return {"at": at, "collections": collections, "record": users.record, "answers": answers}


async def deletions_finished(client: MongoClient[dict[str, Any]], users: Users) -> None:
    """Wait until all data of deleted accounts is removed, also from the search index."""
    async with asyncio.timeout(FINISHED_WITHIN_S):
        while client[DATABASE]["users"].find_one({"leaving": {"$exists": True}}):
            await asyncio.sleep(0.1)
    await eventually(users.persons["bob"], "/api/search?q=kim", lambda answer: answer.json["hits"] == [])


async def indexing_finished(client: MongoClient[dict[str, Any]]) -> None:
    """Wait until all changes of all conversations are in the search index."""
    newest = [{"$group": {"_id": "$conversation", "seq": {"$max": "$seq"}}}]
    async with asyncio.timeout(FINISHED_WITHIN_S):
        while list(client[DATABASE]["messages"].aggregate([*newest, {"$sort": {"_id": 1}}])) != list(
            client[DATABASE]["indexed"].find({}, {"seq": 1}, sort=[("_id", 1)])
        ):
            await asyncio.sleep(0.1)


async def answered(program: Program, record: Record) -> list[views.View]:
    """The answers of a server that is started on the database."""
    await program.start()
    answers = await views.answers(program.url, record, views.views(record))
    assert not [view for view in answers if "status" in view["answer"]]
    return answers


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
