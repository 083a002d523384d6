"""Channels over REST: their topic, and the number of users in them."""

import pytest

from tests.client import People


@pytest.mark.gen_test
async def test_a_channel_has_a_topic_and_a_number_of_users(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    for person in (ada, ada, bob):
        await person.connect(join="#music")

    answer = await ada.get("/api/channels/Music")

    assert answer.json == {"conversation": "#music", "topic": "", "people": 2}


@pytest.mark.gen_test
async def test_a_new_topic_is_broadcast_and_stored(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs, elsewhere = await ada.connect(), await bob.connect(), await bob.connect(join="#music")

    answer = await ada.request("PATCH", "/api/channels/ting", {"topic": " <b>All</b>\n there  is 👩‍🚀"})

    assert answer.json == {"conversation": "#ting", "topic": "<b>All</b> there is 👩‍🚀", "people": 2}
    for socket in (adas, bobs):
        changed = await socket.event("conversation")
        assert changed == {"type": "conversation", "conversation": "#ting", "topic": "<b>All</b> there is 👩‍🚀"}
    assert (await elsewhere.ask("join", conversation="#ting"))["topic"] == "<b>All</b> there is 👩‍🚀"
    assert [frame for frame in elsewhere.frames if frame["type"] == "conversation"] == []


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("topic", "code"),
    [("x" * 201, "bad_topic"), (None, "bad_request")],
    ids=repr,
)
async def test_a_bad_topic_is_refused_with_its_field(people: People, topic: str | None, code: str) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("PATCH", "/api/channels/ting", {"topic": topic})

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, code, "topic")


@pytest.mark.gen_test
async def test_a_topic_can_have_the_maximum_length_or_be_empty(people: People) -> None:
    ada = await people.enter("ada")

    for topic in ("x" * 200, ""):
        assert (await ada.request("PATCH", "/api/channels/ting", {"topic": topic})).json["topic"] == topic


@pytest.mark.gen_test
@pytest.mark.parametrize("name", ["api", "x" * 21, "a%20b", "%23ting", "%E2%98%BA", "..", "%2e%2e"])
async def test_an_invalid_channel_name_is_refused(people: People, name: str) -> None:
    ada = await people.enter("ada")

    answer = await ada.get(f"/api/channels/{name}")

    assert (answer.status, answer.code) == (400, "bad_conversation")
