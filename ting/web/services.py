"""The services that HTTP handlers and websockets use."""

import asyncio
from dataclasses import dataclass, field

from ting import __version__
from ting.accounts.services import AccountServices
from ting.commands.runtime.dispatcher import CommandDispatcher
from ting.conversations.services import ConversationServices
from ting.core.settings import Settings
from ting.files.services import FileServices
from ting.memberships.services import MembershipServices
from ting.moderation.services import ModerationServices
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.web.metrics import Metrics
from ting.web.rate_limits import RateLimits


@dataclass
class WebServices:
    """The packages below, and the parts that only the edge uses."""

    settings: Settings
    database: Database
    realtime: RealtimeServices
    moderation: ModerationServices
    files: FileServices
    memberships: MembershipServices
    conversations: ConversationServices
    accounts: AccountServices
    commands: CommandDispatcher
    rate_limits: RateLimits = field(init=False)
    metrics: Metrics = field(init=False)
    stopping: bool = False
    """Whether the server is stopping; `/readyz` then reports it as not ready."""
    in_progress: set[asyncio.Future[None]] = field(default_factory=set)
    """Requests and frames that a stopping server waits for."""

    def __post_init__(self) -> None:
        self.rate_limits = RateLimits(self.settings.rates)
        self.metrics = metrics = Metrics(__version__)
        self.realtime.journal.on_write(metrics.batch_written)
        self.realtime.journal.on_commit(metrics.messages_committed)
        self.database.broken.on_broken(metrics.broken_document)
        _add_gauges(metrics, self.realtime, self.conversations)


def _add_gauges(metrics: Metrics, realtime: RealtimeServices, conversations: ConversationServices) -> None:
    """Register the gauges."""
    presence = realtime.presence
    metrics.gauge("ting_people", "Users with at least one open websocket.", lambda: presence.size[0])
    metrics.gauge("ting_connections", "Open websockets.", lambda: presence.size[1])
    metrics.gauge("ting_conversations", "Conversations held in memory.", lambda: len(realtime.live))
    metrics.gauge("ting_drafts", "Drafts being typed.", lambda: len(realtime.drafts))
    metrics.gauge("ting_journal_waiting", "Changes waiting to be journaled.", lambda: realtime.journal.waiting)
    metrics.gauge(
        "ting_index_behind", "Conversations waiting to be indexed for search.", lambda: conversations.indexer.behind
    )
