"""Other people: who they are."""

from msgspec import Struct

from ting.errors import BadRequest
from ting.handlers.base import Access, ApiHandler
from ting.models import Role

MOST_PERSONS = 100


class NewRole(Struct, forbid_unknown_fields=True):
    """The body of `PATCH /api/users/{name}`."""

    role: Role


class UserHandler(ApiHandler):
    """`/api/users/{name}`."""

    access = Access.SESSION

    async def get(self, name: str) -> None:
        """What somebody shares with others."""
        self.reply(await self.parts.profiles.card(name, self.user))

    async def patch(self, name: str) -> None:
        """Give somebody a role, as an admin."""
        self.require_role("admin")
        await self.parts.house.moderation.set_role(self.user, name, self.body(NewRole).role)
        self.reply(await self.parts.profiles.card(name, self.user))


class UsersHandler(ApiHandler):
    """`/api/users`."""

    access = Access.SESSION

    async def get(self) -> None:
        """People whose names begin so."""
        limit = self.number("limit", default=20, least=1, most=100) or 20
        prefix = self.get_query_argument("prefix", "", strip=False)
        self.reply({"persons": await self.parts.accounts.beginning(prefix, limit)})


class PersonsHandler(ApiHandler):
    """`/api/persons`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Who these users are; ids of nobody are left out."""
        ids = {user_id for user_id in self.get_query_argument("ids", "").split(",") if user_id}
        if not 1 <= len(ids) <= MOST_PERSONS:
            raise BadRequest(f"ids are 1 to {MOST_PERSONS} ids of users, with commas between.", field="ids")
        self.reply({"persons": await self.parts.accounts.persons(ids)})
