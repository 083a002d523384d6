"""Derives a command's usage line and argument parser from the signature of its function.

`Signature.of` inspects the function once and rejects signatures that a user cannot call by typing. `Signature.parse`
reads the typed text. It raises only `ArgumentError`, or the error of a database that does not answer.
"""

import inspect
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ting.commands.checks import Checked, Pattern, Range
from ting.commands.converters import (
    Channel,
    ChannelConverter,
    ChoiceConverter,
    Converter,
    DecimalConverter,
    DurationConverter,
    EitherConverter,
    FlagConverter,
    RestConverter,
    Scene,
    TextConverter,
    TimeConverter,
    UserConverter,
    WholeConverter,
)
from ting.commands.lexer import ArgumentError, Lexer, Word, shown
from ting.core.models import Person

Rest = Annotated[str, RestConverter()]
Shape = Literal["word", "many", "rest", "option", "flag"]

BY_TYPE: dict[Any, Callable[[], Converter[Any]]] = {
    str: TextConverter,
    int: WholeConverter,
    float: DecimalConverter,
    bool: FlagConverter,
    timedelta: DurationConverter,
    datetime: TimeConverter,
    Person: UserConverter,
    Channel: ChannelConverter,
}
_Parameter = inspect.Parameter


@dataclass(frozen=True)
class Argument:
    """One argument of a command. `name` is its name in the usage line, `parameter` its name in the function."""

    name: str
    parameter: str
    shape: Shape
    converter: Converter[Any]
    required: bool
    default: Any = None

    @property
    def usage(self) -> str:
        """The argument in the usage line: <required> or [optional]."""
        shape = {"rest": f"{self.name}…", "many": f"{self.name} …", "word": self.name}.get(self.shape, "")
        if self.shape == "flag":
            return f"[--{self.written}]"
        if self.shape == "option":
            value = f"--{self.name} <{self._value}>"
            return value if self.required else f"[{value}]"
        shape = "|".join(self.converter.choices) if self.shape == "word" and self.converter.choices else shape
        return f"<{shape}>" if self.required else f"[{shape}]"

    @property
    def written(self) -> str:
        """The name after "--": that of a flag that is on by default begins with "no-"."""
        return f"{'no-' * (self.shape == 'flag' and bool(self.default))}{self.name}"

    @property
    def _value(self) -> str:
        return "|".join(self.converter.choices) or (
            self.name if self.converter.kind in ("text", "custom") else self.converter.kind
        )


@dataclass
class BoundArguments:
    """The values with which the function of a command is called."""

    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signature:
    """The arguments of a command."""

    positional: Sequence[Argument]
    keywords: dict[str, Argument]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> "Signature":
        """Inspect a function. Raises `TypeError` for a signature that a user cannot call by typing."""
        hints = typing.get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())
        if not parameters or parameters[0].kind is _Parameter.KEYWORD_ONLY:
            raise TypeError("the first parameter must be the Context")
        others = parameters[1:]
        arguments = [_argument(parameter, hints.get(parameter.name, str)) for parameter in others]
        positional = [argument for argument in arguments if argument.shape not in ("option", "flag")]
        if any(argument.shape == "rest" for argument in positional[:-1]):
            raise TypeError("no parameter can follow the Rest")
        keywords = {argument.name: argument for argument in arguments if argument.shape in ("option", "flag")}
        return cls(positional, keywords)

    @property
    def arguments(self) -> list[Argument]:
        """All arguments, in the order of the usage line."""
        return [*self.positional, *self.keywords.values()]

    @property
    def usage(self) -> str:
        return " ".join(argument.usage for argument in self.arguments)

    def keyword(self, name: str) -> Argument | None:
        """The option or flag that is written as --name; None if there is none."""
        written = name.casefold()
        return next((argument for argument in self.keywords.values() if argument.written == written), None)

    async def parse(self, text: str, ctx: Scene) -> BoundArguments:
        """Parse typed text into the values for a call. Raises `ArgumentError`."""
        return await ArgumentParser(self, text, ctx).run()


