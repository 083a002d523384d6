"""The embedded mongod as a child process: finds, starts and stops it, and restarts it when it crashes.

It listens only on a Unix socket in its directory. It does not outlive Ting (`launcher.py`), and its directory is
locked (`directory.py`).
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
# The smallest cache that mongod accepts.
MIN_CACHE_MB = 256
# The largest threshold, so that no operation counts as slow: mongod logs slow operations with texts of users.
MAX_SLOW_MS = 2**31 - 1


@dataclass(frozen=True)
class Timeouts:
    """Timeouts and pauses. Tests use shorter ones."""

    first_pause_s: float = 0.1
    max_pause_s: float = 10.0
    settled_s: float = 60.0
    """A run of this length counts as stable: the pause after it is `first_pause_s` again."""
    lock_wait_s: float = 10.0
    ready_within_s: float = 120.0
    """Long, since mongod first recovers from its journal after a crash."""
    stop_within_s: float = 10.0
    min_free_mb: int = 64


class EmbeddedMongo:
    """One mongod and its data directory."""

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
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the running mongod; None between a crash and the restart."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    @property
    def uri(self) -> str:
        """The URI of the database, for MongoDB clients on this machine that run as the same user."""
        return f"mongodb://{quote(str(self.socket), safe='')}/?directConnection=true"

    async def start(self) -> str:
        """Start mongod and return the URI once it answers. Raises `StartupError`; nothing runs or is locked then."""
        self._mongod = find_mongod(self._configured)
        prepare(self.directory, self.socket, self._timeouts.min_free_mb)
        try:
            # The lock comes first, since a starting mongod removes the socket of one that runs.
            await self._lock.acquire(self._timeouts.lock_wait_s)
            await self._launch()
        except BaseException as problem:
            await self.stop()
            if isinstance(problem, OSError):
                raise StartupError(f"Cannot start the database in {self.directory}: {problem}.") from problem
            raise
        self._supervisor = asyncio.create_task(self._supervise(), name="keep mongod running")
        return self.uri

    async def stop(self) -> None:
        """Stop mongod cleanly, and unlock the directory. Safe to call if it does not run."""
        if self._supervisor:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
            self._supervisor = None
        await self._terminate()
        self._lock.release()

    async def _launch(self) -> None:
        """Start the process, and return once it answers. Raises `StartupError`, `OSError`."""
        output = self._log.open()
        try:
            # Forked from the thread of the event loop: the kernel kills mongod when the forking thread ends.
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid())),
                *self._command(),
                # A relative path to the socket, since mongod cuts absolute ones at `,` `:` and `[`.
                cwd=self.directory,
                env={**os.environ, "LC_ALL": "C"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(self._lock.mongod_descriptor,),
                # A new session, so that Ctrl-C in a terminal reaches only Ting, which stops mongod after its clients.
                start_new_session=True,
            )
        finally:
            os.close(output)
        await self._wait_until_ready(self._process)

    def _command(self) -> list[str]:
        options = {
            "--dbpath": str(self.directory),
            "--bind_ip": f"./{SOCKET_NAME}",
            "--filePermissions": "0700",
            "--wiredTigerCacheSizeGB": f"{self._cache_mb / 1024:.3f}",
            "--slowms": str(MAX_SLOW_MS),
            "--setParameter": "diagnosticDataCollectionEnabled=false",
        }
        # --nounixsocket: no additional socket in /tmp.
        # --noscripting: no JavaScript, whose compiler needs memory that is writable and executable.
        flags = ("--quiet", "--nounixsocket", "--noscripting")
        return [str(self._mongod), *flags, *(part for pair in options.items() for part in pair)]

    async def _wait_until_ready(self, process: asyncio.subprocess.Process) -> None:
        exited, ready = asyncio.create_task(process.wait()), asyncio.create_task(self._wait_for_answer())
        try:
            timeout_s = self._timeouts.ready_within_s
            await asyncio.wait({exited, ready}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if exited.done():
                raise StartupError(self._log.explain(exited.result(), self._mongod))
            if not ready.done():
                raise StartupError(f"mongod did not answer within {timeout_s:g} s; see {self.directory}/mongod.log.")
        finally:
            exited.cancel()
            ready.cancel()

    async def _wait_for_answer(self) -> None:
        """Return once mongod answers. Polls the socket, since the driver waits half a second between attempts."""
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(self.socket)
                writer.close()
                return await _ping(self.uri)
            except (OSError, PyMongoError):
                await asyncio.sleep(POLL_S)

    async def _supervise(self) -> None:
        """Restart mongod whenever it ends, after a pause that doubles until a run is stable."""
        loop = asyncio.get_running_loop()
        pause = self._timeouts.first_pause_s
        while True:
            began = loop.time()
            reason: str | None = await self._wait_for_exit()
            if loop.time() - began >= self._timeouts.settled_s:
                pause = self._timeouts.first_pause_s
            while reason:
                logger.warning("The database is down. %s Starting it again in %.1f s.", reason, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._timeouts.max_pause_s)
                reason = await self._restart()
            logger.warning("The database is back (mongod has pid %s).", self.pid)

    async def _wait_for_exit(self) -> str:
        """Wait until mongod ends, and return the reason. Meanwhile, keep its log small."""
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
        """Launch mongod again. Return None once it answers, or the reason of the failure."""
        try:
            await self._launch()
        except (StartupError, OSError) as problem:
            await self._terminate()
            return str(problem)
        return None

    async def _terminate(self) -> None:
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
    """The mongod of the settings, else the one on PATH, else the one of `ting[embedded]`. Raises `StartupError`."""
    if configured:
        return _configured_mongod(configured)
    found = shutil.which("mongod") or _wheel_mongod()
    if found is None:
        raise StartupError(
            "No mongod found. Install it with `pip install 'ting-chat[embedded]'`, put it on PATH, set its path with "
            "the setting `mongod`, or use your own MongoDB with --mongodb."
        )
    return Path(found).absolute()


def _configured_mongod(configured: str) -> Path:
    path = Path(shutil.which(configured) or configured).expanduser().absolute()
    if not path.is_file():
        raise StartupError(f"The setting mongod is {configured}, which does not exist.")
    if not os.access(path, os.X_OK):
        raise StartupError(f"The setting mongod is {configured}, which is not executable.")
    return path


def _wheel_mongod() -> Path | None:
    """The mongod of an installed wheel. Not imported, since another package of the same name imports slowly."""
    package = importlib.util.find_spec("fiftyone")
    for directory in (package and package.submodule_search_locations) or ():
        path = Path(directory, "db", "bin", "mongod")
        if os.access(path, os.X_OK):
            return path
    return None
