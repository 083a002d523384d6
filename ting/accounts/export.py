"""Exports everything that the server stores about a user, as one JSON document that is generated in chunks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from ting.accounts.sessions import Sessions
from ting.core.clock import Clock
from ting.core.models import Session, UserId
from ting.protocol import encode

PAGE_SIZE = 200

Section = Callable[[UserId], Awaitable[object]]
Pages = Callable[[UserId, str, int], Awaitable[Sequence[tuple[str, object]]]]
"""Given a user, an id ("" at first) and a limit: the next items after that id, as pairs of id and item, by id."""


class DataExport:
    """The use case of exporting a user's data."""

    def __init__(
        self,
        sessions: Sessions,
        sections: Mapping[str, Section],
        lists: Mapping[str, Pages],
        clock: Clock,
    ) -> None:
        """`sections` and `lists` are further parts of the export, by key.

        Sections are small. Lists may have any length, and are read in pages.
        """
        self._sessions = sessions
        self._sections = sections
        self._lists = lists
        self._clock = clock

    async def chunks(self, session: Session) -> AsyncIterator[bytes]:
        """The export of the session's user, in chunks of bounded size. Raises `Busy`."""
        user = session.user
        small: dict[str, Any] = {
            "exported": self._clock(),
            "account": user.me,
            "sessions": await self._sessions.views(session),
        }
        for name, section in self._sections.items():
            small[name] = await section(user.id)
        yield encode(small)[:-1]  # the object without its closing brace
        for name, pages in self._lists.items():
            yield b',"' + name.encode() + b'":[\n'
            async for chunk in _joined(pages, user.id):
                yield chunk
            yield b"\n]"
        yield b"}\n"


async def _joined(pages: Pages, user: UserId) -> AsyncIterator[bytes]:
    """The items of a JSON array, page by page."""
    last = ""
    while found := await pages(user, last, PAGE_SIZE):
        separator = b",\n" if last else b""
        yield separator + b",\n".join(encode(item) for _, item in found)
        last = found[-1][0]
