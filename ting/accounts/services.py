"""Builds the services of user accounts."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ting.accounts.accounts import Accounts
from ting.accounts.cleanup import AccountCleanup
from ting.accounts.deletion import AccountDeletion, Eraser
from ting.accounts.export import DataExport, Pages
from ting.accounts.invitations import Invitations
from ting.accounts.passwords import Passwords
from ting.accounts.profiles import Profiles
from ting.accounts.registration import Registration
from ting.accounts.sessions import Sessions
from ting.accounts.tokens import Tokens
from ting.core.clock import Clock
from ting.core.models import UserId
from ting.core.settings import Settings
from ting.moderation.services import ModerationServices
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class AccountServices:
    """Registration, sessions, profiles, export, deletion and cleaning up."""

    passwords: Passwords
    sessions: Sessions
    accounts: Accounts
    tokens: Tokens
    invitations: Invitations
    registration: Registration
    profiles: Profiles
    export: DataExport
    deletion: AccountDeletion
    cleanup: AccountCleanup

    @classmethod
    def build(
        cls,
        stores: Stores,
        realtime: RealtimeServices,
        moderation: ModerationServices,
        settings: Settings,
        clock: Clock,
        *,
        erasers: Sequence[Eraser],
        delete_messages: Eraser,
        remove_leftovers: Eraser,
    ) -> "AccountServices":
        """`erasers` remove the data of a user that other packages store, `delete_messages` the user's messages.

        `remove_leftovers` removes what is of no use without these messages.
        """
        passwords = Passwords(host=urlsplit(settings.public_url).hostname or "")
        sessions = Sessions(stores, realtime.presence, clock, unused_days=settings.session_days)
        accounts = Accounts(stores, realtime, sessions, passwords, settings, clock)
        tokens = Tokens(stores, sessions.end, clock)
        invitations = Invitations(stores, clock, settings.public_url, settings.registration)
        return cls(
            passwords=passwords,
            sessions=sessions,
            accounts=accounts,
            tokens=tokens,
            invitations=invitations,
            registration=Registration(settings.registration, stores.users, moderation, accounts, invitations),
            profiles=Profiles(stores.users, realtime, moderation.restrictions, clock),
            export=DataExport(sessions, _sections(stores, tokens), _lists(stores, clock), clock),
            deletion=AccountDeletion(
                stores,
                realtime,
                [sessions.end_all, stores.audit.forget_names, *erasers, moderation.enforcement.apply],
                delete_messages,
                remove_leftovers,
                clock,
            ),
            cleanup=AccountCleanup(stores, sessions, [sessions.end_all, *erasers], clock),
        )


def _sections(stores: Stores, tokens: Tokens) -> Mapping[str, Callable[[UserId], Awaitable[object]]]:
    """The small parts of an export, by key."""
    return {"memberships": stores.memberships.for_user, "tokens": tokens.for_user}


def _lists(stores: Stores, clock: Clock) -> Mapping[str, Pages]:
    """The parts of an export that may be of any length, by key."""
    return {
        "plugin_values": lambda user, after, limit: stores.values.export_page(user, after, limit, clock()),
        "plugin_tasks": stores.tasks.export_page,
        "messages": stores.messages.export_page,
    }
