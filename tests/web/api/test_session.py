"""Sessions over REST: registration, the session cookie, signing out."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookies import SimpleCookie

import msgspec
import pytest
from tornado.ioloop import IOLoop

from tests.client import Answer, People, Person
from ting.core.networks import Network
from ting.core.settings import Settings
from ting.server import Server
from ting.store.database import Database

Start = Callable[[Settings], Server]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, trusted_proxies=[Network("127.0.0.1")])


async def sign_in(person: Person, name: str = "ada", **headers: str) -> Answer:
    return await person.request("POST", "/api/session", {"name": name}, **headers)


def cookie(answer: Answer) -> dict[str, str]:
    """The name, value and attributes of the session cookie."""
    (morsel,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    attributes = {name: str(value) for name, value in morsel.items() if value}
    return {"name": morsel.key, "value": morsel.value, **attributes}


@pytest.mark.gen_test
async def test_registration_answers_with_the_user_and_sets_the_cookie(people: People) -> None:
    answer = await sign_in(people.stranger(), "Ada")

    assert answer.status == 201
    assert answer.json["name"] == "Ada"
    assert {"id", "name", "created"} <= set(answer.json)
    attributes = cookie(answer)
    expires = parsedate_to_datetime(attributes.pop("expires"))
    assert expires - datetime.now(UTC) > timedelta(days=300)
    assert len(attributes.pop("value")) >= 43
    assert attributes == {"name": "ting_session", "path": "/", "httponly": "True", "samesite": "Lax"}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.gen_test
async def test_the_cookie_is_secure_behind_a_proxy_that_encrypts(people: People) -> None:
    secure = cookie(await sign_in(people.stranger(), "ada", X_Forwarded_Proto="https"))
    plain = cookie(await sign_in(people.stranger(), "bob", X_Forwarded_Proto="http"))

    assert "secure" in secure
    assert "secure" not in plain


def test_proxy_headers_from_other_addresses_are_ignored(
    io_loop: IOLoop, start_server: Start, settings: Settings
) -> None:
    server = start_server(msgspec.structs.replace(settings, trusted_proxies=[Network("10.0.0.1")]))
    stranger = People(server.url).stranger()

    answer = io_loop.run_sync(lambda: sign_in(stranger, "ada", X_Forwarded_Proto="https"))

    assert answer.status == 201
    assert "secure" not in cookie(answer)


@pytest.mark.gen_test
async def test_a_session_token_is_stored_only_as_a_hash(people: People, server: Server) -> None:
    answer = await sign_in(people.stranger())
    database = Database(server.settings.mongodb, server.settings.database)

    everything = [
        document
        for collection in ("sessions", "users", "meta")
        for document in await database.collection(collection).find().to_list(None)
    ]
    database.close()

    assert len(everything) >= 3
    assert cookie(answer)["value"] not in str(everything)


@pytest.mark.gen_test
async def test_one_of_fifty_concurrent_registrations_of_a_name_succeeds(people: People) -> None:
    wanted = ["ada", "Ada", "ÁDA", "αda", "ΑDΑ"] * 10

    answers = await asyncio.gather(*(sign_in(people.stranger(), name) for name in wanted))

    refused = [answer.code for answer in answers if answer.status != 201]
    assert refused == ["name_taken"] * 49
    assert sum("Set-Cookie" in answer.headers for answer in answers) == 1


@pytest.mark.gen_test
async def test_a_taken_name_is_refused_in_any_spelling(people: People) -> None:
    await people.enter("Ελένη")

    for name in ("Ελένη", "ελενη", "ΕΛΕΝΗ"):
        answer = await sign_in(people.stranger(), name)
        assert (answer.status, answer.code) == (409, "name_taken")
        assert answer.json["error"]["field"] == "name"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": ""}, "bad_name"),
        ({"name": "x" * 21}, "bad_name"),
        ({"name": "ada bob"}, "bad_name"),
        ({"name": "<b>"}, "bad_name"),
        ({"name": 5}, "bad_request"),
        ({"name": None}, "bad_request"),
        ({}, "bad_request"),
    ],
    ids=str,
)
async def test_a_bad_name_is_refused_with_its_field(people: People, body: dict[str, object], code: str) -> None:
    answer = await people.stranger().request("POST", "/api/session", body)

    assert (answer.status, answer.code) == (400, code)
    assert answer.json["error"]["field"] == "name"


@pytest.mark.gen_test
async def test_the_cookie_identifies_the_user(people: People) -> None:
    ada = await people.enter("ada")

    for path in ("/api/session", "/api/me"):
        answer = await ada.get(path)
        assert (answer.status, answer.json["id"], answer.json["name"]) == (200, ada.id, "ada")


@pytest.mark.gen_test
@pytest.mark.parametrize("cookie", ["", "ting_session=", "ting_session=wrong"])
async def test_a_page_can_ask_who_is_signed_in_without_an_error(people: People, cookie: str) -> None:
    stranger = people.stranger()
    stranger.cookie = cookie

    answer = await stranger.get("/api/session?optional=1")

    assert (answer.status, answer.json) == (200, None)
    assert "Set-Cookie" not in answer.headers
    for path in ("/api/session?optional=0", "/api/session?optional", "/api/me?optional=1"):
        assert (await stranger.get(path)).code == "no_session"
    assert (await stranger.request("DELETE", "/api/session?optional=1")).code == "no_session"
    ada = await people.enter("ada")
    assert (await ada.get("/api/session?optional=1")).json["id"] == ada.id


@pytest.mark.gen_test
async def test_the_cookie_is_renewed_for_another_year(people: People) -> None:
    ada = await people.enter("ada")

    renewed = cookie(await ada.get("/api/session?optional=1"))

    assert f"ting_session={renewed['value']}" == ada.cookie
    assert parsedate_to_datetime(renewed["expires"]) - datetime.now(UTC) > timedelta(days=300)
    assert renewed["httponly"] == "True"
    program = await ada.request("POST", "/api/me/tokens", {"name": "a bot"})
    bearer = f"Bearer {program.json['secret']}"
    assert "Set-Cookie" not in (await ada.get("/api/session", Authorization=bearer)).headers
    ada.cookie = "ting_session=wrong"
    assert "Set-Cookie" not in (await ada.get("/api/session")).headers


def test_a_session_survives_a_restart(io_loop: IOLoop, start_server: Start, settings: Settings) -> None:
    first = start_server(settings)
    ada = io_loop.run_sync(lambda: People(first.url).enter("ada"))
    io_loop.run_sync(first.stop)

    ada.url = start_server(settings).url.rstrip("/")

    assert io_loop.run_sync(lambda: ada.get("/api/me")).json["id"] == ada.id


@pytest.mark.gen_test
async def test_signing_out_ends_the_session_closes_its_websockets_and_frees_the_name(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    tabs = [await ada.connect(), await ada.connect(join=None)]
    bobs = await bob.connect()

    left = await ada.request("DELETE", "/api/session")

    assert left.status == 204
    assert cookie(left)["value"] == ""
    for tab in tabs:
        assert await tab.closed() == (4002, "session_ended")
    await bobs.event("presence", went=[ada.id])
    assert (await ada.get("/api/me")).status == 401
    assert (await people.enter("Ada")).id != ada.id
    assert (await bob.get("/api/me")).status == 200


@pytest.mark.gen_test
async def test_a_session_token_set_by_an_attacker_is_not_used(people: People) -> None:
    victim, forged = people.stranger(), "ting_session=" + "A" * 43
    victim.cookie = forged

    answer = await victim.request("POST", "/api/session", {"name": "ada"})

    assert answer.status == 201
    assert cookie(answer)["value"] not in forged
    assert (await victim.get("/api/me")).status == 401, "the token set by the attacker is not valid"


@pytest.mark.gen_test
async def test_messages_stay_with_their_author_when_the_name_is_reused(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await (await ada.connect()).send("Mine.")

    await ada.request("DELETE", "/api/session")
    again = await people.enter("ADA")
    answer = await again.request("DELETE", f"/api/messages/{(await bob.history())['messages'][0]['id']}")

    assert (await bob.history())["messages"][0]["author"] == {"id": ada.id, "name": "ada", "former": True}
    assert (answer.status, answer.code) == (403, "not_yours")
