"""Files: whose they are, to which message they go, and which of them are removed after a day."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.app_parts import message
from tests.client import message_id
from ting.app import App
from ting.core.errors import BadFile, NoSuchConversation, NotFound
from ting.core.models import File, Person
from ting.files.attachments import Attachments, FileLimits, IncomingUpload
from ting.files.cleanup import KEPT_MS, OrphanCleanup
from ting.files.images import ImageProcessor, PictureLimits
from ting.files.space import FileSpace, SpaceLimits, UploadSlots
from ting.store.files import CHUNK_BYTES
from ting.store.messages import Write

ADA, BOB, EVE = (Person(f"{name}-id", name) for name in ("ada", "bob", "eve"))
LIMITS = FileLimits(bytes=2**20, unsent=100)


class Files:
    """Files behind the stage, with a clock of their own."""

    def __init__(self, app: App) -> None:
        self.now = 1_000_000
        self.database = app.web.database
        self.messages = app.stores.messages
        self.waiting: set[str] = set()
        images = ImageProcessor(PictureLimits(pixels=10_000))
        space = FileSpace(app.stores.space, SpaceLimits(user=0, all=0, reserve=0))
        self.files = Attachments(app.stores, images, lambda: self.now, LIMITS, UploadSlots(4), space)
        self._cleanup = OrphanCleanup(app.stores, self.files, self.waiting.__contains__, lambda: self.now)

    async def begin(self, data: bytes, conversation: str = "#ting") -> IncomingUpload:
        incoming = await self.files.begin_upload(ADA, conversation, "a.txt")
        await incoming.write(data)
        return incoming

    async def bring(self, data: bytes = b"bread, milk, honey", conversation: str = "#ting") -> File:
        return await (await self.begin(data, conversation)).end()

    async def store(self, id: str, file: File | None, *, replaces: int | None = None, **fields: Any) -> None:
        """A message, past the journal."""
        stored = message(id, **{"seq": (replaces or 0) + 1, "file": file, **fields})
        assert (await self.messages.write([Write(stored, replaces)])).done == 1

    async def removed(self) -> int:
        """How many files are removed a day later."""
        self.now += KEPT_MS + 1
        return await self._cleanup.remove(pause_s=0)

    async def left(self) -> int:
        """How many documents there are of files."""
        names = ("files.files", "files.chunks", "previews.files", "previews.chunks")
        return sum([await self.database.collection(name).count_documents({}) for name in names])


@pytest.fixture
def shelf(app: App) -> Files:
    return Files(app)


@pytest.mark.gen_test
async def test_what_was_never_sent_is_removed_after_a_day_with_its_preview(shelf: Files) -> None:
    picture = BytesIO()
    Image.new("RGB", (20, 10)).save(picture, "PNG")
    file = await shelf.bring(picture.getvalue())
    await shelf.bring()
    assert file.preview
    assert await shelf._cleanup.remove(pause_s=0) == 0

    assert await shelf.removed() == 2
    assert await shelf.left() == 0


@pytest.mark.gen_test
async def test_a_process_that_was_killed_leaves_only_what_can_be_removed(shelf: Files) -> None:
    await shelf.begin(bytes(CHUNK_BYTES + 1))  # neither ended nor aborted
    attached = await shelf.bring()
    await shelf.files.attach(attached.id, message_id(), "#ting", ADA)  # and its message was never stored
    assert await shelf.left() == 4

    assert await shelf.removed() == 2
    assert await shelf.left() == 0


@pytest.mark.gen_test
async def test_what_a_message_refers_to_stays_until_the_message_is_deleted(shelf: Files) -> None:
    file, id = await shelf.bring(), message_id()
    file = await shelf.files.attach(file.id, id, "#ting", ADA)
    await shelf.store(id, file)

    assert await shelf.removed() == 0
    assert (await shelf.files.fetch(BOB, file.id))[0] == file

    await shelf.store(id, None, replaces=1, text="", deleted=5)
    with pytest.raises(NotFound):
        await shelf.files.fetch(BOB, file.id)
    with pytest.raises(NotFound):
        await shelf.files.fetch(ADA, file.id)
    assert await shelf.removed() == 1


@pytest.mark.gen_test
async def test_a_file_whose_message_is_being_stored_stays(shelf: Files) -> None:
    file, id = await shelf.bring(), message_id()
    await shelf.files.attach(file.id, id, "#ting", ADA)

    shelf.waiting.add(id)  # for more than a day, since the database was away
    assert await shelf.removed() == 0
    shelf.waiting.clear()
    await shelf.files.attach(file.id, id, "#ting", ADA)  # a client tries again, just before
    assert await shelf._cleanup.remove(pause_s=0) == 0
    assert await shelf.removed() == 1


@pytest.mark.gen_test
async def test_a_file_that_is_attached_while_it_is_looked_at_stays(
    shelf: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, id = await shelf.bring(), message_id()
    by_id = shelf.messages.by_id

    async def meanwhile(ids: Any) -> Any:
        found = await by_id(ids)
        await shelf.files.attach(file.id, id, "#ting", ADA)
        return found

    monkeypatch.setattr(shelf.messages, "by_id", meanwhile)

    assert await shelf.removed() == 0
    await shelf.files.attach(file.id, id, "#ting", ADA)


@pytest.mark.gen_test
async def test_a_file_goes_with_one_message_of_its_uploader_in_its_conversation(shelf: Files) -> None:
    file, id, other = await shelf.bring(), message_id(), message_id()

    for stranger in (BOB, EVE):
        with pytest.raises(BadFile):
            await shelf.files.attach(file.id, id, "#ting", stranger)
    for wrong in (
        shelf.files.attach(file.id, id, "#music", ADA),
        shelf.files.attach("nothing", id, "#ting", ADA),
    ):
        with pytest.raises(BadFile):
            await wrong
    assert await shelf.files.attach(file.id, id, "#ting", ADA) == file
    assert await shelf.files.attach(file.id, id, "#ting", ADA) == file
    with pytest.raises(BadFile):
        await shelf.files.attach(file.id, other, "#ting", ADA)


@pytest.mark.gen_test
async def test_two_messages_that_want_the_same_file_do_not_both_get_it(shelf: Files) -> None:
    file = await shelf.bring()

    tries = [shelf.files.attach(file.id, message_id(), "#ting", ADA) for _ in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)

    assert [result for result in results if not isinstance(result, BadFile)] == [file]


@pytest.mark.gen_test
async def test_a_file_of_a_private_is_for_its_two_people(shelf: Files) -> None:
    private = "@ada-id~bob-id"
    file, id = await shelf.bring(conversation=private), message_id()
    file = await shelf.files.attach(file.id, id, private, ADA)
    await shelf.store(id, file, conversation=private)

    assert (await shelf.files.fetch(BOB, file.id))[0] == file
    for fetch in (shelf.files.fetch, shelf.files.fetch_preview):
        with pytest.raises(NotFound):
            await fetch(EVE, file.id)
    with pytest.raises(NoSuchConversation):
        await shelf.files.begin_upload(EVE, private, "a.txt")


@pytest.mark.gen_test
async def test_a_message_of_the_same_id_that_does_not_refer_to_it_shows_it_to_nobody(shelf: Files) -> None:
    file, id = await shelf.bring(), message_id()
    await shelf.files.attach(file.id, id, "#ting", ADA)
    await shelf.store(id, None)

    with pytest.raises(NotFound):
        await shelf.files.fetch(BOB, file.id)
    assert await shelf.removed() == 1
