"""A private mongod as a child process: found, started, brought back when it crashes, stopped in order.

It listens on a Unix socket inside its directory and nowhere else. It never outlives Ting (`launcher.py`),
and no two share a directory (`directory.py`).
"""

import asyncio
import importlib.util
import logging
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError

from ting.core.errors import StartupError
from ting.store.embedded.directory import DirectoryLock, prepare
from ting.store.embedded.log import MongodLog

logger = logging.getLogger(__name__)

LAUNCHER = Path(__file__).with_name("launcher.py")
SOCKET_NAME = "mongod.sock"
POLL_S = 0.02
PING_TIMEOUT_MS = 5000
LOG_CHECK_S = 600.0
# mongod accepts no smaller cache.
MIN_CACHE_MB = 256
# Slow operations are logged with what users wrote in them. What was said stays in the database.
NEVER_SLOW_MS = 2**31 - 1


@dataclass(frozen=True)
class Timeouts:
    """How long things may take; tests choose smaller ones."""

    first_pause_s: float = 0.1
    longest_pause_s: float = 10.0
    settled_s: float = 60.0
    """After this long a run counts as sound, and the pause after it is the first one again."""
    lock_wait_s: float = 10.0
    ready_within_s: float = 120.0
    """Generous: after a crash mongod reads its journal first."""
    stop_within_s: float = 10.0
    min_free_mb: int = 64


