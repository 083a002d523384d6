"""Checks the text of a message."""

from ting.core.errors import BadText
from ting.core.models import MAX_TEXT_CHARS, message_text


def check_text(text: str, *, may_be_empty: bool = False) -> str:
    """Return the text as stored. Raises `BadText`, which says what is wrong."""
    if may_be_empty and not text.strip():
        return ""
    stored = message_text(text)
    if stored is None:
        raise BadText(f"A message must have 1 to {MAX_TEXT_CHARS} characters; this one {_problem(text)}.")
    return stored


def _problem(text: str) -> str:
    if len(text) > MAX_TEXT_CHARS:
        return f"has {len(text)} characters"
    return "contains invalid characters" if text.strip() else "is empty"
