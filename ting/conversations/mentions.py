"""Finds the mentions in a text: `@name` for the user of that name, `@here` for everyone in the conversation.

A name may contain almost any character, so the longest name that belongs to a user is taken: "@bob, hello" mentions
bob, unless there is a user named "bob,". Case, accents and look-alikes are ignored, as everywhere in names. A mention
may follow another one directly. Code and addresses mention no user.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ting.conversations.verbatim import begins_word, ends_word, without_verbatim
from ting.core.models import HERE, UserId
from ting.core.names import MAX_NAME_CHARS, is_name_character, name_keys
from ting.core.normalization import normalized
from ting.core.settings import Audience
from ting.moderation.restrictions import Restrictions
from ting.store.users import UserStore

MAX_MENTIONED = 20  # different users of one text
MAX_RANGES = 60  # of one text, for the users that it mentions several times

# What one text may cost. Texts that people write stay far below.
MAX_READINGS = 1000
MAX_NAMES = 400
_MAX_MARKS = 4  # combining characters on one letter


class Mention(NamedTuple):
    """A mention, and where it is in the text: in characters, from the `@` to the end of the name."""

    start: int
    end: int
    who: str  # a user id, or `HERE`


class Reading(NamedTuple):
    """A name that an `@` may be followed by, and where it ends."""

    end: int
    name: str


class Candidate(NamedTuple):
    """An `@` with its readings, the longest name first. `attached`: it counts only directly after a mention."""

    start: int
    attached: bool
    readings: Sequence[Reading]


class Mentions:
    """Finds the mentioned users."""

    def __init__(self, users: UserStore, restrictions: Restrictions, *, here_for: Audience = "everyone") -> None:
        """`here_for`: the users whose `@here` is a mention. From other users, it is plain text."""
        self._users = users
        self._restrictions = restrictions
        self._here_for = here_for

    async def find(self, author: UserId, text: str) -> list[Mention]:
        """Return the mentions in their order. One query, and none if the text has no @."""
        found = candidates(text)
        if not found:
            return []
        keys = {reading.name: name_keys(reading.name) for candidate in found for reading in candidate.readings}
        owners = await self._users.owners_of_keys({key for of_name in keys.values() for key in of_name})
        users = {name: self._match(author, name, keys[name], owners) for name in keys}
        return [*_limited(mention for mention in _resolved(found, users) if mention.who != author)]

    def _match(self, author: UserId, name: str, keys: list[str], owners: dict[str, UserId]) -> str | None:
        """Return the user of a name, or `HERE`; None if the name mentions no user."""
        if name.casefold() == HERE:
            allowed = self._here_for == "everyone" or self._restrictions.has_role(author, "moderator")
            return HERE if allowed else None
        return next((owners[key] for key in keys if key in owners), None)


def candidates(text: str) -> list[Candidate]:
    """Return what may be a mention in a text, at most `MAX_READINGS` readings with `MAX_NAMES` different names."""
    found: list[Candidate] = []
    plain = without_verbatim(text) if "@" in text else ""
    names: set[str] = set()
    ends: set[int] = set()
    count = 0
    at = plain.find("@")
    while at >= 0:
        attached = not begins_word(plain, at)
        readings = [*_readings(plain, at + 1)][::-1] if not attached or at in ends else []
        count += len(readings)
        names.update(reading.name for reading in readings)
        if count > MAX_READINGS or len(names) > MAX_NAMES:
            break
        if readings:
            ends.update(reading.end for reading in readings)
            found.append(Candidate(at, attached, readings))
        at = plain.find("@", at + 1)
    return found


def _readings(text: str, at: int) -> Iterator[Reading]:
    """Yield the names that begin at a place, as far as a word ends after them, the shortest first."""
    name = ""
    while at < len(text):
        letter, at = _letter(text, at)
        name += letter
        if len(name) > MAX_NAME_CHARS or not all(map(is_name_character, letter)):
            return
        if ends_word(text, at):
            yield Reading(at, name)


def _letter(text: str, at: int) -> tuple[str, int]:
    """Return the letter at a place with its accents, in Unicode NFC, and where it ends."""
    end = at + 1
    while end < min(len(text), at + 1 + _MAX_MARKS) and not text[end].isascii() and unicodedata.combining(text[end]):
        end += 1
    return normalized("NFC", text[at:end]), end


def _resolved(found: Sequence[Candidate], users: dict[str, str | None]) -> Iterator[Mention]:
    """Yield the mentions among the candidates. None begins within another one."""
    done = 0
    for start, attached, readings in found:
        if start < done or (attached and start != done):
            continue
        for end, name in readings:
            if (who := users[name]) is not None:
                yield Mention(start, end, who)
                done = end
                break


def _limited(mentions: Iterator[Mention]) -> Iterator[Mention]:
    """Yield the mentions of the first `MAX_MENTIONED` different users. The limit of ranges drops only repetitions."""
    mentioned: set[str] = set()
    count = 0
    for mention in mentions:
        is_new = mention.who not in mentioned
        if len(mentioned) >= MAX_MENTIONED if is_new else count >= MAX_RANGES:
            continue
        mentioned.add(mention.who)
        count += 1
        yield mention
