"""Errors for requests that the user is not allowed to make."""

from http import HTTPStatus

from ting.core.errors.refused import ClientAction, Refused


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


class BadHost(Refused):
    code = "bad_host"
    status = HTTPStatus.MISDIRECTED_REQUEST
    action = ClientAction.GIVE_UP
    message = (
        "This server does not answer for the host in the URL. "
        "Its operator can set public_url, or add the host to hosts."
    )


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
