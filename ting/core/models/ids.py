"""Types of ids and times."""

from typing import Annotated

from msgspec import Meta

# RFC 9562, 5.7: version 7, variant 10.
MESSAGE_ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"

MAX_NUMBER = 2**53 - 1  # larger integers are not exact in JavaScript
MAX_TIME = 253_402_214_400_000  # 31 December 9999: later ones are no `datetime`, in some time zone

ConversationId = str
UserId = str
MessageId = Annotated[str, Meta(pattern=MESSAGE_ID_PATTERN, description="a UUIDv7 in lowercase")]
Milliseconds = Annotated[int, Meta(ge=0, le=MAX_TIME)]  # since 1970 in UTC, by the server's clock
Seq = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
