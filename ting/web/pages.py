"""The browser client: one page at all its URLs, and its files, which browsers may cache permanently."""

import re

from tornado.web import HTTPError

from ting.core.errors import NotFound
from ting.web.assets import Asset, ClientBundle
from ting.web.handler import Access, Handler
from ting.web.rate_limits import Action
from ting.web.services import WebServices

MAX_AGE_S = 365 * 24 * 3600
# Never "//host" nor "/\\host", which a browser would take for another site.
_PLACE_WITH_SLASH = re.compile(r"/(?!(?:api|files|static|u)\Z)(?:u/)?[^/\\]+")
_NO_PLACE = re.compile(r"/(?:api|files|static|\.well-known)(?:/|\Z)")
_WEB_FILE = re.compile(r".*\.(?:html|ico|json|php|png|svg|txt|webmanifest|xml)", re.IGNORECASE)


class ClientHandler(Handler):
    """Sends a file of the client."""

    access = Access.ANYONE
    limited_as = Action.PAGE

    def initialize(self, services: WebServices, client: ClientBundle) -> None:  # type: ignore[override]
        super().initialize(services)
        self.client = client

    def send(self, asset: Asset) -> None:
        """Finish the response with this file, compressed if the client accepts gzip."""
        self.set_header("Content-Type", asset.type)
        self.set_header("Vary", "Accept-Encoding")
        body = asset.body
        if accepts_gzip(self.request.headers.get("Accept-Encoding", "")):
            self.set_header("Content-Encoding", "gzip")
            body = asset.gzipped
        self.set_header("Etag", asset.etag)
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        # The header is written on its own: Tornado would copy a body that is written with it, and clients who do not
        # read would hold one copy each.
        self.set_header("Content-Length", len(body))
        self.flush()
        self.finish(body)

    @property
    def accepts_html(self) -> bool:
        """Whether the client is a browser that opens a page."""
        return "text/html" in self.request.headers.get("Accept", "")


class PageHandler(ClientHandler):
    """`/`, `/{channel}` and the other URLs that the client displays."""

    _is_readable = True

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        try:
            return super().decode_argument(value, name)
        except HTTPError:
            self._is_readable = False
            return ""

    async def get(self, *_: str) -> None:
        """Send the page. A URL that is not valid UTF-8 is redirected to `/`."""
        if not self._is_readable:
            self.redirect("/")
            return
        if _WEB_FILE.fullmatch(self.request.path) and not self.accepts_html:
            raise NotFound  # what tools and browsers ask of every site, not a channel that a user opens
        self.set_header("Cache-Control", "no-cache")
        self.send(self.client.page)


class NoSuchPage(ClientHandler):
    """All other URLs. A browser gets the client, which says that there is nothing; everything else gets an error."""

    async def prepare(self) -> None:
        await super().prepare()
        if self.request.method not in ("GET", "HEAD"):
            raise NotFound

    async def get(self) -> None:
        """Redirect `/music/` to `/music`, and answer 404 otherwise."""
        path = self.request.path.rstrip("/")
        if _PLACE_WITH_SLASH.fullmatch(path) and path != self.request.path:
            self.redirect(path + (f"?{self.request.query}" if self.request.query else ""))
        elif _NO_PLACE.match(path) or not self.accepts_html:
            raise NotFound
        else:
            self.set_status(NotFound.status)
            self.set_header("Cache-Control", "no-store")
            self.send(self.client.page)


class AssetHandler(ClientHandler):
    """`/static/{version}/...`."""

    async def get(self, name: str) -> None:
        """Send a file of the client."""
        if name not in self.client.assets:
            raise NotFound
        self.set_header("Cache-Control", f"public, max-age={MAX_AGE_S}, immutable")
        self.send(self.client.assets[name])


def accepts_gzip(offers: str) -> bool:
    """Whether an `Accept-Encoding` header accepts gzip (RFC 9110, 12.5.3)."""
    for offer in offers.split(","):
        name, _, weight = offer.partition(";")
        if name.strip().lower() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False
