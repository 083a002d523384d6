"""The user's own profile and settings, and what other users see of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client import People

DEFAULTS = {
    "language": None,
    "theme": None,
    "list_order": "sections",
    "profile": {"email": None, "birth_date": None, "gender": None, "place": None},
    "shown": ["last_seen"],
    "notifications": {"sound": True, "desktop": False, "quiet_from": None, "quiet_to": None, "preview": True},
}
COMPLETE = {
    "language": "el",
    "theme": "dark",
    "list_order": "activity",
    "email": "ada@example.org",
    "birth_date": "1990-12-10",
    "gender": "woman",
    "place": "London",
    "shown": ["place", "age", "age"],
    "notifications": {"sound": False, "quiet_from": "22:00", "quiet_to": "07:30"},
    "share_typing": "nothing",
}


@pytest.mark.gen_test
async def test_a_profile_change_is_sent_to_the_users_other_devices(people: People) -> None:
    ada = await people.enter("ada")
    phone = await ada.connect()

    changed = await ada.request("PATCH", "/api/me", COMPLETE)

    about = {name: COMPLETE[name] for name in ("email", "birth_date", "gender", "place")}
    expected = {
        "language": "el",
        "theme": "dark",
        "list_order": "activity",
        "profile": about,
        "shown": ["age", "place"],
        "notifications": DEFAULTS["notifications"] | COMPLETE["notifications"],  # type: ignore[operator]
        "share_typing": "nothing",
    }
    assert changed.status == 200
    assert changed.json | expected == changed.json == (await ada.get("/api/me")).json
    assert (await phone.event("me"))["me"] == changed.json


@pytest.mark.gen_test
async def test_null_clears_a_field_and_omitted_fields_stay(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("PATCH", "/api/me", COMPLETE)

    cleared = dict.fromkeys(("language", "theme", "email", "birth_date", "gender"))
    me = (await ada.request("PATCH", "/api/me", cleared)).json

    assert me["profile"] == {"email": None, "birth_date": None, "gender": None, "place": "London"}
    assert (me["language"], me["theme"], me["shown"]) == (None, None, ["age", "place"])
    assert (await ada.request("PATCH", "/api/me", {})).json == me


INVALID: list[tuple[dict[str, Any], str, str | None]] = [
    ({"email": "nowhere"}, "bad_email", "email"),
    ({"birth_date": "2990-01-01"}, "bad_birth_date", "birth_date"),
    ({"gender": "x" * 41}, "bad_gender", "gender"),
    ({"place": "x" * 81}, "bad_place", "place"),
    ({"email": 5}, "bad_request", "email"),
    ({"language": "fr"}, "bad_request", "language"),
    ({"theme": "pink"}, "bad_request", "theme"),
    ({"list_order": "name"}, "bad_request", "list_order"),
    ({"list_order": None}, "bad_request", "list_order"),
    ({"shown": ["email"]}, "bad_request", "shown[0]"),
    ({"shown": None}, "bad_request", "shown"),
    ({"notifications": {"quiet_from": "24:00"}}, "bad_request", "notifications.quiet_from"),
    ({"notifications": {"quiet_to": "9:00"}}, "bad_request", "notifications.quiet_to"),
    ({"notifications": {"smoke": True}}, "bad_request", "notifications"),
    ({"role": "admin"}, "bad_request", None),
    ({"name": "eve"}, "bad_request", None),
]


@pytest.mark.gen_test
async def test_a_change_with_a_mistake_changes_nothing(people: People) -> None:
    ada = await people.enter("ada")
    before = (await ada.get("/api/me")).json

    for change, code, field in INVALID:
        answer = await ada.request("PATCH", "/api/me", {"place": "Paris", **change})
        assert (answer.status, answer.code, answer.json["error"].get("field")) == (400, code, field), change

    assert (await ada.get("/api/me")).json == before


@pytest.mark.gen_test
async def test_others_see_only_the_shown_profile_fields(people: People) -> None:
    ada, bob = await people.enter("Ada"), await people.enter("bob")
    born = f"{datetime.now(UTC).year - 30}-01-01"
    everything = ["age", "gender", "place", "last_seen"]
    await ada.request("PATCH", "/api/me", COMPLETE | {"birth_date": born, "shown": everything})

    card = (await bob.get("/api/users/%CE%B1da")).json
    await ada.connect()
    present = (await bob.get("/api/users/Ada")).json
    await ada.request("PATCH", "/api/me", {"shown": []})
    hidden = (await bob.get("/api/users/ada")).json

    assert isinstance(card.pop("last_seen"), int)
    created = (await ada.get("/api/me")).json["created"]
    plain = {"id": ada.id, "name": "Ada", "role": "member", "created": created}
    # The birthday is on 1 January, so that the age is 30 on every day of the year.
    assert card == plain | {"age": 30, "gender": "woman", "place": "London"}
    assert present == card | {"online": True}
    assert hidden == plain


@pytest.mark.gen_test
async def test_the_profile_of_an_unknown_user_is_not_found(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await bob.request("DELETE", "/api/session")

    for name, code, status in (("bob", "unknown_name", 404), ("a%20b", "bad_name", 400), ("%00", "bad_name", 400)):
        answer = await ada.get(f"/api/users/{name}")
        assert (answer.status, answer.code) == (status, code)
