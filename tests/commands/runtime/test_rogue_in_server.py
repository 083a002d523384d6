"""A misbehaving plugin in a real server: it is interrupted, users can go on, and the server stops in time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.client import People

ROGUE = """
import time
from ting.commands import Plugin

plugin = Plugin("rogue")

@plugin.command("loop")
async def loop(ctx):
    while True:
        pass

@plugin.command("thread")
def thread(ctx):
    time.sleep(60)

@plugin.on("stop")
async def stop(ctx):
    time.sleep(60)
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Install the rogue plugin, and return the directory."""
    (tmp_path / "rogue.py").write_text(ROGUE)
    (tmp_path / "rogue-1.0.dist-info").mkdir()
    (tmp_path / "rogue-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: rogue\nVersion: 1.0\n")
    (tmp_path / "rogue-1.0.dist-info" / "entry_points.txt").write_text("[ting.commands]\nrogue = rogue:plugin\n")
    return tmp_path


@pytest.mark.gen_test(timeout=60)
async def test_a_rogue_plugin_delays_neither_other_users_nor_the_stop(installed: Path, mongodb: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "TING_DATABASE": f"rogue_{os.getpid()}"}
    command = [sys.executable, "-m", "ting", "serve", "--port", "0", "--mongodb", mongodb]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stderr
        people = People(process.stdout.readline().strip())
        ada, bob = await people.enter("ada"), await people.enter("bob")
        adas, bobs = await ada.connect(), await bob.connect()

        await adas.begin("send", conversation="#ting", id="01900000-0000-7000-8000-000000000001", text="/thread")
        looped = await adas.send("/loop")
        sent = await bobs.send("still here")
        await people.close()
        started = time.monotonic()
        process.terminate()
        log = process.stderr.read()

    assert looped["code"] == "command_failed"
    assert sent["type"] == "ack"
    assert "Plugin rogue: /loop blocked the event loop for 2" in log
    assert "Blocked: It blocked the event loop" in log
    assert process.returncode == 0
    assert time.monotonic() - started < 15
