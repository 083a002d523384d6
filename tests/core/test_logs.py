"""The log: one line per record, without texts of users."""

import logging
import sys

import pytest
from pymongo import InsertOne
from pymongo.errors import BulkWriteError, WriteError

from ting.core.logs import OneLineFormatter
from ting.store.database import Database


@pytest.mark.gen_test
async def test_documents_that_the_database_refuses_are_not_quoted(database: Database) -> None:
    messages, secret = database.collection("messages"), {"_id": "x", "text": "Meet me at the old mill."}
    lines = []
    for write in (messages.insert_one(secret), messages.bulk_write([InsertOne(secret)])):
        try:
            await write
        except (WriteError, BulkWriteError):
            record = logging.LogRecord("ting", logging.ERROR, __file__, 1, "Error %s", ("17",), sys.exc_info())
            lines.append(OneLineFormatter("%(levelname)s %(message)s").format(record))

    assert [line.partition(" | ")[0] for line in lines] == ["ERROR Error 17"] * 2
    for line in lines:
        assert "Error" in line.rpartition(" | ")[2]  # the kind of error is logged
        assert "mill" not in line
        assert "\n" not in line
