"""What one connection can have open: joined conversations, and drafts. Leaving many of them delays no one."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from tests.app_parts import register
from tests.client import People, message_id, until
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.models import Person
from ting.core.settings import Settings
from ting.realtime.drafts_by_author import FORGET_EVERY
from ting.realtime.live_conversations import CHANGED_AT_ONCE
from ting.server import Server

JOINED, DRAFTS = 20, 5


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = msgspec.structs.replace(settings.limits, joined_at_once=JOINED, drafts_at_once=DRAFTS)
    return msgspec.structs.replace(settings, limits=limits)


@pytest.mark.gen_test
async def test_a_connection_can_join_a_limited_number_of_conversations(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    socket, other = await ada.connect(join=None), await ada.connect(join=None)

    refs = [await socket.begin("join", conversation=f"#room-{number}") for number in range(4 * JOINED)]
    answers = [await socket.answer(ref) for ref in refs]

    joined = [answer for answer in answers if answer["type"] == "joined"]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert len(joined) == JOINED
    assert {(answer["code"], answer["field"]) for answer in refused} == {("too_many", "conversation")}
    assert len(server.app.realtime.live) == JOINED
    assert (await socket.ask("join", conversation=joined[0]["conversation"]))["type"] == "joined"  # again
    assert (await other.ask("join", conversation="#one-more"))["type"] == "joined"
    await socket.ask("leave", conversation=joined[0]["conversation"])
    assert (await socket.ask("join", conversation="#one-more"))["type"] == "joined"


@pytest.mark.gen_test
async def test_a_user_has_a_limited_number_of_drafts_and_the_oldest_ends(people: People, server: Server) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    sockets = [await ada.connect(join=None) for _ in range(2)]
    reading = await bob.connect(join="#room-0")
    rooms = [f"#room-{number}" for number in range(3 * DRAFTS)]
    ids = [message_id() for _ in rooms]
    for socket, shift in zip(sockets, (0, 1), strict=True):
        for room in rooms[shift::2]:
            await socket.ask("join", conversation=room)
    for number, (room, id) in enumerate(zip(rooms, ids, strict=True)):
        for text in ("😀" * 3999, "😀" * 4000):
            await sockets[number % 2].send_frame({"type": "draft", "conversation": room, "id": id, "text": text})
        await sockets[number % 2].ask("ping")

    drafts = server.app.realtime.drafts
    assert len(drafts) == DRAFTS
    gone = await reading.next(lambda frame: frame["type"] == "draft" and frame["drafts"][0]["text"] is None)
    assert gone["drafts"][0]["id"] == ids[0]
    last = (await sockets[0].ask("join", conversation=rooms[-1]))["mine"]
    assert (last["id"], last["text"]) == (ids[-1], "😀" * 4000)
    # The oldest draft begins again, at a new position.
    await sockets[0].send_frame({"type": "draft", "conversation": rooms[0], "id": ids[0], "text": "hello"})
    await until(lambda: drafts.belongs_to_other(bob.id, ids[0]))
    assert len(drafts) == DRAFTS
    sent = await sockets[0].ask("send", conversation=rooms[0], id=ids[0], text="hello")
    assert sent["type"] == "ack"


@pytest.mark.gen_test
async def test_authors_without_drafts_are_forgotten(app: App) -> None:
    ada = await register(app, "ada")
    for number in range(FORGET_EVERY + 10):
        connection = FakeConnection(f"user-{number}")
        app.realtime.presence.connect(connection)
        await app.conversations.subscriptions.join(connection, "#ting")
        id = message_id()
        for text in ("hello", ""):
            app.conversations.subscriptions.draft(connection, "#ting", id, text)
        app.conversations.subscriptions.disconnect(connection)

    assert ada
    assert len(app.realtime.drafts) == 0
    assert len(app.realtime.drafts._typed) < 20


@pytest.mark.gen_test
async def test_leaving_many_conversations_at_once_lets_other_work_in_between(app: App) -> None:
    ada = FakeConnection("ada")
    app.realtime.presence.connect(ada)
    rooms = 3 * CHANGED_AT_ONCE
    broadcast: list[str] = []
    turns: list[int] = []

    def heard(conversation: str, came: Sequence[Person], went: Sequence[str]) -> None:
        if went:
            broadcast.append(conversation)

    async def other_work() -> None:
        while len(broadcast) < rooms:
            turns.append(len(broadcast))
            await asyncio.sleep(0)

    app.realtime.live.on_presence(heard)
    for number in range(rooms):
        await app.conversations.subscriptions.join(ada, f"#room-{number}")
    await until(lambda: not app.realtime.presence.changed_conversations)

    app.conversations.subscriptions.disconnect(ada)
    await other_work()

    steps = [after - before for before, after in zip(turns, [*turns[1:], len(broadcast)], strict=True)]
    assert max(steps) <= CHANGED_AT_ONCE
    assert len(set(broadcast)) == rooms
