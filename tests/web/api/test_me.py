"""Passwords and sessions of the user's own account, over REST."""

import pytest

from tests.client import People, Person

PASSWORD, OTHER_PASSWORD = "correct horse", "battery staple"


async def sign_in(people: People, name: str, password: str) -> Person:
    """Sign in as the same user on another device."""
    person = people.stranger()
    answer = await person.request("POST", "/api/session", {"name": name, "password": password})
    assert answer.status == 201, answer.body
    person.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    person.id, person.name = answer.json["id"], answer.json["name"]
    return person


@pytest.mark.gen_test
async def test_a_password_allows_sign_in_on_another_device_and_updates_the_others(people: People) -> None:
    ada = await people.enter("ada")
    laptop = await ada.connect()

    answer = await ada.request("PUT", "/api/me/password", {"password": PASSWORD})

    assert (answer.status, answer.json["has_password"]) == (200, True)
    assert (await laptop.event("me"))["me"]["has_password"] is True
    assert (await sign_in(people, "ADA", PASSWORD)).id == ada.id


@pytest.mark.gen_test
async def test_changing_the_password_closes_the_websockets_of_other_sessions(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": PASSWORD})
    other = await sign_in(people, "ada", PASSWORD)
    laptop, phone = await ada.connect(), await other.connect()

    changed = await ada.request("PUT", "/api/me/password", {"password": OTHER_PASSWORD, "current": PASSWORD})

    assert changed.status == 200
    assert await phone.closed() == (4002, "session_ended")
    assert (await other.get("/api/me")).status == 401
    assert (await laptop.ask("ping"))["type"] == "ack"


@pytest.mark.gen_test
async def test_users_can_list_and_end_their_sessions(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": PASSWORD})
    phone = await (other := await sign_in(people, "ada", PASSWORD)).connect()

    listed = (await ada.get("/api/me/sessions")).json["sessions"]
    (elsewhere,) = [session for session in listed if not session["current"]]
    answer = await ada.request("DELETE", f"/api/me/sessions/{elsewhere['id']}")

    assert len(listed) == 2
    assert answer.status == 204
    assert await phone.closed() == (4002, "session_ended")
    assert (await other.get("/api/me")).status == 401


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"name": "ada", "password": OTHER_PASSWORD}, 403, "wrong_password", "password"),
        ({"name": "nobody", "password": OTHER_PASSWORD}, 404, "unknown_name", "name"),
        ({"name": "ting"}, 409, "name_reserved", "name"),
        ({"name": "ada"}, 409, "name_taken", "name"),
        ({"name": "ada", "password": 5}, 400, "bad_request", "password"),
    ],
    ids=repr,
)
async def test_a_refused_sign_in_has_a_reason(people: People, body: object, status: int, code: str, field: str) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": PASSWORD})

    answer = await people.stranger().request("POST", "/api/session", body)

    assert (answer.status, answer.code, answer.json["error"]["field"]) == (status, code, field)


@pytest.mark.gen_test(timeout=30)  # computes eleven password hashes
async def test_password_guesses_are_limited(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PUT", "/api/me/password", {"password": PASSWORD})
    guess = {"name": "ada", "password": OTHER_PASSWORD}

    statuses = [(await people.stranger().request("POST", "/api/session", guess)).status for _ in range(10)]
    answer = await people.stranger().request("POST", "/api/session", guess)

    assert statuses == [403] * 10
    assert (answer.status, answer.code) == (429, "too_many")
    assert int(answer.headers["Retry-After"]) > 0
