"""What users say of themselves, and what they chose for themselves; and what can be said and chosen.

Values and checks alone. Who may see what is decided in `profiles.py`.
"""

import re
from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ting.errors import BadBirthDate, BadEmail, BadGender, BadPlace, Malformed

MAX_EMAIL_CHARS = 128
MAX_GENDER_CHARS = 40
MAX_PLACE_CHARS = 80
MAX_AGE_YEARS = 150

Language = Literal["el", "en"]
Theme = Literal["light", "dark"]
TypingView = Literal["letters", "indicator", "nothing"]
Showable = Literal["age", "gender", "place", "last_seen"]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="HH:MM")]

SHOWN_AT_FIRST: tuple[Showable, ...] = ("last_seen",)

# One @, something before it, and a dot somewhere between what comes after. Only a letter that arrives proves more.
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # the extended form of ISO 8601, and none of its others
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Profile(Struct, frozen=True):
    """What somebody says of themselves. `birth_date` is "YYYY-MM-DD". Nobody else sees `email` and `birth_date`."""

    email: str | None = None
    birth_date: str | None = None
    gender: str | None = None
    place: str | None = None


class Notifications(Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody wants to be told of messages, and from when to when not to; those times are where they are."""

    sound: bool = True
    desktop: bool = False
    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None
    preview: bool = True


class Changes(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to be different about themselves, all of it or nothing. None clears."""

    share_typing: TypingView | UnsetType = UNSET
    see_typing: TypingView | UnsetType = UNSET
    language: Language | UnsetType | None = UNSET
    theme: Theme | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    birth_date: str | UnsetType | None = UNSET
    gender: str | UnsetType | None = UNSET
    place: str | UnsetType | None = UNSET
    shown: list[Showable] | UnsetType = UNSET
    notifications: Notifications | UnsetType = UNSET


def email(entered: str) -> str | None:
    """An e-mail address as it is kept; None for an empty one. Raises `BadEmail`."""
    kept = entered.strip()
    if kept and (len(kept) > MAX_EMAIL_CHARS or _UNWANTED.search(kept) or not _EMAIL.fullmatch(kept)):
        raise BadEmail
    return kept or None


def birth_date(entered: str, today: date) -> str | None:
    """A date of birth as it is kept; None for an empty one. Raises `BadBirthDate` if nobody alive has it."""
    if not entered:
        return None
    born = _date(entered)
    if born is None or born >= today or age(entered, today) > MAX_AGE_YEARS:
        raise BadBirthDate
    return entered


def gender(entered: str) -> str | None:
    """What somebody calls their gender; None for nothing. Raises `BadGender`."""
    return _line(entered, MAX_GENDER_CHARS, BadGender())


def place(entered: str) -> str | None:
    """Where somebody lives; None for nothing. Raises `BadPlace`."""
    return _line(entered, MAX_PLACE_CHARS, BadPlace())


def age(birth_date: str, today: date) -> int:
    """How many years old somebody is. Who was born on 29 February has their birthday on 1 March in other years."""
    born = date.fromisoformat(birth_date)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _date(entered: str) -> date | None:
    try:
        return date.fromisoformat(entered) if _DATE.fullmatch(entered) else None
    except ValueError:
        return None


def _line(entered: str, most: int, refusal: Malformed) -> str | None:
    kept = " ".join(entered.split())
    if len(kept) > most or _UNWANTED.search(kept):
        raise refusal
    return kept or None
