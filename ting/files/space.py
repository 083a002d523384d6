"""Bounds of uploads: how many a user has at the same time, and how much space files may take.

Space has three bounds: the bytes of one user's files, the bytes of all files, and a reserve of the disk. MongoDB needs
free space to work, so when the reserve is reached, uploads are refused and messages still get through.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ting.core.errors import QuotaUsed, StorageFull, TooMany
from ting.core.models import UserId
from ting.core.periodic import repeat
from ting.core.settings import Limits
from ting.store.space import Disk, SpaceStore

MEASURE_EVERY_S = 10.0
NEXT_TO_NOTHING = 2**20  # bytes
FULL_FOR_S = 60.0  # how long a full disk counts as full after a write failed

logger = logging.getLogger(__name__)


class UploadSlots:
    """Counts the uploads in progress of each user, files and profile pictures together."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._uploading: Counter[UserId] = Counter()

    def begin(self, user: UserId) -> None:
        """Raises `TooMany` if the user has too many uploads in progress."""
        if self._uploading[user] >= self._at_once:
            raise TooMany("Too many uploads at the same time.", retry_after=1.0)
        self._uploading[user] += 1

    def end(self, user: UserId) -> None:
        """An upload is over, however it ended."""
        self._uploading[user] -= 1
        self._uploading += Counter()  # forgets those who have none


@dataclass(frozen=True)
class SpaceLimits:
    """Bytes of the files of one user and of all users (0: any number), and bytes of the disk that stay free."""

    user: int
    all: int
    reserve: int

    @classmethod
    def of(cls, limits: Limits) -> "SpaceLimits":
        return cls(limits.user_files_bytes, limits.all_files_bytes, limits.disk_reserve_bytes)


class FileSpace:
    """Knows how much space is left for files. It measures now and then, and counts what is stored in between."""

    def __init__(self, store: SpaceStore, limits: SpaceLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.used = 0
        self.disk: Disk | None = None
        self._store = store
        self._clock = clock
        self._taken = 0  # since the last measurement
        self._full_until = float("-inf")
        self._reported: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether the disk is full: a write failed a moment ago, or it has next to nothing left.

        Then messages cannot be stored either.
        """
        return self._clock() < self._full_until or (self.disk is not None and self.disk.free < NEXT_TO_NOTHING)

    @property
    def problem(self) -> str | None:
        """Why uploads are refused; None if they are not."""
        if self.is_full:
            return "The disk of the database is full. Make room on it."
        if self.disk is not None and self.disk.free - self._taken < self.limits.reserve:
            return (
                f"The disk of the database has less than {self.limits.reserve} bytes left "
                "(limits.disk_reserve_bytes), so uploads are refused. Make room on it."
            )
        if self.limits.all and self.used + self._taken >= self.limits.all:
            return (
                f"All files together take the {self.limits.all} bytes that they may (limits.all_files_bytes), "
                "so uploads are refused."
            )
        return None

    async def left_for(self, user: UserId) -> int | None:
        """The bytes that a user may still store; None for any number. Raises `QuotaUsed`, `StorageFull`, `Busy`."""
        self._check()
        if not self.limits.user:
            return None
        left = self.limits.user - await self._store.of_user(user)
        if left <= 0:
            raise QuotaUsed
        return left

    def take(self, bytes: int) -> None:
        """Count bytes that are about to be stored. Raises `StorageFull`."""
        self._taken += bytes
        self._check()

    def disk_is_full(self) -> None:
        """A write failed because the disk is full."""
        self._full_until = self._clock() + FULL_FOR_S
        self._report()

    async def measure(self) -> None:
        """Measure what is used and what is free. Raises `Busy`."""
        taken = self._taken
        used, self.disk = await self._store.of_all(), await self._store.disk()
        self.used = used
        self._taken = max(0, self._taken - taken)
        self._report()

    async def run(self) -> None:
        """Measure every few seconds, until cancelled."""
        wait = partial(asyncio.sleep, MEASURE_EVERY_S)
        await repeat(self.measure, wait, logger=logger, failed="The space of files could not be measured")

    def _check(self) -> None:
        if self.problem is not None:
            self._report()
            raise StorageFull("The server has no space left for files. Its operator has to make room.")

    def _report(self) -> None:
        """Log a problem once, and its end."""
        problem = self.problem
        if problem == self._reported:
            return
        if problem is not None:
            logger.error("%s", problem)
        else:
            logger.warning("There is space for files again")
        self._reported = problem
