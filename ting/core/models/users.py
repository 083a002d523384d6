"""Users, and their public and private views."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ting.core.models.ids import Milliseconds, UserId

Language = Literal["el", "en"]
Theme = Literal["light", "dark"]
ListOrder = Literal["sections", "activity"]
TypingView = Literal["letters", "indicator", "nothing"]
Showable = Literal["age", "gender", "place", "last_seen"]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="a time of day like 08:30")]

DEFAULT_SHOWN: tuple[Showable, ...] = ("last_seen",)


class Profile(Struct, frozen=True):
    """A user's profile. `birth_date` is "YYYY-MM-DD". Other users never see `email` and `birth_date`."""

    email: str | None = None
    birth_date: str | None = None
    gender: str | None = None
    place: str | None = None


class Notifications(Struct, frozen=True, forbid_unknown_fields=True):
    """A user's notification settings. There are none from `quiet_from` to `quiet_to`, in the browser's time zone."""

    sound: bool = True
    desktop: bool = False
    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None
    preview: bool = True


Role = Literal["member", "moderator", "admin"]

MessageDisposal = Literal["keep", "remove"]  # what happens to a user's messages when the account is deleted


class Person(Struct, frozen=True, omit_defaults=True):
    """The public data of a user. `avatar` is the hash of the profile picture; "" for one drawn from the name.

    `former`: the user no longer owns the name, so another user may have it.
    """

    id: UserId
    name: str
    avatar: str = ""
    former: bool = False


class User(Struct, frozen=True, kw_only=True):
    """A registered user. `password` is the Argon2 hash; a user without one can only use existing sessions.

    `used` is when the user was last online, `muted_until` is when a mute ends. `ignored` are the users whose messages
    the user does not receive.
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
    list_order: ListOrder = "sections"
    profile: Profile = Profile()
    shown: tuple[Showable, ...] = DEFAULT_SHOWN
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
            list_order=self.list_order,
            profile=self.profile,
            shown=self.shown,
            notifications=self.notifications,
            role=self.role,
            muted_until=self.muted_until,
            mute_reason=self.mute_reason,
            ignored=self.ignored,
        )


class TypingPreferences(Struct, frozen=True):
    """What a user shares of their typing, and sees of other users' typing. `share` is None until the user chooses."""

    share: TypingView | None = None
    see: TypingView = "letters"

    @property
    def shared(self) -> TypingView:
        """What other users can see. Letters are not shown before the user has agreed to it."""
        return self.share or "indicator"


class Me(Struct, frozen=True, kw_only=True):
    """A user's own account. `shown` lists the parts that other users can see."""

    id: UserId
    name: str
    avatar: str
    created: Milliseconds
    has_password: bool
    share_typing: TypingView | None
    see_typing: TypingView
    language: Language | None
    theme: Theme | None
    list_order: ListOrder
    profile: Profile
    shown: tuple[Showable, ...]
    notifications: Notifications
    role: Role
    muted_until: Milliseconds | None
    mute_reason: str
    ignored: tuple[UserId, ...]


class BanNotice(Struct, frozen=True):
    """An active ban as moderators see it on the profile card. `until` is None if it is permanent."""

    until: Milliseconds | None
    reason: str


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The profile card of a user, as another user sees it. `ignored` is whether that other user ignores this one.

    Only moderators and admins see the `ban`.
    """

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
    ban: BanNotice | None = None
    ignored: bool = False
