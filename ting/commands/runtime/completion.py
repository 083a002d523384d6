"""Completes the arguments of a command at the caret."""

from collections.abc import Sequence
from dataclasses import dataclass

from ting.commands.arguments import Argument, Signature
from ting.commands.converters import Option, Scene
from ting.commands.lexer import ArgumentError, Lexer, Word

MAX_OPTIONS = 20


@dataclass(frozen=True)
class Completion:
    """The options that can replace `text[start:end]`."""

    options: Sequence[Option]
    start: int
    end: int


async def complete(signature: Signature, text: str, caret: int, ctx: Scene) -> Completion:
    """Return the options at a caret in the text after the command's name."""
    before, current = _words(text[:caret])
    argument = _argument_at(signature, before)
    found: list[Option] = []
    if current.text.startswith(("--", "—")) and signature.keywords:
        names = [f"--{keyword}" for keyword in signature.keywords]
        found = [Option(name) for name in names if name.startswith(current.text.replace("—", "--"))]
    elif argument is not None:
        offered = await argument.converter.complete(current.text, ctx)
        found = [option if isinstance(option, Option) else Option(option) for option in offered]
    return Completion([_quoted(option) for option in found[:MAX_OPTIONS]], current.start, caret)


def _words(text: str) -> tuple[list[Word], Word]:
    """Return the words before the caret's word, and the caret's word, which may be empty."""
    reader, words = Lexer(text), []
    while not reader.at_end:
        try:
            words.append(reader.take())
        except ArgumentError:  # the caret is inside quotes
            return words, Word(text[reader.at + 1 :], reader.at, len(text), quoted=True)
    if words and words[-1].end == len(text):
        return words[:-1], words[-1]
    return words, Word("", len(text), len(text), quoted=False)


def _argument_at(signature: Signature, before: Sequence[Word]) -> Argument | None:
    """Return the argument that comes after these words; None if there is none."""
    index, option = 0, None  # the next positional argument, and the option whose value comes next
    for word in before:
        if option is not None:
            option = None
        elif word.option is not None and signature.keywords:
            keyword = signature.keywords.get(word.option)
            takes_value = keyword is not None and keyword.shape == "option" and word.assigned is None
            option = keyword if takes_value else None
        else:
            index += 1
    if option is not None:
        return option
    if index < len(signature.positional):
        return signature.positional[index]
    last = signature.positional[-1] if signature.positional else None
    return last if last is not None and last.shape in ("many", "rest") else None


def _quoted(option: Option) -> Option:
    """Put a value of several words in quotes. Its label stays without them."""
    if not any(character.isspace() for character in option.value):
        return option
    return Option('"' + option.value.replace('"', '\\"') + '"', option.label or option.value)
