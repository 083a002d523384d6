"""The installed program in separate processes: `ting serve` and the other commands, on one database."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

STOPPED_WITHIN_S = 30
DEFAULTS = {f"TING_RATES_{rate}": "" for rate in ("ENTER", "SEND", "UPLOAD", "REQUEST", "FRAME")}
DEFAULTS |= {"TING_TRUSTED_PROXIES": "127.0.0.1", "TING_LOG_LEVEL": "warning"}
END = "\0"
# Several commands share one process, since the start of Python takes most of the time of a command.
COMMANDS = f"""
import json, sys
from ting.__main__ import main
for command in json.loads(sys.argv[1]):
    if main(command):
        sys.exit(f"failed: {{command}}")
    print({END!r}, end="")
"""


class Program:
    """Ting on a database: a server that can be started and stopped, and commands that run with or without it."""

    def __init__(self, **settings: str) -> None:
        """`settings` are named as in the environment, but without `TING_`."""
        self.url = ""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TING_")}
        overrides = {f"TING_{name.upper()}": value for name, value in settings.items()}
        self._environment = {**inherited, **DEFAULTS, **overrides}
        self._server: subprocess.Popen[str] | None = None

    async def start(self) -> None:
        """Start the server. Return when it can be used at `url`."""
        command = [sys.executable, "-m", "ting", "serve", "--port", "0"]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environment)
        line = await asyncio.to_thread(self._read_line)
        assert line.startswith("http"), f"ting serve printed {line!r} instead of its URL"
        self.url = line.strip()

    async def read_first_invitation(self) -> str:
        """The token in the link for the first admin, which a server without an admin prints after its URL."""
        found = re.search(r"#invitation=(\S+)", await asyncio.to_thread(self._read_line))
        assert found
        return found[1]

    def stop(self) -> None:
        """Stop the server and wait for it. Safe to repeat."""
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(timeout=STOPPED_WITHIN_S)
            assert self._server.stdout is not None
            self._server.stdout.close()
            self._server = None

    async def run(self, *commands: Sequence[str], entered: str = "") -> list[list[str]]:
        """Run commands in sequence. Return the lines that each printed. `entered` is their standard input."""
        arguments = [sys.executable, "-c", COMMANDS, json.dumps(commands)]

        def run() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                arguments, input=entered, capture_output=True, text=True, env=self._environment, check=False
            )

        done = await asyncio.to_thread(run)
        assert done.returncode == 0, done.stderr
        return [printed.splitlines() for printed in done.stdout.split(END)[:-1]]

    def _read_line(self) -> str:
        assert self._server is not None
        assert self._server.stdout is not None
        return self._server.stdout.readline()


def found_in(lines: Sequence[str], pattern: str) -> Any:
    """The group that a pattern finds in the lines that a command printed."""
    found = re.search(pattern, "\n".join(lines))
    assert found, lines
    return found[1]
