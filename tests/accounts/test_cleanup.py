"""What remains of sessions that have ended, and of users who have no name any more."""

from typing import Any

import pytest

from tests.app_parts import CLIENT
from tests.client import message_id
from ting.accounts.cleanup import KEPT_DAYS, AccountCleanup
from ting.accounts.sessions import Sessions
from ting.app import App
from ting.core.clock import DAY_MS
from ting.core.models import User, session_id

GOOD = "correct horse"


class Cleanup:
    """The cleanup of an app, with a clock that the test moves by days."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.days = 0
        self._start = 10_000 * DAY_MS
        self.sessions = Sessions(app.stores, app.realtime.presence, self.clock)
        self._cleanup = AccountCleanup(app.stores, self.sessions, app.accounts.cleanup.erasers, self.clock, pause_s=0.0)

    def clock(self) -> int:
        return self._start + self.days * DAY_MS

    async def run_after(self, days: int) -> None:
        self.days += days
        await self._cleanup.remove()

    async def stored(self, collection: str) -> list[Any]:
        documents = await self._app.web.database.collection(collection).find().to_list(None)
        return sorted(document["_id"] for document in documents)

    async def user(self, user: User) -> Any:
        return await self._app.web.database.collection("users").find_one({"_id": user.id})


@pytest.fixture
def cleanup(app: App) -> Cleanup:
    return Cleanup(app)


async def register(app: App, cleanup: Cleanup, name: str, password: str | None = None) -> tuple[User, str]:
    """Register a user who is online at the time of the cleanup's clock."""
    user, token = await app.accounts.accounts.register(name, CLIENT, password)
    await app.stores.users.record_use(user.id, cleanup.clock())
    await app.stores.sessions.record_use(session_id(token), CLIENT, cleanup.clock())
    return user, token


@pytest.mark.gen_test
async def test_sessions_are_removed_a_month_after_they_ended(app: App, cleanup: Cleanup) -> None:
    ada, token = await register(app, cleanup, "ada", GOOD)
    sessions = app.stores.sessions
    kept, gone = session_id("kept"), session_id("gone")
    for stored, days in ((kept, 400), (gone, 300)):
        await sessions.add(stored, ada.id, CLIENT, cleanup.clock(), name="bot", expires=cleanup.clock() + days * DAY_MS)
    await sessions.add(session_id("endless"), ada.id, CLIENT, cleanup.clock(), name="endless bot")

    await cleanup.run_after(365 + KEPT_DAYS - 1)
    assert await cleanup.stored("sessions") == sorted([kept, session_id("endless"), session_id(token)])
    await cleanup.run_after(2)
    assert await cleanup.stored("sessions") == sorted([kept, session_id("endless")])

    assert (await cleanup.user(ada))["password"], "a name with a password is kept permanently"


@pytest.mark.gen_test
async def test_sessions_without_a_user_are_removed_unless_they_are_new(app: App, cleanup: Cleanup) -> None:
    just_now = cleanup.clock() - 1000
    await app.stores.sessions.add("of nobody", "no such user", CLIENT, just_now)
    await app.stores.sessions.add("of a bot of nobody", "no such user", CLIENT, just_now, name="bot")
    _, token = await register(app, cleanup, "ada")

    await cleanup.run_after(0)
    assert len(await cleanup.stored("sessions")) == 3
    await cleanup.run_after(2)

    assert await cleanup.stored("sessions") == [session_id(token)]


@pytest.mark.gen_test
async def test_of_a_user_without_a_name_only_what_messages_show_remains(app: App, cleanup: Cleanup) -> None:
    ada, token = await register(app, cleanup, "ada")
    bob, _ = await register(app, cleanup, "bob")
    await app.conversations.messages.send(ada.person, "#ting", message_id(), "Hello")
    for user in (ada, bob):
        await app.stores.users.change(user.id, email=f"{user.name}@example.org", place="Patras")
        await app.memberships.memberships.visit(user.id, "#ting")
        await app.stores.users.release(user.id)

    await cleanup.run_after(KEPT_DAYS - 1)
    assert (await cleanup.user(ada))["email"] == "ada@example.org", "not yet"
    await cleanup.run_after(2)

    assert set(await cleanup.user(ada)) == {"_id", "name", "created", "used"}
    assert await cleanup.user(bob) is None
    assert await cleanup.stored("memberships") == []
    assert await cleanup.sessions.find(token) is None
    assert (await app.stores.users.persons([ada.id]))[ada.id].name == "ada"
    assert await app.stores.users.former(cleanup.clock(), 10) == [], "each is cleaned up once"


@pytest.mark.gen_test
@pytest.mark.parametrize("reference", ["audit", "direct", "ban"])
async def test_a_name_that_something_refers_to_remains(app: App, cleanup: Cleanup, reference: str) -> None:
    ada, _ = await register(app, cleanup, "ada")
    bob, _ = await register(app, cleanup, "bob")
    if reference == "audit":
        await app.stores.audit.append(1, "", "role", whom=ada.id, role="admin")
    elif reference == "direct":
        await app.conversations.messages.send(
            bob.person, f"@{min(ada.id, bob.id)}~{max(ada.id, bob.id)}", message_id(), "Hi"
        )
        await app.memberships.cache.flush_and_stop()
    else:
        await app.stores.users.change(bob.id, role="admin")
        await app.moderation.enforcement.apply(bob.id)
        admin = await app.stores.users.get(bob.id)
        assert admin is not None
        await app.moderation.actions.ban(admin, "ada", None)
    await app.stores.users.release(ada.id)

    await cleanup.run_after(KEPT_DAYS + 1)

    assert (await cleanup.user(ada))["name"] == "ada"


@pytest.mark.gen_test
async def test_users_with_a_name_and_plugins_are_untouched(app: App, cleanup: Cleanup) -> None:
    ada, _ = await register(app, cleanup, "ada")
    await app.stores.users.plugin_user("roll", 1)
    before = await cleanup.user(ada)

    await cleanup.run_after(10_000)

    assert await cleanup.user(ada) == before
    assert "plugin-roll" in await cleanup.stored("users")
