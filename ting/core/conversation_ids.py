"""Ids of conversations: "#name" for a channel, "@a~b" for the direct messages of two users."""

from ting.core.errors import BadConversation
from ting.core.names import channel_name, fold

CHANNEL, DIRECT = "#", "@"  # the first character of an id


def is_channel(conversation: str) -> bool:
    """Whether an id is that of a channel."""
    return conversation.startswith(CHANNEL)


def is_direct(conversation: str) -> bool:
    """Whether an id is that of a direct conversation."""
    return conversation.startswith(DIRECT)


def channel_prefix(entered: str) -> str:
    """The beginning of the ids of the channels whose names begin with this text, in any case and with any accents."""
    return CHANNEL + fold(entered.removeprefix(CHANNEL))


def channel_id(entered: str) -> str:
    """The conversation id of the channel with this name. Raises `BadConversation`."""
    return CHANNEL + channel_name(entered)


def parse_channel_id(entered: str) -> str:
    """The canonical form of a channel id from outside. Raises `BadConversation`."""
    if entered.startswith(CHANNEL):
        return channel_id(entered[1:])
    raise BadConversation('A conversation id must start with "#", like "#ting", or with "@".')


def direct_id(one: str, other: str) -> str:
    """The id of the direct conversation between two users, given by their ids."""
    return DIRECT + "~".join(sorted((one, other)))


def member_ids(conversation: str) -> tuple[str, ...]:
    """The ids of the two users of a direct conversation. Empty for a channel, and for a malformed id."""
    one, _, other = conversation[1:].partition("~")
    return (one, other) if is_direct(conversation) and one and one < other and "~" not in other else ()
