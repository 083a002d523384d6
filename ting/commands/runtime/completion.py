"""Completes the arguments of a command at the caret."""

from collections.abc import Sequence
from dataclasses import dataclass

from ting.commands.arguments import Argument, Signature
from ting.commands.converters import Option, Scene
from ting.commands.lexer import QUOTES, ArgumentError, Lexer, Word, as_one_word

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
    argument, may_be_option = _argument_at(signature, before)
    start, typed = current.start, current.text
    if may_be_option and current.begun_option is not None:
        names = [keyword.written for keyword in signature.keywords.values()]
        found = [Option(f"--{name}") for name in names if name.startswith(current.begun_option)]
        return Completion(found, start, caret)
    if may_be_option and current.option is not None:  # --name=value
        argument = _with_value(signature.keyword(current.option))
        start, typed = start + text[start:].index("=") + 1, current.assigned or ""
    if argument is None:
        return Completion([], start, caret)
    offered = await argument.converter.complete(typed, ctx)
    options = [option if isinstance(option, Option) else Option(option) for option in offered[:MAX_OPTIONS]]
    return Completion(options if argument.shape == "rest" else [_quoted(option) for option in options], start, caret)


def _words(text: str) -> tuple[list[Word], Word]:
    """Return the words before the caret's word, and the caret's word, which may be empty."""
    reader, words = Lexer(text), []
    while not reader.at_end:
        try:
            words.append(reader.take())
        except ArgumentError:  # the caret is inside quotes
            return words, _open_quote(text, reader.at)
    if words and words[-1].end == len(text):
        return words[:-1], words[-1]
    return words, Word("", len(text), len(text), quoted=False)


def _open_quote(text: str, at: int) -> Word:
    """The word at an index, which has an opening quotation mark at its beginning or after "--name="."""
    if text[at] in QUOTES:
        return Word(text[at + 1 :], at, len(text), quoted=True)
    opening = text.index("=", at) + 1
    return Word(text[at:opening] + text[opening + 1 :], at, len(text), quoted=False)


def _argument_at(signature: Signature, before: Sequence[Word]) -> tuple[Argument | None, bool]:
    """Return the argument that comes after these words (None if there is none), and whether it can be an option."""
    place, at, options_end = 0, 0, not signature.keywords
    while at < len(before):
        word = before[at]
        at += 1
        if not options_end and word.ends_options:
            options_end = True
        elif not options_end and word.option is not None:
            option = _with_value(signature.keyword(word.option))
            if option is not None and word.assigned is None:
                if at == len(before):
                    return option, False
                at += _word_count(option, before[at:])
        else:
            argument = _positional(signature, place)
            at += 0 if argument is None else _word_count(argument, before[at - 1 :]) - 1
            place += 1
    return _positional(signature, place), not options_end


def _positional(signature: Signature, place: int) -> Argument | None:
    """The positional argument at a place; the last one if that takes all further words."""
    if place < len(signature.positional):
        return signature.positional[place]
    last = signature.positional[-1] if signature.positional else None
    return last if last is not None and last.shape in ("many", "rest") else None


def _word_count(argument: Argument, words: Sequence[Word]) -> int:
    """How many of these words the value of an argument has."""
    most, run = argument.converter.most_words, []
    for word in words[:most]:
        if word.quoted or word.option is not None:
            break
        run.append(word.text)
    return max(1, argument.converter.extent(run)) if most > 1 and argument.converter.kind != "custom" else 1


def _with_value(argument: Argument | None) -> Argument | None:
    """The argument, unless it is a flag."""
    return argument if argument is not None and argument.shape == "option" else None


def _quoted(option: Option) -> Option:
    """The option as one word, in quotes if it needs them. Its label stays without them."""
    written = as_one_word(option.value)
    return option if written == option.value else Option(written, option.label or option.value)
