"""Converts typed text to values: one converter for each type that an argument can have.

For its own types a plugin subclasses `Converter`, and attaches it to the type: `Annotated[Card, CardConverter()]`.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Generic, Literal, Protocol, TypeVar

from ting.commands import times
from ting.commands.lexer import ArgumentError, plain_signs, shown
from ting.core.conversation_ids import channel_id
from ting.core.errors import Refused
from ting.core.models import ConversationId, Person

Kind = Literal["text", "number", "choice", "user", "channel", "duration", "time", "flag", "rest", "custom"]
User = Person
Duration = timedelta
Time = datetime

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:[.,][0-9]{0,18})?|[.,][0-9]{1,18})")
YES = frozenset({"yes", "y", "on", "true", "1", "ναι"})
NO = frozenset({"no", "n", "off", "false", "0", "οχι", "όχι"})
MAX_COMPLETED_USERS = 20  # each may be looked up

Value = TypeVar("Value")
Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True)
class Option:
    """A completion of an argument. `label` is shown instead of `value`, if it is not empty."""

    value: str
    label: str = ""


@dataclass(frozen=True)
class Channel:
    """A channel with a valid name. It may have no messages yet."""

    id: ConversationId

    @property
    def name(self) -> str:
        """The name without "#"."""
        return self.id[1:]


class Scene(Protocol):
    """The part of a `Context` that converters use."""

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
    """Converts typed text to a value, and completes it. Subclass it for the types of a plugin.

    `most_words` is the number of unquoted words that one value can have; the longest run that converts is used.
    `choices` are shown in the usage line, if there are any.
    """

    kind: Kind = "custom"
    most_words: int = 1
    choices: Sequence[str] = ()

    async def convert(self, text: str, ctx: Scene) -> Made_co:
        """Return the value. Raises `ArgumentError`, whose message should tell the user what is valid."""
        raise NotImplementedError

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        """Return completions of the beginning of a value, the best first. By default there are none."""
        return ()

    def extent(self, words: Sequence[str]) -> int:
        """How many of these words, as typed, one value can have at most. By default all of them."""
        return len(words)


class TextConverter(Converter[str]):
    """Any text."""

    kind: Kind = "text"

    async def convert(self, text: str, ctx: Scene) -> str:
        return text


class RestConverter(TextConverter):
    """The rest of the text, exactly as typed."""

    kind = "rest"


class WholeConverter(Converter[int]):
    """A whole number of at most 18 digits."""

    kind = "number"

    async def convert(self, text: str, ctx: Scene) -> int:
        written = plain_signs(text)
        if not WHOLE.fullmatch(written):
            raise ArgumentError(f"{shown(text)} is not a whole number.")
        return int(written)


class DecimalConverter(Converter[float]):
    """A number. The decimal separator is a point or, as in Greek, a comma."""

    kind = "number"

    async def convert(self, text: str, ctx: Scene) -> float:
        written = plain_signs(text)
        number = float(written.replace(",", ".")) if DECIMAL.fullmatch(written) else math.nan
        if not math.isfinite(number):
            raise ArgumentError(f"{shown(text)} is not a number.")
        return number


class FlagConverter(Converter[bool]):
    """Yes or no. A keyword-only parameter with a default of True or False is a flag, which has no value."""

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
    """One of several words, in upper or lower case."""

    kind = "choice"

    def __init__(self, values: dict[str, Any]) -> None:
        self.choices = tuple(values)
        self.most_words = max((len(word.split()) for word in values), default=1)
        self._values = {_choice(word): value for word, value in values.items()}

    async def convert(self, text: str, ctx: Scene) -> Any:
        try:
            return self._values[_choice(text)]
        except KeyError:
            raise ArgumentError(f"{shown(text)} is not one of: {', '.join(self.choices)}.") from None

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return beginning(text, self.choices)

    def extent(self, words: Sequence[str]) -> int:
        counts = range(len(words), 0, -1)
        return next((count for count in counts if _choice(" ".join(words[:count])) in self._values), 1)

    @classmethod
    def of_enum(cls, enum: type[Enum]) -> "ChoiceConverter":
        """Choices from an enum: a member's value if it is a string, otherwise its name in lower case."""
        return cls({_word_of(member): member for member in enum})


