"""Delayed flushes."""

import asyncio

import pytest

from ting.core.delayed_flush import DelayedFlush
from ting.core.errors import Busy


@pytest.mark.gen_test
async def test_stopping_waits_for_every_running_write() -> None:
    unblocked, started, ended = asyncio.Event(), 0, 0

    async def write() -> None:
        nonlocal started, ended
        started += 1
        if started == 1:  # the first write takes longer than the second
            await unblocked.wait()
        ended += 1

    flush = DelayedFlush(write, 0)
    for number in range(2):
        flush.schedule()
        while started == number:
            await asyncio.sleep(0)
    stopping = asyncio.create_task(flush.flush_and_stop())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopping.done()
    unblocked.set()
    await stopping

    assert (started, ended) == (3, 3)


@pytest.mark.gen_test
async def test_a_failed_write_is_repeated() -> None:
    tries = 0

    async def write() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Busy

    flush = DelayedFlush(write, 0)
    flush.schedule()
    while tries < 2:
        await asyncio.sleep(0)
    await flush.flush_and_stop()

    assert tries == 3
