"""The command line in real processes, as an operator uses it."""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.client import People
from tests.documentation import ROOT
from ting import __version__
from ting.core.models import AuditAction, User
from ting.store.database import Database
from ting.store.stores import Stores

with_timeout = pytest.mark.gen_test(timeout=30)
TING = [sys.executable, "-m", "ting"]


def environment(**changes: str) -> dict[str, str]:
    """The environment of the tests, without settings of Ting and of a service manager."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("TING_", "NOTIFY_", "WATCHDOG_"))
    }
    return inherited | {"PYTHONPATH": str(ROOT)} | changes


def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that ends by itself."""
    return subprocess.run(
        [*TING, *arguments],
        env=environment(**variables),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


class RunningServer:
    """A running `ting serve` that has printed its URL."""

    def __init__(self, process: asyncio.subprocess.Process, first_line: str) -> None:
        self.process = process
        self.first_line = first_line
        self.people = People(first_line.strip())

    async def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop the server, and return its exit status."""
        self.process.send_signal(by)
        return await self.process.wait()


@asynccontextmanager
async def start_server(*arguments: str) -> AsyncIterator[RunningServer]:
    """Start `ting serve` on a free port."""
    process = await asyncio.create_subprocess_exec(
        *TING, "serve", "--port", "0", *arguments, env=environment(), cwd="/", stdout=subprocess.PIPE
    )
    assert process.stdout
    running = RunningServer(process, (await process.stdout.readline()).decode())
    try:
        yield running
    finally:
        await running.people.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory with a path that is short enough for a Unix socket."""
    directory = Path(tempfile.mkdtemp(prefix="ting-"))
    yield directory
    shutil.rmtree(directory)


@pytest.mark.parametrize("command", [TING, [str(Path(sys.executable).with_name("ting"))]], ids=["module", "script"])
def test_the_version_is_printed(command: list[str]) -> None:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout == f"ting {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--fly"]], ids=str)
def test_an_unknown_command_prints_the_usage(arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert done.stderr.startswith("usage: ting")


@pytest.mark.parametrize("command", ["serve", "check"])
def test_bad_settings_print_one_line_and_have_their_own_exit_status(command: str, tmp_path: Path) -> None:
    file = tmp_path / "ting.toml"
    file.write_text("port = 'http'\n")

    from_file = run(command, "--config", str(file))
    from_flag = run(command, "--port", "http")
    from_environment = run(command, TING_PRT="1")

    for done, error in (
        (from_file, f'ting: {file}: port is "http", but must be '),
        (from_flag, 'ting: --port: port is "http", but must be '),
        (from_environment, 'ting: environment TING_PRT: unknown option "TING_PRT". Did you mean "TING_PORT"?'),
    ):
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(error)
        assert done.stderr.count("\n") == 1


def test_a_check_can_pass(mongodb: str) -> None:
    done = run("check", "--mongodb", mongodb)

    assert (done.returncode, done.stderr) == (0, "")
    assert {line[:4] for line in done.stdout.splitlines()} == {"ok  "}
    for subject in ("settings: valid", "database: MongoDB ", "schema: ", "plugin me: /me", "plugin shrug: /shrug"):
        assert f"ok    {subject}" in done.stdout


@pytest.fixture
def damaged(mongodb: str) -> Iterator[MongoClient[dict[str, Any]]]:
    """A database in which three documents are broken."""
    name = f"deep_{secrets.token_hex(6)}"
    assert run("check", "--mongodb", mongodb, TING_DATABASE=name).returncode == 0
    with MongoClient[dict[str, Any]](mongodb) as client:
        database = client[name]
        database["users"].insert_many([{"_id": f"user {number}", "name": "n"} for number in range(250)])
        database["messages"].insert_one({"_id": "m\n1", "text": "marker", "kind": "shout", "seq": "x"})
        database["plugin_values"].insert_one({"_id": "roll/key", "plugin": "roll", "value": "{marker"})
        yield client
        client.drop_database(name)


def test_a_deep_check_names_every_broken_document(damaged: MongoClient[dict[str, Any]], mongodb: str) -> None:
    (name,) = (found for found in damaged.list_database_names() if found.startswith("deep_"))

    done = run("check", "--deep", "--mongodb", mongodb, TING_DATABASE=name)

    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert len([line for line in lines if line.startswith("FAIL  users user ")]) == 250
    assert "FAIL  users user 7: $.created is missing; $.used is missing" in lines
    (message,) = (line for line in lines if line.startswith("FAIL  messages m"))
    assert message.startswith(r"FAIL  messages m\n1: ")
    assert {"$.sent is missing", "$.kind is none of the allowed values"} <= {*message.partition(": ")[2].split("; ")}
    assert "FAIL  plugin_values roll/key: $.value is not JSON" in lines
    assert "FAIL  users: 250 documents, 250 broken" in lines
    assert "ok    sessions: 0 documents, none broken" in lines
    assert "marker" not in done.stdout
    # Without --deep, no document is read.
    assert run("check", "--mongodb", mongodb, TING_DATABASE=name).returncode == 0


def test_a_closed_output_pipe_causes_no_error_message(mongodb: str) -> None:
    command = [*TING, "check", "--mongodb", mongodb]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(), cwd="/", stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()

        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_a_check_reports_that_files_are_refused(mongodb: str) -> None:
    with MongoClient[dict[str, str]](mongodb) as client:
        client["checked"]["notes"].insert_one({})  # MongoDB reports no disk of a database that does not exist
        done = run("check", "--mongodb", mongodb, TING_DATABASE="checked", TING_LIMITS_DISK_RESERVE_BYTES=str(2**52))
        client.drop_database("checked")

    assert done.returncode == 1
    assert "FAIL  files: The disk of the database has less than" in done.stdout


def test_a_check_of_the_embedded_database_leaves_nothing_running(data: Path) -> None:
    done = run("check", "--data", str(data))

    assert done.returncode == 0, done.stdout
    assert "ok    mongod: /" in done.stdout
    assert not (data / "mongod.lock").read_text()


def test_a_check_reports_an_unreachable_database() -> None:
    done = run("check", "--mongodb", "mongodb://%2Fnowhere%2Fmongod.sock")

    assert done.returncode == 1
    assert "FAIL  database: MongoDB cannot be reached: " in done.stdout
    assert "ok    plugin me: /me" in done.stdout


def test_a_check_reports_a_broken_plugin(mongodb: str, tmp_path: Path) -> None:
    installed = tmp_path / "broken-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[ting.commands]\nbroken = no_such_module:plugin\n")

    done = run("check", "--mongodb", mongodb, PYTHONPATH=f"{ROOT}:{tmp_path}")

    assert done.returncode == 1
    assert "FAIL  plugin broken: ModuleNotFoundError: No module named 'no_such_module'" in done.stdout
    assert "ok    plugin me: /me" in done.stdout


