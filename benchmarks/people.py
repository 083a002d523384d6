"""Registered users, and the messages that they send."""

import http.client
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

CONCURRENT_REQUESTS = 8
TEXT = "See you at eight."


@dataclass(frozen=True)
class Person:
    """A registered user, with the cookie of the session."""

    id: str
    name: str
    cookie: str


def register(port: int, names: Sequence[str]) -> list[Person]:
    """Register new users with these names."""
    parts = [names[start::CONCURRENT_REQUESTS] for start in range(CONCURRENT_REQUESTS)]
    with ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool:
        return [person for people in pool.map(lambda part: _register(port, part), parts) for person in people]


def message_ids(ahead_s: int = 0) -> Iterator[str]:
    """Endless, rising UUIDv7s (RFC 9562, 5.7) of this moment, or of `ahead_s` seconds later."""
    now, run = f"{time.time_ns() // 1_000_000 + 1000 * ahead_s:012x}", secrets.token_hex(2)
    for number in count():
        yield f"{now[:8]}-{now[8:]}-7000-8{run[1:]}-{number:012x}"


def messages(room: str, ids: Iterator[str], prefix: str = "") -> Iterator[bytes]:
    """Endless payloads of `send` frames. Each text begins with `prefix`."""
    text = prefix + TEXT
    for ref, message_id in enumerate(ids):
        yield (f'{{"type":"send","ref":{ref},"conversation":"{room}","id":"{message_id}","text":"{text}"}}').encode()


def _register(port: int, names: Sequence[str]) -> list[Person]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    people = []
    for name in names:
        connection.request("POST", "/api/session", json.dumps({"name": name}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 201:
            raise ConnectionError(f"{name} cannot register: {answer}")
        cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
        people.append(Person(answer["id"], answer["name"], cookie))
    connection.close()
    return people
