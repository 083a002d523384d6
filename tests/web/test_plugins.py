"""Plugins in a running server: messages, drafts, tasks, events, and switching plugins on and off."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import EntryPoint

import pytest
from tornado.ioloop import IOLoop

from tests.client import People, message_id
from tests.web.roles import enter_as_admin
from ting.commands import Context, Message, Person, Plugin
from ting.commands.runtime import loader
from ting.commands.runtime.dispatcher import CommandDispatcher
from ting.commands.runtime.engine import Engine
from ting.commands.runtime.runner import LoadedPlugin
from ting.commands.runtime.stored_notices import OWNER
from ting.core.settings import Settings
from ting.server import Server
from ting.store.database import Database
from ting.store.plugins import ValueStore

probe = Plugin("probe")


@probe.command("story")
async def story(ctx: Context) -> None:
    """Write a draft that others see."""
    async with ctx.typing() as draft:
        await draft.write("Once upon a time")


@probe.command("tale")
async def tale(ctx: Context, seconds: float) -> None:
    """Write a ghost for some seconds."""
    async with ctx.typing() as ghost:
        await ghost.write("x" * round(40 * seconds))


@probe.command("change-mind")
async def change_mind(ctx: Context) -> str:
    """Send, edit and delete messages and notices."""
    first, second = await ctx.say("one"), await ctx.say("two")
    await first.edit("one!")
    await second.delete()
    notice = await ctx.reply("wait")
    await notice.edit("done")
    gone = await ctx.reply("never mind")
    await gone.delete()
    return f"{ctx.topic is not None}"


@probe.command("soon")
async def soon(ctx: Context, text: str) -> None:
    """Send a message a little later."""
    await ctx.later(timedelta(milliseconds=50), "now", text)


@probe.task("now")
async def now(ctx: Context, text: str) -> None:
    await ctx.say(f"{text} for {ctx.caller.name}")


@probe.command("remember")
async def remember(ctx: Context) -> None:
    """Reply a little later."""
    await ctx.later(timedelta(milliseconds=300), "recall")


@probe.task("recall")
async def recall(ctx: Context, payload: None) -> str:
    return "You asked me to."


@probe.command("fail")
async def fail(ctx: Context) -> None:
    """Fail."""
    raise RuntimeError


@probe.on("message")
async def echo(ctx: Context, message: Message) -> None:
    if message.text == "echo?":
        await ctx.say("echo!")


@probe.on("join")
async def greet(ctx: Context, person: Person) -> None:
    await ctx.notify(person, f"Welcome to {ctx.conversation}.")


def loaded_plugins(server: Server) -> list[LoadedPlugin]:
    """The plugins as the server runs them."""
    commands: CommandDispatcher = vars(server)["_app"].commands
    engine: Engine = vars(commands)["_engine"]
    return list(engine.registry.plugins.values())


@pytest.fixture(autouse=True)
def install_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [*loader.installed(), EntryPoint("probe", f"{__name__}:probe", loader.GROUP)]
    entries.append(EntryPoint("broken", "no_such_module:plugin", loader.GROUP))
    monkeypatch.setattr(loader, "installed", lambda: entries)


@pytest.mark.gen_test
async def test_a_draft_of_a_plugin_is_broadcast_and_becomes_a_message(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    ack = await adas.send("/story")
    frames = [frame for frame in bobs.frames if frame["type"] == "draft"]
    message = await bobs.event("message")
    frames += [frame for frame in bobs.frames if frame["type"] == "draft"]

    texts = [draft["text"] for frame in frames for draft in frame["drafts"]]
    assert len(texts) >= 2 and texts == sorted(texts, key=len)
    assert (message["text"], message["author"]["name"], message["via"]) == ("Once upon a time", "probe bot", "story")
    assert {draft["id"] for frame in frames for draft in frame["drafts"]} == {message["id"]}
    assert (ack["id"], ack["position"]) == (message["id"], message["position"])


@pytest.mark.gen_test
async def test_the_time_that_a_ghost_takes_counts_for_the_time_limit(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in `ting.testing`: see test_sandbox.py."""
    adas, bobs = await (await people.enter("ada")).connect(), await (await people.enter("bob")).connect()
    (host,) = [plugin for plugin in loaded_plugins(server) if plugin.name == "probe"]
    monkeypatch.setattr(host, "_timeout_s", 1.0)

    answers = [await adas.send(f"/tale {seconds}") for seconds in (0.5, 1.4)]

    assert [answer["type"] for answer in answers] == ["ack", "error"]
    assert answers[1]["message"] == "/tale took too long and was stopped."
    await bobs.event("message", text="x" * 20)
    ended = await bobs.next(lambda frame: frame["type"] == "draft" and frame["drafts"][0]["text"] is None)
    assert ended["drafts"][0]["author"]["name"] == "probe bot"


@pytest.mark.gen_test
async def test_a_command_can_edit_and_delete_its_messages_and_notices(people: People) -> None:
    ada, id = await people.enter("ada"), message_id()
    socket = await ada.connect()

    ack = await socket.send("/change-mind", id=id)
    notices = [frame for frame in socket.frames if frame["type"] == "notice" and "ref" in frame]
    history = (await ada.history())["messages"]

    assert ack["id"] == id
    assert [(message["text"], "deleted" in message, message.get("via")) for message in history] == [
        ("one!", False, "change-mind"),
        ("", True, "change-mind"),
    ]
    assert history[0]["author"]["name"] == "ada"
    shown = {notice["id"]: notice["text"] for notice in notices}
    assert list(shown.values()) == ["done", "", "True"]


