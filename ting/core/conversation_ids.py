"""Ids of conversations: "#name" for a channel, "@a~b" for the direct messages of two users."""

from ting.core.errors import BadConversation
from ting.core.names import channel_name, fold

CHANNEL, DIRECT = "#", "@"  # with what the ids of conversations begin


def channel_prefix(entered: str) -> str:
    """What the ids begin with of the channels whose names begin so, whatever its case and accents."""
    return CHANNEL + fold(entered.removeprefix(CHANNEL))


def channel_id(entered: str) -> str:
    """The conversation id of the channel with this name. Raises `BadConversation`."""
    return CHANNEL + channel_name(entered)


def parse_channel_id(entered: str) -> str:
    """The canonical form of the id of a channel that came from outside. Raises `BadConversation`."""
    if entered.startswith(CHANNEL):
        return channel_id(entered[1:])
    raise BadConversation('A conversation id begins with "#", like "#ting", or with "@".')


def direct_id(one: str, other: str) -> str:
    """The conversation id of the private between two users, given by their ids."""
    return DIRECT + "~".join(sorted((one, other)))


def member_ids(conversation: str) -> tuple[str, ...]:
    """The ids of the two users of a private; nobody for a channel, and for what can be no private's id."""
    one, _, other = conversation[1:].partition("~")
    return (one, other) if conversation.startswith(DIRECT) and one and one < other and "~" not in other else ()
