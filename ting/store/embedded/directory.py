"""The directory of the embedded database: made private, checked, and locked against a second Ting.

Two locks, since two things have to be told apart. `ting.lock` belongs to Ting alone and is free the moment
it is dead: found taken, another Ting lives. `database.lock` is inherited by mongod and is free when both
are dead: found taken, the mongod of a Ting that was just killed is still dying, which is worth waiting for.
"""

import asyncio
import fcntl
import os
import shutil
from pathlib import Path

from ting.core.errors import StartupError

# The size of sun_path on Linux, without its closing zero.
MAX_SOCKET_PATH_BYTES = 107
POLL_S = 0.05
# A Ting that was killed while it was forking may hold its lock for an instant longer.
REFUSE_AFTER_S = 0.3


def prepare(directory: Path, socket: Path, min_free_mb: int) -> None:
    """Make the directory, for us alone, and check that a database can live in it."""
    if len(os.fsencode(socket)) > MAX_SOCKET_PATH_BYTES:
        raise StartupError(
            f"The path of the data directory is too long: {socket} has {len(os.fsencode(socket))} bytes, "
            f"but a socket path can have at most {MAX_SOCKET_PATH_BYTES}. Choose a shorter path."
        )
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_private(directory)
        free_mb = shutil.disk_usage(directory).free // 2**20
    except OSError as problem:
        raise unusable(directory, problem) from problem
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        raise StartupError(f"Cannot use the data directory {directory}: it is not writable by this user.")
    if free_mb < min_free_mb:
        raise StartupError(
            f"The disk is full: {directory} has {free_mb} MB of free space, but the database needs {min_free_mb} MB."
        )


def _make_private(directory: Path) -> None:
    status = directory.stat()
    if not status.st_mode & 0o077:
        return
    if status.st_uid != os.geteuid():
        raise StartupError(
            f"The data directory {directory} can be accessed by other users and belongs to user {status.st_uid}, "
            f"but Ting runs as user {os.geteuid()}. Make Ting's user its owner, with mode 0700."
        )
    directory.chmod(0o700)


def unusable(directory: Path, problem: OSError) -> StartupError:
    """What to tell the operator when the system refuses."""
    return StartupError(f"Cannot use the data directory {directory}: {problem.strerror or problem}.")


class DirectoryLock:
    """Held while this Ting, or the mongod it started, lives. The kernel frees it, however they die."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ours: int | None = None
        self._shared: int | None = None

    @property
    def inheritable(self) -> int:
        """The descriptor that mongod inherits."""
        if self._shared is None:
            raise RuntimeError("the lock is not held")
        return self._shared

    async def take(self, wait_s: float) -> None:
        """Refuse at once while another Ting lives; wait up to `wait_s` for a mongod that is dying."""
        try:
            self._ours = _open(self._directory / "ting.lock")
            self._shared = _open(self._directory / "database.lock")
        except OSError as problem:
            raise unusable(self._directory, problem) from problem
        if not await _locked(self._ours, REFUSE_AFTER_S):
            holder = os.pread(self._ours, 20, 0).decode(errors="replace").strip() or "unknown"
            raise StartupError(f"Another Ting (pid {holder}) is using {self._directory}.")
        _write_pid(self._ours)
        if not await _locked(self._shared, wait_s):
            raise StartupError(
                f"The mongod of an earlier Ting is still running in {self._directory} after {wait_s:g} s. "
                "Stop it, and start Ting again."
            )

    def release(self) -> None:
        """Only after mongod is gone. The files stay: removing a lock file invites two holders."""
        for descriptor in (self._shared, self._ours):
            if descriptor is not None:
                os.close(descriptor)
        self._ours = self._shared = None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _write_pid(descriptor: int) -> None:
    pid = f"{os.getpid()}\n".encode()
    os.ftruncate(descriptor, os.pwrite(descriptor, pid, 0))


async def _locked(descriptor: int, wait_s: float) -> bool:
    """Polling, since a blocking flock would need a thread that nothing could call back."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() >= until:
                return False
            await asyncio.sleep(POLL_S)
        else:
            return True
