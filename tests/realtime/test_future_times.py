"""Times of past events that are in the future, because the clock ran ahead: they count as now."""

import pytest

from tests.app_parts import register
from ting.app import App
from ting.core.errors import Kicked
from ting.core.models import Membership
from ting.realtime.future_times import TOLERANCE_MS, FutureTimes
from ting.store.database import Database
from ting.store.stores import Stores

NOW = 1_000_000
AHEAD = 4_000_000_000_000  # in the year 2096


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


async def store_times(stores: Stores, at: int) -> None:
    """Store one document of each kind whose times are those of past events."""
    database = stores.database
    await stores.conversations.record_activity({"#ting": at})
    await stores.memberships.write([Membership(user="ada", conversation="#ting", active=at)], {}, {})
    await database.collection("users").insert_one({"_id": "ada", "name": "ada", "created": at, "used": at})
    session = {"_id": "s", "user": "ada", "created": at, "used": at, "agent": "", "address": ""}
    await database.collection("sessions").insert_one(session)
    await stores.files.put("f", b"x", {"conversation": "#ting", "uploader": "ada", "name": "f", "touched": at})


async def times(stores: Stores) -> list[int]:
    (channel,) = await stores.conversations.channels("#", 10)
    (membership,) = await stores.memberships.for_user("ada")
    (session,) = await stores.sessions.for_user("ada")
    user, file = await stores.users.get("ada"), await stores.files.get("f")
    assert user
    assert file
    return [
        *(channel[2], membership.active, user.created, user.used),
        *(session.created, session.used, file.metadata["touched"]),
    ]


@pytest.mark.gen_test
async def test_stored_times_in_the_future_become_now_at_the_start(database: Database) -> None:
    stores = Stores.of(database)
    await store_times(stores, AHEAD)

    await FutureTimes(stores, Clock()).check()

    assert await times(stores) == [NOW] * 7


@pytest.mark.gen_test
async def test_times_in_the_past_stay(database: Database) -> None:
    stores, clock = Stores.of(database), Clock()
    await store_times(stores, NOW - 5)

    await FutureTimes(stores, clock).check()

    assert await times(stores) == [NOW - 5] * 7


@pytest.mark.gen_test
async def test_ends_of_restrictions_and_broken_times_are_not_touched(database: Database) -> None:
    users = database.collection("users")
    await users.insert_one({"_id": "ada", "name": "a", "created": 1, "used": 1, "muted_until": AHEAD})
    broken = {"_id": "bob", "name": "b", "created": "x", "used": 2**62}
    await users.insert_one(broken, bypass_document_validation=True)

    await FutureTimes(Stores.of(database), Clock()).check()

    ada, bob = await users.find().sort("_id").to_list(None)
    assert ada["muted_until"] == AHEAD
    assert (bob["created"], bob["used"]) == ("x", 2**62)


@pytest.mark.gen_test
async def test_a_clock_that_is_set_back_corrects_the_times_again(database: Database) -> None:
    stores, clock = Stores.of(database), Clock()
    future_times = FutureTimes(stores, clock)
    told: list[int] = []
    future_times.on_set_back(told.append)
    await future_times.check()
    clock.now = AHEAD
    await future_times.check()
    await store_times(stores, AHEAD)

    clock.now = NOW
    await future_times.check()
    clock.now = NOW - TOLERANCE_MS  # corrections by a little are usual
    await future_times.check()

    assert await times(stores) == [NOW] * 7
    assert told == [NOW, NOW]


def counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The collections that the database hands out from now on."""
    asked: list[str] = []
    collection = database.collection

    def count(name: str) -> object:
        asked.append(name)
        return collection(name)

    monkeypatch.setattr(database, "collection", count)
    return asked


@pytest.mark.gen_test
async def test_a_clock_that_goes_on_costs_no_query(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    future_times = FutureTimes(Stores.of(database), clock)
    await future_times.check()
    asked = counted(database, monkeypatch)

    for _ in range(5):
        clock.now += 10_000
        await future_times.check()

    assert asked == []


@pytest.mark.gen_test
async def test_lists_in_memory_and_kicks_are_corrected(app: App) -> None:
    ada = await register(app, "ada")
    cache, restrictions = app.memberships.cache, app.moderation.restrictions
    async with cache.lease(ada.id) as own:
        cache.put(own, Membership(user=ada.id, conversation="#ting", active=AHEAD))
        cache.bump_all("#music", AHEAD)
        restrictions._kicks["#ting", ada.id] = AHEAD
        with pytest.raises(Kicked):
            restrictions.check_join(ada.id, "#ting")

        for listener in app.realtime.future_times._listeners:
            listener(NOW)

        assert [membership.active for membership in own.listed] == [NOW]
        assert restrictions._kicks["#ting", ada.id] == NOW + 60_000
    await cache.flush()
    assert [membership.active for membership in await app.stores.memberships.for_user(ada.id)] == [NOW]
