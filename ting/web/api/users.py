"""Other users, their profiles and profile pictures."""

from typing import ClassVar

from msgspec import Struct

from ting.core.errors import BadRequest, TooLarge
from ting.core.models import Role
from ting.files.avatars import INITIALS_TYPE, SIZES, Avatar
from ting.web.api.files import SANDBOX
from ting.web.handler import Access, ApiHandler, Handler
from ting.web.rate_limits import Action
from ting.web.uploads import UploadHandler

MAX_PERSONS = 100


class NewRole(Struct, forbid_unknown_fields=True):
    """The body of `PATCH /api/users/{name}`."""

    role: Role


class UserHandler(ApiHandler):
    """`/api/users/{name}`."""

    access = Access.SESSION

    async def get(self, name: str) -> None:
        """Send the profile card of a user."""
        self.reply(await self.services.accounts.profiles.card(name, self.user))

    async def patch(self, name: str) -> None:
        """Change the role of a user. Requires an admin in a browser."""
        self.require_browser()
        self.require_role("admin")
        await self.services.moderation.actions.set_role(self.user, name, self.body(NewRole).role)
        self.reply(await self.services.accounts.profiles.card(name, self.user))


class UsersHandler(ApiHandler):
    """`/api/users`."""

    access = Access.SESSION

    async def get(self) -> None:
        """List users whose names begin with a prefix."""
        limit = self.number("limit", default=20, minimum=1, maximum=100) or 20
        prefix = self.get_query_argument("prefix", "", strip=False)
        self.reply({"persons": await self.services.accounts.accounts.starting_with(prefix, limit)})


class PersonsHandler(ApiHandler):
    """`/api/persons`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Look up users by id. Unknown ids are left out."""
        ids = {user_id for user_id in self.get_query_argument("ids", "").split(",") if user_id}
        if not 1 <= len(ids) <= MAX_PERSONS:
            raise BadRequest(f"ids must be 1 to {MAX_PERSONS} user ids, separated by commas.", field="ids")
        self.reply({"persons": await self.services.accounts.accounts.persons(ids)})


TOLERATED_BYTES = 32 * 2**20  # read beyond the limit, because a browser reads the answer only after sending the body
CACHE_BY_HASH = "private, max-age=31536000, immutable"
CACHE_INITIALS = "private, max-age=86400"  # a later version of Ting may draw them differently


class AvatarHandler(Handler):
    """`/api/users/{name}/avatar`."""

    access = Access.SESSION
    limited_as = Action.DOWNLOAD

    async def get(self, name: str) -> None:
        """Send a user's profile picture. The picture under a given hash (`v`) never changes."""
        sizes = {str(size): size for size in SIZES}
        size = sizes.get(self.get_query_argument("size", str(max(SIZES))))
        if size is None:
            raise BadRequest(f"size must be one of {', '.join(sizes)}.", field="size")
        avatar = await self.services.files.avatars.find(name, self.get_query_argument("v", None), size)
        self.set_header("Content-Type", avatar.type)
        self.set_header("Cache-Control", _cache_control(avatar))
        self.set_header("Content-Security-Policy", SANDBOX)
        await self.finish(avatar.data)


class MyAvatarHandler(UploadHandler):
    """`/api/me/avatar`."""

    access = Access.SESSION
    rate_limited: ClassVar = {"PUT": Action.UPLOAD}

    async def prepare(self) -> None:
        self._received: bytearray | None = bytearray()
        self._max_avatar_bytes = self.services.settings.limits.avatar_bytes
        self.limit_body(self._max_avatar_bytes + TOLERATED_BYTES)
        await super().prepare()
        self.refuse_forms()

    def data_received(self, chunk: bytes) -> None:
        if self._received is None or len(self._received) + len(chunk) > self._max_avatar_bytes:
            self._received = None
        else:
            self._received += chunk

    async def put(self) -> None:
        """Set the user's profile picture."""
        if self._received is None:
            raise self._too_large()
        self.reply((await self.services.files.avatars.set(self.user, bytes(self._received))).me)

    async def delete(self) -> None:
        """Reset the user's profile picture to the drawn initials."""
        self.reply((await self.services.files.avatars.reset(self.user)).me)

    def _too_large(self) -> TooLarge:
        limit = self._max_avatar_bytes
        return TooLarge(f"A profile picture can have at most {limit} bytes.", field="picture", limit=limit)


def _cache_control(avatar: Avatar) -> str:
    """The Cache-Control header of a profile picture."""
    if not avatar.named:
        return "private, no-cache"
    return CACHE_INITIALS if avatar.type == INITIALS_TYPE else CACHE_BY_HASH
