"""Types of ids and times."""

from typing import Annotated

from msgspec import Meta

# RFC 9562, 5.7: version 7, variant 10.
MESSAGE_ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"

ConversationId = str
UserId = str
MessageId = Annotated[str, Meta(pattern=MESSAGE_ID_PATTERN, description="a UUIDv7 in lowercase")]
Milliseconds = int  # since 1970 in UTC, by the server's clock
