"""Decodes frames and request bodies, and encodes values. Malformed input becomes an error for the client."""

import json
import re
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct

from ting.core.errors import BadFrame, BadRequest, Refused, UnknownType
from ting.core.models import MessageId
from ting.core.models.users import TimeOfDay
from ting.core.text import is_well_formed
from ting.protocol.requests import AnyRequest, DraftUpdate

_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_REGEX = re.compile(r"Expected `str` matching regex '(.*)'(?=( - at `|\.$))")
_FORMS = {
    repr(meta.pattern)[1:-1]: meta.description
    for form in (MessageId, TimeOfDay)
    for meta in get_args(form)
    if isinstance(meta, msgspec.Meta)
}
_encoder = msgspec.json.Encoder()
_Body = TypeVar("_Body")


class _Envelope(Struct):
    """The fields of a frame that an error answer needs."""

    type: Any = None
    ref: Any = None
    id: Any = None


_envelopes = msgspec.json.Decoder(_Envelope)


class InvalidFrame(Exception):
    """A JSON object that is no valid request.

    `ref` is None if the frame has no valid one. `draft` is the id of the message if the frame is a draft.
    """

    def __init__(self, refused: Refused, ref: int | None, draft: str | None = None) -> None:
        super().__init__(refused.message)
        self.refused = refused
        self.ref = ref
        self.draft = draft


def decode(frame: str) -> AnyRequest:
    """Decode a text frame. Raises `BadFrame` if it is not a JSON object, `InvalidFrame` if it is no valid request."""
    try:
        return _requests.decode(frame)
    except msgspec.ValidationError as error:
        raise _refusal(frame, error) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _undecodable(frame) from None


def encode(value: object) -> bytes:
    """Encode a value as JSON in UTF-8."""
    return _encoder.encode(value)


def decode_body(body: bytes, into: type[_Body]) -> _Body:
    """Decode the body of an HTTP request. Raises `BadRequest`, with the wrong field if there is one."""
    try:
        return msgspec.json.decode(body, type=into)
    except msgspec.ValidationError as error:
        raise BadRequest(_sentence(error), field=_field(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        value = _object_with_surrogate(body)
        if value is not None:
            raise _surrogate_error(value) from None
        raise BadRequest(f"The body is not JSON: {error}.") from None


def _refusal(frame: str, error: msgspec.ValidationError) -> Exception:
    try:
        envelope = _envelopes.decode(frame)
    except msgspec.ValidationError:
        return BadFrame()  # valid JSON, but not an object
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _undecodable(frame)  # `error` is about the start of the frame; the rest is not JSON
    ref = _valid_ref(envelope.ref)
    if envelope.type not in REQUEST_TYPES:
        known = ", ".join(REQUEST_TYPES)
        return InvalidFrame(UnknownType(f"The type of a frame must be one of: {known}."), ref)
    draft = _draft_id(envelope.type, envelope.id)
    return InvalidFrame(BadRequest(_sentence(error), field=_field(error)), ref, draft)


def _undecodable(frame: str) -> Exception:
    """The error for a frame that is no JSON, or that contains half of a character.

    An unpaired surrogate is valid JSON, but not valid text (RFC 8259, 8.2). Browsers send one if an input method
    delivers a character in two steps. It does not close the websocket.
    """
    value = _object_with_surrogate(frame)
    if value is None:
        return BadFrame()
    draft = _draft_id(value.get("type"), value.get("id"))
    return InvalidFrame(_surrogate_error(value), _valid_ref(value.get("ref")), draft)


def _object_with_surrogate(source: str | bytes) -> dict[str, Any] | None:
    """The JSON object, if an unpaired surrogate is what is wrong with it. Python's decoder accepts those."""
    try:
        value = json.loads(source)
    except (ValueError, RecursionError):
        return None
    has_surrogate = isinstance(value, dict) and not is_well_formed(json.dumps(value, ensure_ascii=False))
    return value if has_surrogate else None


def _surrogate_error(value: dict[str, Any]) -> BadRequest:
    names = (name for name, text in value.items() if isinstance(text, str) and not is_well_formed(text))
    return BadRequest("The text contains half of a character (an unpaired surrogate).", field=next(names, None))


def _valid_ref(ref: Any) -> int | None:
    """The ref if it is a number. In Python a bool is an int; in JSON it is not."""
    return ref if isinstance(ref, int) and not isinstance(ref, bool) else None


def _draft_id(kind: Any, value: Any) -> str | None:
    """The id of the message, if the frame is a draft and the id is one that an answer may repeat."""
    if kind != tag(DraftUpdate):
        return None
    try:
        return msgspec.convert(value, MessageId)
    except msgspec.ValidationError:
        return None


def _sentence(error: msgspec.ValidationError) -> str:
    """What is wrong, for people: a regular expression says nothing to them."""
    return _REGEX.sub(lambda match: f"Expected {_FORMS.get(match[1], 'another form')}", f"{error}.")


def _field(error: msgspec.ValidationError) -> str | None:
    """The field in an error message of msgspec, which ends with "at `$.name`" or names a missing field."""
    text = str(error)
    _, found, path = text.rpartition("`$.")
    if found:
        return path.rstrip("`")
    _, found, name = text.partition("missing required field `")
    return name.partition("`")[0] if found else None


def tag(struct: type[Struct]) -> str:
    """The `type` of the frames of a struct."""
    return str(struct.__struct_config__.tag)


REQUEST_TYPES = tuple(tag(request) for request in AnyRequest.__args__)
