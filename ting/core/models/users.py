"""Users, and what they and others see of them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ting.core.models.ids import Milliseconds, UserId

Language = Literal["el", "en"]
Theme = Literal["light", "dark"]
TypingView = Literal["letters", "indicator", "nothing"]
Showable = Literal["age", "gender", "place", "last_seen"]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="HH:MM")]

SHOWN_AT_FIRST: tuple[Showable, ...] = ("last_seen",)


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


Role = Literal["member", "moderator", "admin"]

MessageDisposal = Literal["keep", "remove"]  # what becomes of the messages of somebody who deletes their account


class Person(Struct, frozen=True, omit_defaults=True):
    """What others see of a user. `avatar` is the hash of their picture; "" is the one that is drawn from the name.

    `former`: the name is not theirs any more, so somebody else may have it.
    """

    id: UserId
    name: str
    avatar: str = ""
    former: bool = False


class User(Struct, frozen=True, kw_only=True):
    """Somebody who has entered. `password` is the Argon2 hash; without one the name is its device's.

    `used` is when they were last here, `muted_until` when they may write again, if they may not; `ignored` are those
    who do not reach them.
    """

    id: UserId
    name: str
    created: Milliseconds
    used: Milliseconds
    password: str | None = None
    avatar: str = ""
    former: bool = False
    share_typing: TypingView | None = None
    see_typing: TypingView = "letters"
    language: Language | None = None
    theme: Theme | None = None
    profile: Profile = Profile()
    shown: tuple[Showable, ...] = SHOWN_AT_FIRST
    notifications: Notifications = Notifications()
    role: Role = "member"
    muted_until: Milliseconds | None = None
    mute_reason: str = ""
    ignored: tuple[UserId, ...] = ()

    @property
    def typing(self) -> "TypingPreferences":
        return TypingPreferences(self.share_typing, self.see_typing)

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.avatar, self.former)

    @property
    def me(self) -> "Me":
        return Me(
            id=self.id,
            name=self.name,
            avatar=self.avatar,
            created=self.created,
            has_password=self.password is not None,
            share_typing=self.share_typing,
            see_typing=self.see_typing,
            language=self.language,
            theme=self.theme,
            profile=self.profile,
            shown=self.shown,
            notifications=self.notifications,
            role=self.role,
            muted_until=self.muted_until,
            mute_reason=self.mute_reason,
            ignored=self.ignored,
        )


class TypingPreferences(Struct, frozen=True):
    """What somebody shares of their typing, and sees of that of others. `share` is None until they were asked."""

    share: TypingView | None = None
    see: TypingView = "letters"

    @property
    def shared(self) -> TypingView:
        """What others may be shown: no letters before somebody has agreed to it."""
        return self.share or "indicator"


class Me(Struct, frozen=True, kw_only=True):
    """What a user sees of themselves. Of the profile, others see what is `shown`, and whether one is here."""

    id: UserId
    name: str
    avatar: str
    created: Milliseconds
    has_password: bool
    share_typing: TypingView | None
    see_typing: TypingView
    language: Language | None
    theme: Theme | None
    profile: Profile
    shown: tuple[Showable, ...]
    notifications: Notifications
    role: Role
    muted_until: Milliseconds | None
    mute_reason: str
    ignored: tuple[UserId, ...]


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What others see of a user who is looked at closely. `ignored` by the one who looks."""

    id: UserId
    name: str
    avatar: str = ""
    role: Role
    created: Milliseconds
    online: bool = False
    last_seen: Milliseconds | None = None
    age: int | None = None
    gender: str | None = None
    place: str | None = None
    muted_until: Milliseconds | None = None
    ignored: bool = False
