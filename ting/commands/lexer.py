"""Splits typed text into words. Handles quotes, and the typographic quotes and dashes that phones insert.

The meaning of the words is left to `arguments.py`.
"""

import copy
import re
from dataclasses import dataclass

# Each opening quotation mark with its closing marks. Phones and word processors insert the curly ones automatically.
_MARKS = """
    " "“”    “ ”“"    ” ”"    „ “”"‟    ‟ ”"    ＂ ＂    « »    » «»    ‹ ›    › ‹›
    ' '’     ‘ ’'     ’ ’'    ‛ ’'      ‚ ‘’'   ＇ ＇    「 」   『 』    〝 〞〟
"""
QUOTES = dict(zip(_MARKS.split()[::2], _MARKS.split()[1::2], strict=True))
# These are also apostrophes. They close a quotation only at the end of a word ('it's fine'), and one that is not
# closed is part of its word ('tis).
APOSTROPHES = frozenset("'‘’‛＇")
_DASHES = "‐‑‒–—―−﹘﹣－"
_SIGNS = str.maketrans(
    {**dict.fromkeys(_DASHES, "-"), **dict.fromkeys("‘’‛＇", "'"), **dict.fromkeys("“”„‟＂", '"'), "＋": "+", "＝": "="}
)
_NAME = rf"(?P<name>[^\W\d_][\w\-{_DASHES}]*)(?:=(?P<value>.*))?"
_TWO_DASHES = r"(?:[-‐‑‒−－]{2}|[—―]|–[-–]?)"
OPTION = re.compile(_TWO_DASHES + _NAME, re.DOTALL)
OPTION_BEGINNING = re.compile(rf"{_TWO_DASHES}(?P<name>[\w\-{_DASHES}]*)")
END_OF_OPTIONS = frozenset({"--", "—", "−−", "––"})
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
        return plain_signs(found["name"]).rstrip("-") if found else None

    @property
    def begun_option(self) -> str | None:
        """The name in `--na`, which may not be complete; None if the word does not begin like an option."""
        found = None if self.quoted else OPTION_BEGINNING.fullmatch(self.text)
        return plain_signs(found["name"]).casefold() if found else None

    @property
    def ends_options(self) -> bool:
        """Whether it is "--": options end here."""
        return not self.quoted and self.text in END_OF_OPTIONS

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
        self._unclosed: set[str] = set()  # marks that nothing closes from here on: they are searched for only once
        self._skip_space()

    def copy(self) -> "Lexer":
        """A reader of the same text at the same place."""
        return copy.copy(self)

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    @property
    def at_quote(self) -> bool:
        """Whether the next word begins with a quotation mark."""
        return self.text[self.at] in QUOTES

    def peek(self) -> Word:
        """The next word, without consuming it. Raises `ArgumentError` for a quote that is not closed."""
        quoted = self._quoted(self.at) if self.at_quote else None
        if quoted is not None:
            return quoted
        return self._assignment(self.peek_plain())

    def peek_loosely(self) -> Word:
        """The next word, without consuming it. A quote that is not closed has no meaning."""
        try:
            return self.peek()
        except ArgumentError:
            return self.peek_plain()

    def peek_plain(self) -> Word:
        """The next characters up to a space, without consuming them. Quotation marks have no meaning in them."""
        end = self.at
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        return Word(self.text[self.at : end], self.at, end, quoted=False)

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

    def _quoted(self, start: int) -> Word | None:
        """The quoted word at a mark; None if the mark is an apostrophe."""
        opening, kept, at = self.text[start], [], start + 1
        if opening in self._unclosed:
            at = len(self.text)
        while at < len(self.text) and not self._closes(opening, at):
            if self.text[at] == BACKSLASH and self.text[at + 1 : at + 2] in (BACKSLASH, *QUOTES[opening]):
                at += 1
            kept.append(self.text[at])
            at += 1
        if at < len(self.text):
            return Word("".join(kept), start, at + 1, quoted=True)
        self._unclosed.add(opening)
        if opening in APOSTROPHES:
            return None
        raise ArgumentError(f"The quotation mark {opening} is not closed.")

    def _closes(self, opening: str, at: int) -> bool:
        """Whether the character closes a quotation."""
        if self.text[at] not in QUOTES[opening]:
            return False
        return self.text[at] not in APOSTROPHES or at + 1 == len(self.text) or self.text[at + 1].isspace()

    def _assignment(self, word: Word) -> Word:
        """Extend an option to its whole quoted value, as in `--name="two words"`."""
        value = word.assigned
        if not value or value[0] not in QUOTES:
            return word
        opening = word.start + word.text.index("=") + 1
        quoted = self._quoted(opening)
        if quoted is None:
            return word
        return Word(self.text[word.start : opening] + quoted.text, word.start, quoted.end, quoted=False)

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1


def plain_signs(text: str) -> str:
    """The text with the plain form of each dash, quotation mark and sign that a phone may have inserted."""
    return text.translate(_SIGNS)


def as_one_word(text: str) -> str:
    """The text as a user types it so that it is read as one word: in quotes if it needs them."""
    word = Word(text, 0, len(text), quoted=False)
    is_plain = text and text[0] not in QUOTES and not any(character.isspace() for character in text)
    if is_plain and word.option is None and not word.ends_options:
        return text
    closing = {BACKSLASH, *QUOTES['"']}
    return '"' + "".join(BACKSLASH + each if each in closing else each for each in text) + '"'


def shown(text: str) -> str:
    """A text in quotes for an error message, shortened if it is long."""
    return f'"{text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"}"'
