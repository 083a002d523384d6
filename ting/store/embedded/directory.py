"""The directory of the embedded database: created with private permissions, checked, and locked.

There are two locks, to distinguish two cases. `ting.lock` is held by Ting only and is free once that process is dead:
if it is taken, another Ting runs. `database.lock` is inherited by mongod and is free once both are dead: if it is
taken, the mongod of a killed Ting is still exiting, and waiting for it helps.
"""

import asyncio
import fcntl
import os
import shutil
from pathlib import Path

from ting.core.errors import StartupError

# The size of sun_path on Linux, without the terminating zero.
MAX_SOCKET_PATH_BYTES = 107
POLL_S = 0.05
# A Ting that was killed while it was forking can hold its lock a little longer.
REFUSE_AFTER_S = 0.3


def prepare(directory: Path, socket: Path, min_free_mb: int) -> None:
    """Create the directory, accessible by this user only, and check it. `min_free_mb` is the space that must be free.

    Raises `StartupError`.
    """
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
        raise unusable_error(directory, problem) from problem
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


def unusable_error(directory: Path, problem: OSError) -> StartupError:
    """The error for the operator if the system refuses access to the directory."""
    return StartupError(f"Cannot use the data directory {directory}: {problem.strerror or problem}.")


class DirectoryLock:
    """Held while this Ting or its mongod runs. The kernel frees it, however they end."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._own_lock: int | None = None
        self._mongod_lock: int | None = None

    @property
    def mongod_descriptor(self) -> int:
        """The descriptor that mongod inherits."""
        if self._mongod_lock is None:
            raise RuntimeError("the lock is not held")
        return self._mongod_lock

    async def acquire(self, wait_s: float) -> None:
        """Lock the directory. Waits up to `wait_s` for a mongod that is exiting.

        Raises `StartupError` if another Ting or its mongod still runs.
        """
        try:
            self._own_lock = _open(self._directory / "ting.lock")
            self._mongod_lock = _open(self._directory / "database.lock")
        except OSError as problem:
            raise unusable_error(self._directory, problem) from problem
        if not await _lock_within(self._own_lock, REFUSE_AFTER_S):
            holder = os.pread(self._own_lock, 20, 0).decode(errors="replace").strip() or "unknown"
            raise StartupError(f"Another Ting (pid {holder}) is using {self._directory}.")
        _write_pid(self._own_lock)
        if not await _lock_within(self._mongod_lock, wait_s):
            raise StartupError(
                f"The mongod of an earlier Ting is still running in {self._directory} after {wait_s:g} s. "
                "Stop it, and start Ting again."
            )

    def release(self) -> None:
        """Free the lock. Call it only after mongod has exited.

        The files stay: if they were removed, two processes could lock two different files.
        """
        for descriptor in (self._mongod_lock, self._own_lock):
            if descriptor is not None:
                os.close(descriptor)
        self._own_lock = self._mongod_lock = None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _write_pid(descriptor: int) -> None:
    pid = f"{os.getpid()}\n".encode()
    os.ftruncate(descriptor, os.pwrite(descriptor, pid, 0))


async def _lock_within(descriptor: int, wait_s: float) -> bool:
    """Try to lock a file for up to `wait_s`. Polls, since a blocking flock needs a thread that cannot be cancelled."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(POLL_S)
        else:
            return True
