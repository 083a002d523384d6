"""Changing the own nickname, over REST."""

import pytest

from tests.client import People


@pytest.mark.gen_test
async def test_a_new_nickname_is_shown_to_all_and_frees_the_old_one(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    laptop, other = await ada.connect(), await bob.connect()

    answer = await ada.request("PUT", "/api/me/name", {"name": "Lovelace"})

    assert (answer.status, answer.json["name"], answer.json["id"]) == (200, "Lovelace", ada.id)
    assert (await laptop.event("me"))["me"]["name"] == "Lovelace"
    assert (await other.event("person"))["person"]["name"] == "Lovelace"
    assert (await people.enter("ada")).id != ada.id


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("BOB", 409, "name_taken"),
        ("", 400, "bad_name"),
        ("x" * 21, 400, "bad_name"),
        ("two words", 400, "bad_name"),
        (5, 400, "bad_request"),
    ],
)
async def test_a_nickname_that_is_not_possible_is_refused(people: People, name: object, status: int, code: str) -> None:
    ada, _ = await people.enter("ada"), await people.enter("bob")

    answer = await ada.request("PUT", "/api/me/name", {"name": name})

    assert (answer.status, answer.code) == (status, code)
    assert (await ada.get("/api/me")).ok_json["name"] == "ada"


@pytest.mark.gen_test
async def test_renaming_is_limited_but_not_by_refused_attempts(people: People) -> None:
    ada, _ = await people.enter("ada"), await people.enter("bob")
    for _ in range(7):
        assert (await ada.request("PUT", "/api/me/name", {"name": "bob"})).code == "name_taken"
    for number in range(5):
        assert (await ada.request("PUT", "/api/me/name", {"name": f"ada{number}"})).status == 200

    sixth = await ada.request("PUT", "/api/me/name", {"name": "ada9"})

    assert (sixth.status, sixth.code) == (429, "too_many")
    assert sixth.json["error"]["retry_after"] > 0
