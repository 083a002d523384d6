"""What users do with their own account."""

from msgspec import Struct

from ting.handlers.base import Access, ApiHandler, address_of
from ting.profile import Changes


class NewPassword(Struct):
    """The body of `PUT /api/me/password`. `current` is needed to change one."""

    password: str
    current: str | None = None


class MeHandler(ApiHandler):
    """`/api/me`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply(self.user.me)

    async def patch(self) -> None:
        """Change one's profile and settings, all that is asked for or nothing."""
        self.reply((await self.parts.profiles.change(self.user, self.body(Changes))).me)


class PasswordHandler(ApiHandler):
    """`/api/me/password`."""

    access = Access.SESSION

    async def put(self) -> None:
        """Keep one's name with a password, or change it: all other sessions end."""
        new, address = self.body(NewPassword), address_of(self.parts, self.request)
        changed = await self.parts.accounts.set_password(self.current_session, new.password, new.current, address)
        self.reply(changed.me)


class SessionsHandler(ApiHandler):
    """`/api/me/sessions`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Where one is signed in."""
        self.reply({"sessions": await self.parts.accounts.sessions(self.current_session)})


class OneSessionHandler(ApiHandler):
    """`/api/me/sessions/{id}`."""

    access = Access.SESSION

    async def delete(self, session_id: str) -> None:
        """Sign out somewhere else."""
        await self.parts.accounts.end_session(self.current_session, session_id)
        self.set_status(204)
        self.finish()
