"""What somebody does not show reaches nobody else: by no URL there is, and in no frame."""

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from PIL import Image

from tests.client import AN_ID, People, Person, Socket, message_id
from tests.web.api.test_users_avatars import bring, saved
from tests.web.roles import first_token
from tests.web.url_table import REAL
from ting.server import Server

KEPT_BACK = {
    "email": "ada.lovelace@xyzzy.example",
    "birth_date": "1987-06-05",
    "gender": "plugh-plugh",
    "place": "Colossal Cave",
}
ALWAYS_KEPT_BACK = ("email", "birth_date")
QUERIES = ("q=hello", "prefix=ad", "limit=50", f"around={AN_ID}", "conversation=%23ting&text=/&at=1")
NO_ANSWERS_OF_THEIR_OWN = ("/static/", "/files/")


def listening(socket: Socket) -> list[str]:
    """All that a socket receives from now on, as it came."""
    heard: list[str] = []
    read = socket._read

    async def recorded() -> str | bytes | None:
        message = await read()
        heard.append(str(message))
        return message

    setattr(socket, "_read", recorded)  # noqa: B010 - a method
    return heard


async def everything_she_can_do(ada: Person, socket: Socket) -> str:
    """Whatever makes others hear of somebody; the id of a message."""
    me, private = (await ada.get("/api/me")).json, {"user": "bob"}
    await bring(ada, saved(Image.new("RGB", (10, 10)), "PNG"))
    await ada.request("PATCH", "/api/me", {"share_typing": "letters"})
    await socket.tell({"type": "draft", "conversation": "#ting", "id": message_id(), "text": "Hello"})
    sent = await socket.send("Hello @bob")
    await socket.ask("edit", id=sent["id"], text="Hello, @bob")
    await socket.ask("react", id=sent["id"], emoji="👍", on=True)
    entry = (await ada.request("POST", "/api/conversations", private)).json
    await socket.send("Between us.", conversation=entry["conversation"])
    await ada.request("PATCH", "/api/channels/ting", {"topic": "Everything"})
    assert me["profile"] == KEPT_BACK
    return str(sent["id"])


def urls(ada: Person, message: str) -> Iterator[str]:
    """Every URL that answers GET, leading to what has to do with ada."""
    lead_to = {
        AN_ID: message,
        "%23music": "%23ting",
        "/music": "/ting",
        "/nobody": f"/{ada.name}",
        "0123456789abcdef0123": ada.id,
    }
    for endpoint in REAL:
        path = endpoint.path
        if "GET" not in endpoint.methods or path.startswith(NO_ANSWERS_OF_THEIR_OWN) or path == "/api/socket":
            continue
        for asked in (path, *(f"{path}{'&' if '?' in path else '?'}{query}" for query in QUERIES)):
            yield reduce(lambda url, pair: url.replace(*pair), lead_to.items(), asked)


@pytest.mark.gen_test(timeout=60)
async def test_no_answer_and_no_frame_tells_others_what_one_keeps_back(people: People, server: Server) -> None:
    bob = await people.enter("bob", invitation=first_token(server))  # an admin: even to them
    ada = await people.enter("ada")
    bobs, adas = await bob.connect(), await ada.connect()
    heard = listening(bobs)
    await ada.request("PATCH", "/api/me", {**KEPT_BACK, "shown": []})

    message = await everything_she_can_do(ada, adas)
    answers = {url: await bob.get(url) for url in urls(ada, message)}
    await ada.request("DELETE", "/api/me", {"messages": "keep"})
    await bobs.event("person", person={"id": ada.id, "name": "", "former": True})

    told = {url: answer.body.decode(errors="replace") for url, answer in answers.items()} | {"frames": "\n".join(heard)}
    leaks = [(where, what) for where, text in told.items() for what, secret in KEPT_BACK.items() if secret in text]
    assert leaks == []
    assert answers["/api/users/ada"].status == answers[f"/api/messages/{message}"].status == 200
    about_ada = [url for url, text in told.items() if ada.id in text]
    assert len(about_ada) >= 8, about_ada
    assert {json.loads(frame)["type"] for frame in heard} >= {"person", "presence", "draft", "message"}


@pytest.mark.gen_test
async def test_whatever_one_shows_the_address_and_the_day_of_birth_are_not_shown(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PATCH", "/api/me", {**KEPT_BACK, "shown": ["age", "gender", "place", "last_seen"]})

    card: Any = (await bob.get("/api/users/ada")).json

    assert (card["gender"], card["place"]) == ("plugh-plugh", "Colossal Cave")
    assert isinstance(card["age"], int)
    assert not [what for what in ALWAYS_KEPT_BACK if KEPT_BACK[what] in json.dumps(card)]
