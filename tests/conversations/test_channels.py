"""When a channel was last active, in whatever order its messages are reported."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.app_parts import message, register
from tests.client import message_id
from ting.app import App
from ting.conversations.channels import Channels
from ting.core.errors import Busy, SimilarChannel
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
    return Channels(stored, app.realtime, memberships, restrictions, audit, lambda: NEW.sent, interval_s=NEVER_S)


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


@pytest.mark.gen_test
async def test_a_new_channel_that_looks_like_another_one_is_refused(app: App) -> None:
    ada = await register(app, "ada")
    await app.conversations.messages.send(ada, "#αγορά", message_id(), "hello")
    await app.conversations.channels.flush()

    for lookalike in ("#αγορα", "#ΑΓΟΡΑ", "#ayopa"):
        with pytest.raises(SimilarChannel, match="looks like #αγορά"):
            await app.conversations.messages.send(ada, lookalike, message_id(), "hello")
    await app.conversations.messages.send(ada, "#αγορές", message_id(), "hello")


@pytest.mark.gen_test
async def test_of_two_new_channels_that_look_alike_only_one_is_opened(app: App) -> None:
    ada = await register(app, "ada")

    sent = await asyncio.gather(
        *(app.conversations.messages.send(ada, name, message_id(), "hello") for name in ("#tіng", "#ting", "#tιng")),
        return_exceptions=True,
    )

    assert [type(answer) for answer in sent if isinstance(answer, Exception)] == [SimilarChannel] * 2


@pytest.mark.gen_test
async def test_ascii_names_are_always_different_channels(app: App) -> None:
    ada = await register(app, "ada")

    for name in ("#l1", "#ll", "#lo", "#l0"):
        await app.conversations.messages.send(ada, name, message_id(), "hello")


@pytest.mark.gen_test
async def test_channels_are_found_by_the_start_of_the_name_without_accents(app: App) -> None:
    ada = await register(app, "ada")
    for name in ("#μουσική", "#μουσείο", "#music"):
        await app.conversations.messages.send(ada, name, message_id(), "hello")

    await app.conversations.channels.flush()

    for prefix in ("μουσικη", "#ΜΟΥΣΙΚ", "μουσική"):
        (found,) = await app.conversations.channels.directory(prefix, 10)
        assert found.conversation == "#μουσική"
    assert len(await app.conversations.channels.directory("μουσ", 10)) == 2
