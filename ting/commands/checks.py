"""Constraints on argument values: `Annotated[int, Range(1, 6)]`, `Annotated[str, Pattern(...)]`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ting.commands.converters import Converter, Option, Scene
from ting.commands.lexer import ArgumentError, plain_signs, shown

Value = TypeVar("Value")


class Check(Protocol):
    """A constraint on a value, attached to its type: `Annotated[int, Range(1, 6)]`."""

    def check(self, value: Any) -> None:
        """Raises `ArgumentError` if the value does not meet the constraint."""


@dataclass(frozen=True)
class Range:
    """Accept a number or a duration from `least` to `most`, both inclusive. None means no bound."""

    least: Any = None
    most: Any = None

    def check(self, value: Any) -> None:
        if (self.least is None or value >= self.least) and (self.most is None or value <= self.most):
            return
        bounds = [f"at least {self.least}"] * (self.least is not None) + [f"at most {self.most}"] * (
            self.most is not None
        )
        raise ArgumentError(f"{value} is out of range: it must be {' and '.join(bounds)}.")


@dataclass(frozen=True)
class Pattern:
    """Accept a text if the regular expression matches all of it, as typed or with plain signs: 1d6−1 as 1d6-1.

    `hint` ends the error message, after the rejected text: "is not a postal code".
    """

    expression: str
    hint: str = ""

    def __post_init__(self) -> None:
        re.compile(self.expression)  # an invalid expression fails when the plugin is imported, not on a call

    def check(self, value: Any) -> None:
        if not re.fullmatch(self.expression, value):
            raise ArgumentError(f"{shown(value)} {self.hint or f'does not match {self.expression}'}.")


class Checked(Converter[Value]):
    """A converter whose values must also pass checks."""

    def __init__(self, converter: Converter[Value], checks: Sequence[Check]) -> None:
        self._converter = converter
        self._checks = checks
        self.kind = converter.kind
        self.most_words = converter.most_words
        self.choices = converter.choices

    async def convert(self, text: str, ctx: Scene) -> Value:
        value = await self._converter.convert(text, ctx)
        try:
            self._check(value)
        except ArgumentError:
            plain = plain_signs(text)
            if self.kind not in ("text", "rest") or plain == text:
                raise
            value = await self._converter.convert(plain, ctx)
            self._check(value)
        return value

    def _check(self, value: Value) -> None:
        for check in self._checks:
            check.check(value)

    def extent(self, words: Sequence[str]) -> int:
        return self._converter.extent(words)

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return await self._converter.complete(text, ctx)
