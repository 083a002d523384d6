"""Becomes mongod, and makes sure that it dies with Ting. Run as a program, never imported by the server.

    python -I -S launcher.py PARENT_PID MONGOD [ARGUMENT...]

A program of its own rather than a `preexec_fn`, which may deadlock in a process that has threads.
It imports nothing of Ting, to be mongod within milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def kill_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process, and the mongod it becomes, when its parent is gone.

    SIGKILL, since a mongod that hangs must go too; its journal holds all that was acknowledged. Only
    Linux has this. Elsewhere a mongod whose Ting was killed lives on and keeps the lock of its directory:
    the next Ting there says so instead of starting.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before the kernel was asked; then nobody would ever be told.
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def main(parent: str, *command: str) -> None:
    kill_with_parent(int(parent))
    try:
        os.execv(command[0], command)  # noqa: S606
    except OSError as problem:
        sys.exit(f"cannot run {command[0]}: {problem.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
