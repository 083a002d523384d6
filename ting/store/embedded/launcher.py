"""Executes mongod so that it is killed when Ting ends. Run as a program, never imported by the server.

    python -I -S launcher.py PARENT_PID MONGOD [ARGUMENT...]

A separate program, since a `preexec_fn` can deadlock in a process with threads. It imports nothing of Ting, so that
mongod starts within milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def kill_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process, which becomes mongod, when its parent ends.

    The signal is SIGKILL, so that a hanging mongod ends too. Its journal has all acknowledged writes. Only Linux
    supports this. On other systems, mongod survives a killed Ting and keeps the lock of its directory, and the next
    Ting refuses to start.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before prctl was called. In that case the kernel sends no signal.
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
