"""Finds the mentions in a text: `@name` for the user of that name, `@here` for everyone in the conversation.

A name may contain almost anything, so the longest name that a user has is taken: "@bob, hello" mentions bob,
unless there is a user named "bob,". Names are the same as everywhere: case, accents and look-alikes do not count.
"""

import re
import unicodedata
from collections.abc import Iterator

from ting.core.models import HERE, UserId
from ting.core.names import MAX_NAME_CHARS, is_name_character, user_keys
from ting.core.settings import Audience
from ting.moderation.restrictions import Restrictions
from ting.store.users import UserStore

MAX_MENTIONS = 20

_MENTION = re.compile(r"(?<!\w)@(?=\S)")
_CUT = re.compile(r"\w")  # a name does not end before one of these


class Mentions:
    """Finds the mentioned users."""

    def __init__(self, users: UserStore, restrictions: Restrictions, *, here_for: Audience = "everyone") -> None:
        """`here_for`: the users whose `@here` is a mention. From other users, it is plain text."""
        self._users = users
        self._restrictions = restrictions
        self._here_for = here_for

    async def find(self, author: UserId, text: str) -> list[str]:
        """The ids of the mentioned users, or `HERE`, each once. One query, and none if the text has no @."""
        calls = list(candidates(text))
        if not calls:
            return []
        keys = {name: user_keys(name) for names in calls for name in names}
        holders = await self._users.owners_of_keys({key for every in keys.values() for key in every})
        found: dict[str, None] = {}
        for names in calls:
            called = (self._mentioned(author, name, keys[name], holders) for name in names)
            first = next((who for who in called if who is not None), None)
            if first is not None and first != author:
                found[first] = None
        return list(found)

    def _mentioned(self, author: UserId, name: str, keys: list[str], holders: dict[str, UserId]) -> str | None:
        if name.casefold() == HERE:
            allowed = self._here_for == "everyone" or self._restrictions.has_role(author, "moderator")
            return HERE if allowed else None
        return next((holders[key] for key in keys if key in holders), None)


def candidates(text: str) -> Iterator[list[str]]:
    """The possible names of each of the first mentions in a text, the longest first."""
    if "@" not in text:
        return
    composed = unicodedata.normalize("NFC", text)
    for number, call in enumerate(_MENTION.finditer(composed)):
        if number == MAX_MENTIONS:
            return
        names = list(_names(composed[call.end() : call.end() + MAX_NAME_CHARS + 1]))
        if names:
            yield names[::-1]


def _names(following: str) -> Iterator[str]:
    for end, character in enumerate(following[:MAX_NAME_CHARS], start=1):
        if not is_name_character(character):
            return
        if not _CUT.match(following, end):
            yield following[:end]
