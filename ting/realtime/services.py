"""Builds the realtime services: connections, presence, drafts and open conversations."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ting.core.clock import Clock
from ting.core.settings import Settings
from ting.realtime.connection import Flusher
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.drafts import DraftRules
from ting.realtime.future_times import FutureTimes
from ting.realtime.last_seen import LastSeen
from ting.realtime.live_conversations import LiveConversations
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.journal import Journal
from ting.store.stores import Stores


@dataclass(frozen=True)
class RealtimeServices:
    """Connections, drafts and open conversations, with the journal that makes messages durable."""

    presence: Presence
    flusher: Flusher
    journal: Journal
    drafts: DraftBroadcaster
    live: LiveConversations
    broadcaster: UserBroadcaster
    last_seen: LastSeen
    future_times: FutureTimes

    @classmethod
    def build(
        cls,
        stores: Stores,
        settings: Settings,
        clock: Clock,
        *,
        draft_rules: DraftRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> "RealtimeServices":
        """Build the services. `monotonic` is the clock for drafts, in seconds."""
        pace = settings.pace
        presence = Presence()
        journal = Journal(stores.messages, max_waiting=settings.limits.waiting_changes)
        rules = draft_rules or DraftRules(grace_s=pace.draft_grace_s)
        drafts = DraftBroadcaster(presence, rules=rules, interval_s=pace.draft_ms / 1000, clock=monotonic)
        live = LiveConversations(stores, journal, presence, drafts, pace.presence_ms / 1000)
        broadcaster = UserBroadcaster(presence, drafts)
        broadcaster.on_person_changed(live.person_changed)
        return cls(
            presence=presence,
            flusher=Flusher(),
            journal=journal,
            drafts=drafts,
            live=live,
            broadcaster=broadcaster,
            last_seen=LastSeen(stores.users, presence, clock),
            future_times=FutureTimes(stores, clock),
        )
