"""The space of files: a quota of each user, a limit for all, a reserve of the disk, and a full disk."""

from typing import Any

import msgspec
import pytest
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import OperationFailure, WriteError

from tests.client import Answer, People, Person, message_id, until
from tests.web.files import TEXT, count_documents, image, upload, upload_path
from tests.web.test_metrics import read_metrics
from ting.core.settings import Settings
from ting.server import Server
from ting.store.space import Disk, SpaceStore

AVATAR = "/api/me/avatar"
FULL = OperationFailure("available disk space of 12 bytes is less than required minimum of 524288000", 14031)
FULL_TOO = WriteError("28: No space left on device", 8)


def with_limits(settings: Settings, **limits: int) -> Settings:
    return msgspec.structs.replace(settings, limits=msgspec.structs.replace(settings.limits, **limits))


async def try_upload(person: Person, size: int) -> Answer:
    return await person.request("POST", upload_path(), bytes(size), Content_Type="text/plain")


async def refuses_files_but_not_messages(people: People, name: str) -> None:
    """Assert that files and profile pictures are refused, and messages are not."""
    user = await people.enter(name)
    socket = await user.connect()
    for answer in (
        await try_upload(user, 10),
        await user.request("PUT", AVATAR, image("PNG", (10, 10)), Content_Type="image/png"),
    ):
        assert (answer.status, answer.code, answer.json["error"]["retry_after"]) == (507, "storage_full", 60)
    assert (await socket.send("hello"))["type"] == "ack"


class TestQuota:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return with_limits(settings, user_files_bytes=300_000)

    @pytest.mark.gen_test
    async def test_the_files_of_one_user_have_a_quota(self, people: People, server: Server) -> None:
        ada, bob = await people.enter("ada"), await people.enter("bob")
        socket = await ada.connect()
        file = await upload(ada, bytes(200_000))
        await socket.ask("send", conversation="#ting", id=message_id(), text="", file=file["id"])

        answer = await try_upload(ada, 100_001)

        assert (answer.status, answer.code, answer.json["error"]["field"]) == (507, "quota_used", "file")
        assert await count_documents(server.settings, "files.files") == 1
        await upload(ada, bytes(100_000))
        assert (await try_upload(ada, 1)).code == "quota_used"
        assert (await try_upload(bob, 300_000)).status == 201
        assert "files" not in (await people.stranger().get("/readyz")).json  # the problem of one user


class TestLimitOfAll:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return with_limits(settings, all_files_bytes=500_000)

    @pytest.mark.gen_test
    async def test_the_files_of_all_users_have_a_limit(
        self, people: People, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        await upload(await people.enter("ada"), bytes(300_000))
        await server.app.files.space.measure()
        await upload(await people.enter("bob"), bytes(199_000))  # not measured yet, but counted

        assert (await try_upload(await people.enter("eve"), 2_000)).code == "storage_full"
        await refuses_files_but_not_messages(people, "ann")

        assert caplog.text.count("limits.all_files_bytes") == 1
        ready = await people.stranger().get("/readyz")
        assert (ready.status, ready.json["status"]) == (200, "ok")
        assert "limits.all_files_bytes" in ready.json["files"]
        metrics = await read_metrics(people)
        assert metrics["ting_files_limit_bytes"] == 500_000
        assert 300_000 <= metrics["ting_files_bytes"] < 500_000
        assert metrics["ting_disk_free_bytes"] > 0


class TestReserve:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return with_limits(settings, disk_reserve_bytes=2**52)

    @pytest.mark.gen_test
    async def test_below_the_reserve_of_the_disk_files_are_refused(
        self, people: People, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        await server.app.files.space.measure()

        await refuses_files_but_not_messages(people, "ada")

        assert caplog.text.count("limits.disk_reserve_bytes") == 1
        assert "limits.disk_reserve_bytes" in (await people.stranger().get("/readyz")).json["files"]
        assert (await read_metrics(people))["ting_disk_reserve_bytes"] == 2**52


@pytest.mark.gen_test
async def test_a_disk_with_nothing_left_makes_the_server_not_ready(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_left(store: SpaceStore) -> Disk:
        return Disk(total=2**30, free=0)

    space = server.app.files.space
    await until(lambda: space.disk is not None)
    with monkeypatch.context() as patch:
        patch.setattr(SpaceStore, "disk", nothing_left)
        await space.measure()
    full = await people.stranger().get("/readyz")
    await space.measure()

    assert (full.status, full.json["reasons"]) == (503, ["The disk of the database is full. Make room on it."])
    assert (await people.stranger().get("/readyz")).status == 200


@pytest.mark.gen_test
@pytest.mark.parametrize("error", [FULL, FULL_TOO], ids=["checked", "failed"])
async def test_a_full_disk_is_an_error_with_a_code_and_one_line_for_the_operator(
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: OperationFailure,
) -> None:
    ada = await people.enter("ada")
    insert = AsyncIOMotorCollection.insert_one

    def full(collection: Any, document: Any, *args: Any, **options: Any) -> Any:
        if ".chunks" in collection.name:
            raise error
        return insert(collection, document, *args, **options)

    monkeypatch.setattr(AsyncIOMotorCollection, "insert_one", full)
    for _ in range(3):
        answer = await ada.request("POST", upload_path(), TEXT, Content_Type="text/plain")
        assert (answer.status, answer.code) == (507, "storage_full")

    lines = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [line.getMessage() for line in lines] == ["The disk of the database is full. Make room on it."]
    assert not any(record.exc_info for record in caplog.records)
    ready = await people.stranger().get("/readyz")
    assert (ready.status, ready.json["reasons"]) == (503, ["The disk of the database is full. Make room on it."])
