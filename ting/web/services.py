"""The services that HTTP handlers and websockets use."""

import asyncio
import logging
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
from ting.web.connections import ConnectionLimits, Connections
from ting.web.listener import connection_limits
from ting.web.metrics import Metrics
from ting.web.rate_limits import RateLimits
from ting.web.site import Site

logger = logging.getLogger(__name__)

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
    site: Site = field(init=False)
    connections: Connections = field(init=False)
    stopping: bool = False
    """Whether the server is stopping; `/readyz` then reports it as not ready."""
    in_progress: set[asyncio.Future[None]] = field(default_factory=set)
    """Requests and frames that a stopping server waits for."""

    reading: FairSlots = field(init=False)
    """Requests that read; each user has a few at the same time."""
    downloads: FairSlots = field(init=False)

    _knows_bad_forwarding: bool = False

    def __post_init__(self) -> None:
        self.site, limits = Site(self.settings), self.settings.limits
        wanted = ConnectionLimits(
            limits.connections,
            limits.stranger_connections,
            limits.connections_per_address,
            limits.connections_per_user,
        )
        self.connections = Connections(connection_limits(wanted))
        self.reading = FairSlots(per_key=limits.requests_at_once, waiting=MAX_WAITING_REQUESTS)
        self.downloads = FairSlots(per_key=limits.downloads_at_once, waiting=MAX_WAITING_REQUESTS)
        self.rate_limits = RateLimits(self.settings.rates)
        self.metrics = metrics = Metrics(__version__)
        self.realtime.journal.on_write(metrics.batch_written)
        self.realtime.journal.on_commit(metrics.messages_committed)
        self.database.broken.on_broken(metrics.broken_document)
        _add_gauges(metrics, self.realtime, self.conversations, self.files.space)
        _add_connection_gauges(metrics, self.connections)
        metrics.counter(
            "ting_plugin_events_dropped",
            "Events that plugins missed, because they were too slow.",
            "plugin",
            lambda: self.commands.dropped_events,
        )

    def count_refusal(self, refused: Refused) -> None:
        """Count an error that a client gets. The operator is warned of a full disk."""
        self.metrics.refused(refused.code)
        if isinstance(refused.__cause__, Exception) and isinstance(refused, StorageFull):
            self.files.space.disk_is_full()

    def report_bad_forwarding(self) -> None:
        """Log, once, that a trusted proxy sends something in X-Forwarded-For that is no address."""
        if not self._knows_bad_forwarding:
            self._knows_bad_forwarding = True
            logger.warning("A trusted proxy sends an X-Forwarded-For that is no address; it is ignored")


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


def _add_connection_gauges(metrics: Metrics, connections: Connections) -> None:
    metrics.gauge("ting_http_connections", "Open connections, websockets included.", lambda: connections.size[0])
    metrics.gauge("ting_stranger_connections", "Those of clients that are not signed in.", lambda: connections.size[1])
    metrics.gauge(
        "ting_connections_over_limit",
        "New connections for which an idle one was closed, or that were refused, since the start.",
        lambda: sum(connections.refused.values()),
    )
