"""Messages in the database: pages, changes, and results of batches."""

from typing import Any

import msgspec
import pytest
from pymongo.errors import AutoReconnect, BulkWriteError

from tests.app_parts import message
from tests.client import message_id
from ting.core.models import Message
from ting.store import messages as module
from ting.store.database import Database
from ting.store.messages import MessageStore, Unanswered, Write, Written
from ting.store.users import UserStore


@pytest.fixture
def store(database: Database) -> MessageStore:
    return MessageStore(database, UserStore(database))


async def stored(store: MessageStore, count: int, conversation: str = "#ting") -> list[Message]:
    """Store `count` messages. Their positions fall while their seqs rise, to distinguish the two orders."""
    messages = [
        message(message_id(), str(seq), conversation, position=count + 1 - seq, seq=seq, first=seq)
        for seq in range(1, count + 1)
    ]
    assert await store.write([Write(written) for written in messages]) == Written(count)
    return messages


@pytest.mark.gen_test
async def test_a_message_is_read_as_it_was_stored(store: MessageStore) -> None:
    plain = message(message_id(), "γειά 😀\n<b>", seq=2**40, first=7, position=2**41, started=2**42, sent=2**43)
    changed = message(message_id(), "", seq=2, edited=5, deleted=6)

    await store.write([Write(plain), Write(changed)])

    assert await store.get(plain.id) == plain
    assert await store.get(changed.id) == changed
    found = await store.get(plain.id)
    assert found is not None
    assert type(found.seq) is int
    assert await store.get(message_id()) is None


@pytest.mark.gen_test
async def test_pages_follow_positions_without_repeating_or_skipping_any(store: MessageStore) -> None:
    messages = await stored(store, 10)
    await stored(store, 3, "#music")

    pages, before = [], None
    while True:
        page, more = await store.page("#ting", before, 4)
        pages.append([found.position for found in page])
        if not more:
            break
        before = page[0].position

    assert pages == [[7, 8, 9, 10], [3, 4, 5, 6], [1, 2]]
    assert (await store.page("#ting", None, 10))[0] == messages[::-1]


@pytest.mark.gen_test
async def test_a_page_says_whether_there_are_more_messages(store: MessageStore) -> None:
    await stored(store, 4)

    assert (await store.page("#ting", None, 4))[1] is False
    assert (await store.page("#ting", None, 3))[1] is True
    assert (await store.page("#ting", 2, 1))[1] is False
    assert await store.page("#ting", 1, 5) == ([], False)
    assert await store.page("#nowhere", None, 5) == ([], False)


@pytest.mark.gen_test
async def test_changes_follow_the_seqs_after_a_cursor(store: MessageStore) -> None:
    await stored(store, 5)

    assert [found.seq for found in await store.changes("#ting", 0, 3)] == [1, 2, 3]
    assert [found.seq for found in await store.changes("#ting", 3, 3)] == [4, 5]
    assert await store.changes("#ting", 5, 3) == []
    assert await store.changes("#ting", 2**53 - 1, 3) == []


@pytest.mark.gen_test
async def test_an_edit_moves_a_message_in_the_changes_but_not_on_its_page(store: MessageStore) -> None:
    first, second = await stored(store, 2)
    edited = message(first.id, "edited", position=first.position, seq=3, first=1, edited=9)

    assert await store.write([Write(edited, replaces=1)]) == Written(1)

    assert await store.changes("#ting", 0, 10) == [second, edited]
    assert await store.page("#ting", None, 10) == ([second, edited], False)
    assert await store.last("#ting") == (3, 2)


@pytest.mark.gen_test
async def test_the_last_seq_and_position_of_an_empty_conversation_are_zero(store: MessageStore) -> None:
    assert await store.last("#ting") == (0, 0)


@pytest.mark.gen_test
@pytest.mark.parametrize("twin", [{"id": 0}, {"seq": 1}])
async def test_a_batch_ends_before_its_first_duplicate(store: MessageStore, twin: dict[str, int]) -> None:
    (old,) = await stored(store, 1)
    ids = [message_id() for _ in range(3)]
    duplicate = message(old.id if "id" in twin else ids[1], "twin", seq=twin.get("seq", 3))
    batch = [message(ids[0], seq=2), duplicate, message(ids[2], seq=4)]

    assert await store.write([Write(written) for written in batch]) == Written(1, duplicate=True)

    assert set(await store.by_id([old.id, *ids])) == {old.id, ids[0]}
    assert await store.get(old.id) == old


@pytest.mark.gen_test
async def test_a_batch_ends_before_a_message_that_mongodb_refuses(store: MessageStore) -> None:
    batch = [message(message_id()), message(message_id(), "x" * 4001, seq=2), message(message_id(), seq=3)]

    result = await store.write([Write(written) for written in batch])

    assert (result.done, result.duplicate) == (1, False)
    assert result.refused is not None


@pytest.mark.gen_test
async def test_a_message_that_cannot_be_encoded_as_bson_fails_alone(store: MessageStore) -> None:
    good, bad = message(message_id()), message(message_id(), seq=2)
    bad = msgspec.structs.replace(bad, text=object())

    assert await store.write([Write(good), Write(bad)]) == Written(1)
    result = await store.write([Write(bad)])

    assert result.done == 0
    assert result.refused is not None


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"writeErrors": [{"index": 3, "code": 11000, "errmsg": "E11000"}]}, Written(3, duplicate=True)),
        ({"writeErrors": [{"index": 2, "code": 121, "errmsg": "no"}]}, Written(2, refused="no")),
    ],
)
def test_a_failed_write_is_classified_by_its_code(details: dict[str, Any], expected: Written) -> None:
    assert module._written(BulkWriteError(details)) == expected


@pytest.mark.parametrize(
    "details",
    [
        {"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "waiting for replication timed out"}]},
        {"writeErrors": [{"index": 0, "code": 14031, "errmsg": "OutOfDiskSpace"}]},
        {"writeErrors": [{"index": 0, "code": 11600, "errmsg": "interrupted at shutdown"}]},
    ],
)
def test_a_write_that_may_succeed_later_counts_as_unanswered(details: dict[str, Any]) -> None:
    with pytest.raises(Unanswered):
        module._written(BulkWriteError(details))


@pytest.mark.gen_test
async def test_a_lost_connection_is_unanswered(store: MessageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        async def bulk_write(self, operations: object, ordered: bool) -> None:
            raise AutoReconnect("connection closed")

    monkeypatch.setattr(store, "_messages", Lost())

    with pytest.raises(Unanswered, match=r"^connection closed\.$"):
        await store.write([Write(message(message_id()))])