class ArgumentParser:
    """Parses the text after a command's name. An instance is used once."""

    def __init__(self, signature: Signature, text: str, ctx: Scene) -> None:
        self._signature = signature
        self._reader = Lexer(text)
        self._ctx = ctx
        self._call = BoundArguments()
        self._options_end = not signature.keywords

    async def run(self) -> BoundArguments:
        for argument in self._signature.positional:
            await self._options()
            await self._take(argument)
        await self._options()
        if not self._reader.at_end:
            raise ArgumentError(f"Unexpected argument: {shown(self._reader.rest())}.")
        for keyword in self._signature.keywords.values():
            if keyword.parameter not in self._call.keywords:
                if keyword.required:
                    raise ArgumentError(f"--{keyword.name} is missing.")
                self._call.keywords[keyword.parameter] = keyword.default
        return self._call

    async def _take(self, argument: Argument) -> None:
        if argument.shape == "many":
            await self._take_many(argument)
        elif self._reader.at_end:
            self._take_nothing(argument)
        elif argument.shape == "rest":
            await self._take_rest(argument)
        else:
            self._call.positional.append(await self._value(argument))

    async def _take_many(self, argument: Argument) -> None:
        while not self._reader.at_end:
            self._call.positional.append(await self._value(argument))
            await self._options()

    async def _take_rest(self, argument: Argument) -> None:
        """Take the rest of the text, exactly as typed, but without the options of this command in it."""
        kept, last = "", self._last_option()
        while not self._reader.at_end and self._reader.at <= last and not self._options_end:
            start, word = self._reader.at, self._reader.peek_loosely()
            self._reader.go_to(word.end)
            if word.ends_options:  # it protects the options after it
                self._options_end = True
            elif word.option is not None and self._signature.keyword(word.option) is not None:
                await self._option(word, word.option)
            else:
                kept += self._reader.text[start : self._reader.at]
        text = (kept + self._reader.rest()).strip()
        if text:
            self._call.positional.append(await argument.converter.convert(text, self._ctx))
        else:
            self._take_nothing(argument)

    def _last_option(self) -> int:
        """The index of the last option of this command in the rest of the text; -1 if there is none."""
        reader, last = self._reader.copy(), -1
        while not reader.at_end and not self._options_end:
            word = reader.peek_loosely()
            if word.option is not None and self._signature.keyword(word.option) is not None:
                last = word.start
            reader.go_to(word.end)
        return last

    def _take_nothing(self, argument: Argument) -> None:
        if argument.required:
            raise ArgumentError(f"<{argument.name}> is missing.")
        self._call.positional.append(argument.default)

    async def _options(self) -> None:
        """Read the options and flags at the current position."""
        while not (self._reader.at_end or self._reader.at_quote or self._options_end):
            word = self._reader.peek()
            if word.ends_options:
                self._options_end = True
            elif word.option is None:
                return
            self._reader.take()
            if word.option is not None:
                await self._option(word, word.option)

    async def _option(self, word: Word, name: str) -> None:
        argument, value = self._named(name)
        if argument.parameter in self._call.keywords:
            raise ArgumentError(f"--{name} is given twice.")
        if argument.shape == "flag":
            if word.assigned is not None:
                raise ArgumentError(f"--{name} does not take a value.")
            self._call.keywords[argument.parameter] = value
        elif word.assigned is not None:
            self._call.keywords[argument.parameter] = await self._converted(argument, word.assigned)
        elif self._reader.at_end:
            raise ArgumentError(f"--{name} needs a value.")
        else:
            self._call.keywords[argument.parameter] = await self._value(argument)

    def _named(self, name: str) -> tuple[Argument, bool]:
        """The keyword argument with this name, and the value that it has if it is a flag."""
        found = self._signature.keyword(name)
        if found is not None:
            return found, not found.default
        known = ", ".join(f"--{argument.written}" for argument in self._signature.keywords.values())
        raise ArgumentError(
            f"There is no option --{name[:32]}. The options are: {known}. Put -- before text that starts with --."
        )

    async def _value(self, argument: Argument) -> Any:
        """Read the longest run of words that converts to a value; most values are a single word."""
        first = self._reader.peek()
        run = [first] if first.quoted else self._run(first, argument.converter.most_words)
        extent = argument.converter.extent([word.text for word in run]) if len(run) > 1 else 1
        for last in reversed(run[1:extent]):
            try:
                text = self._reader.text[first.start : last.end]
                value = await argument.converter.convert(text, self._ctx)
            except ArgumentError:
                continue
            self._reader.go_to(last.end)
            return value
        self._reader.go_to(first.end)
        return await self._converted(argument, first.text)

    def _run(self, first: Word, max_words: int) -> list[Word]:
        """The words, at most `max_words` of them, that may form one value starting with `first`."""
        words, reader = [first], self._reader.copy()
        reader.go_to(first.end)
        while len(words) < max_words and not reader.at_end:
            try:
                word = reader.take()
            except ArgumentError:
                break
            if word.quoted or (word.option is not None and not self._options_end):
                break
            words.append(word)
        return words

    async def _converted(self, argument: Argument, text: str) -> Any:
        try:
            return await argument.converter.convert(text, self._ctx)
        except ArgumentError as error:
            raise ArgumentError(f"{_called(argument)}: {error.message}") from None


