"""What people do with their identity: enter, leave, and be recognised."""

import secrets
from collections.abc import Callable

import msgspec

from ting.connection import framed
from ting.errors import CloseCode, NameTaken
from ting.ghosts import Ghosts
from ting.models import Milliseconds, Session, TypingChoices, User, UserId, session_id
from ting.names import user_key, user_name
from ting.presence import Presence
from ting.protocol import MeChange, encode
from ting.store.sessions import SessionStore
from ting.store.users import UserStore

TOKEN_BYTES = 32
USER_ID_BYTES = 10


class Accounts:
    """The use cases of identity."""

    def __init__(
        self,
        users: UserStore,
        sessions: SessionStore,
        presence: Presence,
        ghosts: Ghosts,
        clock: Callable[[], Milliseconds],
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._presence = presence
        self._ghosts = ghosts
        self._clock = clock

    async def enter(self, name: str) -> tuple[User, str]:
        """A new user of this name, and the token of their session. Raises `BadName`, `NameTaken`, `Busy`."""
        name = user_name(name)
        now = self._clock()
        user = User(id=secrets.token_hex(USER_ID_BYTES), name=name, key=user_key(name), created=now)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        # The session first: if the database goes away in between, a session of nobody is left, not a name nobody has.
        await self._sessions.add(session_id(token), user.id, now)
        try:
            await self._users.add(user)
        except NameTaken:
            await self._sessions.remove(session_id(token))
            raise
        return user, token

    async def session(self, token: str) -> Session | None:
        """The session this token stands for; None if there is none. Raises `Busy`."""
        key = session_id(token)
        user_id = await self._sessions.user_of(key)
        user = await self._users.get(user_id) if user_id else None
        return Session(id=key, user=user) if user else None

    async def choose_typing(self, user: User, choices: TypingChoices) -> User:
        """Keep what somebody shares and sees of typing, and hold to it from now on, on all of their devices."""
        await self._users.choose_typing(user.id, choices)
        changed = msgspec.structs.replace(user, share_typing=choices.share, see_typing=choices.see)
        told = framed(encode(MeChange(me=changed.me)))
        for connection in self._presence.of_user(user.id):
            connection.typing = choices
            connection.push(told)
        self._ghosts.choices_changed(user.id)
        return changed

    async def leave(self, session: Session) -> None:
        """End the session, close its connections, and free the name, which nobody could come back to."""
        await self._sessions.remove(session.id)
        self.close_connections(session.user.id, session.id)
        await self._users.release(session.user.id)

    def close_connections(self, user: UserId, session: str) -> None:
        """Close the websockets of a session that has ended."""
        for connection in self._presence.of_session(user, session):
            connection.close(CloseCode.SESSION_ENDED)
