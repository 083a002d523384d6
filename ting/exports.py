"""All that Ting keeps of somebody, for themselves: one JSON document, made piece by piece."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from ting.accounts import Accounts
from ting.models import Milliseconds, Session, UserId
from ting.protocol import encode
from ting.store.messages import MessageStore

MESSAGES_AT_ONCE = 200

Section = Callable[[UserId], Awaitable[object]]


class Exports:
    """The use case of taking one's data along."""

    def __init__(
        self,
        accounts: Accounts,
        messages: MessageStore,
        sections: Mapping[str, Section],
        clock: Callable[[], Milliseconds],
    ) -> None:
        """`sections` are what else is kept of a user, by the names under which it is told."""
        self._accounts = accounts
        self._messages = messages
        self._sections = sections
        self._clock = clock

    async def pieces(self, session: Session) -> AsyncIterator[bytes]:
        """The document of a session's user, in pieces of bounded size. Raises `Busy`."""
        user = session.user
        small: dict[str, Any] = {
            "exported": self._clock(),
            "account": user.me,
            "sessions": await self._accounts.sessions(session),
        }
        for name, section in self._sections.items():
            small[name] = await section(user.id)
        # All of an object but its closing brace, so that the messages are its last member.
        yield encode(small)[:-1] + b',"messages":[\n'
        last = ""
        while found := await self._messages.by_author(user.id, after=last, limit=MESSAGES_AT_ONCE):
            separator = b",\n" if last else b""
            yield separator + b",\n".join(encode(message) for message in found)
            last = found[-1].id
        yield b"\n]}\n"
