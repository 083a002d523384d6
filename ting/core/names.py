"""Validation and comparison of user names and channel names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.resources import files

from ting.core.errors import BadConversation, BadName
from ting.core.normalization import normalized
from ting.core.text import is_visible

MAX_NAME_CHARS = 20
MAX_ENTERED_CHARS = 100  # of a name as entered: with its accents apart, a name can be longer
NAME_SYMBOLS = frozenset(".,/?~!@#$%^&*()-_=+[]{}\\|'\"`;:")
DOT_SEGMENTS = frozenset({".", ".."})  # clients remove them from paths (RFC 3986, 5.2.4)
RESERVED_NAMES = ("admin", "ting", "system", "all", "here", "everyone")
DEFAULT_CHANNEL = "ting"

# First segments of other URLs. A channel's page is at its name, so no channel can have these names.
RESERVED_CHANNELS = frozenset(
    {".", "..", "api", "files", "u", "static", "healthz", "readyz", "metrics", "search", "channels", "settings"}
    | {"favicon.ico", "robots.txt", "sw.js", "manifest.webmanifest", "apple-touch-icon.png"}
    | {"asyncapi.json", "openapi.json", "security.txt", "sitemap.xml"}
)
CHANNEL_SYMBOLS = frozenset("_.-")
CHANNEL_CATEGORIES = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})  # in lowercase, so without Lu and Lt
_CONFUSABLES = "confusables.txt"  # made by tools/make-confusables.py
_ASCII_CHANNEL = re.compile(f"[a-z0-9_.-]{{1,{MAX_NAME_CHARS}}}")
_LETTER_NAME = re.compile(r"(LATIN|GREEK) (SMALL|CAPITAL) LETTER ")


def user_name(entered: str) -> str:
    """The name as it is stored: in Unicode NFC. Raises `BadName`."""
    name = normalized("NFC", entered)
    if not name:
        raise BadName("A name must have at least one character.")
    if len(name) > MAX_NAME_CHARS:
        raise BadName(f"A name can have at most {MAX_NAME_CHARS} characters; this one has {len(name)}.")
    if name in DOT_SEGMENTS:
        raise BadName(f'"{name}" cannot be a name, because it has a special meaning in URLs.')
    for character in name:
        if not is_name_character(character):
            raise BadName(f"A name cannot contain {_printable(character)}.")
    return name


def name_keys(name: str) -> list[str]:
    """The keys by which a name is compared. Two names that share a key count as the same name.

    Keys ignore case, accents, width and composition, and letters that look alike (skeletons of UTS #39). There is a
    key for the name as written, in lowercase and in uppercase, since letters that look alike in one case may differ
    in the other: Greek Η looks like H, but η looks like n. A text that is too long to be a name has none.
    """
    if len(name) > MAX_ENTERED_CHARS:
        return []
    return sorted({fold(_skeleton(_plain(variant))) for variant in (name, name.casefold(), name.upper())})


def is_reserved(name: str, reserved: Iterable[str] = ()) -> bool:
    """Whether a name counts as the same as a reserved one, so that no user can have it."""
    keys = set(name_keys(name))
    return any(keys.intersection(name_keys(other)) for other in (*RESERVED_NAMES, *reserved))


def channel_name(entered: str) -> str:
    """The name as it is used in the channel's id: in lowercase, in Unicode NFKC. Raises `BadConversation`."""
    name = entered if _ASCII_CHANNEL.fullmatch(entered) else _other_channel_name(entered)
    if name in RESERVED_CHANNELS:
        raise BadConversation(f'"{name}" cannot be a channel name.')
    return name


def _other_channel_name(entered: str) -> str:
    """The same for a name that is not in lowercase ASCII, without the check for reserved names."""
    name = normalized("NFKC", normalized("NFKC", entered[:MAX_ENTERED_CHARS]).lower())
    if (
        len(entered) > MAX_ENTERED_CHARS
        or not 1 <= len(name) <= MAX_NAME_CHARS
        or not all(map(_is_channel_character, name))
        or _is_mark(name[0])
    ):
        raise BadConversation("A channel name must have 1 to 20 letters, digits, and _ . -, without spaces.")
    return name


def fold(text: str) -> str:
    """Remove case, accents and width. Full case folding (Unicode 3.13) also replaces the final sigma."""
    return _plain(text.casefold())


def _plain(text: str) -> str:
    """Remove accents and width."""
    decomposed = normalized("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _skeleton(text: str) -> str:
    """The text with each character replaced by its prototype: equal for texts that look alike (UTS #39, 4)."""
    return text.translate(_PROTOTYPES)


def _read_prototypes() -> Mapping[int, str]:
    """The prototype of each character that looks like another one, for `str.translate`."""
    text = files("ting.core").joinpath(_CONFUSABLES).read_text(encoding="utf-8")
    lines = (line.rpartition("\t") for line in text.split("\n") if "\t" in line)  # a prototype can have a tab
    return {ord(character): prototype for prototype, _, alike in lines for character in alike}


_PROTOTYPES = _read_prototypes()


def is_name_character(character: str) -> bool:
    """Whether a character in NFC can be part of a user name."""
    if character.isascii():
        return character.isalnum() or character in NAME_SYMBOLS
    return _LETTER_NAME.match(unicodedata.name(character, "")) is not None


def _is_channel_character(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in CHANNEL_SYMBOLS
    return unicodedata.category(character) in CHANNEL_CATEGORIES and is_visible(character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _printable(character: str) -> str:
    """A readable form of a character, also of a space or a control character."""
    if character == " ":
        return "a space"
    return f'"{character}"' if character.isprintable() else f"U+{ord(character):04X}"
