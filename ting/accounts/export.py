"""The export of a user's personal data: one JSON document, made chunk by chunk."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from ting.accounts.sessions import Sessions
from ting.core.clock import Clock
from ting.core.models import Session, UserId
from ting.protocol import encode

PAGE_SIZE = 200

Section = Callable[[UserId], Awaitable[object]]
Pages = Callable[[UserId, str, int], Awaitable[Sequence[tuple[str, object]]]]
"""The next so many things of a user whose ids follow one ("" at first), each after its id, by rising id."""


class DataExport:
    """The use case of exporting personal data."""

    def __init__(
        self,
        sessions: Sessions,
        sections: Mapping[str, Section],
        lists: Mapping[str, Pages],
        clock: Clock,
    ) -> None:
        """Further parts of the export by key: `sections` are small, `lists` are paged."""
        self._sessions = sessions
        self._sections = sections
        self._lists = lists
        self._clock = clock

    async def chunks(self, session: Session) -> AsyncIterator[bytes]:
        """The document of a session's user, in chunks of bounded size. Raises `Busy`."""
        user = session.user
        small: dict[str, Any] = {
            "exported": self._clock(),
            "account": user.me,
            "sessions": await self._sessions.views(session),
        }
        for name, section in self._sections.items():
            small[name] = await section(user.id)
        yield encode(small)[:-1]  # all of an object but its closing brace
        for name, pages in self._lists.items():
            yield b',"' + name.encode() + b'":[\n'
            async for piece in _joined(pages, user.id):
                yield piece
            yield b"\n]"
        yield b"}\n"


async def _joined(pages: Pages, user: UserId) -> AsyncIterator[bytes]:
    """The members of a JSON array."""
    last = ""
    while found := await pages(user, last, PAGE_SIZE):
        separator = b",\n" if last else b""
        yield separator + b",\n".join(encode(thing) for _, thing in found)
        last = found[-1][0]
