"""Ids for messages that the server creates: UUIDv7 (RFC 9562, 5.7)."""

import hashlib
import secrets

from ting.core.models import MessageId, Milliseconds


def new_id(now: Milliseconds) -> MessageId:
    """A new UUIDv7 (RFC 9562, 5.7)."""
    bits = secrets.token_hex(10)
    return f"{now >> 16:08x}-{now & 0xFFFF:04x}-7{bits[:3]}-8{bits[3:6]}-{bits[6:18]}"


def derived_id(message_id: MessageId, number: int) -> MessageId:
    """The id of a message that was derived from another one, by its number: a UUIDv7 with the same time.

    Number 0 is the original message.
    """
    if number == 0:
        return message_id
    bits = hashlib.sha256(f"{message_id} {number}".encode()).hexdigest()
    return f"{message_id[:13]}-7{bits[:3]}-8{bits[3:6]}-{bits[6:18]}"
