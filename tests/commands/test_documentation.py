"""docs/plugins.md is correct and complete: its code runs, it mentions the whole API, and its tutorial works."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

import ting.commands
from tests.client import People
from tests.documentation import ROOT
from ting.commands import Context, Converter, Message, Person, Plugin, Scene, Store
from ting.commands.plugin import EVENTS
from ting.commands.ports import Permission
from ting.testing import Chat

TEXT = (ROOT / "docs" / "plugins.md").read_text()
HEADINGS = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
TUTORIAL = ROOT / "docs" / "plugin-tutorial"


def public(cls: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(cls) if not name.startswith("_")]


def test_every_hook_has_a_section() -> None:
    hooks = [name for name, value in vars(Plugin).items() if inspect.isfunction(value) and not name.startswith("_")]

    assert hooks == ["command", "every", "task", "on"]
    assert {*hooks, "Plugin", "Context", "Converter", "store", "config", "Testing"} <= set(HEADINGS)


def test_everything_a_plugin_can_use_is_documented() -> None:
    words = set(re.findall(r"\w+", TEXT))

    assert {*EVENTS, *get_args(Permission)} <= words
    assert [name for name in public(Context) + public(Store) if name not in words] == []
    assert [name for name in ting.commands.__all__ if name not in words | {"Ghost", "Said", "Told", "Store"}] == []


def described(heading: str, start: str) -> set[str]:
    """The names in the first column of the table after a sentence in a section."""
    _, found, rest = TEXT.partition(f"## {heading}\n")[2].partition(start)
    assert found, start
    rows = rest.partition("\n|")[2].partition("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`(?:await )?(\w+)", row.split("|")[1])}


def test_every_field_that_a_plugin_gets_is_documented() -> None:
    scene = {name for name in vars(Scene) if not name.startswith("_")}

    assert described("Context", "A `Person` has these attributes") == {*Person.__struct_fields__}
    assert described("Context", "A `Message` has these") == {*Message.__struct_fields__, "is_new", "quote"}
    assert described("Converter", "A converter gets a `Scene`") == scene
    assert described("Converter", "These attributes and methods can be changed") == {
        *(name for name in vars(Converter) if not name.startswith("_")),
    } - {"convert", "complete"}


def test_its_code_runs() -> None:
    namespace: dict[str, Any] = {}
    plugins = []
    for block in BLOCKS:
        exec(block, namespace)
        if namespace["plugin"] not in plugins:
            plugins.append(namespace["plugin"])
    chat = Chat(plugins)
    ann = chat.as_("ann")

    assert [plugin.name for plugin in plugins] == ["dice", "quiz", "cards", "score", "egg", "echo", "tea"]
    assert ann.run("/roll 2d6 --to ann").replies == ["You rolled 2d6 to ann."]
    assert ann.run("/ask 30 Why?").said == ["Why? (30 s)"]
    assert ann.run("/ask 30 Why").error.startswith("A question ends with a question mark. Usage: /ask <seconds>")
    assert ann.run("/play king").replies == ["It counts 13."]
    assert chat.complete(ann, "/play q") == ["queen"]
    assert ann.run("/story").said == ["Once upon a time …"]
    assert chat.ghosts[-1] == "Once upon a time …" and len(chat.ghosts) > 5
    assert ann.run("/score 3").replies == ["3 points, the best has 3. You are the first."]
    ann.run("/egg 2m")
    ann.say("echo?")
    assert chat.advance("2m").said == ["1 egg is ready!"]
    assert "echo!" in chat.messages
    namespace["test_tea_is_made"](chat)
    chat.close()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the tutorial with pip, and return the directory."""
    target, source = tmp_path_factory.mktemp("target"), tmp_path_factory.mktemp("source") / "tutorial"
    subprocess.run(["cp", "-r", str(TUTORIAL), str(source)], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(target), str(source)], check=True, capture_output=True)
    return target


def run(arguments: Sequence[str], installed: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, "-m", *arguments], check=False, env=environment, capture_output=True, text=True, **options
    )


def test_the_tests_of_the_tutorial_pass(installed: Path) -> None:
    done = run(["pytest", "-q", "-p", "no:cacheprovider"], installed, cwd=TUTORIAL)

    assert re.search(r"^7 passed", done.stdout, re.MULTILINE), done.stdout + done.stderr


def test_the_tutorial_is_listed_and_its_settings_are_checked(installed: Path, tmp_path: Path) -> None:
    settings = tmp_path / "ting.toml"
    good = run(["ting", "plugins"], installed)
    settings.write_text('[plugins.tea]\ncups = "many"\n[commands]\nrequired = ["coffee"]\n')
    bad = run(["ting", "plugins", "--config", str(settings)], installed)

    assert good.returncode == 0, good.stdout
    assert "ok    tea: /tea, /teas; every 1 day, 0:00:00" in good.stdout
    assert bad.returncode == 1
    assert "FAIL  tea: [plugins.tea]: Expected `int`, got `str` - at `$.cups`" in bad.stdout
    assert "FAIL  coffee: required, but not available" in bad.stdout


@pytest.mark.gen_test
async def test_the_tutorial_works_in_a_server_after_a_restart(installed: Path, mongodb: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "TING_DATABASE": f"tutorial_{os.getpid()}"}
    command = [sys.executable, "-m", "ting", "serve", "--port", "0", "--mongodb", mongodb]
    cookie = ""
    for typed, notice in (("/tea mint --steep 10s", "The kettle is on."), ("/teas", "No tea was made yet.")):
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                people = People(process.stdout.readline().strip())
                ann = people.stranger() if cookie else await people.enter("ann")
                ann.cookie = cookie = cookie or ann.cookie
                socket = await ann.connect()
                ack = await socket.send(typed)
                assert ack["type"] == "ack"
                assert (await socket.event("notice"))["text"] == notice
                await people.close()
            finally:
                process.terminate()  # leaving the block waits for its end


def test_a_new_plugin_is_written_with_a_test_that_passes(tmp_path: Path) -> None:
    done = run(["ting", "plugins", "new", "tea-pot", "--in", str(tmp_path)], tmp_path)
    again = run(["ting", "plugins", "new", "tea-pot", "--in", str(tmp_path)], tmp_path)
    bad = run(["ting", "plugins", "new", "Tea Pot", "--in", str(tmp_path)], tmp_path)
    tested = run(["pytest", "-q", "-p", "no:cacheprovider"], tmp_path, cwd=tmp_path / "ting-tea-pot")

    assert (done.returncode, again.returncode, bad.returncode) == (0, 1, 1)
    assert f"Cannot write to {tmp_path / 'ting-tea-pot'}: File exists." in again.stderr
    assert '"Tea Pot" is not a valid plugin name' in bad.stderr
    assert tested.stdout.splitlines()[-1].startswith("1 passed"), tested.stdout
