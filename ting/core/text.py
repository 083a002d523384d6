"""Rules for texts that users enter: line ends, control characters, and whether anything of a text is visible.

The browser client has the same rules in `static/js/model/text/clean.js`. Both are tested with `tests/texts.json`.
"""

import re

from ting.core.errors import BadText
from ting.core.models import MAX_TEXT_CHARS

# What Unicode calls a line boundary (UAX #14: CR, LF, VT, FF, NEL, LS, PS). Word processors paste most of them.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# All characters that `clean_text` changes. Most texts have none, and one search shows it.
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

# Characters without a shape of their own: Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt), and
# the empty Braille pattern, which looks like a space but is none.
_VISIBLE = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean_text(entered: str) -> str:
    """The text with `\\n` for each line end and without other control characters, except tabs."""
    if not _UNCLEAN.search(entered):
        return entered
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", entered))


def clean_line(entered: str) -> str | None:
    """The text in one line, without spaces at its ends. "" if nothing of it is visible, None for half a character."""
    line = " ".join(clean_text(entered).split())
    if not is_well_formed(line):
        return None
    return line if is_visible(line) else ""


def is_visible(text: str) -> bool:
    """Whether a text has a character that is neither a space nor invisible."""
    return _VISIBLE.search(text) is not None


def is_well_formed(text: str) -> bool:
    """Whether a text has no half of a surrogate pair, which UTF-8 cannot encode (RFC 3629)."""
    return text.isascii() or _SURROGATE.search(text) is None


def check_text(entered: str, *, may_be_empty: bool = False) -> str:
    """Return the text of a message as it is stored. Raises `BadText`, which says what is wrong.

    With `may_be_empty`, a text of which nothing is visible becomes "".
    """
    text = check_draft(entered)
    if is_visible(text):
        return text
    if may_be_empty:
        return ""
    problem = "has no visible character" if text else "is empty"
    raise BadText(f"A message must have 1 to {MAX_TEXT_CHARS} characters; this one {problem}.")


def check_draft(entered: str) -> str:
    """Return the text of a draft, which can be empty, as it is shown. Raises `BadText`, which says what is wrong."""
    text = clean_text(entered)
    if len(text) > MAX_TEXT_CHARS:
        raise BadText(f"A message must have 1 to {MAX_TEXT_CHARS} characters; this one has {len(text)} characters.")
    if not is_well_formed(text):
        raise BadText("The text contains half of a character (an unpaired surrogate).")
    return text
