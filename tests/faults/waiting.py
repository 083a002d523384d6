"""Waiting for conditions."""

import asyncio
from collections.abc import Callable

TIMEOUT_S = 25.0
POLL_S = 0.01


async def eventually(
    condition: Callable[[], bool], what: str, within_s: float = TIMEOUT_S, *, poll_s: float = POLL_S
) -> None:
    """Return as soon as the condition holds. Fail after a generous timeout."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(poll_s)
