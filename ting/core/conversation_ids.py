"""Conversation ids: "#name" for a channel, "@a~b" for the direct conversation of two users."""

from ting.core.errors import BadConversation
from ting.core.names import MAX_ENTERED_CHARS, channel_name, fold, name_keys

CHANNEL, DIRECT = "#", "@"  # the first character of an id


def is_channel(conversation: str) -> bool:
    """Whether an id names a channel."""
    return conversation.startswith(CHANNEL)


def is_direct(conversation: str) -> bool:
    """Whether an id names a direct conversation."""
    return conversation.startswith(DIRECT)


def channel_prefix(entered: str) -> str:
    """The prefix of the folded ids of all channels whose names begin with this text, ignoring case and accents.

    Of a text that is too long to be a name, only the beginning counts.
    """
    return CHANNEL + fold(entered.removeprefix(CHANNEL)[:MAX_ENTERED_CHARS])


class Lookalikes:
    """The channels whose names look like that of one channel. A direct conversation has none.

    So `#αγορα` cannot exist next to `#αγορά`, nor a Cyrillic look-alike next to a Latin name. Two ASCII names never
    count as such: `#l1` and `#ll` are two channels.
    """

    def __init__(self, conversation: str) -> None:
        self.id = conversation
        self.keys = frozenset(name_keys(conversation[1:])) if is_channel(conversation) else frozenset()

    def include(self, other: "Lookalikes") -> bool:
        """Whether the other is a different channel whose name looks like this one."""
        if self.id == other.id or (self.id.isascii() and other.id.isascii()):
            return False
        return not self.keys.isdisjoint(other.keys)


def channel_id(entered: str) -> str:
    """The id of the channel with this name. Raises `BadConversation`."""
    return CHANNEL + channel_name(entered)


def parse_channel_id(entered: str) -> str:
    """The canonical form of a channel id from a client. Raises `BadConversation`."""
    if entered.startswith(CHANNEL):
        return channel_id(entered[1:])
    raise BadConversation('A conversation id must start with "#", like "#ting", or with "@".')


def direct_id(first: str, second: str) -> str:
    """The id of the direct conversation of two users, given by their ids in any order."""
    return DIRECT + "~".join(sorted((first, second)))


def member_ids(conversation: str) -> tuple[str, ...]:
    """The ids of the two members of a direct conversation. Empty for a channel and for a malformed id."""
    first, _, second = conversation[1:].partition("~")
    return (first, second) if is_direct(conversation) and first and first < second and "~" not in second else ()