def test_names_in_the_settings_that_do_not_exist_are_named(mongodb: str, tmp_path: Path) -> None:
    file = tmp_path / "ting.toml"
    file.write_text(
        '[commands]\ndisabled = ["rolll"]\nnames = { roll = "dice" }\npermissions = { kik = "admin" }\n[plugins.nope]\n'
    )

    for command in ("check", "plugins"):
        done = run(command, "--config", str(file), "--mongodb", mongodb)
        assert done.returncode == 1
        assert [line for line in done.stdout.splitlines() if line.startswith("FAIL")] == [
            'FAIL  settings: commands.disabled names "rolll", but no plugin of this name is installed. '
            'Did you mean "roll"?',
            "FAIL  settings: There is a table [plugins.nope], but no plugin of this name is installed.",
            'FAIL  settings: commands.permissions names "kik", but no command of this name is available. '
            'Did you mean "kick"?',
            'FAIL  settings: commands.names names "dice", but no plugin of this name is installed.',
        ]


def test_plugins_that_are_switched_off_are_listed_with_when_and_by_whom(mongodb: str, tmp_path: Path) -> None:
    name = f"switched_{os.getpid()}"

    async def switch() -> None:
        database = Database(mongodb, name)
        stores = Stores.of(database)
        await stores.users.add(User(id="ann-id", name="ann", created=0, used=0), ["ann"])
        for plugin, is_on in (("roll", False), ("me", True), ("poll", True)):
            act: AuditAction = "plugin-on" if is_on else "plugin-off"
            await stores.audit.append(1_764_550_000_000, "ann-id", "plugin-on", reason=plugin)
            await stores.audit.append(1_764_560_000_000, "ann-id", act, reason=plugin)
            await stores.tasks.switch(plugin, is_on)
        await stores.tasks.switch("shrug", False)  # as an older version did
        database.close()

    asyncio.run(switch())
    file = tmp_path / "ting.toml"
    file.write_text('[commands]\ndisabled = ["me", "who"]\n')

    done = run("plugins", "--config", str(file), "--mongodb", mongodb, TING_DATABASE=name)

    assert (done.returncode, done.stderr) == (0, "")
    assert "off   roll: /roll; switched off since 2025-12-01 03:33 UTC by ann\n" in done.stdout
    assert "off   shrug: /shrug; switched off by an admin\n" in done.stdout
    assert "off   who: /who; off by the setting commands.disabled\n" in done.stdout
    assert "ok    me: /me; switched on since 2025-12-01 03:33 UTC by ann\n" in done.stdout
    assert "ok    help: /help\n" in done.stdout


