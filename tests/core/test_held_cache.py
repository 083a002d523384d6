"""The reference-counted cache."""

import asyncio

import pytest

from ting.core.errors import Busy
from ting.core.held_cache import HeldCache


class Loader:
    """A load function that can be blocked or fail, with a cache. Records loads and events."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self.unblocked = asyncio.Event()
        self.unblocked.set()
        self.failure: Exception | None = None
        self.events: list[str] = []
        self.cache: HeldCache[str, str] = HeldCache(
            self.load,
            on_loaded=lambda value: self.events.append(f"loaded {value}"),
            on_dropped=lambda value: self.events.append(f"dropped {value}"),
        )

    async def load(self, key: str) -> str:
        self.loads.append(key)
        await self.unblocked.wait()
        if self.failure is not None:
            raise self.failure
        return key.upper()


@pytest.mark.gen_test
async def test_concurrent_requests_share_one_load() -> None:
    loader = Loader()

    values = await asyncio.gather(*(loader.cache.acquire("a") for _ in range(5)))

    assert (values, loader.loads) == (["A"] * 5, ["a"])


@pytest.mark.gen_test
async def test_a_value_is_dropped_with_its_last_hold() -> None:
    loader = Loader()
    cache = loader.cache

    async with cache.lease("a") as value:
        cache.hold("a")
    assert (value, cache.peek("a"), cache.is_held("a"), cache.values) == ("A", "A", True, ["A"])
    cache.release("a")

    assert (cache.peek("a"), cache.is_held("a"), len(cache)) == (None, False, 0)
    assert loader.events == ["loaded A", "dropped A"]


@pytest.mark.gen_test
async def test_a_cancelled_request_does_not_cancel_the_load_for_others() -> None:
    loader = Loader()
    loader.unblocked.clear()
    first, second = (asyncio.create_task(loader.cache.acquire("a")) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    loader.unblocked.set()

    assert await second == "A"
    loader.cache.release("a")
    assert len(loader.cache) == 0


@pytest.mark.gen_test
async def test_a_value_that_was_released_while_loading_is_not_cached() -> None:
    loader = Loader()
    loader.unblocked.clear()
    loader.cache.hold("a")
    loading = loader.cache.preload("a")
    await asyncio.sleep(0)

    loader.cache.release("a")
    loader.unblocked.set()

    assert await loading == "A"
    assert (len(loader.cache), loader.events) == (0, [])


@pytest.mark.gen_test
async def test_a_failure_reaches_all_waiting_requests_and_the_next_request_loads_again() -> None:
    loader = Loader()
    loader.failure = Busy()

    results = await asyncio.gather(*(loader.cache.acquire("a") for _ in range(3)), return_exceptions=True)
    loader.failure = None

    assert [type(result) for result in results] == [Busy] * 3
    assert not loader.cache.is_held("a")
    assert await loader.cache.acquire("a") == "A"


@pytest.mark.gen_test
async def test_a_value_that_could_not_be_preloaded_is_loaded_when_it_is_needed() -> None:
    loader = Loader()
    loader.failure = Busy()
    loader.cache.hold("a")
    with pytest.raises(Busy):
        await loader.cache.preload("a")
    loader.failure = None

    assert await loader.cache.acquire("a") == "A"
