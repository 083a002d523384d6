"""What a `Context` is built from: the call, and the loaded plugin that is called."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from ting.commands.ports import Permission, Services
from ting.core.models import ConversationId, Message, MessageId, Person
from ting.protocol import CommandUsage

_Result = TypeVar("_Result")


class Host(Protocol):
    """The loaded plugin that a context belongs to."""

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
        """Run the server's own work outside the plugin's sandbox."""

    def ghost_lock(self, conversation: ConversationId) -> Any:
        """The lock for the plugin's ghost in a conversation: there is at most one at a time."""

    def owns(self, via: str) -> bool:
        """Whether the plugin posted the messages whose `via` is this name."""

    def catalogue(self, permission: Permission) -> list[CommandUsage]: ...

    def problems(self) -> list[str]: ...


class NoAddressee(RuntimeError):
    """A call that no user caused has replied."""

    def __init__(self) -> None:
        super().__init__("This call has no user to reply to: use ctx.notify or ctx.say.")


def no_addressee(notice_id: str, text: str) -> None:
    """Raises `NoAddressee`."""
    raise NoAddressee


class Invocation(Struct, frozen=True):
    """One call of a plugin.

    `author` is the author of the messages that it posts. `show_notice` shows a notice (its id and text) to the caller
    only; a result that is a coroutine does so when it is awaited. `by_program`: the caller is a program with a token,
    which decides nothing about its user's account.
    """

    caller: Person
    author: Person
    conversation: ConversationId
    message_id: MessageId | None = None  # None: generated when it is needed
    command: str = ""
    arguments: str = ""
    message: Message | None = None
    show_notice: Callable[[str, str], object] = no_addressee
    by_program: bool = False
