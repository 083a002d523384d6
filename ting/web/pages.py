"""The browser client: one page at all its URLs, and its files, which browsers may cache permanently."""

import re

from tornado.web import HTTPError

from ting.core.errors import NotFound
from ting.web.assets import Asset, ClientBundle
from ting.web.handler import Access, Handler
from ting.web.rate_limits import Action
from ting.web.services import WebServices

MAX_AGE_S = 365 * 24 * 3600


class ClientHandler(Handler):
    """Sends a file of the client."""

    access = Access.ANYONE
    limited_as = Action.PAGE
    _asset: Asset | None = None

    def initialize(self, services: WebServices, client: ClientBundle) -> None:  # type: ignore[override]
        super().initialize(services)
        self.client = client

    def send(self, asset: Asset) -> None:
        """Finish the response with this file, compressed if the client accepts gzip."""
        self._asset = asset
        self.set_header("Content-Type", asset.type)
        self.set_header("Vary", "Accept-Encoding")
        if accepts_gzip(self.request.headers.get("Accept-Encoding", "")):
            self.set_header("Content-Encoding", "gzip")
            self.finish(asset.gzipped)
        else:
            self.finish(asset.body)

    def compute_etag(self) -> str | None:
        return self._asset.etag if self._asset else super().compute_etag()


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
        self.set_header("Cache-Control", "no-cache")
        self.send(self.client.page)

    head = get


class AssetHandler(ClientHandler):
    """`/static/{version}/...`."""

    async def get(self, name: str) -> None:
        """Send a file of the client."""
        if name not in self.client.assets:
            raise NotFound
        self.set_header("Cache-Control", f"public, max-age={MAX_AGE_S}, immutable")
        self.send(self.client.assets[name])

    head = get


def accepts_gzip(offers: str) -> bool:
    """Whether an `Accept-Encoding` header accepts gzip (RFC 9110, 12.5.3)."""
    for offer in offers.split(","):
        name, _, weight = offer.partition(";")
        if name.strip().lower() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False
