"""Search over REST."""

from ting.conversations.search import SearchQuery
from ting.web.handler import Access, ApiHandler

MAX_TIME_MS = 2**48 - 1  # milliseconds: the year 10889


class SearchHandler(ApiHandler):
    """`/api/search`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Find messages, the newest first."""
        query = SearchQuery(
            text=self.get_query_argument("q", "", strip=False),
            conversation=self.get_query_argument("in", None),
            author=self.get_query_argument("from", None),
            before=self.number("before", default=None, minimum=0, maximum=MAX_TIME_MS),
            after=self.number("after", default=None, minimum=0, maximum=MAX_TIME_MS),
            cursor=self.get_query_argument("cursor", None),
        )
        limit = self.number("limit", default=20, minimum=1, maximum=100) or 20
        hits, cursor = await self.services.conversations.search.search(self.user, query, limit)
        self.reply({"hits": hits, "cursor": cursor})
