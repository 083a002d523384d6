"""Errors for malformed input."""

from http import HTTPStatus

from ting.core.errors.refused import ClientAction, Refused


class Malformed(Refused):
    """Malformed input."""

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
    message = "A password must have 8 to 256 characters, and must not be easy to guess."
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
    message = "A message must have at least one visible character, and at most 4000."
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
