"""What makes a new password too easy to guess, in rules that can be shown to a user.

The browser checks the same rules while a password is typed (`static/js/model/session/password-rules.js`), with the same
list of common passwords; `tests/passwords.json` has examples for both. Every rule takes time in proportion to the
length of the password.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise

from ting.core.names import fold

MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 256
MIN_DIGITS = 12  # of a password that has only digits
MIN_DIFFERENT = 5
MAX_ADDED = 8  # digits and symbols around a word; with more of them, it is the digits that make the password
MIN_WORD_CHARS = 3
SITE = ("ting", "localhost")

RUNS = [
    "abcdefghijklmnopqrstuvwxyz",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "ερτυθιοπ",
    "ασδφγηξκλ",
    "ζχψωβνμ",
]
_STEPS = frozenset(step for run in RUNS for a, b in pairwise(run) for step in (a + b, b + a))
_SYMBOLS = str.maketrans("@$", "as")
_DIGITS = (str.maketrans("013457!|", "oieastii"), str.maketrans("013457!|", "oleastll"))
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SYMBOLS_AND_SPACES = re.compile(r"[\W_]+")
_OTHERS = re.compile(r"[\W\d_]+")


class PasswordFault(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    DIGITS = "digits"
    NAME = "name"
    SITE = "site"
    EMAIL = "email"
    COMMON = "common"


MESSAGES = {
    PasswordFault.SHORT: f"A password must have at least {MIN_PASSWORD_CHARS} characters.",
    PasswordFault.LONG: f"A password can have at most {MAX_PASSWORD_CHARS} characters.",
    PasswordFault.REPEATED: "This password repeats the same few characters. Use different words.",
    PasswordFault.SEQUENCE: "This password follows the alphabet, the digits or the keyboard. Use several words.",
    PasswordFault.DIGITS: f"A password that has only digits must have at least {MIN_DIGITS}. Add words.",
    PasswordFault.NAME: "The password must not be the name, also not with digits or symbols around it.",
    PasswordFault.SITE: "The password must not be the name or the address of this site.",
    PasswordFault.EMAIL: "The password must not be the e-mail address.",
    PasswordFault.COMMON: "This is a common password, or a common word with digits or symbols. Use several words.",
}


class PasswordRules:
    """The rules of one server."""

    def __init__(self, host: str = "") -> None:
        """`host` is that of the public address."""
        self._common = frozenset(files("ting.static").joinpath("passwords", "common.txt").read_text().split())
        self._site = {*SITE, *site_words(host)}

    def fault(self, password: str, name: str, email: str | None = None) -> PasswordFault | None:
        """Why this password is too easy to guess for the user with this name; None if it is not."""
        if len(password) < MIN_PASSWORD_CHARS:
            return PasswordFault.SHORT
        if len(password) > MAX_PASSWORD_CHARS:
            return PasswordFault.LONG
        folded = fold(password)
        return _pattern(folded) or self._personal(folded, name, email) or self._common_word(folded)

    def _personal(self, folded: str, name: str, email: str | None) -> PasswordFault | None:
        local, _, _ = (email or "").partition("@")
        for words, fault in (
            ((name,), PasswordFault.NAME),
            (self._site, PasswordFault.SITE),
            ((email or "", local), PasswordFault.EMAIL),
            ((name, *self._site, local), PasswordFault.NAME),  # a mixture
        ):
            if _is_made_of(folded, words):
                return fault
        return None

    def _common_word(self, folded: str) -> PasswordFault | None:
        return PasswordFault.COMMON if self._common.intersection(_variants(folded)) else None


def site_words(host: str) -> Iterator[str]:
    """The words of the address of a site: the whole one, and its parts."""
    yield host
    yield from (part for part in host.split(".") if len(part) >= MIN_WORD_CHARS)


def _pattern(folded: str) -> PasswordFault | None:
    if len(set(folded)) < MIN_DIFFERENT or _period(folded) < MIN_PASSWORD_CHARS:
        return PasswordFault.REPEATED
    steps = sum(a == b or a + b in _STEPS for a, b in pairwise(folded))
    if 4 * steps >= 3 * (len(folded) - 1):
        return PasswordFault.SEQUENCE
    return PasswordFault.DIGITS if folded.isdecimal() and len(folded) < MIN_DIGITS else None


def _period(text: str) -> int:
    """The length of the part that a text repeats at least twice; that of the text if it repeats none."""
    borders = [0] * len(text)  # Knuth, Morris, Pratt: linear
    for at in range(1, len(text)):
        length = borders[at - 1]
        while length and text[at] != text[length]:
            length = borders[length - 1]
        borders[at] = length + (text[at] == text[length])
    period = len(text) - borders[-1]
    return period if 2 * period <= len(text) else len(text)


def _variants(folded: str) -> set[str]:
    """A password as it may be in the list: itself, and the word in it, also with digits written for letters."""
    found: set[str] = set()
    for text in (folded, folded.translate(_SYMBOLS)):
        for whole in (text, _SYMBOLS_AND_SPACES.sub("", text)):
            word = _ENDS.sub("", whole)
            is_word = len(word) >= MIN_WORD_CHARS and len(folded) - len(word) <= MAX_ADDED
            for variant in (whole, word) if is_word else (whole,):
                found |= {variant, *(variant.translate(digits) for digits in _DIGITS)}
    return found


def _is_made_of(folded: str, words: Iterable[str]) -> bool:
    """Whether only digits and symbols remain of a password without these words."""
    letters = {_OTHERS.sub("", fold(word)) for word in words}
    parts = [part for part in letters if len(part) >= 2]
    whole = folded.translate(_SYMBOLS)
    for text in {folded, whole, *(whole.translate(digits) for digits in _DIGITS)}:
        rest = _OTHERS.sub("", text)
        if rest and len(folded) - len(rest) <= MAX_ADDED and (rest in letters or _is_concatenation(rest, parts)):
            return True
    return False


def _is_concatenation(text: str, parts: Iterable[str]) -> bool:
    reached = [True] + [False] * len(text)
    for at in range(len(text)):
        if reached[at]:
            for part in parts:
                if text.startswith(part, at):
                    reached[at + len(part)] = True
    return reached[-1]
