"""Reports Ting's state to systemd: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html

Without systemd (no NOTIFY_SOCKET) all calls do nothing, so that callers need no condition.
"""

import os
import socket
from collections.abc import Mapping


class Notifier:
    """Sends each state change as one datagram to systemd's socket."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._watchdog_interval_s = _watchdog_interval_s(environ)

    @property
    def watchdog_interval_s(self) -> float | None:
        """How often to call `watchdog`: twice as often as systemd requires. None if it has no watchdog for Ting."""
        return self._watchdog_interval_s

    def ready(self, status: str) -> None:
        """Ting accepts connections. `systemctl start` returns now."""
        self._send("READY=1", _status(status))

    def stopping(self) -> None:
        """Ting has begun to stop. From here on, systemd waits up to TimeoutStopSec."""
        self._send("STOPPING=1", _status("Stopping"))

    def status(self, text: str) -> None:
        """Set the line that `systemctl status` shows."""
        self._send(_status(text))

    def watchdog(self) -> None:
        """The event loop still runs."""
        self._send("WATCHDOG=1")

    def _send(self, *assignments: str) -> None:
        """Send without waiting, and ignore errors: a restart of systemd must not disturb the server."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_systemd:
                to_systemd.setblocking(False)
                to_systemd.sendto("\n".join(assignments).encode(), self._address)
        except OSError:
            # A lost watchdog message does no harm: the next one is due before systemd's limit.
            return


def _address(setting: str) -> str:
    """A path, or `@` and a name in Linux's abstract namespace. Other kinds (vsock) are for virtual machines only."""
    if setting.startswith("@"):
        return "\0" + setting[1:]
    return setting if setting.startswith("/") else ""


def _status(text: str) -> str:
    """A status assignment on one line, since a second line would be another assignment."""
    return "STATUS=" + " ".join(text.split())


def _watchdog_interval_s(environ: Mapping[str, str]) -> float | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    limit_us = environ.get("WATCHDOG_USEC", "")
    if not limit_us.isdecimal() or int(limit_us) == 0:
        return None
    return int(limit_us) / 2 / 1_000_000
