"""Waiting for conditions, never for luck."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 25.0
POLL_S = 0.01


async def eventually(
    condition: Callable[[], bool], what: str, within_s: float = PATIENCE_S, *, poll_s: float = POLL_S
) -> None:
    """Return as soon as the condition holds; fail if it does not within a time that is ample."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(poll_s)
