"""Builds the parts of this package."""

from dataclasses import dataclass

from ting.conversations.channels import Channels
from ting.conversations.history import History
from ting.conversations.indexer import Indexer
from ting.conversations.leftovers import Leftovers
from ting.conversations.mentions import Mentions
from ting.conversations.messages import Messages
from ting.conversations.references import References
from ting.conversations.search import Search
from ting.conversations.subscriptions import Subscriptions
from ting.core.clock import Clock
from ting.core.settings import Settings
from ting.files.services import FileServices
from ting.memberships.services import MembershipServices
from ting.moderation.services import ModerationServices
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class ConversationServices:
    """Messages, subscriptions, channels, history and search."""

    messages: Messages
    subscriptions: Subscriptions
    channels: Channels
    history: History
    search: Search
    indexer: Indexer
    leftovers: Leftovers

    @classmethod
    def build(
        cls,
        stores: Stores,
        realtime: RealtimeServices,
        moderation: ModerationServices,
        files: FileServices,
        memberships: MembershipServices,
        settings: Settings,
        clock: Clock,
    ) -> "ConversationServices":
        restrictions = moderation.restrictions
        history = History(realtime.live, stores.messages)
        mentions = Mentions(stores.users, restrictions, here_for=settings.here_for)
        references = References(realtime.live, memberships.memberships, mentions, files.attachments, stores.messages)
        channels = Channels(stores.conversations, realtime, memberships.memberships, restrictions, stores.audit, clock)
        realtime.live.on_messages(channels.on_messages)
        realtime.future_times.on_set_back(channels.limit_times)
        indexer = Indexer(stores.messages, stores.search_index)
        realtime.journal.on_commit(indexer.on_commit)
        return cls(
            messages=Messages(stores, realtime, history, references, restrictions, clock),
            subscriptions=Subscriptions(
                realtime,
                restrictions,
                memberships.memberships,
                clock,
                max_joined=settings.limits.joined_at_once,
                max_drafts=settings.limits.drafts_at_once,
            ),
            channels=channels,
            history=history,
            search=Search(stores, realtime.live),
            indexer=indexer,
            leftovers=Leftovers(stores, memberships.memberships),
        )
