"""The command line, as an operator uses it: real processes, from the first start to the second."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.client import People
from tests.documentation import ROOT
from ting import __version__

PATIENT = pytest.mark.gen_test(timeout=30)
TING = [sys.executable, "-m", "ting"]


def environment(**more: str) -> dict[str, str]:
    """Ours, without settings of a Ting or a service manager."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TING_", "NOTIFY_", "WATCHDOG_"))}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """A command that ends by itself."""
    return subprocess.run(
        [*TING, *arguments],
        env=environment(**environ),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


class Running:
    """A `ting serve` that has said where it is."""

    def __init__(self, process: asyncio.subprocess.Process, first_line: str) -> None:
        self.process = process
        self.first_line = first_line
        self.people = People(first_line.strip())

    async def stopped(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; its exit status."""
        self.process.send_signal(by)
        return await self.process.wait()


@asynccontextmanager
async def serving(*arguments: str) -> AsyncIterator[Running]:
    """A `ting serve` on a free port."""
    process = await asyncio.create_subprocess_exec(
        *TING, "serve", "--port", "0", *arguments, env=environment(), cwd="/", stdout=subprocess.PIPE
    )
    assert process.stdout
    running = Running(process, (await process.stdout.readline()).decode())
    try:
        yield running
    finally:
        await running.people.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory; its path is short enough for a socket."""
    directory = Path(tempfile.mkdtemp(prefix="ting-"))
    yield directory
    shutil.rmtree(directory)


@pytest.mark.parametrize("command", [TING, [str(Path(sys.executable).with_name("ting"))]], ids=["module", "script"])
def test_the_version_is_told(command: list[str]) -> None:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout == f"ting {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--fly"]], ids=str)
def test_an_unknown_command_is_told_how_to_use_it(arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert done.stderr.startswith("usage: ting")


@pytest.mark.parametrize("command", ["serve", "check"])
def test_bad_settings_are_one_line_and_a_status_of_their_own(command: str, tmp_path: Path) -> None:
    file = tmp_path / "ting.toml"
    file.write_text("port = 'http'\n")

    from_file = run(command, "--config", str(file))
    from_flag = run(command, "--port", "http")
    from_environment = run(command, TING_PRT="1")

    for done, said in (
        (from_file, f'ting: {file}: port is "http", but must be '),
        (from_flag, 'ting: --port: port is "http", but must be '),
        (from_environment, 'ting: environment TING_PRT: unknown option "TING_PRT". Did you mean "TING_PORT"?'),
    ):
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(said)
        assert done.stderr.count("\n") == 1


def test_a_check_finds_all_well(mongodb: str) -> None:
    done = run("check", "--mongodb", mongodb)

    assert (done.returncode, done.stderr) == (0, "")
    assert {line[:4] for line in done.stdout.splitlines()} == {"ok  "}
    for subject in ("settings: valid", "database: MongoDB ", "schema: ", "plugin me: /me", "plugin shrug: /shrug"):
        assert f"ok    {subject}" in done.stdout


def test_nobody_complains_to_whoever_has_read_enough(mongodb: str) -> None:
    command = [*TING, "check", "--mongodb", mongodb]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(), cwd="/", stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()

        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_a_check_of_the_private_database_leaves_nothing_running(data: Path) -> None:
    done = run("check", "--data", str(data))

    assert done.returncode == 0, done.stdout
    assert "ok    mongod: /" in done.stdout
    assert not (data / "mongod.lock").read_text()


def test_a_check_tells_of_a_database_that_is_away() -> None:
    done = run("check", "--mongodb", "mongodb://%2Fnowhere%2Fmongod.sock")

    assert done.returncode == 1
    assert "FAIL  database: MongoDB cannot be reached: " in done.stdout
    assert "ok    plugin me: /me" in done.stdout


def test_a_check_tells_of_a_plugin_that_is_broken(mongodb: str, tmp_path: Path) -> None:
    installed = tmp_path / "broken-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[ting.commands]\nbroken = no_such_module:plugin\n")

    done = run("check", "--mongodb", mongodb, PYTHONPATH=f"{ROOT}:{tmp_path}")

    assert done.returncode == 1
    assert "FAIL  plugin broken: ModuleNotFoundError: No module named 'no_such_module'" in done.stdout
    assert "ok    plugin me: /me" in done.stdout


def test_a_server_without_its_database_says_so_and_ends() -> None:
    done = run("serve", "--port", "0", "--mongodb", "mongodb://%2Fnowhere%2Fmongod.sock")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("ting: MongoDB cannot be reached: ")
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run("serve", "--port", str(port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"ting: Cannot listen on 127.0.0.1, port {port}: Address already in use.\n"


@PATIENT
async def test_what_was_said_is_still_there_after_a_restart(data: Path) -> None:
    arguments = ("--data", str(data))

    async with serving(*arguments) as first:
        assert first.first_line.startswith("http://127.0.0.1:")
        ada = await first.people.enter("ada")
        await (await ada.connect()).send("Remember me.")
        assert await first.stopped() == 0
    async with serving(*arguments) as second:
        ada.url = second.people.url.rstrip("/")
        second.people.persons.append(ada)
        socket = await ada.connect()
        history = (await ada.history())["messages"]
        ack = await socket.send("Back again.")
        assert await second.stopped() == 0

    assert [message["text"] for message in history] == ["Remember me."]
    assert (ack["seq"], ack["position"]) == (2, 2)


@pytest.mark.gen_test(timeout=60)
async def test_operators_work_beside_a_server_that_runs_and_after_it_has_stopped(data: Path) -> None:
    def ting(*arguments: str) -> "asyncio.Task[subprocess.CompletedProcess[str]]":
        return asyncio.create_task(asyncio.to_thread(run, *arguments, "--data", str(data)))

    async with serving("--data", str(data)) as running:
        assert running.process.stdout is not None
        link = (await running.process.stdout.readline()).decode().split()[-1]
        address, _, token = link.partition("#invitation=")
        ann = await running.people.enter("ann", invitation=token)
        socket = await ann.connect()
        given, invited, unknown = await asyncio.gather(
            ting("user", "role", "ann", "moderator"), ting("invite"), ting("user", "show", "bob")
        )
        told = await socket.event("me")
        assert await running.stopped() == 0
    listed = await ting("user", "list")

    assert address == running.first_line.strip()
    assert (given.stdout, given.stderr) == ("ann is now a moderator.\n", "")
    assert told["me"]["role"] == "moderator"
    assert invited.stdout.startswith(f"{address}#invitation=")
    assert listed.stdout.startswith("ann  moderator  since ")
    assert (unknown.returncode, unknown.stdout, unknown.stderr) == (
        1,
        "",
        "ting: There is no user with the name bob.\n",
    )
    assert not (data / "mongod.lock").read_text()


@PATIENT
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_is_told_to_stop_says_goodbye_and_ends_well(mongodb: str, by: signal.Signals) -> None:
    async with serving("--mongodb", mongodb) as running:
        socket = await (await running.people.enter(f"ada{running.process.pid}")).connect()

        assert await running.stopped(by) == 0

    assert await socket.closed() == (1012, "restart")


@PATIENT
async def test_one_data_directory_serves_one_ting(data: Path) -> None:
    async with serving("--data", str(data)) as running:
        second = await asyncio.to_thread(run, "serve", "--port", "0", "--data", str(data))

        assert second.returncode == 1
        assert f"Another Ting (pid {running.process.pid}) is using {data}" in second.stderr
        assert (await running.people.stranger().get("/readyz")).status == 200
