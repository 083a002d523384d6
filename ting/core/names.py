"""What a user name and a channel name may be, and when two of them are the same.

Also the ids of conversations, since these are made of names.
"""

import re
import unicodedata
from collections.abc import Iterable

from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]

from ting.core.errors import BadConversation, BadName

MAX_NAME_CHARS = 20
NAME_SYMBOLS = frozenset(".,/?~!@#$%^&*()-_=+[]{}\\|'\"`;:")
NO_URL_SEGMENTS = frozenset({".", ".."})  # RFC 3986, 5.2.4: they vanish from a path
RESERVED_NAMES = ("admin", "ting", "system", "all", "here", "everyone")
DEFAULT_CHANNEL = "ting"

# Paths that mean something else than "the channel of this name", so no channel may have them.
RESERVED_CHANNELS = frozenset(
    {".", "..", "api", "files", "u", "static", "healthz", "readyz", "metrics", "search", "channels", "settings"}
    | {"favicon.ico", "robots.txt", "sw.js", "manifest.webmanifest"}
)
_CHANNEL_NAME = re.compile(r"[a-z0-9_.-]{1,20}", re.ASCII)
_LETTER_NAME = re.compile(r"(LATIN|GREEK) (SMALL|CAPITAL) LETTER ")


def user_name(entered: str) -> str:
    """The name as it is kept: composed (Unicode NFC). Raises `BadName` for one that cannot be a name."""
    name = unicodedata.normalize("NFC", entered)
    if not name:
        raise BadName("A name must have at least one character.")
    if len(name) > MAX_NAME_CHARS:
        raise BadName(f"A name can have at most {MAX_NAME_CHARS} characters; this one has {len(name)}.")
    if name in NO_URL_SEGMENTS:
        raise BadName(f'"{name}" cannot be a name, because it has a special meaning in URLs.')
    for character in name:
        if not is_name_character(character):
            raise BadName(f"A name cannot contain {_printable(character)}.")
    return name


def user_keys(name: str) -> list[str]:
    """What names that look the same have in common: two names with a key in common are the same name.

    Case, accents, width and composition make no difference, nor do letters that look alike (skeletons of UTS #39).
    What looks alike in capitals need not in small letters (Greek Η is like H, η is like n), and letters can be written
    either way: so there is a key for the name as it is, in small letters, and in capitals.
    """
    return sorted({fold(_skeleton(_plain(written))) for written in (name, name.casefold(), name.upper())})


def is_reserved(name: str, reserved: Iterable[str] = ()) -> bool:
    """Whether nobody may have a name, since it looks like one that means something else."""
    keys = set(user_keys(name))
    return any(keys.intersection(user_keys(other)) for other in (*RESERVED_NAMES, *reserved))


def channel_name(entered: str) -> str:
    """The name as it stands in the channel's id: in small letters. Raises `BadConversation`."""
    name = entered.lower() if entered.isascii() else entered
    if not _CHANNEL_NAME.fullmatch(name):
        raise BadConversation("A channel name must have 1 to 20 of the letters a to z, digits, and _ . -")
    if name in RESERVED_CHANNELS:
        raise BadConversation(f'"{name}" cannot be a channel name.')
    return name


def fold(text: str) -> str:
    """Full case folding, which makes the final sigma a sigma (Unicode 3.13)."""
    return _plain(text.casefold())


def _plain(text: str) -> str:
    """Without accents and width."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _skeleton(text: str) -> str:
    """The text in prototypes: equal for texts that look alike (UTS #39, 4)."""
    return "".join(map(_prototype, text))


def _prototype(character: str) -> str:
    """The one of all characters that look like this one which stands for them."""
    alike: list[dict[str, str]] = confusables_data.get(character, [])
    if len(alike) != 1:
        return character  # it looks like nothing else, or it is what others look like
    other = alike[0]["c"]
    return other if len(confusables_data.get(other, [])) > 1 else min(character, other)


def is_name_character(character: str) -> bool:
    """Whether a character, composed, may be part of a user's name."""
    if character.isascii():
        return character.isalnum() or character in NAME_SYMBOLS
    return _LETTER_NAME.match(unicodedata.name(character, "")) is not None


def _printable(character: str) -> str:
    """A character such that a reader sees which one is meant, spaces and control characters too."""
    if character == " ":
        return "a space"
    return f'"{character}"' if character.isprintable() else f"U+{ord(character):04X}"
