"""Errors for requests that the server does not support, or cannot serve now."""

from http import HTTPStatus

from ting.core.errors.refused import ClientAction, Refused


class CommandFailed(Refused):
    code = "command_failed"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    action = ClientAction.REPORT
    message = "The command failed."


class CommandPaused(Refused):
    code = "command_paused"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    action = ClientAction.WAIT
    message = "This command failed too often and is paused."


class BadMethod(Refused):
    code = "bad_method"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    action = ClientAction.GIVE_UP
    message = "This URL does not support this method."


class TooLarge(Refused):
    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    action = ClientAction.GIVE_UP
    message = "This is larger than the server accepts."


class HeaderTooLarge(Refused):
    code = "header_too_large"
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    action = ClientAction.GIVE_UP
    message = "The header of the request is larger than the server accepts."


class BadContentType(Refused):
    code = "bad_content_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    action = ClientAction.GIVE_UP
    message = "Send JSON, with Content-Type: application/json."


class BadRange(Refused):
    code = "bad_range"
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    action = ClientAction.GIVE_UP
    message = "The requested range is not within the file."

    def __init__(self, size: int) -> None:
        """`size` is the size of the whole file, in bytes."""
        super().__init__()
        self.size = size


class Busy(Refused):
    code = "busy"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    action = ClientAction.RETRY
    message = "The server is busy. Try again in a moment."

    def __init__(self, message: str | None = None, *, retry_after: float = 1.0) -> None:
        super().__init__(message, retry_after=retry_after)


class TooMany(Refused):
    code = "too_many"
    status = HTTPStatus.TOO_MANY_REQUESTS
    action = ClientAction.RETRY
    message = "Too many requests. Try again a little later."


class Internal(Refused):
    code = "internal"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    action = ClientAction.REPORT
    message = "Something went wrong on the server."
