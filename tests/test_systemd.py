"""The notifier with a real socket, and the unit file with systemd's checks."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ting.core.settings import Settings
from ting.store.embedded.mongod import Timeouts
from ting.systemd import Notifier

UNIT = Path(__file__).parent.parent / "ting.service"
MAX_EXPOSURE = 30  # in tenths, the unit of systemd-analyze

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket of systemd. Bound to a relative path, since the absolute one can be too long for a socket."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("notify" if request.param == "path" else f"\0ting-test-{os.getpid()}")
        listener.settimeout(5)
        yield listener


def environment(listener: socket.socket, directory: Path) -> dict[str, str]:
    """The environment in which systemd starts a service."""
    name = listener.getsockname()
    return {"NOTIFY_SOCKET": "@" + name[1:].decode() if isinstance(name, bytes) else str(directory / name)}


def test_each_state_change_is_one_datagram(systemd: socket.socket, tmp_path: Path) -> None:
    notifier = Notifier(environment(systemd, tmp_path))
    notifier.ready("Serving http://127.0.0.1:8080/")
    notifier.status("3 people")
    notifier.watchdog()
    notifier.stopping()
    assert [systemd.recv(1000).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=Serving http://127.0.0.1:8080/",
        "STATUS=3 people",
        "WATCHDOG=1",
        "STOPPING=1\nSTATUS=Stopping",
    ]


def test_a_status_cannot_add_another_assignment(systemd: socket.socket, tmp_path: Path) -> None:
    Notifier(environment(systemd, tmp_path)).status("fine\nMAINPID=1")
    assert systemd.recv(1000) == b"STATUS=fine MAINPID=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_without_systemd_nothing_happens(environ: dict[str, str]) -> None:
    notifier = Notifier(environ)
    notifier.ready("ready")
    notifier.watchdog()
    assert notifier.watchdog_interval_s is None


def test_a_missing_socket_is_ignored(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).watchdog()


def test_a_full_socket_is_ignored(systemd: socket.socket, tmp_path: Path) -> None:
    notifier = Notifier(environment(systemd, tmp_path))
    for _ in range(2000):
        notifier.watchdog()
    assert systemd.recv(1000) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("environ", "interval_s"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_interval_is_half_of_the_limit(environ: dict[str, str], interval_s: float | None) -> None:
    assert Notifier(environ).watchdog_interval_s == interval_s


@needs_systemd
def test_systemd_accepts_every_line_of_the_unit(tmp_path: Path) -> None:
    # The command is replaced, since Ting may not be installed in /opt where the tests run.
    unit = tmp_path / UNIT.name
    unit.write_text(
        re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", UNIT.read_text(), flags=re.MULTILINE)
    )
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@needs_systemd
def test_the_service_is_sandboxed() -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", str(UNIT)]
    analyzed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert analyzed.returncode == 0, analyzed.stdout[-500:] + analyzed.stderr


def seconds(setting: str) -> int:
    found = re.search(rf"^{setting}=(\d+)$", UNIT.read_text(), flags=re.MULTILINE)
    assert found
    return int(found[1])


def test_the_timeouts_of_the_unit_are_longer_than_those_of_ting_and_mongod() -> None:
    assert seconds("TimeoutStopSec") > Settings().pace.drain_s + Timeouts().stop_within_s
    assert seconds("TimeoutStartSec") > Timeouts().ready_within_s + Timeouts().lock_wait_s
