"""Avatars: the image that a user uploaded, or initials that are drawn from the name.

An uploaded image is cropped to a square, scaled down, and stored under a hash of the result. A request by that hash
always gets the same bytes, so clients may cache them. A new avatar has another hash, which is broadcast.
"""

import asyncio
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from ting.core.errors import NoSession, TooLarge
from ting.core.models import User
from ting.core.names import name_keys, user_name
from ting.files.images import PREVIEW_TYPE, ImageProcessor
from ting.files.initials import initials_svg
from ting.files.space import FileSpace, UploadSlots
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.files import StoredFile, Upload
from ting.store.stores import Stores

SIZES = (256, 64)  # pixels, the largest first
INITIALS_TYPE = "image/svg+xml"
CACHE_SIZE = 2_000  # images
_VERSION = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Avatar:
    """An avatar image. `named` is true if it is exactly the requested version, not a fallback."""

    data: bytes
    type: str
    named: bool


class Avatars:
    """The use cases of avatars, with a bounded cache of the most recently requested ones."""

    def __init__(
        self,
        stores: Stores,
        images: ImageProcessor,
        broadcaster: UserBroadcaster,
        uploading: UploadSlots,
        space: FileSpace,
        *,
        max_bytes: int,
    ) -> None:
        self.max_bytes = max_bytes
        self._uploading = uploading
        self._space = space
        self._incoming: set[str] = set()
        self._users = stores.users
        self._files = stores.avatars
        self._images = images
        self._broadcaster = broadcaster
        self._cached: OrderedDict[str, bytes] = OrderedDict()
        self._changing = asyncio.Lock()  # without it, two concurrent changes for a user could remove each other's image

    async def find(self, name: str, version: str | None, size: int) -> Avatar:
        """The avatar of the user of this name, `size` pixels wide.

        A `version` is the hash of an image; "" is for the drawn initials. A stored image of this version is returned
        whatever the name is, since its user may have another name now. Raises `BadName`, `Busy`.
        """
        name = user_name(name)
        if version:
            data = await self._stored(version, size)
            if data is not None:
                return Avatar(data, PREVIEW_TYPE, named=True)
        if version != "":
            user = await self._users.find_by_keys(name_keys(name))
            data = await self._stored(user.avatar, size) if user else None
            if data is not None:
                return Avatar(data, PREVIEW_TYPE, named=False)
        return Avatar(initials_svg(name), INITIALS_TYPE, named=version == "")

    async def begin_upload(self, user: User) -> "IncomingAvatar":
        """Begin to upload an avatar. Raises `TooMany`, `StorageFull`, `Busy`."""
        self._uploading.begin(user.id)
        try:
            self._space.take(0)
            incoming = IncomingAvatar(self, user, await self._files.begin(secrets.token_hex(16), {"user": user.id}))
        except BaseException:
            self._uploading.end(user.id)
            raise
        self._incoming.add(incoming.id)
        return incoming

    def take_space(self, bytes: int) -> None:
        """Count bytes that are about to be stored. Raises `StorageFull`."""
        self._space.take(bytes)

    async def upload_ended(self, user: User, incoming_id: str) -> None:
        """Record that an upload ended, successfully or not, and remove what it stored. Raises `Busy`."""
        self._uploading.end(user.id)
        self._incoming.discard(incoming_id)
        await self._files.remove(incoming_id)

    async def set(self, user: User, image: StoredFile) -> User:
        """Set the avatar of a user. If the image is not valid, the old avatar stays.

        Raises `BadPicture`, `Busy`.
        """
        rendered = await self._images.squares(user.id, self._files.read(image), SIZES)
        squares = dict(zip(SIZES, rendered.images, strict=True))
        # The hash includes the user id: if two users upload the same image, each has a copy that can be removed.
        version = sha256(user.id.encode() + squares[max(SIZES)]).hexdigest()[:16]
        async with self._changing:
            for size, data in squares.items():
                await self._store(_file_id(version, size), data, user)
            return await self._change(user, version)

    async def reset(self, user: User) -> User:
        """Remove the uploaded avatar; the initials are shown again. Raises `Busy`."""
        async with self._changing:
            return await self._change(user, None)

    async def _store(self, file_id: str, data: bytes, user: User) -> None:
        """Store an image unless it is stored already. The id depends on its bytes."""
        if await self._files.get(file_id) is None:
            await self._files.remove(file_id)  # an interrupted attempt may have left an incomplete file
            await self._files.put(file_id, data, {"user": user.id})

    async def _change(self, user: User, version: str | None) -> User:
        changed = await self._users.change(user.id, avatar=version)
        if changed is None:
            await self.delete_all(user.id)
            raise NoSession
        self._broadcaster.broadcast_person(changed)
        self._broadcaster.send_me(changed)
        await self.delete_all(user.id, keep=version)
        return changed

    async def delete_all(self, user_id: str, *, keep: str | None = None) -> None:
        """Remove all images of a user, incomplete ones too, except for the version `keep`. Raises `Busy`."""
        kept = {_file_id(keep, size) for size in SIZES} if keep else set()
        kept |= self._incoming  # these are removed when their uploads end
        for file in await self._files.find(user=user_id):
            if file.id not in kept:
                await self._files.remove(file.id)
                self._cached.pop(file.id, None)

    async def _stored(self, version: str, size: int) -> bytes | None:
        if not _VERSION.fullmatch(version):
            return None
        key = _file_id(version, size)
        data = self._cached.get(key)
        if data is None:
            data = await self._read_complete(key)
        if data is not None:
            self._cached[key] = data
            self._cached.move_to_end(key)
            if len(self._cached) > CACHE_SIZE:
                self._cached.popitem(last=False)
        return data

    async def _read_complete(self, file_id: str) -> bytes | None:
        """A stored image. None if it does not exist, or was removed while it was read."""
        file = await self._files.get(file_id)
        if file is None:
            return None
        data = await self._files.read_all(file)
        return data if len(data) == file.size else None


class IncomingAvatar:
    """An avatar that is being uploaded: `write` as often as needed, then `end` or `abort`."""

    def __init__(self, avatars: Avatars, user: User, upload: Upload) -> None:
        self.id = upload.id
        self._avatars = avatars
        self._user = user
        self._upload = upload
        self._ended = False
        self._lock = asyncio.Lock()  # an abort waits for the write in progress

    async def write(self, data: bytes) -> None:
        """Store the next bytes. Returns when more can be sent. Raises `TooLarge`, `StorageFull`, `Busy`."""
        async with self._lock:
            if self._ended:
                return
            if self._upload.size + len(data) > self._avatars.max_bytes:
                limit = self._avatars.max_bytes
                raise TooLarge(f"A profile picture can have at most {limit} bytes.", field="picture", limit=limit)
            self._avatars.take_space(len(data))
            await self._upload.write(data)

    async def end(self) -> User:
        """Set the uploaded image as the avatar of the user. Raises `BadPicture`, `Busy`."""
        async with self._lock:
            return await self._avatars.set(self._user, await self._upload.end({}))

    async def abort(self) -> None:
        """Remove what was stored, also after `end`. Safe to call again."""
        async with self._lock:
            if not self._ended:
                self._ended = True
                await self._avatars.upload_ended(self._user, self.id)


def _file_id(version: str, size: int) -> str:
    return f"{version}-{size}"
