"""What users do with their own account, over HTTP."""

import pytest

from tests.client import People, Person

GOOD, OTHER = "correct horse", "battery staple"


async def sign_in(people: People, name: str, password: str) -> Person:
    """The same person on another device."""
    person = people.stranger()
    answer = await person.request("POST", "/api/session", {"name": name, "password": password})
    assert answer.status == 201, answer.body
    person.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    person.id, person.name = answer.json["id"], answer.json["name"]
    return person


@pytest.mark.gen_test
async def test_a_password_lets_one_in_on_another_device_and_the_others_are_told(people: People) -> None:
    ada = await people.enter("ada")
    laptop = await ada.connect()

    answer = await ada.request("PUT", "/api/me/password", {"password": GOOD})

    assert (answer.status, answer.json["has_password"]) == (200, True)
    assert (await laptop.event("me"))["me"]["has_password"] is True
    assert (await sign_in(people, "ADA", GOOD)).id == ada.id


@pytest.mark.gen_test
async def test_changing_the_password_closes_the_sockets_of_other_sessions_at_once(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": GOOD})
    other = await sign_in(people, "ada", GOOD)
    laptop, phone = await ada.connect(), await other.connect()

    changed = await ada.request("PUT", "/api/me/password", {"password": OTHER, "current": GOOD})

    assert changed.status == 200
    assert await phone.closed() == (4002, "session_ended")
    assert (await other.get("/api/me")).status == 401
    assert (await laptop.ask("ping"))["type"] == "ack"


@pytest.mark.gen_test
async def test_one_sees_and_ends_ones_sessions(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": GOOD})
    phone = await (other := await sign_in(people, "ada", GOOD)).connect()

    listed = (await ada.get("/api/me/sessions")).json["sessions"]
    (elsewhere,) = [one for one in listed if not one["current"]]
    answer = await ada.request("DELETE", f"/api/me/sessions/{elsewhere['id']}")

    assert len(listed) == 2
    assert answer.status == 204
    assert await phone.closed() == (4002, "session_ended")
    assert (await other.get("/api/me")).status == 401


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"name": "ada", "password": OTHER}, 403, "wrong_password", "password"),
        ({"name": "nobody", "password": OTHER}, 404, "unknown_name", "name"),
        ({"name": "ting"}, 409, "name_reserved", "name"),
        ({"name": "ada"}, 409, "name_taken", "name"),
        ({"name": "ada", "password": 5}, 400, "bad_request", "password"),
    ],
    ids=repr,
)
async def test_who_may_not_come_in_is_told_why(
    people: People, body: object, status: int, code: str, field: str
) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": GOOD})

    answer = await people.stranger().request("POST", "/api/session", body)

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (status, code, field)


@pytest.mark.gen_test(timeout=30)  # eleven hashes, as costly as they are meant to be
async def test_somebody_who_guesses_is_told_when_to_come_back(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": GOOD})
    guess = {"name": "ada", "password": OTHER}

    statuses = [(await people.stranger().request("POST", "/api/session", guess)).status for _ in range(10)]
    answer = await people.stranger().request("POST", "/api/session", guess)

    assert statuses == [403] * 10
    assert (answer.status, answer.code) == (429, "too_many")
    assert int(answer.headers["Retry-After"]) > 0
