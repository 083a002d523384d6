"""A real server process with its own data directory."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.faults.processes import UNLIMITED as UNLIMITED_RATES
from tests.scratch import scratch_directory

# All users of the tests have the same address, so the rate limits are switched off.
UNLIMITED = {f"TING_{name.upper()}": value for name, value in UNLIMITED_RATES.items()}


class ServerProcess:
    """`ting serve` as a process that can be stopped, killed and restarted with the same data and port."""

    def __init__(self, module: str = "ting", settings: Mapping[str, str] | None = None) -> None:
        """`module` is run with the arguments of `ting serve`. `settings` are added to its environment."""
        self._module = module
        self._settings = {**UNLIMITED, **(settings or {})}
        self.directory = scratch_directory()
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server, on the same port as before, and return when it is ready."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                self._module,
                "serve",
                "--port",
                str(self.port),
                "--data",
                str(self.directory / "data"),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("TING_")} | self._settings,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        match = re.search(r":(\d+)/", line)
        assert match, f"ting serve printed {line!r} instead of its URL"
        self.port = int(match[1])

    def read_first_link(self) -> str:
        """Read the link for the first admin, which a new server prints once, after its URL."""
        assert self._process and self._process.stdout
        match = re.search(r"http\S+#invitation=\S+", self._process.stdout.readline())
        assert match
        return match[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal, and wait until the process has ended."""
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory)


@contextmanager
def run_server(module: str = "ting", settings: Mapping[str, str] | None = None) -> Iterator[ServerProcess]:
    """Run a server during the block, and remove its data afterwards."""
    server = ServerProcess(module, settings)
    try:
        server.start()
        yield server
    finally:
        server.remove()
