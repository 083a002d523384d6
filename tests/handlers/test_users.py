"""Other people over HTTP, and hearing of what they become."""

import pytest

from tests.client import People


@pytest.mark.gen_test
async def test_persons_are_told_by_their_ids_as_far_as_there_are_any(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")

    told = (await ada.get(f"/api/persons?ids={bob.id},nobody,{ada.id},{bob.id}")).json["persons"]

    assert sorted(told, key=lambda person: person["name"]) == [
        {"id": ada.id, "name": "ada"},
        {"id": bob.id, "name": "bob"},
    ]


@pytest.mark.gen_test
@pytest.mark.parametrize("ids", ["", ",", ",".join(map(str, range(101)))], ids=len)
async def test_no_ids_or_too_many_are_refused(people: People, ids: str) -> None:
    answer = await (await people.enter("ada")).get(f"/api/persons?ids={ids}")

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, "bad_request", "ids")


@pytest.mark.gen_test
async def test_everybody_hears_of_a_name_that_was_freed(people: People) -> None:
    ada, bob, eve = [await people.enter(name) for name in ("ada", "bob", "eve")]
    bobs, eves = await bob.connect(), await eve.connect(join=None)
    await (await ada.connect()).send("Mine.")
    former = {"id": ada.id, "name": "ada", "former": True}

    await ada.request("DELETE", "/api/session")

    for socket in (bobs, eves):
        assert (await socket.event("person"))["person"] == former
    assert (await bob.history())["messages"][0]["author"] == former
    assert (await bob.get(f"/api/persons?ids={ada.id}")).json["persons"] == [former]