@pytest.mark.gen_test
async def test_tasks_and_event_handlers_send_messages(people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()

    assert (await socket.event("notice"))["text"] == "Welcome to #ting."
    await socket.send("/soon tea")
    assert (await socket.event("message"))["text"] == "tea for ada"
    await socket.send("echo?")
    await socket.event("message", text="echo?")
    assert (await socket.event("message"))["author"]["name"] == "probe bot"


@pytest.mark.gen_test
async def test_a_user_who_was_away_gets_the_reply_of_a_task_when_they_come_back(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    await adas.send("/remember")
    adas.connection.close()
    database = Database(server.settings.mongodb, server.settings.database)
    values = ValueStore(database)

    async with asyncio.timeout(5):
        while not await values.page(OWNER, "", "", 10, int(time.time() * 1000)):
            await asyncio.sleep(0.02)
    export = await ada.get("/api/me/export")
    again = await ada.connect()

    assert (await again.event("notice", text="You asked me to."))["conversation"] == "#ting"
    assert "You asked me to." in str(export.json)
    assert not any("asked" in str(frame) for frame in bobs.frames)
    async with asyncio.timeout(5):
        while await values.page(OWNER, "", "", 10, int(time.time() * 1000)):
            await asyncio.sleep(0.02)
    database.close()


@pytest.mark.gen_test
async def test_users_can_vote_in_a_poll_of_a_muted_user(people: People, server: Server) -> None:
    ann, ada, bob = await enter_as_admin(people, server), await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    await adas.send('/poll "Lunch?" pizza soup')
    await ann.request("POST", "/api/users/ada/mute", {"minutes": 5})

    voted = await bobs.send("/vote 2")
    refused = await adas.send("/vote 1")
    (poll,) = (await bob.history())["messages"]

    assert voted["type"] == "ack"
    assert refused["code"] == "muted"
    assert "1 vote." in poll["text"]


@pytest.mark.gen_test
async def test_admins_switch_plugins_and_all_clients_are_notified(people: People, server: Server) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    socket = await bob.connect()

    assert (await bob.request("POST", "/api/plugins/probe", {"enabled": False})).code == "not_allowed"
    switched = await ann.request("POST", "/api/plugins/probe", {"enabled": False})
    event = await socket.event("commands")
    refused = await socket.send("/story")
    ready = (await ann.get("/readyz")).json
    listed = {plugin["name"]: plugin for plugin in (await ann.get("/api/plugins")).json["plugins"]}

    assert switched.json["enabled"] is False
    assert "me" in (names := {command["name"] for command in event["commands"]}) and "story" not in names
    assert "kick" not in names
    assert refused["code"] == "unknown_command"
    assert ready["status"] == "ok"
    assert "probe is disabled" in ready["plugins"]
    assert [usage["usage"] for usage in listed["topic"]["usages"]] == ["/topic [text…] [--clear]"]
    assert listed["topic"]["description"] == "/topic: show or change the topic of a channel."
    assert listed["probe"]["usages"]  # also while it is off
    assert listed["broken"]["reason"].startswith("ModuleNotFoundError")
    assert (await ann.request("POST", "/api/plugins/broken", {"enabled": True})).code == "not_found"

    await ann.request("POST", "/api/plugins/probe", {"enabled": True})

    assert "story" in {command["name"] for command in (await socket.event("commands"))["commands"]}
    assert (await socket.send("/story"))["type"] == "ack"


@pytest.mark.gen_test
async def test_admins_are_notified_of_a_plugin_that_keeps_failing(people: People, server: Server) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    admins, bobs = await ann.connect(), await bob.connect()

    refusals = [await bobs.send("/fail") for _ in range(6)]

    assert [refusal["code"] for refusal in refusals] == ["command_failed"] * 5 + ["command_paused"]
    notice = await admins.next(lambda frame: frame["type"] == "notice" and "failed 5 times" in frame["text"])
    assert notice["conversation"] == "#ting"
    assert not any("failed 5 times" in frame.get("text", "") for frame in bobs.frames)


def test_tasks_switches_and_answers_survive_a_restart(
    start_server: Callable[[Settings], Server], settings: Settings, io_loop: IOLoop
) -> None:
    id = message_id()
    first = start_server(settings)

    async def before() -> tuple[str, str]:
        people = People(first.url)
        ann = await enter_as_admin(people, first)
        socket = await ann.connect()
        await socket.send("/soon tea")
        await ann.request("POST", "/api/plugins/shrug", {"enabled": False})
        await socket.send("/roll 1d1000", id=id)
        rolled = await socket.event("message", id=id)
        await people.close()
        await first.stop()
        return ann.cookie, rolled["text"]

    async def after(cookie: str) -> tuple[str, list[str], str]:
        people = People(second.url)
        ann = people.stranger()
        ann.cookie = cookie
        socket = await ann.connect()
        assert (await socket.send("/roll 1d1000", id=id))["id"] == id
        refused = await socket.send("/shrug")
        async with asyncio.timeout(5):
            while len(messages := (await ann.history())["messages"]) < 2:
                await asyncio.sleep(0.02)
        await people.close()
        return refused["code"], sorted(message["text"] for message in messages), ""

    cookie, rolled = io_loop.run_sync(before)
    second = start_server(settings)
    code, texts, _ = io_loop.run_sync(lambda: after(cookie))

    assert code == "unknown_command"
    assert texts == sorted([rolled, "tea for ann"])
