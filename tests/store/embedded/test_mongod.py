"""The embedded database with a real mongod, and with programs that stand in for one that fails."""

# A test may wait for the disk.

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
IN_TIME = pytest.mark.gen_test(timeout=20)
LISTENING_TCP, LISTENING_UNIX = "0A", "00010000"

Make = Callable[..., EmbeddedMongo]

# What a Ting would do, as far as the database can tell.
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
def make(io_loop: IOLoop, place: Path) -> Iterator[Make]:
    """Make databases that are stopped when the test ends."""
    made: list[EmbeddedMongo] = []

    def make(mongod: str | None = None, directory: Path = place, **limits: float) -> EmbeddedMongo:
        made.append(EmbeddedMongo(directory, mongod, timeouts=replace(QUICK, **limits)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for mongo in made:
        io_loop.run_sync(mongo.stop)


@pytest.fixture
def ting_process(place: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start a Ting of its own process on the same directory."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", TING, str(place)]
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
    """A stand-in for mongod."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


async def until(condition: Callable[[], object]) -> None:
    """The test's own timeout is the bound."""
    while not condition():
        await asyncio.sleep(0.01)


def write(uri: str, text: str) -> None:
    with MongoClient[dict[str, str]](uri, w="majority", journal=True) as client:
        client.ting.said.insert_one({"text": text})


def read(uri: str) -> list[str]:
    with MongoClient[dict[str, str]](uri) as client:
        return [said["text"] for said in client.ting.said.find()]


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
async def test_it_is_ready_soon_and_private(make: Make, place: Path) -> None:
    began = asyncio.get_running_loop().time()
    mongo = make()
    uri = await mongo.start()
    assert asyncio.get_running_loop().time() - began < 3
    write(uri, "hello")
    assert read(uri) == ["hello"]
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((place / "mongod.sock").stat().st_mode) == 0o700
    assert stat.S_IMODE((place / "mongod.log").stat().st_mode) == 0o600


@IN_TIME
async def test_it_listens_on_one_unix_socket_and_no_port(make: Make) -> None:
    mongo = make()
    await mongo.start()
    assert mongo.pid
    mine = sockets_of(mongo.pid)
    assert [row for name in ("tcp", "tcp6") for row in table(name) if row[9] in mine and row[3] == LISTENING_TCP] == []
    assert [row[7] for row in table("unix") if row[6] in mine and row[3] == LISTENING_UNIX] == ["./mongod.sock"]


@IN_TIME
async def test_data_survives_a_restart(make: Make) -> None:
    first, second = make(), make()
    write(await first.start(), "still here")
    await first.stop()
    assert first.pid is None
    assert read(await second.start()) == ["still here"]


@IN_TIME
async def test_stopping_frees_the_directory_in_order(make: Make, place: Path) -> None:
    mongo = make()
    await mongo.start()
    await mongo.stop()
    await mongo.stop()
    assert not (place / "mongod.sock").exists()
    # mongod empties its own lock file when it ends in order.
    assert (place / "mongod.lock").read_text() == ""


@IN_TIME
async def test_a_path_may_have_characters_that_mongod_and_uris_reserve(make: Make, place: Path) -> None:
    uri = await make(directory=place / "Ήχος, a:1 @[x]%41?#").start()
    write(uri, "hello")
    assert read(uri) == ["hello"]


@IN_TIME
async def test_a_directory_that_is_too_open_is_closed(make: Make, place: Path) -> None:
    place.mkdir()
    place.chmod(0o755)
    await make().start()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


@IN_TIME
async def test_a_second_ting_is_told_of_the_first(
    make: Make, place: Path, ting_process: Callable[[], subprocess.Popen[str]]
) -> None:
    uri = await make().start()
    second = ting_process()
    _, said = await asyncio.to_thread(second.communicate)
    assert said.strip() == f"Another Ting (pid {os.getpid()}) is using {place}."
    write(uri, "the first one has kept its socket")


@IN_TIME
async def test_mongod_dies_with_a_killed_ting_and_the_next_starts_at_once(
    make: Make, ting_process: Callable[[], subprocess.Popen[str]]
) -> None:
    ting = ting_process()
    assert ting.stdout
    uri, pid = (await asyncio.to_thread(ting.stdout.readline)).split()
    mongod = os.pidfd_open(int(pid))
    write(uri, "said before the kill")
    ting.kill()
    assert read(await make().start()) == ["said before the kill"]
    assert select.select([mongod], [], [], 5)[0], "mongod outlived its Ting"
    os.close(mongod)


@IN_TIME
async def test_a_killed_mongod_comes_back_with_its_data(make: Make, caplog: pytest.LogCaptureFixture) -> None:
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
    """A mongod that runs only while nobody has put a file in its way."""
    obstacle = directory / "obstacle"
    script = f'[ -e "{obstacle}" ] && exit 3; exec "{find_mongod(None)}" "$@"'
    return program(directory / "mongod", script), obstacle


def pauses(caplog: pytest.LogCaptureFixture) -> list[float]:
    return [record.args[1] for record in caplog.records if "is down" in record.msg]  # type: ignore[index,misc]


@IN_TIME
async def test_the_pause_grows_up_to_a_bound(make: Make, place: Path, caplog: pytest.LogCaptureFixture) -> None:
    command, obstacle = breakable(place.parent)
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
async def test_the_pause_is_short_again_after_a_sound_run(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make(settled_s=0)
    await mongo.start()
    for _ in range(2):
        caplog.clear()
        os.kill(mongo.pid or 0, signal.SIGKILL)
        await until(lambda: "is back" in caplog.text)
        assert pauses(caplog) == [0.02]


@IN_TIME
async def test_stop_does_not_wait_for_a_pause(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make(first_pause_s=60)
    await mongo.start()
    os.kill(mongo.pid or 0, signal.SIGKILL)
    await until(lambda: "is down" in caplog.text)
    await asyncio.wait_for(mongo.stop(), 1)
    assert mongo.pid is None
    await make().start()


@IN_TIME
async def test_a_mongod_that_hangs_is_killed_at_last(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    mongo = make(stop_within_s=0.1)
    await mongo.start()
    os.kill(mongo.pid or 0, signal.SIGSTOP)
    await mongo.stop()
    assert "is killed" in caplog.text


@IN_TIME
async def test_a_start_that_is_given_up_leaves_nothing_behind(make: Make, place: Path) -> None:
    stuck = make(program(place.parent / "stuck", "exec sleep 60"))
    start = asyncio.create_task(stuck.start())
    await until(lambda: stuck.pid)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert stuck.pid is None
    await make().start()


@IN_TIME
async def test_a_mongod_that_never_answers(make: Make, place: Path) -> None:
    silent = make(program(place.parent / "silent", "exec sleep 60"), ready_within_s=0.1)
    assert "did not answer within 0.1 s" in await refusal(silent.start())


@IN_TIME
async def test_a_mongod_that_somebody_started_by_hand(make: Make, place: Path) -> None:
    place.mkdir(mode=0o700)
    command = [str(find_mongod(None)), "--dbpath", str(place), "--bind_ip", f"{place}/other.sock", "--nounixsocket"]
    other = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    await until((place / "other.sock").exists)
    assert f"Another mongod is using {place}." in await refusal(make().start())
    other.kill()
    await other.wait()


@IN_TIME
async def test_data_of_a_newer_version(make: Make, place: Path) -> None:
    first = make()
    await first.start()
    await first.stop()
    turtle = place / "WiredTiger.turtle"
    turtle.write_text(turtle.read_text().replace("major=1,", "major=99,"))
    assert "another version of MongoDB, most likely a newer one" in await refusal(make().start())


@IN_TIME
async def test_damaged_data(make: Make, place: Path) -> None:
    first = make()
    await first.start()
    await first.stop()
    (place / "WiredTiger.turtle").write_bytes(b"\0" * 100)
    assert f"The database in {place} is damaged." in await refusal(make().start())


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
async def test_a_mongod_that_does_not_run(make: Make, place: Path, script: str, expected: str) -> None:
    assert expected in await refusal(make(program(place.parent / "mongod", script)).start())


@IN_TIME
async def test_a_mongod_for_another_system(make: Make, place: Path) -> None:
    foreign = Path(program(place.parent / "foreign", ""))
    foreign.write_bytes(b"\x7fELF of another world")
    assert f"{foreign} cannot run on this system: Exec format error." in await refusal(make(str(foreign)).start())


@IN_TIME
async def test_a_full_disk_is_noticed_before_the_start(make: Make, place: Path) -> None:
    assert "The disk is full" in await refusal(make(min_free_mb=2**40).start())
    assert not (place / "mongod.sock").exists()


@IN_TIME
async def test_a_path_too_long_for_a_socket(make: Make, place: Path) -> None:
    assert "107" in await refusal(make(directory=place / ("ω" * 60)).start())


@IN_TIME
async def test_a_directory_that_cannot_be(make: Make, place: Path) -> None:
    place.write_text("a file")
    assert f"Cannot use the data directory {place}" in await refusal(make().start())
    assert f"Cannot use the data directory {place}/db" in await refusal(make(directory=place / "db").start())


@IN_TIME
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_directory_that_is_not_writable(make: Make, place: Path) -> None:
    place.mkdir(mode=0o500)
    assert "not writable" in await refusal(make().start())


@IN_TIME
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_an_open_directory_of_somebody_else(make: Make, place: Path) -> None:
    place.mkdir()
    place.chmod(0o755)
    os.chown(place, 12345, 12345)
    assert "belongs to user 12345" in await refusal(make().start())


def test_where_mongod_comes_from(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.mkdir()
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.setattr(mongod, "_wheel_mongod", lambda: place / "wheel" / "mongod")
    assert find_mongod(None) == place / "wheel" / "mongod"
    on_path = program(place / "mongod", "")
    assert find_mongod(None) == Path(on_path)
    configured = program(place / "other", "")
    assert find_mongod(configured) == Path(configured)


def test_no_mongod_names_every_way_to_get_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.setattr(mongod, "_wheel_mongod", lambda: None)
    with pytest.raises(StartupError) as refused:
        find_mongod(None)
    for way in ("pip install 'ting[embedded]'", "PATH", "`mongod`", "--mongodb"):
        assert way in str(refused.value)


def test_a_configured_mongod_must_be_there_and_runnable(place: Path) -> None:
    with pytest.raises(StartupError, match="does not exist"):
        find_mongod(str(place / "mongod"))
    place.mkdir()
    (place / "mongod").touch()
    with pytest.raises(StartupError, match="not executable"):
        find_mongod(str(place / "mongod"))


def test_the_launcher_does_nothing_for_a_parent_that_is_gone() -> None:
    launched = subprocess.run(
        [sys.executable, "-I", "-S", mongod.LAUNCHER, "1", "/bin/echo", "ran"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert launched.returncode != 0
    assert launched.stdout == ""
