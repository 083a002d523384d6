"""Who may see a conversation: the one place that decides, for every frame and every URL.

To anyone but its two members a private does not exist. There is no difference between one that is not theirs, one
that nobody began, and an id that can be none.
"""

from ting.core.conversation_ids import is_direct, member_ids, parse_channel_id
from ting.core.errors import NoSuchConversation, NoSuchMessage
from ting.core.models import ConversationId, Message, UserId


def resolve_conversation(entered: str, user: UserId) -> ConversationId:
    """The canonical form of an id that came from outside, if its conversation exists for this user.

    Raises `BadConversation` for an id that can be none, `NoSuchConversation`.
    """
    if not is_direct(entered):
        return parse_channel_id(entered)
    if not can_see(user, entered):
        raise NoSuchConversation
    return entered


def can_see(user: UserId, conversation: ConversationId) -> bool:
    """Whether a conversation, given by its canonical id, exists for this user."""
    return not is_direct(conversation) or user in member_ids(conversation)


def require_visible(user: UserId, message: Message | None) -> Message:
    """The message, if there is one and it exists for this user. Raises `NoSuchMessage`."""
    if message is None or not can_see(user, message.conversation):
        raise NoSuchMessage
    return message