def test_plugins_are_listed_without_a_database(tmp_path: Path) -> None:
    unreachable = run("plugins", "--mongodb", "mongodb://%2Fnowhere%2Fmongod.sock")
    never_started = run("plugins", "--data", str(tmp_path / "none"))

    assert (unreachable.returncode, never_started.returncode) == (0, 0)
    assert "ok    roll: /roll\n" in unreachable.stdout
    assert unreachable.stdout == never_started.stdout
    assert unreachable.stderr.startswith("ting: Which plugins admins switched off is not known: MongoDB cannot be")
    assert never_started.stderr == ""
    assert not (tmp_path / "none").exists()


def test_a_server_without_its_database_exits_with_a_message() -> None:
    done = run("serve", "--port", "0", "--mongodb", "mongodb://%2Fnowhere%2Fmongod.sock")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("ting: MongoDB cannot be reached: ")
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_reported() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run("serve", "--port", str(port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"ting: Cannot listen on 127.0.0.1, port {port}: Address already in use.\n"


@with_timeout
async def test_messages_survive_a_restart(data: Path) -> None:
    arguments = ("--data", str(data))

    async with start_server(*arguments) as first:
        assert first.first_line.startswith("http://127.0.0.1:")
        ada = await first.people.enter("ada")
        await (await ada.connect()).send("Remember me.")
        assert await first.stop() == 0
    async with start_server(*arguments) as second:
        ada.url = second.people.url.rstrip("/")
        second.people.persons.append(ada)
        socket = await ada.connect()
        history = (await ada.history())["messages"]
        ack = await socket.send("Back again.")
        assert await second.stop() == 0

    assert [message["text"] for message in history] == ["Remember me."]
    assert (ack["seq"], ack["position"]) == (2, 2)


@pytest.mark.gen_test(timeout=60)
async def test_operator_commands_work_while_a_server_runs_and_after_it_stopped(data: Path) -> None:
    def ting(*arguments: str) -> "asyncio.Task[subprocess.CompletedProcess[str]]":
        return asyncio.create_task(asyncio.to_thread(run, *arguments, "--data", str(data)))

    async with start_server("--data", str(data)) as running:
        assert running.process.stdout is not None
        link = (await running.process.stdout.readline()).decode().split()[-1]
        address, _, token = link.partition("#invitation=")
        ann = await running.people.enter("ann", invitation=token)
        socket = await ann.connect()
        given, invited, unknown = await asyncio.gather(
            ting("user", "role", "ann", "moderator"), ting("invite"), ting("user", "show", "bob")
        )
        event = await socket.event("me")
        assert await running.stop() == 0
    listed = await ting("user", "list")

    assert address == running.first_line.strip()
    assert (given.stdout, given.stderr) == ("ann is now a moderator.\n", "")
    assert event["me"]["role"] == "moderator"
    assert invited.stdout.startswith(f"{address}#invitation=")
    assert listed.stdout.startswith("ann  moderator  since ")
    assert (unknown.returncode, unknown.stdout, unknown.stderr) == (
        1,
        "",
        "ting: There is no user with the name bob.\n",
    )
    assert not (data / "mongod.lock").read_text()


@with_timeout
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_a_signalled_server_closes_connections_and_exits_successfully(mongodb: str, by: signal.Signals) -> None:
    async with start_server("--mongodb", mongodb) as running:
        socket = await (await running.people.enter(f"ada{running.process.pid}")).connect()

        assert await running.stop(by) == 0

    assert await socket.closed() == (1012, "restart")


@with_timeout
async def test_a_data_directory_can_be_used_by_one_server(data: Path) -> None:
    async with start_server("--data", str(data)) as running:
        second = await asyncio.to_thread(run, "serve", "--port", "0", "--data", str(data))

        assert second.returncode == 1
        assert f"Another Ting (pid {running.process.pid}) is using {data}" in second.stderr
        assert (await running.people.stranger().get("/readyz")).status == 200
