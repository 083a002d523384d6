"""Makes smaller images of those that users upload, each in a process of its own (`decoder.py`).

The process has limits of time and memory, and ends with its image. So a malicious image costs its owner a preview, and
other users nothing: the images of one user wait for each other, and few are decoded at the same time.
"""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from ting.core.errors import BadPicture, Busy
from ting.core.fair_slots import FairSlots
from ting.core.models import UserId

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
PREVIEW_TYPE = "image/webp"
AT_ONCE = 2
WAITING = 100  # images of one user; the uploads at the same time are limited to fewer
MAX_RESULT_BYTES = 2**24
WAIT_FACTOR = 6  # how much longer than its time of the processor an image may take on a busy machine
INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT")
DECODER = Path(__file__).with_name("decoder.py")
REFUSED, NO_LIMITS = 3, 4  # exit statuses of the decoder

TOO_COSTLY = (
    "This image needs too much time or memory. Save it again in another program, as PNG or as a plain JPEG, or smaller."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PictureLimits:
    """What decoding an image may cost: pixels (JPEG: twice as many), scans of a JPEG, processor time and memory."""

    pixels: int = 25_000_000
    scans: int = 100
    cpu_s: int = 10
    memory_bytes: int = 2**29


@dataclass(frozen=True)
class Rendered:
    """Rendered images of `PREVIEW_TYPE`, and the size in pixels at which the original is shown."""

    images: Sequence[bytes]
    width: int
    height: int
    animated: bool


class _Result(Struct):
    """The first line of what the decoder writes. `bytes` are the sizes of the images that follow."""

    bytes: list[int] = []
    width: int = 0
    height: int = 0
    animated: bool = False
    error: str | None = None


class ImageProcessor:
    """Runs the decoder, for a few images at once, and for one of each user."""

    def __init__(self, limits: PictureLimits) -> None:
        self._limits = limits
        self._slots = FairSlots(per_key=1, waiting=WAITING, total=AT_ONCE)
        self._running: set[Process] = set()
        self._closed = False

    async def preview(self, user: UserId, image: AsyncIterator[bytes]) -> Rendered:
        """The image scaled down to fit 1280 by 1280 pixels. A smaller image keeps its size.

        Raises `BadPicture`, `Busy`.
        """
        return await self._render(user, image, ())

    async def squares(self, user: UserId, image: AsyncIterator[bytes], sizes: Sequence[int]) -> Rendered:
        """The middle of the image as squares of these widths, the largest first. Raises `BadPicture`, `Busy`."""
        return await self._render(user, image, sizes)

    def close(self) -> None:
        """End the current work, and refuse more."""
        self._closed = True
        for process in self._running:
            _kill(process)

    async def _render(self, user: UserId, image: AsyncIterator[bytes], squares: Sequence[int]) -> Rendered:
        job = json.dumps({**asdict(self._limits), "squares": list(squares)})
        # The image is read in here, piece by piece: no image waits in memory.
        async with self._slots.turn(user):
            if not self._closed:
                status, output = await self._run(job, image)
            if self._closed:
                raise Busy  # the image is not invalid
            return _rendered(status, output)

    async def _run(self, job: str, image: AsyncIterator[bytes]) -> tuple[int, bytes]:
        """The exit status of the decoder and what it wrote."""
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", str(DECODER), job, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment
            )
        except OSError as error:  # too many processes, too little memory
            logger.error("No process to decode an image could be started: %s", error)  # noqa: TRY400
            raise Busy from error
        self._running.add(process)
        try:
            async with asyncio.timeout(self._limits.cpu_s * WAIT_FACTOR):
                await _feed(process, image)
                result = await _read(process)
                return await process.wait(), result
        except TimeoutError:
            raise BadPicture(TOO_COSTLY) from None
        finally:
            _kill(process)
            await process.wait()
            self._running.discard(process)


async def _feed(process: Process, image: AsyncIterator[bytes]) -> None:
    """Write the image to the decoder. One that refuses the image may have ended before all of it is written."""
    assert process.stdin is not None, "a pipe"
    with suppress(BrokenPipeError, ConnectionResetError):
        async for piece in image:
            process.stdin.write(piece)
            await process.stdin.drain()
    process.stdin.close()


async def _read(process: Process) -> bytes:
    """What the decoder writes, up to a limit."""
    assert process.stdout is not None, "a pipe"
    result = bytearray()
    while len(result) <= MAX_RESULT_BYTES and (piece := await process.stdout.read(2**16)):
        result += piece
    return bytes(result)


def _kill(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()


def _rendered(status: int, output: bytes) -> Rendered:
    """The result of a decoder that ended with a status. Raises `BadPicture`."""
    if status == NO_LIMITS:
        logger.error(
            "Images get no previews: the limits of the process that decodes them cannot be set. "
            "If a service manager forbids setrlimit, allow it."
        )
        raise BadPicture
    line, _, data = output.partition(b"\n")
    if status not in (0, REFUSED):
        raise BadPicture(TOO_COSTLY)
    try:
        result = msgspec.json.decode(line, type=_Result)
    except msgspec.DecodeError:
        raise BadPicture from None
    if status == REFUSED or sum(result.bytes) != len(data):
        raise BadPicture(result.error)
    images, start = [], 0
    for size in result.bytes:
        images.append(data[start : start + size])
        start += size
    return Rendered(images, result.width, result.height, result.animated)
