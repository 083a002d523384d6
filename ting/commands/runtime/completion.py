"""What could be typed at the caret, in the arguments of a command."""

from collections.abc import Sequence
from dataclasses import dataclass

from ting.commands.arguments import Argument, Signature
from ting.commands.converters import Option, Scene
from ting.commands.lexer import ArgumentError, Lexer, Word

MOST_OPTIONS = 20


@dataclass(frozen=True)
class Completion:
    """What may stand in `text[start:end]` instead of what is there."""

    options: Sequence[Option]
    start: int
    end: int


async def complete(signature: Signature, text: str, caret: int, ctx: Scene) -> Completion:
    """The options at a caret in what is typed after the command's name."""
    before, current = _words(text[:caret])
    argument = _argument_at(signature, before)
    found: list[Option] = []
    if current.text.startswith(("--", "—")) and signature.keywords:
        names = [f"--{one.name}" for one in signature.keywords.values()]
        found = [Option(name) for name in names if name.startswith(current.text.replace("—", "--"))]
    elif argument is not None:
        offered = await argument.converter.complete(current.text, ctx)
        found = [one if isinstance(one, Option) else Option(one) for one in offered]
    return Completion([_quoted(one) for one in found[:MOST_OPTIONS]], current.start, caret)


def _words(text: str) -> tuple[list[Word], Word]:
    """The words before the one that the caret is in, and that one."""
    reader, words = Lexer(text), []
    while not reader.at_end:
        try:
            words.append(reader.take())
        except ArgumentError:  # the caret is inside of quotes
            return words, Word(text[reader.at + 1 :], reader.at, len(text), quoted=True)
    if words and words[-1].end == len(text):
        return words[:-1], words[-1]
    return words, Word("", len(text), len(text), quoted=False)


def _argument_at(signature: Signature, before: Sequence[Word]) -> Argument | None:
    """Which argument comes after these words."""
    place, waiting = 0, None
    for word in before:
        if waiting is not None:
            waiting = None
        elif word.option is not None and signature.keywords:
            named = signature.keywords.get(word.option)
            waiting = named if named is not None and named.shape == "option" and word.assigned is None else None
        else:
            place += 1
    if waiting is not None:
        return waiting
    if place < len(signature.positional):
        return signature.positional[place]
    last = signature.positional[-1] if signature.positional else None
    return last if last is not None and last.shape in ("many", "rest") else None


def _quoted(option: Option) -> Option:
    """A value of several words needs quotes; what is shown does not."""
    if not any(character.isspace() for character in option.value):
        return option
    return Option('"' + option.value.replace('"', '\\"') + '"', option.label or option.value)
