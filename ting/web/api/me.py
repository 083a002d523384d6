"""The user's own account."""

from msgspec import UNSET, Struct

from ting.accounts.known_devices import cookie_for
from ting.accounts.profiles import ProfileChanges
from ting.accounts.tokens import DEFAULT_DAYS
from ting.core.errors import NoSession
from ting.core.models import MessageDisposal
from ting.web.cookies import DEVICE_COOKIE, read_cookie
from ting.web.handler import Access, ApiHandler


class NewPassword(Struct):
    """The body of `PUT /api/me/password`. `current` is required if there is a password already."""

    password: str
    current: str | None = None


class NewName(Struct, forbid_unknown_fields=True):
    """The body of `PUT /api/me/name`."""

    name: str


class DeletionBody(Struct, forbid_unknown_fields=True):
    """The body of `DELETE /api/me`. `messages` says what to do with the user's messages."""

    messages: MessageDisposal
    password: str | None = None


class MeHandler(ApiHandler):
    """`/api/me`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply(self.user.me)

    async def patch(self) -> None:
        """Change profile and settings. All changes are applied, or none. Programs cannot change the e-mail address."""
        changes = self.body(ProfileChanges)
        if changes.email is not UNSET:
            self.require_browser()
        self.reply((await self.services.accounts.profiles.change(self.user, changes)).me)

    async def delete(self) -> None:
        """Delete the account."""
        self.require_browser()
        deletion = self.body(DeletionBody)
        await self.services.accounts.accounts.verify_password(self.current_session, deletion.password)
        await self.services.accounts.deletion.delete(self.user, deletion.messages)
        self.session_cookies.clear_session()
        self.set_status(204)
        self.finish()


class ExportHandler(ApiHandler):
    """`/api/me/export`."""

    access = Access.ACCOUNT

    async def get(self) -> None:
        """Send everything that is stored about the user, as a download."""
        async for piece in self.services.accounts.export.chunks(self.current_session):
            # Set only when the first piece is there: until then, an error can still be answered.
            self.set_header("Content-Type", "application/json; charset=utf-8")
            self.set_header("Content-Disposition", 'attachment; filename="ting.json"')
            self.set_header("Cache-Control", "no-store")
            self.write(piece)
            await self.flush_in_time()  # with a slow reader, only one piece is in memory
        await self.finish()


class NameHandler(ApiHandler):
    """`/api/me/name`."""

    access = Access.ACCOUNT

    async def put(self) -> None:
        """Change the nickname, by the rules for new ones."""
        new = self.body(NewName)
        self.reply((await self.services.accounts.registration.rename(self.user, new.name)).me)


class PasswordHandler(ApiHandler):
    """`/api/me/password`."""

    access = Access.ACCOUNT

    async def put(self) -> None:
        """Set or change the password. All other sessions end."""
        new = self.body(NewPassword)
        changed = await self.services.accounts.accounts.set_password(self.current_session, new.password, new.current)
        self.session_cookies.set_device(cookie_for(changed, read_cookie(self.request, DEVICE_COOKIE)))
        self.reply(changed.me)


class SessionsHandler(ApiHandler):
    """`/api/me/sessions`."""

    access = Access.ACCOUNT

    async def get(self) -> None:
        """List the user's sessions."""
        self.reply({"sessions": await self.services.accounts.sessions.views(self.current_session)})


class MySessionHandler(ApiHandler):
    """`/api/me/sessions/{id}`."""

    access = Access.ACCOUNT

    async def delete(self, session_id: str) -> None:
        """End another session of the user."""
        await self.services.accounts.sessions.end_other(self.current_session, session_id)
        self.set_status(204)
        self.finish()


class IgnoredHandler(ApiHandler):
    """`/api/me/ignored`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply({"persons": await self.services.moderation.ignore_lists.ignored(self.user)})


class IgnoredUserHandler(ApiHandler):
    """`/api/me/ignored/{name}`."""

    access = Access.SESSION

    async def put(self, name: str) -> None:
        """Ignore a user."""
        self.reply((await self.services.moderation.ignore_lists.ignore(self.user, name)).me)

    async def delete(self, name: str) -> None:
        """Stop ignoring a user. The id is accepted as well as the name, for users whose name is gone."""
        self.reply((await self.services.moderation.ignore_lists.unignore(self.user, name)).me)


class NewToken(Struct):
    """The body of `POST /api/me/tokens`. With null as `days`, the token is valid until it is revoked.

    `password` is required if the user has one: a token outlives the session that creates it.
    """

    name: str
    days: int | None = DEFAULT_DAYS
    password: str | None = None


class TokensHandler(ApiHandler):
    """`/api/me/tokens`."""

    access = Access.ACCOUNT

    async def get(self) -> None:
        tokens = self.services.accounts.tokens
        await tokens.delete_expired(self.user.id)
        self.reply({"tokens": await tokens.for_user(self.user.id)})

    async def post(self) -> None:
        """Create a token. The secret is shown only in this answer."""
        new, session = self.body(NewToken), self.current_session
        await self.services.accounts.accounts.verify_password(session, new.password)
        token, secret = await self.services.accounts.tokens.create(self.user.id, new.name, new.days, by=self.user.id)
        if await self.services.accounts.sessions.has_ended(session):  # by a ban or a new password in the meantime
            await self.services.accounts.tokens.revoke(self.user.id, token.id, by=self.user.id)
            raise NoSession
        self.set_status(201)
        self.reply({"token": token, "secret": secret})


class TokenHandler(ApiHandler):
    """`/api/me/tokens/{id}`."""

    access = Access.ACCOUNT

    async def delete(self, public_id: str) -> None:
        """Revoke the token."""
        await self.services.accounts.tokens.revoke(self.user.id, public_id, by=self.user.id)
        self.set_status(204)
        self.finish()
