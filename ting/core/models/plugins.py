"""What is stored for plugins."""

from dataclasses import dataclass

from ting.core.models.ids import ConversationId, Milliseconds
from ting.core.models.users import Person


@dataclass(frozen=True)
class ScheduledTask:
    """A task of a plugin that is due at some time. `payload` is JSON; `caller` is who planned it.

    The id is a message's, too: what the task says, it says once, even if it runs again after a crash.
    """

    id: str
    plugin: str
    task: str
    due: Milliseconds
    payload: bytes
    caller: Person
    conversation: ConversationId
