"""Requests of users about a database, and the answers of a server in a form that can be compared."""

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from tornado.httpclient import HTTPError

from tests.client import Person
from tests.store.old_database.scenario import UNSENT
from tests.store.old_database.users import Record, path_of

View = dict[str, Any]
VOLATILE = {"exported", "age", "epoch"}  # fields that depend on the time of the request
UNORDERED = {"persons"}
READERS = ("ann", "mia", "bob", "Ζωή", "pia")
CHANNELS = ("#ting", "#music")
DIRECT = (("ann", "ann bob"), ("bob", "bob zoe"), ("bob", "bob gus"))


def views(record: Record) -> list[View]:
    """All requests, with their topics."""
    topics = {
        "accounts": _accounts(record),
        "history": _history(record),
        "lists": _lists(),
        "moderation": _moderation(),
        "search": _search(),
        "files": _files(record),
    }
    return [
        {"topic": topic, "who": user, "path": path} for topic, requests in topics.items() for user, path in requests
    ]


async def answers(url: str, record: Record, views: Sequence[View]) -> list[View]:
    """The same views with their answers."""
    return [{**view, "answer": await _answer(url, record, view)} for view in views]


def person(url: str, record: Record, name: str) -> Person:
    """A user with the session in the record."""
    known = record["persons"][name]
    person = Person(url, known["cookie"])
    person.id, person.name = known["id"], name
    return person


async def _answer(url: str, record: Record, view: View) -> Any:
    """JSON without volatile fields, other content as Base64, or the status of an error."""
    try:
        found = await person(url, record, view["who"]).get(view["path"])
    except HTTPError as broken_off:
        return {"status": broken_off.code}
    if found.status != 200:
        return {"status": found.status}
    if found.headers["Content-Type"].startswith("application/json"):
        return _lasting(json.loads(found.body))
    return {"type": found.headers["Content-Type"], "bytes": base64.b64encode(found.body).decode()}


def _lasting(answer: Any, name: str = "") -> Any:
    if isinstance(answer, dict):
        return {name: _lasting(value, name) for name, value in answer.items() if name not in VOLATILE}
    if isinstance(answer, list):
        items = sorted(answer, key=lambda item: item["id"]) if name in UNORDERED else answer
        return [_lasting(item) for item in items]
    return answer


def _accounts(record: Record) -> Iterator[tuple[str, str]]:
    for name in (*READERS, "eve"):
        yield name, "/api/me"
        yield name, "/api/me/sessions"
    yield "bob", "/api/me/tokens"
    yield "bob", "/api/me/ignored"
    for name in (*READERS, "eve", "mal", "max", "rob"):
        yield "bob", f"/api/users/{quote(name)}"
    yield "mia", "/api/users?limit=100&prefix="
    yield "mia", "/api/persons?ids=" + ",".join(known["id"] for known in record["persons"].values())
    yield "ann", "/api/me/export"
    yield "bob", "/api/me/export"


def _history(record: Record) -> Iterator[tuple[str, str]]:
    direct = [(user, record["direct"][label]) for user, label in DIRECT]
    for user, conversation in (*(("pia", channel) for channel in CHANNELS), *direct):
        yield user, f"{path_of(conversation)}/messages"
        yield user, f"{path_of(conversation)}/changes?after=0"
    yield "pia", f"{path_of('#ting')}/messages?limit=3&before=6"
    yield "pia", f"{path_of('#ting')}/messages?limit=3&after=6"
    yield "pia", f"{path_of('#ting')}/messages?limit=5&around={record['messages']['here']}"
    for label in ("reply", "edited", "deleted", "poll"):
        yield "pia", f"/api/messages/{record['messages'][label]}"


def _lists() -> Iterator[tuple[str, str]]:
    for name in READERS:
        yield name, "/api/conversations"
    yield "ann", "/api/channels?prefix=mus"
    yield "ann", "/api/channels?prefix=tin"
    yield "ann", "/api/channels/music"


def _moderation() -> Iterator[tuple[str, str]]:
    yield "mia", "/api/bans"
    yield "mia", "/api/invitations"
    yield "ann", "/api/audit?limit=500"


def _search() -> Iterator[tuple[str, str]]:
    queries = [{"q": word} for word in ("καλημέρα", "corr", "marmalade", "platypuses", "watches", "ζωη lunch")]
    filtered = [{"q": "a", "in": "#ting"}, {"q": "secret", "from": "bob"}, {"q": "was", "in": "#music"}]
    for query in (*queries, *filtered):
        for user in ("ann", "Ζωή"):
            yield user, "/api/search?" + urlencode(query)


def _files(record: Record) -> Iterator[tuple[str, str]]:
    for name, file in record["files"].items():
        yield "bob" if name == UNSENT else "pia", f"/files/{file['id']}/{quote(name)}"
    yield "pia", f"/files/{record['files']['orange.png']['id']}/preview"
    yield "pia", "/api/users/ann/avatar"
    yield "pia", "/api/users/ann/avatar?size=64"