def _argument(parameter: _Parameter, hint: Any) -> Argument:
    if parameter.kind in (_Parameter.VAR_KEYWORD, _Parameter.POSITIONAL_ONLY):
        raise TypeError(
            f'"{parameter}" is not supported: use plain parameters, *{parameter.name} or keyword-only parameters'
        )
    converter = converter_for(hint, parameter.name)
    required = parameter.default is _Parameter.empty and parameter.kind is not _Parameter.VAR_POSITIONAL
    default = None if parameter.default is _Parameter.empty else parameter.default
    shape: Shape = "rest" if converter.kind == "rest" else "word"
    if parameter.kind is _Parameter.VAR_POSITIONAL:
        shape = "many"
    elif parameter.kind is _Parameter.KEYWORD_ONLY:
        shape = "flag" if isinstance(default, bool) and converter.kind == "flag" else "option"
    return Argument(
        parameter.name.strip("_").replace("_", "-").casefold(), parameter.name, shape, converter, required, default
    )


def converter_for(hint: Any, name: str) -> Converter[Any]:
    """The converter for a type. Raises `TypeError` for an unsupported type."""
    if get_origin(hint) is Annotated:
        return _annotated(hint, name)
    if get_origin(hint) is Literal:
        return ChoiceConverter({str(value): value for value in get_args(hint)})
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        converters = [converter_for(kind, name) for kind in kinds]
        return converters[0] if len(converters) == 1 else EitherConverter(converters)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ChoiceConverter.of_enum(hint)
    if hint in BY_TYPE:
        return BY_TYPE[hint]()
    known = "str, int, float, bool, Literal, Enum, Duration, Time, User, Channel, Rest"
    raise TypeError(f'"{name}" has the unsupported type {hint}: use {known}, or Annotated with a Converter')


def _annotated(hint: Any, name: str) -> Converter[Any]:
    bare, *extras = get_args(hint)
    own = [extra for extra in extras if isinstance(extra, Converter)]
    checks = [extra for extra in extras if isinstance(extra, Range | Pattern)]
    converter = own[0] if own else converter_for(bare, name)
    text = converter.kind in ("text", "rest")
    if any(isinstance(check, Pattern) != text for check in checks) and not own:
        raise TypeError(f'"{name}": Pattern is for text, Range is for numbers and durations')
    return Checked(converter, checks) if checks else converter


def _called(argument: Argument) -> str:
    return f"--{argument.name}" if argument.shape == "option" else f"<{argument.name}>"
