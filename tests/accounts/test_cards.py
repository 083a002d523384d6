"""What moderators and other users see of mutes and bans on a profile card, with a clock that the test moves."""

from collections.abc import Iterator

import pytest

from tests.accounts.account_parts import GOOD, AccountParts
from ting.accounts.profiles import Profiles
from ting.core.clock import DAY_MS, MINUTE_MS
from ting.core.models import BanNotice, Card, User
from ting.core.settings import Settings
from ting.moderation.services import ModerationServices
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.store.stores import Stores


class Cards(AccountParts):
    """Ada is a moderator; Bob and Eve are members."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        stores = Stores.of(database)
        realtime = RealtimeServices.build(stores, Settings(), self.clock)
        self.moderation = ModerationServices.build(stores, realtime, self.clock)
        self.profiles = Profiles(stores.users, realtime, self.moderation.restrictions, self.clock)

    async def enter_all(self) -> tuple[User, User]:
        """Register all users. Return Ada and Eve."""
        ada, _, eve = [(await self.register(name, GOOD)).user for name in ("ada", "bob", "eve")]
        await self.users.change(ada.id, role="moderator")
        await self.moderation.enforcement.apply(ada.id)
        return ada, eve

    async def card(self, viewer: User) -> Card:
        return await self.profiles.card("bob", viewer)


@pytest.fixture
def cards(database: Database) -> Iterator[Cards]:
    cards = Cards(database)
    yield cards
    cards.passwords.close()


@pytest.mark.gen_test
@pytest.mark.parametrize("days", [2, None])
async def test_only_moderators_see_a_ban_and_only_while_it_lasts(cards: Cards, days: int | None) -> None:
    ada, eve = await cards.enter_all()
    assert (await cards.card(ada)).ban is None

    await cards.moderation.actions.ban(ada, "bob", days, "spam")

    until = None if days is None else cards.now + days * DAY_MS
    assert (await cards.card(ada)).ban == BanNotice(until, "spam")
    assert (await cards.card(eve)).ban is None
    cards.now += 3 * DAY_MS
    assert bool((await cards.card(ada)).ban) == (days is None)
    cards.now -= 3 * DAY_MS
    await cards.moderation.actions.unban(ada, "bob")
    assert (await cards.card(ada)).ban is None


@pytest.mark.gen_test
async def test_a_mute_is_on_the_card_only_while_it_lasts(cards: Cards) -> None:
    ada, eve = await cards.enter_all()

    await cards.moderation.actions.mute(ada, "bob", 5)

    until = cards.now + 5 * MINUTE_MS
    assert [(await cards.card(viewer)).muted_until for viewer in (ada, eve)] == [until, until]
    cards.now = until
    assert [(await cards.card(viewer)).muted_until for viewer in (ada, eve)] == [None, None]
