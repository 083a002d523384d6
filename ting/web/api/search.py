"""Search over REST."""

from ting.conversations.search import SearchQuery
from ting.web.handler import Access, ApiHandler

LATEST = 2**48 - 1  # milliseconds: the year 10889


class SearchHandler(ApiHandler):
    """`/api/search`."""

    access = Access.SESSION

    async def get(self) -> None:
        """The newest messages with these words."""
        question = SearchQuery(
            text=self.get_query_argument("q", "", strip=False),
            conversation=self.get_query_argument("in", None),
            author=self.get_query_argument("from", None),
            before=self.number("before", default=None, least=0, most=LATEST),
            after=self.number("after", default=None, least=0, most=LATEST),
            cursor=self.get_query_argument("cursor", None),
        )
        limit = self.number("limit", default=20, least=1, most=100) or 20
        hits, cursor = await self.services.conversations.search.search(self.user, question, limit)
        self.reply({"hits": hits, "cursor": cursor})
