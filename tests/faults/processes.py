"""`ting serve` as a real process, with its private mongod, and the ways to hurt both."""

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
UNLIMITED = {f"rates_{rate}": "" for rate in msgspec.structs.asdict(Rates()) if rate != "people_per_address"}
PATIENT = "import sys; from ting.__main__ import main; sys.exit(main())"
IMPATIENT = f"from ting.store import database; database.OPERATION_TIMEOUT_MS = {{ms}}; {PATIENT}"


class Ting:
    """One server on one port and one directory, whatever happens to its process."""

    def __init__(self, *, mongodb: str = "", gives_up_after_ms: int | None = None, **settings: str) -> None:
        """`settings`: named as in the environment, without `TING_`; `mongodb`: instead of a private one.

        `gives_up_after_ms`: how long it waits for the database to answer. This is no setting; tests have less time.
        """
        self.directory = Path(tempfile.mkdtemp(prefix="ting-"))  # short: a Unix socket is made in it
        self.address: Address = ("127.0.0.1", _free_port())
        self.log = self.directory / "ting.log"
        self._data = self.directory / "data"
        self._mongodb = mongodb
        self._program = IMPATIENT.format(ms=gives_up_after_ms) if gives_up_after_ms else PATIENT
        self._settings = {f"TING_{name.upper()}": value for name, value in {**UNLIMITED, **settings}.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped: set[int] = set()

    @property
    def uri(self) -> str:
        """Of its private mongod."""
        return f"mongodb://{quote(str(self._data / 'mongod.sock'), safe='')}/?directConnection=true"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def mongod(self) -> int | None:
        """The pid of the private mongod that runs now."""
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
        """Return when people can come in."""
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
            # Its URL is its first line of output; it listens earlier than it answers.
            return b"http://" in self.log.read_bytes()[logged:] or process.poll() is not None

        await eventually(ready, "the server starts", START_S)
        assert process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def kill_mongod(self) -> None:
        """kill -9."""
        os.kill(self._running_mongod(), signal.SIGKILL)

    def freeze_mongod(self) -> None:
        """It does nothing any more, but its sockets stay open."""
        os.kill(self._running_mongod(), signal.SIGSTOP)
        self._stopped.add(self._running_mongod())

    def thaw_mongod(self) -> None:
        for pid in self._stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._stopped.clear()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        os.kill(self.pid, signal.SIGTERM)

    async def ended(self, within_s: float) -> tuple[int, float]:
        """The exit status, and how long it took from now."""
        process, began = self._process, time.monotonic()
        assert process is not None
        await eventually(lambda: process.poll() is not None, "the server ends", within_s)
        return process.returncode, time.monotonic() - began

    async def mongod_back(self, instead_of: int | None = None) -> None:
        """Return when a mongod runs that is not the one given."""
        await eventually(lambda: self.mongod not in (None, instead_of), "mongod runs")

    async def remove(self) -> None:
        """End it, and leave nothing behind."""
        if self._process is not None and self._process.poll() is None:
            self.thaw_mongod()
            self.kill()
        # The kernel ends mongod with its Ting; its directory can go when it is gone.
        await asyncio.to_thread(shutil.rmtree, self.directory, ignore_errors=True)

    def complaints(self) -> str:
        """What the server logged that nobody should ever see."""
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
