"""The services that HTTP handlers and websockets use."""

import asyncio
from dataclasses import dataclass, field

from ting import __version__
from ting.accounts.services import AccountServices
from ting.commands.runtime.dispatcher import CommandDispatcher
from ting.conversations.services import ConversationServices
from ting.core.errors import Refused, StorageFull
from ting.core.fair_slots import FairSlots
from ting.core.settings import Settings
from ting.files.services import FileServices
from ting.files.space import FileSpace
from ting.memberships.services import MembershipServices
from ting.moderation.services import ModerationServices
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.web.metrics import Metrics
from ting.web.rate_limits import RateLimits

MAX_WAITING_REQUESTS = 256  # of one user


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

    reading: FairSlots = field(init=False)
    """Requests that read; each user has a few at the same time."""
    downloads: FairSlots = field(init=False)

    def __post_init__(self) -> None:
        limits = self.settings.limits
        self.reading = FairSlots(per_key=limits.requests_at_once, waiting=MAX_WAITING_REQUESTS)
        self.downloads = FairSlots(per_key=limits.downloads_at_once, waiting=MAX_WAITING_REQUESTS)
        self.rate_limits = RateLimits(self.settings.rates)
        self.metrics = metrics = Metrics(__version__)
        self.realtime.journal.on_write(metrics.batch_written)
        self.realtime.journal.on_commit(metrics.messages_committed)
        _add_gauges(metrics, self.realtime, self.conversations, self.files.space)

        metrics.counter(
            "ting_plugin_events_dropped",
            "Events that plugins did not get, because they were too slow.",
            "plugin",
            lambda: self.commands.dropped_events,
        )

    def count_refusal(self, refused: Refused) -> None:
        """Count an error that a client gets. The operator learns of a full disk."""
        self.metrics.refused(refused.code)
        if isinstance(refused.__cause__, Exception) and isinstance(refused, StorageFull):
            self.files.space.disk_is_full()


def _add_gauges(
    metrics: Metrics, realtime: RealtimeServices, conversations: ConversationServices, space: FileSpace
) -> None:
    """Register the gauges."""
    presence = realtime.presence
    metrics.gauge("ting_people", "Users with at least one open websocket.", lambda: presence.size[0])
    metrics.gauge("ting_connections", "Open websockets.", lambda: presence.size[1])
    metrics.gauge("ting_conversations", "Conversations held in memory.", lambda: len(realtime.live))
    metrics.gauge("ting_drafts", "Drafts being typed.", lambda: len(realtime.drafts))
    metrics.gauge("ting_journal_waiting", "Changes waiting to be journaled.", lambda: realtime.journal.waiting)
    metrics.gauge("ting_files_bytes", "Bytes of all files, previews and profile pictures.", lambda: space.used)
    metrics.gauge(
        "ting_files_limit_bytes", "Bytes that all files can take together; 0: any number.", lambda: space.limits.all
    )
    metrics.gauge(
        "ting_disk_free_bytes",
        "Free bytes of the database's disk; -1: not known.",
        lambda: space.disk.free if space.disk else -1,
    )
    metrics.gauge("ting_disk_reserve_bytes", "Free bytes below which files are refused.", lambda: space.limits.reserve)
    metrics.gauge(
        "ting_index_behind", "Conversations waiting to be indexed for search.", lambda: conversations.indexer.behind
    )
