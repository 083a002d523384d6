"""Every way in which Ting says no: error codes, and the codes a websocket is closed with.

An error is raised where it is known and answered in one place per edge (`web/handler.py` for HTTP,
`web/websocket.py` for frames). Each says what the client should do about it. The HTTP status is the
class of the refusal, so that nothing below the edge needs to know HTTP.
"""

from enum import Enum, IntEnum, StrEnum
from http import HTTPStatus


class StoreFull(Exception):
    """A plugin keeps more than it may."""


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


class Malformed(Refused):
    """Something sent does not have the form it must have."""

    status = HTTPStatus.BAD_REQUEST
    action = ClientAction.CORRECT


class BadRequest(Malformed):
    code = "bad_request"
    message = "The request is malformed."


class BadFrame(Malformed):
    code = "bad_frame"
    action = ClientAction.GIVE_UP
    message = "A frame must be a single JSON object in a text message."


class UnknownType(Malformed):
    code = "unknown_type"
    action = ClientAction.GIVE_UP
    message = "There is no frame of this type."
    field = "type"


class BadName(Malformed):
    code = "bad_name"
    message = "A name must have 1 to 20 letters, digits or symbols, without spaces."
    field = "name"


class BadPassword(Malformed):
    code = "bad_password"
    message = "A password must have 8 to 256 characters, and must not be the name or a common password."
    field = "password"


class BadEmail(Malformed):
    code = "bad_email"
    message = "An email address must look like name@example.org, with at most 128 characters."
    field = "email"


class BadBirthDate(Malformed):
    code = "bad_birth_date"
    message = "A date of birth must be a past date, like 1990-12-10."
    field = "birth_date"


class BadGender(Malformed):
    code = "bad_gender"
    message = "A gender must be a single line of at most 40 characters."
    field = "gender"


class BadPlace(Malformed):
    code = "bad_place"
    message = "A place must be a single line of at most 80 characters."
    field = "place"


class BadConversation(Malformed):
    code = "bad_conversation"
    message = "This is not a valid conversation id."
    field = "conversation"


class BadText(Malformed):
    code = "bad_text"
    message = "A message must have 1 to 4000 characters."
    field = "text"


class BadTopic(Malformed):
    code = "bad_topic"
    message = "A topic must be a single line of at most 200 characters."
    field = "topic"


class BadFile(Malformed):
    code = "bad_file"
    message = "You have not uploaded this file to this conversation."
    field = "file"


class BadPicture(Malformed):
    code = "bad_picture"
    message = "This image format is not supported. Use PNG, JPEG, WebP or GIF."
    field = "picture"


class BadQuery(Malformed):
    code = "bad_query"
    message = "Enter at least one word to search for."
    field = "q"


class BadEmoji(Malformed):
    code = "bad_emoji"
    message = "React with exactly one emoji."
    field = "emoji"


class BadReason(Malformed):
    code = "bad_reason"
    message = "A reason must be a single line of at most 200 characters."
    field = "reason"


class UnknownCommand(Malformed):
    code = "unknown_command"
    message = "There is no such command."
    field = "text"


class BadArguments(Malformed):
    code = "bad_arguments"
    message = "Wrong arguments."
    field = "text"


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


class NoSession(Refused):
    code = "no_session"
    status = HTTPStatus.UNAUTHORIZED
    action = ClientAction.SIGN_IN
    message = "Sign in first."


class BadOrigin(Refused):
    code = "bad_origin"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.GIVE_UP
    message = "Requests from other sites are not accepted."


class WrongPassword(Refused):
    code = "wrong_password"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.CORRECT
    message = "Wrong password."
    field = "password"


class NotAllowed(Refused):
    code = "not_allowed"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.GIVE_UP
    message = "You do not have permission to do this."


class PasswordNeeded(Refused):
    code = "password_needed"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.CORRECT
    message = "A new name needs a password on this server."
    field = "password"


class InvitationNeeded(Refused):
    code = "invitation_needed"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.GIVE_UP
    message = "New users need an invitation."
    field = "invitation"


class BadInvitation(Refused):
    code = "bad_invitation"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.GIVE_UP
    message = "This invitation is used up, has expired or was revoked."
    field = "invitation"


