"""Values that are stored for plugins."""

from dataclasses import dataclass

from ting.core.models.ids import ConversationId, Milliseconds
from ting.core.models.users import Person

PLUGIN_USER_PREFIX = "plugin-"  # of the ids of the users that are the authors of plugins' messages


@dataclass(frozen=True)
class ScheduledTask:
    """A plugin's task that is due at a time. `payload` is JSON; `caller` is the user who scheduled it.

    The ids of the messages that the task sends derive from its id. So each is sent once, even if the task runs again
    after a crash.
    """

    id: str
    plugin: str
    task: str
    due: Milliseconds
    payload: bytes
    caller: Person
    conversation: ConversationId
