"""Finds the mentions in a text: `@name` for the user of that name, `@here` for everyone in the conversation.

A name may contain almost any character, so the longest name that belongs to a user is taken: "@bob, hello" mentions
bob, unless there is a user named "bob,". Case, accents and look-alikes are ignored, as everywhere in names.
"""

import re
from collections.abc import Iterator

from ting.core.models import HERE, UserId
from ting.core.names import MAX_NAME_CHARS, is_name_character, name_keys
from ting.core.normalization import normalized
from ting.core.settings import Audience
from ting.moderation.restrictions import Restrictions
from ting.store.users import UserStore

MAX_MENTIONS = 20

_MENTION = re.compile(r"(?<!\w)@(?=\S)")
_WORD_CHARACTER = re.compile(r"\w")  # a name does not end before one


class Mentions:
    """Finds the mentioned users."""

    def __init__(self, users: UserStore, restrictions: Restrictions, *, here_for: Audience = "everyone") -> None:
        """`here_for`: the users whose `@here` is a mention. From other users, it is plain text."""
        self._users = users
        self._restrictions = restrictions
        self._here_for = here_for

    async def find(self, author: UserId, text: str) -> list[str]:
        """Return the ids of the mentioned users, or `HERE`, each once. One query, and none if the text has no @."""
        mentions = list(candidates(text))
        if not mentions:
            return []
        keys = {name: name_keys(name) for names in mentions for name in names}
        owners = await self._users.owners_of_keys({key for name_keys in keys.values() for key in name_keys})
        found: dict[str, None] = {}
        for names in mentions:
            matches = (self._match(author, name, keys[name], owners) for name in names)
            mentioned = next((user for user in matches if user is not None), None)
            if mentioned is not None and mentioned != author:
                found[mentioned] = None
        return list(found)

    def _match(self, author: UserId, name: str, keys: list[str], owners: dict[str, UserId]) -> str | None:
        """Return the user of a name, or `HERE`; None if the name mentions no user."""
        if name.casefold() == HERE:
            allowed = self._here_for == "everyone" or self._restrictions.has_role(author, "moderator")
            return HERE if allowed else None
        return next((owners[key] for key in keys if key in owners), None)


def candidates(text: str) -> Iterator[list[str]]:
    """Yield the possible names of each mention in a text, the longest first. At most `MAX_MENTIONS` mentions."""
    if "@" not in text:
        return
    composed = normalized("NFC", text)
    for number, mention in enumerate(_MENTION.finditer(composed)):
        if number == MAX_MENTIONS:
            return
        names = list(_names(composed[mention.end() : mention.end() + MAX_NAME_CHARS + 1]))
        if names:
            yield names[::-1]


def _names(following: str) -> Iterator[str]:
    for end, character in enumerate(following[:MAX_NAME_CHARS], start=1):
        if not is_name_character(character):
            return
        if not _WORD_CHARACTER.match(following, end):
            yield following[:end]