class UserConverter(Converter[Person]):
    """A user, by name, with or without "@". A name that begins with "@" itself comes first: "@bob" is that user."""

    kind: Kind = "user"

    async def convert(self, text: str, ctx: Scene) -> Person:
        written = (text, text.removeprefix("@"))
        for name in dict.fromkeys(form for each in written for form in (each, plain_signs(each)) if form):
            found = await _user_named(name, ctx)
            if found is not None:
                return found
        raise ArgumentError(f"There is no user named {shown(text.removeprefix('@') or text)}.")

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        if not text.startswith("@"):
            return beginning(text, [person.name for person in ctx.here])
        matching = [person for person in ctx.here if beginning(text, [f"@{person.name}", person.name])]
        return [await self._with_at(person, ctx) for person in matching[:MAX_COMPLETED_USERS]]

    async def _with_at(self, person: Person, ctx: Scene) -> str:
        """The name with "@", or without it if "@bob" is the name of another user."""
        other = await _user_named(f"@{person.name}", ctx)
        return f"@{person.name}" if other is None else person.name


class ChannelConverter(Converter[Channel]):
    """A channel, by name, with or without "#"."""

    kind = "channel"

    async def convert(self, text: str, ctx: Scene) -> Channel:
        try:
            return Channel(channel_id(text.removeprefix("#")))
        except Refused as refused:
            raise ArgumentError(f"{shown(text)} is not a valid channel. {refused.message}") from None


class DurationConverter(Converter[timedelta]):
    """A duration: 90s, 1h30m, 2 days, half an hour."""

    kind = "duration"
    most_words = times.MAX_WORDS

    async def convert(self, text: str, ctx: Scene) -> timedelta:
        return times.duration(text)

    def extent(self, words: Sequence[str]) -> int:
        return times.duration_words(words)


class TimeConverter(Converter[datetime]):
    """A point in time after now: 18:30, in 20 minutes, tomorrow at 9."""

    kind = "time"
    most_words = times.MAX_WORDS

    async def convert(self, text: str, ctx: Scene) -> datetime:
        return times.moment(text, ctx.now)

    def extent(self, words: Sequence[str]) -> int:
        return times.moment_words(words)


class EitherConverter(Converter[Any]):
    """Tries several converters in order, and uses the first that accepts the text."""

    def __init__(self, converters: Sequence[Converter[Any]]) -> None:
        self._converters = converters
        self.kind = converters[0].kind
        self.most_words = max(converter.most_words for converter in converters)
        self.choices = tuple(choice for converter in converters for choice in converter.choices)

    async def convert(self, text: str, ctx: Scene) -> Any:
        messages = []
        for converter in self._converters:
            try:
                return await converter.convert(text, ctx)
            except times.PastTime:
                raise
            except ArgumentError as error:
                messages.append(error.message)
        raise ArgumentError(" ".join(messages))

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return [option for converter in self._converters for option in await converter.complete(text, ctx)]

    def extent(self, words: Sequence[str]) -> int:
        return max(converter.extent(words[: converter.most_words]) for converter in self._converters)


def beginning(text: str, words: Sequence[str]) -> list[Option | str]:
    """The words that begin with a text; accents and case are ignored."""
    wanted = times.plain(text)
    return [word for word in words if times.plain(word).startswith(wanted)]


async def _user_named(name: str, ctx: Scene) -> Person | None:
    try:
        return await ctx.find_user(name)
    except Refused as refused:
        if refused.status >= 500:  # the database does not answer, so the name may be right
            raise
        return None


def _choice(word: str) -> str:
    return " ".join(plain_signs(word).casefold().split())


def _word_of(member: Enum) -> str:
    return member.value if isinstance(member.value, str) else member.name.lower().replace("_", "-")
