"""Files: which message they can be attached to, which users can read them, and which are removed after a day."""

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
from ting.files.images import ImageProcessor
from ting.store.files import CHUNK_BYTES
from ting.store.messages import Write

ADA, BOB, EVE = (Person(f"{name}-id", name) for name in ("ada", "bob", "eve"))
LIMITS = FileLimits(bytes=2**20, uploads=4, unsent=100)


class TimedFiles:
    """The attachments and their cleanup, with a clock that the tests move."""

    def __init__(self, app: App) -> None:
        self.now = 1_000_000
        self.database = app.web.database
        self.messages = app.stores.messages
        self.pending: set[str] = set()
        images = ImageProcessor(pixels_max=10_000)
        self.attachments = Attachments(app.stores, images, lambda: self.now, LIMITS)
        self._cleanup = OrphanCleanup(app.stores, self.attachments, self.pending.__contains__, lambda: self.now)

    async def begin(self, data: bytes, conversation: str = "#ting") -> IncomingUpload:
        incoming = await self.attachments.begin_upload(ADA, conversation, "a.txt")
        await incoming.write(data)
        return incoming

    async def upload(self, data: bytes = b"bread, milk, honey", conversation: str = "#ting") -> File:
        return await (await self.begin(data, conversation)).end()

    async def store(self, id: str, file: File | None, *, replaces: int | None = None, **fields: Any) -> None:
        """Store a message without the journal."""
        stored = message(id, **{"seq": (replaces or 0) + 1, "file": file, **fields})
        assert (await self.messages.write([Write(stored, replaces)])).done == 1

    async def clean_up_a_day_later(self) -> int:
        """Run the cleanup a day later, and return the number of removed files."""
        self.now += KEPT_MS + 1
        return await self._cleanup.remove(pause_s=0)

    async def document_count(self) -> int:
        """The number of documents in the collections of files."""
        names = ("files.files", "files.chunks", "previews.files", "previews.chunks")
        return sum([await self.database.collection(name).count_documents({}) for name in names])


@pytest.fixture
def files(app: App) -> TimedFiles:
    return TimedFiles(app)


@pytest.mark.gen_test
async def test_an_upload_that_was_never_sent_is_removed_after_a_day_with_its_preview(files: TimedFiles) -> None:
    image = BytesIO()
    Image.new("RGB", (20, 10)).save(image, "PNG")
    file = await files.upload(image.getvalue())
    await files.upload()
    assert file.preview
    assert await files._cleanup.remove(pause_s=0) == 0

    assert await files.clean_up_a_day_later() == 2
    assert await files.document_count() == 0


@pytest.mark.gen_test
async def test_all_that_a_killed_process_leaves_is_removed(files: TimedFiles) -> None:
    await files.begin(bytes(CHUNK_BYTES + 1))  # neither ended nor aborted
    attached = await files.upload()
    await files.attachments.attach(attached.id, message_id(), "#ting", ADA)  # but its message was never stored
    assert await files.document_count() == 4

    assert await files.clean_up_a_day_later() == 2
    assert await files.document_count() == 0


@pytest.mark.gen_test
async def test_an_attached_file_stays_until_its_message_is_deleted(files: TimedFiles) -> None:
    file, id = await files.upload(), message_id()
    file = await files.attachments.attach(file.id, id, "#ting", ADA)
    await files.store(id, file)

    assert await files.clean_up_a_day_later() == 0
    assert (await files.attachments.fetch(BOB, file.id))[0] == file

    await files.store(id, None, replaces=1, text="", deleted=5)
    with pytest.raises(NotFound):
        await files.attachments.fetch(BOB, file.id)
    with pytest.raises(NotFound):
        await files.attachments.fetch(ADA, file.id)
    assert await files.clean_up_a_day_later() == 1


@pytest.mark.gen_test
async def test_a_file_whose_message_is_being_stored_stays(files: TimedFiles) -> None:
    file, id = await files.upload(), message_id()
    await files.attachments.attach(file.id, id, "#ting", ADA)

    files.pending.add(id)  # for more than a day, because the database was unavailable
    assert await files.clean_up_a_day_later() == 0
    files.pending.clear()
    await files.attachments.attach(file.id, id, "#ting", ADA)  # a client retries just before the cleanup
    assert await files._cleanup.remove(pause_s=0) == 0
    assert await files.clean_up_a_day_later() == 1


@pytest.mark.gen_test
async def test_a_file_that_is_attached_during_the_cleanup_stays(
    files: TimedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, id = await files.upload(), message_id()
    by_id = files.messages.by_id

    async def attach_meanwhile(ids: Any) -> Any:
        found = await by_id(ids)
        await files.attachments.attach(file.id, id, "#ting", ADA)
        return found

    monkeypatch.setattr(files.messages, "by_id", attach_meanwhile)

    assert await files.clean_up_a_day_later() == 0
    await files.attachments.attach(file.id, id, "#ting", ADA)


@pytest.mark.gen_test
async def test_a_file_can_be_attached_to_one_message_of_its_uploader_in_its_conversation(files: TimedFiles) -> None:
    file, id, other = await files.upload(), message_id(), message_id()

    for other_user in (BOB, EVE):
        with pytest.raises(BadFile):
            await files.attachments.attach(file.id, id, "#ting", other_user)
    for attaching in (
        files.attachments.attach(file.id, id, "#music", ADA),
        files.attachments.attach("nothing", id, "#ting", ADA),
    ):
        with pytest.raises(BadFile):
            await attaching
    assert await files.attachments.attach(file.id, id, "#ting", ADA) == file
    assert await files.attachments.attach(file.id, id, "#ting", ADA) == file
    with pytest.raises(BadFile):
        await files.attachments.attach(file.id, other, "#ting", ADA)


@pytest.mark.gen_test
async def test_of_concurrent_messages_with_the_same_file_one_gets_it(files: TimedFiles) -> None:
    file = await files.upload()

    attempts = [files.attachments.attach(file.id, message_id(), "#ting", ADA) for _ in range(8)]
    results = await asyncio.gather(*attempts, return_exceptions=True)

    assert [result for result in results if not isinstance(result, BadFile)] == [file]


@pytest.mark.gen_test
async def test_a_file_of_a_direct_conversation_is_only_for_its_two_members(files: TimedFiles) -> None:
    direct = "@ada-id~bob-id"
    file, id = await files.upload(conversation=direct), message_id()
    file = await files.attachments.attach(file.id, id, direct, ADA)
    await files.store(id, file, conversation=direct)

    assert (await files.attachments.fetch(BOB, file.id))[0] == file
    for fetch in (files.attachments.fetch, files.attachments.fetch_preview):
        with pytest.raises(NotFound):
            await fetch(EVE, file.id)
    with pytest.raises(NoSuchConversation):
        await files.attachments.begin_upload(EVE, direct, "a.txt")


@pytest.mark.gen_test
async def test_a_stored_message_without_the_file_gives_no_access_to_it(files: TimedFiles) -> None:
    file, id = await files.upload(), message_id()
    await files.attachments.attach(file.id, id, "#ting", ADA)
    await files.store(id, None)

    with pytest.raises(NotFound):
        await files.attachments.fetch(BOB, file.id)
    assert await files.clean_up_a_day_later() == 1
