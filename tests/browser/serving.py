"""A real server process on a data directory of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# All those people of the tests come from one address.
UNLIMITED = {f"TING_RATES_{rate}": "" for rate in ("ENTER", "SEND", "UPLOAD", "REQUEST", "FRAME")}


class RunningTing:
    """`ting serve` as a process: it can be stopped, killed and started again, on the same data and the same port."""

    def __init__(self, module: str = "ting", settings: Mapping[str, str] | None = None) -> None:
        """`module` is run as a program; it serves as `ting` does. `settings` are its environment."""
        self._module = module
        self._settings = {**UNLIMITED, **(settings or {})}
        self.directory = Path(tempfile.mkdtemp(prefix="ting-"))
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it serves; on the same port as before."""
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
        found = re.search(r":(\d+)/", line)
        assert found, f"ting serve said {line!r} instead of its URL"
        self.port = int(found[1])

    def read_first_link(self) -> str:
        """The link that makes the first admin: a new server prints it once, after its URL."""
        assert self._process and self._process.stdout
        found = re.search(r"http\S+#invitation=\S+", self._process.stdout.readline())
        assert found
        return found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it as asked, and wait until it has ended."""
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
def serving(module: str = "ting", settings: Mapping[str, str] | None = None) -> Iterator[RunningTing]:
    """One that serves within the block, and leaves nothing behind."""
    running = RunningTing(module, settings)
    try:
        running.start()
        yield running
    finally:
        running.remove()