class Closed(Refused):
    code = "closed"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.GIVE_UP
    message = "Registration is closed."


class Banned(Refused):
    code = "banned"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.WAIT
    message = "You are banned from this server."


class Muted(Refused):
    code = "muted"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.WAIT
    message = "You are muted: you can read, but not write."


class Kicked(Refused):
    code = "kicked"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.WAIT
    message = "You were removed from this channel and can rejoin shortly."
    field = "conversation"


class NotYours(Refused):
    code = "not_yours"
    status = HTTPStatus.FORBIDDEN
    action = ClientAction.GIVE_UP
    message = "This message belongs to another user."


class NotFound(Refused):
    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    action = ClientAction.GIVE_UP
    message = "Not found."


class UnknownName(NotFound):
    code = "unknown_name"
    action = ClientAction.CORRECT
    message = "There is no user with this name."
    field = "name"


class NoSuchConversation(NotFound):
    code = "no_such_conversation"
    message = "There is no such conversation."
    field = "conversation"


class NoSuchMessage(NotFound):
    code = "no_such_message"
    message = "There is no such message."
    field = "id"


class Deserted(Refused):
    code = "deserted"
    status = HTTPStatus.GONE
    action = ClientAction.GIVE_UP
    message = "The other user's account no longer exists."
    field = "conversation"


class BadMethod(Refused):
    code = "bad_method"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    action = ClientAction.GIVE_UP
    message = "This URL does not support this method."


class NotJoined(Refused):
    code = "not_joined"
    status = HTTPStatus.CONFLICT
    action = ClientAction.GIVE_UP
    message = "Join the conversation first."
    field = "conversation"


class NameTaken(Refused):
    code = "name_taken"
    status = HTTPStatus.CONFLICT
    action = ClientAction.CORRECT
    message = "This name is already taken."
    field = "name"


class NameReserved(NameTaken):
    code = "name_reserved"
    message = "This name is reserved."


class IdTaken(Refused):
    code = "id_taken"
    status = HTTPStatus.CONFLICT
    action = ClientAction.GIVE_UP
    message = "This message id is already in use."
    field = "id"


class Deleted(Refused):
    code = "deleted"
    status = HTTPStatus.CONFLICT
    action = ClientAction.GIVE_UP
    message = "This message was deleted."
    field = "id"


class EditConflict(Refused):
    code = "edit_conflict"
    status = HTTPStatus.CONFLICT
    action = ClientAction.CORRECT
    message = "This message was edited in the meantime."
    field = "seq"


class TooManyReactions(Refused):
    code = "too_many_reactions"
    status = HTTPStatus.CONFLICT
    action = ClientAction.GIVE_UP
    message = "This message cannot have any more reactions."
    field = "emoji"


class TooLarge(Refused):
    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    action = ClientAction.GIVE_UP
    message = "This is larger than the server accepts."


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
        """`size` is that of the whole file, in bytes."""
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


class StartupError(Exception):
    """Ting cannot start, or has to stop: one line for the operator, without a stack trace."""


class Reconnect(Enum):
    """Whether a client whose websocket was closed comes back by itself."""

    NOW = "come back, after a growing, jittered pause"
    SPREAD = "come back, spread over a few seconds, since everybody does"
    NEVER = "do not come back: enter again"


class CloseCode(IntEnum):
    """Why a websocket was closed (RFC 6455, 7.4; 4000 to 4999 are Ting's own)."""

    GOING_AWAY = 1001
    TOO_LARGE = 1009
    RESTART = 1012
    TOO_SLOW = 4001
    SESSION_ENDED = 4002
    BAD_FRAME = 4003
    FLOOD = 4005
    BANNED = 4004

    @property
    def reconnects(self) -> Reconnect:
        """What the client does next."""
        known = {
            CloseCode.RESTART: Reconnect.SPREAD,
            CloseCode.SESSION_ENDED: Reconnect.NEVER,
            CloseCode.BANNED: Reconnect.NEVER,
        }
        return known.get(self, Reconnect.NOW)


def all_errors(base: type[Refused] = Refused) -> list[type[Refused]]:
    """Every error a client can meet, for the documentation and its test."""
    found = [base] if "code" in vars(base) else []
    for child in base.__subclasses__():
        found += all_errors(child)
    return found