class EmbeddedMongo:
    """One mongod on one directory."""

    def __init__(
        self, directory: Path, mongod: str | None = None, *, cache_mb: int = 256, timeouts: Timeouts | None = None
    ) -> None:
        self.directory = directory.expanduser().absolute()
        self._configured = mongod
        self._cache_mb = max(cache_mb, MIN_CACHE_MB)
        self._timeouts = timeouts or Timeouts()
        self.socket = self.directory / SOCKET_NAME
        self._lock = DirectoryLock(self.directory)
        self._log = MongodLog(self.directory / "mongod.log")
        self._mongod = Path()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the mongod that runs now; none between a crash and the next start."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    @property
    def uri(self) -> str:
        """Where it listens, for any MongoDB client on this machine that runs as the same user."""
        return f"mongodb://{quote(str(self.socket), safe='')}/?directConnection=true"

    async def start(self) -> str:
        """Return the URI once it answers, or raise a StartupError and leave nothing behind."""
        self._mongod = find_mongod(self._configured)
        prepare(self.directory, self.socket, self._timeouts.min_free_mb)
        try:
            # Before anything else: a mongod that starts removes the socket of the one that runs.
            await self._lock.take(self._timeouts.lock_wait_s)
            await self._launch()
        except BaseException as problem:
            await self.stop()
            if isinstance(problem, OSError):
                raise StartupError(f"Cannot start the database in {self.directory}: {problem}.") from problem
            raise
        self._keeper = asyncio.create_task(self._supervise(), name="keep mongod running")
        return self.uri

    async def stop(self) -> None:
        """End it in order, and free the directory. Harmless when it does not run."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._end()
        self._lock.release()

    async def _launch(self) -> None:
        """One run of mongod, from the start of the process until it answers."""
        output = self._log.open()
        try:
            # On the thread of the event loop: the kernel takes the end of the forking thread for that of Ting.
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid())),
                *self._command(),
                # A relative path to the socket, since mongod cuts absolute ones at `,` `:` and `[`.
                cwd=self.directory,
                env={**os.environ, "LC_ALL": "C"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(self._lock.inheritable,),
                # So that Ctrl-C in a terminal reaches Ting alone, which stops mongod after its clients.
                start_new_session=True,
            )
        finally:
            os.close(output)
        await self._until_ready(self._process)

    def _command(self) -> list[str]:
        options = {
            "--dbpath": str(self.directory),
            "--bind_ip": f"./{SOCKET_NAME}",
            "--filePermissions": "0700",
            "--wiredTigerCacheSizeGB": f"{self._cache_mb / 1024:.3f}",
            "--slowms": str(NEVER_SLOW_MS),
            "--setParameter": "diagnosticDataCollectionEnabled=false",
        }
        # --nounixsocket: about the socket that every mongod would otherwise make in /tmp.
        # --noscripting: Ting runs no JavaScript in it, whose compiler needs memory that is writable and executable.
        flags = ("--quiet", "--nounixsocket", "--noscripting")
        return [str(self._mongod), *flags, *(part for pair in options.items() for part in pair)]

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        ended, ready = asyncio.create_task(process.wait()), asyncio.create_task(self._is_answering())
        try:
            within = self._timeouts.ready_within_s
            await asyncio.wait({ended, ready}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise StartupError(self._log.explain(ended.result(), self._mongod))
            if not ready.done():
                raise StartupError(f"mongod did not answer within {within:g} s; see {self.directory}/mongod.log.")
        finally:
            ended.cancel()
            ready.cancel()

    async def _is_answering(self) -> None:
        """Return when it does. The socket first, since the driver would wait half a second between tries."""
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(self.socket)
                writer.close()
                return await _ping(self.uri)
            except (OSError, PyMongoError):
                await asyncio.sleep(POLL_S)

    async def _supervise(self) -> None:
        """Bring it back whenever it ends, after a pause that grows while it does not hold."""
        loop = asyncio.get_running_loop()
        pause = self._timeouts.first_pause_s
        while True:
            began = loop.time()
            reason: str | None = await self._ended()
            if loop.time() - began >= self._timeouts.settled_s:
                pause = self._timeouts.first_pause_s
            while reason:
                logger.warning("The database is down. %s Starting it again in %.1f s.", reason, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._timeouts.longest_pause_s)
                reason = await self._restart()
            logger.warning("The database is back (mongod has pid %s).", self.pid)

    async def _ended(self) -> str:
        """Wait for its end, with an eye on the length of its log, and say why it came."""
        process = self._process
        if process is None:
            raise RuntimeError("mongod was never started")
        while process.returncode is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), LOG_CHECK_S)
            with suppress(OSError):
                self._log.trim()
        return self._log.explain(process.returncode, self._mongod)

    async def _restart(self) -> str | None:
        """None when it answers, otherwise why it does not."""
        try:
            await self._launch()
        except (StartupError, OSError) as problem:
            await self._end()
            return str(problem)
        return None

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self._timeouts.stop_within_s)
        except TimeoutError:
            logger.warning("mongod did not stop within %.0f s and is killed.", self._timeouts.stop_within_s)
            process.kill()
            await process.wait()


async def _ping(uri: str) -> None:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(uri, serverSelectionTimeoutMS=PING_TIMEOUT_MS)
    try:
        await client.admin.command("ping")
    finally:
        client.close()


def find_mongod(configured: str | None) -> Path:
    """The one in the settings, else the one on PATH, else the one that came with `ting[embedded]`."""
    if configured:
        return _configured_mongod(configured)
    found = shutil.which("mongod") or _mongod_of_the_wheel()
    if found is None:
        raise StartupError(
            "No mongod found. Install it with `pip install 'ting[embedded]'`, put it on PATH, set its path with the "
            "setting `mongod`, or use your own MongoDB with --mongodb."
        )
    return Path(found).absolute()


def _configured_mongod(configured: str) -> Path:
    path = Path(shutil.which(configured) or configured).expanduser().absolute()
    if not path.is_file():
        raise StartupError(f"The setting mongod is {configured}, which does not exist.")
    if not os.access(path, os.X_OK):
        raise StartupError(f"The setting mongod is {configured}, which is not executable.")
    return path


def _mongod_of_the_wheel() -> Path | None:
    """Found without importing: under the same name there is a package that takes seconds to import."""
    package = importlib.util.find_spec("fiftyone")
    for place in (package and package.submodule_search_locations) or ():
        path = Path(place, "db", "bin", "mongod")
        if os.access(path, os.X_OK):
            return path
    return None
