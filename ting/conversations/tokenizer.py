"""Splits texts and search queries into words, without accents and case, in any script.

A word is a run of letters and digits. In scripts without spaces between words, each pair of letters is a token
instead: a message with 日本語 is found by 日本 and by 本語. A search term may be a prefix of a word.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MAX_WORD_LETTERS = 40  # the letters after that are ignored
MIN_PREFIX_LETTERS = 2  # a single letter matches only as a whole word

# Han, kana, Bopomofo, Thai, Lao, Myanmar, Khmer. Half-width and full-width forms become these when folded.
_DENSE = "\u2e80-\u2fdf\u3005-\u3007\u3041-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_DENSE += "\u0e01-\u0edf\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_DENSE}]+|[^ {_DENSE}]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
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
        """The index tokens of this term, all of which must match, each with whether a prefix is enough."""
        if not self.dense:
            return [(self.letters, len(self.letters) >= MIN_PREFIX_LETTERS)]
        return [(self.letters, True)] if len(self.letters) == 1 else [(pair, False) for pair in _pairs(self.letters)]


@dataclass(frozen=True)
class _Run:
    """Adjacent folded letters. `places`: the index in the text of each letter, and of the character after the last."""

    letters: str
    places: list[int]

    def span(self, start: int, end: int) -> Span:
        """Return the range of these letters in the text, in code points. A character may fold to several letters."""
        return self.places[start], max(self.places[end], self.places[end - 1] + 1)


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
        found[Term(run if dense else run[:MAX_WORD_LETTERS], dense)] = None
    return list(found)


def highlight(text: str, wanted: Iterable[Term]) -> list[Span]:
    """Return where a text matches: ranges of code points, in order. Empty unless every term matches."""
    runs = _runs(text)
    found: list[Span] = []
    for term in wanted:
        spans = [span for run in runs for span in _spans(run, term)]
        if not spans:
            return []
        found += spans
    return _merged(sorted(found))


def _spans(run: _Run, term: Term) -> list[Span]:
    length = len(term.letters)
    if term.dense:
        return [run.span(start, start + length) for start in _occurrences(run.letters, term.letters)]
    is_prefix = run.letters.startswith(term.letters)
    if is_prefix and (length >= MIN_PREFIX_LETTERS or length == len(run.letters)):
        return [run.span(0, length)]
    return []


def _occurrences(text: str, part: str) -> Iterable[int]:
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _runs(text: str) -> list[_Run]:
    letters, places = [], []
    for place, character in enumerate(text):
        folded = _folded(character)
        letters.append(folded)
        places += [place] * len(folded)
    places.append(len(text))
    found = []
    for match in _RUN.finditer("".join(letters)):
        found.append(_Run(match.group(), places[match.start() : match.end() + 1]))
    return found


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
    """Return a character without accent, case (a final sigma is a sigma) and width; a space if it is in no word."""
    if _VARIATION.match(character):
        return ""
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(map(_letter, small))


def _letter(character: str) -> str:
    category = unicodedata.category(character)
    if unicodedata.combining(character) or (category == "Cf" and character != _ZERO_WIDTH_SPACE) or category == "Me":
        return ""  # accents, joiners, soft hyphens: they occur within words
    return character if category[0] in "LNM" else " "
