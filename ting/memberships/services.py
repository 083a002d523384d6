"""Builds the services for conversation lists."""

from dataclasses import dataclass

from ting.core.clock import Clock
from ting.core.settings import Settings
from ting.memberships.activity import ActivityNotifier
from ting.memberships.cache import MembershipCache
from ting.memberships.entries import EntryBuilder
from ting.memberships.memberships import Memberships
from ting.memberships.online_status import OnlineStatusNotifier
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class MembershipServices:
    """The conversation lists of users, and the services that keep them up to date."""

    memberships: Memberships
    cache: MembershipCache
    activity: ActivityNotifier
    online_status: OnlineStatusNotifier

    @classmethod
    def build(
        cls, stores: Stores, realtime: RealtimeServices, settings: Settings, clock: Clock
    ) -> "MembershipServices":
        cache = MembershipCache(stores.memberships)
        realtime.future_times.on_set_back(cache.limit_times)
        online_status = OnlineStatusNotifier(realtime.presence, cache, stores.users)
        activity = ActivityNotifier(realtime.presence, cache, interval_s=settings.pace.activity_ms / 1000)
        realtime.live.on_messages(activity.on_messages)
        entries = EntryBuilder(stores, realtime)
        return cls(
            memberships=Memberships(stores.users, realtime, cache, entries, online_status, clock),
            cache=cache,
            activity=activity,
            online_status=online_status,
        )
