"""The base class of the errors that clients get, and errors for operators and plugins."""

from enum import StrEnum
from http import HTTPStatus


class ClientAction(StrEnum):
    """What a client should do about an error."""

    CORRECT = "show it next to the field, so that the user can correct the input"
    SIGN_IN = "show the sign-in screen"
    RETRY = "repeat the same request after `retry_after` seconds"
    WAIT = "show it; if there is a `retry_after`, the user can try again after that many seconds"
    GIVE_UP = "show it; the same request will never succeed"
    REPORT = "show it with its error number; the operator can find that number in the log"


class Refused(Exception):
    """A refused request. Its subclasses are the complete list of error codes."""

    code: str
    status: HTTPStatus
    action: ClientAction
    message: str
    field: str | None = None

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        retry_after: float | None = None,
        reason: str | None = None,
        limit: int | None = None,
        conversation: str | None = None,
    ) -> None:
        """`message` and `field` override those of the class.

        `retry_after` is in seconds. `reason` is a moderator's, or names the rule that the input breaks. `limit` is the
        largest size that would be accepted, in bytes. `conversation` is the one to use instead.
        """
        self.message = message or self.message
        self.field = field or self.field
        self.retry_after = retry_after
        self.reason = reason or None
        self.limit = limit
        self.conversation = conversation
        super().__init__(self.message)


def all_errors(base: type[Refused] = Refused) -> list[type[Refused]]:
    """All errors with a code, for the documentation and its test."""
    found = [base] if "code" in vars(base) else []
    for child in base.__subclasses__():
        found += all_errors(child)
    return found


class StartupError(Exception):
    """Ting cannot start or has to stop. The operator gets the message as one line, without a traceback."""


class StoreFull(Exception):
    """A plugin has reached its storage limit."""
