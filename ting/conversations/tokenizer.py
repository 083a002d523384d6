"""Splits texts and search queries into words, without accents and case, in any script.

A word is a run of letters and digits. In scripts without spaces between words, each pair of letters is a token
instead: a message with 日本語 is found by 日本 and by 本語. A search term may be a prefix of a word.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from ting.core.normalization import normalized

MAX_WORD_LETTERS = 40  # the letters after that are ignored
MIN_PREFIX_LETTERS = 2  # a single letter matches only as a whole word
MAX_LETTERS = 6  # that one character can become: enough for all but a few, like the sentence U+FDFA
MAX_DENSE_LETTERS = 100  # of a dense term; the letters after that are ignored
MAX_PAIRS = 8  # of a dense term that are searched for in the index

# Han, kana, Bopomofo, Thai, Lao, Myanmar, Khmer. Half-width and full-width forms become these when folded.
_DENSE = "\u2e80-\u2fdf\u3005-\u3007\u3041-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_DENSE += "\u0e01-\u0edf\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_DENSE}]+|[^ {_DENSE}]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
_WORD = re.compile(f"[^ {_DENSE}]+")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ZERO_WIDTH_SPACE = "\u200b"

Span = tuple[int, int]


@dataclass(frozen=True)
class Term:
    """A search term: a word, the prefix of a word, or a run of letters in a script without spaces (`dense`)."""

    letters: str
    dense: bool

    @property
    def tokens(self) -> list[tuple[str, bool]]:
        """The index tokens of this term, all of which must match, each with whether a prefix is enough.

        Of a long dense term, these are only the first pairs: `highlight` compares the rest.
        """
        if not self.dense:
            return [(self.letters, len(self.letters) >= MIN_PREFIX_LETTERS)]
        if len(self.letters) == 1:
            return [(self.letters, True)]
        return [(pair, False) for pair in dict.fromkeys(_pairs(self.letters[: MAX_PAIRS + 1]))]


def index_tokens(text: str) -> set[str]:
    """Return the index tokens of a text."""
    tokens: set[str] = set()
    for run in _RUN.findall("".join(map(_folded, text))):
        if _IS_DENSE.match(run):
            tokens.update(_pairs(run))
            tokens.add(run[-1])  # so that every letter is the prefix of a token
        else:
            tokens.add(run[:MAX_WORD_LETTERS])
    return tokens


def terms(query: str) -> list[Term]:
    """Return the terms of a search query; none if it has no word."""
    found: dict[Term, None] = {}
    for run in _RUN.findall("".join(map(_folded, query))):
        dense = _IS_DENSE.match(run) is not None
        found[Term(run[: MAX_DENSE_LETTERS if dense else MAX_WORD_LETTERS], dense)] = None
    return list(found)


def highlight(text: str, wanted: Iterable[Term]) -> list[Span]:
    """Return where a text matches: ranges of code points, in order. Empty unless every term matches.

    The number of steps is at most proportional to the length of the text, apart from the number of terms.
    """
    folded = list(map(_folded, text))
    letters = "".join(folded)
    words = [(match.start(), match.group()) for match in _WORD.finditer(letters)]
    found: list[Span] = []
    for term in wanted:
        if term.letters not in letters:
            return []
        spans = _dense_spans(letters, term.letters) if term.dense else _word_spans(words, term.letters)
        if not spans:
            return []
        found += spans
    return _in_text(_merged(sorted(found)), folded)


def _word_spans(words: Iterable[tuple[int, str]], wanted: str) -> list[Span]:
    """Where words begin with these letters (a single letter: where it is a word), as ranges of letters."""
    length = len(wanted)
    if length < MIN_PREFIX_LETTERS:
        return [(start, start + length) for start, word in words if word == wanted]
    return [(start, start + length) for start, word in words if word.startswith(wanted)]


def _dense_spans(letters: str, part: str) -> list[Span]:
    """Where the letters of a dense term are, as ranges of letters. Occurrences that overlap are one range.

    From one occurrence it goes on to the last one that overlaps it. So two steps cover at least the length of the part.
    """
    spans = []
    start = letters.find(part)
    while start >= 0:
        end = start + len(part)
        while (last := letters.rfind(part, end - len(part) + 1, end + len(part))) >= 0:
            end = last + len(part)
        spans.append((start, end))
        start = letters.find(part, end)
    return spans


def _in_text(spans: list[Span], folded: Sequence[str]) -> list[Span]:
    """Convert ranges of letters to ranges of code points. A character may fold to several letters, or to none."""
    if all(len(letters) == 1 for letters in set(folded)):
        return spans
    starts = list(accumulate(map(len, folded), initial=0))

    def place(letter: int) -> int:
        """The index of the character with this letter."""
        return bisect_right(starts, letter) - 1

    return _merged([(place(start), max(place(end), place(end - 1) + 1)) for start, end in spans])


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    """Return a character without accent, case (a final sigma is a sigma) and width; a space if it is in no word.

    A character that would become more than `MAX_LETTERS` letters stays as it is.
    """
    if unicodedata.category(character) == "Lo" and unicodedata.is_normalized("NFKD", character):
        return character  # has neither accent nor case: the short way for the many ideographs
    if _VARIATION.match(character):
        return ""
    small = normalized("NFKD", normalized("NFKD", character).casefold())
    letters = "".join(map(_letter, small))
    return letters if len(letters) <= MAX_LETTERS else _letter(character)


def _letter(character: str) -> str:
    category = unicodedata.category(character)
    if unicodedata.combining(character) or (category == "Cf" and character != _ZERO_WIDTH_SPACE) or category == "Me":
        return ""  # accents, joiners, soft hyphens: they occur within words
    return character if category[0] in "LNM" else " "
