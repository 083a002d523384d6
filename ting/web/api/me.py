"""The user's own account."""

from msgspec import Struct

from ting.accounts.profiles import ProfileChanges
from ting.core.models import MessageDisposal
from ting.web.handler import Access, ApiHandler
from ting.web.request import address_of


class NewPassword(Struct):
    """The body of `PUT /api/me/password`. `current` is required if there is a password already."""

    password: str
    current: str | None = None


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
        """Change profile and settings. All changes are applied, or none."""
        self.reply((await self.services.accounts.profiles.change(self.user, self.body(ProfileChanges))).me)

    async def delete(self) -> None:
        """Delete the account."""
        deletion, address = self.body(DeletionBody), address_of(self.services, self.request)
        await self.services.accounts.accounts.verify_password(self.user, deletion.password, address)
        await self.services.accounts.deletion.delete(self.user, deletion.messages)
        self.clear_session_cookie()
        self.set_status(204)
        self.finish()


class ExportHandler(ApiHandler):
    """`/api/me/export`."""

    access = Access.SESSION

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


class PasswordHandler(ApiHandler):
    """`/api/me/password`."""

    access = Access.SESSION

    async def put(self) -> None:
        """Set or change the password. All other sessions end."""
        new, address = self.body(NewPassword), address_of(self.services, self.request)
        changed = await self.services.accounts.accounts.set_password(
            self.current_session, new.password, new.current, address
        )
        self.reply(changed.me)


class SessionsHandler(ApiHandler):
    """`/api/me/sessions`."""

    access = Access.SESSION

    async def get(self) -> None:
        """List the user's sessions."""
        self.reply({"sessions": await self.services.accounts.sessions.views(self.current_session)})


class MySessionHandler(ApiHandler):
    """`/api/me/sessions/{id}`."""

    access = Access.SESSION

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
    """The body of `POST /api/me/tokens`. Without `days`, the token is valid until it is revoked."""

    name: str
    days: int | None = None


class TokensHandler(ApiHandler):
    """`/api/me/tokens`."""

    access = Access.SESSION

    async def get(self) -> None:
        tokens = self.services.accounts.tokens
        await tokens.delete_expired(self.user.id)
        self.reply({"tokens": await tokens.for_user(self.user.id)})

    async def post(self) -> None:
        """Create a token. The secret is shown only in this answer."""
        new = self.body(NewToken)
        token, secret = await self.services.accounts.tokens.create(self.user.id, new.name, new.days)
        self.set_status(201)
        self.reply({"token": token, "secret": secret})


class TokenHandler(ApiHandler):
    """`/api/me/tokens/{id}`."""

    access = Access.SESSION

    async def delete(self, public_id: str) -> None:
        """Revoke the token."""
        await self.services.accounts.tokens.revoke(self.user.id, public_id)
        self.set_status(204)
        self.finish()
