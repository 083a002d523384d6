"""What a plugin holds of what it said: handles to edit it and take it back, and the ghost that it is writing."""

from collections.abc import Awaitable, Callable

from ting.commands.ports import Clock
from ting.core.models import MAX_TEXT_CHARS, Message, MessageId

SHORTENED = " … (shortened)"
STEP_S = 0.1  # a draft is sent at most that often
LETTERS_PER_S = 40.0
MOST_AT_ONCE = 150  # more letters at a time look pasted, and would be held back


class Told:
    """A notice that was shown to the caller."""

    def __init__(self, notice_id: str, tell: Callable[[str, str], object]) -> None:
        self.id = notice_id
        self._tell = tell

    async def edit(self, text: str) -> None:
        """Show another text instead."""
        self._tell(self.id, shortened(text) or " ")

    async def delete(self) -> None:
        """Take it away."""
        self._tell(self.id, "")


class Said:
    """A message that was posted."""

    def __init__(
        self,
        message: Message,
        edit: Callable[[Message, str], Awaitable[Message]],
        delete: Callable[[Message], Awaitable[Message]],
    ) -> None:
        self.message = message
        self._edit = edit
        self._delete = delete

    @property
    def id(self) -> MessageId:
        """Keep it to find the message again: `await ctx.said(id)`."""
        return self.message.id

    async def edit(self, text: str) -> None:
        """Change its text for all users. Raises `Refused`."""
        self.message = await self._edit(self.message, text)

    async def delete(self) -> None:
        """Take it back. Raises `Refused`."""
        self.message = await self._delete(self.message)


class Ghost:
    """A message that the plugin types live. `said` is its handle, once the block has ended."""

    def __init__(self, show: Callable[[str], Awaitable[None]], clock: Clock) -> None:
        self.text = ""
        self.said: Said | None = None
        self._show = show
        self._clock = clock

    async def write(self, text: str, *, letters_per_s: float = LETTERS_PER_S) -> None:
        """Write on, letter by letter. Raises `Refused`."""
        at_once = min(MOST_AT_ONCE, max(1, round(letters_per_s * STEP_S)))
        for start in range(0, len(text), at_once):
            self.text = (self.text + text[start : start + at_once])[:MAX_TEXT_CHARS]
            await self._show(self.text)
            await self._clock.sleep(STEP_S)

    async def rewrite(self, text: str) -> None:
        """Show another text instead of all that was written. Raises `Refused`."""
        self.text = text[:MAX_TEXT_CHARS]
        await self._show(self.text)


def shortened(text: object) -> str:
    """A text that is no longer than a message."""
    words = str(text)
    return words if len(words) <= MAX_TEXT_CHARS else words[: MAX_TEXT_CHARS - len(SHORTENED)] + SHORTENED
