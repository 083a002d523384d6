"""The browser client: one page at all its addresses, and its files, which may be kept for good."""

import re

from tornado.web import HTTPError

from ting.core.errors import NotFound
from ting.web.assets import Asset, ClientBundle
from ting.web.handler import Access, Handler
from ting.web.services import WebServices

KEPT_S = 365 * 24 * 3600


class ClientHandler(Handler):
    """Sends what a client consists of."""

    access = Access.ANYBODY
    _asset: Asset | None = None

    def initialize(self, services: WebServices, client: ClientBundle) -> None:  # type: ignore[override]
        super().initialize(services)
        self.client = client

    def send(self, asset: Asset) -> None:
        """End with this, packed where that is understood."""
        self._asset = asset
        self.set_header("Content-Type", asset.type)
        self.set_header("Vary", "Accept-Encoding")
        if takes_gzip(self.request.headers.get("Accept-Encoding", "")):
            self.set_header("Content-Encoding", "gzip")
            self.finish(asset.packed)
        else:
            self.finish(asset.body)

    def compute_etag(self) -> str | None:
        return self._asset.etag if self._asset else super().compute_etag()


class PageHandler(ClientHandler):
    """`/`, `/{channel}` and whatever else the client makes a page of."""

    _is_readable = True

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        try:
            return super().decode_argument(value, name)
        except HTTPError:
            self._is_readable = False
            return ""

    async def get(self, *_: str) -> None:
        """The page; an address that is no text (not UTF-8) leads to the beginning."""
        if not self._is_readable:
            self.redirect("/")
            return
        self.set_header("Cache-Control", "no-cache")
        self.send(self.client.page)

    head = get


class AssetHandler(ClientHandler):
    """`/static/{version}/...`."""

    async def get(self, name: str) -> None:
        """A file, and nothing that is not one of the client's."""
        if name not in self.client.assets:
            raise NotFound
        self.set_header("Cache-Control", f"public, max-age={KEPT_S}, immutable")
        self.send(self.client.assets[name])

    head = get


def takes_gzip(offers: str) -> bool:
    """Whether an `Accept-Encoding` has gzip in it (RFC 9110, 12.5.3)."""
    for offer in offers.split(","):
        name, _, weight = offer.partition(";")
        if name.strip().lower() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False
