"""From a word to a value: one converter per type that an argument may have.

An author's own is a subclass of `Converter`, given with the type: `Annotated[Card, CardConverter()]`.
"""

import asyncio
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Generic, Literal, Protocol, TypeVar

from ting.commands import times
from ting.commands.lexer import ArgumentError, shown
from ting.core.conversation_ids import channel_id
from ting.core.errors import Refused
from ting.core.models import ConversationId, Person

Kind = Literal["text", "number", "choice", "user", "channel", "duration", "time", "flag", "rest", "custom"]
User = Person
Duration = timedelta
Time = datetime

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:[.,][0-9]{0,18})?|[.,][0-9]{1,18})")
DASHES = str.maketrans("−–—", "---")  # what phones make of a minus
YES = frozenset({"yes", "y", "on", "true", "1", "ναι"})
NO = frozenset({"no", "n", "off", "false", "0", "οχι", "όχι"})
LONGEST_TIME_WORDS = 6

Value = TypeVar("Value")
Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True)
class Option:
    """What may be written for an argument, and what is shown for it (by default the same)."""

    value: str
    label: str = ""


@dataclass(frozen=True)
class Channel:
    """A channel, which need not have any message yet."""

    id: ConversationId

    @property
    def name(self) -> str:
        """Without the "#"."""
        return self.id[1:]


class Scene(Protocol):
    """Where arguments are read: as much of a `Context` as a converter needs."""

    @property
    def caller(self) -> Person: ...

    @property
    def conversation(self) -> ConversationId: ...

    @property
    def here(self) -> Sequence[Person]: ...

    @property
    def now(self) -> datetime: ...

    async def find_user(self, name: str) -> Person | None: ...


class Converter(Generic[Made_co]):
    """Makes a value of what was typed, and knows what could be typed.

    `most_words`: how many unquoted words may belong to one value; the longest run that converts wins.
    """

    kind: Kind = "custom"
    most_words: int = 1
    choices: Sequence[str] = ()

    async def convert(self, text: str, ctx: Scene) -> Made_co:
        """The value. Raises `ArgumentError`, whose message says what would be right."""
        raise NotImplementedError

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        """What the beginning of a word could become; the best first."""
        return ()


class TextConverter(Converter[str]):
    """Any text."""

    kind: Kind = "text"

    async def convert(self, text: str, ctx: Scene) -> str:
        return text


class RestConverter(TextConverter):
    """Everything that is left, as it was typed."""

    kind = "rest"


class WholeConverter(Converter[int]):
    """A whole number of at most 18 digits."""

    kind = "number"

    async def convert(self, text: str, ctx: Scene) -> int:
        written = text.translate(DASHES)
        if not WHOLE.fullmatch(written):
            raise ArgumentError(f"{shown(text)} is not a whole number.")
        return int(written)


class DecimalConverter(Converter[float]):
    """A number; Greeks and others write a comma where the English write a point."""

    kind = "number"

    async def convert(self, text: str, ctx: Scene) -> float:
        written = text.translate(DASHES)
        number = float(written.replace(",", ".")) if DECIMAL.fullmatch(written) else math.nan
        if not math.isfinite(number):
            raise ArgumentError(f"{shown(text)} is not a number.")
        return number


class FlagConverter(Converter[bool]):
    """Yes or no. As a keyword argument it is a flag without a value."""

    kind = "flag"
    choices = ("yes", "no")

    async def convert(self, text: str, ctx: Scene) -> bool:
        written = text.casefold()
        if written in YES or written in NO:
            return written in YES
        raise ArgumentError(f'{shown(text)} is neither "yes" nor "no".')

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return beginning(text, self.choices)


class ChoiceConverter(Converter[Any]):
    """One of a few words, in capitals or small letters."""

    kind = "choice"

    def __init__(self, values: dict[str, Any]) -> None:
        self.choices = tuple(values)
        self._values = {word.casefold(): value for word, value in values.items()}

    async def convert(self, text: str, ctx: Scene) -> Any:
        try:
            return self._values[text.casefold()]
        except KeyError:
            raise ArgumentError(f"{shown(text)} is not one of: {', '.join(self.choices)}.") from None

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return beginning(text, self.choices)

    @classmethod
    def of_enum(cls, enum: type[Enum]) -> "ChoiceConverter":
        """Members by their value if that is a text, else by their name in small letters."""
        return cls({_word_of(member): member for member in enum})


class UserConverter(Converter[Person]):
    """Somebody, by name; with or without "@"."""

    kind = "user"

    async def convert(self, text: str, ctx: Scene) -> Person:
        name = text.removeprefix("@") or text
        try:
            found = await ctx.find_user(name)
        except Refused as refused:
            if refused.status >= 500:  # the database is away: that says nothing of the name
                raise
            found = None
        if found is None:
            raise ArgumentError(f"There is no user named {shown(name)}.")
        return found

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        at = "@" if text.startswith("@") else ""
        return beginning(text, [at + person.name for person in ctx.here])


class ChannelConverter(Converter[Channel]):
    """A channel, by name; with or without "#"."""

    kind = "channel"

    async def convert(self, text: str, ctx: Scene) -> Channel:
        try:
            return Channel(channel_id(text.removeprefix("#")))
        except Refused as refused:
            raise ArgumentError(f"{shown(text)} is not a valid channel. {refused.message}") from None


class DurationConverter(Converter[timedelta]):
    """A span of time: 90s, 1h30m, 2 days."""

    kind = "duration"
    most_words = 4

    async def convert(self, text: str, ctx: Scene) -> timedelta:
        return times.duration(text)


class TimeConverter(Converter[datetime]):
    """A point in time: 18:30, in 20 minutes, tomorrow at 9."""

    kind = "time"
    most_words = LONGEST_TIME_WORDS

    async def convert(self, text: str, ctx: Scene) -> datetime:
        return await asyncio.to_thread(times.moment, text, ctx.now)


class EitherConverter(Converter[Any]):
    """What the first of several converters takes."""

    def __init__(self, converters: Sequence[Converter[Any]]) -> None:
        self._converters = converters
        self.kind = converters[0].kind
        self.most_words = max(one.most_words for one in converters)
        self.choices = tuple(choice for one in converters for choice in one.choices)

    async def convert(self, text: str, ctx: Scene) -> Any:
        wrong = []
        for converter in self._converters:
            try:
                return await converter.convert(text, ctx)
            except ArgumentError as error:
                wrong.append(error.message)
        raise ArgumentError(" ".join(wrong))

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return [option for one in self._converters for option in await one.complete(text, ctx)]


def beginning(text: str, words: Sequence[str]) -> list[Option | str]:
    """Those words that begin with a text, accents and capitals aside."""
    wanted = times.plain(text)
    return [word for word in words if times.plain(word).startswith(wanted)]


def _word_of(member: Enum) -> str:
    return member.value if isinstance(member.value, str) else member.name.lower().replace("_", "-")
