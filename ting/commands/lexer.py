"""Splits typed text into words. Handles quotes, and the typographic quotes and dashes that phones insert.

The meaning of the words is left to `arguments.py`.
"""

import re
from dataclasses import dataclass

# Closing marks of each opening quotation mark. Phones and word processors insert the curly ones automatically.
QUOTES = {'"': '"“”', "“": '”“"', "”": '”"', "„": '“”"', "«": "»", "»": "«»"}
OPTION = re.compile(r"(?:--|—|–-?)(?P<name>[^\W\d_][\w-]*)(?:=(?P<value>.*))?", re.DOTALL)
END_OF_OPTIONS = frozenset({"--", "—"})
SHOWN_CHARS = 40
BACKSLASH = "\\"


class ArgumentError(Exception):
    """The arguments of a command are wrong. The message explains the mistake to the caller.

    Converters raise it, and commands can, too. The client shows the message with the usage line, and keeps the typed
    text, so that the caller can correct it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Word:
    """One word of `text[start:end]`, without its quotes."""

    text: str
    start: int
    end: int
    quoted: bool

    @property
    def option(self) -> str | None:
        """The name in `--name`, with any kind of dashes; None if the word is not an option."""
        found = None if self.quoted else OPTION.fullmatch(self.text)
        return found["name"].rstrip("-") if found else None

    @property
    def assigned(self) -> str | None:
        """The value in `--name=value`; None if there is none."""
        found = None if self.quoted else OPTION.fullmatch(self.text)
        return found["value"] if found else None


class Lexer:
    """Reads a text word by word, from its beginning."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._skip_space()

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def peek(self) -> Word:
        """The next word, without consuming it. Raises `ArgumentError` for a quote that is not closed."""
        if self.text[self.at] in QUOTES:
            return self._quoted(self.at)
        end = self.at
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        return self._assignment(Word(self.text[self.at : end], self.at, end, quoted=False))

    def take(self) -> Word:
        """Consume the next word. Raises `ArgumentError` for a quote that is not closed."""
        word = self.peek()
        self.go_to(word.end)
        return word

    def go_to(self, at: int) -> None:
        """Continue at this position."""
        self.at = at
        self._skip_space()

    def rest(self) -> str:
        """Consume the rest of the text, exactly as typed."""
        rest, self.at = self.text[self.at :].rstrip(), len(self.text)
        return rest

    def _quoted(self, start: int) -> Word:
        closing, kept, at = QUOTES[self.text[start]], [], start + 1
        while at < len(self.text) and self.text[at] not in closing:
            if self.text[at] == BACKSLASH and at + 1 < len(self.text) and self.text[at + 1] in (BACKSLASH, *closing):
                at += 1
            kept.append(self.text[at])
            at += 1
        if at == len(self.text):
            raise ArgumentError(f"The quotation mark {self.text[start]} is not closed.")
        return Word("".join(kept), start, at + 1, quoted=True)

    def _assignment(self, word: Word) -> Word:
        """Extend an option to its whole quoted value, as in `--name="two words"`."""
        value = word.assigned
        if not value or value[0] not in QUOTES:
            return word
        opening = word.start + word.text.index("=") + 1
        quoted = self._quoted(opening)
        return Word(self.text[word.start : opening] + quoted.text, word.start, quoted.end, quoted=False)

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1


def shown(text: str) -> str:
    """A text in quotes for an error message, shortened if it is long."""
    return f'"{text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"}"'
