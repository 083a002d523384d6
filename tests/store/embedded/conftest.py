"""Embedded databases on a scratch directory, and scripts that replace mongod."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop

from ting.store.embedded.mongod import EmbeddedMongo, Timeouts

QUICK = Timeouts(first_pause_s=0.02, max_pause_s=0.08, lock_wait_s=5, ready_within_s=10)
IN_TIME = pytest.mark.gen_test(timeout=20)  # a test may have to wait for the disk

Make = Callable[..., EmbeddedMongo]


@pytest.fixture
def make(io_loop: IOLoop, directory: Path) -> Iterator[Make]:
    """Create databases that are stopped at the end of the test."""
    databases: list[EmbeddedMongo] = []

    def make(mongod: str | None = None, directory: Path = directory, **limits: float) -> EmbeddedMongo:
        databases.append(EmbeddedMongo(directory, mongod, timeouts=replace(QUICK, **limits)))  # type: ignore[arg-type]
        return databases[-1]

    yield make
    for mongo in databases:
        io_loop.run_sync(mongo.stop)


def program(path: Path, script: str) -> str:
    """A script that replaces mongod."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, up to the timeout of the test."""
    while not condition():
        await asyncio.sleep(0.01)
