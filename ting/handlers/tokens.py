"""Tokens for programs over REST."""

from msgspec import Struct

from ting.handlers.base import Access, ApiHandler


class NewToken(Struct):
    """The body of `POST /api/me/tokens`; without `days`, the token is good until it is revoked."""

    name: str
    days: int | None = None


class TokensHandler(ApiHandler):
    """`/api/me/tokens`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply({"tokens": await self.parts.tokens.of(self.user.id)})

    async def post(self) -> None:
        """Make one. Its secret is told here, and nowhere again."""
        new = self.body(NewToken)
        token, secret = await self.parts.tokens.create(self.user.id, new.name, new.days)
        self.set_status(201)
        self.reply({"token": token, "secret": secret})


class OneTokenHandler(ApiHandler):
    """`/api/me/tokens/{id}`."""

    access = Access.SESSION

    async def delete(self, public_id: str) -> None:
        """Revoke it."""
        await self.parts.tokens.revoke(self.user.id, public_id)
        self.set_status(204)
        self.finish()
