"""Finds the parts of a text that are shown as they were written: code and addresses. Nothing in them is a mention.

The client draws by the same rules (`static/js/model/text/verbatim.js`); `tests/fixtures/mentions.json` tests both.
Every step looks at a character a constant number of times, so the cost is linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

MIN_FENCE = 3

_FENCE = re.compile(r" {0,3}(`{3,})([^`]*)")
_BACKTICKS = re.compile("`+")

_ADDRESS_HEAD = re.compile("https?://|mailto:", re.IGNORECASE)
_SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Control and format characters: they can disguise an address.
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
# In these scripts a sentence goes on without a space, but its punctuation belongs to no address.
_WIDE_PUNCTUATION = "\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65"
# A stroke ends a spoiler of the client.
_ADDRESS_TAIL = re.compile(f'[^<>|"`{_SPACES}{_INVISIBLE}{_WIDE_PUNCTUATION}]+')

# Letters of scripts that are written without spaces, or that add particles to a name. They end a word of other scripts.
SPACELESS = (
    "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U00020000-\U0003ffff"
)
_MAX_MARKS = 20  # a longer run of `_` separates words
_WORD_AHEAD = re.compile(f"_{{0,{_MAX_MARKS}}}+(?![{SPACELESS}])[^\\W_]")
_WORD_CHARACTER = re.compile(f"(?![{SPACELESS}])[^\\W_]")


def without_verbatim(text: str) -> str:
    """Return the text with a space in place of each character of code and addresses: all other places stay."""
    lines = text.split("\n")
    for first, last in _blocks(lines):
        for number in range(first, last + 1):
            lines[number] = " " * len(lines[number])
    return "\n".join(_without_spans(line) for line in lines)


def begins_word(text: str, at: int) -> bool:
    """Return whether no word goes on at a place. Marks like `_` around a word are not part of it."""
    last = max(at - _MAX_MARKS, 0)
    while at > last and (text[at - 1] == "_" or unicodedata.combining(text[at - 1])):
        at -= 1
    return at == 0 or not _WORD_CHARACTER.match(text, at - 1)


def ends_word(text: str, at: int) -> bool:
    """Return whether no word goes on at a place. Marks like `_` around a word are not part of it."""
    return not _WORD_AHEAD.match(text, at)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each block of code. A fence without an end begins no block."""
    closing = [_closing_length(line) for line in lines]
    longest = [*closing, 0]  # the longest closing fence from each line on
    for number in reversed(range(len(lines))):
        longest[number] = max(closing[number], longest[number + 1])
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        if fence and longest[at + 1] >= len(fence[1]):
            first = at
            at = next(number for number in range(first + 1, len(lines)) if closing[number] >= len(fence[1]))
            yield first, at
        at += 1


def _closing_length(line: str) -> int:
    """Return how many backticks close a block of code on this line; 0 if none do.

    They may follow the last line of the code, unless they end a span of code within the line.
    """
    end = line.rstrip(" \t")
    length = len(end) - len(end.rstrip("`"))
    if length < MIN_FENCE:
        return 0
    runs = sum(1 for run in _BACKTICKS.finditer(line) if len(run[0]) >= MIN_FENCE)
    return length if runs % 2 else 0


def _without_spans(line: str) -> str:
    if "`" in line:
        line = _blank(line, _code_spans(line))
    return _blank(line, _addresses(line)) if ":" in line else line


def _blank(line: str, spans: Iterable[tuple[int, int]]) -> str:
    at, parts = 0, []
    for start, end in spans:
        parts += [line[at:start], " " * (end - start)]
        at = end
    return "".join([*parts, line[at:]])


def _code_spans(line: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of code in a line. Each ends at a run of as many backticks as it began with."""
    runs = [match.span() for match in _BACKTICKS.finditer(line)]
    following: dict[int, int] = {}  # by the length of the run
    closing: list[int | None] = [None] * len(runs)
    for number in reversed(range(len(runs))):
        length = runs[number][1] - runs[number][0]
        closing[number] = following.get(length)
        following[length] = number
    at = 0
    while at < len(runs):
        start, close = runs[at][0], closing[at]
        if close is not None and line[start - 1 : start] != "\\":
            yield start, runs[close][1]
            at = close
        at += 1


def _addresses(line: str) -> Iterator[tuple[int, int]]:
    head = _ADDRESS_HEAD.search(line)
    while head:
        tail = _ADDRESS_TAIL.match(line, head.end()) if begins_word(line, head.start()) else None
        if tail:
            yield head.start(), tail.end()
        head = _ADDRESS_HEAD.search(line, tail.end() if tail else head.start() + 1)
