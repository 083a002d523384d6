"""Finding channels and users by a prefix of their names."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.client import People, Person, message_id


async def channels(person: Person, prefix: str = "", **query: int) -> Any:
    parameters = "&".join([f"prefix={quote(prefix)}", *(f"{name}={value}" for name, value in query.items())])
    return (await person.get(f"/api/channels?{parameters}")).json["channels"]


async def names(person: Person, prefix: str = "", limit: int = 20) -> list[str]:
    answer = await person.get(f"/api/users?prefix={quote(prefix)}&limit={limit}")
    return [person["name"] for person in answer.json["persons"]]


async def post_message(person: Person, conversation: str) -> None:
    url = f"/api/conversations/{quote(conversation, safe='')}/messages"
    assert (await person.request("POST", url, {"id": message_id(), "text": "hello"})).status == 201


@pytest.mark.gen_test
async def test_channels_are_listed_by_activity_with_topics_and_user_counts(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    assert await channels(ada) == []
    for conversation in ("#music", "#movies", "#ting", "#music"):
        await post_message(ada, conversation)
    await post_message(ada, f"@{'~'.join(sorted((ada.id, bob.id)))}")
    await ada.request("PATCH", "/api/channels/music", {"topic": "la la"})
    await bob.connect(join="#movies")

    listed = await channels(bob)

    assert [channel["conversation"] for channel in listed] == ["#music", "#ting", "#movies"]
    assert [channel["people"] for channel in listed] == [0, 0, 1]
    assert [channel["topic"] for channel in listed] == ["la la", "", ""]
    assert listed[0]["active"] >= listed[1]["active"] > 0
    assert [channel["conversation"] for channel in await channels(bob, "MÚ")] == ["#music"]
    assert [channel["conversation"] for channel in await channels(bob, "#m", limit=1)] == ["#music"]
    assert await channels(bob, "x.*") == await channels(bob, "\U0010ffff") == []


@pytest.mark.gen_test
async def test_users_are_found_by_the_beginning_of_their_names(people: People) -> None:
    ada = await people.enter("ada")
    for name in ("Νίκος", "adam", "bob", "b.b", "Ábel"):
        await people.enter(name)
    gone = await people.enter("adrian")
    await gone.request("DELETE", "/api/session")

    assert sorted(await names(ada, "Ad")) == ["ada", "adam"]
    assert sorted(await names(ada, "a")) == ["ada", "adam", "Ábel"]
    assert await names(ada, "νικ") == ["Νίκος"]
    assert await names(ada, "b.") == ["b.b"]
    assert await names(ada, "x" * 21) == await names(ada, "zz") == []
    assert len(await names(ada)) == 6
    assert len(await names(ada, limit=2)) == 2
    assert (await ada.get("/api/users?limit=101")).code == "bad_request"
