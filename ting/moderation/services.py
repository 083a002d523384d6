"""Builds the services for moderation."""

from dataclasses import dataclass

from ting.core.clock import Clock
from ting.moderation.actions import ModeratorActions
from ting.moderation.enforcement import Enforcement
from ting.moderation.external_changes import ExternalChanges
from ting.moderation.ignore_list import IgnoreLists
from ting.moderation.restrictions import Restrictions
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class ModerationServices:
    """Roles, mutes, kicks, bans, and ignore lists."""

    restrictions: Restrictions
    enforcement: Enforcement
    actions: ModeratorActions
    ignore_lists: IgnoreLists
    external_changes: ExternalChanges

    @classmethod
    def build(cls, stores: Stores, realtime: RealtimeServices, clock: Clock) -> "ModerationServices":
        restrictions = Restrictions(clock)
        realtime.future_times.on_set_back(restrictions.limit_times)
        enforcement = Enforcement(stores, realtime, restrictions)
        return cls(
            restrictions=restrictions,
            enforcement=enforcement,
            actions=ModeratorActions(stores, realtime, restrictions, enforcement, clock),
            ignore_lists=IgnoreLists(stores.users, realtime),
            external_changes=ExternalChanges(stores.changes, enforcement, clock),
        )
