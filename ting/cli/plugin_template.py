"""The template of a new plugin: a package with a command and a test."""

from pathlib import Path

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
""",
    "setup.cfg": """\
[metadata]
name = ting-NAME
version = 0.1.0
description = /NAME for Ting

[options]
python_requires = >=3.11
py_modules = ting_MODULE
install_requires =
    ting-chat

[options.entry_points]
ting.commands =
    NAME = ting_MODULE:plugin
""",
    "ting_MODULE.py": '''\
"""/NAME for Ting."""

from typing import Annotated

from ting.commands import Context, Plugin, Range

plugin = Plugin("NAME", api=1)


@plugin.command("NAME")
async def MODULE(ctx: Context, times: Annotated[int, Range(1, 10)] = 1, *, loud: bool = False) -> None:
    """Say hello to everyone in this conversation."""
    count = await ctx.store.increment("calls")
    text = " ".join(["Hello"] * times)
    await ctx.say(f"{text.upper() if loud else text} from {ctx.caller.name}! (Call {count})")
''',
    "test_MODULE.py": '''\
"""The fixture `chat` is part of Ting: a chat without a server or a database."""

import pytest

from ting.testing import Chat
from ting_MODULE import plugin


@pytest.fixture
def chat_plugins() -> list[object]:
    return [plugin]


def test_it_says_hello_and_counts(chat: Chat) -> None:
    ann = chat.as_("ann")

    assert ann.run("/NAME").said == ["Hello from ann! (Call 1)"]
    assert ann.run("/NAME 2 --loud").said == ["HELLO HELLO from ann! (Call 2)"]
    assert "at most 10" in ann.run("/NAME 11").error
''',
    "README.md": """\
# ting-NAME

A plugin for Ting. Install it where Ting is installed, and restart Ting:

    python -m pip install -e .
    ting plugins

    python -m pytest        # run its tests
""",
}


def write(name: str, directory: Path) -> None:
    """Write the files into a new directory. Raises `OSError`."""
    directory.mkdir(parents=True)
    module = name.replace("-", "_")
    for file, text in FILES.items():
        (directory / _filled(file, name, module)).write_text(_filled(text, name, module), encoding="utf-8")


def _filled(text: str, name: str, module: str) -> str:
    return text.replace("MODULE", module).replace("NAME", name)
