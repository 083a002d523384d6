"""Live typing over real websockets: which clients get which drafts, and when drafts are removed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import People, Person, Socket, message_id
from ting.core.settings import Pace, Settings
from ting.store.database import Database
from ting.store.schema import COLLECTIONS

Json = dict[str, Any]


@pytest.fixture
def settings(mongodb: str, settings: Settings) -> Settings:
    pace = Pace(presence_ms=10, draft_ms=5, draft_grace_s=0.1, drain_s=2.0)
    return Settings(port=0, mongodb=mongodb, database=settings.database, pace=pace)


async def enter(people: People, name: str, share: str | None = "letters", see: str = "letters") -> Person:
    """Register a user who has chosen typing settings."""
    person = await people.enter(name)
    changes = {"share_typing": share, "see_typing": see} if share else {"see_typing": see}
    assert (await person.request("PATCH", "/api/me", changes)).status == 200
    return person


async def type_text(socket: Socket, draft: str, text: str) -> None:
    await socket.send_frame({"type": "draft", "conversation": "#ting", "id": draft, "text": text})


def has_draft(draft: str | None = None, *, mine: bool = False, **fields: Any) -> Callable[[Json], bool]:
    """A predicate for draft frames that contain a draft with these fields."""

    def matches(frame: Json) -> bool:
        if frame["type"] != "draft" or frame.get("mine", False) is not mine:
            return False
        return any(
            (draft is None or entry["id"] == draft) and fields.items() <= entry.items() for entry in frame["drafts"]
        )

    return matches


@pytest.mark.gen_test
async def test_a_draft_is_broadcast_and_its_message_takes_its_position(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()

    await type_text(adas, draft, "Hel")
    await bobs.next(has_draft(draft, text="Hel", position=1))
    await bobs.send("I was faster")
    await type_text(adas, draft, "Hello")
    await bobs.next(has_draft(draft, text="Hello", position=1))
    ack = await adas.send("Hello!", id=draft)

    assert ack["position"] == 1
    await bobs.event("message", id=draft, position=1)
    assert [message["text"] for message in (await bob.history())["messages"]] == ["Hello!", "I was faster"]
    joined = await (await bob.connect(join=None)).ask("join", conversation="#ting")
    assert joined["drafts"] == []


@pytest.mark.gen_test
async def test_erasing_the_text_removes_the_draft(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()

    await type_text(adas, draft, "Never mind")
    await bobs.next(has_draft(draft, text="Never mind"))
    await type_text(adas, draft, "")

    await bobs.next(has_draft(draft, text=None))


@pytest.mark.gen_test
async def test_a_user_who_has_not_chosen_yet_shares_no_text(people: People) -> None:
    ada, bob = await enter(people, "ada", share=None), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()

    await type_text(adas, message_id(), "secret")

    await bobs.next(has_draft(text=""))


@pytest.mark.gen_test
async def test_draft_texts_are_sent_only_if_author_and_reader_allow_it(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob", see="indicator")
    eve, dan = await enter(people, "eve", see="nothing"), await enter(people, "dan")
    adas, bobs, eves, dans = [await person.connect() for person in (ada, bob, eve, dan)]

    draft = message_id()
    await type_text(adas, draft, "marker")
    await dans.next(has_draft(draft, text="marker"))
    await bobs.next(has_draft(draft, text=""))
    await adas.send("marker is sent", id=draft)
    await eves.event("message")
    await bobs.event("message")

    assert not any(frame["type"] == "draft" for frame in eves.frames)
    assert not any("marker" in str(frame) for frame in bobs.frames)


@pytest.mark.gen_test
async def test_a_changed_sharing_setting_applies_immediately(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "marker")
    await bobs.next(has_draft(draft, text="marker"))

    await ada.request("PATCH", "/api/me", {"share_typing": "indicator"})
    await bobs.next(has_draft(draft, text=""))
    await ada.request("PATCH", "/api/me", {"share_typing": "nothing"})
    await bobs.next(has_draft(draft, text=None))

    event = await adas.event("me")
    assert event["me"]["share_typing"] == "indicator"


@pytest.mark.gen_test
async def test_a_user_who_disables_drafts_gets_an_empty_list(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "marker")
    await bobs.next(has_draft(draft, text="marker"))

    await bob.request("PATCH", "/api/me", {"see_typing": "nothing"})

    await bobs.event("draft", drafts=[], all=True)


@pytest.mark.gen_test
async def test_commands_are_never_shared(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()

    await type_text(adas, draft, "/me marker")
    await adas.send("after it")
    await bobs.event("message")

    assert not any(frame["type"] == "draft" for frame in bobs.frames)


@pytest.mark.gen_test
async def test_a_joining_client_gets_the_current_drafts(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas = await ada.connect()
    draft = message_id()
    await type_text(adas, draft, "Hello")
    await adas.next(has_draft(draft, mine=True, position=1, text=""))

    bobs = await bob.connect(join=None)
    joined = await bobs.ask("join", conversation="#ting")

    expected = {"id": draft, "author": {"id": ada.id, "name": "ada"}, "position": 1, "text": "Hello"}
    assert joined["drafts"] == [expected]
    again = await (await ada.connect(join=None)).ask("join", conversation="#ting")
    assert (again["drafts"], again["mine"]) == ([], expected)


@pytest.mark.gen_test
async def test_another_device_of_the_author_can_take_over_the_draft(people: People) -> None:
    ada, bob = await enter(people, "ada", share="indicator"), await enter(people, "bob")
    laptop, phone, bobs = await ada.connect(), await ada.connect(), await bob.connect()
    draft = message_id()

    await type_text(laptop, draft, "From the lap")
    await phone.next(has_draft(draft, mine=True, text="From the lap", position=1))
    await type_text(phone, draft, "From the phone")
    await laptop.next(has_draft(draft, mine=True, text="From the phone", position=1))
    ack = await phone.send("From the phone!", id=draft)

    assert ack["position"] == 1
    await bobs.event("message", id=draft)
    assert not any("From" in str(frame) for frame in bobs.frames)


@pytest.mark.gen_test
async def test_a_reconnecting_author_keeps_position_and_text(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "Hello")
    await bobs.next(has_draft(draft, text="Hello", position=1))

    adas.connection.close()
    again = await ada.connect()
    await type_text(again, draft, "Hello again")
    await bobs.next(has_draft(draft, text="Hello again", position=1))
    ack = await again.send("Hello again", id=draft)

    assert ack["position"] == 1


@pytest.mark.gen_test
async def test_the_draft_of_a_disconnected_author_is_removed(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "Hello")
    await bobs.next(has_draft(draft, text="Hello"))

    adas.connection.close()

    await bobs.next(has_draft(draft, text=None))


@pytest.mark.gen_test
async def test_leaving_removes_the_draft(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "Hello")
    await bobs.next(has_draft(draft, text="Hello"))

    await adas.ask("leave", conversation="#ting")

    await bobs.next(has_draft(draft, text=None))


@pytest.mark.gen_test
async def test_a_draft_sent_before_joining_is_refused(people: People) -> None:
    ada = await enter(people, "ada")
    adas = await ada.connect(join=None)

    await type_text(adas, message_id(), "Hello")

    refused = await adas.event("error")
    assert (refused["code"], "ref" in refused) == ("not_joined", False)


@pytest.mark.gen_test
async def test_the_error_of_a_draft_has_the_id_of_its_message(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft, taken = message_id(), message_id()
    await type_text(bobs, taken, "Hello")
    await adas.next(has_draft(taken, text="Hello"))

    for fields, code in (
        ({"text": "x" * 4001, "id": draft}, "bad_text"),
        ({"text": "x" * 30_000, "id": draft}, "bad_request"),
        ({"text": 5, "id": draft}, "bad_request"),
        ({"id": draft}, "bad_request"),
        ({"text": "Hello", "id": draft, "conversation": "#no such"}, "bad_conversation"),
        ({"text": "Hello", "id": taken}, "id_taken"),
    ):
        await adas.send_frame({"type": "draft", "conversation": "#ting", **fields})
        error = await adas.event("error")
        assert (error["code"], error["id"], "ref" in error) == (code, fields["id"], False)
    await adas.send_frame({"type": "draft", "conversation": "#ting", "id": "x" * 100, "text": ""})
    assert "id" not in await adas.event("error")
    assert "id" not in await adas.ask("send", conversation="#ting", id=draft, text="")


@pytest.mark.gen_test
async def test_too_long_a_draft_is_refused_and_changes_nothing(people: People) -> None:
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "short")
    await bobs.next(has_draft(draft, text="short"))

    await type_text(adas, draft, "x" * 4001)
    assert (await adas.event("error"))["code"] == "bad_text"
    await type_text(adas, draft, "short again")

    await bobs.next(has_draft(draft, text="short again"))
    assert not any("xxx" in str(frame) for frame in bobs.frames)


@pytest.mark.gen_test
async def test_drafts_are_neither_stored_nor_logged(
    people: People, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="ting")
    ada, bob = await enter(people, "ada"), await enter(people, "bob")
    adas, bobs = await ada.connect(), await bob.connect()
    draft = message_id()
    await type_text(adas, draft, "marker-of-this-draft")
    await bobs.next(has_draft(draft, text="marker-of-this-draft"))
    await type_text(adas, draft, "x" * 4001)
    await type_text(adas, "no-id", "marker-of-this-draft")
    await adas.event("error", field="id")
    await adas.send("Something else", id=draft)

    database = Database(settings.mongodb, settings.database)
    everything = [
        document
        for collection in COLLECTIONS
        for document in await database.collection(collection.name).find().to_list(None)
    ]
    database.close()
    assert any("Something else" in str(document) for document in everything)
    assert not any("marker-of-this-draft" in str(document) for document in everything)
    assert "marker-of-this-draft" not in caplog.text
