"""Conditions on the values of arguments: `Annotated[int, Range(1, 6)]`, `Annotated[str, Pattern(...)]`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ting.commands.converters import Converter, Option, Scene
from ting.commands.lexer import ArgumentError, shown

Value = TypeVar("Value")


class Check(Protocol):
    """A condition on a value, given with its type: `Annotated[int, Range(1, 6)]`."""

    def check(self, value: Any) -> None:
        """Raises `ArgumentError`."""


@dataclass(frozen=True)
class Range:
    """A number or a span of time from `least` to `most`, both included; None: no bound."""

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
    """A text that the regular expression matches as a whole. `hint` says in words what that is."""

    expression: str
    hint: str = ""

    def __post_init__(self) -> None:
        re.compile(self.expression)  # a wrong one is the plugin author's mistake: raise it at once

    def check(self, value: Any) -> None:
        if not re.fullmatch(self.expression, value):
            raise ArgumentError(f"{shown(value)} {self.hint or f'does not match {self.expression}'}.")


class Checked(Converter[Value]):
    """A converter whose values must pass checks as well."""

    def __init__(self, converter: Converter[Value], checks: Sequence[Check]) -> None:
        self._converter = converter
        self._checks = checks
        self.kind = converter.kind
        self.most_words = converter.most_words
        self.choices = converter.choices

    async def convert(self, text: str, ctx: Scene) -> Value:
        value = await self._converter.convert(text, ctx)
        for one in self._checks:
            one.check(value)
        return value

    async def complete(self, text: str, ctx: Scene) -> Sequence[Option | str]:
        return await self._converter.complete(text, ctx)
