"""The measured processes: a real `ting serve`, and the senders with which it is compared."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.machine import Cores, children, pin, running_on

# The measured load is above every rate limit.
RATES = ("ENTER", "SEND", "UPLOAD", "REQUEST", "PAGE", "DOWNLOAD", "UNKNOWN_SESSION", "FRAME")
UNLIMITED = {
    **{f"TING_RATES_{rate}": "" for rate in RATES},
    # All clients are at one address.
    **{f"TING_LIMITS_{limit}": "50000" for limit in ("STRANGER_CONNECTIONS", "CONNECTIONS_PER_ADDRESS")},
}
STOP_TIMEOUT_S = 20.0
MONGOD_TIMEOUT_S = 5.0


class Child:
    """A process on the server's core. The first line of its output ends with its port."""

    def __init__(
        self, command: list[str], cores: Cores, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        with log.open("ab") as errors, running_on(cores.server):
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
            )
        self.pid = self._process.pid
        self._log = log

    def line(self) -> str:
        """The next line of its output. Raises `ChildProcessError` if the process ends instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise ChildProcessError(f"{self._process.args!r} ended: {self._log.read_text()[-2000:]}")
        return line

    def write_line(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)

    @property
    def output(self) -> int:
        """The file descriptor of its output."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Send a signal, and wait until the process ends. Safe to repeat."""
        self._process.send_signal(number)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


class Ting:
    """A server with its own database and data directory. It can be restarted."""

    def __init__(self, data: Path, cores: Cores) -> None:
        self.data = data
        self._cores = cores
        self._child: Child | None = None
        self.port = 0

    @property
    def mongodb(self) -> str:
        """The connection string of its database."""
        return f"mongodb://{str(self.data / 'mongod.sock').replace('/', '%2F')}/?directConnection=true"

    @property
    def pid(self) -> int:
        assert self._child is not None, "not started"
        return self._child.pid

    def start(self) -> None:
        """Start the server on the same port each time, and pin the database to its cores. Returns when it serves."""
        command = [sys.executable, "-m", "ting", "serve", "--port", str(self.port), "--data", str(self.data)]
        self._child = Child(command, self._cores, self.data.with_name("ting.log"), UNLIMITED)
        self.port = urlsplit(self._child.line()).port or 0
        pin(self.mongod, self._cores.database)

    @property
    def mongod(self) -> int:
        """The pid of its database."""
        deadline = time.monotonic() + MONGOD_TIMEOUT_S
        while time.monotonic() < deadline:
            for pid in children(self.pid):
                if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "mongod":  # noqa: PTH115, PTH119
                    return pid
        raise ChildProcessError("Ting did not start a mongod")

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """End the server as a crash would."""
        assert self._child is not None, "not started"
        self._child.stop(signal.SIGKILL)
