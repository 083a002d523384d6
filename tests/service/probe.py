"""Tests ting.service inside the container that boot.sh boots. Prints each step and its duration."""

import json
import os
import secrets
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

URL = "http://127.0.0.1:8080"
WITHIN_S = 30.0
DATA = Path("/var/lib/ting")
SETTINGS = Path("/etc/ting/ting.toml")
CHECK = Path("/run/systemd/system/check.service")
CHECK_UNIT = """
[Service]
Type=oneshot
DynamicUser=yes
User=ting
StateDirectory=ting
SetCredential=ting.toml:#
LoadCredential=ting.toml:/etc/ting/ting.toml
Environment=TING_DATA=/var/lib/ting
ExecStart=/opt/ting/bin/ting check --config ${CREDENTIALS_DIRECTORY}/ting.toml
"""


def systemctl(*arguments: str) -> int:
    return subprocess.run(["systemctl", *arguments], check=False).returncode


def show(name: str) -> str:
    command = ["systemctl", "show", "--value", "--property", name, "ting"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main_pid() -> int:
    return int(show("MainPID"))


def processes(name: str) -> list[int]:
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if (directory / "comm").read_text().strip() == name:
                found.append(int(directory.name))
        except OSError:
            continue
    return found


def listening_ports() -> list[int]:
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return [int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A"]


def ask(method: str, path: str, body: Any = None, cookie: str = "") -> tuple[int, Any, str]:
    """Send a request; return the status, the JSON body and the cookie. The status is 0 without an answer."""
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            read = answer.read()
            kind = answer.headers.get_content_type()
            cookie = (answer.headers.get("Set-Cookie") or "").partition(";")[0]
            return answer.status, json.loads(read) if kind == "application/json" else None, cookie
    except urllib.error.HTTPError as refused:
        return refused.code, None, ""
    except OSError:
        return 0, None, ""


def serves() -> bool:
    return ask("GET", "/readyz")[0] == 200


def until(what: str, condition: Callable[[], object]) -> None:
    end = time.monotonic() + WITHIN_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {WITHIN_S:.0f} s: {what}")
        time.sleep(0.02)


@contextmanager
def step(what: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"FAILED  {what}")
        raise
    print(f"{time.monotonic() - began:5.2f} s  {what}")


def uuid7() -> str:
    bits = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=bits))


def message_texts(cookie: str) -> list[str]:
    answer = ask("GET", "/api/conversations/%23ting/messages", cookie=cookie)[1]
    return [message["text"] for message in answer["messages"]] if answer else []


def start() -> None:
    with step("start: systemctl returns when the database answers"):
        assert systemctl("start", "ting") == 0
    assert serves()
    print(f"         status: {show('StatusText')}")
    assert listening_ports() == [8080]
    assert len(processes("mongod")) == 1
    assert Path(f"/proc/{main_pid()}").stat().st_uid != 0
    assert (DATA.stat().st_mode & 0o777) == 0o700


def send_message() -> str:
    with step("a user registers and sends a message"):
        status, _, cookie = ask("POST", "/api/session", {"name": "ada"})
        assert status == 201
        status, _, _ = ask("POST", "/api/conversations/%23ting/messages", {"id": uuid7(), "text": "hello"}, cookie)
        assert status in (200, 201)
    return cookie


def kill_mongod() -> None:
    before, (mongod,) = main_pid(), processes("mongod")
    with step("mongod is killed: it is restarted by the same server"):
        os.kill(mongod, 9)
        until("another mongod", lambda: processes("mongod") not in ([], [mongod]))
        until("ready again", serves)
    assert main_pid() == before


def kill_ting() -> None:
    before, (mongod,) = main_pid(), processes("mongod")
    with step("Ting is killed: its mongod ends too, both are restarted (including 2 s of RestartSec)"):
        os.kill(before, 9)
        until("the old mongod is gone", lambda: mongod not in processes("mongod"))
        until("another Ting", lambda: main_pid() not in (0, before) and show("ActiveState") == "active")
    assert serves()
    assert show("NRestarts") == "1"


def restart(cookie: str) -> None:
    with step("restart: messages and sessions are kept"):
        assert systemctl("restart", "ting") == 0
        assert message_texts(cookie) == ["hello"]


def hang() -> None:
    before = main_pid()
    with step("Ting hangs: the watchdog kills it (after 4 s here), it is restarted"):
        os.kill(before, 19)
        until("another Ting", lambda: main_pid() not in (0, before) and show("ActiveState") == "active")
    assert serves()


def stop() -> None:
    with step("stop: Ting and mongod end cleanly"):
        assert systemctl("stop", "ting") == 0
    assert show("Result") == "success"
    assert show("ExecMainStatus") == "0"
    assert processes("mongod") == []
    assert listening_ports() == []
    # mongod empties its lock file when it ends cleanly.
    assert [lock.read_text() for lock in DATA.rglob("mongod.lock")] == [""]


def check() -> None:
    """Run `ting check` as in docs/operations.md, but without systemd-run, which needs D-Bus."""
    CHECK.write_text(CHECK_UNIT)
    systemctl("daemon-reload")
    with step("check: passes with the data of the stopped service"):
        assert systemctl("start", "check") == 0


def backup_and_restore(cookie: str) -> None:
    """Copy and restore the data directory as in docs/operations.md."""
    with step("backup: the database is restored from a copy of the directory"):
        for command in (
            "tar -C /var/lib/private -czf /backup.tar.gz ting",
            "rm -rf /var/lib/private/ting",
            "tar -C /var/lib/private -xpzf /backup.tar.gz",
        ):
            subprocess.run(command.split(), check=True)
        assert systemctl("start", "ting") == 0
        assert message_texts(cookie) == ["hello"]
    systemctl("stop", "ting")


def wrong_settings() -> None:
    SETTINGS.write_text("prot = 8080\n")
    SETTINGS.chmod(0o600)
    with step("wrong settings: it fails, and is not restarted"):
        assert systemctl("start", "ting") != 0
    assert show("ExecMainStatus") == "2"
    assert show("ActiveState") == "failed"


def right_settings() -> None:
    SETTINGS.write_text("port = 8081\n")
    with step("settings: a file that only root can read is loaded"):
        assert systemctl("start", "ting") == 0
    assert listening_ports() == [8081]
    systemctl("stop", "ting")


def main() -> None:
    start()
    cookie = send_message()
    kill_mongod()
    kill_ting()
    restart(cookie)
    hang()
    stop()
    check()
    backup_and_restore(cookie)
    wrong_settings()
    right_settings()
    print("all passed")


if __name__ == "__main__":
    try:
        main()
    finally:
        print("--- the journal", flush=True)
        subprocess.run(["journalctl", "--unit=ting", "--unit=check", "--no-pager", "--output=cat"], check=False)
