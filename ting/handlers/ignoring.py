"""Whom one ignores."""

from ting.handlers.base import Access, ApiHandler


class IgnoredHandler(ApiHandler):
    """`/api/me/ignored`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply({"persons": await self.parts.house.ignoring.ignored(self.user)})


class OneIgnoredHandler(ApiHandler):
    """`/api/me/ignored/{name}`."""

    access = Access.SESSION

    async def put(self, name: str) -> None:
        """Hear nothing from somebody any more."""
        self.reply((await self.parts.house.ignoring.ignore(self.user, name)).me)

    async def delete(self, name: str) -> None:
        """Hear from them again. The id will do as well, for those whose name is gone."""
        self.reply((await self.parts.house.ignoring.heed(self.user, name)).me)
