"""Loading plugins: a plugin that fails is left out with the reason, and the operator chooses between the others."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest
from msgspec import Struct

from ting.commands import Context, Plugin
from ting.commands.runtime import loader
from ting.commands.runtime.loader import PluginOptions
from ting.core.errors import StartupError
from ting.testing import Chat

MODULE = "plugins_of_this_test"

good = Plugin("good")


@good.command("hello")
async def hello(ctx: Context) -> str:
    """Say hello."""
    return f"Hello, {ctx.caller.name}!"


class Options(Struct):
    sides: int = 6


other = Plugin("other")
quiet = Plugin("quiet")
twin = Plugin("good")
newer = Plugin("newer", api=2)
configured = Plugin("configured", config=Options)


@other.command("hello")
async def other_hello(ctx: Context) -> str:
    """Say hello, too."""
    return "Hello from the other."


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module with plugins and other objects, and modules that cannot be imported, for entry points to refer to."""
    module = ModuleType(MODULE)
    vars(module).update(
        good=good, other=other, quiet=quiet, newer=newer, twin=twin, configured=configured, text="no plugin"
    )
    monkeypatch.setitem(sys.modules, MODULE, module)
    (tmp_path / f"{MODULE}_that_exits.py").write_text("raise SystemExit(3)\n")
    (tmp_path / f"{MODULE}_badly_signed.py").write_text(
        "from ting.commands import Plugin\nplugin = Plugin('signed')\n"
        "@plugin.command('sign')\nasync def sign(ctx, x: dict): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


def entry(name: str, value: str | None = None) -> EntryPoint:
    return EntryPoint(name, value or f"{MODULE}:{name}", loader.GROUP)


def test_plugins_that_fail_are_left_out_with_the_reason(modules: None, caplog: pytest.LogCaptureFixture) -> None:
    found = loader.find(
        [
            entry("good"),
            entry("missing", "no_such_module_anywhere:plugin"),
            entry("nothing", f"{MODULE}:nothing"),
            entry("text"),
            entry("exits", f"{MODULE}_that_exits:plugin"),
            entry("signed", f"{MODULE}_badly_signed:plugin"),
            entry("newer"),
            entry("twin"),
            entry("configured"),
            entry("other"),
        ],
        PluginOptions(config={"configured": {"side": 6}}),
    )

    reasons = {loaded.name: loaded.reason for loaded in found if loaded.plugin is None}
    assert list(reasons) == ["missing", "nothing", "text", "exits", "signed", "newer", "twin", "configured"]
    for name, reason in {
        "missing": "ModuleNotFoundError: No module named 'no_such_module_anywhere'",
        "nothing": f"AttributeError: module '{MODULE}' has no attribute 'nothing'",
        "text": f"{MODULE}:text is not a ting.commands.Plugin but a str",
        "exits": "SystemExit: 3",
        "signed": 'TypeError: Command "sign" (sign): "x" has the unsupported type',
        "newer": "it needs version 2 of the plugin API, but this Ting has version 1",
        "twin": 'the name "good" is already used by another plugin',
        "configured": '[plugins.configured]: unknown option "side". Did you mean "sides"?',
    }.items():
        assert reasons[name].startswith(reason)
        assert f"Plugin {name} was not loaded: {reasons[name]}" in caplog.text
    assert [loaded.name for loaded in found if loaded.plugin is not None] == ["good", "other"]
    assert "Plugin other: /hello belongs to good: use /other:hello" in caplog.text


def test_a_required_plugin_that_is_not_loaded_prevents_the_start(modules: None) -> None:
    for name, reason in (("missing", "ModuleNotFoundError"), ("absent", "it is not installed")):
        with pytest.raises(StartupError, match=f"The required plugin {name} was not loaded: {reason}"):
            loader.find([entry("missing", "no_such_module_anywhere:plugin")], PluginOptions(required=[name]))


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (
            PluginOptions(
                disabled=["good"],
                names={"hello": "other"},
                permissions={"hello": "admin", "good:hello": "member"},
                config={"missing": {}},
            ),
            [],
        ),
        (
            PluginOptions(permissions={"helo": "admin", "good:hallo": "admin", "/hello": "admin"}),
            [
                'commands.permissions names "helo", but no command of this name is available. Did you mean "hello"?',
                'commands.permissions names "good:hallo", but no command of this name is available. '
                'Did you mean "good:hello"?',
                'commands.permissions names "/hello", but no command of this name is available. Did you mean "hello"?',
            ],
        ),
        (
            PluginOptions(names={"bye": "good", "hello": "goood"}),
            [
                'commands.names names "bye", but no command of this name is available.',
                'commands.names names "goood", but no plugin of this name is installed. Did you mean "good"?',
            ],
        ),
        (
            PluginOptions(names={"hello": "quiet"}),
            ["commands.names gives /hello to the plugin quiet, which has no such command."],
        ),
        (
            PluginOptions(disabled=["othr"]),
            ['commands.disabled names "othr", but no plugin of this name is installed. Did you mean "other"?'],
        ),
        (
            PluginOptions(config={"nope": {}}),
            ["There is a table [plugins.nope], but no plugin of this name is installed."],
        ),
    ],
)
def test_names_in_the_settings_that_do_not_exist_are_named(
    modules: None, options: PluginOptions, texts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    entries = [entry("good"), entry("other"), entry("quiet"), entry("missing", "no_such_module_anywhere:plugin")]

    found = loader.find(entries, options)

    assert loader.unknown_names(found, options) == texts
    assert [record.message for record in caplog.records if record.message.startswith("Settings: ")] == [
        f"Settings: {text}" for text in texts
    ]


@pytest.mark.parametrize(("names", "answer"), [({}, "Hello, ada!"), ({"hello": "other"}, "Hello from the other.")])
def test_the_operator_decides_which_plugin_owns_a_command_name(
    names: dict[str, str], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat([good, other])
    vars(chat)["_choices"] = PluginOptions(names=names)
    chat.restart()
    ada = chat.as_("ada")

    assert ada.run("/hello").replies == [answer]
    assert ada.run("/good:hello").replies == ["Hello, ada!"]
    assert ada.run("/other:hello").replies == ["Hello from the other."]
    assert len({usage.usage for usage in chat.commands()}) == 2
    chat.close()


def test_the_operator_decides_who_may_run_a_command() -> None:
    chat = Chat([good, other])
    vars(chat)["_choices"] = PluginOptions(permissions={"hello": "moderator", "other:hello": "member"})
    chat.restart()
    ada, bob = chat.as_("ada"), chat.as_("bob", permission="member")

    assert ada.run("/hello").error == "Only moderators can use /hello."
    assert bob.run("/hello").error == "Only moderators can use /hello."
    assert ada.run("/other:hello").error == "Only users with a password can use /hello."
    assert bob.run("/other:hello").replies == ["Hello from the other."]
    assert [usage.name for usage in chat.commands("member")] == ["other:hello"]
    chat.close()
