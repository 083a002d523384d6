"""People who have entered, and what they say."""

import http.client
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

ENTERING_AT_ONCE = 8
TEXT = "See you at eight."


@dataclass(frozen=True)
class Person:
    """Somebody with a cookie."""

    id: str
    name: str
    cookie: str


def enter(port: int, names: Sequence[str]) -> list[Person]:
    """New people of these names."""
    parts = [names[start::ENTERING_AT_ONCE] for start in range(ENTERING_AT_ONCE)]
    with ThreadPoolExecutor(ENTERING_AT_ONCE) as pool:
        return [person for people in pool.map(lambda part: _enter(port, part), parts) for person in people]


def message_ids(ahead_s: int = 0) -> Iterator[str]:
    """UUIDv7s (RFC 9562, 5.7) of this moment or a later one, rising, without end."""
    now, run = f"{time.time_ns() // 1_000_000 + 1000 * ahead_s:012x}", secrets.token_hex(2)
    for number in count():
        yield f"{now[:8]}-{now[8:]}-7000-8{run[1:]}-{number:012x}"


def messages(room: str, ids: Iterator[str], before: str = "") -> Iterator[bytes]:
    """The payloads of `send` frames, without end; each text begins with `before`."""
    text = before + TEXT
    for ref, message_id in enumerate(ids):
        yield (f'{{"type":"send","ref":{ref},"conversation":"{room}","id":"{message_id}","text":"{text}"}}').encode()


def _enter(port: int, names: Sequence[str]) -> list[Person]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    people = []
    for name in names:
        connection.request("POST", "/api/session", json.dumps({"name": name}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 201:
            raise ConnectionError(f"{name} cannot enter: {answer}")
        cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
        people.append(Person(answer["id"], answer["name"], cookie))
    connection.close()
    return people
