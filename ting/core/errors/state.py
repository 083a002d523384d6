"""Errors caused by the current state: something is missing, taken or changed."""

from http import HTTPStatus

from ting.core.errors.refused import ClientAction, Refused


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


class SimilarChannel(NoSuchConversation):
    code = "similar_channel"
    message = "There is a channel whose name looks the same."


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


class OtherEpoch(Refused):
    code = "other_epoch"
    status = HTTPStatus.CONFLICT
    action = ClientAction.GIVE_UP
    message = "The server's data was restored from a backup. Load the conversation anew."
    field = "epoch"


class TooManyReactions(Refused):
    code = "too_many_reactions"
    status = HTTPStatus.CONFLICT
    action = ClientAction.GIVE_UP
    message = "This message cannot have any more reactions."
    field = "emoji"
