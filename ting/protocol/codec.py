"""How frames and the bodies of requests become values, and values bytes; and what is said of those that are none."""

import json
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from ting.core.errors import BadFrame, BadRequest, Refused, UnknownType
from ting.protocol.requests import AnyRequest

_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_encoder = msgspec.json.Encoder()
_Body = TypeVar("_Body")


class _Envelope(Struct):
    """As much of a frame as is needed to answer one that is refused."""

    type: Any = None
    ref: Any = None


_envelopes = msgspec.json.Decoder(_Envelope)


class InvalidFrame(Exception):
    """A frame that asks for nothing sensible; `ref` is given where it could be read."""

    def __init__(self, refused: Refused, ref: int | None) -> None:
        super().__init__(refused.message)
        self.refused = refused
        self.ref = ref


def decode(frame: str) -> AnyRequest:
    """The command in a text frame.

    Raises `BadFrame` for what is no JSON object, and `RefusedFrame` for one that is no valid command.
    """
    try:
        return _requests.decode(frame)
    except msgspec.ValidationError as error:
        raise _refusal(frame, error) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _undecodable(frame) from None


def encode(value: object) -> bytes:
    """JSON, UTF-8."""
    return _encoder.encode(value)


def decode_body(body: bytes, into: type[_Body]) -> _Body:
    """A value from the body of a request. Raises `BadRequest`, with the field where there is one."""
    try:
        return msgspec.json.decode(body, type=into)
    except msgspec.ValidationError as error:
        raise BadRequest(f"{error}.", field=_field(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def _refusal(frame: str, error: msgspec.ValidationError) -> Exception:
    try:
        envelope = _envelopes.decode(frame)
    except msgspec.ValidationError:
        return BadFrame()  # valid JSON, but no object
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _undecodable(frame)  # the complaint was about its beginning; what comes after is worse
    ref = _readable(envelope.ref)
    if envelope.type not in REQUEST_TYPES:
        known = ", ".join(REQUEST_TYPES)
        return InvalidFrame(UnknownType(f"The type of a frame must be one of: {known}."), ref)
    return InvalidFrame(BadRequest(f"{error}.", field=_field(error)), ref)


def _undecodable(frame: str) -> Exception:
    """Half a surrogate pair is JSON by its grammar, but no text (RFC 8259, 8.2): refused without closing."""
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError):
        return BadFrame()
    ref = _readable(value.get("ref")) if isinstance(value, dict) else None
    if ref is None:
        return BadFrame()
    return InvalidFrame(BadRequest("The text contains an unpaired surrogate.", field="text"), ref)


def _readable(ref: Any) -> int | None:
    """In Python a bool is an int; in JSON it is not."""
    return ref if isinstance(ref, int) and not isinstance(ref, bool) else None


def _field(error: msgspec.ValidationError) -> str | None:
    """The field that msgspec complains about: the end of `... - at `$.name`` or the name in a missing one."""
    text = str(error)
    _, found, path = text.rpartition("`$.")
    if found:
        return path.rstrip("`")
    _, found, name = text.partition("missing required field `")
    return name.partition("`")[0] if found else None


def tag(struct: type[Struct]) -> str:
    """The `type` of a frame's struct."""
    return str(struct.__struct_config__.tag)


REQUEST_TYPES = tuple(tag(command) for command in AnyRequest.__args__)
