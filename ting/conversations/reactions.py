"""The emoji that users add to messages: which are allowed, and how many."""

import functools

import emoji as unicode_emoji

from ting.core.errors import BadEmoji, TooManyReactions
from ting.core.models import MAX_DIFFERENT_REACTIONS, MAX_EMOJI_CHARS, MAX_REACTIONS, UserId

Reactions = dict[str, list[UserId]]

_VARIATION_SELECTORS = str.maketrans("", "", "\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}")


def validate(emoji: str) -> str:
    """Return the emoji as stored. Raises `BadEmoji` if it is not one emoji.

    An emoji is stored in its fully qualified form (Unicode UTS #51, ED-18). Keyboards leave out variation selectors or
    add them, so the same emoji arrives in several forms.
    """
    stored = _qualified().get(_bare(emoji)) if len(emoji) <= MAX_EMOJI_CHARS else None
    if stored is None:
        raise BadEmoji
    return stored


def apply(reactions: Reactions, user: UserId, emoji: str, on: bool) -> Reactions:
    """Return the reactions after a user added or removed one. The same object if nothing changes.

    Raises `TooManyReactions`.
    """
    kept = _merged(reactions)
    users = kept.get(emoji, [])
    if on == (user in users):
        return reactions
    if not on:
        left = [other for other in users if other != user]
        rest = {key: value for key, value in kept.items() if key != emoji}
        return kept | {emoji: left} if left else rest
    if sum(map(len, kept.values())) >= MAX_REACTIONS or (not users and len(kept) >= MAX_DIFFERENT_REACTIONS):
        raise TooManyReactions
    return kept | {emoji: [*users, user]}


def _merged(reactions: Reactions) -> Reactions:
    """The reactions with one form of each emoji. Earlier versions stored the form that the client sent."""
    merged: dict[str, dict[UserId, None]] = {}
    for emoji, users in reactions.items():
        merged.setdefault(_qualified().get(_bare(emoji), emoji), {}).update(dict.fromkeys(users))
    return {emoji: list(users) for emoji, users in merged.items()}


def _bare(emoji: str) -> str:
    return emoji.translate(_VARIATION_SELECTORS)


@functools.cache
def _qualified() -> dict[str, str]:
    """For each emoji without variation selectors, its fully qualified form. Components, such as a skin tone, too."""
    accepted = (unicode_emoji.STATUS["component"], unicode_emoji.STATUS["fully_qualified"])
    return {_bare(form): form for form, data in unicode_emoji.EMOJI_DATA.items() if data["status"] in accepted}
