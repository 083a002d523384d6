"""What a user name and a channel name may be, and when two of them are the same.

Also the ids of conversations, since these are made of names.
"""

import re
import unicodedata

from ting.errors import BadConversation, BadName

MAX_NAME_CHARS = 20
NAME_SYMBOLS = frozenset(".,/?~!@#$%^&*()-_=+[]{}\\|'\"`;:")
DEFAULT_CHANNEL = "ting"

# Paths that mean something else than "the channel of this name", so no channel may have them.
RESERVED_CHANNELS = frozenset(
    {".", "..", "api", "files", "u", "static", "healthz", "readyz", "metrics"}
    | {"favicon.ico", "robots.txt", "sw.js", "manifest.webmanifest"}
)
_CHANNEL_NAME = re.compile(r"[a-z0-9_.-]{1,20}", re.ASCII)
_LETTER_NAME = re.compile(r"(LATIN|GREEK) (SMALL|CAPITAL) LETTER ")


def user_name(entered: str) -> str:
    """The name as it is kept: composed (Unicode NFC). Raises `BadName` for one that cannot be a name."""
    name = unicodedata.normalize("NFC", entered)
    if not name:
        raise BadName("A name has at least one character.")
    if len(name) > MAX_NAME_CHARS:
        raise BadName(f"A name has at most {MAX_NAME_CHARS} characters; this one has {len(name)}.")
    for character in name:
        if not _may_stand_in_name(character):
            raise BadName(f"A name cannot contain {_shown(character)}.")
    return name


def user_key(name: str) -> str:
    """What two names have in common when they are the same name: without case, accents and width.

    Full case folding makes the final sigma a sigma (Unicode 3.13); NFKD splits accents from their letters.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(character for character in folded if not unicodedata.combining(character))


def channel_name(entered: str) -> str:
    """The name as it stands in the channel's id: in small letters. Raises `BadConversation`."""
    name = entered.lower() if entered.isascii() else entered
    if not _CHANNEL_NAME.fullmatch(name):
        raise BadConversation("A channel's name is 1 to 20 of the letters a to z, digits, and _ . -")
    if name in RESERVED_CHANNELS:
        raise BadConversation(f'"{name}" cannot be the name of a channel.')
    return name


def channel_id(entered: str) -> str:
    """The conversation id of the channel with this name. Raises `BadConversation`."""
    return "#" + channel_name(entered)


def conversation_id(entered: str) -> str:
    """The canonical form of a conversation id that came from outside. Raises `BadConversation`."""
    if entered.startswith("#"):
        return channel_id(entered[1:])
    raise BadConversation('A conversation id begins with "#", like "#ting".')


def _may_stand_in_name(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in NAME_SYMBOLS
    return _LETTER_NAME.match(unicodedata.name(character, "")) is not None


def _shown(character: str) -> str:
    """A character such that a reader sees which one is meant, spaces and control characters too."""
    if character == " ":
        return "a space"
    return f'"{character}"' if character.isprintable() else f"U+{ord(character):04X}"
