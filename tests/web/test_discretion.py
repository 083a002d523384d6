"""Hidden profile fields reach no other user, at any URL or in any frame."""

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from PIL import Image

from tests.client import AN_ID, People, Person, Socket, message_id
from tests.web.api.test_users_avatars import encode, upload_avatar
from tests.web.roles import first_token
from tests.web.url_table import ROUTES
from ting.server import Server

HIDDEN = {
    "email": "ada.lovelace@xyzzy.example",
    "birth_date": "1987-06-05",
    "gender": "plugh-plugh",
    "place": "Colossal Cave",
}
ALWAYS_HIDDEN = ("email", "birth_date")
QUERIES = ("q=hello", "prefix=ad", "limit=50", f"around={AN_ID}", "conversation=%23ting&text=/&at=1")
WITHOUT_USER_DATA = ("/static/", "/files/")


def record_frames(socket: Socket) -> list[str]:
    """Record the text of all frames that a websocket receives from now on."""
    frames: list[str] = []
    read = socket._read

    async def recorded() -> str | bytes | None:
        message = await read()
        frames.append(str(message))
        return message

    setattr(socket, "_read", recorded)  # noqa: B010 - a method
    return frames


async def cause_all_broadcasts(ada: Person, socket: Socket) -> str:
    """Do everything that other users are notified of, and return the id of a message."""
    me, direct = (await ada.get("/api/me")).json, {"user": "bob"}
    await upload_avatar(ada, encode(Image.new("RGB", (10, 10)), "PNG"))
    await ada.request("PATCH", "/api/me", {"share_typing": "letters"})
    await socket.send_frame({"type": "draft", "conversation": "#ting", "id": message_id(), "text": "Hello"})
    sent = await socket.send("Hello @bob")
    await socket.ask("edit", id=sent["id"], text="Hello, @bob")
    await socket.ask("react", id=sent["id"], emoji="👍", on=True)
    entry = (await ada.request("POST", "/api/conversations", direct)).json
    await socket.send("Between us.", conversation=entry["conversation"])
    await ada.request("PATCH", "/api/channels/ting", {"topic": "Everything"})
    assert me["profile"] == HIDDEN
    return str(sent["id"])


def urls(ada: Person, message: str) -> Iterator[str]:
    """Every URL that supports GET, with examples replaced by objects of Ada's."""
    replacements = {
        AN_ID: message,
        "%23music": "%23ting",
        "/music": "/ting",
        "/nobody": f"/{ada.name}",
        "0123456789abcdef0123": ada.id,
    }
    for endpoint in ROUTES:
        path = endpoint.path
        if "GET" not in endpoint.methods or path.startswith(WITHOUT_USER_DATA) or path == "/api/socket":
            continue
        for url in (path, *(f"{path}{'&' if '?' in path else '?'}{query}" for query in QUERIES)):
            yield reduce(lambda url, pair: url.replace(*pair), replacements.items(), url)


@pytest.mark.gen_test(timeout=60)
async def test_no_response_and_no_frame_shows_others_hidden_profile_fields(people: People, server: Server) -> None:
    bob = await people.enter("bob", invitation=first_token(server))  # admins do not see hidden fields either
    ada = await people.enter("ada")
    bobs, adas = await bob.connect(), await ada.connect()
    frames = record_frames(bobs)
    await ada.request("PATCH", "/api/me", {**HIDDEN, "shown": []})

    message = await cause_all_broadcasts(ada, adas)
    answers = {url: await bob.get(url) for url in urls(ada, message)}
    await ada.request("DELETE", "/api/me", {"messages": "keep"})
    await bobs.event("person", person={"id": ada.id, "name": "", "former": True})

    texts = {url: answer.body.decode(errors="replace") for url, answer in answers.items()} | {
        "frames": "\n".join(frames)
    }
    leaks = [(where, what) for where, text in texts.items() for what, secret in HIDDEN.items() if secret in text]
    assert leaks == []
    assert answers["/api/users/ada"].status == answers[f"/api/messages/{message}"].status == 200
    about_ada = [url for url, text in texts.items() if ada.id in text]
    assert len(about_ada) >= 8, about_ada
    assert {json.loads(frame)["type"] for frame in frames} >= {"person", "presence", "draft", "message"}


@pytest.mark.gen_test
async def test_email_and_birth_date_are_never_shown(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    await ada.request("PATCH", "/api/me", {**HIDDEN, "shown": ["age", "gender", "place", "last_seen"]})

    card: Any = (await bob.get("/api/users/ada")).json

    assert (card["gender"], card["place"]) == ("plugh-plugh", "Colossal Cave")
    assert isinstance(card["age"], int)
    assert not [what for what in ALWAYS_HIDDEN if HIDDEN[what] in json.dumps(card)]
