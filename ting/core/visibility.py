"""Which conversations a user can see. All frames and URLs use these functions.

A direct conversation is visible to its two members only. For other users it does not exist: the answer is the same as
for a conversation that was never started and for an invalid id.
"""

from ting.core.conversation_ids import is_direct, member_ids, parse_channel_id
from ting.core.errors import NoSuchConversation, NoSuchMessage
from ting.core.models import ConversationId, Message, UserId


def resolve_conversation(entered: str, user: UserId) -> ConversationId:
    """The canonical form of an id from a client, if the user can see that conversation.

    Raises `BadConversation` for an invalid id of a channel, `NoSuchConversation` for a direct conversation that the
    user cannot see.
    """
    if not is_direct(entered):
        return parse_channel_id(entered)
    if not can_see(user, entered):
        raise NoSuchConversation
    return entered


def can_see(user: UserId, conversation: ConversationId) -> bool:
    """Whether a user can see a conversation, given by its canonical id."""
    return not is_direct(conversation) or user in member_ids(conversation)


def require_visible(user: UserId, message: Message | None) -> Message:
    """The message, if it exists and the user can see its conversation. Raises `NoSuchMessage`."""
    if message is None or not can_see(user, message.conversation):
        raise NoSuchMessage
    return message
