"""Profiles and personal settings: changing them, and what other users see of them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from ting.core.clock import Clock
from ting.core.errors import BadBirthDate, BadEmail, BadGender, BadPlace, Malformed, NoSession
from ting.core.models import BanNotice, Card, Language, ListOrder, Notifications, Showable, Theme, TypingView, User
from ting.core.text import clean_line
from ting.moderation.restrictions import Restrictions
from ting.realtime.services import RealtimeServices
from ting.store.users import UserStore

MAX_EMAIL_CHARS = 128
MAX_GENDER_CHARS = 40
MAX_PLACE_CHARS = 80
MAX_AGE_YEARS = 150

# One @ with text before it, and a dot inside the text after it. Only an e-mail that arrives proves more.
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # only the extended form of ISO 8601
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class ProfileChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """The changes that a user requests, applied all or none. None clears a field."""

    share_typing: TypingView | UnsetType = UNSET
    see_typing: TypingView | UnsetType = UNSET
    language: Language | UnsetType | None = UNSET
    theme: Theme | UnsetType | None = UNSET
    list_order: ListOrder | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    birth_date: str | UnsetType | None = UNSET
    gender: str | UnsetType | None = UNSET
    place: str | UnsetType | None = UNSET
    shown: list[Showable] | UnsetType = UNSET
    notifications: Notifications | UnsetType = UNSET


def clean_email(entered: str) -> str | None:
    """An e-mail address as it is stored; None for an empty one. Raises `BadEmail`."""
    kept = entered.strip()
    if kept and (len(kept) > MAX_EMAIL_CHARS or _CONTROLS.search(kept) or not _EMAIL.fullmatch(kept)):
        raise BadEmail
    return kept or None


def clean_birth_date(entered: str, today: date) -> str | None:
    """A date of birth as it is stored; None for an empty one. Raises `BadBirthDate` for an impossible date or age."""
    if not entered:
        return None
    born = _date(entered)
    if born is None or born >= today or age_on(entered, today) > MAX_AGE_YEARS:
        raise BadBirthDate
    return entered


def clean_gender(entered: str) -> str | None:
    """A gender as it is stored, in the user's words; None for an empty one. Raises `BadGender`."""
    return _line(entered, MAX_GENDER_CHARS, BadGender())


def clean_place(entered: str) -> str | None:
    """A place of residence as it is stored; None for an empty one. Raises `BadPlace`."""
    return _line(entered, MAX_PLACE_CHARS, BadPlace())


def age_on(birth_date: str, today: date) -> int:
    """The age in years. In years without 29 February, a birthday on that day counts as 1 March."""
    born = date.fromisoformat(birth_date)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _date(entered: str) -> date | None:
    try:
        return date.fromisoformat(entered) if _DATE.fullmatch(entered) else None
    except ValueError:
        return None


def _line(entered: str, max_chars: int, refusal: Malformed) -> str | None:
    line = clean_line(entered)
    if line is None or len(line) > max_chars:
        raise refusal
    return line or None


TYPING = frozenset({"share_typing", "see_typing"})


class Profiles:
    """The use cases of profiles and personal settings."""

    def __init__(self, users: UserStore, realtime: RealtimeServices, restrictions: Restrictions, clock: Clock) -> None:
        self._users = users
        self._restrictions = restrictions
        self._presence = realtime.presence
        self._drafts = realtime.drafts
        self._broadcaster = realtime.broadcaster
        self._clock = clock

    async def change(self, user: User, changes: ProfileChanges) -> User:
        """Apply all requested changes in one step, and send them to the user's connections.

        Raises `BadEmail`, `BadBirthDate`, `BadGender`, `BadPlace`, `Busy`; then nothing is changed.
        """
        fields = _fields(changes, self._today())
        if not fields:
            return user
        changed = await self._users.change(user.id, **fields)
        if changed is None:
            raise NoSession
        if TYPING & fields.keys():
            self._apply_typing(changed)
        self._broadcaster.send_me(changed)
        return changed

    async def card(self, name: str, viewer: User) -> Card:
        """The profile of a user as `viewer` sees it. A mute or ban that has ended is not on it.

        Raises `BadName`, `UnknownName`, `Busy`.
        """
        user = await self._users.find_by_name(name)
        about, shown = user.profile, user.shown
        present = self._presence.is_connected(user.id)
        mute = self._restrictions.mute_of(user.id)
        return Card(
            id=user.id,
            name=user.name,
            avatar=user.avatar,
            role=user.role,
            created=user.created,
            online=present and "last_seen" in shown,
            last_seen=None if present or "last_seen" not in shown else user.used,
            age=age_on(about.birth_date, self._today()) if about.birth_date and "age" in shown else None,
            gender=about.gender if "gender" in shown else None,
            place=about.place if "place" in shown else None,
            muted_until=mute.until if mute else None,
            ban=self._ban_for(viewer, user),
            ignored=user.id in viewer.ignored,
        )

    def _ban_for(self, viewer: User, user: User) -> BanNotice | None:
        """The ban of a user, for viewers who can lift it."""
        if not self._restrictions.has_role(viewer.id, "moderator"):
            return None
        ban = self._restrictions.ban_of_user(user.id)
        return BanNotice(ban.until, ban.reason) if ban else None

    def _apply_typing(self, user: User) -> None:
        """Apply a user's settings for live typing to all of the user's connections."""
        for connection in self._presence.user_connections(user.id):
            connection.typing = user.typing
        self._drafts.preferences_changed(user.id)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock() / 1000, UTC).date()


def _fields(changes: ProfileChanges, today: date) -> dict[str, Any]:
    """The fields of a user that change; None for those that are cleared."""
    wanted = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    checks: dict[str, Callable[[Any], Any]] = {
        "email": clean_email,
        "birth_date": lambda entered: clean_birth_date(entered, today),
        "gender": clean_gender,
        "place": clean_place,
        "shown": lambda shown: sorted(set(shown)),
        "notifications": msgspec.to_builtins,
    }
    return {
        name: checks[name](value) if name in checks and value is not None else value for name, value in wanted.items()
    }
