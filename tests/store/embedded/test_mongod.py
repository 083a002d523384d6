"""The embedded database with a real mongod: starting, stopping, and restarting it after a failure."""

import asyncio
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo import MongoClient

import ting.core.errors
from tests.store.embedded.conftest import IN_TIME, Make, program, until
from ting.store.embedded import mongod
from ting.store.embedded.mongod import find_mongod

ROOT = Path(ting.core.errors.__file__).parents[2]
LISTENING_TCP, LISTENING_UNIX = "0A", "00010000"

# The part of Ting that concerns the database.
TING = """
import asyncio, sys
from pathlib import Path
from ting.core.errors import StartupError
from ting.store.embedded.mongod import EmbeddedMongo

async def main() -> None:
    mongo = EmbeddedMongo(Path(sys.argv[1]))
    try:
        print(await mongo.start(), mongo.pid, flush=True)
    except StartupError as problem:
        sys.exit(str(problem))
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
def ting_process(directory: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start a Ting in another process on the same directory."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", TING, str(directory)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        started.append(
            subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def write(uri: str, text: str) -> None:
    with MongoClient[dict[str, str]](uri, w="majority", journal=True) as client:
        client.ting.texts.insert_one({"text": text})


def read(uri: str) -> list[str]:
    with MongoClient[dict[str, str]](uri) as client:
        return [document["text"] for document in client.ting.texts.find()]


def sockets_of(pid: int) -> set[str]:
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the directory was read
            links.append(str(link.readlink()))
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def table(name: str) -> list[list[str]]:
    return [line.split() for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]


@IN_TIME
async def test_it_starts_within_seconds_with_private_permissions(make: Make, directory: Path) -> None:
    start = asyncio.get_running_loop().time()
    mongo = make()
    uri = await mongo.start()
    assert asyncio.get_running_loop().time() - start < 3
    write(uri, "hello")
    assert read(uri) == ["hello"]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "mongod.sock").stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "mongod.log").stat().st_mode) == 0o600


@IN_TIME
async def test_it_listens_on_one_unix_socket_and_no_port(make: Make) -> None:
    mongo = make()
    await mongo.start()
    assert mongo.pid
    own = sockets_of(mongo.pid)
    assert [row for name in ("tcp", "tcp6") for row in table(name) if row[9] in own and row[3] == LISTENING_TCP] == []
    assert [row[7] for row in table("unix") if row[6] in own and row[3] == LISTENING_UNIX] == ["./mongod.sock"]


@IN_TIME
async def test_data_survives_a_restart(make: Make) -> None:
    first, second = make(), make()
    write(await first.start(), "still here")
    await first.stop()
    assert first.pid is None
    assert read(await second.start()) == ["still here"]


@IN_TIME
async def test_a_clean_stop_frees_the_directory(make: Make, directory: Path) -> None:
    mongo = make()
    await mongo.start()
    await mongo.stop()
    await mongo.stop()
    assert not (directory / "mongod.sock").exists()
    # mongod empties its own lock file when it shuts down cleanly.
    assert (directory / "mongod.lock").read_text() == ""


@IN_TIME
async def test_a_path_can_have_characters_that_are_reserved_in_uris_and_by_mongod(make: Make, directory: Path) -> None:
    uri = await make(directory=directory / "Ήχος, a:1 @[x]%41?#").start()
    write(uri, "hello")
    assert read(uri) == ["hello"]


@IN_TIME
async def test_a_directory_that_others_can_access_is_made_private(make: Make, directory: Path) -> None:
    directory.mkdir()
    directory.chmod(0o755)
    await make().start()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@IN_TIME
async def test_a_second_ting_refuses_to_start_and_names_the_first(
    make: Make, directory: Path, ting_process: Callable[[], subprocess.Popen[str]]
) -> None:
    uri = await make().start()
    second = ting_process()
    _, error = await asyncio.to_thread(second.communicate)
    assert error.strip() == f"Another Ting (pid {os.getpid()}) is using {directory}."
    write(uri, "the first one has kept its socket")


@IN_TIME
async def test_mongod_dies_with_a_killed_ting_and_the_next_starts_at_once(
    make: Make, ting_process: Callable[[], subprocess.Popen[str]]
) -> None:
    ting = ting_process()
    assert ting.stdout
    uri, pid = (await asyncio.to_thread(ting.stdout.readline)).split()
    mongod = os.pidfd_open(int(pid))
    write(uri, "written before the kill")
    ting.kill()
    assert read(await make().start()) == ["written before the kill"]
    assert select.select([mongod], [], [], 5)[0], "mongod outlived its Ting"
    os.close(mongod)


@IN_TIME
async def test_a_killed_mongod_is_restarted_with_its_data(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make()
    uri = await mongo.start()
    write(uri, "before")
    killed = mongo.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    await until(lambda: "is back" in caplog.text)
    assert mongo.pid not in (None, killed)
    assert read(uri) == ["before"]
    assert "signal 9" in caplog.text


def breakable(directory: Path) -> tuple[str, Path]:
    """A mongod that fails while a file exists, and the path of that file."""
    obstacle = directory / "obstacle"
    script = f'[ -e "{obstacle}" ] && exit 3; exec "{find_mongod(None)}" "$@"'
    return program(directory / "mongod", script), obstacle


def pauses(caplog: pytest.LogCaptureFixture) -> list[float]:
    return [record.args[1] for record in caplog.records if "is down" in record.msg]  # type: ignore[index,misc]


@IN_TIME
async def test_the_pause_doubles_up_to_a_limit(make: Make, directory: Path, caplog: pytest.LogCaptureFixture) -> None:
    command, obstacle = breakable(directory.parent)
    mongo = make(command)
    uri = await mongo.start()
    obstacle.touch()
    os.kill(mongo.pid or 0, signal.SIGKILL)
    await until(lambda: len(pauses(caplog)) >= 5)
    obstacle.unlink()
    assert pauses(caplog)[:5] == [0.02, 0.04, 0.08, 0.08, 0.08]
    assert "exit status 3" in caplog.text
    await until(lambda: "is back" in caplog.text)
    assert read(uri) == []


@IN_TIME
async def test_the_pause_is_reset_after_a_stable_run(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make(settled_s=0)
    await mongo.start()
    for _ in range(2):
        caplog.clear()
        os.kill(mongo.pid or 0, signal.SIGKILL)
        await until(lambda: "is back" in caplog.text)
        assert pauses(caplog) == [0.02]


@IN_TIME
async def test_stopping_does_not_wait_for_a_pause(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make(first_pause_s=60)
    await mongo.start()
    os.kill(mongo.pid or 0, signal.SIGKILL)
    await until(lambda: "is down" in caplog.text)
    await asyncio.wait_for(mongo.stop(), 1)
    assert mongo.pid is None
    await make().start()


@IN_TIME
async def test_a_hanging_mongod_is_killed(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make(stop_within_s=0.1)
    await mongo.start()
    os.kill(mongo.pid or 0, signal.SIGSTOP)
    await mongo.stop()
    assert "is killed" in caplog.text


@IN_TIME
async def test_a_cancelled_start_leaves_nothing_running(make: Make, directory: Path) -> None:
    stuck = make(program(directory.parent / "stuck", "exec sleep 60"))
    start = asyncio.create_task(stuck.start())
    await until(lambda: stuck.pid)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert stuck.pid is None
    await make().start()


def test_the_launcher_does_nothing_if_its_parent_is_gone() -> None:
    launched = subprocess.run(
        [sys.executable, "-I", "-S", mongod.LAUNCHER, "1", "/bin/echo", "ran"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert launched.returncode != 0
    assert launched.stdout == ""
