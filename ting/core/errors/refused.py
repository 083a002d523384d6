"""What every refusal has, and what stops the server from starting."""

from enum import StrEnum
from http import HTTPStatus


class ClientAction(StrEnum):
    """What a client does about an error."""

    CORRECT = "show it next to the field, so that the user can correct the input"
    SIGN_IN = "show the sign-in screen"
    RETRY = "repeat the same request after `retry_after` seconds"
    WAIT = "show it; if there is a `retry_after`, the user can try again after that many seconds"
    GIVE_UP = "show it; the same request will never succeed"
    REPORT = "show it with its error number; the operator can find that number in the log"


class Refused(Exception):
    """A request that is not carried out. Subclasses are the whole list of error codes."""

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
    ) -> None:
        """`message` and `field` replace the class's own; `retry_after` in seconds, `reason` a moderator's."""
        self.message = message or self.message
        self.field = field or self.field
        self.retry_after = retry_after
        self.reason = reason or None
        super().__init__(self.message)


def all_errors(base: type[Refused] = Refused) -> list[type[Refused]]:
    """Every error a client can meet, for the documentation and its test."""
    found = [base] if "code" in vars(base) else []
    for child in base.__subclasses__():
        found += all_errors(child)
    return found


class StartupError(Exception):
    """Ting cannot start, or has to stop: one line for the operator, without a stack trace."""


class StoreFull(Exception):
    """A plugin keeps more than it may."""
