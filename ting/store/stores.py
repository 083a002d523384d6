"""All stores of one database."""

from dataclasses import dataclass
from functools import partial

from ting.core.models import Milliseconds
from ting.core.models.ids import MAX_TIME
from ting.store.changes import ChangeFeed
from ting.store.conversations import ConversationStore, MembershipStore
from ting.store.database import Database, or_busy
from ting.store.files import FileStore
from ting.store.invitations import InvitationStore
from ting.store.messages import MessageStore
from ting.store.moderation import AuditStore, BanStore
from ting.store.plugins import TaskStore, ValueStore
from ting.store.schema import COLLECTIONS
from ting.store.search import SearchIndexStore
from ting.store.sessions import SessionStore
from ting.store.space import SpaceStore
from ting.store.unread import UnreadCounter
from ting.store.users import UserStore


@dataclass(frozen=True)
class Stores:
    """The stores: all reads and writes of one database."""

    users: UserStore
    sessions: SessionStore
    invitations: InvitationStore
    bans: BanStore
    audit: AuditStore
    changes: ChangeFeed
    conversations: ConversationStore
    messages: MessageStore
    memberships: MembershipStore
    unread: UnreadCounter
    search_index: SearchIndexStore
    files: FileStore
    previews: FileStore
    avatars: FileStore
    space: SpaceStore
    values: ValueStore
    tasks: TaskStore

    database: Database

    async def reset_future_times(self, after: Milliseconds, to: Milliseconds) -> int:
        """Set times of past events that are later than `after` to `to`. Return how many documents had one."""
        changed = 0
        for collection in COLLECTIONS:
            for name in collection.past_times:
                condition, change = {name: {"$gt": after, "$lte": MAX_TIME}}, {"$set": {name: to}}
                documents = self.database.collection(collection.name)
                changed += (await or_busy(partial(documents.update_many, condition, change))).modified_count
        return changed

    @classmethod
    def of(cls, database: Database) -> "Stores":
        users = UserStore(database)
        return cls(
            users=users,
            sessions=SessionStore(database),
            invitations=InvitationStore(database),
            bans=BanStore(database),
            audit=AuditStore(database, users),
            changes=ChangeFeed(database),
            conversations=ConversationStore(database),
            messages=MessageStore(database, users),
            memberships=MembershipStore(database),
            unread=UnreadCounter(database),
            search_index=SearchIndexStore(database),
            files=FileStore(database, "files"),
            previews=FileStore(database, "previews"),
            avatars=FileStore(database, "avatars"),
            space=SpaceStore(database),
            values=ValueStore(database),
            tasks=TaskStore(database, users),
            database=database,
        )
