"""What is written a little later."""

import asyncio

import pytest

from ting.core.delayed_flush import DelayedFlush
from ting.core.errors import Busy


@pytest.mark.gen_test
async def test_whoever_stops_waits_for_every_write_that_is_under_way() -> None:
    gate, begun, ended = asyncio.Event(), 0, 0

    async def write() -> None:
        nonlocal begun, ended
        begun += 1
        if begun == 1:  # it takes longer than the one after it
            await gate.wait()
        ended += 1

    later = DelayedFlush(write, 0)
    for number in range(2):
        later.schedule()
        while begun == number:
            await asyncio.sleep(0)
    stopping = asyncio.create_task(later.flush_and_stop())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopping.done()
    gate.set()
    await stopping

    assert (begun, ended) == (3, 3)


@pytest.mark.gen_test
async def test_what_could_not_be_written_is_written_again() -> None:
    tries = 0

    async def write() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Busy

    later = DelayedFlush(write, 0)
    later.schedule()
    while tries < 2:
        await asyncio.sleep(0)
    await later.flush_and_stop()

    assert tries == 3
