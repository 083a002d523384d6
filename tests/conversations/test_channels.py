"""When a channel was last active, in whatever order its messages are reported."""

from collections.abc import Mapping

import pytest

from tests.app_parts import message
from ting.app import App
from ting.conversations.channels import Channels
from ting.core.errors import Busy
from ting.core.models import ConversationId, Milliseconds
from ting.store.conversations import ConversationStore

NEVER_S = 1000.0
OLD, NEW = message("old", sent=1), message("new", sent=2)


@pytest.fixture
def stored(app: App) -> ConversationStore:
    return app.stores.conversations


@pytest.fixture
def channels(app: App, stored: ConversationStore) -> Channels:
    memberships, restrictions = app.memberships.memberships, app.moderation.restrictions
    audit = app.stores.audit
    return Channels(stored, app.realtime, memberships, restrictions, audit, lambda: 1, interval_s=NEVER_S)


async def last_activity(channels: Channels) -> Milliseconds:
    await channels.flush()
    (ting,) = await channels.directory("", 10)
    return ting.active


@pytest.mark.gen_test
async def test_a_change_of_an_old_message_does_not_set_the_last_activity_back(channels: Channels) -> None:
    for changed in (NEW, OLD):
        channels.on_messages("#ting", [changed])

    assert await last_activity(channels) == NEW.sent
    await channels.flush_and_stop()


@pytest.mark.gen_test
async def test_a_failed_flush_does_not_set_the_last_activity_back(
    channels: Channels, stored: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Mapping[ConversationId, Milliseconds]) -> None:
        channels.on_messages("#ting", [OLD])
        raise Busy

    channels.on_messages("#ting", [NEW])
    with monkeypatch.context() as fault:
        fault.setattr(stored, "record_activity", fail)
        with pytest.raises(Busy):
            await channels.flush()

    assert await last_activity(channels) == NEW.sent
    await channels.flush_and_stop()
