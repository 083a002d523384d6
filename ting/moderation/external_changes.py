"""The house: who may come in, who keeps order, and how what an operator changes reaches a server that runs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from ting.accounts.accounts import Accounts
from ting.accounts.invitations import Invitations
from ting.accounts.registration import Registration
from ting.conversations.history import History
from ting.conversations.messages import Messages
from ting.core.errors import Busy, StartupError
from ting.core.models import Milliseconds
from ting.core.settings import Settings
from ting.moderation.actions import ModeratorActions
from ting.moderation.enforcement import Enforcement
from ting.moderation.ignore_list import IgnoreLists
from ting.moderation.restrictions import Restrictions
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.changes import ChangeFeed
from ting.store.database import Database
from ting.store.invitations import InvitationStore
from ting.store.moderation import AuditStore, BanStore
from ting.store.sessions import SessionStore
from ting.store.users import IgnoringStore, UserStore


@dataclass
class House:
    """The parts that keep order."""

    standing: Restrictions
    enforcement: Enforcement
    moderation: ModeratorActions
    invitations: Invitations
    registration: Registration
    ignoring: IgnoreLists
    bulletin: ChangeFeed
    clock: Callable[[], Milliseconds]
    address: str = ""
    """Where browsers find the chat; known once it listens."""
    _following: "asyncio.Task[None] | None" = field(default=None)

    @classmethod
    def build(
        cls,
        settings: Settings,
        database: Database,
        *,
        users: UserStore,
        sessions: SessionStore,
        standing: Restrictions,
        presence: Presence,
        ghosts: DraftBroadcaster,
        persons: UserBroadcaster,
        accounts: Accounts,
        chat: Messages,
        reading: History,
        clock: Callable[[], Milliseconds],
    ) -> "House":
        bans, audit = BanStore(database), AuditStore(database, users)
        enforcement = Enforcement(users, bans, sessions, standing, presence, ghosts, persons)
        invitations = Invitations(InvitationStore(database), users, audit, clock)
        return cls(
            standing=standing,
            enforcement=enforcement,
            moderation=ModeratorActions(
                users, sessions, bans, audit, chat, reading, presence, standing, enforcement, clock
            ),
            invitations=invitations,
            registration=Registration(settings.registration, accounts, users, invitations, standing, enforcement),
            ignoring=IgnoreLists(users, IgnoringStore(database), presence, ghosts, persons),
            bulletin=ChangeFeed(database),
            clock=clock,
            address=settings.public_url,
        )

    async def open(self, url: str) -> str | None:
        """Begin, before people come in; `url` is where the server listens.

        The link that makes the first admin, as long as there is none. Raises `StartupError`.
        """
        self.address = self.address or url
        try:
            await self.bulletin.catch_up(self._reload)
            await self.bulletin.set_address(self.address)
            first = await self.invitations.create_for_first_admin()
        except Busy as error:
            raise StartupError(error.message) from error
        self._following = asyncio.create_task(self.bulletin.follow(self.enforcement.apply, self._reload))
        return self.invitations.link(self.address, first) if first else None

    async def close(self) -> None:
        """Follow the bulletin no longer."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _reload(self) -> None:
        await self.enforcement.reload(self.clock())
