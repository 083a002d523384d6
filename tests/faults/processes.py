"""`ting serve` as a real process with its private mongod. Both can be killed, frozen and stopped."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import msgspec

from tests.faults.raw_client import Address
from tests.faults.waiting import eventually
from ting.core.settings import Rates

START_S = 20.0
DATABASE = "ting"
UNLIMITED = {f"rates_{name}": "" for name, rate in msgspec.structs.asdict(Rates()).items() if isinstance(rate, str)}
PROGRAM = "import sys; from ting.__main__ import main; sys.exit(main())"
PROGRAM_WITH_TIMEOUT = f"from ting.store import database; database.OPERATION_TIMEOUT_MS = {{ms}}; {PROGRAM}"


class Ting:
    """One server with one port and one directory, which stay the same when its process is restarted."""

    def __init__(self, *, mongodb: str = "", operation_timeout_ms: int | None = None, **settings: str) -> None:
        """`settings`: named as in the environment, without `TING_`; `mongodb`: use this instead of a private mongod.

        `operation_timeout_ms`: how long it waits for an answer of the database. There is no such setting.
        """
        self.directory = Path(tempfile.mkdtemp(prefix="ting-"))  # short: a Unix socket is made in it
        self.address: Address = ("127.0.0.1", _free_port())
        self.log = self.directory / "ting.log"
        self._data = self.directory / "data"
        self._mongodb = mongodb
        self._program = PROGRAM_WITH_TIMEOUT.format(ms=operation_timeout_ms) if operation_timeout_ms else PROGRAM
        self._settings = {f"TING_{name.upper()}": value for name, value in {**UNLIMITED, **settings}.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped: set[int] = set()

    @property
    def uri(self) -> str:
        """The URI of its private mongod."""
        return f"mongodb://{quote(str(self._data / 'mongod.sock'), safe='')}/?directConnection=true"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def mongod(self) -> int | None:
        """The pid of the private mongod, if it runs."""
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, rest = status.read_text().partition("(")[2].rsplit(")", 1)
            except OSError:
                continue
            state, parent = rest.split()[:2]
            if name == "mongod" and int(parent) == self.pid and state not in "ZX":
                return int(status.parent.name)
        return None

    async def start(self) -> None:
        """Start the process, and return when it accepts requests."""
        command = [sys.executable, "-c", self._program, "serve"]
        command += ["--port", str(self.address[1]), "--data", str(self._data)]
        command += ["--mongodb", self._mongodb] if self._mongodb else []
        with self.log.open("ab") as log:
            logged = log.tell()
            self._process = subprocess.Popen(
                command, env={**os.environ, **self._settings}, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        process = self._process

        def ready() -> bool:
            # The URL is the first line of output. The server listens earlier than it answers.
            return b"http://" in self.log.read_bytes()[logged:] or process.poll() is not None

        await eventually(ready, "the server starts", START_S)
        assert process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def kill_mongod(self) -> None:
        """Kill mongod with SIGKILL."""
        os.kill(self._running_mongod(), signal.SIGKILL)

    def freeze_mongod(self) -> None:
        """Stop the execution of mongod. Its sockets stay open."""
        os.kill(self._running_mongod(), signal.SIGSTOP)
        self._stopped.add(self._running_mongod())

    def thaw_mongod(self) -> None:
        for pid in self._stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._stopped.clear()

    def terminate(self) -> None:
        """Send SIGTERM to the server."""
        os.kill(self.pid, signal.SIGTERM)

    async def ended(self, within_s: float) -> tuple[int, float]:
        """Wait for the end. Return the exit status, and how long it took."""
        process, began = self._process, time.monotonic()
        assert process is not None
        await eventually(lambda: process.poll() is not None, "the server ends", within_s)
        return process.returncode, time.monotonic() - began

    async def mongod_restarted(self, instead_of: int | None = None) -> None:
        """Return when a mongod runs whose pid is not `instead_of`."""
        await eventually(lambda: self.mongod not in (None, instead_of), "mongod runs")

    async def remove(self) -> None:
        """Kill the server, and remove its directory."""
        if self._process is not None and self._process.poll() is None:
            self.thaw_mongod()
            self.kill()
        # The kernel kills mongod with its server, perhaps a moment later. So errors are ignored.
        await asyncio.to_thread(shutil.rmtree, self.directory, ignore_errors=True)

    def logged_errors(self) -> str:
        """The log, if it contains a stack trace or an error."""
        text = self.log.read_text()
        return text if "Traceback" in text or " ERROR " in text else ""

    def _running_mongod(self) -> int:
        mongod = self.mongod
        assert mongod is not None, "no mongod runs"
        return mongod


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
