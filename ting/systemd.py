"""Tells systemd how Ting is doing: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html

Without systemd (no NOTIFY_SOCKET) every call does nothing, so that nobody has to ask.
"""

import os
import socket
from collections.abc import Mapping


class Notifier:
    """One datagram per state change, to the socket that systemd gave."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._watchdog_interval_s = _watchdog_interval_s(environ)

    @property
    def watchdog_interval_s(self) -> float | None:
        """How often to call `watchdog`: twice as often as systemd demands. None if it does not ask."""
        return self._watchdog_interval_s

    def ready(self, status: str) -> None:
        """Ting serves. `systemctl start` returns now."""
        self._tell("READY=1", _status(status))

    def stopping(self) -> None:
        """Ting drains; systemd waits up to TimeoutStopSec from here on."""
        self._tell("STOPPING=1", _status("Stopping"))

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(_status(text))

    def watchdog(self) -> None:
        """The event loop still turns."""
        self._tell("WATCHDOG=1")

    def _tell(self, *assignments: str) -> None:
        """Never waits and never fails: a chat must not stop because systemd is restarting."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_systemd:
                to_systemd.setblocking(False)
                to_systemd.sendto("\n".join(assignments).encode(), self._address)
        except OSError:
            # It comes again: the watchdog's next turn is half its time away, by design.
            return


def _address(given: str) -> str:
    """A path, or `@` and a name in the abstract namespace of Linux. Others (vsock) are for virtual machines."""
    if given.startswith("@"):
        return "\0" + given[1:]
    return given if given.startswith("/") else ""


def _status(text: str) -> str:
    """On one line, since the next line would be another assignment."""
    return "STATUS=" + " ".join(text.split())


def _watchdog_interval_s(environ: Mapping[str, str]) -> float | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    limit_us = environ.get("WATCHDOG_USEC", "")
    if not limit_us.isdecimal() or int(limit_us) == 0:
        return None
    return int(limit_us) / 2 / 1_000_000
