"""The emoji that users add to messages: which are allowed, and how many."""

import emoji as unicode_emoji

from ting.core.errors import BadEmoji, TooManyReactions
from ting.core.models import MAX_DIFFERENT_REACTIONS, MAX_EMOJI_CHARS, MAX_REACTIONS, UserId

Reactions = dict[str, list[UserId]]


def validate(emoji: str) -> str:
    """Return the emoji as stored. Raises `BadEmoji` if it is not one emoji (Unicode UTS #51, RGI or less qualified)."""
    if len(emoji) > MAX_EMOJI_CHARS or not unicode_emoji.is_emoji(emoji):
        raise BadEmoji
    return emoji


def apply(reactions: Reactions, user: UserId, emoji: str, on: bool) -> Reactions:
    """Return the reactions after a user added or removed one. The same object if nothing changes.

    Raises `TooManyReactions`.
    """
    users = reactions.get(emoji, [])
    if on == (user in users):
        return reactions
    if not on:
        left = [other for other in users if other != user]
        rest = {key: value for key, value in reactions.items() if key != emoji}
        return reactions | {emoji: left} if left else rest
    if sum(map(len, reactions.values())) >= MAX_REACTIONS or (not users and len(reactions) >= MAX_DIFFERENT_REACTIONS):
        raise TooManyReactions
    return reactions | {emoji: [*users, user]}
