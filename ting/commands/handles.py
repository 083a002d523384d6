"""Handles for what a plugin sent: edit or delete a notice or a message, and write to a ghost."""

import inspect
from collections.abc import Awaitable, Callable

from ting.commands.ports import Clock
from ting.core.models import MAX_TEXT_CHARS, Message, MessageId

SHORTENED = " … (shortened)"
STEP_S = 0.1  # a ghost is broadcast at most this often
LETTERS_PER_S = 40.0
MAX_LETTERS_PER_STEP = 150  # a draft that grows by more at once looks pasted, and would be delayed


class Told:
    """The handle of a notice that `ctx.reply` showed to the caller."""

    def __init__(self, notice_id: str, tell: Callable[[str, str], object]) -> None:
        self.id = notice_id
        self._show = tell

    async def edit(self, text: str) -> None:
        """Replace the text of the notice."""
        await self._tell(shortened(text) or " ")

    async def delete(self) -> None:
        """Remove the notice."""
        await self._tell("")

    async def _tell(self, text: str) -> None:
        shown = self._show(self.id, text)
        if inspect.isawaitable(shown):
            await shown


class Said:
    """The handle of a message that the plugin posted."""

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
        """The message id. Store it to get the handle again later: `await ctx.said(id)`."""
        return self.message.id

    async def edit(self, text: str) -> None:
        """Replace the text of the message for all users. Raises `Refused`."""
        self.message = await self._edit(self.message, text)

    async def delete(self) -> None:
        """Delete the message. Raises `Refused`."""
        self.message = await self._delete(self.message)


class Ghost:
    """A message that is being typed live, in a `ctx.typing` block.

    `text` is what was typed so far. After the block, `said` is the handle of the message; None if none was posted.
    """

    def __init__(self, show: Callable[[str], Awaitable[None]], clock: Clock) -> None:
        self.text = ""
        self.said: Said | None = None
        self._show = show
        self._clock = clock

    async def write(self, text: str, *, letters_per_s: float = LETTERS_PER_S) -> None:
        """Append text, letter by letter, at `letters_per_s` letters per second. Raises `Refused`."""
        at_once = min(MAX_LETTERS_PER_STEP, max(1, round(letters_per_s * STEP_S)))
        for start in range(0, len(text), at_once):
            self.text = (self.text + text[start : start + at_once])[:MAX_TEXT_CHARS]
            await self._show(self.text)
            await self._clock.sleep(STEP_S)

    async def rewrite(self, text: str) -> None:
        """Replace the whole text at once. Raises `Refused`."""
        self.text = text[:MAX_TEXT_CHARS]
        await self._show(self.text)


def shortened(text: object) -> str:
    """The text, shortened to the maximum length of a message."""
    full = str(text)
    return full if len(full) <= MAX_TEXT_CHARS else full[: MAX_TEXT_CHARS - len(SHORTENED)] + SHORTENED
