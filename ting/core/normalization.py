"""Unicode normalization in linear time, also of hostile texts."""

import unicodedata
from collections.abc import Iterator
from typing import Literal

MAX_MARKS = 30  # that are sorted together: as in the Stream-Safe Text Format (UAX #15, 13); no language needs more

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


def normalized(form: Form, text: str) -> str:
    """The text in a normalization form. Longer runs of combining marks than `MAX_MARKS` are normalized in pieces.

    `unicodedata` sorts a run in quadratic time: 30,000 marks take seconds.
    """
    if text.isascii():
        return text
    return "".join(unicodedata.normalize(form, piece) for piece in _pieces(text))  # noqa: TID251 - short runs


def _pieces(text: str) -> Iterator[str]:
    start, marks = 0, 0
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MAX_MARKS:
            yield text[start:place]
            start, marks = place, 1
    yield text[start:]
