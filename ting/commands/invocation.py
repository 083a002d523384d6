"""Why a plugin is called, and the plugin that is: what a `Context` is made of."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from ting.commands.ports import Permission, Services
from ting.core.models import ConversationId, Message, MessageId, Person
from ting.protocol import CommandUsage

_Result = TypeVar("_Result")


class Host(Protocol):
    """The plugin that a context belongs to, as it is loaded."""

    @property
    def name(self) -> str: ...

    @property
    def config(self) -> Any: ...

    @property
    def log(self) -> logging.Logger: ...

    @property
    def services(self) -> Services: ...

    @property
    def tasks(self) -> Sequence[str]: ...

    @property
    def wake(self) -> Callable[[], None]: ...

    def outside(self, work: Coroutine[Any, Any, _Result]) -> Awaitable[_Result]:
        """Do the server's own work, outside of the sandbox."""

    def ghost_lock(self, conversation: ConversationId) -> Any:
        """Held while the plugin types a draft in a conversation."""

    def owns(self, via: str) -> bool:
        """Whether a message that came by this name is the plugin's."""

    def catalogue(self, permission: Permission) -> list[CommandUsage]: ...

    def problems(self) -> list[str]: ...


class Invocation(Struct, frozen=True):
    """Why a plugin is called. Its messages are by `author`; `show_notice` shows a notice to the caller only."""

    caller: Person
    author: Person
    conversation: ConversationId
    message_id: MessageId | None = None  # None: one is made when it is needed
    command: str = ""
    arguments: str = ""
    message: Message | None = None
    show_notice: Callable[[str, str], object] = lambda notice_id, text: None
