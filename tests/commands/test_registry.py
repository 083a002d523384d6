"""Plugins of all kinds: what fails is left out or stopped, is told, and harms nobody."""

import asyncio
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from tests.backstage import Backstage
from tests.client import message_id
from ting.commands import Context, Plugin, registry
from ting.commands.registry import Commands, Found
from ting.errors import BadText, CommandFailed, IdTaken, UnknownCommand
from ting.models import Person

MODULE = "plugins_of_this_test"

good = Plugin("good")
taker = Plugin("taker")
rogue = Plugin("rogue")


@good.command("hello", arguments="[name]")
async def hello(ctx: Context) -> str:
    """Say hello."""
    ctx.reply("One moment.")
    return f"Hello, {ctx.arguments or ctx.caller.name} in {ctx.conversation}!"


@good.command("echo")
async def echo(ctx: Context) -> None:
    """Repeat."""
    await ctx.say(ctx.arguments)


@taker.command("other")
async def other(ctx: Context) -> None:
    """Never found: the plugin is left out as a whole."""


@taker.command("hello")
async def taken(ctx: Context) -> None:
    """Want the name of another's command."""


@rogue.command("raise")
async def raising(ctx: Context) -> None:
    """Fail."""
    raise RuntimeError("a bug with secrets")


@rogue.command("wait")
async def waiting(ctx: Context) -> None:
    """Never end."""
    await asyncio.get_running_loop().create_future()


@rogue.command("twice")
async def twice(ctx: Context) -> None:
    """Post too much."""
    await ctx.say("one")
    await ctx.say("two")


@rogue.command("number")  # type: ignore[arg-type]
async def number(ctx: Context) -> int:
    """Return what is no text."""
    return 5


@rogue.command("exit")
async def leaving(ctx: Context) -> None:
    """Try to end the server."""
    raise SystemExit


@pytest.fixture(autouse=True)
def modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module with plugins and other things in it, and one that cannot be imported, for entry points to name."""
    module = ModuleType(MODULE)
    vars(module).update(good=good, taker=taker, rogue=rogue, text="no plugin")
    monkeypatch.setitem(sys.modules, MODULE, module)
    (tmp_path / f"{MODULE}_that_exits.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)


def entry(name: str, value: str | None = None) -> EntryPoint:
    return EntryPoint(name, value or f"{MODULE}:{name}", registry.GROUP)


def commands(backstage: Backstage, *plugins: Plugin, timeout_s: float = 5.0) -> Commands:
    return Commands([Found(plugin.name, plugin) for plugin in plugins], backstage.chat, timeout_s=timeout_s)


class Caller:
    """Somebody who types commands, and what they are told."""

    def __init__(self, commands: Commands, person: Person) -> None:
        self.told: list[str] = []
        self._commands = commands
        self._person = person

    async def type(self, text: str, id: str | None = None) -> str | None:
        """Submit what is typed; the text of the message it became."""
        message = await self._commands.submit(self._person, "#ting", id or message_id(), text, self.told.append)
        return message.text if message else None


def test_the_plugins_that_come_with_ting_load() -> None:
    found = {one.name: one for one in registry.find(registry.installed())}

    assert {"me", "shrug"} <= set(found)
    assert [one.reason for one in found.values() if one.plugin is None] == []


def test_plugins_that_fail_are_left_out_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    found = registry.find(
        [
            entry("good"),
            entry("missing", "no_such_module_anywhere:plugin"),
            entry("nothing", f"{MODULE}:nothing"),
            entry("text"),
            entry("exits", f"{MODULE}_that_exits:plugin"),
            entry("taker"),
            entry("rogue"),
        ]
    )

    assert {one.name: one.reason for one in found} == {
        "good": "",
        "missing": "ModuleNotFoundError: No module named 'no_such_module_anywhere'",
        "nothing": f"AttributeError: module '{MODULE}' has no attribute 'nothing'",
        "text": f"{MODULE}:text is no ting.commands.Plugin, but str",
        "exits": "SystemExit: 3",
        "taker": "its command /hello is taken by the plugin good",
        "rogue": "",
    }
    assert [one.name for one in found if one.plugin is not None] == ["good", "rogue"]
    for one in found:
        assert (f"Plugin {one.name} is left out: {one.reason}" in caplog.text) == bool(one.reason)


@pytest.mark.gen_test
async def test_commands_of_plugins_that_were_left_out_do_not_exist(backstage: Backstage) -> None:
    made = Commands(registry.find([entry("good"), entry("taker"), entry("text")]), backstage.chat)

    assert [usage.usage for usage in made.usages()] == ["/echo", "/hello [name]"]


@pytest.mark.gen_test
async def test_a_command_gets_its_arguments_and_answers_its_caller(backstage: Backstage) -> None:
    ada = Caller(commands(backstage, good), await backstage.person("ada"))

    assert await ada.type("/HELLO   you there ") is None
    assert await ada.type("/hello") is None
    assert await ada.type("/echo\na\n b") == "a\n b"
    assert await ada.type("//echo") == "/echo"
    assert await ada.type(" /echo") == " /echo"

    assert ada.told == ["One moment.", "Hello, you there in #ting!", "One moment.", "Hello, ada in #ting!"]


@pytest.mark.gen_test
async def test_an_unknown_command_is_named_but_not_at_length(backstage: Backstage) -> None:
    ada = Caller(commands(backstage, good), await backstage.person("ada"))

    with pytest.raises(UnknownCommand, match=r"^There is no command /x{32}\.$"):
        await ada.type("/" + "x" * 100)


@pytest.mark.gen_test
@pytest.mark.parametrize("typed", ["/raise", "/twice", "/exit"])
async def test_a_command_that_fails_is_told_by_a_number_that_is_in_the_log(
    backstage: Backstage, caplog: pytest.LogCaptureFixture, typed: str
) -> None:
    ada = Caller(commands(backstage, rogue), await backstage.person("ada"))

    with pytest.raises(CommandFailed, match=rf"^{typed} failed \(error [0-9a-f]{{8}}\)\.$") as failure:
        await ada.type(typed)

    number = failure.value.message.partition("(error ")[2].rstrip(").")
    assert f"Command {typed} failed, error {number}" in caplog.text
    assert ("a bug with secrets" in caplog.text) == (typed == "/raise")


@pytest.mark.gen_test
async def test_a_command_that_does_not_end_is_stopped(backstage: Backstage) -> None:
    ada = Caller(commands(backstage, rogue, timeout_s=0.02), await backstage.person("ada"))

    with pytest.raises(CommandFailed, match=r"^/wait took too long and was stopped\.$"):
        await ada.type("/wait")


@pytest.mark.gen_test
async def test_what_a_command_returns_is_told_as_a_text(backstage: Backstage) -> None:
    ada = Caller(commands(backstage, rogue), await backstage.person("ada"))

    await ada.type("/number")

    assert ada.told == ["5"]


@pytest.mark.gen_test
async def test_what_the_chat_refuses_is_refused_through_a_command_too(backstage: Backstage) -> None:
    made = commands(backstage, good)
    ada, bob = Caller(made, await backstage.person("ada")), Caller(made, await backstage.person("bob"))
    id = message_id()
    await ada.type("/echo mine", id)

    with pytest.raises(BadText):
        await ada.type("/echo")
    with pytest.raises(IdTaken):
        await bob.type("/echo mine", id)
    assert await ada.type("/echo again", id) == "mine"
