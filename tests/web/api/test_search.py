"""Search over REST."""

from urllib.parse import quote

import pytest

from tests.client import People, Person


async def search(person: Person, query: str) -> list[str]:
    """The texts of the messages found."""
    answer = await person.get(f"/api/search?{query}")
    assert answer.status == 200, answer.body
    return [hit["message"]["text"] for hit in answer.json["hits"]]


@pytest.mark.gen_test
async def test_sent_messages_are_found_soon_and_deleted_ones_are_not(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket = await ada.connect()
    id = (await socket.send("Καλό ταξίδι!"))["id"]
    query = "q=" + quote("ταξιδι")

    while not await search(bob, query):
        pass
    answer = (await bob.get(f"/api/search?{query}&in=%23ting&from=ada&limit=1")).json
    assert answer["hits"][0]["marks"] == [[5, 11]]
    assert answer["hits"][0]["message"]["id"] == id
    assert answer["cursor"] is None

    await socket.ask("delete", id=id)
    assert await search(bob, query) == []


@pytest.mark.gen_test
async def test_a_bad_search_is_refused_with_the_field(people: People) -> None:
    ada = await people.enter("ada")

    for query, status, code, field in (
        ("", 400, "bad_query", "q"),
        ("q=%20", 400, "bad_query", "q"),
        ("q=bread&in=ting", 400, "bad_conversation", "conversation"),
        ("q=bread&in=%40a~b", 404, "no_such_conversation", "conversation"),
        ("q=bread&from=nobody", 404, "unknown_name", "from"),
        ("q=bread&before=x", 400, "bad_request", "before"),
        ("q=bread&limit=101", 400, "bad_request", "limit"),
        ("q=bread&cursor=1", 400, "bad_request", "cursor"),
    ):
        answer = await ada.get(f"/api/search?{query}")
        assert (answer.status, answer.code, answer.json["error"].get("field")) == (status, code, field), query
