"""Other people: who they are."""

from typing import ClassVar

from msgspec import Struct
from tornado.web import stream_request_body

from ting.core.errors import BadRequest, TooLarge
from ting.core.models import Role
from ting.files.avatars import INITIALS_TYPE, SIZES, Avatar
from ting.web.api.files import SANDBOX
from ting.web.handler import Access, ApiHandler, Handler
from ting.web.rate_limits import Action
from ting.web.uploads import UploadHandler

MOST_PERSONS = 100


class NewRole(Struct, forbid_unknown_fields=True):
    """The body of `PATCH /api/users/{name}`."""

    role: Role


class UserHandler(ApiHandler):
    """`/api/users/{name}`."""

    access = Access.SESSION

    async def get(self, name: str) -> None:
        """What somebody shares with others."""
        self.reply(await self.services.accounts.profiles.card(name, self.user))

    async def patch(self, name: str) -> None:
        """Give somebody a role, as an admin."""
        self.require_role("admin")
        await self.services.moderation.actions.set_role(self.user, name, self.body(NewRole).role)
        self.reply(await self.services.accounts.profiles.card(name, self.user))


class UsersHandler(ApiHandler):
    """`/api/users`."""

    access = Access.SESSION

    async def get(self) -> None:
        """People whose names begin so."""
        limit = self.number("limit", default=20, least=1, most=100) or 20
        prefix = self.get_query_argument("prefix", "", strip=False)
        self.reply({"persons": await self.services.accounts.accounts.starting_with(prefix, limit)})


class PersonsHandler(ApiHandler):
    """`/api/persons`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Who these users are; ids of nobody are left out."""
        ids = {user_id for user_id in self.get_query_argument("ids", "").split(",") if user_id}
        if not 1 <= len(ids) <= MOST_PERSONS:
            raise BadRequest(f"ids must be 1 to {MOST_PERSONS} user ids, separated by commas.", field="ids")
        self.reply({"persons": await self.services.accounts.accounts.persons(ids)})


TOLERATED_BYTES = 32 * 2**20  # of a picture that is too large are read: a browser that sends does not read the answer
BY_HASH = "private, max-age=31536000, immutable"
INITIALS = "private, max-age=86400"  # a later Ting may draw differently


class AvatarHandler(Handler):
    """`/api/users/{name}/avatar`."""

    access = Access.SESSION

    async def get(self, name: str) -> None:
        """Somebody's picture; under the hash that `v` gives it never changes."""
        sizes = {str(size): size for size in SIZES}
        size = sizes.get(self.get_query_argument("size", str(max(SIZES))))
        if size is None:
            raise BadRequest(f"size must be one of {', '.join(sizes)}.", field="size")
        avatar = await self.services.files.avatars.find(name, self.get_query_argument("v", None), size)
        self.set_header("Content-Type", avatar.type)
        self.set_header("Cache-Control", _cache_control(avatar))
        self.set_header("Content-Security-Policy", SANDBOX)
        await self.finish(avatar.data)


@stream_request_body
class MyAvatarHandler(UploadHandler):
    """`/api/me/avatar`."""

    access = Access.SESSION
    rate_limited: ClassVar = {"PUT": Action.UPLOAD}

    async def prepare(self) -> None:
        self._received: bytearray | None = bytearray()
        self._most = self.services.settings.limits.avatar_bytes
        self.expect(self._most + TOLERATED_BYTES)
        await super().prepare()
        if self.is_too_large():
            raise self._too_large()

    def data_received(self, chunk: bytes) -> None:
        if self._received is None or len(self._received) + len(chunk) > self._most:
            self._received = None
        else:
            self._received += chunk

    async def put(self) -> None:
        """Bring a picture of oneself."""
        if self._received is None:
            raise self._too_large()
        self.reply((await self.services.files.avatars.set(self.user, bytes(self._received))).me)

    async def delete(self) -> None:
        """Be shown by the drawing of one's name again."""
        self.reply((await self.services.files.avatars.reset(self.user)).me)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A profile picture can have at most {self._most} bytes.", field="picture")


def _cache_control(avatar: Avatar) -> str:
    """For how long a browser keeps a picture."""
    if not avatar.named:
        return "private, no-cache"
    return INITIALS if avatar.type == INITIALS_TYPE else BY_HASH
