"""Applies changes that the command line makes while the server runs."""

import asyncio
from dataclasses import dataclass, field

from ting.core.clock import Clock
from ting.core.errors import Busy, StartupError
from ting.moderation.enforcement import Enforcement
from ting.store.changes import ChangeFeed


@dataclass
class ExternalChanges:
    """Follows the change feed, and applies each change through `Enforcement`."""

    feed: ChangeFeed
    enforcement: Enforcement
    clock: Clock
    _following: "asyncio.Task[None] | None" = field(default=None)

    async def start(self, url: str) -> None:
        """Load all roles and restrictions, and begin to follow the feed. Call it before users connect.

        `url` is the URL of the chat; the command line makes links from it. Raises `StartupError`.
        """
        try:
            await self.feed.catch_up(self._reload)
            await self.feed.set_address(url)
        except Busy as error:
            raise StartupError(error.message) from error
        self._following = asyncio.create_task(self.feed.follow(self.enforcement.apply, self._reload))

    async def stop(self) -> None:
        """Stop following the feed."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _reload(self) -> None:
        await self.enforcement.reload(self.clock())
