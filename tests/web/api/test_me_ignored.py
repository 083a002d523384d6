"""Ignore lists: the server does not send drafts of ignored users; other users still get them."""

import pytest

from tests.client import Frame, People, Person, Socket, message_id


async def type_text(socket: Socket, text: str, id: str) -> None:
    await socket.send_frame({"type": "draft", "conversation": "#ting", "id": id, "text": text})


async def share_text(person: Person) -> None:
    assert (await person.request("PATCH", "/api/me", {"share_typing": "letters"})).status == 200


def is_full_list(frame: Frame) -> bool:
    """Whether a frame has the full list of other users' drafts."""
    return frame["type"] == "draft" and "all" in frame and "mine" not in frame


def unread_draft_texts(socket: Socket) -> list[str | None]:
    """The texts of other users' drafts in received frames that the test has not consumed."""
    frames = [frame for frame in socket.frames if frame["type"] == "draft" and not frame.get("mine")]
    return [draft["text"] for frame in frames for draft in frame["drafts"]]


@pytest.mark.gen_test
@pytest.mark.parametrize("see", ["letters", "indicator"])
async def test_drafts_of_ignored_users_are_not_sent(people: People, see: str) -> None:
    ada, bob, eve = await people.enter("ada"), await people.enter("bob"), await people.enter("eve")
    for person in (ada, bob, eve):
        await share_text(person)
    await ada.request("PATCH", "/api/me", {"see_typing": see})
    adas, bobs, eves = await ada.connect(), await bob.connect(), await eve.connect()
    first, second = message_id(), message_id()
    await type_text(bobs, "One", first)
    shown = await adas.event("draft")

    answer = await ada.request("PUT", "/api/me/ignored/Bob")
    without = await adas.next(is_full_list)
    await type_text(bobs, "One more", first)
    await eves.next(lambda frame: frame["type"] == "draft" and frame["drafts"][0]["text"] == "One more")
    await type_text(eves, "Two", second)
    others = await adas.next(lambda frame: frame["type"] == "draft" and bool(frame["drafts"]) and "mine" not in frame)

    assert shown["drafts"][0]["author"]["name"] == "bob"
    assert (answer.status, answer.json["ignored"]) == (200, [bob.id])
    assert (await adas.event("me"))["me"]["ignored"] == [bob.id]
    assert without["drafts"] == []
    assert [draft["author"]["name"] for draft in others["drafts"]] == ["eve"]
    assert unread_draft_texts(adas) == []
    again = await ada.connect(join=None)
    joined = await again.ask("join", conversation="#ting")
    assert [draft["author"]["name"] for draft in joined["drafts"]] == ["eve"]
    assert (await ada.request("DELETE", "/api/me/ignored/bob")).json["ignored"] == []
    back = await adas.next(is_full_list)
    assert {draft["author"]["name"] for draft in back["drafts"]} == {"bob", "eve"}


@pytest.mark.gen_test
async def test_messages_of_ignored_users_are_sent_for_the_client_to_collapse(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    await ada.request("PUT", "/api/me/ignored/bob")

    await bobs.send("Hello?")

    assert (await adas.event("message"))["author"]["id"] == bob.id


@pytest.mark.gen_test
async def test_the_ignore_list_is_visible_only_to_its_user(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PUT", "/api/me/ignored/bob")

    assert [person["name"] for person in (await ada.get("/api/me/ignored")).json["persons"]] == ["bob"]
    assert (await bob.get("/api/me/ignored")).json == {"persons": []}
    assert (await ada.request("PUT", "/api/me/ignored/ada")).code == "not_allowed"
    assert (await ada.request("PUT", "/api/me/ignored/nobody")).code == "unknown_name"
    assert (await ada.request("DELETE", "/api/me/ignored/nobody")).status == 200


@pytest.mark.gen_test
async def test_a_user_who_left_can_be_unignored_by_id(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PUT", "/api/me/ignored/bob")
    await bob.request("DELETE", "/api/session")
    other = await people.enter("bob")
    await ada.request("PUT", "/api/me/ignored/bob")

    answer = await ada.request("DELETE", f"/api/me/ignored/{bob.id}")

    assert answer.json["ignored"] == [other.id]
